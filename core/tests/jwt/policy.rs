//! What makes a policy, and when two of them are the same.

use edgewarden::jwt::{
    Algorithm, Confirmation, PolicyError, Profile, TokenLimits, TokenVerifier, TokenVerifierBuilder,
};

use super::sign::{AUDIENCE, ISSUER, SECRET, hs, public};

fn code(policy: TokenVerifierBuilder) -> &'static str {
    policy.build().map_or_else(|error| error.code(), |_| "ok")
}

#[test]
fn issuer_audience_and_algorithms_have_no_default() {
    let all = || TokenVerifier::builder();
    assert_eq!(code(all()), "missing_issuer");
    assert_eq!(code(all().issuer(ISSUER)), "missing_audience");
    assert_eq!(code(all().issuer(ISSUER).audience(AUDIENCE)), "missing_algorithms");
    assert_eq!(code(all().issuer(ISSUER).audience(AUDIENCE).algorithms([])), "missing_algorithms");
    assert_eq!(code(all().issuer(ISSUER).audience(AUDIENCE).algorithms([Algorithm::Es256])), "ok");
    assert_eq!(code(all().issuer("").audience(AUDIENCE).algorithms([Algorithm::Es256])), "empty_setting");
    assert_eq!(code(public([Algorithm::Es256]).audience("")), "empty_setting");
    assert_eq!(code(public([Algorithm::Es256]).require([""])), "empty_setting");
    assert_eq!(code(public([Algorithm::Es256]).profile(Profile::IdToken { nonce: Some("".into()) })), "empty_setting");
    let many = (0..64).map(|i| i.to_string());
    assert_eq!(code(public([Algorithm::Es256]).audiences(many)), "too_many_entries");
}

#[test]
fn secrets_and_public_keys_do_not_mix() {
    let hmac = [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512];
    for algorithm in hmac {
        assert_eq!(
            public([Algorithm::Es256, algorithm]).build().unwrap_err(),
            PolicyError::HmacNeedsSecret { algorithm }
        );
    }
    assert_eq!(
        code(public([Algorithm::Es256]).shared_secret(&SECRET, [Algorithm::Hs256])),
        "secret_beside_public_keys"
    );
    assert_eq!(code(public([]).shared_secret(&SECRET, [Algorithm::Es256])), "not_hmac");
    assert_eq!(code(public([]).shared_secret(&SECRET, [])), "missing_algorithms");
    assert_eq!(code(public([]).shared_secret(&SECRET[1..], [Algorithm::Hs256])), "unfit_secret");
    assert_eq!(code(public([]).shared_secret(&[], [Algorithm::Hs256])), "unfit_secret");
    assert_eq!(code(public([]).shared_secret(&SECRET, hmac)), "unfit_secret", "32 bytes for a hash of 64");
    assert_eq!(code(public([]).shared_secret(&[1; 64], hmac)), "ok");
}

#[test]
fn numbers_have_ranges() {
    let limits = |change: fn(&mut TokenLimits)| {
        let mut limits = TokenLimits::default();
        change(&mut limits);
        code(hs().limits(limits))
    };
    assert_eq!(code(hs().leeway_secs(600)), "ok");
    assert_eq!(code(hs().kidless_tries(4).age_secs_max(1)), "ok");
    let outside = [hs().leeway_secs(601), hs().kidless_tries(5), hs().age_secs_max(0), hs().age_secs_max(u64::MAX)];
    assert!(outside.into_iter().all(|policy| code(policy) == "out_of_range"));
    assert_eq!(limits(|limits| limits.token_bytes = 1 << 20), "ok");
    assert_eq!(limits(|limits| limits.token_bytes = (1 << 20) + 1), "out_of_range");
    assert_eq!(limits(|limits| limits.json_depth = 65), "out_of_range");
    assert_eq!(limits(|limits| limits.claims = 0), "out_of_range");
    assert_eq!(limits(|limits| limits.kid_bytes = usize::MAX), "out_of_range");
}

