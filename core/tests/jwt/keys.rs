//! Which key a token is verified with.

use edgewarden::jwt::{Algorithm, Code, KeySet, Retry, VerifiedToken, VerifyError};

use super::sign::{EcKey, EdKey, HEADER, NOW, NOW_SECS, SECRET, claims, code, hs, hs256, key_set, public, verify};

const EDDSA: &str = r#"{"alg":"EdDSA"}"#;
const EDDSA_A: &str = r#"{"alg":"EdDSA","kid":"a"}"#;
const ES256_A: &str = r#"{"alg":"ES256","kid":"a"}"#;

fn verdict(tries: usize, token: &str, keys: &KeySet) -> Result<VerifiedToken, VerifyError> {
    let algorithms = [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Es384, Algorithm::Rs256, Algorithm::Ps256];
    verify(&public(algorithms).kidless_tries(tries).build().unwrap(), token, keys, NOW)
}

#[test]
fn a3_key_of_another_algorithm_or_curve_does_not_verify() {
    let (ed, ec) = (EdKey::new(1), EcKey::new(1));
    for (key, token) in [
        (ec.jwk(r#","kid":"a","alg":"ES384""#), ec.sign(ES256_A, &claims(""))),
        (ec.jwk(r#","kid":"a","alg":"ES256K""#), ec.sign(ES256_A, &claims(""))),
        (ec.jwk(r#","kid":"a""#).replace("P-256", "secp256k1"), ec.sign(ES256_A, &claims(""))),
        (ed.jwk(r#","kid":"a""#).replace("Ed25519", "X25519"), ed.sign(EDDSA_A, &claims(""))),
        (ed.jwk(r#","kid":"a""#), ec.sign(ES256_A, &claims(""))),
        (ec.jwk(r#","kid":"a""#), ed.sign(EDDSA_A, &claims(""))),
    ] {
        assert_eq!(code(&verdict(0, &token, &key_set(std::slice::from_ref(&key)))), "alg_key_mismatch", "{key}");
    }
    let token = ec.sign(r#"{"alg":"ES256K","kid":"a"}"#, &claims(""));
    assert_eq!(code(&verdict(0, &token, &key_set(&[ec.jwk(r#","kid":"a""#)]))), "alg_not_allowed");
}

#[test]
fn a4_key_that_is_not_for_verifying_does_not_verify() {
    let key = EcKey::new(1);
    let token = key.sign(ES256_A, &claims(""));
    for more in [
        r#","use":"enc""#,
        r#","key_ops":["sign"]"#,
        r#","key_ops":["verify","verify"]"#,
        r#","key_ops":["verify",1]"#,
        r#","key_ops":"verify""#,
    ] {
        let keys = key_set(&[key.jwk(&format!(r#","kid":"a"{more}"#))]);
        assert_eq!(code(&verdict(0, &token, &keys)), "key_not_usable", "{more}");
    }
    let keys = key_set(&[key.jwk(r#","kid":"a","use":"sig","key_ops":["verify"],"alg":"ES256""#)]);
    assert_eq!(code(&verdict(0, &token, &keys)), "ok");
}

#[test]
fn a7_token_without_kid_needs_one_key_that_fits() {
    let (a, b, ec) = (EdKey::new(1), EdKey::new(2), EcKey::new(1));
    let token = a.sign(EDDSA, &claims(""));
    let one = key_set(&[a.jwk(r#","kid":"a""#), ec.jwk(r#","kid":"b""#)]);
    assert_eq!(code(&verdict(0, &token, &one)), "ok");
    let two = key_set(&[b.jwk(r#","kid":"b""#), a.jwk(r#","kid":"a""#)]);
    assert_eq!(code(&verdict(0, &token, &two)), "ambiguous_key");
    let nameless = key_set(&[a.jwk("")]);
    assert_eq!(code(&verdict(0, &a.sign(EDDSA_A, &claims("")), &nameless)), "ok");
    assert_eq!(code(&verdict(0, &token, &key_set(&[]))), "unknown_key");
}

#[test]
fn a7_several_keys_are_tried_as_far_as_the_policy_allows() {
    let pairs: Vec<EdKey> = (1..=5).map(EdKey::new).collect();
    let jwks: Vec<String> =
        pairs.iter().zip("abcde".chars()).map(|(k, c)| k.jwk(&format!(r#","kid":"{c}""#))).collect();
    let token = pairs[3].sign(EDDSA, &claims(""));
    let four = key_set(&jwks[..4]);
    let verified = verdict(4, &token, &four).unwrap();
    assert_eq!(verified.key_thumbprint(), four.keys()[3].thumbprint());
    assert_eq!(code(&verdict(3, &token, &four)), "ambiguous_key");
    assert_eq!(code(&verdict(4, &token, &key_set(&jwks))), "ambiguous_key", "five keys, four tries");
    let stranger = EdKey::new(9).sign(EDDSA, &claims(""));
    assert_eq!(code(&verdict(4, &stranger, &four)), "bad_signature");
    // A name is never guessed at.
    assert_eq!(code(&verdict(4, &pairs[3].sign(EDDSA_A, &claims("")), &four)), "bad_signature");
}

#[test]
fn a8_keys_of_one_kid_are_told_apart_by_algorithm() {
    let (ed, ec, other) = (EdKey::new(1), EcKey::new(1), EdKey::new(2));
    let named = r#","kid":"a""#;
    let both = key_set(&[ec.jwk(named), ed.jwk(named)]);
    assert_eq!(code(&verdict(0, &ed.sign(EDDSA_A, &claims("")), &both)), "ok");
    assert_eq!(code(&verdict(0, &ec.sign(ES256_A, &claims("")), &both)), "ok");
    let twins = key_set(&[ed.jwk(named), other.jwk(named)]);
    for tries in [0, 4] {
        assert_eq!(code(&verdict(tries, &ed.sign(EDDSA_A, &claims("")), &twins)), "ambiguous_key");
    }
}

#[test]
fn cheap_checks_come_before_keys_and_keys_before_signatures() {
    let key = EdKey::new(1);
    let keys = key_set(&[key.jwk(r#","kid":"a""#)]);
    let expired = claims("").replace(&(NOW_SECS + 300).to_string(), "1");
    let unknown = r#"{"alg":"EdDSA","kid":"nobody"}"#;
    assert_eq!(code(&verdict(0, &key.sign(unknown, &expired), &keys)), "token_expired");
    assert_eq!(code(&verdict(0, &key.sign(unknown, &claims("")), &keys)), "unknown_key");
    let mut wrong = EdKey::new(2).sign(EDDSA_A, &expired);
    assert_eq!(code(&verdict(0, &wrong, &keys)), "token_expired");
    wrong = EdKey::new(2).sign(EDDSA_A, &claims(""));
    assert_eq!(code(&verdict(0, &wrong, &keys)), "bad_signature");
    let (rest, _) = wrong.rsplit_once('.').unwrap();
    assert_eq!(code(&verdict(0, &format!("{rest}.AAAA"), &keys)), "bad_signature_length");
}

#[test]
fn unknown_key_says_that_fetching_may_help_and_a_wrong_signature_does_not() {
    let key = EdKey::new(1);
    let keys = key_set(&[key.jwk(r#","kid":"a""#)]);
    let error = verdict(0, &key.sign(r#"{"alg":"EdDSA","kid":"b"}"#, &claims("")), &keys).unwrap_err();
    assert_eq!((error.code, error.retry), (Code::UnknownKey, Retry::AfterRefresh));
    let error = verdict(0, &EdKey::new(2).sign(EDDSA_A, &claims("")), &keys).unwrap_err();
    assert_eq!((error.code, error.retry), (Code::BadSignature, Retry::Never), "the keys come from no cache");
}

#[test]
fn plausible_token_names_its_key_before_any_is_at_hand() {
    let verifier = public([Algorithm::EdDsa]).build().unwrap();
    let key = EdKey::new(1);
    let token = key.sign(EDDSA_A, &claims(""));
    let plausible = verifier.plausible(&token, NOW).unwrap();
    assert_eq!((plausible.kid(), plausible.algorithm()), (Some("a"), Algorithm::EdDsa));
    assert_eq!(verifier.issuer(), Some("https://issuer.example"));
    let verified = plausible.verify(&key_set(&[key.jwk(r#","kid":"a""#)]), NOW).unwrap();
    assert_eq!(verified.algorithm(), Algorithm::EdDsa);
    assert_eq!(verified.header().kid(), Some("a"));
}

#[test]
fn token_that_ends_while_keys_are_fetched_is_refused() {
    use edgewarden::time::Timestamp;
    let verifier = public([Algorithm::EdDsa]).build().unwrap();
    let key = EdKey::new(1);
    let (token, keys) = (key.sign(EDDSA_A, &claims("")), key_set(&[key.jwk(r#","kid":"a""#)]));
    let after = |secs: u64| {
        let later = Timestamp::from_secs(NOW_SECS + secs);
        code(&verifier.plausible(&token, NOW).unwrap().verify(&keys, later))
    };
    assert_eq!((after(0), after(359), after(360)), ("ok", "ok", "token_expired"));
    let none = verifier.plausible(&token, NOW).unwrap().verify(&key_set(&[]), Timestamp::from_secs(NOW_SECS + 360));
    assert_eq!(code(&none), "token_expired", "times come before keys");
}

#[test]
fn nameless_key_stands_for_every_name_where_it_is_the_only_one_of_the_set() {
    let key = EdKey::new(1);
    let token = key.sign(EDDSA_A, &claims(""));
    let beside = |other: &str| code(&verdict(0, &token, &key_set(&[key.jwk(""), other.to_owned()])));
    assert_eq!(code(&verdict(0, &token, &key_set(&[key.jwk("")]))), "ok");
    assert_eq!(beside(&EdKey::new(2).jwk("")), "unknown_key");
    assert_eq!(beside(r#"{"kty":"AKP","alg":"ML-DSA-44","kid":"pq","pub":"AA"}"#), "unknown_key");
    assert_eq!(beside(r#"{"kty":"AKP","alg":"ML-DSA-44","kid":"a","pub":"AA"}"#), "alg_key_mismatch");
    let without = key.sign(EDDSA, &claims(""));
    let keys = key_set(&[key.jwk(""), r#"{"kty":"AKP","kid":"pq"}"#.to_owned()]);
    assert_eq!(code(&verdict(0, &without, &keys)), "ok", "no name is asked for");
}

#[test]
fn ed25519_is_another_name_of_eddsa_in_keys_and_tokens() {
    let key = EdKey::new(1);
    let ed25519 = r#"{"alg":"Ed25519","kid":"a"}"#;
    for alg in ["", r#","alg":"EdDSA""#, r#","alg":"Ed25519""#] {
        let keys = key_set(&[key.jwk(&format!(r#","kid":"a"{alg}"#))]);
        for header in [EDDSA_A, ed25519] {
            let verified = verdict(0, &key.sign(header, &claims("")), &keys).unwrap();
            assert_eq!(
                (verified.algorithm(), verified.algorithm().name()),
                (Algorithm::EdDsa, "EdDSA"),
                "{alg} {header}"
            );
        }
        for other in [r#"{"alg":"ed25519","kid":"a"}"#, r#"{"alg":"Ed448","kid":"a"}"#] {
            assert_eq!(code(&verdict(0, &key.sign(other, &claims("")), &keys)), "alg_not_allowed");
        }
    }
    // It opens nothing to a policy that has no EdDSA, and no other kind of key has it.
    let keys = key_set(&[key.jwk(r#","kid":"a""#)]);
    let strict = public([Algorithm::Es256]).build().unwrap();
    assert_eq!(code(&verify(&strict, &key.sign(ed25519, &claims("")), &keys, NOW)), "alg_not_allowed");
    let ec = EcKey::new(1);
    let wrong = key_set(&[ec.jwk(r#","kid":"a","alg":"Ed25519""#)]);
    assert_eq!(code(&verdict(0, &ec.sign(ES256_A, &claims("")), &wrong)), "alg_key_mismatch");
}

#[test]
fn host_that_takes_long_does_not_lengthen_a_token() {
    use edgewarden::time::Timestamp;
    let verifier = hs().build().unwrap();
    let begin = || verifier.begin(&hs256(HEADER, claims("")), verifier.shared_keys().unwrap(), NOW).unwrap();
    assert_eq!(code(&begin().finish(true, NOW)), "ok");
    assert_eq!(code(&begin().finish(false, NOW)), "bad_signature");
    assert_eq!(code(&begin().finish(true, Timestamp::from_secs(NOW_SECS + 360))), "token_expired");
    let mut check = begin();
    assert!(!check.next_key(), "there is one key");
    assert_eq!(check.signature().len(), 32);
    assert_eq!(check.key().algorithms().iter().collect::<Vec<_>>(), [Algorithm::Hs256]);
}

#[test]
fn verifier_for_hosts_alone_accepts_no_signature_itself() {
    use edgewarden::jwt::{HostOnly, TokenVerifier};
    let host_only = TokenVerifier::builder_with(std::sync::Arc::new(HostOnly))
        .issuer("https://issuer.example")
        .audience("https://api.example")
        .shared_secret(&SECRET, [Algorithm::Hs256])
        .build()
        .unwrap();
    let (token, keys) = (hs256(HEADER, claims("")), host_only.shared_keys().unwrap());
    assert_eq!(host_only.verify(&token, keys, NOW).unwrap_err().code, Code::BadSignature);
    assert!(host_only.begin(&token, keys, NOW).unwrap().finish(true, NOW).is_ok());
    assert_eq!(host_only.fingerprint(), hs().build().unwrap().fingerprint());
}
