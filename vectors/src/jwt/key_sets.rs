//! Documents that are key sets, or should be.

use serde_json::{Map, Value, json};

use super::Keys;
use crate::base64::encode_url;

pub fn write(keys: &Keys) -> Vec<Map<String, Value>> {
    let mut cases = Vec::new();
    let mut add = |verdict: &str, name: &str, jwks: String, limits: Option<Value>| {
        let mut case = Map::new();
        case.insert("name".to_owned(), json!(name));
        case.insert("jwks".to_owned(), json!(jwks));
        limits.map(|limits| case.insert("limits".to_owned(), limits));
        case.insert("verdict".to_owned(), json!(verdict));
        cases.push(case);
    };
    let set = |keys: &[Value]| json!({"keys": keys}).to_string();
    let a = |more: Value| keys.ed.jwk(more);
    let all = [
        keys.rsa.jwk(json!({"kid": "r", "use": "sig"})),
        keys.p256.jwk(json!({"kid": "e", "key_ops": ["verify"]})),
        keys.p384.jwk(json!({"kid": "f"})),
        a(json!({"kid": "a", "alg": "EdDSA"})),
        keys.rsa.jwk(json!({"kid": "p", "alg": "PS256"})),
    ];
    add("ok", "every kind of key", set(&all), None);
    add("ok", "no key", set(&[]), None);
    add("ok", "members that nobody knows", json!({"keys": [a(json!({"x-note": [1]}))], "more": {}}).to_string(), None);
    add("ok", "Ed25519 by its newer name", set(&[a(json!({"kid": "a", "alg": "Ed25519"}))]), None);
    let refused = [
        a(json!({"kid": "good"})),
        a(json!({"kid": "enc", "use": "enc"})),
        a(json!({"kid": "ops", "key_ops": ["sign"]})),
        a(json!({"kid": "private", "d": "AA"})),
        a(json!({"kid": "short", "x": "AAAA"})),
        a(json!({"kid": "padded", "x": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="})),
        a(json!({"kid": "small order", "x": encode_url(&[0; 32])})),
        a(json!({"kid": "curve", "crv": "X25519"})),
        a(json!({"kid": "algorithm", "alg": "ES256"})),
        json!({"kty": "AKP", "kid": "lattice", "alg": "ML-DSA-44", "pub": "AA"}),
        json!({"kty": "oct", "kid": "secret", "k": "AA"}),
        json!({"kid": "no type"}),
        json!({"kty": "RSA", "kid": "1,024 bits", "n": encode_url(&[0xFF; 128]), "e": "AQAB"}),
        json!({"kty": "RSA", "kid": "even", "n": encode_url(&[0xFE; 256]), "e": "AQAB"}),
        json!({"kty": "RSA", "kid": "exponent 1", "n": encode_url(&[0xFF; 256]), "e": "AQ"}),
        keys.p256.jwk(json!({"kid": "off the curve", "y": encode_url(&[1; 32])})),
        json!("not an object"),
        json!({"kty": "OKP", "kid": 1, "crv": "Ed25519", "x": "AA"}),
    ];
    add("ok", "one good key among many others", set(&refused), None);
    let doubled = a(json!({})).to_string().replacen('{', r#"{"kty":"OKP","#, 1);
    add("ok", "key with two members of one name", format!(r#"{{"keys":[{doubled}]}}"#), None);
    add("key_set_duplicate_name", "two lists of keys", r#"{"keys":[],"keys":[]}"#.to_owned(), None);
    add("key_set_not_json", "a page", "<html></html>".to_owned(), None);
    add("key_set_not_json", "nothing", String::new(), None);
    add("key_set_not_json", "cut off", r#"{"keys":["#.to_owned(), None);
    add("not_a_key_set", "a list", "[]".to_owned(), None);
    add("not_a_key_set", "no keys", "{}".to_owned(), None);
    add("not_a_key_set", "keys are an object", r#"{"keys":{}}"#.to_owned(), None);
    add("key_set_too_deep", "too deep", format!(r#"{{"keys":[],"x":{}1{}}}"#, "[".repeat(40), "]".repeat(40)), None);
    let two = set(&[a(json!({"kid": "a"})), a(json!({"kid": "b"}))]);
    add("ok", "as many keys as may be", two.clone(), Some(json!({"keys": 2})));
    add("too_many_keys", "one key too many", two.clone(), Some(json!({"keys": 1})));
    add("ok", "as long as may be", two.clone(), Some(json!({"bytes": two.len()})));
    add("key_set_too_large", "one byte too long", two.clone(), Some(json!({"bytes": two.len() - 1})));
    cases
}
