//! Proofs of possession (RFC 9449).

use edgewarden::jwt::{
    Algorithm, Code, Confirmation, Place, Profile, ProofRequest, TokenVerifier, VerifiedToken, VerifyError,
};
use edgewarden::time::Timestamp;
use sha2::{Digest, Sha256};

use super::sign::{EcKey, EdKey, NOW, NOW_SECS, claims, hs, hs256, key_set, verify};
use super::vectors::{base64url, text};

const URL: &str = "https://api.example/things";

fn verifier() -> TokenVerifier {
    let builder = TokenVerifier::builder().profile(Profile::DpopProof);
    builder.algorithms([Algorithm::Es256, Algorithm::EdDsa]).build().unwrap()
}

/// Verifies in one go and explains; both must tell the same.
fn verdict(proof: &str, request: &ProofRequest<'_>, now: Timestamp) -> Result<VerifiedToken, VerifyError> {
    let verifier = verifier();
    let verdict = verifier.verify_proof(proof, request, now);
    let explanation = verifier.explain_proof(proof, request, now);
    assert_eq!(explanation.faults().next(), verdict.as_ref().err(), "{explanation:#?}");
    assert_eq!(explanation.is_accepted(), verdict.is_ok(), "{explanation:#?}");
    let in_two_steps = verifier.begin_proof(proof, request, now);
    match &verdict {
        Ok(token) => assert_eq!(in_two_steps.unwrap().finish(true, now).as_ref(), Ok(token)),
        Err(error) if error.code == Code::BadSignature => {}
        Err(error) => assert_eq!(in_two_steps.map(|_| ()), Err(error.clone())),
    }
    verdict
}

fn code(proof: &str, request: &ProofRequest<'_>) -> (&'static str, Place) {
    verdict(proof, request, NOW).map_or_else(|error| (error.code.name(), error.at), |_| ("ok", Place::Token))
}

fn at(code: &'static str, claim: &'static str) -> (&'static str, Place) {
    (code, Place::Claim(claim.into()))
}

const OK: (&str, Place) = ("ok", Place::Token);

fn header(key: &EcKey) -> String {
    format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{}}}"#, key.jwk(""))
}

