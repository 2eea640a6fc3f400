//! Signed tokens of the public vectors: form, header, key and signature. Their payloads are no claims sets.

use edgewarden::jwt::signature::{CoreVerifier, SignatureVerifier, precheck};
use edgewarden::jwt::{Algorithm, Code, KeyLimits, KeySet, KeySetError, TokenLimits, UnverifiedToken};
use edgewarden::text::json::Json;

use super::vectors::{entries, member, number, read, string, write};

/// What is wrong with a token under a key set; the set itself may be refused.
fn fault(token: &str, keys: &Result<KeySet, KeySetError>) -> Option<String> {
    let keys = match keys {
        Ok(keys) => keys,
        Err(error) => return Some(error.code().to_string()),
    };
    let verdict = UnverifiedToken::parse(token, &TokenLimits::default()).and_then(|token| {
        let header = token.header();
        let Some(algorithm) = Algorithm::from_name(header.algorithm_name()) else {
            return Ok(Some(Code::AlgNotAllowed));
        };
        let key = keys.choose(algorithm, header.kid())?;
        precheck(algorithm, key, token.signature())?;
        let valid = CoreVerifier.verify(algorithm, key, token.signing_input(), token.signature());
        Ok((!valid).then_some(Code::BadSignature))
    });
    verdict.unwrap_or_else(|error| Some(error.code)).map(|code| code.name().to_string())
}

/// A key set of one key or of those of a document; secrets through their own door.
fn key_set(keys: &Json) -> Result<KeySet, KeySetError> {
    let document = match keys.get("keys") {
        Some(_) => write(keys),
        None => format!(r#"{{"keys":[{}]}}"#, write(keys)),
    };
    if document.contains(r#""kty":"oct""#) {
        KeySet::from_secret_jwks(&document, KeyLimits::default())
    } else {
        KeySet::from_jwks(&document, KeyLimits::default())
    }
}

#[test]
fn wycheproof_signatures_get_their_labels_but_for_eight_that_are_wrong() {
    let Some(file) = read("wycheproof/json_web_signature_test.json") else { return };
    // 367 and 370 are the bytes of 357, which is valid; 372 and 373 hold a letter of no alphabet; the keys of 346, 347, 350
    // and 351 are for another algorithm than the token.
    let (accepted, refused) = ([367, 370], [372, 373, 346, 347, 350, 351]);
    let mut count = 0;
    for group in entries(&file, "testGroups") {
        let keys = key_set(group.get("public").unwrap_or_else(|| member(group, "private")));
        for case in entries(group, "tests") {
            let id = number(case, "tcId");
            let labelled = string(case, "result") == "valid";
            let expected = accepted.contains(&id) || labelled && !refused.contains(&id);
            let fault = fault(string(case, "jws"), &keys);
            assert_eq!(fault.is_none(), expected, "test {id}, {}: {fault:?}", string(case, "comment"));
            count += 1;
        }
    }
    assert_eq!(count, 401);
}

#[test]
fn examples_of_the_rfcs_verify() {
    let Some(file) = read("rfc/rfc_examples.json") else { return };
    for example in entries(&file, "jws") {
        let id = string(example, "id");
        let expected = match id {
            "rfc7515-A.4" => Some("alg_not_allowed"), // ES512, which is not supported.
            id if id.starts_with("rfc9449") => Some("unknown_key"), // Verified as a proof, with the key that it brings.
            _ if member(example, "valid").as_bool() == Some(true) => None,
            _ => Some("alg_not_allowed"), // Unsecured.
        };
        let keys = match example.get("jwk") {
            Some(jwk @ Json::Object(_)) => key_set(jwk),
            _ => KeySet::from_jwks(r#"{"keys":[]}"#, KeyLimits::default()),
        };
        assert_eq!(fault(string(example, "jws"), &keys).as_deref(), expected, "{id}");
    }
}

#[test]
fn tokens_of_the_cookbook_verify_and_its_other_forms_are_refused() {
    for name in [
        "jws/4_1.rsa_v15_signature",
        "jws/4_2.rsa-pss_signature",
        "jws/4_3.ecdsa_signature",
        "jws/4_4.hmac-sha2_integrity_protection",
        "curve25519/jws",
    ] {
        let Some(file) = read(&format!("cookbook/{name}.json")) else { return };
        let key = public_half(member(member(&file, "input"), "key"));
        let fault = fault(string(member(&file, "output"), "compact"), &key_set(&key));
        // Example 4.3 is signed with ES512, which is not supported.
        let expected = if name.contains("4_3") { Some("alg_not_allowed") } else { None };
        assert_eq!(fault.as_deref(), expected, "{name}");
    }
    let Some(file) = read("cookbook/jws/4_5.signature_with_detached_content.json") else { return };
    let key = public_half(member(member(&file, "input"), "key"));
    assert_eq!(fault(string(member(&file, "output"), "compact"), &key_set(&key)).as_deref(), Some("bad_signature"));
    for name in ["4.2.hmac-sha2_b64_false", "hmac-sha2_b64_false"] {
        let Some(file) = read(&format!("cookbook/rfc7797/{name}.json")) else { return };
        let key = key_set(member(member(&file, "input"), "key"));
        for form in ["compact", "compact_detached"] {
            if let Some(token) = member(&file, "output").get(form).and_then(Json::as_str) {
                assert!(["b64_unsupported", "not_jws"].contains(&fault(token, &key).unwrap().as_str()), "{name}");
            }
        }
    }
}

/// A key without what only its owner knows.
fn public_half(key: &Json) -> Json {
    let secret = ["d", "p", "q", "dp", "dq", "qi"];
    let members = key.as_object().unwrap().iter().filter(|(name, _)| !secret.contains(&name.as_str()));
    Json::Object(members.cloned().collect())
}
