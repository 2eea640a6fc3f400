//! Handles of tokens: shared, closed, and their JSON forms.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use edgewarden_bindings::ToJson;
use edgewarden_bindings::token::{
    FetchTicket, HostCheck, KeyAnswer, KeyCache, KeyCacheOptions, KeySet, ProofRequest, Step, TOKEN_CATALOGUE,
    TokenCache, TokenData, TokenVerifier, VerifiedToken, VerifierOptions, VerifyError, challenge, proof_challenge,
};
use serde_json::{Value, json};

/// The example of the core's documentation: signed with 32 bytes of 0x5A.
const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwiYXVkIjoiaHR0cHM6Ly9hcGkuZXhhbXBsZSIsImV4\
                     cCI6MTcwMDAwMDMwMCwic3ViIjoiYWRhIn0.CciJa0EbsQCbQGgorTsmG1wBRB3CnR0N_G6uIJtiC5M";
const NOW: u64 = 1_700_000_000_000;
const ISSUER: &str = "https://issuer.example";

#[test]
fn handles_and_answers_go_to_other_threads() {
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<TokenVerifier>();
    is_shared::<KeySet>();
    is_shared::<KeyCache>();
    is_shared::<TokenCache>();
    is_shared::<HostCheck>();
    is_shared::<VerifiedToken>();
    is_shared::<VerifyError>();
    is_shared::<TokenData>();
    is_shared::<Step>();
    is_shared::<FetchTicket>();
}

#[test]
fn what_a_token_says_crosses_as_json() {
    let verifier = verifier();
    let verified = verifier.verify(TOKEN, &verifier.shared_keys().unwrap(), NOW).unwrap();
    let value: Value = serde_json::from_str(&verified.to_json()).unwrap();
    let thumbprint = value["keyThumbprint"].as_str().unwrap();
    assert_eq!(thumbprint.len(), 43);
    let expected = json!({
        "claimsJson": r#"{"iss":"https://issuer.example","aud":"https://api.example","exp":1700000300,"sub":"ada"}"#,
        "headerJson": r#"{"alg":"HS256"}"#,
        "algorithm": "HS256",
        "issuer": ISSUER,
        "subject": "ada",
        "audience": ["https://api.example"],
        "expiresAtMs": 1_700_000_300_000u64,
        "validUntilMs": 1_700_000_360_000u64,
        "keyThumbprint": thumbprint,
        "keyGeneration": 0,
    });
    assert_eq!(value, expected);
    assert!(!format!("{verified:?} {:?}", verified.data()).contains("ada"));
}

