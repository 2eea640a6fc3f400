//! The key cache against a simple model of it, driven by random events.
//!
//! A failure prints its seed and step; `EDGEWARDEN_SEED=<seed>` runs that seed, `EDGEWARDEN_STEPS=<steps>` so many steps:
//! `EDGEWARDEN_STEPS=10000000 cargo test --release -p edgewarden --test jwt model`.

use std::collections::BTreeMap;

use edgewarden::jwt::{
    CacheError, FetchOutcome, FetchTicket, KeyAnswer, KeyCache, KeyCachePolicy, KeySet, KeyState, Retry, Update,
};
use edgewarden::time::Timestamp;

use super::network::Random;
use super::vectors::base64url;

const ISSUERS: [&str; 3] = ["https://one.example", "https://two.example", "https://three.example"];

const MAC_KEY: Option<&[u8]> = Some(&[5; 32]);

#[test]
fn cache_does_what_the_model_says_whatever_happens() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seed = number("EDGEWARDEN_SEED").unwrap_or(1);
    let steps = number("EDGEWARDEN_STEPS").unwrap_or(200_000);
    let bodies = Bodies::new();
    // Each world has a policy of its own.
    let per_world = 10_000;
    let mut seen = BTreeMap::new();
    for world in 0..steps.div_ceil(per_world) {
        let mut world = World::new(seed + world, &bodies, &mut seen);
        for step in 0..per_world.min(steps) {
            world.at = step;
            world.step();
        }
    }
    let rare: Vec<_> = seen.iter().filter(|(_, count)| **count < 5).collect();
    assert!(seen.len() >= 22 && rare.is_empty(), "every kind of answer occurs: {seen:?}");
}

/// The cache, its model, and a host between them.
struct World<'w> {
    seed: u64,
    at: u64,
    random: Random,
    bodies: &'w Bodies,
    seen: &'w mut BTreeMap<String, u64>,
    cache: KeyCache,
    policy: KeyCachePolicy,
    model: Model,
    /// What the host says the time is, in milliseconds.
    now: u64,
    /// Tickets that the host holds, each with its nonce.
    tickets: Vec<(FetchTicket, u64)>,
    /// Generation in the cache and in the model of every key seen.
    generations: BTreeMap<u64, u64>,
}

impl Drop for World<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("EDGEWARDEN_SEED={} at step {}", self.seed, self.at);
        }
    }
}

impl<'w> World<'w> {
    fn new(seed: u64, bodies: &'w Bodies, seen: &'w mut BTreeMap<String, u64>) -> Self {
        let mut random = Random(seed);
        let mut pick = |values: &[u64]| values[random.below(values.len() as u64) as usize];
        let policy = KeyCachePolicy {
            ttl_secs: pick(&[60, 600, 3_600]),
            stale_secs: pick(&[0, 900, 86_400]),
            fetch_secs: pick(&[1, 10, 60]),
            cooldown_secs: pick(&[5, 30, 300]),
            negative_secs: pick(&[0, 300]),
            grace_secs: pick(&[0, 0, 120]),
            ..KeyCachePolicy::default()
        };
        let now = 1_000_000_000_000;
        let mut cache = KeyCache::new(policy.clone());
        ISSUERS.iter().for_each(|issuer| cache.trust(issuer).unwrap());
        let model = Model {
            policy: policy.clone(),
            issuers: ISSUERS.map(|_| Some(ModelIssuer::default())).into(),
            order: vec![0, 1, 2],
            latest: 0,
            offset: 0,
            tickets: 0,
            generations: 0,
        };
        let generations = BTreeMap::new();
        Self { seed, at: 0, random, bodies, seen, cache, policy, model, now, tickets: Vec::new(), generations }
    }

    fn step(&mut self) {
        match self.random.below(1_000) {
            0..350 => self.token(),
            350..420 => self.bad_signature(),
            420..700 => self.time_passes(),
            700..970 => self.answer_arrives(),
            970..985 => self.ticket_is_lost(),
            985..995 => self.ask_state(),
            995..998 => self.issuer_is_forgotten_or_trusted(),
            _ => self.restart(),
        }
    }

