//! Key sets of issuers as they age: when to fetch, what to serve meanwhile, what to do when fetching fails.
//!
//! The cache does no I/O. It hands out [`FetchTicket`]s, the host fetches and brings back what came; time and chance are
//! arguments. No caller ever waits for another caller's fetch.
//!
//! | state | event | answer, and the next state |
//! |---|---|---|
//! | empty | any token | [`Fetch`](KeyAnswer::Fetch), to two callers at once; others [`Wait`](KeyAnswer::Wait); after a failure [`Unavailable`](KeyAnswer::Unavailable) until the backoff ends |
//! | fresh | `kid` known | [`Use`](KeyAnswer::Use) |
//! | fresh | `kid` unknown, plausible, not known to be unknown, budget left | [`Fetch`](KeyAnswer::Fetch); the budget is taken when the ticket is issued |
//! | fresh | `kid` unknown otherwise | [`Unavailable`](KeyAnswer::Unavailable) with `unknown_key` and when to try again |
//! | stale | `kid` known | [`UseAndRefresh`](KeyAnswer::UseAndRefresh) to one caller, [`Use`](KeyAnswer::Use) to others |
//! | stale | `kid` unknown | [`Fetch`](KeyAnswer::Fetch) to one caller, others [`Unavailable`](KeyAnswer::Unavailable) |
//! | refreshing | a key set | fresh; keys that are new or changed get a new generation |
//! | refreshing | not modified | fresh |
//! | refreshing | error, HTML, a set without usable keys, a ticket handed in after its deadline | as before, with backoff |
//! | refreshing | the deadline, and no word from the host | as before, and the next caller fetches |
//! | any | older than it may get | empty |
//! | any | bad signature by a known key | one fetch, out of the budget for unknown kids |
//! | any | second response, or one older than what is held | an error, nothing else |
//!
//! Scheduled refreshes have a budget of their own: unknown kids can use up theirs and delay no refresh.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::error::{Code, Place, VerifyError};
use super::key_set::{KeyLimits, KeySet, KeySetError};
use crate::time::Timestamp;

mod lane;
mod merge;
mod slot;
mod ticket;

pub(super) use slot::{Age, Slot};
pub use ticket::{FetchOutcome, FetchTicket};

/// Key sets of several issuers. One writer at a time: share it behind the lock of the host's choice.
#[derive(Clone, Debug)]
pub struct KeyCache {
    pub(super) policy: KeyCachePolicy,
    pub(super) slots: Vec<Slot>,
    pub(super) counters: Counters,
    /// Latest time seen, in milliseconds.
    pub(super) clock: u64,
}

/// How a [`KeyCache`] behaves. Values out of range are brought into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCachePolicy {
    /// Bounds of a key set.
    pub limits: KeyLimits,
    /// How long a set is fresh whose response names no `max-age`, in seconds. Default 600, range as for the two below.
    pub ttl_secs: u64,
    /// The shortest time a set is fresh whatever `max-age` says. Default 60, from 1 to 86,400.
    pub ttl_secs_min: u64,
    /// The longest time a set is fresh whatever `max-age` says. Default 86,400, from `ttl_secs_min` to 604,800.
    pub ttl_secs_max: u64,
    /// How long a set still serves after it was fresh while refreshing fails (RFC 5861 section 4). Default 86,400, at most
    /// 2,592,000. A withdrawn key is trusted that much longer if the endpoint is down.
    pub stale_secs: u64,
    /// How long a fetch may take. Default 10, from 1 to 120. What is handed in later has failed; where nothing is, another may
    /// fetch.
    pub fetch_secs: u64,
    /// Least time between two fetches that unknown kids or bad signatures cause, over all of them. Default 30, from 1 to
    /// 3,600.
    pub cooldown_secs: u64,
    /// How long a `kid` that a fetch did not find causes no other fetch, unless another fetch brings keys meanwhile: then it may
    /// be among them. Default 300, at most 86,400.
    pub negative_secs: u64,
    /// How long a key still verifies after it vanished from the set together with its `kid`: 0, at once, unless the issuer's
    /// servers disagree while they rotate. At most 3,600. A `kid` with another key is never kept.
    pub grace_secs: u64,
    /// Most issuers. Default 64, from 1 to 1,024.
    pub issuers: usize,
}

/// What to do about a token.
#[derive(Debug)]
#[must_use]
pub enum KeyAnswer {
    /// Verify with these.
    Use(Arc<KeySet>),
    /// Verify with these, and fetch without letting the token wait. Keep the fetch alive when the request ends
    /// (`waitUntil` in a worker): until the deadline of a lost ticket nobody else refreshes.
    UseAndRefresh(Arc<KeySet>, FetchTicket),
    /// Fetch, tell the cache, and ask again. Keep this fetch alive as well when the request ends: a stranger's token may have
    /// caused it, and others wait for it until its deadline.
    Fetch(FetchTicket),
    /// Two callers are fetching. Ask again soon, and at that time at the latest.
    Wait(Timestamp),
    /// Refuse the token: [`Code::KeysUnavailable`], [`Code::UnknownKey`], or [`Code::ClaimMismatch`] of `iss` for an issuer
    /// that was never [trusted](KeyCache::trust). Its advice says when asking again can help.
    Unavailable(VerifyError),
}

