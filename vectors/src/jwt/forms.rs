//! Form, header, key and signature.

use serde_json::json;

use super::signer::Signer;
use super::{Cases, HEADER, Keys, NOW_SECS, With, claims};
use crate::base64::encode_url;

pub fn write(keys: &Keys, cases: &mut Cases) -> Result<(), String> {
    segments(keys, cases)?;
    json_texts(keys, cases)?;
    headers(keys, cases)?;
    choice_of_key(keys, cases)?;
    signatures(keys, cases)
}

fn segments(keys: &Keys, cases: &mut Cases) -> Result<(), String> {
    let with = With::usual(keys);
    let good = keys.ed(HEADER, &claims(""))?;
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else { return Err("three segments".to_owned()) };
    cases.add("ok", "good token", good.as_str(), &with);
    cases.add("not_jws", "nothing at all", "", &with);
    cases.add("not_jws", "two segments", format!("{header}.{payload}"), &with);
    cases.add("not_jws", "four segments", format!("{good}.AA"), &with);
    cases.add("jwe_unsupported", "five segments", format!("{good}.AA.AA"), &with);
    cases.add("bad_base64", "no header", format!(".{payload}.{signature}"), &with);
    cases.add("bad_base64", "header with padding", format!("{header}==.{payload}.{signature}"), &with);
    cases.add("bad_base64", "payload with a line break", format!("{header}.{payload}\n.{signature}"), &with);
    cases.add(
        "bad_base64",
        "payload with a sign of the other alphabet",
        format!("{header}.{payload}+.{signature}"),
        &with,
    );
    cases.add(
        "bad_base64",
        "signature with a stray bit",
        format!("{}B", good.get(..good.len() - 1).unwrap_or("")),
        &with,
    );
    cases.add("bad_base64", "white space in front", format!(" {good}"), &with);
    let bytes = |bytes: usize| with.options(json!({"limits": {"tokenBytes": bytes}}));
    cases.add("ok", "as long as may be", good.as_str(), &bytes(good.len()));
    cases.add("too_large", "one byte too long", good.as_str(), &bytes(good.len() - 1));
    let header_bytes = |bytes: usize| with.options(json!({"limits": {"headerBytes": bytes}}));
    cases.add("ok", "header as long as may be", good.as_str(), &header_bytes(header.len()));
    cases.add("too_large", "header one byte too long", good.as_str(), &header_bytes(header.len() - 1));
    let kid = keys.ed(r#"{"alg":"EdDSA","kid":"ab"}"#, &claims(""))?;
    cases.add("too_large", "kid one byte too long", kid, &with.options(json!({"limits": {"kidBytes": 1}})));
    Ok(())
}

fn json_texts(keys: &Keys, cases: &mut Cases) -> Result<(), String> {
    let with = With::usual(keys);
    let good = claims("");
    let deep = claims(r#","x":[[[1]]]"#);
    let depth = |depth: usize| with.options(json!({"limits": {"jsonDepth": depth}}));
    cases.add("bad_json", "header is a list", keys.ed("[]", &good)?, &with);
    cases.add("bad_json", "header with something behind it", keys.ed(&format!("{HEADER}x"), &good)?, &with);
    cases.add("bad_json", "header behind a byte order mark", keys.ed(&format!("\u{FEFF}{HEADER}"), &good)?, &with);
    cases.add("bad_json", "payload is null", keys.ed(HEADER, "null")?, &with);
    cases.add("bad_json", "payload is cut off", keys.ed(HEADER, good.trim_end_matches('}'))?, &with);
    cases.add("bad_json", "payload with a comment", keys.ed(HEADER, &claims("/**/"))?, &with);
    let input = format!("{}.{}", encode_url(HEADER.as_bytes()), encode_url(b"{\"iss\":\"\xFF\"}"));
    cases.add("bad_json", "payload is not UTF-8", keys.ed.sign("EdDSA", &input)?, &with);
    cases.add("duplicate_name", "two algorithms", keys.ed(r#"{"alg":"EdDSA","alg":"none"}"#, &good)?, &with);
    cases.add("duplicate_name", "two issuers", keys.ed(HEADER, &claims(r#","iss":"x""#))?, &with);
    cases.add("duplicate_name", "two issuers, one escaped", keys.ed(HEADER, &claims(r#","\u0069ss":"x""#))?, &with);
    cases.add(
        "duplicate_name",
        "two members inside a claim",
        keys.ed(HEADER, &claims(r#","x":{"a":1,"a":2}"#))?,
        &with,
    );
    cases.add("ok", "as deep as may be", keys.ed(HEADER, &deep)?, &depth(4));
    cases.add("too_deep", "one level too deep", keys.ed(HEADER, &deep)?, &depth(3));
    cases.add(
        "ok",
        "as many claims as may be",
        keys.ed(HEADER, &good)?,
        &with.options(json!({"limits": {"claims": 3}})),
    );
    cases.add(
        "too_many",
        "one claim too many",
        keys.ed(HEADER, &good)?,
        &with.options(json!({"limits": {"claims": 2}})),
    );
    cases.add(
        "ok",
        "a name that languages give a meaning to",
        keys.ed(HEADER, &claims(r#","__proto__":{"x":1}"#))?,
        &with,
    );
    Ok(())
}

fn headers(keys: &Keys, cases: &mut Cases) -> Result<(), String> {
    let with = With::usual(keys);
    let mut add = |verdict: &str, name: &str, header: &str| {
        cases.add(verdict, name, keys.ed(header, &claims(""))?, &with);
        Ok::<(), String>(())
    };
    add("alg_not_allowed", "algorithm none", r#"{"alg":"none"}"#)?;
    add("alg_not_allowed", "algorithm missing", r#"{"kid":"a"}"#)?;
    add("alg_not_allowed", "algorithm is a number", r#"{"alg":1,"kid":"a"}"#)?;
    add("alg_not_allowed", "algorithm in other case", r#"{"alg":"eddsa","kid":"a"}"#)?;
    add("alg_not_allowed", "algorithm that the policy does not list", r#"{"alg":"ES256","kid":"a"}"#)?;
    add("alg_not_allowed", "HMAC where public keys are", r#"{"alg":"HS256","kid":"a"}"#)?;
    add("ok", "algorithm by its newer name", r#"{"alg":"Ed25519","kid":"a"}"#)?;
    add("alg_not_allowed", "newer name in other case", r#"{"alg":"ed25519","kid":"a"}"#)?;
    add("alg_not_allowed", "algorithm of another curve", r#"{"alg":"Ed448","kid":"a"}"#)?;
    add("crit_unsupported", "critical extension", r#"{"alg":"EdDSA","kid":"a","crit":["exp"],"exp":1}"#)?;
    add("crit_unsupported", "empty list of critical extensions", r#"{"alg":"EdDSA","kid":"a","crit":[]}"#)?;
    add("b64_unsupported", "payload that is not encoded", r#"{"alg":"EdDSA","kid":"a","b64":false,"crit":["b64"]}"#)?;
    add("ok", "payload that is said to be encoded", r#"{"alg":"EdDSA","kid":"a","b64":true}"#)?;
    add("bad_header", "b64 is a string", r#"{"alg":"EdDSA","kid":"a","b64":"false"}"#)?;
    add("bad_header", "typ is a number", r#"{"alg":"EdDSA","kid":"a","typ":1}"#)?;
    add("bad_header", "kid is a number", r#"{"alg":"EdDSA","kid":1}"#)?;
    add("ok", "typ in lower case", r#"{"alg":"EdDSA","kid":"a","typ":"jwt"}"#)?;
    add("ok", "typ in full", r#"{"alg":"EdDSA","kid":"a","typ":"application/jwt"}"#)?;
    add("typ_mismatch", "typ of an access token", r#"{"alg":"EdDSA","kid":"a","typ":"at+jwt"}"#)?;
    add("typ_mismatch", "typ of a logout token", r#"{"alg":"EdDSA","kid":"a","typ":"logout+jwt"}"#)?;
    add("nested_unsupported", "a token inside the token", r#"{"alg":"EdDSA","kid":"a","cty":"JWT"}"#)?;
    add("ok", "another content", r#"{"alg":"EdDSA","kid":"a","cty":"text/plain"}"#)?;
    add("ok", "address of keys is not looked at", r#"{"alg":"EdDSA","kid":"a","jku":"https://evil.example/keys"}"#)
}

fn choice_of_key(keys: &Keys, cases: &mut Cases) -> Result<(), String> {
    let with = With::usual(keys);
    let (a, b) = (|more| keys.ed.jwk(more), |more| keys.other.jwk(more));
    let good = keys.ed(HEADER, &claims(""))?;
    let nameless = keys.ed(r#"{"alg":"EdDSA"}"#, &claims(""))?;
    let two = with.keys([b(json!({"kid": "b"})), a(json!({"kid": "a"}))]);
    let tries = |tries: usize| With { options: super::policy(json!({"kidlessTries": tries})), ..two.clone() };
    cases.add("ok", "the key of that kid among two", good.as_str(), &two);
    cases.add("ok", "no kid and one key", nameless.as_str(), &with);
    cases.add("ok", "kid and one key without a name", good.as_str(), &with.keys([a(json!({}))]));
    let lattice = json!({"kty": "AKP", "kid": "pq", "alg": "ML-DSA-44", "pub": "AA"});
    let beside = with.keys([a(json!({})), lattice]);
    cases.add("unknown_key", "kid and a key without a name beside one that is not supported", good.as_str(), &beside);
    let newer = with.keys([a(json!({"kid": "a", "alg": "Ed25519"}))]);
    cases.add("ok", "key whose algorithm has its newer name", good.as_str(), &newer);
    cases.add("ambiguous_key", "no kid and two keys", nameless.as_str(), &two);
    cases.add("ambiguous_key", "no kid, two keys and one try", nameless.as_str(), &tries(1));
    cases.add("ok", "no kid, two keys and two tries", nameless.as_str(), &tries(2));
    cases.add("unknown_key", "kid in other case", keys.ed(r#"{"alg":"EdDSA","kid":"A"}"#, &claims(""))?, &with);
    cases.add("unknown_key", "no key at all", good.as_str(), &with.keys([]));
    let es = keys.p256.jwk(json!({"kid": "a"}));
    cases.add("alg_key_mismatch", "kid of a key of another kind", good.as_str(), &with.keys([es]));
    let unknown = json!({"kty": "AKP", "kid": "a", "alg": "ML-DSA-44", "pub": "AA"});
    cases.add("alg_key_mismatch", "kid of a key that is not supported", good.as_str(), &with.keys([unknown]));
    cases.add(
        "key_not_usable",
        "key for encryption",
        good.as_str(),
        &with.keys([a(json!({"kid": "a", "use": "enc"}))]),
    );
    let sign = a(json!({"kid": "a", "key_ops": ["sign"]}));
    cases.add("key_not_usable", "key for signing", good.as_str(), &with.keys([sign]));
    let published = a(json!({"kid": "a", "d": "AA"}));
    cases.add("private_key_published", "key with its private half", good.as_str(), &with.keys([published]));
    cases.add("bad_key", "key cut short", good.as_str(), &with.keys([a(json!({"kid": "a", "x": "AAAA"}))]));
    let weak = json!({"kty": "RSA", "kid": "a", "n": encode_url(&[0xFF; 128]), "e": "AQAB"});
    cases.add("weak_key", "RSA of 1,024 bits", good.as_str(), &with.keys([weak]));
    let embedded = format!(r#"{{"alg":"EdDSA","kid":"a","jwk":{}}}"#, b(json!({})));
    cases.add("bad_signature", "key that the token brings", keys.other.token("EdDSA", &embedded, &claims(""))?, &with);
    Ok(())
}

fn signatures(keys: &Keys, cases: &mut Cases) -> Result<(), String> {
    let with = With::usual(keys);
    let good = keys.ed(HEADER, &claims(""))?;
    let (input, _) = good.rsplit_once('.').unwrap_or_default();
    let signed = |input: &str, signature: &[u8]| format!("{input}.{}", encode_url(signature));
    cases.add("bad_signature", "signature of another key", keys.other.token("EdDSA", HEADER, &claims(""))?, &with);
    let changed = format!("{}.{}", encode_url(HEADER.as_bytes()), encode_url(claims(r#","admin":true"#).as_bytes()));
    let signature = good.rsplit('.').next().unwrap_or_default();
    cases.add("bad_signature", "claims changed after signing", format!("{changed}.{signature}"), &with);
    cases.add("bad_signature_length", "no signature", signed(input, &[]), &with);
    cases.add("bad_signature_length", "signature one byte short", signed(input, &[1; 63]), &with);
    let identity: Vec<u8> = std::iter::once(1).chain(std::iter::repeat_n(0, 63)).collect();
    cases.add("bad_signature", "Ed25519 with a point of small order", signed(input, &identity), &with);
    cases.add("bad_signature", "Ed25519 with S above the order", signed(input, &[[2; 32], [0xFF; 32]].concat()), &with);
    for (name, signer, algorithm) in [
        ("ES256", &keys.p256, "ES256"),
        ("ES384", &keys.p384, "ES384"),
        ("RS256", &keys.rsa, "RS256"),
        ("PS256", &keys.rsa, "PS256"),
    ] {
        let with =
            With { options: super::policy(json!({"algorithms": [algorithm]})), ..with.keys([signer.jwk(json!({}))]) };
        let header = format!(r#"{{"alg":"{algorithm}"}}"#);
        let token = signer.token(algorithm, &header, &claims(""))?;
        let bytes = match algorithm {
            "ES256" => 64,
            "ES384" => 96,
            _ => 256,
        };
        let (input, _) = token.rsplit_once('.').unwrap_or_default();
        cases.add("ok", &format!("{name}, good"), token.as_str(), &with);
        cases.add("bad_signature", &format!("{name}, all zeros"), signed(input, &vec![0; bytes]), &with);
        cases.add("bad_signature", &format!("{name}, all ones"), signed(input, &vec![0xFF; bytes]), &with);
        cases.add("bad_signature_length", &format!("{name}, too long"), signed(input, &vec![1; bytes + 1]), &with);
    }
    let rsa = keys.rsa.jwk(json!({"alg": "RS512"}));
    let options = super::policy(json!({"algorithms": ["RS256", "RS512"]}));
    let token = keys.rsa.token("RS256", r#"{"alg":"RS256"}"#, &claims(""))?;
    cases.add("alg_key_mismatch", "RSA key for another hash", token, &With { options, ..with.keys([rsa]) });
    hmacs(keys, cases)
}

fn hmacs(keys: &Keys, cases: &mut Cases) -> Result<(), String> {
    let with = |algorithms: &[&str]| With {
        options: super::policy(json!({"algorithms": algorithms})),
        secret: true,
        keys: None,
        request: None,
        now_ms: NOW_SECS * 1000,
    };
    for algorithm in ["HS256", "HS384", "HS512"] {
        let header = format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#);
        let token = keys.secret.token(algorithm, &header, &claims(""))?;
        cases.add("ok", &format!("{algorithm}, good"), token.as_str(), &with(&[algorithm]));
        let wrong = Signer::secret("another secret").token(algorithm, &header, &claims(""))?;
        cases.add("bad_signature", &format!("{algorithm}, another secret"), wrong, &with(&[algorithm]));
    }
    let token = keys.secret.token("HS256", r#"{"alg":"HS256"}"#, &claims(""))?;
    cases.add("alg_not_allowed", "HS256 where HS512 alone is allowed", token, &with(&["HS512"]));
    let token = keys.ed(HEADER, &claims(""))?;
    cases.add("alg_not_allowed", "public key where a secret is", token, &with(&["HS256"]));
    Ok(())
}
