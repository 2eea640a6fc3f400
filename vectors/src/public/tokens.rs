//! Whole tokens. Most payloads are no claims sets, so each file is run twice: form, header, key and signature alone, and
//! through a policy, which then says what is wrong with the claims.

use edgewarden_bindings::token::{KeySet, ProofRequest, TokenVerifier, VerifierOptions};
use serde_json::{Value, json};

use super::raw::Raw;
use super::{Ask, Case, File, OK, Source, document, is_valid, list, member, tests, text};
use crate::base64;

/// Every file of tokens.
pub fn files(source: &Source) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    for (name, pinned) in [
        // 367 and 370 are the bytes of 357, which is valid; 372 and 373 hold a letter of no alphabet; the keys of 346, 347,
        // 350 and 351 are for another algorithm than the token.
        ("json_web_signature_test", &["346", "347", "350", "351", "367", "370", "372", "373"][..]),
        ("json_web_key_test", &[]),
        ("json_web_crypto_test", &[]),
    ] {
        let name = format!("wycheproof/{name}");
        let tokens = wycheproof(&source.json(&name)?)?;
        files.extend(both(name, &tokens, pinned));
    }
    files.extend(both("rfc/rfc_examples".to_owned(), &examples(source)?, &[]));
    files.extend(both("cookbook".to_owned(), &cookbook(source)?, &[]));
    files.push(File::new("rfc/rfc_examples as proofs", vec![proof(source)?]));
    Ok(files)
}

/// A token with its keys.
struct Token {
    id: String,
    labelled: bool,
    text: String,
    keys: Value,
    secret: bool,
}

fn both(name: String, tokens: &[Token], pinned: &[&str]) -> [File; 2] {
    let pinned = pinned.iter().map(|id| (*id).to_owned()).collect();
    let through_policy = File::new(format!("{name} as claims"), tokens.iter().filter_map(as_claims).collect());
    [File { pinned, ..File::new(name, tokens.iter().map(as_jws).collect()) }, through_policy]
}

fn as_jws(token: &Token) -> Case {
    let Token { id, labelled, text, keys, secret } = token;
    let keys = document(keys);
    let verdict = match Raw::of_token(text, &keys, *secret) {
        Ok(raw) if raw.verify() => OK,
        Ok(_) => "bad_signature",
        Err(code) => code,
    };
    Case::new(id, Some(*labelled), Ask::Jws(json!({ "token": text, "keys": keys, "secret": secret })), verdict)
}

/// The same token under a policy; of several secrets the first. `None` for a secret that cannot be read.
fn as_claims(token: &Token) -> Option<Case> {
    let Token { id, text, keys, secret, .. } = token;
    let (name, value, algorithms) = if *secret {
        let key = keys.get("keys").and_then(|keys| keys.get(0)).unwrap_or(keys);
        let secret = key.get("k")?.as_str()?;
        let bits = 8 * decode_url(secret)?.len();
        let fitting = SECRET_ALGORITHMS.iter().filter(|(_, least)| *least <= bits);
        ("secret", json!(secret), fitting.map(|(name, _)| *name).collect())
    } else {
        ("keys", json!(document(keys)), PUBLIC_ALGORITHMS.to_vec())
    };
    let options = json!({ "issuer": "joe", "audiences": ["https://api.example"], "algorithms": algorithms });
    let ask = json!({ "options": options, name: value, "text": text, "now": 1_300_819_000_000_u64 });
    Some(policy_case(id, None, ask))
}

/// A case that goes through the public interface.
pub fn policy_case(id: &str, labelled: Option<bool>, ask: Value) -> Case {
    let verdict = verdict(&ask).map_or_else(|code| code, |()| OK.to_owned());
    Case::new(id, labelled, Ask::Token(ask), verdict)
}

fn verdict(ask: &Value) -> Result<(), String> {
    let code = |error: edgewarden_bindings::Error| error.code.to_owned();
    let mut options = VerifierOptions::from_json(&member(ask, "options")?.to_string()).map_err(code)?;
    options.shared_secret = ask.get("secret").and_then(Value::as_str).and_then(decode_url);
    let verifier = TokenVerifier::new(options).map_err(code)?;
    let (token, now) = (text(ask, "text")?, member(ask, "now")?.as_u64().unwrap_or_default());
    let verified = match (ask.get("request"), verifier.shared_keys()) {
        (Some(request), _) => {
            let (method, url) = (text(request, "method")?, text(request, "url")?);
            verifier.verify_proof(token, &ProofRequest { method, url, access_token: None, nonce: None }, now)
        }
        (None, Some(keys)) => verifier.verify(token, &keys, now),
        (None, None) => verifier.verify(token, &KeySet::from_jwks(text(ask, "keys")?, None).map_err(code)?, now),
    };
    verified.map(drop).map_err(|error| error.code.to_owned())
}