/// How the cache stands with an issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// No keys.
    Empty,
    /// Keys that need no refresh.
    Fresh,
    /// Keys that serve while they are refreshed, or while that fails.
    Stale,
    /// A fetch is under way, with keys to serve or without.
    Refreshing,
}

/// What a fetch changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    /// There are other keys now.
    Replaced {
        /// Keys that were not there, or not the same, before.
        added: usize,
        /// Keys that are no longer there, or not the same.
        removed: usize,
        /// Keys of the set that cannot be used.
        refused: usize,
        /// Until when the set needs no refresh.
        fresh_until: Timestamp,
    },
    /// The keys are the same.
    Confirmed {
        /// Until when the set needs no refresh.
        fresh_until: Timestamp,
    },
    /// The fetch failed and what was held is still held.
    Failed {
        /// What is wrong with the response, if there was one.
        reason: Option<KeySetError>,
        /// Before that time no other fetch of this kind is handed out.
        retry_at: Timestamp,
    },
}

/// Why the cache does not take something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CacheError {
    /// As many issuers as there may be.
    TooManyIssuers {
        /// The limit.
        max: usize,
    },
    /// An empty name, or one longer than 2,048 bytes.
    BadIssuer,
    /// The issuer of the ticket was [forgotten](KeyCache::forget).
    UnknownIssuer,
    /// The ticket was handed in before, is long past its deadline, or is another cache's. Nothing changed.
    TicketSpent,
    /// A fetch that began later has brought keys already. Nothing changed.
    TicketSuperseded,
}

/// Numbers that only grow.
#[derive(Clone, Debug)]
pub(super) struct Counters {
    pub(super) ticket: u64,
    pub(super) generation: u64,
    pub(super) revision: u64,
}

impl KeyCache {
    /// A cache without issuers.
    pub fn new(policy: KeyCachePolicy) -> Self {
        let counters = Counters { ticket: 0, generation: 0, revision: 0 };
        Self { policy: policy.in_range(), slots: Vec::new(), counters, clock: 0 }
    }

    /// Lets the cache keep keys of `issuer`, the exact value of `iss`. An issuer that a token merely names must never come
    /// here: it would say where its own keys are.
    ///
    /// # Errors
    /// [`CacheError::TooManyIssuers`], [`CacheError::BadIssuer`].
    pub fn trust(&mut self, issuer: &str) -> Result<(), CacheError> {
        if self.slots.iter().any(|slot| slot.issuer() == issuer) {
            return Ok(());
        }
        if issuer.is_empty() || issuer.len() > ISSUER_BYTES_MAX {
            return Err(CacheError::BadIssuer);
        }
        if self.slots.len() >= self.policy.issuers {
            return Err(CacheError::TooManyIssuers { max: self.policy.issuers });
        }
        self.slots.push(Slot::new(issuer));
        Ok(())
    }

    /// Drops an issuer and its keys.
    pub fn forget(&mut self, issuer: &str) {
        self.slots.retain(|slot| slot.issuer() != issuer);
    }

    /// The trusted issuers, in the order they were trusted in.
    pub fn issuers(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().map(Slot::issuer)
    }

    /// The keys of `issuer` for a token that names `kid`.
    ///
    /// `plausible` says that everything about the token that needs no key is right: algorithm, issuer, audience, times.
    /// Others cause no fetch for their `kid`; a set that is missing or stale is fetched for them as well. `entropy` is 64 random
    /// bits, of which the higher ones spread the retries of many hosts.
    pub fn keys(
        &mut self,
        issuer: &str,
        kid: Option<&str>,
        plausible: bool,
        now: Timestamp,
        entropy: u64,
    ) -> KeyAnswer {
        let now = self.tick(now);
        match slot_of(&mut self.slots, issuer) {
            Some(slot) => slot.keys(&self.policy, &mut self.counters, kid, plausible, now, entropy),
            None => KeyAnswer::Unavailable(VerifyError::new(Code::ClaimMismatch, Place::Claim("iss".into()))),
        }
    }

    /// Takes what a fetch brought.
    ///
    /// # Errors
    /// [`CacheError::UnknownIssuer`], [`CacheError::TicketSpent`], [`CacheError::TicketSuperseded`]; nothing changed then.
    /// A failed fetch is no error, and whatever is handed in after its deadline is a failed fetch.
    pub fn fetched(
        &mut self,
        ticket: FetchTicket,
        outcome: FetchOutcome<'_>,
        now: Timestamp,
    ) -> Result<Update, CacheError> {
        let now = self.tick(now);
        let slot = slot_of(&mut self.slots, ticket.issuer());
        slot.ok_or(CacheError::UnknownIssuer)?.fetched(&self.policy, &mut self.counters, ticket, outcome, now)
    }

