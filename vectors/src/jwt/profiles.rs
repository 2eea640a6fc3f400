//! Access tokens, ID tokens, proofs of possession; and explanations of some tokens.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{AUDIENCE, Cases, HEADER, Keys, NOW_SECS, With, claims};
use crate::base64::encode_url;

pub fn write(keys: &Keys, cases: &mut Cases) -> Result<(), String> {
    access_tokens(keys, cases)?;
    id_tokens(keys, cases)?;
    proofs(keys, cases)
}

fn access_tokens(keys: &Keys, cases: &mut Cases) -> Result<(), String> {
    let with = With::usual(keys).options(json!({"profile": "access_token"}));
    let header = r#"{"alg":"EdDSA","kid":"a","typ":"at+jwt"}"#;
    let good = format!(r#","iat":{NOW_SECS},"sub":"ada","client_id":"app","jti":"1""#);
    let without = |member: &str| claims(&good.replace(member, ""));
    cases.add("ok", "access token", keys.ed(header, &claims(&good))?, &with);
    cases.add("typ_mismatch", "access token without a type", keys.ed(HEADER, &claims(&good))?, &with);
    cases.add(
        "missing_claim",
        "access token without a client",
        keys.ed(header, &without(r#","client_id":"app""#))?,
        &with,
    );
    cases.add("missing_claim", "access token without an id", keys.ed(header, &without(r#","jti":"1""#))?, &with);
    cases.add(
        "missing_claim",
        "access token without a date",
        keys.ed(header, &without(&format!(r#","iat":{NOW_SECS}"#)))?,
        &with,
    );
    let nobody = claims(&good.replace("ada", ""));
    cases.add("bad_claim_type", "access token about nobody", keys.ed(header, &nobody)?, &with);
    let bound = keys.ed(header, &claims(&format!(r#"{good},"cnf":{{"jkt":"x"}}"#)))?;
    cases.add("claim_mismatch", "access token bound to a key", bound.as_str(), &with);
    let bound_to_proofs = With::usual(keys).options(json!({"profile": "access_token", "confirmation": "dpop"}));
    cases.add("ok", "access token bound to a key that the host asks for", bound, &bound_to_proofs);
    confirmations(keys, cases)
}

/// What `cnf` may be, for each way to take it.
fn confirmations(keys: &Keys, cases: &mut Cases) -> Result<(), String> {
    let with = |confirmation: &str| With::usual(keys).options(json!({"confirmation": confirmation}));
    let bound = |cnf: &str| keys.ed(HEADER, &claims(&format!(r#","cnf":{cnf}"#)));
    let key = bound(r#"{"jkt":"x"}"#)?;
    let certificate = bound(r#"{"x5t#S256":"x"}"#)?;
    let unbound = keys.ed(HEADER, &claims(""))?;
    cases.add("claim_mismatch", "token bound to a key", key.as_str(), &With::usual(keys));
    cases.add("claim_mismatch", "token bound to a key under the default by its name", key.as_str(), &with("none"));
    cases.add("claim_mismatch", "token bound to a certificate", certificate.as_str(), &With::usual(keys));
    cases.add("claim_mismatch", "token bound to nothing that is known", bound("null")?, &With::usual(keys));
    cases.add("ok", "token bound to a key where proofs are asked for", key.as_str(), &with("dpop"));
    cases.add("missing_claim", "token bound to nothing where proofs are asked for", unbound.as_str(), &with("dpop"));
    cases.add(
        "missing_claim",
        "token bound to a certificate where proofs are asked for",
        certificate.as_str(),
        &with("dpop"),
    );
    cases.add(
        "bad_claim_type",
        "token bound to a number where proofs are asked for",
        bound(r#"{"jkt":7}"#)?,
        &with("dpop"),
    );
    cases.add("bad_claim_type", "token bound by a text where proofs are asked for", bound("\"jkt\"")?, &with("dpop"));
    cases.add("ok", "token bound to a key where the host checks", key.as_str(), &with("host"));
    cases.add("ok", "token bound to a certificate where the host checks", certificate, &with("host"));
    cases.add("ok", "token bound to nothing where the host checks", unbound, &with("host"));
    Ok(())
}

fn id_tokens(keys: &Keys, cases: &mut Cases) -> Result<(), String> {
    let with = With::usual(keys).options(json!({"profile": "id_token", "nonce": "n-0S6"}));
    let good = format!(r#","iat":{NOW_SECS},"sub":"ada","nonce":"n-0S6""#);
    let with_aud = |more: &str| {
        let two = format!(r#"["{AUDIENCE}","https://other.example"]"#);
        claims(&format!("{good}{more}")).replacen(&format!("\"{AUDIENCE}\""), &two, 1)
    };
    cases.add("ok", "ID token", keys.ed(HEADER, &claims(&good))?, &with);
    cases.add(
        "claim_mismatch",
        "ID token for another login",
        keys.ed(HEADER, &claims(&good.replace("n-0S6", "n-0S7")))?,
        &with,
    );
    let without = claims(&good.replace(r#","nonce":"n-0S6""#, ""));
    cases.add("missing_claim", "ID token without the nonce", keys.ed(HEADER, &without)?, &with);
    cases.add("missing_claim", "ID token for two without a party", keys.ed(HEADER, &with_aud(""))?, &with);
    cases.add(
        "ok",
        "ID token for two with a party",
        keys.ed(HEADER, &with_aud(&format!(r#","azp":"{AUDIENCE}""#)))?,
        &with,
    );
    cases.add("claim_mismatch", "ID token of another party", keys.ed(HEADER, &with_aud(r#","azp":"x""#))?, &with);
    let aged = With::usual(keys).options(json!({"profile": "id_token", "ageSecsMax": 100}));
    let login = |secs: u64| claims(&format!(r#"{good},"auth_time":{secs}"#));
    cases.add("ok", "login long enough ago", keys.ed(HEADER, &login(NOW_SECS - 160))?, &aged);
    cases.add("token_too_old", "login too long ago", keys.ed(HEADER, &login(NOW_SECS - 161))?, &aged);
    Ok(())
}

fn proofs(keys: &Keys, cases: &mut Cases) -> Result<(), String> {
    let options = json!({"profile": "dpop_proof", "algorithms": ["ES256"]});
    let request = json!({"method": "POST", "url": "https://api.example/pay?x=1#y"});
    let usual = With { keys: None, request: Some(request), options, ..With::usual(keys) };
    let jwk = keys.p256.jwk(json!({}));
    let header = |jwk: &Value| format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{jwk}}}"#);
    let good = format!(r#"{{"jti":"1","htm":"POST","htu":"https://api.example/pay","iat":{NOW_SECS}}}"#);
    let proof = |payload: &str| keys.p256.token("ES256", &header(&jwk), payload);
    let asks = |request: Value| With { request: Some(request), ..usual.clone() };
    cases.add("ok", "proof", proof(&good)?, &usual);
    cases.add("proof_mismatch", "proof for another method", proof(&good.replace("POST", "GET"))?, &usual);
    cases.add("proof_mismatch", "proof for another address", proof(&good.replace("/pay", "/play"))?, &usual);
    cases.add("ok", "proof for the address in capitals", proof(&good.replace("https://api", "HTTPS://API"))?, &usual);
    cases.add("missing_claim", "proof without an id", proof(&good.replace(r#""jti":"1","#, ""))?, &usual);
    let old = (NOW_SECS + 120) * 1000;
    cases.add("ok", "proof as old as may be", proof(&good)?, &usual.at_ms(old));
    cases.add("token_too_old", "proof older than may be", proof(&good)?, &usual.at_ms(old + 1));
    let nonce = json!({"method": "POST", "url": "https://api.example/pay", "nonce": "n1"});
    let said = |nonce: &str| good.replace(r#""htm""#, &format!(r#""nonce":"{nonce}","htm""#));
    cases.add("missing_claim", "proof without the nonce", proof(&good)?, &asks(nonce.clone()));
    cases.add("proof_mismatch", "proof with an old nonce", proof(&said("n0"))?, &asks(nonce.clone()));
    cases.add("ok", "proof with the nonce", proof(&said("n1"))?, &asks(nonce));
    let bare = keys.p256.token("ES256", r#"{"typ":"dpop+jwt","alg":"ES256"}"#, &good)?;
    cases.add("bad_header", "proof without a key", bare, &usual);
    let private = keys.p256.token("ES256", &header(&keys.p256.jwk(json!({"d": "AA"}))), &good)?;
    cases.add("private_key_published", "proof with a private key", private, &usual);
    let stranger = keys.p256.token("ES256", &header(&keys.p384.jwk(json!({}))), &good)?;
    cases.add("alg_key_mismatch", "proof with a key of another curve", stranger, &usual);
    let long = json!({"kty": "RSA", "n": encode_url(&[0xFD; 513]), "e": "AQAB"});
    let rsa = json!({"profile": "dpop_proof", "algorithms": ["RS256"]});
    let header_of = |jwk: &Value| format!(r#"{{"typ":"dpop+jwt","alg":"RS256","jwk":{jwk}}}"#);
    let work = keys.rsa.token("RS256", &header_of(&long), &good)?;
    cases.add("weak_key", "proof with a key that is work", work, &With { options: rsa.clone(), ..usual.clone() });
    let usual_rsa = keys.rsa.token("RS256", &header_of(&keys.rsa.jwk(json!({}))), &good)?;
    cases.add("ok", "proof with an RSA key", usual_rsa, &With { options: rsa, ..usual.clone() });
    let untyped = keys.p256.token("ES256", &format!(r#"{{"alg":"ES256","jwk":{jwk}}}"#), &good)?;
    cases.add("typ_mismatch", "proof without a type", untyped, &usual);
    cases.add("proof_mismatch", "proof without its request", proof(&good)?, &With { request: None, ..usual.clone() });

    let thumbprint = |jwk: &Value| {
        let member = |name: &str| jwk[name].as_str().unwrap_or_default();
        let text = format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, member("x"), member("y"));
        encode_url(&Sha256::digest(text))
    };
    let bound = |jkt: &str| keys.ed(HEADER, &claims(&format!(r#","cnf":{{"jkt":"{jkt}"}}"#)));
    let access = bound(&thumbprint(&jwk))?;
    let sent = |access: &str| With {
        keys: With::usual(keys).keys,
        ..asks(json!({
            "method": "POST",
            "url": "https://api.example/pay",
            "access_token": access,
            "access_options": super::policy(json!({"confirmation": "host"})),
        }))
    };
    let tied = |access: &str| {
        let ath = encode_url(&Sha256::digest(access));
        proof(&good.replace(r#""htm""#, &format!(r#""ath":"{ath}","htm""#)))
    };
    cases.add("ok", "proof for the access token", tied(&access)?, &sent(&access));
    cases.add("missing_claim", "proof for no access token", proof(&good)?, &sent(&access));
    let another = bound("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")?;
    cases.add("proof_mismatch", "proof for another access token", tied(&another)?, &sent(&access));
    cases.add("proof_mismatch", "access token of another key", tied(&another)?, &sent(&another));
    let unbound = keys.ed(HEADER, &claims(""))?;
    cases.add("missing_claim", "access token of no key", tied(&unbound)?, &sent(&unbound));
    Ok(())
}

/// Cases of explanations.
pub fn explained(keys: &Keys) -> Result<Vec<Map<String, Value>>, String> {
    let mut cases = Cases::default();
    let with = With::usual(keys);
    cases.add("ok", "nothing is wrong", keys.ed(HEADER, &claims(""))?, &with);
    cases.add("not_jws", "nothing can be read", "hello", &with);
    let late = with.options(json!({"audiences": ["https://other.example"]})).at_ms((NOW_SECS + 1_000) * 1000);
    let token = keys.other.token("EdDSA", HEADER, &claims(r#","nbf":"soon""#))?;
    cases.add("claim_mismatch", "nearly everything is wrong", token, &late);
    cases.add("alg_not_allowed", "algorithm and claims", keys.ed(r#"{"alg":"none","typ":"at+jwt"}"#, "{}")?, &with);
    cases.add("unknown_key", "key alone", keys.ed(r#"{"alg":"EdDSA","kid":"b"}"#, &claims(""))?, &with);
    let broken = format!("{}.e30x.AA", encode_url(HEADER.as_bytes()));
    cases.add("bad_json", "payload is no JSON", broken, &with);
    let bound = keys.ed(HEADER, &claims(r#","cnf":{"jkt":"x"}"#))?;
    cases.add("claim_mismatch", "bound to a key", bound, &with);
    let profile = with
        .options(json!({"profile": "access_token", "confirmation": "dpop", "ageSecsMax": 60, "require": ["scope"]}));
    cases.add("typ_mismatch", "all that a profile asks for", keys.ed(HEADER, &claims(""))?, &profile);
    let options = json!({"profile": "dpop_proof", "algorithms": ["ES256"]});
    let request = json!({"method": "GET", "url": "https://api.example/", "nonce": "n"});
    let proof = keys.p256.token("ES256", r#"{"typ":"dpop+jwt","alg":"ES256"}"#, r#"{"htm":"POST"}"#)?;
    cases.add("missing_claim", "proof", proof, &With { options, request: Some(request), keys: None, ..with });
    Ok(cases.0)
}
