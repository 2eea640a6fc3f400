//! The key cache against a simple model of it, driven by random events.
//!
//! A failure prints its seed and step; `EDGEWARDEN_SEED=<seed>` runs that seed, `EDGEWARDEN_STEPS=<steps>` so many steps:
//! `EDGEWARDEN_STEPS=10000000 cargo test --release -p edgewarden --test jwt model -- --nocapture` says how often each thing
//! happened.

use std::collections::BTreeMap;

use edgewarden::jwt::{FetchOutcome, FetchTicket, KeyAnswer, KeyCache, KeyCachePolicy, KeySet, KeyState, Update};
use edgewarden::time::Timestamp;

use super::network::Random;

mod model;

use model::{Bodies, Body, Expected, Landed, Model, ModelIssuer, Stored};

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
    eprintln!("{steps} steps from seed {seed}: {seen:?}");
    let rare: Vec<_> = seen.iter().filter(|(_, count)| **count < 5).collect();
    assert!(seen.len() >= 26 && rare.is_empty(), "every kind of answer occurs: {seen:?}");
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
    /// A snapshot, and what the model says of it.
    stored: Option<(Vec<u8>, Vec<Stored>)>,
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
        let (tickets, stored) = (Vec::new(), None);
        Self { seed, at: 0, random, bodies, seen, cache, policy, model, now, tickets, stored, generations }
    }

    fn step(&mut self) {
        match self.random.below(1_000) {
            0..350 => self.token(),
            350..420 => self.bad_signature(),
            420..700 => self.time_passes(),
            700..970 => self.answer_arrives(),
            970..985 => self.ticket_is_lost(),
            985..991 => self.ask_state(),
            991..993 => self.stored = Some((self.cache.snapshot(MAC_KEY), self.model.store())),
            993..995 => self.snapshot_is_restored(),
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
        let expected = self.model.fetched(issuer, number, nonce, ticket.etag(), body, &outcome, self.now);
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
            (Ok(Update::Failed { reason: None, retry_at }), Landed::Late(at)) => {
                assert_eq!(retry_at, time(*at));
                "late"
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

    /// An older snapshot comes into the cache while it runs; half of the time into one that just fetches anew.
    fn snapshot_is_restored(&mut self) {
        let Some((bytes, stored)) = self.stored.clone() else { return };
        if self.random.one_in(2) {
            for issuer in self.model.order.clone() {
                self.cache.forget(ISSUERS[issuer]);
                self.cache.trust(ISSUERS[issuer]).unwrap();
                self.model.issuers[issuer] = Some(ModelIssuer::default());
            }
            (0..self.random.below(6)).for_each(|_| self.token());
        }
        let under_way = stored.iter().any(|stored| {
            let issuer = self.model.issuers[stored.issuer].as_ref();
            issuer.is_some_and(|issuer| issuer.held.is_none() && !issuer.out.is_empty())
        });
        let taken = self.cache.restore(&bytes, MAC_KEY, self.time()).unwrap();
        assert_eq!(taken, self.model.restore(&stored, self.now));
        self.note(match (taken, under_way) {
            (0, _) => "restored nothing",
            (_, true) => "restored beside a fetch",
            (_, false) => "restored",
        });
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
