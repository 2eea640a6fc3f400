//! The keys of one issuer. All times are in milliseconds.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::super::error::{Code, Place, Retry, VerifyError};
use super::super::key::VerificationKey;
use super::super::key_set::{KeySet, KeySetError};
use super::lane::{Flight, Lane};
use super::merge::{self, Until};
use super::{CacheError, Counters, FetchOutcome, FetchTicket, KeyAnswer, KeyCachePolicy, KeyState, Update};
use crate::time::Timestamp;

/// State of one issuer.
#[derive(Clone)]
pub(in super::super) struct Slot {
    issuer: Arc<str>,
    pub(in super::super) held: Option<Held>,
    /// Fetches because a set is missing or stale.
    pub(in super::super) scheduled: Lane,
    /// Fetches because a token names an unknown `kid` or its signature is bad.
    demand: Lane,
    /// Names that a fetch did not find, each with the end of its time.
    negative: VecDeque<(String, u64)>,
}

/// A set and its age.
#[derive(Clone, Debug)]
pub(in super::super) struct Held {
    pub(in super::super) set: Arc<KeySet>,
    /// Last moments of the set's withdrawn keys.
    pub(in super::super) withdrawn: Vec<Until>,
    /// Number of the ticket that brought it; tickets with lower ones are too old to bring another.
    pub(in super::super) number: u64,
    pub(in super::super) fetched_at: u64,
    pub(in super::super) fresh_until: u64,
    pub(in super::super) stale_until: u64,
    pub(in super::super) etag: Option<String>,
}

impl Slot {
    pub(super) fn new(issuer: &str) -> Self {
        Self {
            issuer: issuer.into(),
            held: None,
            scheduled: Lane::default(),
            demand: Lane::default(),
            negative: VecDeque::new(),
        }
    }

    pub(in super::super) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(super) fn keys(
        &mut self,
        policy: &KeyCachePolicy,
        counters: &mut Counters,
        kid: Option<&str>,
        plausible: bool,
        now: u64,
        entropy: u64,
    ) -> KeyAnswer {
        self.settle(counters, now);
        let Some(held) = &self.held else { return self.empty(policy, counters, now, entropy) };
        let (set, known) = (Arc::clone(&held.set), held.set.knows(kid));
        if now < held.fresh_until {
            return match kid {
                Some(kid) if !known => self.unknown(policy, counters, kid, plausible, now, entropy),
                _ => KeyAnswer::Use(set),
            };
        }
        let due = self.scheduled.is_due(now, 1);
        if !due {
            let retry_at = Timestamp::from_millis(self.scheduled.next_change());
            return if known { KeyAnswer::Use(set) } else { unknown_key(Retry::At(retry_at)) };
        }
        let ticket = self.scheduled_ticket(policy, counters, kid, now, entropy);
        // A token that is refused anyway does not wait for the fetch that it happens to start.
        if known || !plausible { KeyAnswer::UseAndRefresh(set, ticket) } else { KeyAnswer::Fetch(ticket) }
    }

    pub(super) fn fetched(
        &mut self,
        policy: &KeyCachePolicy,
        counters: &mut Counters,
        ticket: FetchTicket,
        outcome: FetchOutcome<'_>,
        now: u64,
    ) -> Result<Update, CacheError> {
        self.settle(counters, now);
        let (scheduled, demand) = (self.scheduled.land(&ticket), self.demand.land(&ticket));
        let is_scheduled = scheduled.is_some();
        let Some(flight) = scheduled.or(demand) else { return self.fetched_late(counters, &ticket, now) };
        let read = match outcome {
            FetchOutcome::Body { body, max_age_secs, etag } => {
                read(body, policy).map(|set| (Some((set, etag)), max_age_secs)).map_err(Some)
            }
            FetchOutcome::NotModified { max_age_secs } => match &self.held {
                // The number alone could be that of a set which was restored since.
                Some(held) if ticket.etag.is_some() && (held.number, &held.etag) == (ticket.base, &ticket.etag) => {
                    Ok((None, max_age_secs))
                }
                _ => Err(None),
            },
            FetchOutcome::Failed => Err(None),
        };
        let (came, max_age_secs) = match read {
            Ok(read) => read,
            Err(reason) => {
                let lane = if is_scheduled { &mut self.scheduled } else { &mut self.demand };
                lane.fail(&flight, counters.ticket, now);
                return Ok(Update::Failed { reason, retry_at: Timestamp::from_millis(lane.next_at()) });
            }
        };
        let fresh_until = now.saturating_add(policy.ttl_ms(max_age_secs));
        let update = match came {
            Some((set, etag)) => {
                let etag = etag.map(String::from);
                self.replace(
                    policy,
                    counters,
                    set,
                    Age { number: ticket.number, fetched_at: now, fresh_until, etag },
                    now,
                )
            }
            None => {
                if let Some(held) = &mut self.held {
                    held.number = ticket.number;
                    held.fetched_at = now;
                    held.fresh_until = fresh_until;
                    held.stale_until = fresh_until.saturating_add(policy.stale_secs * 1_000);
                }
                self.succeed(ticket.number);
                Update::Confirmed { fresh_until: Timestamp::from_millis(fresh_until) }
            }
        };
        if let (Some(kid), Some(held)) = (flight.kid, &self.held)
            && !held.set.knows(Some(&kid))
        {
            self.negative.retain(|(known, _)| *known != kid);
            if self.negative.len() >= NEGATIVE_MAX {
                self.negative.pop_front();
            }
            self.negative.push_back((kid, now.saturating_add(policy.negative_secs * 1_000)));
        }
        Ok(update)
    }