    fn token(&mut self) {
        let issuer = self.random.below(3) as usize;
        let kid = [None, Some("a"), Some("a"), Some("b"), Some("c"), Some("d"), Some("x"), Some("y"), Some("z")]
            [self.random.below(9) as usize];
        let plausible = !self.random.one_in(5);
        let nonce = self.random.next();
        let expected = self.model.token(issuer, kid, plausible, self.now, nonce);
        let answer = self.cache.keys(ISSUERS[issuer], kid, plausible, self.time(), nonce);
        self.note(&format!("token {}", expected.name()));
        match (answer, expected) {
            (KeyAnswer::Use(set), Expected::Use) => self.compare(issuer, &set),
            (KeyAnswer::UseAndRefresh(set, ticket), Expected::UseAndRefresh(number)) => {
                self.compare(issuer, &set);
                self.hold(ticket, number, nonce);
            }
            (KeyAnswer::Fetch(ticket), Expected::Fetch(number)) => self.hold(ticket, number, nonce),
            (KeyAnswer::Wait(at), Expected::Wait(expected)) => assert_eq!(at.as_millis(), expected),
            (KeyAnswer::Unavailable(error), Expected::Unavailable(code, retry)) => {
                assert_eq!((error.code.name(), error.retry), (code, retry));
            }
            (answer, expected) => panic!("{answer:?} is not {expected:?}"),
        }
    }

    fn bad_signature(&mut self) {
        let issuer = self.random.below(3) as usize;
        let kid = [None, Some("a"), Some("d"), Some("x")][self.random.below(4) as usize];
        let nonce = self.random.next();
        let expected = self.model.bad_signature(issuer, kid, self.now, nonce);
        let answer = self.cache.bad_signature(ISSUERS[issuer], kid, self.time(), nonce);
        assert_eq!(answer.as_ref().map(FetchTicket::number), expected);
        if let (Some(ticket), Some(number)) = (answer, expected) {
            self.note("bad signature fetches");
            self.hold(ticket, number, nonce);
        }
    }

    fn time_passes(&mut self) {
        let (forward, ms) = match self.random.below(100) {
            0..60 => (true, 5_000),
            60..90 => (true, 100_000),
            90..95 => (true, 1_000_000),
            95..97 => (true, 100_000_000),
            97..99 => (false, 300_000),
            _ => (false, 10_000_000),
        };
        let ms = self.random.below(ms + 1);
        self.now = if forward { self.now + ms } else { self.now - ms };
    }

    fn answer_arrives(&mut self) {
        if self.tickets.is_empty() {
            return;
        }
        let newest = self.tickets.len() - 1;
        let at = if self.random.one_in(3) { self.random.below(newest as u64 + 1) as usize } else { newest };
        let (ticket, nonce) = self.tickets.swap_remove(at);
        let issuer = ISSUERS.iter().position(|issuer| *issuer == ticket.issuer()).unwrap();
        let etags = ["\"1\"", "\"2\""];
        let max_age_secs = [None, None, Some(0), Some(100), Some(u64::MAX)][self.random.below(5) as usize];
        let etag = if self.random.one_in(2) { Some(etags[self.random.below(2) as usize]) } else { None };
        let mut body: Option<&Body> = None;
        let outcome = match self.random.below(100) {
            0..65 => {
                let chosen = &self.bodies.sets[self.random.below(self.bodies.sets.len() as u64) as usize];
                body = Some(chosen);
                FetchOutcome::Body { body: chosen.json.as_bytes(), max_age_secs, etag }
            }
            65..75 => FetchOutcome::NotModified { max_age_secs },
            75..90 => FetchOutcome::Failed,
            _ => {
                let junk = self.bodies.junk[self.random.below(self.bodies.junk.len() as u64) as usize].as_slice();
                FetchOutcome::Body { body: junk, max_age_secs, etag }
            }
        };
        let number = ticket.number();
        let expected = self.model.fetched(issuer, number, nonce, ticket.etag().is_some(), body, &outcome, self.now);
        let update = self.cache.fetched(ticket, outcome, self.time());
        let time = Timestamp::from_millis;
        let name = match (update, &expected) {
            (Ok(Update::Replaced { added, removed, refused, fresh_until }), Landed::Replaced(a, r, f, until)) => {
                assert_eq!((added, removed, refused, fresh_until), (*a, *r, *f, time(*until)));
                "replaced"
            }
            (Ok(Update::Confirmed { fresh_until }), Landed::Confirmed(until)) => {
                assert_eq!(fresh_until, time(*until));
                "confirmed"
            }
            (Ok(Update::Failed { retry_at, .. }), Landed::Failed(at)) => {
                assert_eq!(retry_at, time(*at));
                "failed"
            }
            (Err(error), Landed::Error(expected)) => {
                assert_eq!(error, *expected);
                error.code()
            }
            (update, expected) => panic!("{update:?} is not {expected:?}"),
        };
        self.note(&format!("answer {name}"));
    }

