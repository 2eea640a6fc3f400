//! Whatever bytes come: no panic, bounded memory, one verdict.
//!
//! A failure prints the seed of its case; `EDGEWARDEN_SEED=<seed>` runs that one alone.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::panic::AssertUnwindSafe;

use edgewarden::jwt::{TokenLimits, UnverifiedToken};

use super::sign::{EdKey, HEADER, NOW, claims, hs, hs256, key_set, public, verify};

#[test]
fn f1_damaged_tokens_get_one_verdict_and_no_panic() {
    let verifier = hs().build().unwrap();
    let keys = verifier.shared_keys().unwrap();
    let seeds = match std::env::var("EDGEWARDEN_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (1..20_000).collect::<Vec<u64>>(),
    };
    let pieces = [
        "\"exp\":", "\\u0065", "1e308", "[[[[", "]]]]", "null", "\\ud800", ",", "{\"a\":", "\"alg\"", "crit",
        "\u{feff}",
    ];
    for seed in seeds {
        let mut random = Random(seed);
        let damaged = |text: String, random: &mut Random| {
            let mut bytes = text.into_bytes();
            for _ in 0..random.below(4) {
                let at = random.below(bytes.len() + 1);
                match random.below(4) {
                    0 => drop(bytes.splice(at..at, pieces[random.below(pieces.len())].bytes())),
                    1 => bytes.truncate(at),
                    2 => drop(bytes.splice(at..at, [random.below(256) as u8])),
                    _ => {
                        if let Some(byte) = bytes.get_mut(at) {
                            *byte ^= 1 << random.below(8);
                        }
                    }
                }
            }
            bytes
        };
        let header = damaged(r#"{"alg":"HS256","kid":"a","typ":"JWT"}"#.into(), &mut random);
        let payload = damaged(claims(r#","nbf":1,"iat":1.5e9,"sub":"s","a":[{"b":[1,"x\n"]}]"#), &mut random);
        let token = hs256(header, payload);
        let token = if random.below(3) == 0 { damaged(token, &mut random) } else { token.into_bytes() };
        let token = String::from_utf8_lossy(&token).into_owned();
        let attempt = AssertUnwindSafe(|| verify(&verifier, &token, keys, NOW).is_ok());
        let outcome = std::panic::catch_unwind(attempt);
        assert!(outcome.is_ok(), "EDGEWARDEN_SEED={seed}");
    }
}

#[test]
fn f1_token_costs_at_most_four_times_its_size_and_64_kib() {
    let room = 12 * 1024;
    let filled = |open: &str, one: &str, close: &str| {
        let count = (room - 200) / one.len();
        claims(&format!(r#","a":{open}{}{close}"#, vec![one; count].join(",")))
    };
    let numbers: String = (0..200).map(|i| format!(r#","m{i}":{i}"#)).collect();
    let many_members: String = (0..1_000).map(|i| format!(r#","{i}":0"#)).collect();
    let payloads = [
        filled("[", "0", "]"),
        filled("[", "\"\"", "]"),
        filled("[", "[]", "]"),
        filled("[", "{}", "]"),
        filled("[", "{\"\":0}", "]"),
        filled("[", "{\"\":{\"\":{\"\":0}}}", "]"),
        filled("[", "\"\\u0041\"", "]"),
        claims(&numbers),
        claims(&many_members),
        claims(&format!(r#","a":{{"b":0{many_members}}}"#)),
        claims(&format!(r#","a":"{}""#, "\\n".repeat(6_000))),
        claims(&format!(r#","a":{}"#, "[".repeat(11_000))),
    ];
    let (verifier, ed) = (hs().build().unwrap(), public([edgewarden::jwt::Algorithm::EdDsa]).build().unwrap());
    let keys = verifier.shared_keys().unwrap();
    let (key, none) = (EdKey::new(1), key_set(&[]));
    let mut tokens: Vec<String> = payloads.iter().map(|payload| hs256(HEADER, payload)).collect();
    for one in ["0", "\"\"", "{}", "{\"\":0}"] {
        let header = format!(r#"{{"alg":"HS256","a":[{}]}}"#, vec![one; 2_900 / (one.len() + 1)].join(","));
        tokens.push(hs256(header, claims("")));
    }
    tokens.extend(payloads.iter().map(|payload| key.sign(r#"{"alg":"EdDSA"}"#, payload)));
    tokens.extend([".".repeat(16_000), "A".repeat(16_384), format!("{}..", "A".repeat(4_096))]);
    for token in &tokens {
        let limit = 4 * token.len() + 64 * 1024;
        let peaks = [
            peak_of(|| drop(verifier.verify(token, keys, NOW))),
            peak_of(|| drop(verifier.begin(token, keys, NOW).map(|check| check.finish(true, NOW)))),
            peak_of(|| drop(ed.verify(token, &none, NOW))),
            peak_of(|| drop(UnverifiedToken::parse(token, &TokenLimits::default()).map(|token| token.issuer_hint()))),
        ];
        assert!(peaks.iter().all(|peak| *peak <= limit), "{peaks:?} for {} bytes: {:.60}", token.len(), token);
    }
}

/// A small generator (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }
}

/// The most bytes that `work` holds at once.
pub fn peak_of(work: impl FnOnce()) -> usize {
    HELD.set(0);
    PEAK.set(0);
    COUNTS.set(true);
    work();
    COUNTS.set(false);
    PEAK.get()
}

thread_local! {
    static COUNTS: Cell<bool> = const { Cell::new(false) };
    static HELD: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

/// Counts what a thread holds while it asks for it.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(more: usize, less: usize) {
    if COUNTS.get() {
        HELD.set((HELD.get() + more).saturating_sub(less));
        PEAK.set(PEAK.get().max(HELD.get()));
    }
}

// SAFETY: every call goes to the system's allocator as it came.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: as for the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: as for the caller.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both may exist for a moment.
        count(size, 0);
        // SAFETY: as for the caller.
        let moved = unsafe { System.realloc(pointer, layout, size) };
        count(0, layout.size());
        moved
    }
}
