//! What the cache must do, and what an issuer may send.

use edgewarden::jwt::{CacheError, FetchOutcome, KeyCachePolicy, KeySet, KeyState, Retry};
use edgewarden::time::Timestamp;

use crate::vectors::base64url;

/// What the cache must do, said as simply as it can be. Its time never goes back: a clock that was set back is one that is
/// behind by `offset`.
pub struct Model {
    pub policy: KeyCachePolicy,
    pub issuers: Vec<Option<ModelIssuer>>,
    /// Issuers in the order they were trusted in.
    pub order: Vec<usize>,
    pub latest: u64,
    pub offset: u64,
    pub tickets: u64,
    pub generations: u64,
}

#[derive(Default)]
pub struct ModelIssuer {
    pub held: Option<ModelSet>,
    /// Fetches under way, in the order of their numbers.
    pub out: Vec<Out>,
    /// Index 0: scheduled; 1: on demand.
    pub budgets: [Budget; 2],
    pub negative: Vec<(&'static str, u64)>,
}

#[derive(Default)]
pub struct Budget {
    pub fails: u32,
    pub backoff_until: u64,
    pub spent_until: u64,
    /// The last two that reached their deadline and were not handed in, each with its nonce.
    pub late: Vec<(u64, u64)>,
    /// Tickets up to that number have failed together.
    pub wave: u64,
}

pub struct Out {
    pub number: u64,
    pub nonce: u64,
    pub began: u64,
    pub deadline: u64,
    pub budget: usize,
    pub kid: Option<&'static str>,
    pub base: u64,
    pub etag: Option<String>,
}

/// What a snapshot holds of an issuer.
#[derive(Clone)]
pub struct Stored {
    pub issuer: usize,
    pub held: ModelSet,
    pub fails: u32,
    pub backoff_until: u64,
}

#[derive(Clone)]
pub struct ModelSet {
    pub keys: Vec<ModelKey>,
    pub retired: Vec<(ModelKey, u64)>,
    pub refused: bool,
    pub etag: Option<String>,
    pub number: u64,
    pub fetched_at: u64,
    pub fresh_until: u64,
    pub stale_until: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelKey {
    pub kid: &'static str,
    pub numbers: usize,
    pub generation: u64,
}

#[derive(Debug)]
pub enum Expected {
    Use,
    UseAndRefresh(u64),
    Fetch(u64),
    Wait(u64),
    Unavailable(&'static str, Retry),
}

#[derive(Debug)]
pub enum Landed {
    Replaced(usize, usize, usize, u64),
    Confirmed(u64),
    Failed(u64),
    /// Handed in after its deadline.
    Late(u64),
    Error(CacheError),
}

impl Expected {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Use => "use",
            Self::UseAndRefresh(_) => "use and refresh",
            Self::Fetch(_) => "fetch",
            Self::Wait(_) => "wait",
            Self::Unavailable("unknown_key", Retry::At(_)) => "unknown key, later",
            Self::Unavailable("unknown_key", _) => "unknown key",
            Self::Unavailable(code, _) => code,
        }
    }
}

impl Model {
    pub fn token(
        &mut self,
        issuer: usize,
        kid: Option<&'static str>,
        plausible: bool,
        now: u64,
        nonce: u64,
    ) -> Expected {
        let now = self.elapse(issuer, now);
        let Some(state) = &self.issuers[issuer] else { return Expected::Unavailable("claim_mismatch", Retry::Never) };
        let scheduled: Vec<&Out> = state.out.iter().filter(|out| out.budget == 0).collect();
        let may_schedule = now >= state.budgets[0].backoff_until;
        let Some(held) = &state.held else {
            return if may_schedule && scheduled.len() < 2 {
                Expected::Fetch(self.issue(issuer, 0, None, now, nonce))
            } else if let Some(first) = scheduled.first() {
                Expected::Wait(first.deadline - self.offset)
            } else {
                self.later("keys_unavailable", state.budgets[0].backoff_until)
            };
        };
        let known = kid.is_none_or(|kid| held.knows(kid));
        if now < held.fresh_until {
            let Some(kid) = kid.filter(|_| !known) else { return Expected::Use };
            if !plausible {
                return Expected::Unavailable("unknown_key", Retry::AfterRefresh);
            }
            let negative = state.negative.iter().find(|(name, _)| *name == kid).map(|(_, until)| *until);
            let demand = &state.budgets[1];
            let free_at = demand.backoff_until.max(demand.spent_until);
            let in_flight = state.out.iter().find(|out| out.budget == 1).map(|out| out.deadline);
            if negative.is_none() && in_flight.is_none() && now >= free_at {
                return Expected::Fetch(self.issue(issuer, 1, Some(kid), now, nonce));
            }
            let at = in_flight.unwrap_or(free_at).max(negative.unwrap_or(0)).min(held.fresh_until);
            return self.later("unknown_key", at);
        }
        if may_schedule && scheduled.is_empty() {
            let number = self.issue(issuer, 0, kid.filter(|_| !known), now, nonce);
            return if known || !plausible { Expected::UseAndRefresh(number) } else { Expected::Fetch(number) };
        }
        if known {
            return Expected::Use;
        }
        self.later("unknown_key", scheduled.first().map_or(state.budgets[0].backoff_until, |out| out.deadline))
    }