    /// Notes that a signature did not verify with the key of `kid`: the issuer may have put another key under that name.
    /// The keys stay. `Some` if it is time to fetch; the token need not wait for that.
    pub fn bad_signature(
        &mut self,
        issuer: &str,
        kid: Option<&str>,
        now: Timestamp,
        entropy: u64,
    ) -> Option<FetchTicket> {
        let now = self.tick(now);
        let slot = slot_of(&mut self.slots, issuer)?;
        slot.bad_signature(&self.policy, &mut self.counters, kid, now, entropy)
    }

    /// The keys that serve `issuer` now, be they fresh or stale; `None` where there are none. Hands out no ticket, so it takes
    /// the place of no [`keys`](Self::keys): a set that is only looked at is never refreshed. For a look into a
    /// [`TokenCache`](super::TokenCache) before a token is read.
    pub fn peek(&mut self, issuer: &str, now: Timestamp) -> Option<Arc<KeySet>> {
        let now = self.tick(now);
        let slot = slot_of(&mut self.slots, issuer)?;
        slot.peek(&mut self.counters, now)
    }

    /// How the cache stands with `issuer`; `None` for one that is not trusted.
    pub fn state(&mut self, issuer: &str, now: Timestamp) -> Option<KeyState> {
        let now = self.tick(now);
        let slot = slot_of(&mut self.slots, issuer)?;
        Some(slot.state(&mut self.counters, now))
    }

    /// The time by which everything is measured. Requests bring times slightly out of order, so a step back of up to five
    /// minutes is none. A longer one is a clock that was set: all that is under way keeps the time it had left.
    pub(super) fn tick(&mut self, now: Timestamp) -> u64 {
        let now = now.as_millis().min(NOW_MS_MAX);
        let back = self.clock.saturating_sub(now);
        if back <= STEP_BACK_MS {
            self.clock = self.clock.max(now);
        } else {
            self.slots.iter_mut().for_each(|slot| slot.rebase(back));
            self.clock = now;
        }
        self.clock
    }
}

/// Once for all that asks for one.
#[inline(never)]
fn slot_of<'s>(slots: &'s mut [Slot], issuer: &str) -> Option<&'s mut Slot> {
    slots.iter_mut().find(|slot| slot.issuer() == issuer)
}

impl KeyCachePolicy {
    fn in_range(mut self) -> Self {
        self.limits = self.limits.in_range();
        self.ttl_secs_min = self.ttl_secs_min.clamp(1, 86_400);
        self.ttl_secs_max = self.ttl_secs_max.clamp(self.ttl_secs_min, 604_800);
        self.ttl_secs = self.ttl_secs.clamp(self.ttl_secs_min, self.ttl_secs_max);
        self.stale_secs = self.stale_secs.min(2_592_000);
        self.fetch_secs = self.fetch_secs.clamp(1, 120);
        self.cooldown_secs = self.cooldown_secs.clamp(1, 3_600);
        self.negative_secs = self.negative_secs.min(86_400);
        self.grace_secs = self.grace_secs.min(3_600);
        self.issuers = self.issuers.clamp(1, 1_024);
        self
    }

    /// How long a set is fresh, in milliseconds.
    pub(super) fn ttl_ms(&self, max_age_secs: Option<u64>) -> u64 {
        max_age_secs.unwrap_or(self.ttl_secs).clamp(self.ttl_secs_min, self.ttl_secs_max) * 1_000
    }
}

impl Default for KeyCachePolicy {
    fn default() -> Self {
        Self {
            limits: KeyLimits::default(),
            ttl_secs: 600,
            ttl_secs_min: 60,
            ttl_secs_max: 86_400,
            stale_secs: 86_400,
            fetch_secs: 10,
            cooldown_secs: 30,
            negative_secs: 300,
            grace_secs: 0,
            issuers: 64,
        }
    }
}

impl KeyState {
    /// Stable snake_case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Fresh => "fresh",
            Self::Stale => "stale",
            Self::Refreshing => "refreshing",
        }
    }
}

impl CacheError {
    /// Stable snake_case name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooManyIssuers { .. } => "too_many_issuers",
            Self::BadIssuer => "bad_issuer",
            Self::UnknownIssuer => "unknown_issuer",
            Self::TicketSpent => "ticket_spent",
            Self::TicketSuperseded => "ticket_superseded",
        }
    }
}

impl fmt::Display for CacheError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyIssuers { max } => write!(f, "more than {max} issuers"),
            Self::BadIssuer => f.write_str("empty or overlong name of an issuer"),
            Self::UnknownIssuer => f.write_str("issuer is not trusted"),
            Self::TicketSpent => f.write_str("ticket was used, is long past its deadline, or is another cache's"),
            Self::TicketSuperseded => f.write_str("newer keys are there already"),
        }
    }
}

impl core::error::Error for CacheError {}

const ISSUER_BYTES_MAX: usize = 2_048;

const STEP_BACK_MS: u64 = 300_000;

/// The range of a timestamp. A host that passes more must not make every set too old as it arrives.
const NOW_MS_MAX: u64 = (1 << 53) - 1;
