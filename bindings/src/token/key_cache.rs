//! Key sets of issuers as they age, as a handle. Events go in and instructions come out as data; the host fetches.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use edgewarden::jwt::{self, FetchOutcome};

use super::error::VerifyError;
use super::keys::KeySet;
use super::options::KeyCacheOptions;
use super::verified::{Object, millis};
use super::verifier::at;
use crate::error::Error;
use crate::guard::guard;
use crate::json::ToJson;

/// Key sets of several issuers. Calls from several threads take turns; none of them waits for a fetch.
pub struct KeyCache {
    /// `None` after a fault of the library.
    state: Mutex<Option<State>>,
}

struct State {
    core: jwt::KeyCache,
    /// Tickets that are out, with [`FetchTicket::id`]: a few for each issuer at most, as more are not handed out.
    tickets: Vec<(String, jwt::FetchTicket)>,
}

/// Permission to fetch the keys of an issuer once. What it brought is told with [`id`](Self::id), a failure too. One that is
/// dropped, as its request was, says nothing of the issuer; nobody else fetches until its deadline, and that is all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchTicket {
    /// Names the ticket; opaque.
    pub id: String,
    /// Whose keys. The host knows the address; it never comes from a token.
    pub issuer: String,
    /// From then on the fetch counts as failed: stop it, and say so.
    pub deadline_ms: u64,
    /// What to send as `If-None-Match`.
    pub etag: Option<String>,
}

/// What to do about a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyAnswer {
    /// Verify with these.
    Use(KeySet),
    /// Verify with these, and fetch without letting the token wait.
    UseAndRefresh(KeySet, FetchTicket),
    /// Fetch, tell the cache, and ask again.
    Fetch(FetchTicket),
    /// Others are fetching. Ask again soon, and at that time, in milliseconds, at the latest.
    Wait(u64),
    /// Refuse the token.
    Unavailable(VerifyError),
}

/// What a fetch changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUpdate {
    /// `replaced`, `confirmed` or `failed`.
    pub kind: &'static str,
    /// Keys that were not there, or not the same, before.
    pub added: usize,
    /// Keys that are no longer there, or not the same.
    pub removed: usize,
    /// Keys of the set that cannot be used.
    pub refused: usize,
    /// Until when the set needs no refresh; not for a failure.
    pub fresh_until_ms: Option<u64>,
    /// For a failure: what is wrong with the response, if there was one.
    pub reason: Option<&'static str>,
    /// For a failure: before that time no other fetch of this kind is handed out.
    pub retry_at_ms: Option<u64>,
}

impl KeyCache {
    /// A cache that trusts the issuers of the options.
    ///
    /// # Errors
    /// As for [`trust`](Self::trust).
    pub fn new(options: KeyCacheOptions) -> Result<Self, Error> {
        guard(|| {
            let mut core = jwt::KeyCache::new(options.policy);
            options.trust.iter().try_for_each(|issuer| core.trust(issuer))?;
            Ok(Self { state: Mutex::new(Some(State { core, tickets: Vec::new() })) })
        })
    }

    /// Lets the cache keep keys of `issuer`, the exact value of `iss`. Never one that a token merely names.
    ///
    /// # Errors
    /// `too_many_issuers`, `bad_issuer`.
    pub fn trust(&self, issuer: &str) -> Result<(), Error> {
        self.with(|state| Ok(state.core.trust(issuer)?))
    }

    /// Drops an issuer and its keys.
    ///
    /// # Errors
    /// `internal`, and `closed` after it, here and below.
    pub fn forget(&self, issuer: &str) -> Result<(), Error> {
        self.with(|state| {
            state.core.forget(issuer);
            Ok(())
        })
    }

    /// The trusted issuers, in the order they were trusted in.
    ///
    /// # Errors
    /// `internal`.
    pub fn issuers(&self) -> Result<Vec<String>, Error> {
        self.with(|state| Ok(state.core.issuers().map(str::to_owned).collect()))
    }

