//! Raw signatures against the public vectors: every verdict as labelled.

use edgewarden::jwt::signature::precheck;
use edgewarden::jwt::{Algorithm, Code, KeySet, VerificationKey};
use edgewarden::text::json::Json;

use super::vectors::{base64url, entries, hex, member, number, read, string};

#[test]
fn rsa_pkcs1_v15_accepts_exactly_the_valid() {
    for (file, algorithm) in [
        ("rsa_signature_2048_sha256", Algorithm::Rs256),
        ("rsa_signature_2048_sha384", Algorithm::Rs384),
        ("rsa_signature_2048_sha512", Algorithm::Rs512),
        ("rsa_signature_3072_sha256", Algorithm::Rs256),
        ("rsa_signature_3072_sha384", Algorithm::Rs384),
        ("rsa_signature_4096_sha256", Algorithm::Rs256),
        ("rsa_signature_4096_sha512", Algorithm::Rs512),
    ] {
        // One signature of each file leaves out the NULL of DigestInfo, which RFC 8017 forbids and some accept.
        every_verdict(file, algorithm, "sig", |case| string(case, "result") == "valid");
    }
}

#[test]
fn rsa_pss_accepts_exactly_the_valid() {
    for (file, algorithm) in [
        ("rsa_pss_2048_sha256_mgf1_32", Algorithm::Ps256),
        ("rsa_pss_2048_sha384_mgf1_48", Algorithm::Ps384),
        ("rsa_pss_3072_sha256_mgf1_32", Algorithm::Ps256),
        ("rsa_pss_4096_sha512_mgf1_64", Algorithm::Ps512),
    ] {
        every_verdict(file, algorithm, "sig", |case| string(case, "result") == "valid");
    }
}

#[test]
fn b7_pss_with_another_salt_length_is_refused() {
    // The signatures of this file have no salt, but for one that was changed to have the salt that PS256 asks for.
    every_verdict("rsa_pss_2048_sha256_mgf1_0", Algorithm::Ps256, "sig", |case| {
        string(case, "comment") == "s_len changed to 32"
    });
}

#[test]
fn b5_rsa_keys_of_1024_bits_are_refused_when_they_are_read() {
    let Some(file) = read("wycheproof/rsa_pkcs1_1024_sig_gen_test.json") else { return };
    for group in entries(&file, "testGroups") {
        let numbers = member(group, "privateKey");
        let jwk = rsa_jwk(string(numbers, "modulus"), string(numbers, "publicExponent"));
        let set = KeySet::from_jwks(&format!("{{\"keys\":[{jwk}]}}"), Default::default()).unwrap();
        assert!(set.keys().is_empty());
        assert_eq!(set.refused().first().map(|key| key.code), Some(Code::WeakKey));
    }
}

#[test]
fn ecdsa_accepts_exactly_the_valid() {
    every_verdict("ecdsa_secp256r1_sha256_p1363", Algorithm::Es256, "sig", |case| string(case, "result") == "valid");
    every_verdict("ecdsa_secp384r1_sha384_p1363", Algorithm::Es384, "sig", |case| string(case, "result") == "valid");
}

#[test]
fn b2_signatures_as_der_are_refused() {
    every_verdict("ecdsa_secp256r1_sha256", Algorithm::Es256, "sig", |_| false);
}

#[test]
fn ed25519_accepts_exactly_the_valid() {
    every_verdict("ed25519", Algorithm::EdDsa, "sig", |case| string(case, "result") == "valid");
}

#[test]
fn b9_hmac_wants_the_whole_tag() {
    for (file, algorithm, bytes) in [
        ("hmac_sha256", Algorithm::Hs256, 32),
        ("hmac_sha384", Algorithm::Hs384, 48),
        ("hmac_sha512", Algorithm::Hs512, 64),
    ] {
        let Some(file) = read(&format!("wycheproof/{file}_test.json")) else { return };
        for case in entries(&file, "testGroups").iter().flat_map(|group| entries(group, "tests")) {
            let secret = hex(string(case, "key"));
            let set = KeySet::from_secret(&secret, None, [algorithm]);
            if secret.len() < bytes {
                assert!(set.is_err(), "a secret of {} bytes is too short", secret.len());
                continue;
            }
            let set = set.unwrap();
            let key = set.choose(algorithm, None).unwrap();
            let tag = hex(string(case, "tag"));
            let valid = string(case, "result") == "valid" && tag.len() == bytes;
            assert_eq!(
                verdict(algorithm, key, &hex(string(case, "msg")), &tag),
                valid,
                "test {}",
                number(case, "tcId")
            );
        }
    }
}

