//! A key cache under a simulated clock, with an issuer behind a simulated network. Nothing here reads a clock.

use std::sync::OnceLock;

use edgewarden::jwt::{
    Algorithm, CacheError, FetchOutcome, FetchTicket, KeyAnswer, KeyCache, KeyCachePolicy, Update, VerificationKey,
};
use edgewarden::time::Timestamp;

use super::vectors::base64url;

pub const ISSUER: &str = "https://issuer.example";

/// A cache, an issuer, and the time.
pub struct Network {
    pub cache: KeyCache,
    /// Milliseconds.
    pub now: u64,
    pub issuer: Issuer,
    /// When each fetch began.
    pub fetches: Vec<u64>,
    /// Fetches on their way, with the time of the answer.
    under_way: Vec<(u64, FetchTicket, Answer)>,
    pub random: Random,
}

/// What the issuer does.
pub struct Issuer {
    /// Names of the published keys, each with the number of its numbers.
    pub keys: Vec<(&'static str, usize)>,
    pub endpoint: Endpoint,
    pub max_age_secs: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    Up,
    Down,
    /// Answers after that many milliseconds.
    Slow(u64),
    /// Answers with that text.
    Says(&'static str),
    /// Never answers.
    Silent,
}

enum Answer {
    Body(String),
    Failed,
}

/// What becomes of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Accepted,
    /// It waits for a fetch of its own.
    Waiting,
    Refused(&'static str),
}

impl Network {
    /// With a key `a` that was fetched at the time 1,000,000 s.
    pub fn new() -> Self {
        Self::with(KeyCachePolicy::default())
    }

    pub fn with(policy: KeyCachePolicy) -> Self {
        let mut network = Self::empty(policy);
        assert_eq!(network.token("a"), Verdict::Accepted);
        network.fetches.clear();
        network
    }

    /// Before anything was fetched.
    pub fn empty(policy: KeyCachePolicy) -> Self {
        let mut cache = KeyCache::new(policy);
        cache.trust(ISSUER).unwrap();
        let issuer = Issuer { keys: vec![("a", 1)], endpoint: Endpoint::Up, max_age_secs: None };
        let (now, random) = (1_000_000_000, Random(7));
        Self { cache, now, issuer, fetches: Vec::new(), under_way: Vec::new(), random }
    }

    /// Lets time pass; answers arrive in their order.
    pub fn wait_secs(&mut self, secs: u64) {
        self.wait_ms(secs * 1_000);
    }

    pub fn wait_ms(&mut self, ms: u64) {
        let end = self.now + ms;
        while let Some(at) = self.under_way.iter().map(|(at, ..)| *at).filter(|at| *at <= end).min() {
            self.now = at;
            self.deliver();
        }
        self.now = end;
    }

    /// A plausible token of that key. A token that needs a fetch gets its verdict at once if the answer comes at once.
    pub fn token(&mut self, kid: &str) -> Verdict {
        for _ in 0..3 {
            let entropy = self.random.next();
            match self.cache.keys(ISSUER, Some(kid), true, self.time(), entropy) {
                KeyAnswer::Use(keys) => return verdict(keys.choose(Algorithm::EdDsa, Some(kid))),
                KeyAnswer::UseAndRefresh(keys, ticket) => {
                    self.fetch(ticket);
                    return verdict(keys.choose(Algorithm::EdDsa, Some(kid)));
                }
                KeyAnswer::Fetch(ticket) => {
                    let number = ticket.number();
                    self.fetch(ticket);
                    if self.under_way.iter().any(|(_, ticket, _)| ticket.number() == number) {
                        return Verdict::Waiting;
                    }
                }
                KeyAnswer::Wait(until) => {
                    assert!(until > self.time());
                    return Verdict::Waiting;
                }
                KeyAnswer::Unavailable(error) => return Verdict::Refused(error.code.name()),
            }
        }
        panic!("a token fetched three times");
    }

    /// The numbers of the key that `kid` stands for, without asking for a fetch.
    pub fn key(&mut self, kid: &str) -> Option<VerificationKey> {
        let now = self.time();
        match self.cache.keys(ISSUER, Some(kid), false, now, 0) {
            KeyAnswer::Use(keys) => keys.choose(Algorithm::EdDsa, Some(kid)).ok().cloned(),
            KeyAnswer::UseAndRefresh(keys, ticket) => {
                self.fetch(ticket);
                keys.choose(Algorithm::EdDsa, Some(kid)).ok().cloned()
            }
            KeyAnswer::Fetch(_) | KeyAnswer::Wait(_) | KeyAnswer::Unavailable(_) => None,
        }
    }

    /// Sends a request to the endpoint.
    pub fn fetch(&mut self, ticket: FetchTicket) {
        self.fetches.push(self.now);
        let body = || Answer::Body(key_set(&self.issuer.keys));
        let (delay, answer) = match self.issuer.endpoint {
            Endpoint::Up => (0, body()),
            Endpoint::Down => (0, Answer::Failed),
            Endpoint::Slow(ms) => (ms, body()),
            Endpoint::Says(text) => (0, Answer::Body(text.into())),
            Endpoint::Silent => (u64::MAX >> 1, Answer::Failed),
        };
        self.under_way.push((self.now + delay, ticket, answer));
        self.deliver();
    }

    pub fn time(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    fn deliver(&mut self) {
        while let Some(i) = self.under_way.iter().position(|(at, ..)| *at <= self.now) {
            let (_, ticket, answer) = self.under_way.remove(i);
            let _ = self.answer(ticket, &answer);
        }
    }

    fn answer(&mut self, ticket: FetchTicket, answer: &Answer) -> Result<Update, CacheError> {
        let outcome = match answer {
            Answer::Body(body) => {
                FetchOutcome::Body { body: body.as_bytes(), max_age_secs: self.issuer.max_age_secs, etag: None }
            }
            Answer::Failed => FetchOutcome::Failed,
        };
        self.cache.fetched(ticket, outcome, self.time())
    }
}

fn verdict<T>(chosen: Result<T, edgewarden::jwt::VerifyError>) -> Verdict {
    chosen.map_or_else(|error| Verdict::Refused(error.code.name()), |_| Verdict::Accepted)
}

/// A key set of Ed25519 keys: each name with the number of its numbers, 0 to 31.
pub fn key_set(keys: &[(&str, usize)]) -> String {
    let keys: Vec<String> = keys.iter().map(|(kid, number)| jwk(kid, *number)).collect();
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

pub fn jwk(kid: &str, number: usize) -> String {
    static POINTS: OnceLock<Vec<String>> = OnceLock::new();
    let points = POINTS.get_or_init(|| {
        let point = |seed| ed25519_dalek::SigningKey::from_bytes(&[seed; 32]).verifying_key().to_bytes();
        (0..32).map(|seed| base64url(&point(seed))).collect()
    });
    format!(r#"{{"kty":"OKP","crv":"Ed25519","kid":"{kid}","x":"{}"}}"#, points[number])
}

/// A small generator (splitmix64), so that a failure replays from its seed.
#[derive(Clone)]
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    /// 0 to `n` − 1.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}