#[test]
fn a_refusal_crosses_as_json_and_makes_a_challenge() {
    let verifier = verifier();
    let error = verifier.verify(TOKEN, &verifier.shared_keys().unwrap(), NOW + 360_000).unwrap_err();
    let value: Value = serde_json::from_str(&error.to_json()).unwrap();
    let expected = json!({
        "code": "token_expired",
        "place": "claim",
        "name": "exp",
        "retry": "never",
        "message": error.message,
        "evidence": {"kind": "time", "found": 1_700_000_360_000u64, "expected": 1_700_000_360_000u64},
        "httpStatus": 401,
    });
    assert_eq!(value, expected);
    let told = r#"Bearer realm="api", error="invalid_token", error_description="claim exp: token_expired""#;
    assert_eq!(error.challenge("api"), told);
    assert_eq!(challenge(Some(("token_expired", "claim", Some("exp"))), "api").unwrap(), told);
    assert_eq!(challenge(None, "api").unwrap(), r#"Bearer realm="api""#);
    assert_eq!(challenge(Some(("hush", "claim", None)), "api").unwrap_err().field.as_deref(), Some("code"));
    let told = proof_challenge("proof", Some(("proof_mismatch", "claim", Some("htu"))), "api", &["ES256"]).unwrap();
    assert!(told.starts_with("DPoP ") && told.contains("invalid_dpop_proof") && told.contains("algs=\"ES256\""));
    assert_eq!(proof_challenge("proof", None, "api", &[]).unwrap_err().code, "invalid_argument");
}

#[test]
fn a_check_ends_once() {
    let verifier = verifier();
    let keys = verifier.shared_keys().unwrap();
    let check = verifier.begin(TOKEN, &keys, NOW).unwrap();
    assert_eq!((check.algorithm().unwrap(), check.key_jwk().unwrap()), ("HS256", None));
    assert_eq!(check.signing_input().unwrap(), TOKEN.rsplit_once('.').unwrap().0.as_bytes());
    assert_eq!((check.signature().unwrap().len(), check.next_key().unwrap()), (32, false));
    assert!(check.finish(true, NOW).is_ok());
    assert_eq!(check.finish(true, NOW).unwrap_err().code, "closed");
    assert_eq!(check.algorithm().unwrap_err().code, "closed");
    let late = verifier.begin(TOKEN, &keys, NOW).unwrap();
    assert_eq!(late.finish(true, NOW + 360_000).unwrap_err().code, "token_expired");
    let wrong = verifier.begin(TOKEN, &keys, NOW).unwrap();
    assert_eq!(wrong.finish(false, NOW).unwrap_err().code, "bad_signature");
}

#[test]
fn to_a_verifier_for_hosts_every_signature_is_wrong() {
    let verifier = TokenVerifier::for_host(options()).unwrap();
    let keys = verifier.shared_keys().unwrap();
    assert_eq!(verifier.verify(TOKEN, &keys, NOW).unwrap_err().code, "bad_signature");
    assert!(verifier.begin(TOKEN, &keys, NOW).unwrap().finish(true, NOW).is_ok());
}

#[test]
fn kept_tokens_are_those_of_their_verifier_and_key() {
    let verifier = verifier();
    let keys = verifier.shared_keys().unwrap();
    let cache = TokenCache::new(1 << 20);
    let verified = verifier.verify(TOKEN, &keys, NOW).unwrap();
    assert!(cache.insert(&verifier, TOKEN, &verified).unwrap());
    assert_eq!(cache.get(&verifier, TOKEN, &keys, NOW).unwrap().as_ref(), Some(&verified));
    let stricter = VerifierOptions { leeway_secs: Some(0), ..options() };
    assert_eq!(cache.get(&TokenVerifier::new(stricter).unwrap(), TOKEN, &keys, NOW).unwrap(), None);
    let other = KeySet::from_secret(&[0xA5; 32], None, &["HS256"]).unwrap();
    assert_eq!(cache.get(&verifier, TOKEN, &other, NOW).unwrap(), None);
    assert!(cache.is_empty(), "the key is gone");
    assert!(cache.insert(&verifier, TOKEN, &verified).unwrap() && cache.bytes() > 0);
    assert!(cache.forget(&verifier, TOKEN).unwrap() && cache.is_empty());
}

#[test]
fn nonsense_fetches_nothing() {
    let verifier = TokenVerifier::new(public()).unwrap();
    let cache = KeyCache::new(KeyCacheOptions { trust: vec![ISSUER.to_owned()], ..Default::default() }).unwrap();
    for token in ["", "a.b.c", TOKEN] {
        let step = verifier.step(token, &cache, None, NOW, 7).unwrap();
        assert_eq!(step.name(), "refused", "{step:?}");
    }
    assert_eq!(cache.state(ISSUER, NOW).unwrap(), Some("empty"));
    let KeyAnswer::Fetch(ticket) = cache.keys(ISSUER, None, true, NOW, 7).unwrap() else { panic!() };
    let value: Value = serde_json::from_str(&ticket.to_json()).unwrap();
    assert_eq!(value, json!({"id": ticket.id, "issuer": ISSUER, "deadlineMs": NOW + 10_000}));
    let update = cache.fetched(&ticket.id, b"<html>", Some(60), None, NOW).unwrap();
    let value: Value = serde_json::from_str(&update.to_json()).unwrap();
    assert_eq!((&value["kind"], &value["reason"]), (&json!("failed"), &json!("key_set_not_json")));
}

#[test]
fn proofs_are_verified_for_their_request_alone() {
    let options = VerifierOptions::from_json(r#"{"profile": "dpop_proof", "algorithms": ["ES256"]}"#).unwrap();
    let verifier = TokenVerifier::new(options).unwrap();
    assert_eq!((verifier.issuer(), verifier.profile()), (None, "dpop_proof"));
    let request = ProofRequest { method: "GET", url: "https://api.example/", access_token: None, nonce: None };
    assert_eq!(verifier.verify_proof(TOKEN, &request, NOW).unwrap_err().code, "alg_not_allowed");
    assert_eq!(verifier.begin_proof("", &request, NOW).err().unwrap().code, "not_jws");
    let checks = verifier.explain_proof(TOKEN, &request, NOW).unwrap();
    assert!(checks.iter().any(|check| check.check == "url" && check.outcome == "failed"), "{checks:?}");
    let keys = KeySet::from_jwks(r#"{"keys": []}"#, None).unwrap();
    assert_eq!(verifier.verify(TOKEN, &keys, NOW).unwrap_err().code, "proof_mismatch");
}

#[test]
fn every_error_that_is_given_is_listed() {
    let cache = KeyCache::new(KeyCacheOptions::default()).unwrap();
    let codes = [
        KeySet::from_jwks("{", None).unwrap_err().code,
        KeySet::from_jwk("{}").unwrap_err().code,
        KeySet::from_secret(b"short", None, &["HS256"]).unwrap_err().code,
        KeySet::from_secret(&[1; 64], None, &["ES256"]).unwrap_err().code,
        cache.trust("").unwrap_err().code,
        cache.failed("1-0", NOW).unwrap_err().code,
        cache.restore(b"", None, NOW).unwrap_err().code,
    ];
    for code in codes {
        assert!(TOKEN_CATALOGUE.iter().any(|entry| entry.code == code), "{code}");
    }
    assert_eq!(KeySet::from_jwks("{}", Some(r#"{"key": 1}"#)).unwrap_err().field.as_deref(), Some("limits.key"));
}

fn verifier() -> TokenVerifier {
    TokenVerifier::new(options()).unwrap()
}

fn options() -> VerifierOptions {
    let json = r#"{"issuer": "https://issuer.example", "audiences": ["https://api.example"], "algorithms": ["HS256"]}"#;
    VerifierOptions { shared_secret: Some(vec![0x5A; 32]), ..VerifierOptions::from_json(json).unwrap() }
}

fn public() -> VerifierOptions {
    let json = r#"{"issuer": "https://issuer.example", "audiences": ["https://api.example"], "algorithms": ["ES256"]}"#;
    VerifierOptions::from_json(json).unwrap()
}
