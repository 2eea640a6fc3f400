//! Verified tokens are kept no longer than their times, their key and their policy hold.

use std::sync::Arc;

use edgewarden::jwt::{
    Algorithm, FetchOutcome, KeyAnswer, KeyCache, KeyCachePolicy, KeySet, TokenCache, TokenVerifier, VerifiedToken,
};
use edgewarden::time::Timestamp;

use super::sign::{EcKey, EdKey, ISSUER, NOW, NOW_SECS, claims, key_set, public};

const ROOM: usize = 1 << 20;

#[test]
fn hit_answers_as_the_verifier_did() {
    let (verifier, keys, token) = world();
    let verified = verifier.verify(&token, &keys, NOW).unwrap();
    let mut cache = TokenCache::new(ROOM);
    assert_eq!(cache.get(&verifier.fingerprint(), &token, &keys, NOW), None);
    assert!(cache.insert(&verifier.fingerprint(), &token, &verified));
    assert_eq!(cache.get(&verifier.fingerprint(), &token, &keys, NOW), Some(verified.clone()));
    assert!(cache.insert(&verifier.fingerprint(), &token, &verified), "once more");
    assert_eq!(cache.len(), 1);
    assert!(cache.forget(&verifier.fingerprint(), &token) && !cache.forget(&verifier.fingerprint(), &token));
    assert_eq!((cache.len(), cache.bytes()), (0, 0));
}

#[test]
fn another_policy_or_another_spelling_is_another_entry() {
    let (verifier, keys, token) = world();
    let mut cache = TokenCache::new(ROOM);
    cache.insert(&verifier.fingerprint(), &token, &verifier.verify(&token, &keys, NOW).unwrap());
    let stricter = policy().require(["sub"]).build().unwrap();
    assert_eq!(cache.get(&stricter.fingerprint(), &token, &keys, NOW), None);
    for other in [format!("{token}="), format!("{token}\n"), token[1..].into(), String::new()] {
        assert_eq!(cache.get(&verifier.fingerprint(), &other, &keys, NOW), None);
    }
}