#[test]
fn profiles_refuse_what_they_make_no_sense_of() {
    let proof = || TokenVerifier::builder().profile(Profile::DpopProof).algorithms([Algorithm::Es256]);
    assert_eq!(code(proof()), "ok");
    assert_eq!(code(proof().issuer(ISSUER)), "not_for_profile");
    assert_eq!(code(proof().audience(AUDIENCE)), "not_for_profile");
    assert_eq!(code(proof().age_secs_max(601)), "out_of_range");
    assert_eq!(code(proof().algorithms([]).shared_secret(&SECRET, [Algorithm::Hs256])), "not_for_profile");
    assert_eq!(code(hs().profile(Profile::AccessToken).without_expiry()), "not_for_profile");
    assert_eq!(code(hs().profile(Profile::IdToken { nonce: None }).without_expiry()), "not_for_profile");
    for confirmation in Confirmation::ALL {
        let bound = |policy: TokenVerifierBuilder| code(policy.confirmation(confirmation));
        assert_eq!((bound(hs()), bound(hs().profile(Profile::AccessToken))), ("ok", "ok"));
        assert_eq!(bound(hs().profile(Profile::IdToken { nonce: None })), "not_for_profile");
        assert_eq!(bound(proof()), "not_for_profile");
    }
}

#[test]
fn fingerprint_changes_with_every_setting_and_with_nothing_else() {
    let id_token = |nonce: Option<&str>| hs().profile(Profile::IdToken { nonce: nonce.map(String::from) });
    let limits = TokenLimits { claims: 255, ..TokenLimits::default() };
    let policies = [
        hs(),
        hs().issuer("other"),
        hs().audience("other"),
        hs().audiences(["other", "another"]),
        public([Algorithm::Es256]),
        public([Algorithm::Es256, Algorithm::EdDsa]),
        public([]).shared_secret(&[1; 32], [Algorithm::Hs256]),
        public([]).shared_secret(&[1; 64], [Algorithm::Hs256, Algorithm::Hs384]),
        hs().profile(Profile::AccessToken),
        id_token(None),
        id_token(Some("n")),
        id_token(Some("m")),
        hs().leeway_secs(59),
        hs().age_secs_max(1),
        hs().require(["a"]),
        hs().require(["b"]),
        hs().require(["a", "b"]),
        hs().require(["ab"]),
        hs().without_expiry(),
        hs().confirmation(Confirmation::Dpop),
        hs().confirmation(Confirmation::Host),
        hs().kidless_tries(1),
        hs().limits(limits),
    ];
    let mut seen = std::collections::BTreeSet::new();
    for policy in policies {
        let fingerprint = policy.clone().build().unwrap().fingerprint();
        assert_eq!(fingerprint, policy.build().unwrap().fingerprint(), "the same policy");
        assert!(seen.insert(fingerprint));
    }
    let forth = public([Algorithm::Es256, Algorithm::EdDsa]).audiences(["b", "a"]).require(["x", "y"]);
    let back = public([Algorithm::EdDsa, Algorithm::Es256]).audiences(["a", "b", "a"]).require(["y", "x"]);
    assert_eq!(forth.build().unwrap().fingerprint(), back.build().unwrap().fingerprint(), "order does not count");
    let named = hs().confirmation(Confirmation::None).build().unwrap().fingerprint();
    assert_eq!(named, hs().build().unwrap().fingerprint(), "the default by its name");
}

#[test]
fn verifier_is_shared_between_threads_and_tells_no_secret() {
    fn is_shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let policy = public([]).shared_secret(b"a secret that nobody must ever read", [Algorithm::Hs256]);
    let shown = format!("{policy:?}");
    let verifier = policy.build().unwrap();
    is_shared(&verifier);
    let shown = format!("{shown} {verifier:?} {:?}", verifier.shared_keys());
    assert!(!shown.contains("nobody") && !shown.contains("97, 32"), "{shown}");
}