fn payload(more: &str) -> String {
    format!(r#"{{"jti":"j","htm":"GET","htu":"{URL}","iat":{NOW_SECS}{more}}}"#)
}

/// An access token, as sent and as verified, bound to the key of that thumbprint.
fn access_token(confirmation: &str) -> (String, VerifiedToken) {
    let header = r#"{"alg":"HS256","typ":"at+jwt"}"#;
    let more = format!(r#","sub":"s","client_id":"c","iat":{NOW_SECS},"jti":"j"{confirmation}"#);
    let token = hs256(header, claims(&more));
    let verifier = hs().profile(Profile::AccessToken).confirmation(Confirmation::Host).build().unwrap();
    let verified = verify(&verifier, &token, verifier.shared_keys().unwrap(), NOW).unwrap();
    (token, verified)
}

fn thumbprint(key: &EcKey) -> String {
    base64url(key_set(&[key.jwk("")]).keys()[0].thumbprint())
}

#[test]
fn good_proof_is_verified_by_the_key_it_brings() {
    let key = EcKey::new(3);
    let request = ProofRequest::new("GET", URL);
    let token = verdict(&key.sign(&header(&key), &payload("")), &request, NOW).unwrap();
    assert_eq!(base64url(token.key_thumbprint()), thumbprint(&key));
    assert_eq!(token.claims().token_id(), Some("j"));
    assert_eq!(token.valid_until(), Some(Timestamp::from_millis((NOW_SECS + 120) * 1000 + 1)));
    assert!(!token.is_cacheable(), "a proof counts once");
    let key = EdKey::new(3);
    let header = format!(r#"{{"typ":"dpop+jwt","alg":"EdDSA","jwk":{}}}"#, key.jwk(""));
    assert_eq!(code(&key.sign(&header, &payload("")), &request), OK);
}

#[test]
fn proof_of_the_rfc_is_verified_for_its_request_and_no_other() {
    let Some(text) = text("rfc/rfc_examples.json") else { return };
    // The one example whose header starts with the type of a proof.
    let proof = text.split('"').find(|part| part.starts_with("eyJ0eXAiOiJkcG9wK2p3dCI")).unwrap();
    let issued = Timestamp::from_secs(1_562_262_616);
    let request = ProofRequest::new("POST", "https://server.example.com/token");
    assert!(verdict(proof, &request, issued).is_ok());
    for other in [
        ProofRequest::new("GET", "https://server.example.com/token"),
        ProofRequest::new("POST", "https://server.example.com/token2"),
    ] {
        assert_eq!(verdict(proof, &other, issued).unwrap_err().code, Code::ProofMismatch);
    }
    let (rest, signature) = proof.rsplit_once('.').unwrap();
    let turned: String = signature.chars().rev().collect();
    let code = verdict(&format!("{rest}.{}A", &turned[..85]), &request, issued).map(|_| ()).unwrap_err().code;
    assert!(matches!(code, Code::BadSignature | Code::BadBase64));
}

#[test]
fn header_of_a_proof_has_its_type_and_a_public_key_that_fits() {
    let key = EcKey::new(3);
    let request = ProofRequest::new("GET", URL);
    let verdict = |header: &str| code(&key.sign(header, &payload("")), &request);
    let jwk = key.jwk("");
    let place = Place::Header("jwk");
    let with = |typ: &str, alg: &str, jwk: &str| format!(r#"{{"typ":"{typ}","alg":"{alg}","jwk":{jwk}}}"#);
    assert_eq!(verdict(&with("DPOP+JWT", "ES256", &jwk)), OK);
    assert_eq!(verdict(&with("JWT", "ES256", &jwk)), ("typ_mismatch", Place::Header("typ")));
    assert_eq!(verdict(&format!(r#"{{"alg":"ES256","jwk":{jwk}}}"#)), ("typ_mismatch", Place::Header("typ")));
    assert_eq!(verdict(&with("dpop+jwt", "none", &jwk)), ("alg_not_allowed", Place::Header("alg")));
    assert_eq!(verdict(&with("dpop+jwt", "HS256", &jwk)), ("alg_not_allowed", Place::Header("alg")));
    assert_eq!(verdict(r#"{"typ":"dpop+jwt","alg":"ES256"}"#), ("bad_header", place.clone()));
    assert_eq!(verdict(r#"{"typ":"dpop+jwt","alg":"ES256","kid":"a"}"#), ("bad_header", place.clone()));
    assert_eq!(verdict(&with("dpop+jwt", "ES256", "\"key\"")), ("bad_key", place.clone()));
    let private = key.jwk(r#","d":"AAAA""#);
    assert_eq!(verdict(&with("dpop+jwt", "ES256", &private)), ("private_key_published", place.clone()));
    let secret = r#"{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#;
    assert_eq!(verdict(&with("dpop+jwt", "ES256", secret)).1, place);
    assert_eq!(verdict(&with("dpop+jwt", "EdDSA", &jwk)), ("alg_key_mismatch", Place::Key));
    let other = EcKey::new(4).jwk("");
    assert_eq!(verdict(&with("dpop+jwt", "ES256", &other)), ("bad_signature", Place::Signature));
}

#[test]
fn key_that_does_not_fit_is_refused_before_its_numbers_are_prepared() {
    let key = EcKey::new(3);
    // Another y than the point's: only preparing the key finds out that it is off the curve.
    let off_curve = EcKey::new(4).jwk("").replace(&base64url(&EcKey::new(4).point().1), &base64url(&[0xF0; 32]));
    let header = |alg: &str| format!(r#"{{"typ":"dpop+jwt","alg":"{alg}","jwk":{off_curve}}}"#);
    let request = ProofRequest::new("GET", URL);
    let verdict = |alg: &str| code(&key.sign(&header(alg), &payload("")), &request);
    assert_eq!(verdict("EdDSA"), ("alg_key_mismatch", Place::Key));
    assert_eq!(verdict("ES256"), ("bad_key", Place::Header("jwk")));
}

#[test]
fn b10_key_of_a_proof_has_4096_bits_at_most_and_a_usual_exponent() {
    let verifier = TokenVerifier::builder().profile(Profile::DpopProof).algorithms([Algorithm::Rs256]).build().unwrap();
    let request = ProofRequest::new("GET", URL);
    let code = |bytes: usize, e: &str| {
        let mut modulus = vec![0xA5; bytes];
        (modulus[0], modulus[bytes - 1]) = (0x80, 1);
        let jwk = format!(r#"{{"kty":"RSA","n":"{}","e":"{e}"}}"#, base64url(&modulus));
        let header = format!(r#"{{"typ":"dpop+jwt","alg":"RS256","jwk":{jwk}}}"#);
        let input = format!("{}.{}", base64url(header.as_bytes()), base64url(payload("").as_bytes()));
        let proof = format!("{input}.{}", base64url(&vec![0; bytes]));
        let error = verifier.verify_proof(&proof, &request, NOW).unwrap_err();
        let explanation = verifier.explain_proof(&proof, &request, NOW);
        assert_eq!(explanation.faults().next(), Some(&error));
        (error.code.name(), error.at)
    };
    let jwk = Place::Header("jwk");
    assert_eq!(code(256, "AQAB"), ("bad_signature", Place::Signature));
    assert_eq!(code(512, "AQAB"), ("bad_signature", Place::Signature));
    assert_eq!(code(513, "AQAB"), ("weak_key", jwk.clone()));
    assert_eq!(code(1024, "AQAB"), ("weak_key", jwk.clone()), "good enough in a key set");
    for exponent in ["AQ", "AQAC", "AQAAAAE"] {
        assert_eq!(code(256, exponent), ("weak_key", jwk.clone()), "{exponent}");
    }
}

#[test]
fn proof_is_for_one_method_and_one_place() {
    let key = EcKey::new(3);
    let proof = key.sign(&header(&key), &payload(""));
    for url in ["https://api.example/things?a=b", "https://API.example:443/./thing%73#x", URL] {
        assert_eq!(code(&proof, &ProofRequest::new("GET", url)), OK, "{url}");
    }
    for url in ["http://api.example/things", "https://api.example/things/", "https://api.example/Things", "/things", ""]
    {
        assert_eq!(code(&proof, &ProofRequest::new("GET", url)), at("proof_mismatch", "htu"), "{url}");
    }
    for method in ["get", "POST", "GET ", ""] {
        assert_eq!(code(&proof, &ProofRequest::new(method, URL)), at("proof_mismatch", "htm"), "{method}");
    }
    // Equal texts that are no URL prove nothing.
    let broken = key.sign(&header(&key), &payload("").replace(URL, "things"));
    assert_eq!(code(&broken, &ProofRequest::new("GET", "things")), at("proof_mismatch", "htu"));
}

#[test]
fn proof_has_all_of_its_claims() {
    let key = EcKey::new(3);
    let request = ProofRequest::new("GET", URL);
    let all = [
        ("jti", r#""j""#.to_string()),
        ("htm", r#""GET""#.into()),
        ("htu", format!("\"{URL}\"")),
        ("iat", NOW_SECS.to_string()),
    ];
    for (missing, _) in &all {
        let without = |value: Option<&str>| {
            let members = all.iter().filter_map(|(name, good)| {
                let value = if name == missing { value? } else { good };
                Some(format!(r#""{name}":{value}"#))
            });
            key.sign(&header(&key), &format!("{{{}}}", members.collect::<Vec<_>>().join(",")))
        };
        assert_eq!(code(&without(None), &request), at("missing_claim", missing));
        assert_eq!(code(&without(Some("[]")), &request), at("bad_claim_type", missing));
        assert_eq!(code(&without(Some("\"\"")), &request).0, "bad_claim_type", "{missing}");
    }
}

#[test]
fn proof_is_new() {
    let key = EcKey::new(3);
    let request = ProofRequest::new("GET", URL);
    let proof = key.sign(&header(&key), &payload(""));
    let code =
        |secs: u64| verdict(&proof, &request, Timestamp::from_secs(secs)).map_or_else(|e| e.code.name(), |_| "ok");
    assert_eq!(code(NOW_SECS - 61), "issued_in_future");
    assert_eq!(code(NOW_SECS - 60), "ok");
    assert_eq!(code(NOW_SECS + 120), "ok", "a minute of age and a minute of leeway");
    assert_eq!(code(NOW_SECS + 121), "token_too_old");
    let expired = key.sign(&header(&key), &payload(r#","exp":1"#));
    assert_eq!(verdict(&expired, &request, NOW).unwrap_err().code, Code::TokenExpired);
}

#[test]
fn proof_repeats_the_nonce_that_was_given() {
    let key = EcKey::new(3);
    let proof = |more: &str| key.sign(&header(&key), &payload(more));
    let request = ProofRequest::new("GET", URL).nonce("n1");
    assert_eq!(code(&proof(r#","nonce":"n1""#), &request), OK);
    assert_eq!(code(&proof(""), &request), at("missing_claim", "nonce"));
    assert_eq!(code(&proof(r#","nonce":"n2""#), &request), at("proof_mismatch", "nonce"));
    assert_eq!(code(&proof(r#","nonce":"n2""#), &ProofRequest::new("GET", URL)), OK, "none was given");
}

#[test]
fn proof_belongs_to_its_access_token_and_the_token_to_its_key() {
    let key = EcKey::new(3);
    let confirmation = |key: &EcKey| format!(r#","cnf":{{"jkt":"{}"}}"#, thumbprint(key));
    let (token, verified) = access_token(&confirmation(&key));
    assert_eq!(verified.claims().bound_key(), Some(thumbprint(&key).as_str()));
    let hash = |token: &str| base64url(&Sha256::digest(token.as_bytes()));
    let proof = |ath: &str| key.sign(&header(&key), &payload(&format!(r#","ath":"{ath}""#)));
    let request = ProofRequest::new("GET", URL).access_token(&token, &verified);
    assert_eq!(code(&proof(&hash(&token)), &request), OK);
    assert_eq!(code(&proof(&hash("another")), &request), at("proof_mismatch", "ath"));
    assert_eq!(code(&proof(&token), &request), at("proof_mismatch", "ath"));
    assert_eq!(code(&key.sign(&header(&key), &payload("")), &request), at("missing_claim", "ath"));

    let (token, verified) = access_token(&confirmation(&EcKey::new(4)));
    let stolen = ProofRequest::new("GET", URL).access_token(&token, &verified);
    assert_eq!(code(&proof(&hash(&token)), &stolen), at("proof_mismatch", "cnf"));
    for unbound in ["", r#","cnf":{}"#, r#","cnf":{"jkt":7}"#, r#","cnf":"x""#, r#","jkt":"x""#] {
        let (token, verified) = access_token(unbound);
        let request = ProofRequest::new("GET", URL).access_token(&token, &verified);
        assert_eq!(code(&proof(&hash(&token)), &request), at("missing_claim", "cnf"), "{unbound}");
    }
}

#[test]
fn access_token_as_sent_and_as_verified_is_one_token() {
    let key = EcKey::new(3);
    let bound = format!(r#","cnf":{{"jkt":"{}"}}"#, thumbprint(&key));
    let (token, verified) = access_token(&bound);
    let (other, _) = access_token(&format!(r#"{bound},"scope":"all""#));
    let proof = |token: &str| {
        let ath = base64url(&Sha256::digest(token.as_bytes()));
        key.sign(&header(&key), &payload(&format!(r#","ath":"{ath}""#)))
    };
    let asks = |token: &str| code(&proof(token), &ProofRequest::new("GET", URL).access_token(token, &verified));
    assert_eq!(asks(&token), OK);
    for sent in [other.as_str(), "", "a.b.c", &token.replace('.', ".."), token.split('.').nth(1).unwrap()] {
        assert_eq!(asks(sent), at("proof_mismatch", "ath"), "{sent}");
    }
}

#[test]
fn verifier_of_other_tokens_verifies_no_proof() {
    let key = EcKey::new(3);
    let proof = key.sign(&header(&key), &payload(""));
    let verifier = super::sign::public([Algorithm::Es256]).build().unwrap();
    let request = ProofRequest::new("GET", URL);
    assert_eq!(verifier.verify_proof(&proof, &request, NOW).unwrap_err().code, Code::TypMismatch);
    assert!(verifier.begin_proof(&proof, &request, NOW).is_err());
    assert!(!verifier.explain_proof(&proof, &request, NOW).is_accepted());
}

#[test]
fn request_shows_none_of_its_text() {
    let (token, verified) = access_token("");
    let request =
        ProofRequest::new("GET", "https://api.example/?secret=1").access_token(&token, &verified).nonce("nnn");
    let shown = format!("{request:?}");
    assert!(!shown.contains("secret") && !shown.contains(&token) && !shown.contains("nnn"), "{shown}");
}
