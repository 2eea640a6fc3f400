use alloc::sync::Arc;

use super::super::{Algorithm, FetchOutcome, KeyAnswer, KeyCachePolicy, KeyState};
use super::*;

const ISSUER: &str = "https://issuer.example";

const KEYS: &str = r#"{"keys":[
        {"kty":"OKP","crv":"Ed25519","kid":"a\"\\\u0001\u00e9","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        {"kty":"EC","crv":"P-256","use":"sig","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
         "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
        {"kty":"AKP","kid":"pq"}]}"#;

#[test]
fn set_comes_back_with_its_age_and_its_refusals() {
    for mac_key in [None, Some(&[7; 32][..])] {
        let mut first = fetched(1_000);
        let bytes = first.snapshot(mac_key);
        let mut second = trusting();
        assert_eq!(second.restore(&bytes, mac_key, at(1_100)), Ok(1));
        let (a, b) = (keys(&mut first, 1_100), keys(&mut second, 1_100));
        assert_eq!((a.keys(), a.refused()), (b.keys(), b.refused()));
        assert_eq!(second.state(ISSUER, at(1_599)), Some(KeyState::Fresh));
        assert_eq!(second.state(ISSUER, at(1_600)), Some(KeyState::Stale));
        let KeyAnswer::UseAndRefresh(_, ticket) = second.keys(ISSUER, None, true, at(1_600), 0) else { panic!() };
        assert_eq!(ticket.etag(), Some("\"1\""));
    }
}

#[test]
fn limits_beyond_their_range_do_not_overflow() {
    let limits = super::super::KeyLimits { keys: usize::MAX, bytes: usize::MAX };
    let mut cache = trusting_with(KeyCachePolicy { limits, ..KeyCachePolicy::default() });
    assert_eq!(cache.restore(&fetched(1_000).snapshot(None), None, at(1_100)), Ok(1));
}

#[test]
fn newer_sets_of_trusted_issuers_alone_are_taken() {
    let old = fetched(1_000).snapshot(None);
    assert_eq!(KeyCache::new(KeyCachePolicy::default()).restore(&old, None, at(1_100)), Ok(0));
    let mut cache = fetched(1_050);
    assert_eq!(cache.restore(&old, None, at(1_100)), Ok(0));
    let generation = keys(&mut cache, 1_100).keys()[0].generation();
    assert_eq!(cache.restore(&fetched(1_060).snapshot(None), None, at(1_100)), Ok(1));
    assert_eq!(keys(&mut cache, 1_100).keys()[0].generation(), generation, "the same key");
    assert_eq!(trusting().restore(&old, None, at(1_600 + 86_400)), Ok(0), "too old");
}

#[test]
fn keys_of_issuers_that_nobody_trusts_are_not_read() {
    let bytes = fetched(1_000).snapshot(None);
    let at_key = bytes.windows(6).position(|window| window == b"11qYAY").unwrap();
    let mut wrong = bytes.clone();
    wrong[at_key] = b'!';
    assert!(matches!(trusting().restore(&wrong, None, at(1_100)), Err(SnapshotError::Malformed { .. })));
    let mut other = KeyCache::new(KeyCachePolicy::default());
    other.trust("https://other.example").unwrap();
    assert_eq!(other.restore(&wrong, None, at(1_100)), Ok(0), "no key was looked at");
    let cut = other.restore(&wrong[..wrong.len() - 1], None, at(1_100));
    assert!(matches!(cut, Err(SnapshotError::Malformed { .. })), "the form is");
    // A second set of one issuer is not wanted either.
    let body = &bytes[8..];
    let twice = [b"EWKC\x01\x00\x02\x00".as_slice(), body, &wrong[8..]].concat();
    assert_eq!(trusting().restore(&twice, None, at(1_100)), Ok(1));
}

#[test]
fn restored_set_has_no_more_and_no_longer_names_than_a_fetched_one() {
    let with = |change: fn(&mut KeySet)| {
        let mut cache = fetched(1_000);
        let held = cache.slots[0].held.as_mut().unwrap();
        let mut set = KeySet::clone(&held.set);
        change(&mut set);
        held.set = Arc::new(set);
        cache.snapshot(None)
    };
    let limits = super::super::KeyLimits { keys: 3, ..super::super::KeyLimits::default() };
    let restore = |bytes: &[u8]| {
        let mut cache = trusting_with(KeyCachePolicy { limits, ..KeyCachePolicy::default() });
        cache.restore(bytes, None, at(1_100)).map_err(SnapshotError::code)
    };
    assert_eq!(restore(&with(|_| {})), Ok(1), "two keys and one that is refused");
    assert_eq!(restore(&with(|set| set.keys.push(set.keys[0].clone()))), Err("snapshot_malformed"));
    assert_eq!(restore(&with(|set| set.refused.push(set.refused[0].clone()))), Err("snapshot_malformed"));
    assert_eq!(restore(&with(|set| set.refused[0].kid = Some("k".repeat(256)))), Ok(1));
    assert_eq!(restore(&with(|set| set.refused[0].kid = Some("k".repeat(257)))), Err("snapshot_malformed"));
}

