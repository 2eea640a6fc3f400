//! Raw signatures.

use serde_json::{Value, json};

use super::raw::Raw;
use super::{Ask, Case, File, OK, Source, document, is_valid, member, tests, text};
use crate::base64::encode_url;

/// Every file of signatures.
pub fn files(source: &Source) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    for (name, algorithm) in WYCHEPROOF {
        files.push(wycheproof(source, name, algorithm, is_valid)?);
    }
    // The signatures of this file have no salt, but for one that was changed to have the salt that PS256 asks for.
    files.push(wycheproof(source, "rsa_pss_2048_sha256_mgf1_0", "PS256", |test| {
        test.get("comment").and_then(Value::as_str) == Some("s_len changed to 32")
    })?);
    // Refused on purpose: keys that are too short, signatures as DER, curves that are not supported.
    for (name, algorithm) in [
        ("rsa_pkcs1_1024_sig_gen", "RS256"),
        ("ecdsa_secp256r1_sha256", "ES256"),
        ("ecdsa_secp521r1_sha512_p1363", "ES512"),
        ("ecdsa_secp256k1_sha256_p1363", "ES256K"),
    ] {
        files.push(wycheproof(source, name, algorithm, |_| false)?);
    }
    for (name, algorithm, bytes) in
        [("hmac_sha256", "HS256", 32), ("hmac_sha384", "HS384", 48), ("hmac_sha512", "HS512", 64)]
    {
        files.push(hmac(source, name, algorithm, bytes)?);
    }
    files.push(cctv(source)?);
    files.push(speccheck(source)?);
    Ok(files)
}

const WYCHEPROOF: [(&str, &str); 14] = [
    ("rsa_signature_2048_sha256", "RS256"),
    ("rsa_signature_2048_sha384", "RS384"),
    ("rsa_signature_2048_sha512", "RS512"),
    ("rsa_signature_3072_sha256", "RS256"),
    ("rsa_signature_3072_sha384", "RS384"),
    ("rsa_signature_4096_sha256", "RS256"),
    ("rsa_signature_4096_sha512", "RS512"),
    ("rsa_pss_2048_sha256_mgf1_32", "PS256"),
    ("rsa_pss_2048_sha384_mgf1_48", "PS384"),
    ("rsa_pss_3072_sha256_mgf1_32", "PS256"),
    ("rsa_pss_4096_sha512_mgf1_64", "PS512"),
    ("ecdsa_secp256r1_sha256_p1363", "ES256"),
    ("ecdsa_secp384r1_sha384_p1363", "ES384"),
    ("ed25519", "EdDSA"),
];

fn wycheproof(source: &Source, name: &str, algorithm: &str, valid: fn(&Value) -> bool) -> Result<File, String> {
    let path = format!("wycheproof/{name}_test");
    let file = source.json(&path)?;
    let mut cases = Vec::new();
    for (group, test) in tests(&file)? {
        let keys = document(&jwk_of(group)?);
        let signed = Signed { algorithm, keys: &keys, secret: false, message: hex(text(test, "msg")?)? };
        cases.push(signed.case(member(test, "tcId")?, Some(valid(test)), &hex(text(test, "sig")?)?));
    }
    Ok(File::new(path, cases))
}

/// The whole tag alone counts, by a secret that is as long.
fn hmac(source: &Source, name: &str, algorithm: &str, bytes: usize) -> Result<File, String> {
    let path = format!("wycheproof/{name}_test");
    let file = source.json(&path)?;
    let mut cases = Vec::new();
    for (_, test) in tests(&file)? {
        let (secret, tag) = (hex(text(test, "key")?)?, hex(text(test, "tag")?)?);
        let keys = document(&json!({ "kty": "oct", "alg": algorithm, "k": encode_url(&secret) }));
        let signed = Signed { algorithm, keys: &keys, secret: true, message: hex(text(test, "msg")?)? };
        let labelled = is_valid(test) && tag.len() == bytes && secret.len() >= bytes;
        cases.push(signed.case(member(test, "tcId")?, Some(labelled), &tag));
    }
    Ok(File::new(path, cases))
}

