//! Explanations list every fault and show nothing of the token.

use edgewarden::jwt::{Algorithm, Confirmation, Explanation, Outcome, Place};

use super::sign::{EdKey, HEADER, NOW, claims, hs, hs256, key_set, public};
use super::vectors::base64url;

fn faults(explanation: &Explanation) -> Vec<&'static str> {
    explanation.faults().map(|error| error.code.name()).collect()
}

#[test]
fn every_fault_is_listed_not_the_first_alone() {
    let verifier = hs().require(["tenant"]).build().unwrap();
    let payload = r#"{"iss":"https://other.example","aud":["a"],"exp":1,"nbf":"x","sub":7}"#;
    let token = hs256(r#"{"alg":"HS256","typ":"at+jwt","crit":["x"]}"#, payload);
    let explanation = verifier.explain(&token, verifier.shared_keys().unwrap(), NOW);
    let expected = [
        "crit_unsupported",
        "typ_mismatch",
        "claim_mismatch",
        "claim_mismatch",
        "token_expired",
        "bad_claim_type",
        "bad_claim_type",
        "missing_claim",
    ];
    assert_eq!(faults(&explanation), expected);
    let signature = explanation.checks.last().unwrap();
    assert_eq!((signature.name, &signature.outcome), ("signature", &Outcome::Passed));
}

#[test]
fn wrong_signature_does_not_hide_wrong_claims() {
    let key = EdKey::new(1);
    let verifier = public([Algorithm::EdDsa]).build().unwrap();
    let token = EdKey::new(2).sign(r#"{"alg":"EdDSA","kid":"a"}"#, &claims("").replace("issuer", "other"));
    let keys = key_set(&[key.jwk(r#","kid":"a""#)]);
    assert_eq!(faults(&verifier.explain(&token, &keys, NOW)), ["claim_mismatch", "bad_signature"]);
}

#[test]
fn payload_is_explained_although_the_header_is_none() {
    let verifier = hs().build().unwrap();
    let keys = verifier.shared_keys().unwrap();
    let expired = claims("").replace("1700000300", "1");
    let token = format!("?.{}.AA", base64url(expired.as_bytes()));
    let explanation = verifier.explain(&token, keys, NOW);
    assert_eq!(faults(&explanation), ["bad_base64", "token_expired"]);
    let skipped = explanation.checks.iter().filter(|check| check.outcome == Outcome::Skipped).map(|check| check.name);
    assert!(skipped.eq(["algorithm", "key", "signature"]));
    let explanation = verifier.explain("neither", keys, NOW);
    assert_eq!(faults(&explanation), ["not_jws"]);
    assert!(!explanation.is_accepted());
}

#[test]
fn expected_and_got_tell_times_sizes_and_algorithms_and_no_text() {
    let verifier = hs().build().unwrap();
    let payload = claims(r#","sub":"adaada""#).replace("https://issuer.example", "https://secret.example");
    let token = hs256(r#"{"alg":"HS384","kid":"kkkk"}"#, payload);
    let explanation = verifier.explain(&token, verifier.shared_keys().unwrap(), NOW);
    let told = |at: Place| {
        let check = explanation.checks.iter().find(|check| check.at == at && check.expected.is_some()).unwrap();
        (check.expected.clone().unwrap(), check.got.clone().unwrap())
    };
    assert_eq!(told(Place::Header("alg")), ("HS256".into(), "HS384".into()));
    assert_eq!(told(Place::Claim("iss".into())), ("https://issuer.example".into(), "string of 22 bytes".into()));
    assert_eq!(told(Place::Claim("exp".into())), ("after 1700000000 less 60".into(), "1700000300".into()));
    assert_eq!(told(Place::Claim("sub".into())).1, "string of 6 bytes");
    let shown = format!("{explanation:?}");
    assert!(!shown.contains("secret") && !shown.contains("adaada") && !shown.contains("kkkk"), "{shown}");
}

#[test]
fn good_token_passes_every_check() {
    let verifier = hs().build().unwrap();
    let explanation = verifier.explain(&hs256(HEADER, claims("")), verifier.shared_keys().unwrap(), NOW);
    assert!(explanation.is_accepted() && explanation.checks.len() > 15);
}

#[test]
fn confirmation_is_told_where_it_is_asked_for() {
    let told = |confirmation: Option<Confirmation>, cnf: &str| {
        let verifier = confirmation.map_or_else(hs, |confirmation| hs().confirmation(confirmation)).build().unwrap();
        let explanation = verifier.explain(&hs256(HEADER, claims(cnf)), verifier.shared_keys().unwrap(), NOW);
        let check = explanation.checks.into_iter().find(|check| check.name == "confirmation").unwrap();
        assert_eq!(check.at, Place::Claim("cnf".into()));
        let code = if let Outcome::Failed(error) = check.outcome { error.code.name() } else { "ok" };
        (code, check.expected.unwrap(), check.got.unwrap())
    };
    let bound = r#","cnf":{"jkt":"hush"}"#;
    let of = |code, expected: &str, got: &str| (code, expected.to_owned(), got.to_owned());
    assert_eq!(told(None, bound), of("claim_mismatch", "none", "object of 1"));
    assert_eq!(told(None, ""), of("ok", "none", "absent"));
    assert_eq!(
        told(Some(Confirmation::Dpop), r#","cnf":5"#),
        of("bad_claim_type", "object with a string `jkt`", "number")
    );
    assert_eq!(told(Some(Confirmation::Host), bound), of("ok", "any value or none", "object of 1"));
}