fn wycheproof(file: &Value) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    for (group, test) in tests(file)? {
        // A group without public keys is about secrets.
        let (keys, secret) = match group.get("public") {
            Some(keys) => (keys, false),
            None => (member(group, "private")?, true),
        };
        // Encrypted tokens are refused, whatever they are labelled.
        let (token, labelled) = match test.get("jwe") {
            Some(jwe) => (jwe, false),
            None => (member(test, "jws")?, is_valid(test)),
        };
        // A token in a JSON form is its text.
        let text = token.as_str().map_or_else(|| token.to_string(), str::to_owned);
        tokens.push(Token { id: member(test, "tcId")?.to_string(), labelled, text, keys: keys.clone(), secret });
    }
    Ok(tokens)
}

fn examples(source: &Source) -> Result<Vec<Token>, String> {
    let file = source.json("rfc/rfc_examples")?;
    let token = |example: &Value| {
        let keys = example.get("jwk").filter(|jwk| jwk.is_object()).cloned().unwrap_or_else(|| json!({ "keys": [] }));
        let id = text(example, "id")?.split(' ').next().unwrap_or_default().to_owned();
        // ES512 is not supported, and a proof brings its own key.
        let supported = id != "rfc7515-A.4" && !id.starts_with("rfc9449");
        let labelled = supported && member(example, "valid")?.as_bool() == Some(true);
        let secret = keys.get("kty").is_some_and(|kty| kty == "oct");
        Ok(Token { id, labelled, text: text(example, "jws")?.to_owned(), keys, secret })
    };
    list(&file, "jws")?.iter().map(token).collect()
}

/// The example of RFC 9449 section 4.1, with the request that it is for.
fn proof(source: &Source) -> Result<Case, String> {
    let file = source.json("rfc/rfc_examples")?;
    let example = list(&file, "jws")?.iter().find(|example| example.get("jwk").is_some_and(|jwk| jwk == "embedded"));
    let ask = json!({
        "options": { "profile": "dpop_proof", "algorithms": ["ES256"] },
        "request": { "method": "POST", "url": "https://server.example.com/token" },
        "text": text(example.ok_or("no proof")?, "jws")?,
        "now": 1_562_262_616_000_u64,
    });
    Ok(policy_case("rfc9449-4.1", Some(true), ask))
}

fn cookbook(source: &Source) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    for (name, labelled) in [
        ("jws/4_1.rsa_v15_signature", true),
        ("jws/4_2.rsa-pss_signature", true),
        ("jws/4_3.ecdsa_signature", false), // ES512, which is not supported
        ("jws/4_4.hmac-sha2_integrity_protection", true),
        ("jws/4_5.signature_with_detached_content", false),
        ("jws/4_6.protecting_specific_header_fields", false),
        ("jws/4_7.protecting_content_only", false),
        ("jws/4_8.multiple_signatures", false),
        ("curve25519/jws", true),
        ("rfc7797/4.2.hmac-sha2_b64_false", false),
        ("rfc7797/hmac-sha2_b64_false", false),
    ] {
        let file = source.json(&format!("cookbook/{name}"))?;
        let (key, output) = (member(member(&file, "input")?, "key")?, member(&file, "output")?);
        let keys = match key.as_array() {
            Some(keys) => json!({ "keys": keys.iter().map(public_half).collect::<Vec<_>>() }),
            None => public_half(key),
        };
        let secret = keys.get("kty").is_some_and(|kty| kty == "oct");
        for form in ["compact", "compact_detached", "json", "json_flat"] {
            let Some(token) = output.get(form) else { continue };
            let text = token.as_str().map_or_else(|| token.to_string(), str::to_owned);
            let labelled = labelled && form == "compact";
            tokens.push(Token { id: format!("{name} {form}"), labelled, text, keys: keys.clone(), secret });
        }
    }
    for name in source.names("cookbook/jwe_must_reject")? {
        let file = source.json(&format!("cookbook/jwe_must_reject/{name}"))?;
        let token = text(member(&file, "output")?, "compact")?.to_owned();
        tokens.push(Token { id: name, labelled: false, text: token, keys: json!({ "keys": [] }), secret: false });
    }
    Ok(tokens)
}

/// A key without what only its owner knows.
fn public_half(key: &Value) -> Value {
    let mut key = key.clone();
    if let Some(members) = key.as_object_mut() {
        members.retain(|name, _| !["d", "p", "q", "dp", "dq", "qi"].contains(&name.as_str()));
    }
    key
}

/// Bytes of base64url.
fn decode_url(text: &str) -> Option<Vec<u8>> {
    base64::decode(&text.replace('-', "+").replace('_', "/"))
}

const PUBLIC_ALGORITHMS: [&str; 9] = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];
/// With the bits that a secret has at least (RFC 7518 section 3.2); the first is asked for in any case.
const SECRET_ALGORITHMS: [(&str, usize); 3] = [("HS256", 0), ("HS384", 384), ("HS512", 512)];