    pub fn bad_signature(&mut self, issuer: usize, kid: Option<&'static str>, now: u64, nonce: u64) -> Option<u64> {
        let now = self.elapse(issuer, now);
        let state = self.issuers[issuer].as_ref()?;
        let held = state.held.as_ref().filter(|held| kid.is_none_or(|kid| held.knows(kid)))?;
        let which = usize::from(now < held.fresh_until);
        let budget = &state.budgets[which];
        let free = now >= budget.backoff_until.max(budget.spent_until);
        (free && state.out.iter().all(|out| out.budget != which)).then(|| self.issue(issuer, which, None, now, nonce))
    }

    #[allow(clippy::too_many_arguments)]
    pub fn fetched(
        &mut self,
        issuer: usize,
        number: u64,
        nonce: u64,
        etag: Option<&str>,
        body: Option<&Body>,
        outcome: &FetchOutcome<'_>,
        now: u64,
    ) -> Landed {
        let now = self.elapse(issuer, now);
        let (newest, offset, policy) = (self.tickets, self.offset, self.policy.clone());
        let Some(state) = &mut self.issuers[issuer] else { return Landed::Error(CacheError::UnknownIssuer) };
        let Some(at) = state.out.iter().position(|out| (out.number, out.nonce) == (number, nonce)) else {
            for budget in 0..2 {
                let late = &mut state.budgets[budget].late;
                if let Some(at) = late.iter().position(|ticket| *ticket == (number, nonce)) {
                    late.remove(at);
                    return Landed::Late(state.fail(budget, number, nonce, newest, now) - offset);
                }
            }
            let older = state.held.as_ref().is_some_and(|held| number < held.number);
            return Landed::Error(if older { CacheError::TicketSuperseded } else { CacheError::TicketSpent });
        };
        let out = state.out.remove(at);
        assert_eq!(etag, out.etag.as_deref());
        let (FetchOutcome::Body { max_age_secs, .. } | FetchOutcome::NotModified { max_age_secs }) = *outcome else {
            return Landed::Failed(state.fail(out.budget, number, nonce, newest, now) - offset);
        };
        let fresh_until = now + max_age_secs.unwrap_or(policy.ttl_secs).clamp(60, 86_400) * 1_000;
        let landed = match (body, &mut state.held) {
            (Some(body), _) => {
                let (added, removed, same) = state.put(body, now, policy.grace_secs * 1_000, &mut self.generations);
                state.negative.clear();
                let fresh_until = fresh_until - offset;
                if same {
                    Landed::Confirmed(fresh_until)
                } else {
                    Landed::Replaced(added, removed, usize::from(body.refused), fresh_until)
                }
            }
            (None, Some(held))
                if matches!(outcome, FetchOutcome::NotModified { .. })
                    && out.etag.is_some()
                    && (held.number, &held.etag) == (out.base, &out.etag) =>
            {
                Landed::Confirmed(fresh_until - offset)
            }
            _ => return Landed::Failed(state.fail(out.budget, number, nonce, newest, now) - offset),
        };
        let held = state.held.as_mut().unwrap();
        if let FetchOutcome::Body { etag, .. } = *outcome {
            held.etag = etag.map(String::from);
        }
        held.number = number;
        (held.fetched_at, held.fresh_until) = (now, fresh_until);
        held.stale_until = fresh_until + policy.stale_secs * 1_000;
        if let Some(kid) = out.kid.filter(|kid| !held.knows(kid)) {
            state.negative.retain(|(name, _)| *name != kid);
            state.negative.push((kid, now + policy.negative_secs * 1_000));
        }
        state.succeed(number);
        landed
    }

