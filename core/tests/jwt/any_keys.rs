//! Whatever comes as a key set or a snapshot: no panic, bounded memory.

use edgewarden::jwt::{FetchOutcome, KeyAnswer, KeyCache, KeyCachePolicy, KeyLimits, KeySet};

use super::any_bytes::{Random, peak_of};
use super::sign::{EcKey, EdKey, ISSUER, NOW};

#[test]
fn f1_damaged_key_sets_and_snapshots_make_nothing_panic() {
    let good = document(&[EdKey::new(1).jwk(r#","kid":"\u0061","key_ops":["verify"]"#), EcKey::new(2).jwk("")]);
    let snapshot = cache(&good).snapshot(None);
    let pieces = ["\"kty\":", "\\ud800", "[[[[", "]", "{\"d\":1}", "null,", "\u{feff}", "\"keys\":[", "{", "}"];
    for seed in 1..20_000 {
        let mut random = Random(seed);
        let mut damaged = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            for _ in 0..=random.below(3) {
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
        let (set, bytes) = (String::from_utf8_lossy(&damaged(good.as_bytes())).into_owned(), damaged(&snapshot));
        let attempt = std::panic::catch_unwind(|| {
            if let Ok(keys) = KeySet::from_jwks(&set, KeyLimits::default()) {
                assert!(keys.keys().len() + keys.refused().len() <= 100);
            }
            let _ = KeySet::from_secret_jwks(&set, KeyLimits::default());
            let _ = KeySet::from_jwk(&set);
            let mut cache = trusting();
            if cache.restore(&bytes, None, NOW).is_ok() {
                assert!(cache.snapshot(None).len() <= bytes.len() + 4_096);
            }
        });
        assert!(attempt.is_ok(), "seed {seed}");
    }
}

#[test]
fn f1_key_set_costs_at_most_four_times_its_size_and_64_kib() {
    let room = 256 * 1024;
    let filled = |open: &str, one: &str, close: &str| {
        format!("{open}{}{close}", vec![one; (room - open.len() - close.len()) / (one.len() + 1)].join(","))
    };
    let in_key = |one: &str| filled(r#"{"keys":[{"kty":"OKP","a":["#, one, r#"]}]}"#);
    let key = EdKey::new(1).jwk(r#","a":["#);
    let mut documents = vec![
        filled(r#"{"keys":["#, "0", "]}"),
        filled(r#"{"keys":["#, "{}", "]}"),
        filled(r#"{"keys":[],"a":["#, "{\"\":0}", "]}"),
        filled("{", "\"a\":0", "}"),
        filled(r#"{"keys":[{"key_ops":["#, "\"verify\"", "]}]}"),
        filled(&format!(r#"{{"keys":[{key}"#), "{\"a\":{\"b\":{\"c\":0}}}", "]}]}"),
        filled("", "[", ""),
        format!(r#"{{"keys":[{{"kid":"{}"}}]}}"#, "\\u0041".repeat(room / 6 - 10)),
        format!(r#"{{"keys":[{{"{}":0}}]}}"#, "\\u0041".repeat(room / 6 - 10)),
        format!(r#"{{"keys":[{{"kty":"RSA","e":"AQAB","n":"{}"}}]}}"#, "A".repeat(room - 60)),
        format!(r#"{{"keys":[{{{}}}]}}"#, many_members(room / 20)),
    ];
    documents.extend(["0", "\"\"", "[]", "{}", "{\"\":0}", "\"\\u0041\""].map(in_key));
    for more in ["", r#","use":"sig","x5c":["MII"]"#] {
        documents.push(document(&(0..100).map(|seed| EdKey::new(seed).jwk(more)).collect::<Vec<_>>()));
        documents.push(document(&(1..101).map(|seed| EcKey::new(seed).jwk(more)).collect::<Vec<_>>()));
    }
    documents.push(document(&(0..100).map(rsa).collect::<Vec<_>>()));
    documents.push(document(&vec!["0".into(); 100]));
    for json in &documents {
        assert!(json.len() <= room, "{}", json.len());
        let limit = 4 * json.len() + 64 * 1024;
        let peak = peak_of(|| drop(KeySet::from_jwks(json, KeyLimits::default())));
        assert!(peak <= limit, "{peak} for {} bytes: {:.80}", json.len(), json);
    }
}

#[test]
fn f1_snapshot_costs_at_most_four_times_its_size_and_64_kib() {
    let sets = [
        document(&(0..100).map(|seed| EdKey::new(seed).jwk("")).collect::<Vec<_>>()),
        document(&(1..101).map(|seed| EcKey::new(seed).jwk("")).collect::<Vec<_>>()),
        document(&(0..100).map(rsa).collect::<Vec<_>>()),
        document(&[vec![EdKey::new(1).jwk("")], vec!["0".into(); 99]].concat()),
    ];
    for set in sets {
        let bytes = cache(&set).snapshot(None);
        // One issuer, and as many that nobody trusts.
        let one = bytes[8..].to_vec();
        for count in [1u16, 40] {
            let bytes = [&bytes[..6], &count.to_le_bytes(), &one.repeat(count.into())].concat();
            let mut cache = trusting();
            let limit = 4 * bytes.len() + 64 * 1024;
            let peak = peak_of(|| assert_eq!(cache.restore(&bytes, None, NOW), Ok(1)));
            assert!(peak <= limit, "{peak} for {count} × {} bytes", one.len());
        }
    }
}

#[test]
fn f1_snapshot_of_empty_issuers_costs_no_more() {
    for count in [1_024u16, 1_025, u16::MAX] {
        let bytes = [b"EWKC\x01\0".as_slice(), &count.to_le_bytes(), &vec![0; 35 * usize::from(count)]].concat();
        let mut cache = trusting();
        let peak = peak_of(|| assert_eq!(cache.restore(&bytes, None, NOW).is_ok(), count == 1_024));
        assert!(peak <= 4 * bytes.len() + 64 * 1024, "{peak}");
    }
}

fn rsa(number: usize) -> String {
    let modulus: Vec<u8> = (0..256).map(|i| (i * 7 + number * 3) as u8 | 0x81).collect();
    format!(r#"{{"kty":"RSA","e":"AQAB","n":"{}"}}"#, super::vectors::base64url(&modulus))
}

fn many_members(count: usize) -> String {
    (0..count).map(|i| format!(r#""{i:06}":0"#)).collect::<Vec<_>>().join(",")
}

fn document(keys: &[String]) -> String {
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

fn trusting() -> KeyCache {
    let mut cache = KeyCache::new(KeyCachePolicy::default());
    cache.trust(ISSUER).unwrap();
    cache
}

fn cache(body: &str) -> KeyCache {
    let mut cache = trusting();
    let KeyAnswer::Fetch(ticket) = cache.keys(ISSUER, None, true, NOW, 0) else { panic!() };
    let outcome = FetchOutcome::Body { body: body.as_bytes(), max_age_secs: None, etag: None };
    cache.fetched(ticket, outcome, NOW).unwrap();
    cache
}
