//! Keys of the public vectors: which are read, what they are called, and every verdict of the vectors about key sets.

use edgewarden::jwt::signature::{CoreVerifier, SignatureVerifier, precheck};
use edgewarden::jwt::{Algorithm, Code, KeyLimits, KeySet, KeySetError, TokenLimits, UnverifiedToken};
use edgewarden::text::json::Json;

use super::vectors::{base64url, entries, member, read, string, text, write};

#[test]
fn wycheproof_json_web_key_has_every_verdict_as_labelled() {
    let Some(file) = read("wycheproof/json_web_key_test.json") else { return };
    let mut count = 0;
    for group in entries(&file, "testGroups") {
        for case in entries(group, "tests") {
            let expected = string(case, "result") == "valid";
            assert_eq!(
                is_valid(group, string(case, "jws")),
                expected,
                "{:?} {}",
                case.get("tcId"),
                string(case, "comment")
            );
            count += 1;
        }
    }
    assert_eq!(count, 26);
}

/// Public keys are read as such. A group without them is about shared secrets, which have a door of their own.
fn is_valid(group: &Json, token: &str) -> bool {
    let limits = KeyLimits::default();
    let keys = match group.get("public") {
        Some(keys) => KeySet::from_jwks(&write(keys), limits),
        None => KeySet::from_secret_jwks(&write(member(group, "private")), limits),
    };
    let Ok(token) = UnverifiedToken::parse(token, &TokenLimits::default()) else { return false };
    let algorithm = Algorithm::from_name(token.header().algorithm_name()).unwrap();
    keys.is_ok_and(|keys| {
        keys.choose(algorithm, token.header().kid()).is_ok_and(|key| {
            precheck(algorithm, key, token.signature()).is_ok()
                && CoreVerifier.verify(algorithm, key, token.signing_input(), token.signature())
        })
    })
}

#[test]
fn b6_roca_modulus_of_the_vectors_is_weak_and_costs_no_other_key() {
    let Some(file) = read("wycheproof/json_web_key_test.json") else { return };
    let groups = entries(&file, "testGroups");
    let roca = groups.iter().find(|group| string(group, "comment") == "jws_rsa_roca_key").unwrap();
    let keys = KeySet::from_jwks(&write(member(roca, "public")), KeyLimits::default()).unwrap();
    assert_eq!(keys.refused().iter().map(|key| key.code).collect::<Vec<_>>(), [Code::WeakKey]);
    let weak: Vec<Code> = groups
        .iter()
        .filter_map(|group| KeySet::from_jwks(&write(group.get("public")?), KeyLimits::default()).ok())
        .flat_map(|keys| keys.refused().iter().map(|key| key.code).collect::<Vec<_>>())
        .filter(|code| *code == Code::WeakKey)
        .collect();
    assert_eq!(weak.len(), 3, "ROCA, 1,024 bits, exponent 1; no other modulus is taken for one");
}

#[test]
fn no_modulus_of_the_honest_vectors_is_taken_for_a_weak_one() {
    let mut count = 0;
    for bits in
        ["2048_sha256", "2048_sha384", "2048_sha512", "3072_sha256", "3072_sha384", "4096_sha256", "4096_sha512"]
    {
        let Some(file) = read(&format!("wycheproof/rsa_signature_{bits}_test.json")) else { return };
        for group in entries(&file, "testGroups") {
            let Some(jwk) = group.get("publicKeyJwk").or_else(|| group.get("keyJwk")) else { continue };
            assert!(KeySet::from_jwk(&write(jwk)).is_ok());
            count += 1;
        }
    }
    println!("{count} moduli");
}

#[test]
fn thumbprints_of_the_rfcs_come_out() {
    let Some(file) = read("rfc/rfc_examples.json") else { return };
    let examples = entries(&file, "thumbprints");
    assert_eq!(examples.len(), 2);
    for example in examples {
        let keys = KeySet::from_jwk(&write(member(example, "jwk"))).unwrap();
        assert_eq!(base64url(keys.keys()[0].thumbprint()), string(example, "thumbprint_sha256"));
    }
}

#[test]
fn thumbprint_leaves_out_all_that_is_not_the_key() {
    let thumbprint = |json: &str| *KeySet::from_jwk(json).unwrap().keys()[0].thumbprint();
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    let plain = thumbprint(&format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#));
    assert_eq!(base64url(&plain), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let more = r#""use":"sig","alg":"EdDSA","kid":"a","x5c":["MII"],"x5t":"AA","exp":1,"a":{"b":[1,null]}"#;
    assert_eq!(thumbprint(&format!(r#"{{{more}, "x" : "{x}" ,"crv":"Ed25519","kty":"OKP"}}"#)), plain);
}

#[test]
fn keys_of_pyjwt_are_read_or_refused_for_what_they_are() {
    for (file, code) in [
        ("jwk_ec_pub_P-256", None),
        ("jwk_ec_pub_P-384", None),
        ("jwk_ec_pub_P-521", Some(Code::KeyUnsupported)),
        ("jwk_ec_pub_secp256k1", Some(Code::KeyUnsupported)),
        ("jwk_okp_pub_Ed25519", None),
        ("jwk_okp_pub_Ed448", Some(Code::KeyUnsupported)),
        ("jwk_rsa_pub", None),
        ("jwk_ec_key_P-256", Some(Code::PrivateKeyPublished)),
        ("jwk_ec_key_P-521", Some(Code::PrivateKeyPublished)),
        ("jwk_okp_key_Ed25519", Some(Code::PrivateKeyPublished)),
        ("jwk_rsa_key", Some(Code::PrivateKeyPublished)),
        ("jwk_hmac", Some(Code::PrivateKeyPublished)),
    ] {
        let Some(json) = text(&format!("pyjwt/{file}.json")) else { return };
        assert_eq!(KeySet::from_jwk(&json).err(), code.map(KeySetError::KeyRefused), "{file}");
    }
    let keys =
        |file: &str| KeySet::from_jwks(&text(&format!("pyjwt/{file}.json")).unwrap(), KeyLimits::default()).unwrap();
    let unknown = keys("jwk_keyset_only_unknown_alg");
    assert_eq!((unknown.keys().len(), unknown.refused()[0].code), (0, Code::KeyNotUsable));
    assert_eq!(keys("jwk_keyset_with_unknown_alg").keys().len(), 1);
}
