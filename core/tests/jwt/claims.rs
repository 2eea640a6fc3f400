//! Claims: numbers, times, issuer, audience, what profiles ask for.

use edgewarden::jwt::{Confirmation, Evidence, Place, Profile, Retry, TokenLimits};
use edgewarden::text::json::Json;
use edgewarden::time::Timestamp;

use super::sign::{AUDIENCE, HEADER, ISSUER, NOW, NOW_SECS, claims, code, code_at, code_of, hs, hs256, verify};

/// Claims with one time set and nothing else that is one.
fn with(name: &str, value: &str) -> String {
    hs256(HEADER, format!(r#"{{"iss":"{ISSUER}","aud":"{AUDIENCE}","{name}":{value}}}"#))
}

#[test]
fn c1_times_are_numbers_from_zero_to_below_two_to_the_53() {
    let bad = [
        "\"123\"",
        "1e300",
        "1e999",
        "1e99999999999999999999",
        "-1",
        "-0.5",
        "null",
        "true",
        "false",
        "{}",
        "[]",
        "[1700000300]",
        "9007199254740992",
        "9007199254740993",
        "18446744073709551615",
        "18446744073709551616",
        &"9".repeat(400),
    ];
    for name in ["exp", "nbf", "iat"] {
        for value in bad {
            assert_eq!(code_of(hs().without_expiry(), &with(name, value)), "bad_claim_type", "{name} {value}");
        }
    }
    for value in bad {
        let token = hs256(HEADER, claims(&format!(r#","iat":1700000000,"auth_time":{value},"sub":"s""#)));
        let policy = hs().profile(Profile::IdToken { nonce: None }).age_secs_max(60);
        assert_eq!(code_of(policy, &token), "bad_claim_type", "auth_time {value}");
    }
    for value in ["0", "-0", "1.5", "1e3", "1E-400", "0e400"] {
        assert_eq!(code_of(hs(), &with("exp", value)), "token_expired", "{value}");
    }
    for value in ["1700000300", "1.7000003e9", "17000003000000e-4", "9007199254740991", "9007199254740991.5"] {
        assert_eq!(code_of(hs(), &with("exp", value)), "ok", "{value}");
    }
}

#[test]
fn c1_fraction_counts_against_the_token() {
    let strict = || hs().leeway_secs(0).without_expiry();
    for (name, value, millis, expected) in [
        ("exp", "100.999", 99_999, "ok"),
        ("exp", "100.999", 100_000, "token_expired"),
        ("nbf", "100.001", 100_999, "token_not_yet_valid"),
        ("nbf", "100.001", 101_000, "ok"),
        ("nbf", "100.000", 100_000, "ok"),
        ("iat", "100.5", 100_999, "issued_in_future"),
        ("iat", "100.5", 101_000, "ok"),
    ] {
        let token = with(name, value);
        assert_eq!(code_at(strict(), &token, Timestamp::from_millis(millis)), expected, "{name} {value} at {millis}");
    }
}

#[test]
fn c2_times_hold_to_the_second() {
    for leeway in [0, 1, 60, 600] {
        let policy = || hs().leeway_secs(leeway).without_expiry();
        let before = |secs: u64| (NOW_SECS - leeway - secs).to_string();
        let after = |secs: u64| (NOW_SECS + leeway + secs).to_string();
        for (name, value, expected) in [
            ("exp", before(1), "token_expired"),
            ("exp", before(0), "token_expired"),
            ("exp", (NOW_SECS - leeway + 1).to_string(), "ok"),
            ("nbf", (NOW_SECS + leeway).saturating_sub(1).to_string(), "ok"),
            ("nbf", after(0), "ok"),
            ("nbf", after(1), "token_not_yet_valid"),
            ("iat", after(0), "ok"),
            ("iat", after(1), "issued_in_future"),
            ("iat", "0".into(), "ok"),
        ] {
            assert_eq!(code_of(policy(), &with(name, &value)), expected, "{name} {value}, leeway {leeway}");
        }
        let last = Timestamp::from_millis((NOW_SECS + leeway) * 1000 - 1);
        assert_eq!(code_at(policy(), &with("exp", &NOW_SECS.to_string()), last), "ok");
    }
}

#[test]
fn c2_extreme_times_neither_wrap_nor_panic() {
    let policy = || hs().leeway_secs(600).without_expiry();
    let ends = [Timestamp::from_millis(0), Timestamp::from_secs(5), Timestamp::from_millis(u64::MAX)];
    for now in ends {
        for value in ["0", "1", "5", "9007199254740991"] {
            for name in ["exp", "nbf", "iat"] {
                code_at(policy(), &with(name, value), now);
            }
        }
    }
    assert_eq!(code_at(policy(), &with("exp", "0"), Timestamp::from_secs(5)), "ok", "leeway beyond the clock's start");
    assert_eq!(code_at(policy(), &with("nbf", "605"), Timestamp::from_secs(5)), "ok");
    assert_eq!(code_at(policy(), &with("nbf", "606"), Timestamp::from_secs(5)), "token_not_yet_valid");
    assert_eq!(code_at(policy(), &with("exp", "9007199254740991"), Timestamp::from_millis(u64::MAX)), "token_expired");
}

#[test]
fn c2_token_that_ends_before_it_begins_is_never_valid() {
    let both = |nbf: u64, exp: u64| {
        hs256(HEADER, format!(r#"{{"iss":"{ISSUER}","aud":"{AUDIENCE}","nbf":{nbf},"exp":{exp}}}"#))
    };
    assert_eq!(code_of(hs(), &both(NOW_SECS + 30, NOW_SECS - 30)), "bad_claim_type", "within leeway of both");
    assert_eq!(code_of(hs(), &both(NOW_SECS + 300, NOW_SECS + 200)), "token_not_yet_valid");
    assert_eq!(code_of(hs(), &both(NOW_SECS - 200, NOW_SECS - 300)), "token_expired");
    assert_eq!(code_of(hs(), &both(NOW_SECS + 10, NOW_SECS + 10)), "ok", "one second, here within leeway");
}

#[test]
fn every_token_ends_unless_the_policy_says_otherwise() {
    let endless = hs256(HEADER, format!(r#"{{"iss":"{ISSUER}","aud":"{AUDIENCE}"}}"#));
    assert_eq!(code_of(hs(), &endless), "missing_claim");
    assert_eq!(code_of(hs().without_expiry(), &endless), "ok");
    assert_eq!(code_of(hs().without_expiry(), &with("exp", "1")), "token_expired");
}

#[test]
fn greatest_age_counts_from_iat_whatever_exp_says() {
    let policy = || hs().leeway_secs(5).age_secs_max(100);
    let token = |iat: u64| hs256(HEADER, claims(&format!(r#","iat":{iat}"#)));
    assert_eq!(code_of(policy(), &token(NOW_SECS - 105)), "ok");
    assert_eq!(code_of(policy(), &token(NOW_SECS - 106)), "token_too_old");
    assert_eq!(code_of(policy(), &hs256(HEADER, claims(""))), "missing_claim");
    assert_eq!(code_of(hs(), &token(1)), "ok", "no limit by default");
}

#[test]
fn errors_of_time_carry_both_times_and_when_to_try_again() {
    let verifier = hs().build().unwrap();
    let keys = verifier.shared_keys().unwrap();
    let error = verify(&verifier, &with("exp", "1699999000"), keys, NOW).unwrap_err();
    assert_eq!(error.at, Place::Claim("exp".into()));
    assert_eq!(error.evidence, Evidence::Time { now: NOW, limit: Timestamp::from_secs(1_699_999_060) });
    assert_eq!(error.retry, Retry::Never);
    let token = hs256(HEADER, claims(&format!(r#","nbf":{}"#, NOW_SECS + 100)));
    let error = verify(&verifier, &token, keys, NOW).unwrap_err();
    assert_eq!(error.retry, Retry::At(Timestamp::from_secs(NOW_SECS + 40)));
    assert_eq!(code(&verify(&verifier, &token, keys, Timestamp::from_secs(NOW_SECS + 40))), "ok");
}

#[test]
fn c3_issuer_is_that_of_the_policy_byte_for_byte() {
    let with = |iss: &str| hs256(HEADER, format!(r#"{{"aud":"{AUDIENCE}","exp":9999999999{iss}}}"#));
    assert_eq!(code_of(hs(), &with(&format!(r#","iss":"{ISSUER}""#))), "ok");
    assert_eq!(code_of(hs(), &with("")), "missing_claim");
    for iss in ["123", "null", "true", "{}", &format!(r#"["{ISSUER}"]"#), &format!(r#"[["{ISSUER}"]]"#)] {
        assert_eq!(code_of(hs(), &with(&format!(r#","iss":{iss}"#))), "bad_claim_type", "{iss}");
    }
    for iss in [
        "",
        "https://issuer.exampl",
        "https://issuer.example/",
        "https://issuer.example.evil.example",
        "https://Issuer.example",
        "HTTPS://issuer.example",
        " https://issuer.example",
        "https://issuer.example\\u0000",
        "https://issuer.example\\n",
    ] {
        assert_eq!(code_of(hs(), &with(&format!(r#","iss":"{iss}""#))), "claim_mismatch", "{iss}");
    }
}

#[test]
fn c3_audience_names_this_service_byte_for_byte() {
    let with = |aud: &str| hs256(HEADER, format!(r#"{{"iss":"{ISSUER}","exp":9999999999{aud}}}"#));
    let aud = |value: &str| with(&format!(r#","aud":{value}"#));
    assert_eq!(code_of(hs(), &with("")), "missing_claim");
    for good in [format!(r#""{AUDIENCE}""#), format!(r#"["{AUDIENCE}"]"#), format!(r#"["x","{AUDIENCE}","x"]"#)] {
        assert_eq!(code_of(hs(), &aud(&good)), "ok", "{good}");
    }
    let prefix = &AUDIENCE[..AUDIENCE.len() - 1];
    for other in ["", "x", prefix, &format!("{AUDIENCE}/"), &AUDIENCE.to_uppercase(), &format!("{AUDIENCE} x")] {
        assert_eq!(code_of(hs(), &aud(&format!(r#""{other}""#))), "claim_mismatch", "{other}");
        assert_eq!(code_of(hs(), &aud(&format!(r#"["{other}"]"#))), "claim_mismatch", "{other}");
    }
    assert_eq!(code_of(hs(), &aud("[]")), "claim_mismatch");
    for bad in ["1", "null", "true", "{}", &format!(r#"[["{AUDIENCE}"]]"#), &format!(r#"{{"a":"{AUDIENCE}"}}"#)] {
        assert_eq!(code_of(hs(), &aud(bad)), "bad_claim_type", "{bad}");
    }
    let several = hs().audiences(["second", "third"]);
    assert_eq!(code_of(several, &aud(r#""third""#)), "ok");
}

#[test]
fn c4_long_audiences_are_read_once_and_hold_strings_alone() {
    let token = |names: &[String]| {
        hs256(HEADER, format!(r#"{{"iss":"{ISSUER}","exp":9999999999,"aud":[{}]}}"#, names.join(",")))
    };
    let mut names: Vec<String> = (0..10_000).map(|i| format!(r#""a{i}""#)).collect();
    names.push(format!(r#""{AUDIENCE}""#));
    assert_eq!(code_of(hs(), &token(&names)), "too_large");
    assert_eq!(code_of(hs(), &token(&names[..1_100])), "too_many");
    let limits = TokenLimits { token_bytes: 1 << 18, values: 20_000, ..TokenLimits::default() };
    assert_eq!(code_of(hs().limits(limits), &token(&names)), "ok");
    names[0] = "1".into();
    assert_eq!(code_of(hs().limits(limits), &token(&names)), "bad_claim_type");
    for one in ["1", "null", "[]", "{}", "true"] {
        let mixed = [format!(r#""{AUDIENCE}""#), one.to_string()];
        assert_eq!(code_of(hs(), &token(&mixed)), "bad_claim_type", "{one}");
    }
}

#[test]
fn c6_names_that_languages_know_are_data() {
    let verifier = hs().build().unwrap();
    let more = r#","__proto__":{"admin":true},"constructor":"c","toString":1,"hasOwnProperty":null"#;
    let token = verify(&verifier, &hs256(HEADER, claims(more)), verifier.shared_keys().unwrap(), NOW).unwrap();
    let claims = token.claims();
    assert_eq!(claims.get("__proto__").and_then(|value| value.get("admin")), Some(&Json::Bool(true)));
    assert_eq!(claims.get("constructor").and_then(Json::as_str), Some("c"));
    assert_eq!(claims.get("admin"), None);
    assert!(claims.json().contains("__proto__"));
}

#[test]
fn registered_claims_have_their_types() {
    for name in ["sub", "jti"] {
        for value in ["1", "null", "[]", "{}", "true"] {
            let token = hs256(HEADER, claims(&format!(r#","{name}":{value}"#)));
            assert_eq!(code_of(hs(), &token), "bad_claim_type", "{name} {value}");
        }
    }
}

#[test]
fn required_claims_are_there_and_not_null() {
    let policy = || hs().require(["scope", "tenant"]);
    assert_eq!(code_of(policy(), &hs256(HEADER, claims(r#","scope":"","tenant":0"#))), "ok");
    for more in [r#","tenant":1"#, r#","scope":null,"tenant":1"#, r#","Scope":1,"tenant":1"#, ""] {
        assert_eq!(code_of(policy(), &hs256(HEADER, claims(more))), "missing_claim", "{more}");
    }
}

#[test]
fn access_token_has_the_claims_of_rfc_9068() {
    let header = r#"{"alg":"HS256","typ":"at+jwt"}"#;
    let policy = || hs().profile(Profile::AccessToken);
    let members =
        [("sub", r#""s""#), ("client_id", r#""c""#), ("iat", "1700000000"), ("jti", r#""j""#)].map(|(n, v)| (n, v));
    let token = |skip: &str, other: Option<&str>| {
        let more: String = members
            .iter()
            .filter(|(name, _)| *name != skip || other.is_some())
            .map(|(name, value)| {
                let value = if *name == skip { other.unwrap_or(value) } else { value };
                format!(r#","{name}":{value}"#)
            })
            .collect();
        hs256(header, claims(&more))
    };
    assert_eq!(code_of(policy(), &token("", None)), "ok");
    for (name, _) in members {
        assert_eq!(code_of(policy(), &token(name, None)), "missing_claim", "{name}");
        for value in ["\"\"", "null", "[]"] {
            assert_eq!(code_of(policy(), &token(name, Some(value))), "bad_claim_type", "{name} {value}");
        }
    }
}

#[test]
fn id_token_repeats_the_nonce_and_names_its_party() {
    let policy = |nonce: Option<&str>| hs().profile(Profile::IdToken { nonce: nonce.map(String::from) });
    let base = r#","sub":"s","iat":1700000000"#;
    let token = |more: &str| hs256(HEADER, claims(&format!("{base}{more}")));
    assert_eq!(code_of(policy(None), &token("")), "ok");
    assert_eq!(code_of(policy(None), &token(r#","nonce":"n""#)), "ok");
    assert_eq!(code_of(policy(Some("n")), &token(r#","nonce":"n""#)), "ok");
    assert_eq!(code_of(policy(Some("n")), &token("")), "missing_claim");
    assert_eq!(code_of(policy(Some("n")), &token(r#","nonce":"N""#)), "claim_mismatch");
    assert_eq!(code_of(policy(Some("n")), &token(r#","nonce":["n"]"#)), "bad_claim_type");
    assert_eq!(code_of(policy(None), &token(&format!(r#","azp":"{AUDIENCE}""#))), "ok");
    assert_eq!(code_of(policy(None), &token(r#","azp":"other""#)), "claim_mismatch");
    let several = format!(r#"{{"iss":"{ISSUER}","aud":["x","{AUDIENCE}"],"exp":9999999999{base}"#);
    assert_eq!(code_of(policy(None), &hs256(HEADER, format!("{several}}}"))), "missing_claim");
    assert_eq!(code_of(policy(None), &hs256(HEADER, format!(r#"{several},"azp":"{AUDIENCE}"}}"#))), "ok");
}

#[test]
fn id_token_is_as_old_as_its_sign_in() {
    let policy = || hs().profile(Profile::IdToken { nonce: None }).leeway_secs(0).age_secs_max(100);
    let token = |more: &str| hs256(HEADER, claims(&format!(r#","sub":"s","iat":1700000000{more}"#)));
    assert_eq!(code_of(policy(), &token(r#","auth_time":1699999900"#)), "ok");
    assert_eq!(code_of(policy(), &token(r#","auth_time":1699999899"#)), "token_too_old");
    assert_eq!(code_of(policy(), &token("")), "missing_claim");
}

#[test]
fn verified_claims_are_readable_in_full() {
    let verifier = hs().build().unwrap();
    let more = r#","sub":"ada","jti":"j1","nbf":1699999999.5,"iat":1.7e9,"n":1e400,"big":9007199254740993"#;
    let token = verify(&verifier, &hs256(HEADER, claims(more)), verifier.shared_keys().unwrap(), NOW).unwrap();
    let claims = token.claims();
    assert_eq!((claims.issuer(), claims.subject(), claims.token_id()), (Some(ISSUER), Some("ada"), Some("j1")));
    assert!(claims.audience().eq([AUDIENCE]));
    assert_eq!(claims.expires_at(), Some(Timestamp::from_secs(NOW_SECS + 300)));
    assert_eq!(claims.not_before(), Some(NOW));
    assert_eq!(claims.issued_at(), Some(NOW));
    assert_eq!(claims.get("big"), Some(&Json::Number("9007199254740993".into())), "as it was written");
    assert_eq!(claims.bound_key(), None);
    assert_eq!(token.valid_until(), Some(Timestamp::from_secs(NOW_SECS + 360)));
    assert!(token.is_cacheable() && token.check_time(NOW).is_ok());
    let late = token.check_time(Timestamp::from_secs(NOW_SECS + 360)).unwrap_err();
    assert_eq!(late.code.name(), "token_expired");
}

#[test]
fn bound_token_is_refused_unless_the_policy_says_who_asks_for_its_key() {
    let access = r#","sub":"s","client_id":"c","iat":1700000000,"jti":"j""#;
    let verdict = |confirmation: Option<Confirmation>, cnf: &str| {
        let policy = |profile| {
            let policy = hs().profile(profile);
            confirmation.map_or_else(|| policy.clone(), |confirmation| policy.clone().confirmation(confirmation))
        };
        let more = format!("{access}{cnf}");
        let plain = hs256(HEADER, claims(&more));
        let typed = hs256(r#"{"alg":"HS256","typ":"at+jwt"}"#, claims(&more));
        let codes = [(policy(Profile::Jwt), plain), (policy(Profile::AccessToken), typed)].map(|(policy, token)| {
            let verifier = policy.build().unwrap();
            let verdict = verify(&verifier, &token, verifier.shared_keys().unwrap(), NOW);
            assert!(verdict.as_ref().err().is_none_or(|error| error.at == Place::Claim("cnf".into())), "{verdict:?}");
            code(&verdict)
        });
        assert_eq!(codes[0], codes[1], "both profiles");
        codes[0]
    };
    let (none, dpop, host) = (Some(Confirmation::None), Some(Confirmation::Dpop), Some(Confirmation::Host));
    for (cnf, as_none, as_dpop) in [
        ("", "ok", "missing_claim"),
        (r#","cnf":{"jkt":"x"}"#, "claim_mismatch", "ok"),
        (r#","cnf":{"jkt":"x","x5t#S256":"y"}"#, "claim_mismatch", "ok"),
        (r#","cnf":{"x5t#S256":"y"}"#, "claim_mismatch", "missing_claim"),
        (r#","cnf":{}"#, "claim_mismatch", "missing_claim"),
        (r#","cnf":{"jkt":7}"#, "claim_mismatch", "bad_claim_type"),
        (r#","cnf":{"jkt":null}"#, "claim_mismatch", "bad_claim_type"),
        (r#","cnf":["jkt"]"#, "claim_mismatch", "bad_claim_type"),
        (r#","cnf":"x""#, "claim_mismatch", "bad_claim_type"),
        (r#","cnf":7"#, "claim_mismatch", "bad_claim_type"),
        (r#","cnf":false"#, "claim_mismatch", "bad_claim_type"),
        (r#","cnf":null"#, "claim_mismatch", "bad_claim_type"),
        (r#","\u0063nf":{"jkt":"x"}"#, "claim_mismatch", "ok"),
        (r#","CNF":{"jkt":"x"},"jkt":"x""#, "ok", "missing_claim"),
    ] {
        assert_eq!((verdict(None, cnf), verdict(none, cnf)), (as_none, as_none), "{cnf}");
        assert_eq!((verdict(dpop, cnf), verdict(host, cnf)), (as_dpop, "ok"), "{cnf}");
    }
    let token = hs256(HEADER, claims(r#","iat":1700000000,"sub":"s","cnf":{"jkt":"x"}"#));
    assert_eq!(code_of(hs().profile(Profile::IdToken { nonce: None }), &token), "ok", "no service is sent one");
}
