//! The seeds of the fuzz targets `token`, `jwks` and `snapshot`, made from keys that are made here.
//!
//! `EDGEWARDEN_WRITE_SEEDS=1 cargo test -p edgewarden --test jwt seeds` writes them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use edgewarden::jwt::{FetchOutcome, KeyAnswer, KeyCache, KeyCachePolicy};
use edgewarden::time::Timestamp;
use sha2::{Digest, Sha256};

use super::sign::{EcKey, EdKey, hs256_with};
use super::vectors::base64url;

#[test]
fn seeds_are_those_that_are_made_here() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    let mut files = BTreeMap::from([(root.join("src/checks/keys.json"), keys().into_bytes())]);
    let mut put = |target: &str, name: &str, bytes: Vec<u8>| {
        let path: PathBuf = root.join("seeds").join(target).join(name);
        assert_eq!(files.insert(path, bytes), None, "two seeds {name}");
    };
    tokens().into_iter().for_each(|(name, policy, token)| put("token", name, [&[policy], token.as_bytes()].concat()));
    documents().into_iter().for_each(|(name, document)| put("jwks", name, document.into_bytes()));
    snapshots().into_iter().for_each(|(name, switch, bytes)| put("snapshot", name, [&[switch], &bytes[..]].concat()));
    let writes = std::env::var_os("EDGEWARDEN_WRITE_SEEDS").is_some();
    for (path, bytes) in files {
        if writes {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        assert!(fs::read(&path).is_ok_and(|found| found == bytes), "{} is another one", path.display());
    }
}