    /// The keys of `issuer` for a token that names `kid`. `plausible`: everything about the token that needs no key is right.
    /// `entropy` is any random number below 2^53.
    ///
    /// # Errors
    /// `internal`.
    pub fn keys(
        &self,
        issuer: &str,
        kid: Option<&str>,
        plausible: bool,
        now: u64,
        entropy: u64,
    ) -> Result<KeyAnswer, Error> {
        self.with(|state| {
            Ok(match state.core.keys(issuer, kid, plausible, at(now), spread(entropy)) {
                jwt::KeyAnswer::Use(core) => KeyAnswer::Use(KeySet { core }),
                jwt::KeyAnswer::UseAndRefresh(core, ticket) => {
                    KeyAnswer::UseAndRefresh(KeySet { core }, state.issue(ticket, now, entropy))
                }
                jwt::KeyAnswer::Fetch(ticket) => KeyAnswer::Fetch(state.issue(ticket, now, entropy)),
                jwt::KeyAnswer::Wait(until) => KeyAnswer::Wait(millis(Some(until)).unwrap_or_default()),
                jwt::KeyAnswer::Unavailable(error) => KeyAnswer::Unavailable(VerifyError::of(&error)),
            })
        })
    }

    /// A fetch brought a document with status 200. `max_age_secs`: `max-age` of `Cache-Control` less `Age`. A document that is no
    /// key set is a failed fetch, not an error.
    ///
    /// # Errors
    /// `ticket_spent`, `ticket_superseded`, `unknown_issuer`; nothing changed then.
    pub fn fetched(
        &self,
        ticket: &str,
        body: &[u8],
        max_age_secs: Option<u64>,
        etag: Option<&str>,
        now: u64,
    ) -> Result<KeyUpdate, Error> {
        self.outcome(ticket, FetchOutcome::Body { body, max_age_secs, etag }, now)
    }

    /// A fetch was answered with status 304.
    ///
    /// # Errors
    /// As for [`fetched`](Self::fetched).
    pub fn not_modified(&self, ticket: &str, max_age_secs: Option<u64>, now: u64) -> Result<KeyUpdate, Error> {
        self.outcome(ticket, FetchOutcome::NotModified { max_age_secs }, now)
    }

    /// A fetch brought another status, or nothing in time. Not for one that was stopped because its request was: a stranger can
    /// bring that about.
    ///
    /// # Errors
    /// As for [`fetched`](Self::fetched).
    pub fn failed(&self, ticket: &str, now: u64) -> Result<KeyUpdate, Error> {
        self.outcome(ticket, FetchOutcome::Failed, now)
    }

    /// A signature did not verify with the key of `kid`. A ticket if it is time to fetch; the token need not wait for that.
    ///
    /// # Errors
    /// `internal`.
    pub fn bad_signature(
        &self,
        issuer: &str,
        kid: Option<&str>,
        now: u64,
        entropy: u64,
    ) -> Result<Option<FetchTicket>, Error> {
        self.with(|state| {
            let ticket = state.core.bad_signature(issuer, kid, at(now), spread(entropy));
            Ok(ticket.map(|ticket| state.issue(ticket, now, entropy)))
        })
    }

    /// The keys that serve an issuer now, be they fresh or stale; `None` where there are none. No ticket comes of it: who looks at
    /// a set asks [`keys`](Self::keys) as well, or it is never refreshed.
    ///
    /// # Errors
    /// `internal`.
    pub fn peek(&self, issuer: &str, now: u64) -> Result<Option<KeySet>, Error> {
        self.with(|state| Ok(state.core.peek(issuer, at(now)).map(|core| KeySet { core })))
    }

    /// How the cache stands with an issuer: `empty`, `fresh`, `stale`, `refreshing`; `None` for one that is not trusted.
    ///
    /// # Errors
    /// `internal`.
    pub fn state(&self, issuer: &str, now: u64) -> Result<Option<&'static str>, Error> {
        self.with(|state| Ok(state.core.state(issuer, at(now)).map(jwt::KeyState::name)))
    }

    /// The sets that the cache holds, as versioned bytes. With `mac_key`, 32 random bytes, they are authenticated: without, whoever
    /// can write into the store can put keys of their own there.
    ///
    /// # Errors
    /// `internal`.
    pub fn snapshot(&self, mac_key: Option<&[u8]>) -> Result<Vec<u8>, Error> {
        self.with(|state| Ok(state.core.snapshot(mac_key)))
    }

    /// Takes of a snapshot what is trusted and newer than what is held; how many sets.
    ///
    /// # Errors
    /// `snapshot_too_large`, `not_a_snapshot`, `snapshot_unknown_version`, `snapshot_authentication_mismatch`,
    /// `snapshot_not_authentic`, `snapshot_malformed`; the cache is as it was.
    pub fn restore(&self, bytes: &[u8], mac_key: Option<&[u8]>, now: u64) -> Result<usize, Error> {
        self.with(|state| Ok(state.core.restore(bytes, mac_key, at(now))?))
    }

    fn outcome(&self, ticket: &str, outcome: FetchOutcome<'_>, now: u64) -> Result<KeyUpdate, Error> {
        self.with(|state| {
            let place = state.tickets.iter().position(|(id, _)| id == ticket);
            let (_, ticket) = state.tickets.swap_remove(place.ok_or(jwt::CacheError::TicketSpent)?);
            Ok(KeyUpdate::of(state.core.fetched(ticket, outcome, at(now))?))
        })
    }

    /// Changes the state. What a fault left behind is dropped.
    fn with<T>(&self, work: impl FnOnce(&mut State) -> Result<T, Error>) -> Result<T, Error> {
        let mut held = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(state) = held.as_mut() else { return Err(Error::closed("the key cache")) };
        let done = guard(|| work(state));
        if done.as_ref().is_err_and(|error| error.code == "internal") {
            *held = None;
        }
        done
    }
}