#[test]
fn token_of_another_policy_or_another_text_is_not_kept() {
    let (verifier, keys, token) = world();
    let verified = verifier.verify(&token, &keys, NOW).unwrap();
    let stricter = policy().require(["exp"]).build().unwrap();
    let other = EdKey::new(1).sign(EDDSA_A, &claims(r#","sub":"another""#));
    let mut cache = TokenCache::new(ROOM);
    assert!(!cache.insert(&stricter.fingerprint(), &token, &verified), "another policy");
    assert!(!cache.insert(&verifier.fingerprint(), &other, &verified), "another token");
    assert!(!cache.insert(&verifier.fingerprint(), "", &verified));
    assert!(cache.is_empty());
    assert!(cache.insert(&verifier.fingerprint(), &token, &verified));
}

#[test]
fn b3_second_signature_of_the_same_claims_is_another_entry() {
    let key = EcKey::new(1);
    let keys = key_set(&[key.jwk("")]);
    let verifier = policy().build().unwrap();
    let token = key.sign(r#"{"alg":"ES256"}"#, &claims(""));
    let (input, signature) = token.rsplit_once('.').unwrap();
    let signature = from_base64url(signature);
    let signature = p256::ecdsa::Signature::from_slice(&signature).unwrap();
    let twin = p256::ecdsa::Signature::from_scalars(signature.r().to_bytes(), (-*signature.s()).to_bytes()).unwrap();
    let twin = format!("{input}.{}", super::vectors::base64url(&twin.to_bytes()));
    let mut cache = TokenCache::new(ROOM);
    let verified = verifier.verify(&token, &keys, NOW).unwrap();
    cache.insert(&verifier.fingerprint(), &token, &verified);
    assert_eq!(verifier.verify(&twin, &keys, NOW).as_ref().map(VerifiedToken::claims), Ok(verified.claims()));
    assert_eq!(cache.get(&verifier.fingerprint(), &twin, &keys, NOW), None);
}

#[test]
fn times_are_checked_on_each_hit() {
    let (verifier, keys, _) = world();
    let exp = NOW_SECS + 300;
    let token = EdKey::new(1).sign(EDDSA_A, &claims(&format!(r#","nbf":{NOW_SECS}"#)));
    let mut cache = TokenCache::new(ROOM);
    cache.insert(&verifier.fingerprint(), &token, &verifier.verify(&token, &keys, NOW).unwrap());
    let mut hit = |secs: u64| {
        let now = Timestamp::from_secs(secs);
        let hit = cache.get(&verifier.fingerprint(), &token, &keys, now).is_some();
        assert!(!hit || verifier.verify(&token, &keys, now).is_ok());
        hit
    };
    assert!(!hit(0), "a clock that went back");
    assert!(hit(NOW_SECS) && hit(exp - 1));
    assert!(!hit(exp + 3_600));
    assert!(!hit(exp - 1), "gone for good");
}

#[test]
fn e5_entry_ends_with_its_key() {
    let (verifier, keys, token) = world();
    let verified = verifier.verify(&token, &keys, NOW).unwrap();
    let (one, two) = (EdKey::new(1), EdKey::new(2));
    for (what, other) in [
        ("withdrawn", vec![two.jwk(r#","kid":"b""#)]),
        ("other numbers under the same name", vec![two.jwk(r#","kid":"a""#)]),
        ("under another name", vec![one.jwk(r#","kid":"b""#), two.jwk(r#","kid":"c""#)]),
        ("no longer for signatures", vec![one.jwk(r#","kid":"a","use":"enc""#)]),
    ] {
        let mut cache = TokenCache::new(ROOM);
        cache.insert(&verifier.fingerprint(), &token, &verified);
        assert_eq!(cache.get(&verifier.fingerprint(), &token, &key_set(&other), NOW), None, "{what}");
        assert_eq!(cache.get(&verifier.fingerprint(), &token, &keys, NOW), None, "{what}: gone for good");
    }
    let more = key_set(&[two.jwk(r#","kid":"b""#), one.jwk(r#","kid":"a""#)]);
    let mut cache = TokenCache::new(ROOM);
    cache.insert(&verifier.fingerprint(), &token, &verified);
    assert!(cache.get(&verifier.fingerprint(), &token, &more, NOW).is_some(), "beside another key");
}

#[test]
fn e5_key_that_was_withdrawn_and_came_back_does_not_bring_its_tokens_back() {
    let (verifier, _, token) = world();
    let (one, two) = (EdKey::new(1).jwk(r#","kid":"a""#), EdKey::new(2).jwk(r#","kid":"b""#));
    let mut keys = KeyCache::new(KeyCachePolicy::default());
    keys.trust(ISSUER).unwrap();
    let first = refreshed(&mut keys, &[&one, &two], 0);
    let mut cache = TokenCache::new(ROOM);
    cache.insert(&verifier.fingerprint(), &token, &verifier.verify(&token, &first, NOW).unwrap());
    let same = refreshed(&mut keys, &[&two, &one], 700);
    assert!(cache.get(&verifier.fingerprint(), &token, &same, NOW).is_some(), "the set was fetched again");
    refreshed(&mut keys, &[&two], 1_400);
    let again = refreshed(&mut keys, &[&one, &two], 2_100);
    assert_eq!(cache.get(&verifier.fingerprint(), &token, &again, NOW), None);
    assert!(verifier.verify(&token, &again, NOW).is_ok());
}

#[test]
fn generations_of_another_key_cache_are_not_mistaken_for_its_own() {
    let (verifier, _, token) = world();
    let caches = [1, 2].map(|seed| {
        let mut keys = KeyCache::new(KeyCachePolicy::default());
        keys.trust(ISSUER).unwrap();
        refreshed(&mut keys, &[&EdKey::new(seed).jwk(r#","kid":"a""#)], 0)
    });
    assert_eq!(caches[0].keys()[0].generation(), caches[1].keys()[0].generation());
    let mut cache = TokenCache::new(ROOM);
    cache.insert(&verifier.fingerprint(), &token, &verifier.verify(&token, &caches[0], NOW).unwrap());
    assert_eq!(cache.get(&verifier.fingerprint(), &token, &caches[1], NOW), None);
}

#[test]
fn bytes_stay_within_their_bound_and_what_is_used_stays() {
    let (verifier, keys, hot) = world();
    let room = 64 * 1024;
    let mut cache = TokenCache::new(room);
    cache.insert(&verifier.fingerprint(), &hot, &verifier.verify(&hot, &keys, NOW).unwrap());
    let mut most = 0;
    for i in 0..500 {
        let token = EdKey::new(1).sign(EDDSA_A, &claims(&format!(r#","n":{i}"#)));
        let verified = verifier.verify(&token, &keys, NOW).unwrap();
        assert!(cache.insert(&verifier.fingerprint(), &token, &verified));
        assert!(cache.get(&verifier.fingerprint(), &hot, &keys, NOW).is_some(), "after {i}");
        assert!(cache.get(&verifier.fingerprint(), &token, &keys, NOW).is_some());
        assert!(cache.bytes() <= room);
        most = most.max(cache.len());
    }
    assert!(cache.len() < 500 && most > 20);
    cache.clear();
    assert_eq!((cache.len(), cache.bytes(), cache.is_empty()), (0, 0, true));
    let long = EdKey::new(1).sign(EDDSA_A, &claims(&format!(r#","long":"{}""#, "x".repeat(9_000))));
    let verified = verifier.verify(&long, &keys, NOW).unwrap();
    assert!(!cache.insert(&verifier.fingerprint(), &long, &verified), "a quarter at most");
    assert!(!TokenCache::new(0).insert(&verifier.fingerprint(), &long, &verified));
}

#[test]
fn debug_shows_no_token() {
    let (verifier, keys, token) = world();
    let mut cache = TokenCache::new(ROOM);
    cache.insert(&verifier.fingerprint(), &token, &verifier.verify(&token, &keys, NOW).unwrap());
    assert!(format!("{cache:?}").len() < 60);
}

const EDDSA_A: &str = r#"{"alg":"EdDSA","kid":"a"}"#;

fn policy() -> edgewarden::jwt::TokenVerifierBuilder {
    public([Algorithm::EdDsa, Algorithm::Es256])
}

fn from_base64url(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'-' => 62,
        _ => 63,
    };
    let bits = text.bytes().flat_map(|byte| (0..6).rev().map(move |i| value(byte) >> i & 1)).collect::<Vec<u8>>();
    bits.chunks_exact(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit)).collect()
}

/// A verifier, its keys, and a good token.
fn world() -> (TokenVerifier, KeySet, String) {
    let key = EdKey::new(1);
    let token = key.sign(EDDSA_A, &claims(""));
    (policy().build().unwrap(), key_set(&[key.jwk(r#","kid":"a""#)]), token)
}

/// The set after a fetch at that second.
fn refreshed(cache: &mut KeyCache, keys: &[&str], secs: u64) -> Arc<KeySet> {
    let now = Timestamp::from_secs(NOW_SECS + secs);
    let (KeyAnswer::Fetch(ticket) | KeyAnswer::UseAndRefresh(_, ticket)) = cache.keys(ISSUER, None, true, now, 0)
    else {
        panic!("no ticket")
    };
    let body = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
    let outcome = FetchOutcome::Body { body: body.as_bytes(), max_age_secs: None, etag: None };
    cache.fetched(ticket, outcome, now).unwrap();
    let KeyAnswer::Use(set) = cache.keys(ISSUER, None, true, now, 0) else { panic!("no keys") };
    set
}