#[test]
fn b8_ed25519_edge_cases_are_those_of_strict_verification() {
    let Some(file) = read("ed25519/cctv_ed25519vectors.json") else { return };
    let accepted = file.as_array().unwrap().iter().filter(|case| {
        let message = string(case, "msg").as_bytes();
        let Some(set) = key_set(&ed25519_jwk(string(case, "key"))) else { return false };
        let key = set.choose(Algorithm::EdDsa, None).unwrap();
        verdict(Algorithm::EdDsa, key, message, &hex(string(case, "sig")))
    });
    assert_eq!(accepted.count(), 43);
}

#[test]
fn b8_points_of_small_order_are_refused_as_keys_and_in_signatures() {
    let Some(file) = read("ed25519/speccheck_cases.json") else { return };
    let verdicts: Vec<bool> = file
        .as_array()
        .unwrap()
        .iter()
        .map(|case| {
            let Some(set) = key_set(&ed25519_jwk(string(case, "pub_key"))) else { return false };
            let key = set.choose(Algorithm::EdDsa, None).unwrap();
            verdict(Algorithm::EdDsa, key, &hex(string(case, "message")), &hex(string(case, "signature")))
        })
        .collect();
    // The one case with points of mixed order that RFC 8032's strict equation accepts is 3; 4 and 5 need the loose one.
    assert_eq!(verdicts.iter().filter(|v| **v).count(), 1);
    assert!(verdicts[3]);
}

/// Asks for the verdict on each case of a file and compares it with what `valid` says of the case.
fn every_verdict(file: &str, algorithm: Algorithm, signature: &str, valid: impl Fn(&Json) -> bool) {
    let Some(vectors) = read(&format!("wycheproof/{file}_test.json")) else { return };
    let mut count = 0;
    for group in entries(&vectors, "testGroups") {
        let Some(set) = key_set(&jwk_of(group)) else {
            assert!(entries(group, "tests").iter().all(|case| !valid(case)), "{file}: a key with valid signatures");
            continue;
        };
        let key = set.choose(algorithm, None).unwrap();
        for case in entries(group, "tests") {
            let (message, bytes) = (hex(string(case, "msg")), hex(string(case, signature)));
            let found = verdict(algorithm, key, &message, &bytes);
            assert_eq!(found, valid(case), "{file} test {}: {}", number(case, "tcId"), string(case, "comment"));
            count += 1;
        }
    }
    assert!(count > 0, "{file} has no cases");
}

fn verdict(algorithm: Algorithm, key: &VerificationKey, message: &[u8], signature: &[u8]) -> bool {
    precheck(algorithm, key, signature).is_ok() && super::verifier().verify(algorithm, key, message, signature)
}

fn key_set(jwk: &str) -> Option<KeySet> {
    let set = KeySet::from_jwks(&format!("{{\"keys\":[{jwk}]}}"), Default::default()).ok()?;
    (!set.keys().is_empty()).then_some(set)
}

/// A JWK of the numbers in a group, without `alg` and `kid`.
fn jwk_of(group: &Json) -> String {
    let numbers = member(group, "publicKey");
    if numbers.get("modulus").is_some() {
        return rsa_jwk(string(numbers, "modulus"), string(numbers, "publicExponent"));
    }
    if string(group, "type") == "EddsaVerify" {
        return ed25519_jwk(string(numbers, "pk"));
    }
    let point = hex(string(numbers, "uncompressed"));
    let (x, y) = point[1..].split_at(point.len() / 2);
    let curve = if x.len() == 32 { "P-256" } else { "P-384" };
    format!(r#"{{"kty":"EC","crv":"{curve}","x":"{}","y":"{}"}}"#, base64url(x), base64url(y))
}

fn rsa_jwk(modulus: &str, exponent: &str) -> String {
    let number = |digits: &str| {
        let even = if digits.len().is_multiple_of(2) { digits.to_owned() } else { format!("0{digits}") };
        let bytes = hex(&even);
        base64url(&bytes[bytes.iter().take_while(|b| **b == 0).count()..])
    };
    format!(r#"{{"kty":"RSA","n":"{}","e":"{}"}}"#, number(modulus), number(exponent))
}

fn ed25519_jwk(key: &str) -> String {
    format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, base64url(&hex(key)))
}
