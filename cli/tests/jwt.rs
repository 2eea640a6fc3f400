//! `jwt` and `jwks` from outside: verdicts, exit codes, what is printed and what never is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests stop loudly")]

mod support;
#[path = "support/tokens.rs"]
mod tokens;

use serde_json::Value;
use support::{Folder, Ran, run, run_with};
use tokens::{AUDIENCE, ISSUER, NOW, SECRET, claims, ed25519_jwk, eddsa, es256, hs256, key_set, p256_jwk};

#[test]
fn valid_token_is_accepted_and_its_claims_printed() {
    let jwks = Jwks::new("valid", &[ed25519_jwk(1, r#","kid":"a""#), p256_jwk(2, r#","kid":"b""#)]);
    for token in [
        eddsa(1, r#"{"alg":"EdDSA","kid":"a"}"#, &claims(r#","role":"admin""#)),
        es256(2, r#"{"alg":"ES256","kid":"b"}"#, &claims(r#","role":"admin""#)),
    ] {
        let ran = jwks.verify(&token, &[]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
        let printed: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!((&printed["sub"], &printed["role"]), (&Value::from("ada"), &Value::from("admin")));
    }
}

#[test]
fn claims_are_printed_in_order_with_numbers_as_spelled_and_controls_escaped() {
    let jwks = Jwks::new("spelled", &[ed25519_jwk(1, "")]);
    let token = eddsa(1, r#"{"alg":"EdDSA"}"#, &claims(",\"z\":1.50e2,\"a\":\"\\u001b[2J\u{202e}\",\"__proto__\":{}"));
    let shown = jwks.verify(&token, &[]).stdout;
    assert!(shown.find("\"z\": 1.50e2").unwrap() < shown.find("\"a\":").unwrap(), "{shown}");
    assert!(shown.contains(r"\u001b[2J\u202e") && shown.contains("__proto__"), "{shown}");
    let json = jwks.verify(&token, &["--format", "json"]).stdout;
    assert!(json.contains("\"z\":1.50e2,\"a\":"), "{json}");
    assert_eq!(json.lines().count(), 1);
    let document: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&document["accepted"], &document["algorithm"]), (&Value::from(true), &Value::from("EdDSA")));
    assert_eq!(document["key_thumbprint"].as_str().unwrap().len(), 43);
}

#[test]
fn refused_token_leaves_with_1_and_tells_code_place_and_challenge() {
    let jwks = Jwks::new("refused", &[ed25519_jwk(1, r#","kid":"a""#)]);
    let header = r#"{"alg":"EdDSA","kid":"a"}"#;
    let good = eddsa(1, header, &claims(""));
    let cases = [
        (eddsa(9, header, &claims("")), "bad_signature", "signature"),
        (eddsa(1, header, &claims("").replace("1800000600", "1799999000")), "token_expired", "claim `exp`"),
        (eddsa(1, header, &claims("").replace("api.", "other.")), "claim_mismatch", "claim `aud`"),
        (eddsa(1, header, &claims(r#","sub":"eve""#)), "duplicate_name", "payload"),
        (eddsa(1, r#"{"alg":"EdDSA","kid":"b"}"#, &claims("")), "unknown_key", "key"),
        (eddsa(1, r#"{"alg":"none","kid":"a"}"#, &claims("")), "alg_not_allowed", "header `alg`"),
        (eddsa(1, r#"{"alg":"EdDSA","kid":"a","crit":["x"],"x":1}"#, &claims("")), "crit_unsupported", "header `crit`"),
        (good.replace('.', ""), "not_jws", "token"),
        (format!("{good}="), "bad_base64", "signature"),
    ];
    for (token, code, place) in cases {
        let ran = jwks.verify(&token, &["--realm", "orders"]);
        assert_eq!(ran.code, 1, "{code}: {}{}", ran.stdout, ran.stderr);
        let shown: String = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.starts_with(&format!("refused {code} place {place} because ")), "{code}: {shown}");
        assert!(shown.contains(r#"challenge Bearer realm="orders""#), "{shown}");
        let json: Value = serde_json::from_str(&jwks.verify(&token, &["--format", "json"]).stdout).unwrap();
        assert_eq!((&json["accepted"], &json["error"]["code"]), (&Value::from(false), &Value::from(code)));
        assert_eq!(json["error"]["status"], 401);
    }
}

#[test]
fn refusals_and_explanations_quote_nothing_of_the_token() {
    let jwks = Jwks::new("quiet", &[ed25519_jwk(1, r#","kid":"a""#)]);
    let header = r#"{"alg":"EdDSA","kid":"hushkid","typ":"hushtype"}"#;
    let claims = claims("").replace("ada", "hushname").replace("issuer.", "hushissuer.");
    let token = eddsa(1, header, &claims);
    for format in ["pretty", "json"] {
        let [refused, told] = ["verify", "explain"].map(|command| jwks.run(command, &token, &["--format", format]));
        assert_eq!((refused.code, told.code), (1, 1));
        let shown = [refused.stdout, refused.stderr, told.stdout, told.stderr].concat();
        let signature = token.rsplit('.').next().unwrap();
        assert!(!shown.contains("hush") && !shown.contains(signature), "{shown}");
    }
}

#[test]
fn token_comes_from_standard_input_without_its_line_feed() {
    let jwks = Jwks::new("stdin", &[ed25519_jwk(1, "")]);
    let token = eddsa(1, r#"{"alg":"EdDSA"}"#, &claims(""));
    let arguments = jwks.arguments("verify", "-", &[]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    for (end, code) in [("", 0), ("\n", 0), ("\r\n", 0), ("\n\n", 1), (" ", 1)] {
        assert_eq!(run_with(&arguments, format!("{token}{end}").as_bytes()).code, code, "{end:?}");
    }
    assert_eq!(run_with(&arguments, b"\xFF").code, 2);
}

#[test]
fn shared_secret_comes_from_a_file_alone() {
    let folder = Folder::new("jwt-secret");
    let file = folder.write("secret", SECRET);
    let token = hs256(SECRET, r#"{"alg":"HS256"}"#, &claims(""));
    let policy = ["--issuer", ISSUER, "--audience", AUDIENCE, "--now", "1800000000"];
    let with = |more: &[&str]| run(&[&["jwt", "verify", &token][..], &policy, more].concat());
    assert_eq!(with(&["--alg", "HS256", "--secret-file", &file]).code, 0);
    let other = folder.write("other", &[&SECRET[..], b"\n"].concat());
    assert_eq!(with(&["--alg", "HS256", "--secret-file", &other]).code, 1, "every byte counts");
    let short = folder.write("short", b"short");
    for (arguments, word) in [
        (&["--alg", "HS256", "--secret-file", &short][..], "too short"),
        (&["--alg", "ES256", "--secret-file", &file], "ES256"),
        (&["--alg", "HS256", "--jwks", &file], "--secret-file"),
        (&["--alg", "HS256", "--jwks", &file, "--secret-file", &file], "--secret-file"),
        (&["--alg", "HS256", "--secret-file", "no/such/file"], "no/such/file"),
        (&["--alg", "HS256"], "no keys given"),
    ] {
        let ran = with(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.stdout);
        assert!(ran.stderr.contains(word), "{arguments:?}: {}", ran.stderr);
    }
    // A public key never becomes a secret: its text signs nothing.
    let jwks = Jwks::new("confusion", &[p256_jwk(2, "")]);
    let forged = hs256(key_set(&[p256_jwk(2, "")]).as_bytes(), r#"{"alg":"HS256"}"#, &claims(""));
    assert!(jwks.verify(&forged, &[]).stdout.contains("alg_not_allowed"));
}

#[test]
fn usage_errors_leave_with_2_and_name_the_option() {
    let folder = Folder::new("jwt-usage");
    let file = folder.write("jwks.json", key_set(&[ed25519_jwk(1, "")]).as_bytes());
    let html = folder.write("jwks.html", b"<html>hush</html>");
    let all = ["--jwks", &file, "--issuer", ISSUER, "--audience", AUDIENCE, "--alg", "EdDSA"];
    let without = |option: &str| {
        let at = all.iter().position(|argument| *argument == option).unwrap();
        [&["jwt", "verify", "x.y.z"][..], &all[..at], &all[at + 2..]].concat()
    };
    for option in ["--jwks", "--issuer", "--audience", "--alg"] {
        let ran = run(&without(option));
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains(option), "{option}: {}", ran.stderr);
    }
    for more in [
        &["--leeway", "601"][..],
        &["--leeway", "-1"],
        &["--profile", "logout"],
        &["--alg", "none"],
        &["--require", ""],
        &["--nonce", "n"],
        &["--method", "GET"],
        &["--profile", "dpop"],
        &["--now", "soon"],
    ] {
        assert_eq!(run(&[&["jwt", "verify", "x.y.z"][..], &all, more].concat()).code, 2, "{more:?}");
    }
    let ran = run(&[&without("--jwks")[..], &["--jwks", &html]].concat());
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("not JSON at byte 0") && !ran.stderr.contains("hush"), "{}", ran.stderr);
}

#[test]
fn leeway_age_and_required_claims_reach_the_policy() {
    let jwks = Jwks::new("policy", &[ed25519_jwk(1, "")]);
    let token = eddsa(1, r#"{"alg":"EdDSA"}"#, &claims(""));
    let code = |more: &[&str]| {
        let ran = jwks.verify(&token, &[more, &["--format", "json"]].concat());
        let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
        (ran.code, answer["error"]["code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(code(&["--now", "1800000659"]), (0, String::new()));
    assert_eq!(code(&["--now", "1800000660"]), (1, "token_expired".to_owned()));
    assert_eq!(code(&["--now", "1800000600", "--leeway", "0"]), (1, "token_expired".to_owned()));
    assert_eq!(code(&["--max-age", "5", "--leeway", "0"]), (1, "token_too_old".to_owned()));
    assert_eq!(code(&["--require", "role"]), (1, "missing_claim".to_owned()));
    assert_eq!(code(&["--require", "sub", "--require", "iat"]), (0, String::new()));
    assert_eq!(code(&["--profile", "access-token"]), (1, "typ_mismatch".to_owned()));
}

#[test]
fn bound_token_is_accepted_where_the_policy_knows_of_it() {
    let jwks = Jwks::new("bound", &[ed25519_jwk(1, "")]);
    let token = |cnf: &str| eddsa(1, r#"{"alg":"EdDSA"}"#, &claims(cnf));
    let (proof, certificate) = (token(r#","cnf":{"jkt":"hush"}"#), token(r#","cnf":{"x5t#S256":"hush"}"#));
    let code = |token: &str, more: &[&str]| {
        let ran = jwks.verify(token, &[more, &["--format", "json"]].concat());
        let answer: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
        (ran.code, answer["error"]["code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(code(&proof, &[]), (1, "claim_mismatch".to_owned()));
    assert_eq!(code(&proof, &["--confirmation", "none"]), (1, "claim_mismatch".to_owned()));
    assert_eq!(code(&proof, &["--confirmation", "dpop"]), (0, String::new()));
    assert_eq!(code(&certificate, &["--confirmation", "dpop"]), (1, "missing_claim".to_owned()));
    assert_eq!(code(&certificate, &["--confirmation", "host"]), (0, String::new()));
    for more in [&["--confirmation", "mtls"][..], &["--profile", "id-token", "--confirmation", "none"]] {
        assert_eq!(code(&proof, more).0, 2, "{more:?}");
    }
    let told = jwks.run("explain", &proof, &[]);
    assert_eq!(told.code, 1);
    assert!(told.stdout.contains("confirmation") && !told.stdout.contains("hush"), "{}", told.stdout);
}

#[test]
fn clock_is_the_default_of_now() {
    let folder = Folder::new("jwt-clock");
    let file = folder.write("jwks.json", key_set(&[ed25519_jwk(1, "")]).as_bytes());
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let dated = |exp: u64| eddsa(1, r#"{"alg":"EdDSA"}"#, &format!(r#"{{"iss":"i","aud":"a","exp":{exp}}}"#));
    for (exp, code) in [(since + 3600, 0), (since - 3600, 1)] {
        let arguments = ["--jwks", &file, "--issuer", "i", "--audience", "a", "--alg", "EdDSA"];
        assert_eq!(run(&[&["jwt", "verify", &dated(exp)][..], &arguments].concat()).code, code);
    }
}

#[test]
fn id_token_and_proof_have_their_options() {
    let jwks = Jwks::new("profiles", &[ed25519_jwk(1, "")]);
    let id_token = eddsa(1, r#"{"alg":"EdDSA"}"#, &claims(r#","nonce":"n1""#));
    assert_eq!(jwks.verify(&id_token, &["--profile", "id-token", "--nonce", "n1"]).code, 0);
    assert_eq!(jwks.verify(&id_token, &["--profile", "id-token", "--nonce", "n2"]).code, 1);
    let header = format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{}}}"#, p256_jwk(3, ""));
    let proof = es256(3, &header, &format!(r#"{{"jti":"1","htm":"GET","htu":"https://api.example/a","iat":{NOW}}}"#));
    let verify = |command: &str, method: &str| {
        let options = ["--profile", "dpop", "--alg", "ES256", "--url", "https://api.example/a", "--now", "1800000000"];
        run(&[&["jwt", command, &proof][..], &options, &["--method", method]].concat())
    };
    assert_eq!(verify("verify", "GET").code, 0);
    let refused = verify("verify", "POST");
    assert_eq!(refused.code, 1);
    assert!(refused.stdout.contains("proof_mismatch") && refused.stdout.contains("DPoP realm="), "{}", refused.stdout);
    assert_eq!((verify("explain", "GET").code, verify("explain", "POST").code), (0, 1));
}

#[test]
fn explain_lists_every_fault_with_expected_and_got() {
    let jwks = Jwks::new("explain", &[ed25519_jwk(1, "")]);
    let token =
        eddsa(9, r#"{"alg":"EdDSA","typ":"at+jwt"}"#, &claims("").replace("api.", "other.").replace("1800000600", "5"));
    let ran = jwks.run("explain", &token, &[]);
    assert_eq!(ran.code, 1);
    for code in ["typ_mismatch", "claim_mismatch", "token_expired", "bad_signature"] {
        assert!(ran.stdout.contains(code), "{code}: {}", ran.stdout);
    }
    assert!(ran.stdout.contains("at+jwt") && ran.stdout.contains(AUDIENCE), "{}", ran.stdout);
    let json: Value = serde_json::from_str(&jwks.run("explain", &token, &["--format", "json"]).stdout).unwrap();
    assert_eq!(json["failed"], 4);
    let of = |name: &str| json["checks"].as_array().unwrap().iter().find(|check| check["check"] == name).unwrap();
    assert_eq!((&of("issuer")["outcome"], &of("expires_at")["code"]), (&"passed".into(), &"token_expired".into()));
    assert_eq!(of("expires_at")["got"], "5");
    let good = eddsa(1, r#"{"alg":"EdDSA"}"#, &claims(""));
    assert_eq!(jwks.run("explain", &good, &[]).code, 0);
}

#[test]
fn explain_works_without_keys_and_without_a_policy() {
    let now = ["--now", "1800000000", "--format", "json"];
    let told = |token: &str, more: &[&str]| -> (i32, Value) {
        let ran = run(&[&["jwt", "explain", token][..], &now, more].concat());
        (ran.code, serde_json::from_str(&ran.stdout).unwrap())
    };
    let header = r#"{"alg":"EdDSA"}"#;
    for token in [
        eddsa(1, header, &claims("")),
        eddsa(1, header, &claims("").replace(ISSUER, "not given")),
        hs256(SECRET, r#"{"alg":"HS256"}"#, &claims("")),
    ] {
        let (code, json) = told(&token, &[]);
        assert_eq!((code, &json["failed"]), (0, &0.into()), "{json}");
        let of = |name: &str| json["checks"].as_array().unwrap().iter().find(|check| check["check"] == name).unwrap();
        for name in ["issuer", "audience", "key", "signature"] {
            assert_eq!(
                (&of(name)["outcome"], &of(name)["expected"]),
                (&"skipped".into(), &"not given".into()),
                "{name}"
            );
        }
        assert_eq!(of("expires_at")["outcome"], "passed");
    }
    assert_eq!(told(&eddsa(1, header, &claims("").replace(&format!("\"{ISSUER}\""), "5")), &[]).0, 1, "malformed");
    assert_eq!(told(&eddsa(1, r#"{"alg":"none"}"#, &claims("")), &[]).0, 1);
    assert_eq!(told(&eddsa(1, header, &claims("")), &["--issuer", "https://other.example"]).0, 1);
    assert_eq!(told("not a token", &[]).0, 1);
    assert_eq!(told(&hs256(SECRET, r#"{"alg":"HS256"}"#, &claims("")), &["--alg", "HS256"]).0, 0);
}

#[test]
fn inspect_tells_what_each_key_is_for_or_why_it_is_refused() {
    let folder = Folder::new("jwks-inspect");
    let private = ed25519_jwk(4, r#","kid":"leak","d":"AA""#);
    let keys = [
        ed25519_jwk(1, r#","kid":"a""#),
        p256_jwk(2, r#","kid":"b","alg":"ES256""#),
        p256_jwk(3, r#","kid":"b""#),
        r#"{"kty":"AKP","alg":"ML-DSA-44","kid":"pq","pub":"AA"}"#.to_owned(),
        p256_jwk(5, r#","use":"enc""#),
        "7".to_owned(),
        ed25519_jwk(1, r#","kid":"again""#),
    ];
    let file = folder.write("jwks.json", key_set(&keys).as_bytes());
    let ran = run(&["jwks", "inspect", &file, "--format", "json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&json["usable"], json["keys"].as_array().unwrap().len()), (&4.into(), 7));
    let codes: Vec<_> = json["keys"].as_array().unwrap().iter().map(|key| key["code"].as_str()).collect();
    let refused = [None, None, None, Some("key_unsupported"), Some("key_not_usable"), Some("bad_key"), None];
    assert_eq!(codes, refused);
    assert_eq!(json["keys"][0]["type"], "OKP Ed25519");
    assert_eq!(json["keys"][1]["algorithms"], serde_json::json!(["ES256"]));
    assert_eq!(json["keys"][2]["remark"], "ambiguous: same kid as 1");
    assert_eq!(json["keys"][6]["remark"], "same key as 0");
    assert_eq!(json["keys"][0]["thumbprint"], json["keys"][6]["thumbprint"]);
    let table = run(&["jwks", "inspect", &file]).stdout;
    assert!(table.contains("7 keys, 4 usable") && table.contains("AKP ML-DSA-44"), "{table}");
    let leaked = folder.write("leak.json", key_set(&[ed25519_jwk(1, ""), private]).as_bytes());
    let ran = run(&["jwks", "inspect", &leaked]);
    assert!(ran.code == 1 && ran.stdout.contains("private_key_published"), "{}", ran.stdout);
    let none = folder.write("none.json", br#"{"keys":[]}"#);
    assert_eq!(run(&["jwks", "inspect", &none]).code, 1);
    let array = folder.write("array.json", b"[]");
    assert_eq!(run(&["jwks", "inspect", &array]).code, 2);
    assert_eq!(run(&["jwks", "inspect", "no/such/file"]).code, 2);
    assert_eq!(run_with(&["jwks", "inspect", "-"], key_set(&keys).as_bytes()).code, 0);
}

/// A key set in a file, and runs that use it.
struct Jwks {
    _folder: Folder,
    file: String,
}

impl Jwks {
    fn new(name: &str, keys: &[String]) -> Self {
        let folder = Folder::new(&format!("jwt-{name}"));
        let file = folder.write("jwks.json", key_set(keys).as_bytes());
        Self { _folder: folder, file }
    }

    fn verify(&self, token: &str, more: &[&str]) -> Ran {
        self.run("verify", token, more)
    }

    fn run(&self, command: &str, token: &str, more: &[&str]) -> Ran {
        let arguments = self.arguments(command, token, more);
        run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn arguments(&self, command: &str, token: &str, more: &[&str]) -> Vec<String> {
        let policy = ["--jwks", &self.file, "--issuer", ISSUER, "--audience", AUDIENCE, "--alg", "EdDSA,ES256"];
        let now = NOW.to_string();
        let now = if more.contains(&"--now") { vec![] } else { vec!["--now", &now] };
        let all = [&["jwt", command, token][..], &policy, &now, more].concat();
        all.into_iter().map(str::to_owned).collect()
    }
}
