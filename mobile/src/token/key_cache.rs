//! Key sets of issuers as they age. Events go in and instructions come out; the host fetches.

use std::sync::Arc;

use edgewarden_bindings::token as facade;

use super::keys::KeySet;
use super::names::{KeyState, KeyUpdateKind};
use super::options::KeyCacheOptions;
use super::{entropy, time};
use crate::error::EdgewardenError;
use crate::long;

/// Key sets of several issuers. Calls from several threads take turns; none of them waits for a fetch. `entropy` is any
/// random number below 2^53, by default one of this machine.
#[derive(Debug, uniffi::Object)]
pub struct KeyCache {
    pub(super) facade: facade::KeyCache,
}

/// Permission to fetch the keys of an issuer once. It ends in one of `fetched`, `notModified` and `failed`; one that never
/// comes back counts as failed at its deadline.
#[derive(Clone, Debug, uniffi::Record)]
pub struct FetchTicket {
    /// Names the ticket; opaque.
    pub id: String,
    /// Whose keys. The host knows the address; it never comes from a token.
    pub issuer: String,
    /// From then on the fetch counts as failed: stop it.
    pub deadline_ms: i64,
    /// What to send as `If-None-Match`.
    pub etag: Option<String>,
}

/// What to do about a token.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum KeyAnswer {
    /// Verify with these.
    Use {
        /// The keys.
        keys: Arc<KeySet>,
    },
    /// Verify with these, and fetch without letting the token wait.
    UseAndRefresh {
        /// The keys.
        keys: Arc<KeySet>,
        /// For the fetch.
        ticket: FetchTicket,
    },
    /// Fetch, tell the cache, and ask again.
    Fetch {
        /// For the fetch.
        ticket: FetchTicket,
    },
    /// Others are fetching. Ask again soon, and at that time at the latest.
    Wait {
        /// That time.
        until_ms: i64,
    },
    /// Refuse the token.
    Unavailable {
        /// Why.
        error: EdgewardenError,
    },
}

/// What a fetch changed.
#[derive(Clone, Debug, uniffi::Record)]
pub struct KeyUpdate {
    /// What it did.
    pub kind: KeyUpdateKind,
    /// Keys that were not there, or not the same, before.
    pub added: i32,
    /// Keys that are no longer there, or not the same.
    pub removed: i32,
    /// Keys of the set that cannot be used.
    pub refused: i32,
    /// Until when the set needs no refresh; not for a failure.
    pub fresh_until_ms: Option<i64>,
    /// For a failure: what is wrong with the response, if there was one.
    pub reason: Option<String>,
    /// For a failure: before that time no other fetch of this kind is handed out.
    pub retry_at_ms: Option<i64>,
}

#[uniffi::export]
impl KeyCache {
    /// A cache that trusts the issuers of the options. Fails as `trust` does.
    #[uniffi::constructor]
    pub fn new(options: KeyCacheOptions) -> Result<Self, EdgewardenError> {
        Ok(Self { facade: facade::KeyCache::new(options.try_into()?)? })
    }

    /// Lets the cache keep keys of `issuer`, the exact value of `iss`. Never one that a token merely names. Fails with
    /// `too_many_issuers`, `bad_issuer`.
    pub fn trust(&self, issuer: &str) -> Result<(), EdgewardenError> {
        Ok(self.facade.trust(issuer)?)
    }

    /// Drops an issuer and its keys.
    pub fn forget(&self, issuer: &str) -> Result<(), EdgewardenError> {
        Ok(self.facade.forget(issuer)?)
    }

    /// The trusted issuers, in the order they were trusted in.
    pub fn issuers(&self) -> Result<Vec<String>, EdgewardenError> {
        Ok(self.facade.issuers()?)
    }

    /// The keys of `issuer` for a token that names `kid`. `plausible`: everything about the token that needs no key is right.
    #[uniffi::method(default(plausible = true, now = None, entropy = None))]
    pub fn keys(
        &self,
        issuer: &str,
        kid: Option<String>,
        plausible: bool,
        now: Option<i64>,
        entropy: Option<i64>,
    ) -> Result<KeyAnswer, EdgewardenError> {
        Ok(self.facade.keys(issuer, kid.as_deref(), plausible, time(now)?, self::entropy(entropy)?)?.into())
    }

    /// A fetch brought a document with status 200. `max_age_secs`: `max-age` of `Cache-Control` less `Age`. A document that is
    /// no key set is a failed fetch, not an error. Fails with `ticket_spent`, `ticket_superseded`, `unknown_issuer`; nothing
    /// changed then.
    #[uniffi::method(default(max_age_secs = None, etag = None, now = None))]
    pub fn fetched(
        &self,
        ticket: FetchTicket,
        body: Vec<u8>,
        max_age_secs: Option<i64>,
        etag: Option<String>,
        now: Option<i64>,
    ) -> Result<KeyUpdate, EdgewardenError> {
        let age = max_age(max_age_secs);
        Ok(self.facade.fetched(&ticket.id, &body, age, etag.as_deref(), time(now)?)?.into())
    }