    pub fn state(&mut self, issuer: usize, now: u64) -> Option<KeyState> {
        let now = self.elapse(issuer, now);
        let state = self.issuers[issuer].as_ref()?;
        Some(match &state.held {
            _ if !state.out.is_empty() => KeyState::Refreshing,
            None => KeyState::Empty,
            Some(held) if now < held.fresh_until => KeyState::Fresh,
            Some(_) => KeyState::Stale,
        })
    }

    /// What a snapshot holds, in the host's time.
    pub fn store(&self) -> Vec<Stored> {
        let offset = self.offset;
        let stored = self.order.iter().filter_map(|issuer| {
            let state = self.issuers[*issuer].as_ref()?;
            let mut held = state.held.clone().filter(|held| self.latest < held.stale_until)?;
            for time in [&mut held.fetched_at, &mut held.fresh_until] {
                *time -= offset;
            }
            for (_, until) in &mut held.retired {
                *until -= offset;
            }
            let backoff_until = state.budgets[0].backoff_until.saturating_sub(offset);
            Some(Stored { issuer: *issuer, held, fails: state.budgets[0].fails, backoff_until })
        });
        stored.collect()
    }

    /// Takes of a snapshot what is newer than what is held; how many sets.
    pub fn restore(&mut self, stored: &[Stored], now: u64) -> usize {
        self.elapse(0, now);
        stored.iter().filter(|stored| self.take((*stored).clone(), now)).count()
    }

    fn take(&mut self, stored: Stored, now: u64) -> bool {
        let now = self.elapse(stored.issuer, now);
        let (offset, policy) = (self.offset, self.policy.clone());
        let Some(state) = &mut self.issuers[stored.issuer] else { return false };
        let mut held = stored.held;
        let ttl = held.fresh_until - held.fetched_at;
        held.fetched_at = (held.fetched_at + offset).min(now);
        held.fresh_until = held.fetched_at + ttl;
        held.stale_until = held.fresh_until + policy.stale_secs * 1_000;
        if now >= held.stale_until || state.held.as_ref().is_some_and(|old| held.fetched_at <= old.fetched_at) {
            return false;
        }
        // A fetch that began since brings a newer one.
        let newer = state.out.iter().filter(|out| out.began >= held.fetched_at).map(|out| out.number).min();
        held.number = newer.map_or(self.tickets + 1, |newer| newer - 1);
        self.tickets += u64::from(newer.is_none());
        if state.held.is_some() {
            let keys = held.keys.iter().map(|key| (key.kid, key.numbers)).collect();
            let body = Body { json: String::new(), keys, refused: held.refused };
            state.put(&body, now, policy.grace_secs * 1_000, &mut self.generations);
            let put = state.held.take().unwrap();
            (held.keys, held.retired) = (put.keys, put.retired);
        } else {
            for (_, until) in &mut held.retired {
                *until = (*until + offset).min(now + policy.grace_secs * 1_000);
            }
            held.retired.retain(|(_, until)| now < *until);
            for key in held.keys.iter_mut().chain(held.retired.iter_mut().map(|(key, _)| key)) {
                self.generations += 1;
                key.generation = self.generations;
            }
        }
        state.succeed(held.number);
        state.negative.clear();
        state.held = Some(held);
        let scheduled = &mut state.budgets[0];
        scheduled.fails = stored.fails;
        scheduled.backoff_until = (stored.backoff_until + offset).min(now + 375_000);
        true
    }