/// Names, the policy of the target `token`, and tokens.
fn tokens() -> Vec<(&'static str, u8, String)> {
    let a = r#"{"alg":"EdDSA","kid":"a"}"#;
    let access = r#"{"typ":"at+jwt","alg":"ES256","kid":"b"}"#;
    let more = r#""sub":"ada","client_id":"app","jti":"1","scope":"read","iat":1799999990,"#;
    let proof = format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{}}}"#, p256_jwk(""));
    let request = r#"{"jti":"1","htm":"POST","htu":"https://api.example/orders","iat":1800000000}"#;
    let good = ed25519(a, &claims(""));
    let nested = format!("{}1{}", "[".repeat(17), "]".repeat(17));
    vec![
        ("eddsa", b'0', good.clone()),
        (
            "duplicate-audience",
            b'0',
            es256(r#"{"alg":"ES256","kid":"b"}"#, &claims(r#","aud":["x","https://api.example"]"#)),
        ),
        ("es256", b'0', es256(r#"{"alg":"ES256","kid":"b"}"#, &two_audiences())),
        ("rs256", b'0', unsigned(r#"{"alg":"RS256","kid":"r"}"#, &claims(""), &[7; 256])),
        ("ps384", b'0', unsigned(r#"{"alg":"PS384","kid":"r"}"#, &claims(""), &[7; 256])),
        ("other-key", b'0', ed25519(r#"{"alg":"EdDSA","kid":"b"}"#, &claims(""))),
        ("unknown-kid", b'0', ed25519(r#"{"alg":"EdDSA","kid":"nobody"}"#, &claims(""))),
        ("no-kid", b'0', ed25519(r#"{"alg":"EdDSA"}"#, &claims(""))),
        ("none", b'0', unsigned(r#"{"alg":"none"}"#, &claims(""), &[])),
        ("crit", b'0', ed25519(r#"{"alg":"EdDSA","kid":"a","crit":["b64"],"b64":false}"#, &claims(""))),
        ("nested-token", b'0', ed25519(r#"{"alg":"EdDSA","kid":"a","cty":"JWT"}"#, &claims(""))),
        ("embedded-key", b'0', ed25519(&format!(r#"{{"alg":"EdDSA","jwk":{}}}"#, ed25519_jwk("")), &claims(""))),
        ("duplicate-escaped", b'0', ed25519(a, &claims(r#","\u0065xp":9"#))),
        ("exponent", b'0', ed25519(a, &claims(r#","nbf":1.7999999999e9,"n":[1e300,-0.0,1E+2]"#))),
        ("deep", b'0', ed25519(a, &claims(&format!(r#","deep":{nested}"#)))),
        ("surrogates", b'0', ed25519(a, &claims(r#","s":"\ud83d\ude00","t":"\ud800""#))),
        ("prototype", b'0', ed25519(a, &claims(r#","__proto__":{"x":1},"constructor":null"#))),
        ("expired", b'0', ed25519(a, &claims("").replace("1800000600", "1"))),
        ("not-yet", b'0', ed25519(a, &claims(r#","nbf":1800000500"#))),
        ("payload-array", b'0', ed25519(a, "[]")),
        ("padded", b'0', format!("{good}=")),
        ("four-dots", b'0', format!("{good}.a.b")),
        ("two-parts", b'0', good.rsplit_once('.').unwrap().0.to_owned()),
        ("low-order", b'0', low_order(a)),
        ("psychic", b'0', unsigned(r#"{"alg":"ES256","kid":"b"}"#, &claims(""), &[0; 64])),
        ("access-token", b'1', es256(access, &format!("{{{more}{}", &claims("")[1..]))),
        (
            "id-token",
            b'2',
            ed25519(a, &claims(r#","nonce":"n-0","sub":"ada","iat":1799999990,"auth_time":1799999980"#)),
        ),
        ("hs256", b'3', hs256(r#"{"alg":"HS256"}"#, &claims(""))),
        ("proof", b'4', es256(&proof, request)),
        ("proof-other-url", b'4', es256(&proof, &request.replace("orders", "o%72ders/../x"))),
        ("proof-private-key", b'4', es256(&proof.replace(r#""kty""#, r#""d":"AA","kty""#), request)),
        ("tight-no-kid", b'5', ed25519(r#"{"alg":"EdDSA"}"#, &claims(""))),
        ("tight-claims", b'5', ed25519(a, &claims(r#","a":1,"b":2,"c":3,"d":4"#))),
    ]
}

fn documents() -> Vec<(&'static str, String)> {
    let set = |keys: &[String]| format!(r#"{{"keys":[{}]}}"#, keys.join(","));
    let many: Vec<String> = (0..101).map(|i| format!(r#"{{"kty":"AKP","kid":"{i}"}}"#)).collect();
    let members: Vec<String> = (0..65).map(|i| format!(r#""m{i}":{i}"#)).collect();
    vec![
        ("all-kinds", keys()),
        ("one-key", ed25519_jwk("")),
        ("rsa-alone", rsa_jwk()),
        ("same-kid", set(&[ed25519_jwk(r#","kid":"x""#), p256_jwk(r#","kid":"x""#)])),
        ("twice", set(&[p256_jwk(""), p256_jwk(r#","alg":"ES256""#)])),
        ("private", set(&[ed25519_jwk(r#","d":"AA""#), ed25519_jwk("")])),
        ("secret", r#"{"keys":[{"kty":"oct","k":"YW4gb2J2aW91c2x5IGZhbHNlIHRlc3Qgc2VjcmV0ISE"}]}"#.into()),
        ("post-quantum", set(&[r#"{"kty":"AKP","alg":"ML-DSA-44","pub":"AA"}"#.into(), ed25519_jwk("")])),
        ("use-and-operations", set(&[p256_jwk(r#","use":"enc""#), p256_jwk(r#","key_ops":["verify","verify"]"#)])),
        ("off-curve", p256_jwk("").replace("\"y\":\"", "\"y\":\"AAAA")),
        ("small-order", r#"{"kty":"OKP","crv":"Ed25519","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#.into()),
        ("not-keys", r#"{"keys":[7,null,"x",[[{}]],{},true]}"#.into()),
        ("too-many", set(&many)),
        ("too-many-members", format!(r#"{{"keys":[{{{}}}]}}"#, members.join(","))),
        ("duplicate-name", r#"{"keys":[],"\u006beys":[]}"#.into()),
        ("duplicate-in-key", set(&[ed25519_jwk(r#","\u0078":"AA""#), ed25519_jwk("")])),
        ("keys-no-array", r#"{"keys":{"kty":"OKP"}}"#.into()),
        ("html", "<!doctype html><title>503</title>".into()),
        ("empty-set", r#"{"keys":[]}"#.into()),
        ("deep", format!("{}{}", "[".repeat(40), "]".repeat(40))),
        ("half-a-pair", set(&[ed25519_jwk(r#","kid":"\ud800""#)])),
        ("cut-off", keys()[..keys().len() / 2].into()),
    ]
}

fn snapshots() -> Vec<(&'static str, u8, Vec<u8>)> {
    let mut cache = KeyCache::new(KeyCachePolicy { grace_secs: 600, ..KeyCachePolicy::default() });
    let empty = cache.snapshot(None);
    for issuer in ["https://issuer.example", "https://other.example"] {
        cache.trust(issuer).unwrap();
        fetch(&mut cache, issuer, &keys(), 1_799_999_000);
    }
    // The key `a` is withdrawn, and kept for a while.
    let others = format!(r#"{{"keys":[{},{{"kty":"AKP","kid":"pq"}}]}}"#, p256_jwk(r#","kid":"b""#));
    fetch(&mut cache, "https://issuer.example", &others, 1_799_999_900);
    let full = cache.snapshot(None);
    let at = |offset: usize, byte: u8| {
        let mut bytes = full.clone();
        bytes[offset] = byte;
        bytes
    };
    vec![
        ("empty", b'0', empty),
        ("full", b'0', full.clone()),
        ("authentic", b'1', cache.snapshot(Some(b"an obviously false snapshot key!"))),
        ("not-authentic", b'1', cache.snapshot(Some(b"another false snapshot key......"))),
        ("cut-off", b'0', full[..full.len() / 2].to_vec()),
        ("more-behind", b'0', [&full[..], b"more"].concat()),
        ("other-version", b'0', at(4, 9)),
        ("many-issuers", b'0', at(7, 0xFF)),
        ("no-utf8", b'0', at(12, 0xFF)),
    ]
}

fn fetch(cache: &mut KeyCache, issuer: &str, body: &str, secs: u64) {
    let now = Timestamp::from_secs(secs);
    let ticket = match cache.keys(issuer, Some("nobody"), true, now, 0) {
        KeyAnswer::Fetch(ticket) | KeyAnswer::UseAndRefresh(_, ticket) => ticket,
        _ => panic!("nothing to fetch"),
    };
    let outcome = FetchOutcome::Body { body: body.as_bytes(), max_age_secs: None, etag: Some("\"7\"") };
    cache.fetched(ticket, outcome, now).unwrap();
}

fn keys() -> String {
    let (a, b) = (ed25519_jwk(r#","kid":"a""#), p256_jwk(r#","kid":"b""#));
    format!("{{\"keys\":[\n{a},\n{b},\n{},\n{{\"kty\":\"AKP\",\"kid\":\"pq\"}}\n]}}\n", rsa_jwk())
}

fn claims(more: &str) -> String {
    format!(r#"{{"iss":"https://issuer.example","aud":"https://api.example","exp":1800000600{more}}}"#)
}

fn two_audiences() -> String {
    claims("").replace(r#""https://api.example""#, r#"["https://web.example","https://api.example"]"#)
}

/// R and S of nothing: fits many messages where verifiers are loose.
fn low_order(header: &str) -> String {
    unsigned(header, &claims(""), &[&[1][..], &[0; 63]].concat())
}

fn ed25519(header: &str, claims: &str) -> String {
    EdKey::new(1).sign(header, claims)
}

fn es256(header: &str, claims: &str) -> String {
    EcKey::new(2).sign(header, claims)
}

fn hs256(header: &str, claims: &str) -> String {
    hs256_with(b"an obviously false test secret!!", header, claims)
}

fn unsigned(header: &str, claims: &str, signature: &[u8]) -> String {
    [header.as_bytes(), claims.as_bytes(), signature].map(base64url).join(".")
}

fn ed25519_jwk(more: &str) -> String {
    EdKey::new(1).jwk(more)
}

fn p256_jwk(more: &str) -> String {
    EcKey::new(2).jwk(more)
}

/// A modulus of no known factors: 2,048 bits of hashes, the first and the last set.
fn rsa_jwk() -> String {
    let mut modulus: Vec<u8> = (0..8).flat_map(|i| Sha256::digest([b'r', i])).collect();
    modulus[0] |= 0x80;
    modulus[255] |= 1;
    format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB","kid":"r"}}"#, base64url(&modulus))
}