    /// A fetch that its host gave up at the deadline has failed, whatever it brought. Otherwise the ticket counts no more.
    fn fetched_late(&mut self, counters: &Counters, ticket: &FetchTicket, now: u64) -> Result<Update, CacheError> {
        for lane in [&mut self.scheduled, &mut self.demand] {
            if let Some(flight) = lane.land_late(ticket) {
                lane.fail(&flight, counters.ticket, now);
                return Ok(Update::Failed { reason: None, retry_at: Timestamp::from_millis(lane.next_at()) });
            }
        }
        let is_older = self.held.as_ref().is_some_and(|held| ticket.number < held.number);
        Err(if is_older { CacheError::TicketSuperseded } else { CacheError::TicketSpent })
    }

    /// Puts `set` in the place of what is held.
    pub(in super::super) fn replace(
        &mut self,
        policy: &KeyCachePolicy,
        counters: &mut Counters,
        set: KeySet,
        age: Age,
        now: u64,
    ) -> Update {
        let (old, number) = (self.held.take(), age.number);
        let kept_until = (policy.grace_secs > 0).then(|| now.saturating_add(policy.grace_secs * 1_000));
        let before = old.as_ref().map(|held| (&*held.set, held.withdrawn.as_slice()));
        let mut merged = merge::merge(before, set, counters, now, kept_until);
        let fresh_until = Timestamp::from_millis(age.fresh_until);
        let refused = merged.set.refused().len();
        let same = old.and_then(|held| {
            merged.set.revision = held.set.revision;
            (*held.set == merged.set).then_some(held.set)
        });
        let update = match &same {
            Some(_) => Update::Confirmed { fresh_until },
            None => Update::Replaced { added: merged.added, removed: merged.removed, refused, fresh_until },
        };
        self.held = Some(Held {
            set: same.unwrap_or_else(|| {
                counters.revision += 1;
                merged.set.revision = counters.revision;
                Arc::new(merged.set)
            }),
            withdrawn: merged.withdrawn,
            number,
            fetched_at: age.fetched_at,
            fresh_until: age.fresh_until,
            stale_until: age.fresh_until.saturating_add(policy.stale_secs * 1_000),
            etag: age.etag.filter(|etag| may_be_sent(etag)),
        });
        self.succeed(number);
        self.negative.clear();
        update
    }

    /// Holds withdrawn keys and nothing else, for a set that is about to be put in their place.
    pub(in super::super) fn hold_withdrawn(&mut self, keys: Vec<(VerificationKey, Until)>, counters: &mut Counters) {
        let (mut keys, withdrawn): (Vec<_>, Vec<_>) = keys.into_iter().unzip();
        for key in &mut keys {
            counters.generation += 1;
            key.generation = counters.generation;
        }
        let set = Arc::new(KeySet { withdrawn: keys.len(), keys, refused: Vec::new(), revision: 0 });
        self.held = Some(Held { set, withdrawn, number: 0, fetched_at: 0, fresh_until: 0, stale_until: 0, etag: None });
    }