    /// Another cache takes the sets of this one at the host's time; how many it takes.
    pub fn restart(&mut self, now: u64) -> usize {
        let stored = self.store();
        (self.latest, self.offset, self.tickets, self.generations) = (now, 0, 0, self.generations + 100);
        for issuer in &self.order {
            self.issuers[*issuer] = Some(ModelIssuer::default());
        }
        self.restore(&stored, now)
    }

    /// The model's time for the host's, after everything that time alone brings to an issuer.
    pub fn elapse(&mut self, issuer: usize, now: u64) -> u64 {
        if now + self.offset + 300_000 < self.latest {
            self.offset = self.latest - now;
        }
        self.latest = self.latest.max(now + self.offset);
        let now = self.latest;
        if let Some(state) = &mut self.issuers[issuer] {
            while let Some(at) = state.out.iter().position(|out| now >= out.deadline) {
                let out = state.out.remove(at);
                let late = &mut state.budgets[out.budget].late;
                late.push((out.number, out.nonce));
                if late.len() > 2 {
                    late.remove(0);
                }
            }
            state.negative.retain(|(_, until)| now < *until);
            state.held = state.held.take().filter(|held| now < held.stale_until);
            if let Some(held) = &mut state.held {
                held.retired.retain(|(_, until)| now < *until);
            }
        }
        now
    }

    pub fn issue(&mut self, issuer: usize, budget: usize, kid: Option<&'static str>, now: u64, nonce: u64) -> u64 {
        self.tickets += 1;
        let deadline = now + self.policy.fetch_secs * 1_000;
        let state = self.issuers[issuer].as_mut().unwrap();
        let (base, etag) = state.held.as_ref().map_or((0, None), |held| (held.number, held.etag.clone()));
        state.out.push(Out { number: self.tickets, nonce, began: now, deadline, budget, kid, base, etag });
        if budget == 1 {
            assert!(now >= state.budgets[1].spent_until, "one fetch on demand per cooldown");
            state.budgets[1].spent_until = now + self.policy.cooldown_secs * 1_000;
        }
        self.tickets
    }

    pub fn later(&self, code: &'static str, at: u64) -> Expected {
        Expected::Unavailable(code, Retry::At(Timestamp::from_millis(at - self.offset)))
    }
}

impl ModelIssuer {
    /// Forgets failures, and fetches that are older than the one of that number.
    pub fn succeed(&mut self, number: u64) {
        self.out.retain(|out| out.number > number);
        for budget in &mut self.budgets {
            (budget.fails, budget.backoff_until, budget.wave) = (0, 0, number);
            budget.late.retain(|(late, _)| *late > number);
        }
    }

    /// When the next fetch out of the same budget may begin.
    pub fn fail(&mut self, budget: usize, number: u64, nonce: u64, newest: u64, at: u64) -> u64 {
        let budget = &mut self.budgets[budget];
        if number > budget.wave {
            let delay = [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000][budget.fails.min(6) as usize];
            let quarter = u128::from(delay / 4);
            budget.backoff_until = at + delay + (u128::from(nonce >> 32) * quarter / (1 << 32)) as u64;
            budget.fails += 1;
            budget.wave = newest;
        }
        budget.backoff_until.max(budget.spent_until)
    }