    /// It never comes back: the cache finds out at the deadline.
    fn ticket_is_lost(&mut self) {
        if !self.tickets.is_empty() {
            let at = self.random.below(self.tickets.len() as u64) as usize;
            drop(self.tickets.swap_remove(at));
        }
    }

    fn ask_state(&mut self) {
        let issuer = self.random.below(3) as usize;
        let expected = self.model.state(issuer, self.now);
        assert_eq!(self.cache.state(ISSUERS[issuer], self.time()), expected);
        self.note(&format!("state {}", expected.map_or("of no issuer", KeyState::name)));
    }

    fn issuer_is_forgotten_or_trusted(&mut self) {
        let issuer = self.random.below(3) as usize;
        if self.random.one_in(6) {
            self.cache.forget(ISSUERS[issuer]);
            self.model.issuers[issuer] = None;
            self.model.order.retain(|i| *i != issuer);
        } else {
            self.cache.trust(ISSUERS[issuer]).unwrap();
            if self.model.issuers[issuer].is_none() {
                self.model.issuers[issuer] = Some(ModelIssuer::default());
                self.model.order.push(issuer);
            }
        }
    }

    /// The process ends, and another begins with its snapshot. Tickets of the first still come back to the second.
    fn restart(&mut self) {
        let bytes = self.cache.snapshot(MAC_KEY);
        self.cache = KeyCache::new(self.policy.clone());
        for issuer in &self.model.order {
            self.cache.trust(ISSUERS[*issuer]).unwrap();
        }
        let taken = self.cache.restore(&bytes, MAC_KEY, self.time()).unwrap();
        assert_eq!(taken, self.model.restart(self.now));
        self.generations.clear();
        self.note(if taken == 0 { "restart with nothing" } else { "restart" });
    }

    fn hold(&mut self, ticket: FetchTicket, number: u64, nonce: u64) {
        assert_eq!(ticket.number(), number);
        assert!(ticket.deadline() > self.time());
        self.tickets.push((ticket, nonce));
    }

    /// The set holds the keys that the model says, and generations in the cache and the model change together.
    fn compare(&mut self, issuer: usize, set: &KeySet) {
        let model = self.model.issuers[issuer].as_ref().unwrap();
        let held = model.held.as_ref().unwrap();
        let expected = held.keys.iter().chain(held.retired.iter().map(|(key, _)| key));
        let mut count = 0;
        for (key, expected) in set.keys().iter().zip(expected) {
            count += 1;
            assert_eq!(key.kid(), Some(expected.kid));
            assert_eq!(*key.thumbprint(), self.bodies.thumbprints[expected.numbers]);
            let known = self.generations.entry(key.generation()).or_insert(expected.generation);
            assert_eq!(*known, expected.generation, "a generation stands for one life of one key");
        }
        assert_eq!((set.keys().len(), count), (held.keys.len() + held.retired.len(), count));
        assert_eq!(set.keys().len(), count);
    }

    fn note(&mut self, what: &str) {
        if let Some(count) = self.seen.get_mut(what) {
            *count += 1;
        } else {
            self.seen.insert(what.into(), 1);
        }
    }

    fn time(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }
}

/// Documents that an issuer may send.
struct Bodies {
    sets: Vec<Body>,
    junk: Vec<Vec<u8>>,
    thumbprints: Vec<[u8; 32]>,
}

