//! What verifiers, keys and caches refuse to be made of.

use serde_json::{Map, Value, json};

use super::{AUDIENCE, ISSUER, SECRET};

pub fn write() -> Vec<Map<String, Value>> {
    let options = |more: Value| super::policy(more).to_string();
    let verifier = |verdict: &str, name: &str, more: Value| json!({"name": name, "call": "verifier", "options_json": options(more), "verdict": verdict});
    let bytes = |verdict: &str, name: &str, bytes: &str| json!({"name": name, "call": "restore", "bytes": bytes, "verdict": verdict});
    let cases = [
        verifier("missing_issuer", "no issuer", json!({"issuer": null})),
        verifier("missing_audience", "no audience", json!({"audiences": null})),
        verifier("missing_audience", "empty list of audiences", json!({"audiences": []})),
        verifier("missing_algorithms", "no algorithm", json!({"algorithms": null})),
        verifier("hmac_needs_secret", "HMAC without a secret", json!({"algorithms": ["HS256"]})),
        verifier("invalid_option", "unknown algorithm", json!({"algorithms": ["none"]})),
        verifier("invalid_option", "empty issuer", json!({"issuer": ""})),
        verifier("invalid_option", "empty audience", json!({"audiences": [AUDIENCE, ""]})),
        verifier("invalid_option", "too much leeway", json!({"leewaySecs": 601})),
        verifier("invalid_option", "leeway below zero", json!({"leewaySecs": -1})),
        verifier("invalid_option", "no age at all", json!({"ageSecsMax": 0})),
        verifier("invalid_option", "too many tries", json!({"kidlessTries": 5})),
        verifier("invalid_option", "limit out of range", json!({"limits": {"tokenBytes": 1}})),
        verifier("invalid_option", "unknown limit", json!({"limits": {"bytes": 1}})),
        verifier("invalid_option", "misspelt option", json!({"audience": AUDIENCE})),
        verifier("invalid_option", "unknown profile", json!({"profile": "cookie"})),
        verifier("invalid_option", "secret as an option", json!({"sharedSecret": "x"})),
        verifier("not_for_profile", "nonce of no login", json!({"nonce": "n"})),
        verifier(
            "not_for_profile",
            "access token without end",
            json!({"profile": "access_token", "withoutExpiry": true}),
        ),
        verifier("invalid_option", "unknown confirmation", json!({"confirmation": "mtls"})),
        verifier(
            "not_for_profile",
            "ID token that may be bound",
            json!({"profile": "id_token", "confirmation": "host"}),
        ),
        verifier("not_for_profile", "proof with an issuer", json!({"profile": "dpop_proof"})),
        json!({"name": "options that are no JSON", "call": "verifier", "options_json": "{", "verdict": "invalid_json"}),
        json!({"name": "public key algorithm with a secret", "call": "verifier", "options_json": options(json!({})),
            "secret": SECRET, "verdict": "not_hmac"}),
        json!({"name": "short secret", "call": "verifier", "options_json": options(json!({"algorithms": ["HS256"]})),
            "secret": "short", "verdict": "unfit_secret"}),
        json!({"name": "unknown option of a cache", "call": "key_cache", "options_json": "{\"ttl\": 1}",
            "verdict": "invalid_option"}),
        json!({"name": "cache with too many issuers", "call": "key_cache",
            "options_json": json!({"issuers": 1, "trust": [ISSUER, AUDIENCE]}).to_string(), "verdict": "too_many_issuers"}),
        json!({"name": "issuer without a name", "call": "key_cache", "options_json": "{\"trust\": [\"\"]}",
            "verdict": "bad_issuer"}),
        json!({"name": "key without a type", "call": "key", "jwk": "{}", "verdict": "bad_key"}),
        json!({"name": "key that is none", "call": "key", "jwk": "[", "verdict": "key_set_not_json"}),
        json!({"name": "secret shorter than its hash", "call": "secret", "secret": "short", "algorithms": ["HS256"],
            "verdict": "weak_key"}),
        json!({"name": "secret for public keys", "call": "secret", "secret": SECRET, "algorithms": ["ES256"],
            "verdict": "mixed_key_set"}),
        json!({"name": "secret for an unknown algorithm", "call": "secret", "secret": SECRET, "algorithms": ["HS1"],
            "verdict": "invalid_argument"}),
        bytes("not_a_snapshot", "snapshot of nothing", ""),
        bytes("snapshot_unknown_version", "snapshot of another version", "RVdLQwkA"),
        bytes("snapshot_malformed", "snapshot cut off", "RVdLQwEAAQ=="),
        bytes("snapshot_authentication_mismatch", "snapshot with a code and no key", "RVdLQwEBAAA="),
        json!({"name": "snapshot of somebody else", "call": "restore", "mac_key": "a key of the test vectors",
            "bytes": "RVdLQwEBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", "verdict": "snapshot_not_authentic"}),
    ];
    cases.into_iter().filter_map(|case| if let Value::Object(case) = case { Some(case) } else { None }).collect()
}