#[test]
fn fetch_that_began_after_the_stored_set_was_fetched_still_counts() {
    let stored = fetched(1_000).snapshot(None);
    let mut cache = trusting();
    let KeyAnswer::Fetch(first) = cache.keys(ISSUER, None, true, at(1_100), 0) else { panic!() };
    assert_eq!(cache.restore(&stored, None, at(1_101)), Ok(1));
    assert_eq!(keys(&mut cache, 1_101).keys().len(), 2);
    let rotated = KEYS.replace("kid\":\"a", "kid\":\"b");
    let outcome = FetchOutcome::Body { body: rotated.as_bytes(), max_age_secs: None, etag: None };
    assert!(cache.fetched(first, outcome, at(1_102)).is_ok(), "newer than what was restored");
    assert_eq!(keys(&mut cache, 1_102).keys()[0].kid(), Some("b\"\\\u{1}\u{e9}"));
    // A fetch that is older than the stored set does not take its place.
    let mut cache = trusting();
    let KeyAnswer::Fetch(first) = cache.keys(ISSUER, None, true, at(999), 0) else { panic!() };
    assert_eq!(cache.restore(&stored, None, at(1_001)), Ok(1));
    let late = cache.fetched(first, outcome, at(1_002)).map_err(super::super::CacheError::code);
    assert_eq!(late, Err("ticket_superseded"));
}

#[test]
fn not_modified_confirms_no_set_that_was_restored_since() {
    let mut cache = fetched(1_000);
    let KeyAnswer::UseAndRefresh(_, ticket) = cache.keys(ISSUER, None, true, at(1_700), 0) else { panic!() };
    let mut other = trusting();
    let KeyAnswer::Fetch(theirs) = other.keys(ISSUER, None, true, at(1_650), 0) else { panic!() };
    let outcome = FetchOutcome::Body { body: KEYS.as_bytes(), max_age_secs: Some(60), etag: Some("\"2\"") };
    other.fetched(theirs, outcome, at(1_650)).unwrap();
    assert_eq!(cache.restore(&other.snapshot(None), None, at(1_701)), Ok(1));
    let confirmed = cache.fetched(ticket, FetchOutcome::NotModified { max_age_secs: None }, at(1_702));
    assert!(matches!(confirmed, Ok(super::super::Update::Failed { .. })), "{confirmed:?}");
}

#[test]
fn etag_that_no_header_holds_is_left_out() {
    let long = alloc::format!("\"{}\"", "e".repeat(511));
    for etag in ["\"\r\nX: y\"", long.as_str()] {
        let mut cache = fetched(1_000);
        if let Some(held) = &mut cache.slots[0].held {
            held.etag = Some(etag.into());
        }
        let mut other = trusting();
        assert_eq!(other.restore(&cache.snapshot(None), None, at(1_100)), Ok(1));
        let KeyAnswer::UseAndRefresh(_, ticket) = other.keys(ISSUER, None, true, at(1_600), 0) else { panic!() };
        assert_eq!(ticket.etag(), None);
    }
}

#[test]
fn future_times_are_brought_to_the_present() {
    let bytes = fetched(1_000_000).snapshot(None);
    let mut cache = trusting();
    assert_eq!(cache.restore(&bytes, None, at(1_000)), Ok(1));
    assert_eq!(cache.state(ISSUER, at(1_600)), Some(KeyState::Stale));
}

#[test]
fn backoff_comes_back_but_is_no_longer_than_one() {
    let mut cache = fetched(1_000);
    let KeyAnswer::UseAndRefresh(_, ticket) = cache.keys(ISSUER, None, true, at(1_600), 0) else { panic!() };
    cache.fetched(ticket, FetchOutcome::Failed, at(1_600)).unwrap();
    let mut other = trusting();
    other.restore(&cache.snapshot(None), None, at(1_601)).unwrap();
    assert!(matches!(other.keys(ISSUER, None, true, at(1_604), 0), KeyAnswer::Use(_)));
    assert!(matches!(other.keys(ISSUER, None, true, at(1_605), 0), KeyAnswer::UseAndRefresh(..)));
    let mut far = fetched(1_000);
    far.slots[0].scheduled.back_off(3, u64::MAX, u64::MAX);
    let mut other = trusting();
    other.restore(&far.snapshot(None), None, at(1_700)).unwrap();
    assert!(matches!(other.keys(ISSUER, None, true, at(1_700 + 375), 0), KeyAnswer::UseAndRefresh(..)));
}