    pub(super) fn bad_signature(
        &mut self,
        policy: &KeyCachePolicy,
        counters: &mut Counters,
        kid: Option<&str>,
        now: u64,
        entropy: u64,
    ) -> Option<FetchTicket> {
        self.settle(counters, now);
        let held = self.held.as_ref().filter(|held| held.set.knows(kid))?;
        if now >= held.fresh_until {
            let due = self.scheduled.is_due(now, 1);
            return due.then(|| self.scheduled_ticket(policy, counters, None, now, entropy));
        }
        let due = self.demand.is_due(now, 1);
        due.then(|| self.demand_ticket(policy, counters, None, now, entropy))
    }

    pub(super) fn peek(&mut self, counters: &mut Counters, now: u64) -> Option<Arc<KeySet>> {
        self.settle(counters, now);
        self.held.as_ref().map(|held| Arc::clone(&held.set))
    }

    /// The number for a set of another cache that was fetched at `fetched_at`: below those of the fetches under way which
    /// began since, as they will bring a newer one.
    pub(in super::super) fn number_of_restored(&self, counters: &mut Counters, fetched_at: u64) -> u64 {
        let newer = [&self.scheduled, &self.demand].into_iter().filter_map(|lane| lane.first_since(fetched_at)).min();
        newer.map_or_else(
            || {
                counters.ticket += 1;
                counters.ticket
            },
            |newer| newer - 1,
        )
    }

    pub(super) fn state(&mut self, counters: &mut Counters, now: u64) -> KeyState {
        self.settle(counters, now);
        match &self.held {
            _ if self.scheduled.is_busy() || self.demand.is_busy() => KeyState::Refreshing,
            None => KeyState::Empty,
            Some(held) if now < held.fresh_until => KeyState::Fresh,
            Some(_) => KeyState::Stale,
        }
    }

    /// Moves every time `back` milliseconds into the past, where the clock went.
    pub(super) fn rebase(&mut self, back: u64) {
        self.scheduled.rebase(back);
        self.demand.rebase(back);
        let mut times: Vec<&mut u64> = self.negative.iter_mut().map(|(_, until)| until).collect();
        if let Some(held) = &mut self.held {
            times.extend([&mut held.fetched_at, &mut held.fresh_until, &mut held.stale_until]);
            times.extend(&mut held.withdrawn);
        }
        times.into_iter().for_each(|time| *time = time.saturating_sub(back));
    }

    /// Does what time alone brings: deadlines, a set that is too old, keys whose grace ends.
    pub(in super::super) fn settle(&mut self, counters: &mut Counters, now: u64) {
        self.scheduled.settle(now);
        self.demand.settle(now);
        self.negative.retain(|(_, until)| now < *until);
        if self.held.as_ref().is_some_and(|held| now >= held.stale_until) {
            self.held = None;
        }
        if let Some(held) = &mut self.held
            && held.withdrawn.iter().any(|until| now >= *until)
        {
            let published = held.set.keys.len().saturating_sub(held.withdrawn.len());
            let mut set = KeySet::clone(&held.set);
            let mut i = 0;
            set.keys.retain(|_| {
                i += 1;
                held.withdrawn.get((i - 1usize).wrapping_sub(published)).is_none_or(|until| now < *until)
            });
            held.withdrawn.retain(|until| now < *until);
            set.withdrawn = held.withdrawn.len();
            counters.revision += 1;
            set.revision = counters.revision;
            held.set = Arc::new(set);
        }
    }

    /// Forgets failures, and fetches that began before the one of that number.
    fn succeed(&mut self, number: u64) {
        self.scheduled.succeed(number);
        self.demand.succeed(number);
    }

    /// Nothing is held.
    fn empty(&mut self, policy: &KeyCachePolicy, counters: &mut Counters, now: u64, entropy: u64) -> KeyAnswer {
        if self.scheduled.is_due(now, EMPTY_TICKETS_MAX) {
            return KeyAnswer::Fetch(self.scheduled_ticket(policy, counters, None, now, entropy));
        }
        let until = Timestamp::from_millis(self.scheduled.next_change());
        if self.scheduled.is_busy() {
            return KeyAnswer::Wait(until);
        }
        KeyAnswer::Unavailable(VerifyError::new(Code::KeysUnavailable, Place::Keys).retry(Retry::At(until)))
    }