struct Body {
    json: String,
    /// Name and number of the numbers.
    keys: Vec<(&'static str, usize)>,
    /// A key `d` that cannot be used is there too.
    refused: bool,
}

impl Bodies {
    /// Every choice of keys `a`, `b` and `c`, each absent or with one of two sets of numbers, with and without `d`.
    fn new() -> Self {
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

/// What the cache must do, said as simply as it can be. Its time never goes back: a clock that was set back is one that is
/// behind by `offset`.
struct Model {
    policy: KeyCachePolicy,
    issuers: Vec<Option<ModelIssuer>>,
    /// Issuers in the order they were trusted in.
    order: Vec<usize>,
    latest: u64,
    offset: u64,
    tickets: u64,
    generations: u64,
}

#[derive(Default)]
struct ModelIssuer {
    held: Option<ModelSet>,
    /// Fetches under way, in the order of their numbers.
    out: Vec<Out>,
    /// Index 0: scheduled; 1: on demand.
    budgets: [Budget; 2],
    negative: Vec<(&'static str, u64)>,
}

#[derive(Default)]
struct Budget {
    fails: u32,
    backoff_until: u64,
    spent_until: u64,
    /// Tickets up to that number have failed together.
    wave: u64,
}

struct Out {
    number: u64,
    nonce: u64,
    deadline: u64,
    budget: usize,
    kid: Option<&'static str>,
    base: u64,
}

struct ModelSet {
    keys: Vec<ModelKey>,
    retired: Vec<(ModelKey, u64)>,
    refused: bool,
    number: u64,
    fetched_at: u64,
    fresh_until: u64,
    stale_until: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct ModelKey {
    kid: &'static str,
    numbers: usize,
    generation: u64,
}

#[derive(Debug)]
enum Expected {
    Use,
    UseAndRefresh(u64),
    Fetch(u64),
    Wait(u64),
    Unavailable(&'static str, Retry),
}

#[derive(Debug)]
enum Landed {
    Replaced(usize, usize, usize, u64),
    Confirmed(u64),
    Failed(u64),
    Error(CacheError),
}

impl Expected {
    fn name(&self) -> &'static str {
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
    fn token(&mut self, issuer: usize, kid: Option<&'static str>, plausible: bool, now: u64, nonce: u64) -> Expected {
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

    fn bad_signature(&mut self, issuer: usize, kid: Option<&'static str>, now: u64, nonce: u64) -> Option<u64> {
        let now = self.elapse(issuer, now);
        let state = self.issuers[issuer].as_ref()?;
        let held = state.held.as_ref().filter(|held| kid.is_none_or(|kid| held.knows(kid)))?;
        let which = usize::from(now < held.fresh_until);
        let budget = &state.budgets[which];
        let free = now >= budget.backoff_until.max(budget.spent_until);
        (free && state.out.iter().all(|out| out.budget != which)).then(|| self.issue(issuer, which, None, now, nonce))
    }

    #[allow(clippy::too_many_arguments)]
    fn fetched(
        &mut self,
        issuer: usize,
        number: u64,
        nonce: u64,
        has_etag: bool,
        body: Option<&Body>,
        outcome: &FetchOutcome<'_>,
        now: u64,
    ) -> Landed {
        let now = self.elapse(issuer, now);
        let (newest, offset, policy) = (self.tickets, self.offset, self.policy.clone());
        let Some(state) = &mut self.issuers[issuer] else { return Landed::Error(CacheError::UnknownIssuer) };
        let Some(at) = state.out.iter().position(|out| (out.number, out.nonce) == (number, nonce)) else {
            let older = state.held.as_ref().is_some_and(|held| number < held.number);
            return Landed::Error(if older { CacheError::TicketSuperseded } else { CacheError::TicketSpent });
        };
        let out = state.out.remove(at);
        let (FetchOutcome::Body { max_age_secs, .. } | FetchOutcome::NotModified { max_age_secs }) = *outcome else {
            return Landed::Failed(state.fail(&out, newest, now) - offset);
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
                if matches!(outcome, FetchOutcome::NotModified { .. }) && has_etag && held.number == out.base =>
            {
                Landed::Confirmed(fresh_until - offset)
            }
            _ => return Landed::Failed(state.fail(&out, newest, now) - offset),
        };
        let held = state.held.as_mut().unwrap();
        held.number = number;
        (held.fetched_at, held.fresh_until) = (now, fresh_until);
        held.stale_until = fresh_until + policy.stale_secs * 1_000;
        if let Some(kid) = out.kid.filter(|kid| !held.knows(kid)) {
            state.negative.retain(|(name, _)| *name != kid);
            state.negative.push((kid, now + policy.negative_secs * 1_000));
        }
        state.out.retain(|out| out.number > number);
        for budget in &mut state.budgets {
            (budget.fails, budget.backoff_until) = (0, 0);
        }
        landed
    }

    fn state(&mut self, issuer: usize, now: u64) -> Option<KeyState> {
        let now = self.elapse(issuer, now);
        let state = self.issuers[issuer].as_ref()?;
        Some(match &state.held {
            _ if !state.out.is_empty() => KeyState::Refreshing,
            None => KeyState::Empty,
            Some(held) if now < held.fresh_until => KeyState::Fresh,
            Some(_) => KeyState::Stale,
        })
    }

    /// Another cache takes the sets of this one at the host's time; how many it takes.
    fn restart(&mut self, now: u64) -> usize {
        let (latest, offset, policy) = (self.latest, self.offset, self.policy.clone());
        (self.latest, self.offset, self.tickets, self.generations) = (now, 0, 0, self.generations + 100);
        let mut taken = 0;
        for issuer in self.order.clone() {
            let Some(old) = self.issuers[issuer].take() else { continue };
            let mut new = ModelIssuer::default();
            if let Some(mut held) = old.held.filter(|held| latest < held.stale_until) {
                let ttl = held.fresh_until - held.fetched_at;
                held.fetched_at = (held.fetched_at - offset).min(now);
                held.fresh_until = held.fetched_at + ttl;
                held.stale_until = held.fresh_until + policy.stale_secs * 1_000;
                if now < held.stale_until {
                    taken += 1;
                    self.tickets += 1;
                    held.number = self.tickets;
                    for (_, until) in &mut held.retired {
                        *until = (*until - offset).min(now + policy.grace_secs * 1_000);
                    }
                    held.retired.retain(|(_, until)| now < *until);
                    for key in held.keys.iter_mut().chain(held.retired.iter_mut().map(|(key, _)| key)) {
                        self.generations += 1;
                        key.generation = self.generations;
                    }
                    let backoff_until = old.budgets[0].backoff_until.saturating_sub(offset).min(now + 375_000);
                    new.budgets[0] = Budget { fails: old.budgets[0].fails, backoff_until, ..Budget::default() };
                    new.held = Some(held);
                }
            }
            self.issuers[issuer] = Some(new);
        }
        taken
    }

    /// The model's time for the host's, after everything that time alone brings to an issuer.
    fn elapse(&mut self, issuer: usize, now: u64) -> u64 {
        if now + self.offset + 300_000 < self.latest {
            self.offset = self.latest - now;
        }
        self.latest = self.latest.max(now + self.offset);
        let (now, newest) = (self.latest, self.tickets);
        if let Some(state) = &mut self.issuers[issuer] {
            while let Some(at) = state.out.iter().position(|out| now >= out.deadline) {
                let out = state.out.remove(at);
                state.fail(&out, newest, out.deadline);
            }
            state.negative.retain(|(_, until)| now < *until);
            state.held = state.held.take().filter(|held| now < held.stale_until);
            if let Some(held) = &mut state.held {
                held.retired.retain(|(_, until)| now < *until);
            }
        }
        now
    }

    fn issue(&mut self, issuer: usize, budget: usize, kid: Option<&'static str>, now: u64, nonce: u64) -> u64 {
        self.tickets += 1;
        let deadline = now + self.policy.fetch_secs * 1_000;
        let state = self.issuers[issuer].as_mut().unwrap();
        let base = state.held.as_ref().map_or(0, |held| held.number);
        state.out.push(Out { number: self.tickets, nonce, deadline, budget, kid, base });
        if budget == 1 {
            assert!(now >= state.budgets[1].spent_until, "one fetch on demand per cooldown");
            state.budgets[1].spent_until = now + self.policy.cooldown_secs * 1_000;
        }
        self.tickets
    }

    fn later(&self, code: &'static str, at: u64) -> Expected {
        Expected::Unavailable(code, Retry::At(Timestamp::from_millis(at - self.offset)))
    }
}

impl ModelIssuer {
    /// When the next fetch out of the same budget may begin.
    fn fail(&mut self, out: &Out, newest: u64, at: u64) -> u64 {
        let budget = &mut self.budgets[out.budget];
        if out.number > budget.wave {
            let delay = [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000][budget.fails.min(6) as usize];
            let quarter = u128::from(delay / 4);
            budget.backoff_until = at + delay + (u128::from(out.nonce >> 32) * quarter / (1 << 32)) as u64;
            budget.fails += 1;
            budget.wave = newest;
        }
        budget.backoff_until.max(budget.spent_until)
    }

    /// Puts the keys of `body` in the place of those held: how many came, how many went, whether nothing changed.
    fn put(&mut self, body: &Body, now: u64, grace: u64, generations: &mut u64) -> (usize, usize, bool) {
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
        self.held =
            Some(ModelSet { keys, retired, refused: body.refused, number, fetched_at, fresh_until, stale_until });
        (added, removed, same)
    }
}

impl ModelSet {
    fn visible(&self) -> impl Iterator<Item = &ModelKey> {
        self.keys.iter().chain(self.retired.iter().map(|(key, _)| key))
    }

    fn knows(&self, kid: &str) -> bool {
        kid == "d" && self.refused || self.visible().any(|key| key.kid == kid)
    }
}