#[test]
fn every_flipped_bit_and_every_cut_of_an_authenticated_snapshot_is_refused() {
    let key = Some(&[7; 32][..]);
    let bytes = fetched(1_000).snapshot(key);
    for i in 0..bytes.len() * 8 {
        let mut wrong = bytes.clone();
        wrong[i / 8] ^= 1 << (i % 8);
        assert!(trusting().restore(&wrong, key, at(1_000)).is_err(), "bit {i}");
    }
    for len in 0..bytes.len() {
        assert!(trusting().restore(&bytes[..len], key, at(1_000)).is_err());
    }
    let error = |bytes: &[u8], key: Option<&[u8]>| trusting().restore(bytes, key, at(1_000)).unwrap_err();
    assert_eq!(error(&bytes, None), SnapshotError::AuthenticationMismatch);
    assert_eq!(error(&fetched(1_000).snapshot(None), key), SnapshotError::AuthenticationMismatch);
    assert_eq!(error(&bytes, Some(&[8; 32])), SnapshotError::NotAuthentic);
}

#[test]
fn b9_empty_or_short_key_authenticates_nothing() {
    for len in [0, 1, 15] {
        let key = alloc::vec![7u8; len];
        let bytes = fetched(1_000).snapshot(Some(&key));
        assert_eq!(trusting().restore(&bytes, Some(&key), at(1_000)), Err(SnapshotError::NotAuthentic), "{len}");
    }
    let bytes = fetched(1_000).snapshot(Some(&[7; 16]));
    assert_eq!(trusting().restore(&bytes, Some(&[7; 16]), at(1_000)), Ok(1));
}

#[test]
fn f1_no_bytes_make_restoring_panic() {
    let bytes = fetched(1_000).snapshot(None);
    for i in 0..bytes.len() {
        for value in [0, 1, 0x7f, 0xff, bytes[i].wrapping_add(1)] {
            let mut wrong = bytes.clone();
            wrong[i] = value;
            let _ = trusting().restore(&wrong, None, at(1_000));
        }
        let cut = trusting().restore(&bytes[..i], None, at(1_000));
        assert!(cut.is_err_and(|e| e == SnapshotError::NotASnapshot || matches!(e, SnapshotError::Malformed { .. })));
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    let malformed = SnapshotError::Malformed { offset: bytes.len() };
    assert_eq!(trusting().restore(&longer, None, at(1_000)), Err(malformed));
    let next = [b"EWKC\x02".as_slice(), &bytes[5..]].concat();
    assert_eq!(trusting().restore(&next, None, at(0)), Err(SnapshotError::UnknownVersion { version: 2 }));
    let huge = alloc::vec![0; BYTES_MAX + 1];
    assert_eq!(trusting().restore(&huge, None, at(0)).map_err(SnapshotError::code), Err("snapshot_too_large"));
}

#[test]
fn withdrawn_keys_keep_their_grace() {
    let policy = KeyCachePolicy { grace_secs: 100, ..KeyCachePolicy::default() };
    let mut cache = trusting_with(policy.clone());
    fetch(&mut cache, KEYS, 1_000);
    let KeyAnswer::UseAndRefresh(_, ticket) = cache.keys(ISSUER, None, true, at(1_600), 0) else { panic!() };
    let rest = KEYS.replace("kid\":\"a", "kid\":\"b");
    let outcome = FetchOutcome::Body { body: rest.as_bytes(), max_age_secs: None, etag: None };
    cache.fetched(ticket, outcome, at(1_600)).unwrap();
    let mut other = trusting_with(policy);
    assert_eq!(other.restore(&cache.snapshot(None), None, at(1_650)), Ok(1));
    let kid = Some("a\"\\\u{1}\u{e9}");
    let set = keys(&mut other, 1_699);
    let key = set.choose(Algorithm::EdDsa, kid).unwrap();
    assert!(set.is_live(key.generation(), key.thumbprint()) && key.generation() > 0);
    assert_eq!(keys(&mut other, 1_700).choose(Algorithm::EdDsa, kid).unwrap_err().code, Code::UnknownKey);
}

fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn trusting() -> KeyCache {
    trusting_with(KeyCachePolicy::default())
}

fn trusting_with(policy: KeyCachePolicy) -> KeyCache {
    let mut cache = KeyCache::new(policy);
    cache.trust(ISSUER).unwrap();
    cache
}

fn fetched(secs: u64) -> KeyCache {
    let mut cache = trusting();
    fetch(&mut cache, KEYS, secs);
    cache
}

fn fetch(cache: &mut KeyCache, body: &str, secs: u64) {
    let KeyAnswer::Fetch(ticket) = cache.keys(ISSUER, None, true, at(secs), 0) else { panic!() };
    let outcome = FetchOutcome::Body { body: body.as_bytes(), max_age_secs: None, etag: Some("\"1\"") };
    cache.fetched(ticket, outcome, at(secs)).unwrap();
}

fn keys(cache: &mut KeyCache, secs: u64) -> Arc<KeySet> {
    match cache.keys(ISSUER, None, false, at(secs), 0) {
        KeyAnswer::Use(set) | KeyAnswer::UseAndRefresh(set, _) => set,
        _ => panic!(),
    }
}