impl State {
    fn issue(&mut self, ticket: jwt::FetchTicket, now: u64, entropy: u64) -> FetchTicket {
        // Those that were lost. A host that stopped its fetch at the deadline says so a little later.
        self.tickets.retain(|(_, ticket)| ticket.deadline().as_millis().saturating_add(LATE_MS) > now);
        // The host's random number keeps a ticket of another cache from passing for one of this.
        let id = format!("{:x}-{entropy:x}", ticket.number());
        let issued = FetchTicket {
            id: id.clone(),
            issuer: ticket.issuer().to_owned(),
            deadline_ms: millis(Some(ticket.deadline())).unwrap_or_default(),
            etag: ticket.etag().map(str::to_owned),
        };
        self.tickets.push((id, ticket));
        issued
    }
}

/// How long after its deadline a ticket may still be handed in.
const LATE_MS: u64 = 5_000;

/// The 53 random bits of a host as the highest of the core's 64: those are the ones that spread retries.
const fn spread(entropy: u64) -> u64 {
    entropy << 11
}

impl KeyAnswer {
    /// Stable snake_case name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Use(_) => "use",
            Self::UseAndRefresh(..) => "use_and_refresh",
            Self::Fetch(_) => "fetch",
            Self::Wait(_) => "wait",
            Self::Unavailable(_) => "unavailable",
        }
    }
}

impl KeyUpdate {
    fn of(update: jwt::Update) -> Self {
        let nothing = Self {
            kind: "failed",
            added: 0,
            removed: 0,
            refused: 0,
            fresh_until_ms: None,
            reason: None,
            retry_at_ms: None,
        };
        match update {
            jwt::Update::Replaced { added, removed, refused, fresh_until } => {
                Self { kind: "replaced", added, removed, refused, fresh_until_ms: millis(Some(fresh_until)), ..nothing }
            }
            jwt::Update::Confirmed { fresh_until } => {
                Self { kind: "confirmed", fresh_until_ms: millis(Some(fresh_until)), ..nothing }
            }
            jwt::Update::Failed { reason, retry_at } => {
                Self { reason: reason.map(jwt::KeySetError::code), retry_at_ms: millis(Some(retry_at)), ..nothing }
            }
        }
    }
}

impl fmt::Debug for KeyCache {
    /// Shows counts alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = held.as_ref().map(|state| (state.core.issuers().count(), state.tickets.len()));
        let (issuers, tickets) = counts.unwrap_or_default();
        f.debug_struct("KeyCache").field("issuers", &issuers).field("tickets", &tickets).finish()
    }
}

impl ToJson for FetchTicket {
    fn write_json(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.text("id", Some(&self.id));
        object.text("issuer", Some(&self.issuer));
        object.number("deadlineMs", Some(self.deadline_ms));
        object.text("etag", self.etag.as_deref());
        object.end();
    }
}