    /// A fresh set does not know `kid`.
    fn unknown(
        &mut self,
        policy: &KeyCachePolicy,
        counters: &mut Counters,
        kid: &str,
        plausible: bool,
        now: u64,
        entropy: u64,
    ) -> KeyAnswer {
        if !plausible || kid.len() > super::super::jwk::KID_BYTES_MAX {
            return unknown_key(Retry::AfterRefresh);
        }
        let known_unknown = self.negative.iter().find(|(known, _)| known == kid).map(|(_, until)| *until);
        if known_unknown.is_none() && self.demand.is_due(now, 1) {
            return KeyAnswer::Fetch(self.demand_ticket(policy, counters, Some(kid), now, entropy));
        }
        let refresh_at = self.held.as_ref().map_or(now, |held| held.fresh_until);
        let retry_at = self.demand.next_change().max(known_unknown.unwrap_or(0)).min(refresh_at);
        unknown_key(Retry::At(Timestamp::from_millis(retry_at)))
    }

    fn scheduled_ticket(
        &mut self,
        policy: &KeyCachePolicy,
        counters: &mut Counters,
        kid: Option<&str>,
        now: u64,
        entropy: u64,
    ) -> FetchTicket {
        let kid = kid.filter(|kid| self.held.as_ref().is_some_and(|held| !held.set.knows(Some(kid))));
        let ticket = self.ticket(policy, counters, now, entropy);
        self.scheduled.take_off(Flight::of(&ticket, kid, now), 0);
        ticket
    }

    /// Takes its share of the budget when the ticket is issued, whatever becomes of it.
    fn demand_ticket(
        &mut self,
        policy: &KeyCachePolicy,
        counters: &mut Counters,
        kid: Option<&str>,
        now: u64,
        entropy: u64,
    ) -> FetchTicket {
        let ticket = self.ticket(policy, counters, now, entropy);
        self.demand.take_off(Flight::of(&ticket, kid, now), now.saturating_add(policy.cooldown_secs * 1_000));
        ticket
    }

    fn ticket(&self, policy: &KeyCachePolicy, counters: &mut Counters, now: u64, entropy: u64) -> FetchTicket {
        counters.ticket += 1;
        FetchTicket {
            issuer: Arc::clone(&self.issuer),
            number: counters.ticket,
            nonce: entropy,
            deadline: now.saturating_add(policy.fetch_secs * 1_000),
            etag: self.held.as_ref().and_then(|held| held.etag.clone()),
            base: self.held.as_ref().map_or(0, |held| held.number),
        }
    }
}

impl fmt::Debug for Slot {
    /// Shows none of the names that tokens brought.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot")
            .field("issuer", &self.issuer)
            .field("held", &self.held)
            .field("negative", &self.negative.len())
            .finish_non_exhaustive()
    }
}

/// When a set came and how long it lasts.
pub(in super::super) struct Age {
    pub(in super::super) number: u64,
    pub(in super::super) fetched_at: u64,
    pub(in super::super) fresh_until: u64,
    pub(in super::super) etag: Option<String>,
}

/// A document as keys; one without a usable key is none.
fn read(body: &[u8], policy: &KeyCachePolicy) -> Result<KeySet, KeySetError> {
    let max = policy.limits.bytes;
    if body.len() > max {
        return Err(KeySetError::TooLarge { bytes: body.len(), max });
    }
    let json = core::str::from_utf8(body).map_err(|e| KeySetError::NotJson { offset: e.valid_up_to() })?;
    let set = KeySet::from_jwks(json, policy.limits)?;
    if set.keys().is_empty() { Err(KeySetError::NoUsableKey) } else { Ok(set) }
}

/// Whether an `ETag`, be it of a response or of a snapshot, can go back in a header: short, and nothing that ends a line.
fn may_be_sent(etag: &str) -> bool {
    etag.len() <= ETAG_BYTES_MAX && !etag.chars().any(char::is_control)
}

fn unknown_key(retry: Retry) -> KeyAnswer {
    KeyAnswer::Unavailable(VerifyError::new(Code::UnknownKey, Place::Key).retry(retry))
}

/// Callers that may fetch at once while there are no keys: one whose fetch is lost must not hold up all others.
const EMPTY_TICKETS_MAX: usize = 2;

const NEGATIVE_MAX: usize = 64;

const ETAG_BYTES_MAX: usize = 512;