    /// A fetch was answered with status 304. Fails as `fetched` does.
    #[uniffi::method(default(max_age_secs = None, now = None))]
    pub fn not_modified(
        &self,
        ticket: FetchTicket,
        max_age_secs: Option<i64>,
        now: Option<i64>,
    ) -> Result<KeyUpdate, EdgewardenError> {
        Ok(self.facade.not_modified(&ticket.id, max_age(max_age_secs), time(now)?)?.into())
    }

    /// A fetch brought another status, or nothing. Fails as `fetched` does.
    #[uniffi::method(default(now = None))]
    pub fn failed(&self, ticket: FetchTicket, now: Option<i64>) -> Result<KeyUpdate, EdgewardenError> {
        Ok(self.facade.failed(&ticket.id, time(now)?)?.into())
    }

    /// A signature did not verify with the key of `kid`. A ticket if it is time to fetch; the token need not wait for that.
    #[uniffi::method(default(now = None, entropy = None))]
    pub fn bad_signature(
        &self,
        issuer: &str,
        kid: Option<String>,
        now: Option<i64>,
        entropy: Option<i64>,
    ) -> Result<Option<FetchTicket>, EdgewardenError> {
        let ticket = self.facade.bad_signature(issuer, kid.as_deref(), time(now)?, self::entropy(entropy)?)?;
        Ok(ticket.map(Into::into))
    }

    /// How the cache stands with an issuer; nothing for one that is not trusted.
    #[uniffi::method(default(now = None))]
    pub fn state(&self, issuer: &str, now: Option<i64>) -> Result<Option<KeyState>, EdgewardenError> {
        Ok(self.facade.state(issuer, time(now)?)?.map(KeyState::of))
    }

    /// The sets that the cache holds, as versioned bytes. With `mac_key`, 32 random bytes, they are authenticated: without,
    /// whoever can write into the store can put keys of their own there.
    pub fn snapshot(&self, mac_key: Option<Vec<u8>>) -> Result<Vec<u8>, EdgewardenError> {
        Ok(self.facade.snapshot(mac_key.as_deref())?)
    }

    /// Takes of a snapshot what is trusted and newer than what is held; how many sets. Fails with `not_a_snapshot`,
    /// `snapshot_not_authentic` and the like; the cache is as it was.
    #[uniffi::method(default(now = None))]
    pub fn restore(&self, bytes: Vec<u8>, mac_key: Option<Vec<u8>>, now: Option<i64>) -> Result<i32, EdgewardenError> {
        Ok(crate::int(self.facade.restore(&bytes, mac_key.as_deref(), time(now)?)?))
    }
}

/// `Age` may be more than `max-age`: stale when it came.
fn max_age(secs: Option<i64>) -> Option<u64> {
    secs.map(|secs| u64::try_from(secs).unwrap_or(0))
}

impl From<facade::FetchTicket> for FetchTicket {
    fn from(ticket: facade::FetchTicket) -> Self {
        let facade::FetchTicket { id, issuer, deadline_ms, etag } = ticket;
        Self { id, issuer, deadline_ms: long(deadline_ms), etag }
    }
}

impl From<facade::KeyAnswer> for KeyAnswer {
    fn from(answer: facade::KeyAnswer) -> Self {
        match answer {
            facade::KeyAnswer::Use(keys) => Self::Use { keys: KeySet::of(keys) },
            facade::KeyAnswer::UseAndRefresh(keys, ticket) => {
                Self::UseAndRefresh { keys: KeySet::of(keys), ticket: ticket.into() }
            }
            facade::KeyAnswer::Fetch(ticket) => Self::Fetch { ticket: ticket.into() },
            facade::KeyAnswer::Wait(until) => Self::Wait { until_ms: long(until) },
            facade::KeyAnswer::Unavailable(error) => Self::Unavailable { error: error.into() },
        }
    }
}

impl From<facade::KeyUpdate> for KeyUpdate {
    fn from(update: facade::KeyUpdate) -> Self {
        Self {
            kind: KeyUpdateKind::of(update.kind),
            added: crate::int(update.added),
            removed: crate::int(update.removed),
            refused: crate::int(update.refused),
            fresh_until_ms: update.fresh_until_ms.map(long),
            reason: update.reason.map(str::to_owned),
            retry_at_ms: update.retry_at_ms.map(long),
        }
    }
}
