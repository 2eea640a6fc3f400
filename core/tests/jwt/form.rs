//! The compact form: spelling, segments, sizes, nesting, JSON.

use edgewarden::jwt::{TokenLimits, UnverifiedToken};
use edgewarden::text::json::{Json, JsonLimits};

use super::sign::{HEADER, ISSUER, NOW, SECRET, claims, code_of, hs, hs256, mac_of};
use super::vectors::{base64url, path, text};

#[test]
fn d1_a_token_has_one_spelling() {
    let token = hs256(HEADER, claims(r#","a":"1""#));
    assert_eq!(code_of(hs(), &token), "ok");
    let [header, payload, signature] = segments(&token);
    for ending in ["=", "==", "\n", "\r\n", " ", "\t", "\0", "\u{feff}", "é", "+", "/", "%3D", "*"] {
        for token in [
            format!("{header}{ending}.{payload}.{signature}"),
            format!("{ending}{header}.{payload}.{signature}"),
            format!("{header}.{payload}{ending}.{signature}"),
            format!("{header}.{ending}{payload}.{signature}"),
            format!("{header}.{payload}.{signature}{ending}"),
            format!("{header}.{payload}.{ending}{signature}"),
        ] {
            assert_eq!(code_of(hs(), &token), "bad_base64", "{ending:?}");
            let resigned = mac_of(&SECRET, token.rsplit_once('.').unwrap().0);
            let expected = if token.ends_with(signature) && !token.contains(&format!(".{ending}{signature}")) {
                "bad_base64"
            } else {
                "ok"
            };
            assert_eq!(code_of(hs(), &resigned), expected, "{ending:?} under a good signature");
        }
    }
}

#[test]
fn d1_stray_bits_and_lengths_are_refused() {
    let token = hs256(HEADER, claims(""));
    let (rest, last) = token.split_at(token.len() - 1);
    // 43 letters spell 258 bits for 256: three other letters mean the same bytes to a loose reader.
    let alphabet: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['-', '_']).collect();
    let value = alphabet.iter().position(|c| last.starts_with(*c)).unwrap();
    for stray in 1..4 {
        let twin = format!("{rest}{}", alphabet[value + stray]);
        assert_eq!(code_of(hs(), &twin), "bad_base64");
    }
    assert_eq!(code_of(hs(), &format!("{token}AA")), "bad_base64", "45 letters spell no bytes");
    assert_eq!(code_of(hs(), &token[..token.len() - 1]), "bad_signature_length");
    let [_, payload, signature] = segments(&token);
    assert_eq!(code_of(hs(), &format!(".{payload}.{signature}")), "bad_base64", "no header");
}

#[test]
fn d2_a_token_has_two_dots() {
    for token in ["", "a", "a.b", "a.b.c.d", "a.b.c.d.e.f", "...", ".....", &".".repeat(16_000)] {
        assert_eq!(code_of(hs(), token), "not_jws", "{} bytes", token.len());
    }
    assert_eq!(code_of(hs(), "."), "not_jws");
    assert_eq!(code_of(hs(), ".."), "bad_base64");
    assert_eq!(code_of(hs(), "...."), "jwe_unsupported");
    assert_eq!(code_of(hs(), &".".repeat(1_000_000)), "too_large");
}

#[test]
fn d2_encrypted_tokens_are_neither_decrypted_nor_inflated() {
    let header = base64url(br#"{"alg":"dir","enc":"A128GCM","zip":"DEF"}"#);
    assert_eq!(code_of(hs(), &format!("{header}..AAAA.AAAA.AAAA")), "jwe_unsupported");
    for name in ["5_6.direct_encryption_using_aes-gcm", "5_9.compressed_content"] {
        let Some(text) = text(&format!("cookbook/jwe_must_reject/{name}.json")) else { return };
        let compact = text.split('"').find(|part| part.matches('.').count() == 4 && !part.contains(' ')).unwrap();
        assert_eq!(code_of(hs(), compact), "jwe_unsupported", "{name}");
    }
}

#[test]
fn d3_limits_on_sizes_are_exact_and_come_before_decoding() {
    let token = |len: usize| {
        let (short, long) = (hs256(HEADER, claims(r#","a":"""#)), |fill: usize, header: &str| {
            hs256(header, claims(&format!(r#","a":"{}""#, "x".repeat(fill))))
        });
        let fill = (len - short.len()) * 3 / 4;
        let headers = [HEADER, r#"{"alg":"HS256" }"#, r#"{"alg":"HS256"  }"#];
        let mut tries = (fill - 9..=fill + 1).flat_map(|fill| headers.map(|header| long(fill, header)));
        tries.find(|token| token.len() == len).unwrap()
    };
    assert_eq!(code_of(hs(), &token(16 * 1024)), "ok");
    assert_eq!(code_of(hs(), &token(16 * 1024 + 1)), "too_large");
    assert_eq!(code_of(hs(), &"?".repeat(16 * 1024 + 1)), "too_large");
    let header = |bytes: usize| format!(r#"{{"alg":"HS256","x":"{}"}}"#, "x".repeat(bytes - 22));
    assert_eq!(code_of(hs(), &hs256(header(3072), claims(""))), "ok");
    let token = hs256(header(3072), claims(""));
    assert_eq!(code_of(hs(), &token.replacen('.', "?.", 1)), "too_large", "4,097 letters, the last of which is none");
}

#[test]
fn d3_limits_on_counts_are_exact() {
    let members = |count: usize| (0..count).map(|i| format!(r#","m{i}":0"#)).collect::<String>();
    let header = |count: usize| format!(r#"{{"alg":"HS256"{}}}"#, members(count - 1));
    assert_eq!(code_of(hs(), &hs256(header(64), claims(""))), "ok");
    assert_eq!(code_of(hs(), &hs256(header(65), claims(""))), "too_many");
    assert_eq!(code_of(hs(), &hs256(HEADER, claims(&members(253)))), "ok");
    assert_eq!(code_of(hs(), &hs256(HEADER, claims(&members(254)))), "too_many");
    // The object, four claims and the elements.
    let array = |count: usize| claims(&format!(r#","a":[{}]"#, vec!["0"; count].join(",")));
    assert_eq!(code_of(hs(), &hs256(HEADER, array(1024 - 5))), "ok");
    assert_eq!(code_of(hs(), &hs256(HEADER, array(1024 - 4))), "too_many");
    let limits = TokenLimits { claims: 4, values: 2000, ..TokenLimits::default() };
    assert_eq!(code_of(hs().limits(limits), &hs256(HEADER, array(1024))), "ok");
    assert_eq!(code_of(hs().limits(limits), &hs256(HEADER, claims(&members(2)))), "too_many");
}

#[test]
fn d4_nesting_stops_at_its_limit_without_recursion() {
    let nested = |depth: usize| claims(&format!(r#","a":{}{}"#, "[".repeat(depth), "]".repeat(depth)));
    assert_eq!(code_of(hs(), &hs256(HEADER, nested(15))), "ok", "fifteen in an object");
    for depth in [16, 17, 200, 5_000] {
        assert_eq!(code_of(hs(), &hs256(HEADER, nested(depth))), "too_deep", "{depth}");
    }
    let limits = TokenLimits { token_bytes: 1 << 20, header_bytes: 1 << 20, ..TokenLimits::default() };
    assert_eq!(code_of(hs(), &hs256(HEADER, nested(100_000))), "too_large");
    assert_eq!(code_of(hs().limits(limits), &hs256(HEADER, nested(100_000))), "too_deep");
    let header = format!(r#"{{"alg":"HS256","a":{}{}}}"#, r#"{"a":"#.repeat(100_000), "0}".repeat(100_000));
    assert_eq!(code_of(hs().limits(limits), &hs256(header, claims(""))), "too_deep");
}

#[test]
fn d5_payload_is_one_json_object_in_utf8() {
    let good = claims("");
    for payload in [
        format!("\u{feff}{good}").into_bytes(),
        good.replace("issuer", "issu\u{1}er").into_bytes(),
        [&good.as_bytes()[..good.len() - 1], b",\"a\":\"\xff\"}"].concat(),
        [&good.as_bytes()[..good.len() - 1], b",\"a\":\"\xed\xa0\x80\"}"].concat(),
        [&good.as_bytes()[..good.len() - 1], b",\"a\":\"\xc0\xaf\"}"].concat(),
        good.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        claims(r#","a":"\ud800""#).into_bytes(),
        claims(r#","a":"\udc00\ud800""#).into_bytes(),
        claims(r#","\udfff":1"#).into_bytes(),
        claims(r#","a":"\u12""#).into_bytes(),
        claims(r#","a":'x'"#).into_bytes(),
        claims(r#","a":01"#).into_bytes(),
        claims(r#","a":+1"#).into_bytes(),
        claims(r#","a":NaN"#).into_bytes(),
        claims(r#","a":1,"#).into_bytes(),
        claims(r#",/**/"a":1"#).into_bytes(),
        format!("{good} x").into_bytes(),
        format!("{good}{good}").into_bytes(),
        format!("{good}\0").into_bytes(),
        format!("[{good}]").into_bytes(),
        format!("\"{}\"", good.replace('"', "\\\"")).into_bytes(),
        b"null".to_vec(),
        b"1".to_vec(),
        b"".to_vec(),
        b" ".to_vec(),
        b"{".to_vec(),
    ] {
        let name = String::from_utf8_lossy(&payload).into_owned();
        assert_eq!(code_of(hs(), &hs256(HEADER, &payload)), "bad_json", "{name}");
    }
    assert_eq!(code_of(hs(), &hs256(HEADER, format!(" \t\r\n{good}\n"))), "ok");
    assert_eq!(code_of(hs(), &hs256(HEADER, claims(r#","a":"\ud83d\ude00""#))), "ok");
    for header in
        ["\u{feff}{\"alg\":\"HS256\"}", "[]", "\"HS256\"", "{\"alg\":\"HS256\"} x", "{\"alg\":\"HS256\\ud800\"}"]
    {
        assert_eq!(code_of(hs(), &hs256(header, &good)), "bad_json", "{header}");
    }
}

#[test]
fn d5_public_json_cases_are_read_as_they_are_named() {
    let Some(folder) = path("jsontestsuite/test_parsing") else { return };
    // Names that are there twice leave open which one counts (RFC 8259 section 4).
    let refused = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"];
    let limits = JsonLimits { depth: 16, members: 256, values: 1024 };
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let bytes = std::fs::read(entry.path()).unwrap();
        let parsed = std::str::from_utf8(&bytes).is_ok_and(|text| Json::parse_within(text, limits).is_ok());
        match name.as_bytes()[0] {
            b'y' => assert_eq!(parsed, !refused.contains(&name.as_str()), "{name}"),
            b'n' => assert!(!parsed, "{name}"),
            _ => {}
        }
        // No document of the suite is a claims set with an issuer, so none is ever a token's payload.
        let code = code_of(hs(), &hs256(HEADER, &bytes));
        assert!(
            ["bad_json", "too_deep", "too_large", "duplicate_name", "missing_claim"].contains(&code),
            "{name} {code}"
        );
        count += 1;
    }
    assert_eq!(count, 318);
}

#[test]
fn c5_duplicate_names_are_refused_at_every_depth() {
    for header in [
        r#"{"alg":"none","alg":"HS256"}"#,
        r#"{"alg":"HS256","alg":"HS256"}"#,
        r#"{"alg":"HS256","\u0061lg":"none"}"#,
        r#"{"alg":"HS256","kid":"a","kid":"b"}"#,
        r#"{"alg":"HS256","crit":[],"crit":[]}"#,
        r#"{"alg":"HS256","jwk":{"kty":"oct","kty":"RSA"}}"#,
    ] {
        assert_eq!(code_of(hs(), &hs256(header, claims(""))), "duplicate_name", "{header}");
    }
    for more in [
        r#","exp":9999999999"#,
        r#","\u0065xp":9999999999"#,
        r#","e\u0078\u0070":9999999999"#,
        r#","iss":"https://issuer.example""#,
        r#","role":"user","role":"admin""#,
        r#","role":"user","r\u006fle":"admin""#,
        r#","\/":1,"/":2"#,
        r#","realm":{"roles":[],"roles":["admin"]}"#,
        r#","a":[{"b":1,"b":1}]"#,
        r#","":1,"":2"#,
    ] {
        assert_eq!(code_of(hs(), &hs256(HEADER, claims(more))), "duplicate_name", "{more}");
    }
    for more in [r#","Exp":1"#, r#","exp ":1"#, r#","a":{"exp":1},"b":{"exp":2}"#] {
        assert_eq!(code_of(hs(), &hs256(HEADER, claims(more))), "ok", "{more}");
    }
}

#[test]
fn unverified_token_tells_what_chooses_a_policy_and_no_claims() {
    let limits = TokenLimits::default();
    let token = hs256(r#"{"alg":"HS256","kid":"k","typ":"JWT"}"#, claims(r#","sub":"ada""#));
    let unverified = UnverifiedToken::parse(&token, &limits).unwrap();
    assert_eq!((unverified.header().kid(), unverified.header().algorithm_name()), (Some("k"), "HS256"));
    assert_eq!(unverified.signing_input(), token.rsplit_once('.').unwrap().0.as_bytes());
    assert_eq!(unverified.signature().len(), 32);
    assert_eq!(unverified.issuer_hint().as_deref(), Some(ISSUER));
    assert!(!format!("{unverified:?} {:?}", unverified.header()).contains("ada"));
    let hint = |payload: &str| UnverifiedToken::parse(&hs256(HEADER, payload), &limits).unwrap().issuer_hint();
    assert_eq!([hint("no json"), hint("{}"), hint(r#"{"iss":1}"#)], [None, None, None]);
}

#[test]
fn nothing_that_holds_a_token_shows_it() {
    let verifier = hs().build().unwrap();
    let keys = verifier.shared_keys().unwrap();
    let token = hs256(r#"{"alg":"HS256","kid":"kkkk"}"#, claims(r#","sub":"adaada""#));
    let verified = verifier.verify(&token, keys, NOW).unwrap();
    let plausible = verifier.plausible(&token, NOW).unwrap();
    let check = verifier.begin(&token, keys, NOW).unwrap();
    let shown = format!("{verified:?} {:?} {plausible:?} {check:?} {verifier:?} {:?}", verified.claims(), hs());
    let told = format!("{:?}", verifier.explain(&token, keys, NOW));
    for secret in ["adaada", "kkkk", "90, 90", "5a5a", token.rsplit_once('.').unwrap().1] {
        assert!(!shown.contains(secret) && !told.contains(secret), "{secret} in {shown} {told}");
    }
}

fn segments(token: &str) -> [&str; 3] {
    let mut parts = token.split('.');
    [(); 3].map(|()| parts.next().unwrap())
}
