//! Headers: algorithms, keys that the sender chose, names of keys, types, extensions.

use edgewarden::jwt::{Algorithm, Place, Profile, TokenVerifierBuilder};

use super::sign::{
    EcKey, EdKey, HEADER, NOW, SECRET, claims, code, code_of, hs, hs256, hs256_with, key_set, mac_of, public, verify,
};
use super::vectors::base64url;

#[test]
fn a1_no_algorithm_no_token() {
    let names =
        ["\"none\"", "\"None\"", "\"nOnE\"", "\"\"", "\"hs256\"", "\"HS256 \"", "256", "null", "[\"HS256\"]", "{}"];
    let headers = names.map(|name| format!(r#"{{"alg":{name},"typ":"JWT"}}"#));
    for header in headers.iter().map(String::as_str).chain([r#"{"typ":"JWT"}"#, "{}"]) {
        let signed = hs256(header, claims(""));
        let unsigned = format!("{}.{}.", base64url(header.as_bytes()), base64url(claims("").as_bytes()));
        for token in [signed, unsigned] {
            assert_eq!(code_of(hs(), &token), "alg_not_allowed", "{header}");
        }
    }
}

#[test]
fn a1_signature_cannot_be_left_out() {
    let token = hs256(HEADER, claims(""));
    let (unsigned, _) = token.rsplit_once('.').unwrap();
    assert_eq!(code_of(hs(), &format!("{unsigned}.")), "bad_signature_length");
    assert_eq!(code_of(hs(), unsigned), "not_jws");
}

#[test]
fn a2_public_key_is_no_secret() {
    let key = EcKey::new(7);
    let keys = key_set(&[key.jwk(r#","kid":"a""#)]);
    let (x, y) = key.point();
    let der: Vec<u8> = [
        &[0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08][..],
        &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04],
        &x,
        &y,
    ]
    .concat();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", base64url(&der));
    let secrets = [pem.clone(), format!("{pem}\n"), format!(" {pem}"), key.jwk(""), format!("{}\n", key.jwk(""))];
    let secrets = secrets.into_iter().map(String::into_bytes).chain([der.clone(), [der, vec![b'\n']].concat(), x]);
    for secret in secrets {
        for header in [r#"{"alg":"HS256","kid":"a"}"#, HEADER] {
            let token = hs256_with(&secret, header, claims(""));
            let asymmetric = public([Algorithm::Es256, Algorithm::Rs256]).build().unwrap();
            assert_eq!(code(&verify(&asymmetric, &token, &keys, NOW)), "alg_not_allowed");
            let symmetric = hs().build().unwrap();
            assert_eq!(code(&verify(&symmetric, &token, &keys, NOW)), "alg_key_mismatch");
        }
    }
}

#[test]
fn a2_secret_of_another_policy_is_no_secret_of_this_one() {
    use edgewarden::jwt::KeySet;
    let other = KeySet::from_secret(&[1; 32], None, [Algorithm::Hs256]).unwrap();
    let verifier = hs().build().unwrap();
    let token = hs256_with(&[1; 32], HEADER, claims(""));
    assert_eq!(code(&verify(&verifier, &token, &other, NOW)), "alg_key_mismatch");
    let same = KeySet::from_secret(&SECRET, Some("named"), [Algorithm::Hs256]).unwrap();
    let token = hs256(r#"{"alg":"HS256","kid":"named"}"#, claims(""));
    assert_eq!(code(&verify(&verifier, &token, &same, NOW)), "ok");
}

#[test]
fn a5_key_that_the_sender_brings_is_not_looked_at() {
    let (issuer, attacker) = (EdKey::new(1), EdKey::new(2));
    let keys = key_set(&[issuer.jwk(r#","kid":"a""#)]);
    let verifier = public([Algorithm::EdDsa]).build().unwrap();
    let brought = [
        format!(r#""jwk":{}"#, attacker.jwk(r#","kid":"a""#)),
        r#""jwk":"no key at all""#.into(),
        r#""jku":"https://attacker.example/keys""#.into(),
        r#""x5u":"https://attacker.example/cert""#.into(),
        r#""x5c":["MIIB"],"x5t":"AA","x5t#S256":"AA""#.into(),
        r#""jku":7,"x5u":[],"x5c":{}"#.into(),
    ];
    for brought in brought {
        let header = format!(r#"{{"alg":"EdDSA","kid":"a",{brought}}}"#);
        assert_eq!(code(&verify(&verifier, &attacker.sign(&header, &claims("")), &keys, NOW)), "bad_signature");
        assert_eq!(code(&verify(&verifier, &issuer.sign(&header, &claims("")), &keys, NOW)), "ok");
    }
}

#[test]
fn a6_kid_is_a_short_string_that_is_compared_byte_for_byte() {
    let key = EdKey::new(1);
    let keys = key_set(&[key.jwk(r#","kid":"caf\u00e9""#), EdKey::new(2).jwk(r#","kid":"b""#)]);
    let verifier = public([Algorithm::EdDsa]).build().unwrap();
    let code_of = |kid: &str| {
        let token = key.sign(&format!(r#"{{"alg":"EdDSA","kid":{kid}}}"#), &claims(""));
        code(&verify(&verifier, &token, &keys, NOW))
    };
    assert_eq!(code_of("\"caf\u{e9}\""), "ok");
    assert_eq!(code_of(r#""caf\u00e9""#), "ok");
    for kid in [
        r#""../../../../dev/null""#,
        r#""' OR 1=1 --""#,
        r#""caf\u00e9\u0000""#,
        r#""\u0000""#,
        r#""cafe\u0301""#,
        r#""caf\u00e9 ""#,
        r#"" caf\u00e9""#,
        r#""CAF\u00c9""#,
        r#""""#,
        r#""https://attacker.example/key""#,
    ] {
        assert_eq!(code_of(kid), "unknown_key", "{kid}");
    }
    for kid in ["1", "null", "true", "[\"b\"]", "{}", "1e999"] {
        assert_eq!(code_of(kid), "bad_header", "{kid}");
    }
    assert_eq!(code_of(&format!("\"{}\"", "k".repeat(256))), "unknown_key");
    assert_eq!(code_of(&format!("\"{}\"", "k".repeat(257))), "too_large");
    assert_eq!(code_of(&format!("\"{}\"", "k".repeat(64 * 1024))), "too_large");
    assert_eq!(code_of("\"a\0b\""), "bad_json");
}

#[test]
fn a6_error_about_a_kid_holds_none_of_it() {
    let verifier = public([Algorithm::EdDsa]).build().unwrap();
    let token = EdKey::new(1).sign(r#"{"alg":"EdDSA","kid":"smuggled\nline"}"#, &claims(""));
    let keys = key_set(&[]);
    let error = verifier.verify(&token, &keys, NOW).unwrap_err();
    let explanation = verifier.explain(&token, &keys, NOW);
    assert!(!format!("{error} {error:?} {explanation:?}").contains("smuggled"));
}

#[test]
fn c7_type_is_that_of_the_profile() {
    let access = r#","sub":"s","client_id":"c","iat":1699999990,"jti":"j""#;
    let typ = |typ: &str| match typ {
        "" => HEADER.to_string(),
        typ => format!(r#"{{"alg":"HS256","typ":{typ}}}"#),
    };
    let verdict = |profile: Profile, header: &str| code_of(hs().profile(profile), &hs256(typ(header), claims(access)));
    let id_token = || Profile::IdToken { nonce: None };
    for header in ["", r#""JWT""#, r#""jwt""#, r#""application/jwt""#] {
        assert_eq!(verdict(Profile::Jwt, header), "ok", "{header}");
        assert_eq!(verdict(id_token(), header), "ok", "{header}");
        assert_eq!(verdict(Profile::AccessToken, header), "typ_mismatch", "{header}");
    }
    for header in [r#""at+jwt""#, r#""AT+JWT""#, r#""application/at+jwt""#, r#""Application/At+Jwt""#] {
        assert_eq!(verdict(Profile::AccessToken, header), "ok", "{header}");
        assert_eq!(verdict(Profile::Jwt, header), "typ_mismatch", "{header}");
        assert_eq!(verdict(id_token(), header), "typ_mismatch", "{header}");
    }
    for header in [
        r#""secevent+jwt""#,
        r#""logout+jwt""#,
        r#""dpop+jwt""#,
        r#""""#,
        r#""application/""#,
        r#""text/at+jwt""#,
        r#""application/application/at+jwt""#,
        r#"" at+jwt""#,
        r#""at+jwt; v=1""#,
        r#""JOSE""#,
    ] {
        assert_eq!(verdict(Profile::Jwt, header), "typ_mismatch", "{header}");
        assert_eq!(verdict(Profile::AccessToken, header), "typ_mismatch", "{header}");
    }
    for header in ["5", "null", "[\"JWT\"]", "{}", "false"] {
        assert_eq!(verdict(Profile::Jwt, header), "bad_header", "{header}");
    }
}

#[test]
fn c7_proof_of_possession_is_not_verified_without_its_request() {
    let verifier = edgewarden::jwt::TokenVerifier::builder().profile(Profile::DpopProof).algorithms([Algorithm::EdDsa]);
    let verifier = verifier.build().unwrap();
    let key = EdKey::new(1);
    let header = format!(r#"{{"alg":"EdDSA","typ":"dpop+jwt","jwk":{}}}"#, key.jwk(""));
    let proof = key.sign(&header, r#"{"jti":"j","htm":"GET","htu":"https://a.example/","iat":1700000000}"#);
    assert_eq!(code(&verify(&verifier, &proof, &key_set(&[key.jwk("")]), NOW)), "proof_mismatch");
}

#[test]
fn d6_what_is_critical_is_not_understood() {
    for crit in [
        r#"["exp"],"exp":1"#,
        r#"["http://example.com/UNDEFINED"],"http://example.com/UNDEFINED":true"#,
        "[]",
        "\"exp\"",
        "null",
        "{}",
        "[1]",
        r#"["alg"]"#,
        r#"["x","x"],"x":1"#,
        r#"["absent"]"#,
        r#"["b64"],"b64":true"#,
    ] {
        let token = hs256(format!(r#"{{"alg":"HS256","crit":{crit}}}"#), claims(""));
        assert_eq!(code_of(hs(), &token), "crit_unsupported", "{crit}");
    }
}

#[test]
fn d7_payloads_are_encoded_and_no_tokens() {
    let payload = claims("");
    let header = |more: &str| format!(r#"{{"alg":"HS256",{more}}}"#);
    for more in [r#""b64":false"#, r#""b64":false,"crit":["b64"]"#] {
        assert_eq!(code_of(hs(), &hs256(header(more), &payload)), "b64_unsupported", "{more}");
        let raw = mac_of(&SECRET, &format!("{}.{}", base64url(header(more).as_bytes()), "$.02"));
        assert_eq!(code_of(hs(), &raw), "not_jws", "a dot in the payload");
        let detached = mac_of(&SECRET, &format!("{}.", base64url(header(more).as_bytes())));
        assert_eq!(code_of(hs(), &detached), "b64_unsupported");
    }
    assert_eq!(code_of(hs(), &hs256(header(r#""b64":true"#), &payload)), "ok");
    for more in [r#""b64":"false""#, r#""b64":0"#, r#""b64":null"#] {
        assert_eq!(code_of(hs(), &hs256(header(more), &payload)), "bad_header", "{more}");
    }
    for cty in ["JWT", "jwt", "application/jwt", "at+jwt", "Application/AT+JWT"] {
        let token = hs256(header(&format!(r#""cty":"{cty}""#)), hs256(HEADER, &payload));
        assert_eq!(code_of(hs(), &token), "nested_unsupported", "{cty}");
    }
    assert_eq!(code_of(hs(), &hs256(header(r#""cty":"json""#), &payload)), "ok");
    assert_eq!(code_of(hs(), &hs256(header(r#""cty":1"#), &payload)), "bad_header");
    assert_eq!(code_of(hs(), &mac_of(&SECRET, &format!("{}.", base64url(HEADER.as_bytes())))), "bad_json");
}

#[test]
fn errors_say_which_parameter() {
    let at = |policy: TokenVerifierBuilder, header: &str| {
        let verifier = policy.build().unwrap();
        verifier.verify(&hs256(header, claims("")), verifier.shared_keys().unwrap(), NOW).unwrap_err().at
    };
    assert_eq!(at(hs(), "{}"), Place::Header("alg"));
    assert_eq!(at(hs(), r#"{"alg":"HS256","kid":1}"#), Place::Header("kid"));
    assert_eq!(at(hs(), r#"{"alg":"HS256","typ":"x"}"#), Place::Header("typ"));
    assert_eq!(at(hs(), "[]"), Place::Header(""));
}