impl ToJson for KeyUpdate {
    fn write_json(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.text("kind", Some(self.kind));
        for (name, count) in [("added", self.added), ("removed", self.removed), ("refused", self.refused)] {
            object.number(name, u64::try_from(count).ok());
        }
        object.number("freshUntilMs", self.fresh_until_ms);
        object.text("reason", self.reason);
        object.number("retryAtMs", self.retry_at_ms);
        object.end();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_cache_that_panicked_is_closed() {
        let cache = KeyCache::new(KeyCacheOptions::default()).unwrap();
        let error = cache.with(|_| -> Result<(), Error> { std::panic::resume_unwind(Box::new("probe")) });
        assert_eq!(error.unwrap_err().code, "internal");
        assert_eq!(cache.trust("https://issuer.example").unwrap_err().code, "closed");
    }

    #[test]
    fn lost_tickets_are_forgotten_at_their_deadline() {
        let trust = vec!["i".to_owned()];
        let cache = KeyCache::new(KeyCacheOptions { trust, ..KeyCacheOptions::default() }).unwrap();
        for i in 0..100 {
            drop(cache.keys("i", None, true, 1_000_000_000 + i * 400_000, i).unwrap());
        }
        assert!(cache.state.lock().unwrap().as_ref().unwrap().tickets.len() <= 2);
    }

    #[test]
    fn fetch_that_was_stopped_at_its_deadline_has_failed_and_a_lost_one_has_not() {
        let cache = || {
            let trust = vec!["i".to_owned()];
            KeyCache::new(KeyCacheOptions { trust, ..KeyCacheOptions::default() }).unwrap()
        };
        let fetch = |cache: &KeyCache, now: u64| match cache.keys("i", None, true, now, 0).unwrap() {
            KeyAnswer::Fetch(ticket) => Some(ticket),
            _ => None,
        };
        let stopped = cache();
        let ticket = fetch(&stopped, 0).unwrap();
        let next = fetch(&stopped, 10_100).unwrap();
        assert_eq!(stopped.failed(&ticket.id, 10_200).unwrap().retry_at_ms, Some(15_200));
        assert_eq!(stopped.failed(&ticket.id, 10_200).unwrap_err().code, "ticket_spent");
        assert_eq!(stopped.failed(&next.id, 10_300).unwrap().retry_at_ms, Some(15_200), "both were one failure");
        assert!(fetch(&stopped, 15_199).is_none() && fetch(&stopped, 15_200).is_some());
        let lost = cache();
        for now in [0, 10_000, 20_000, 30_000] {
            assert!(fetch(&lost, now).is_some() && fetch(&lost, now).is_some() && fetch(&lost, now).is_none(), "{now}");
        }
    }

    #[test]
    fn looking_at_keys_hands_out_no_ticket() {
        let trust = vec!["i".to_owned()];
        let cache = KeyCache::new(KeyCacheOptions { trust, ..KeyCacheOptions::default() }).unwrap();
        assert!(cache.peek("i", 0).unwrap().is_none() && cache.peek("j", 0).unwrap().is_none());
        let KeyAnswer::Fetch(ticket) = cache.keys("i", None, true, 0, 0).unwrap() else { panic!() };
        let key = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
        cache.fetched(&ticket.id, key.as_bytes(), None, None, 0).unwrap();
        for (now, serves) in [(0, true), (600_000, true), (86_999_999, true), (87_000_000, false)] {
            assert_eq!(cache.peek("i", now).unwrap().is_some(), serves, "{now}");
        }
        assert!(matches!(cache.keys("i", None, true, 87_000_000, 0), Ok(KeyAnswer::Fetch(_))), "no ticket was taken");
    }

    #[test]
    fn random_numbers_below_2_to_the_53_spread_retries_over_a_quarter() {
        let retry_at = |entropy: u64| {
            let trust = vec!["i".to_owned()];
            let cache = KeyCache::new(KeyCacheOptions { trust, ..KeyCacheOptions::default() }).unwrap();
            let KeyAnswer::Fetch(ticket) = cache.keys("i", None, true, 1_000, entropy).unwrap() else { panic!() };
            cache.failed(&ticket.id, 1_000).unwrap().retry_at_ms
        };
        assert_eq!([0, 1 << 52, (1 << 53) - 1].map(retry_at), [Some(6_000), Some(6_625), Some(7_249)]);
    }

    #[test]
    fn ticket_of_another_cache_is_none() {
        let cache = |issuer: &str| {
            KeyCache::new(KeyCacheOptions { trust: vec![issuer.to_owned()], ..KeyCacheOptions::default() }).unwrap()
        };
        let (one, other) = (cache("a"), cache("b"));
        let KeyAnswer::Fetch(ticket) = one.keys("a", None, true, 1_000, 17).unwrap() else { panic!() };
        let KeyAnswer::Fetch(_) = other.keys("b", None, true, 1_000, 18).unwrap() else { panic!() };
        assert_eq!(other.fetched(&ticket.id, b"{}", None, None, 1_000).unwrap_err().code, "ticket_spent");
        assert_eq!(one.fetched(&ticket.id, b"{}", None, None, 1_000).unwrap().reason, Some("not_a_key_set"));
        assert_eq!(one.failed(&ticket.id, 1_000).unwrap_err().code, "ticket_spent");
    }
}