/// Edge cases of Ed25519 without labels: strict verification accepts 43.
fn cctv(source: &Source) -> Result<File, String> {
    let name = "ed25519/cctv_ed25519vectors";
    let file = source.json(name)?;
    let mut cases = Vec::new();
    for test in file.as_array().ok_or("no list")? {
        let keys = document(&ed25519(text(test, "key")?)?);
        let message = text(test, "msg")?.as_bytes().to_vec();
        let signed = Signed { algorithm: "EdDSA", keys: &keys, secret: false, message };
        cases.push(signed.case(member(test, "number")?, None, &hex(text(test, "sig")?)?));
    }
    Ok(File { accepted: Some(43), ..File::new(name, cases) })
}

/// Points of small order. The one case that the strict equation accepts is 3; 4 and 5 need the loose one.
fn speccheck(source: &Source) -> Result<File, String> {
    let name = "ed25519/speccheck_cases";
    let file = source.json(name)?;
    let mut cases = Vec::new();
    for (number, test) in file.as_array().ok_or("no list")?.iter().enumerate() {
        let keys = document(&ed25519(text(test, "pub_key")?)?);
        let signed = Signed { algorithm: "EdDSA", keys: &keys, secret: false, message: hex(text(test, "message")?)? };
        cases.push(signed.case(&json!(number), Some(number == 3), &hex(text(test, "signature")?)?));
    }
    Ok(File::new(name, cases))
}

/// A message with what its signature is checked with.
struct Signed<'a> {
    algorithm: &'a str,
    keys: &'a str,
    secret: bool,
    message: Vec<u8>,
}

impl Signed<'_> {
    fn case(&self, id: &Value, labelled: Option<bool>, signature: &[u8]) -> Case {
        let Self { algorithm, keys, secret, message } = self;
        let verdict = match Raw::of_signature(algorithm, keys, *secret, message, signature) {
            Ok(raw) if raw.verify() => OK,
            Ok(_) => "bad_signature",
            Err(code) => code,
        };
        let ask = json!({
            "algorithm": algorithm, "keys": keys, "secret": secret, "message": encode_url(message),
            "signature": encode_url(signature),
        });
        Case::new(id, labelled, Ask::Signature(ask), verdict)
    }
}

/// A JWK of the numbers in a group, without `alg` and `kid`.
fn jwk_of(group: &Value) -> Result<Value, String> {
    let numbers = group.get("publicKey").or_else(|| group.get("privateKey")).ok_or("no key")?;
    if numbers.get("modulus").is_some() {
        let number = |name: &str| Ok::<_, String>(encode_url(&whole(text(numbers, name)?)?));
        return Ok(json!({ "kty": "RSA", "n": number("modulus")?, "e": number("publicExponent")? }));
    }
    if numbers.get("pk").is_some() {
        return ed25519(text(numbers, "pk")?);
    }
    let point = hex(text(numbers, "uncompressed")?)?;
    let (x, y) = point.get(1..).ok_or("no point")?.split_at(point.len() / 2);
    let curve = match text(numbers, "curve")? {
        "secp256r1" => "P-256",
        "secp384r1" => "P-384",
        "secp521r1" => "P-521",
        other => other,
    };
    Ok(json!({ "kty": "EC", "crv": curve, "x": encode_url(x), "y": encode_url(y) }))
}

fn ed25519(key: &str) -> Result<Value, String> {
    Ok(json!({ "kty": "OKP", "crv": "Ed25519", "x": encode_url(&hex(key)?) }))
}

/// A number without leading zeros.
fn whole(digits: &str) -> Result<Vec<u8>, String> {
    let even = if digits.len().is_multiple_of(2) { digits.to_owned() } else { format!("0{digits}") };
    Ok(hex(&even)?.into_iter().skip_while(|byte| *byte == 0).collect())
}

fn hex(digits: &str) -> Result<Vec<u8>, String> {
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(byte).collect();
    bytes.ok_or_else(|| "not hexadecimal".to_owned())
}