    /// Puts the keys of `body` in the place of those held: how many came, how many went, whether nothing changed.
    pub fn put(&mut self, body: &Body, now: u64, grace: u64, generations: &mut u64) -> (usize, usize, bool) {
        let old = self.held.take();
        let visible: Vec<ModelKey> = old.iter().flat_map(|held| held.visible().cloned()).collect();
        let mut added = 0;
        let mut keys = Vec::new();
        for (kid, numbers) in &body.keys {
            let known = visible.iter().find(|key| key.kid == *kid && key.numbers == *numbers);
            keys.push(known.cloned().unwrap_or_else(|| {
                added += 1;
                *generations += 1;
                ModelKey { kid, numbers: *numbers, generation: *generations }
            }));
        }
        let is_gone = |key: &ModelKey| !body.keys.iter().any(|(kid, _)| *kid == key.kid);
        let mut retired = Vec::new();
        if let Some(old) = &old {
            let vanished = old.keys.iter().filter(|key| grace > 0 && is_gone(key));
            retired.extend(vanished.map(|key| (key.clone(), now + grace)));
            retired.extend(old.retired.iter().filter(|(key, _)| is_gone(key)).cloned());
        }
        let removed = visible.iter().filter(|k| !keys.contains(k) && !retired.iter().any(|(r, _)| r == *k)).count();
        let same = old.is_some_and(|old| {
            let retired_same = old.retired.iter().map(|(key, _)| key).eq(retired.iter().map(|(key, _)| key));
            old.keys == keys && retired_same && old.refused == body.refused
        });
        let (number, fetched_at, fresh_until, stale_until) = (0, 0, 0, 0);
        let (refused, etag) = (body.refused, None);
        self.held = Some(ModelSet { keys, retired, refused, etag, number, fetched_at, fresh_until, stale_until });
        (added, removed, same)
    }
}

impl ModelSet {
    pub fn visible(&self) -> impl Iterator<Item = &ModelKey> {
        self.keys.iter().chain(self.retired.iter().map(|(key, _)| key))
    }

    pub fn knows(&self, kid: &str) -> bool {
        kid == "d" && self.refused || self.visible().any(|key| key.kid == kid)
    }
}

/// Documents that an issuer may send.
pub struct Bodies {
    pub sets: Vec<Body>,
    pub junk: Vec<Vec<u8>>,
    pub thumbprints: Vec<[u8; 32]>,
}

pub struct Body {
    pub json: String,
    /// Name and number of the numbers.
    pub keys: Vec<(&'static str, usize)>,
    /// A key `d` that cannot be used is there too.
    pub refused: bool,
}

impl Bodies {
    /// Every choice of keys `a`, `b` and `c`, each absent or with one of two sets of numbers, with and without `d`.
    pub fn new() -> Self {
        let numbers: Vec<String> = (1..=6).map(p256_numbers).collect();
        let jwk = |kid: &str, i: usize| format!(r#"{{"kty":"EC","crv":"P-256","kid":"{kid}",{}}}"#, numbers[i]);
        let thumbprints = (0..6).map(|i| *KeySet::from_jwk(&jwk("k", i)).unwrap().keys()[0].thumbprint()).collect();
        let mut sets = Vec::new();
        for choice in 0..27 {
            let digits = [choice % 3, choice / 3 % 3, choice / 9];
            let named = ["a", "b", "c"].into_iter().zip(digits).enumerate();
            let keys: Vec<(&str, usize)> =
                named.filter(|(_, (_, digit))| *digit > 0).map(|(i, (kid, digit))| (kid, i * 2 + digit - 1)).collect();
            for refused in [false, true] {
                let mut all: Vec<String> = keys.iter().map(|(kid, i)| jwk(kid, *i)).collect();
                all.extend(refused.then(|| r#"{"kty":"AKP","kid":"d","alg":"ML-DSA-44"}"#.into()));
                let json = format!(r#"{{"keys":[{}]}}"#, all.join(","));
                sets.push(Body { json, keys: keys.clone(), refused });
            }
        }
        let (sets, empty): (Vec<_>, Vec<_>) = sets.into_iter().partition(|body| !body.keys.is_empty());
        let mut junk: Vec<Vec<u8>> = empty.into_iter().map(|body| body.json.into()).collect();
        junk.extend([b"<html>".to_vec(), b"".to_vec(), b"{\"keys\":\xff}".to_vec(), b"[]".to_vec()]);
        Self { sets, junk, thumbprints }
    }
}

fn p256_numbers(seed: u8) -> String {
    let secret = p256::SecretKey::from_slice(&[seed; 32]).unwrap();
    let point = p256::EncodedPoint::from(secret.public_key());
    let [x, y] = [point.x(), point.y()].map(|coordinate| base64url(coordinate.unwrap()));
    format!(r#""x":"{x}","y":"{y}""#)
}
