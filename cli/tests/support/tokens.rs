//! Keys and tokens of the tests, made when they run: each key from a byte, repeated.

use ed25519_dalek::Signer as _;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The time of the tests, in seconds since 1970.
pub const NOW: u64 = 1_800_000_000;
pub const ISSUER: &str = "https://issuer.example";
pub const AUDIENCE: &str = "https://api.example";
/// A secret of 32 bytes.
pub const SECRET: &[u8; 32] = b"an obviously false test secret!!";

/// Claims that every policy of the tests accepts, with more members.
pub fn claims(more: &str) -> String {
    let (begin, end) = (NOW - 10, NOW + 600);
    format!(r#"{{"iss":"{ISSUER}","aud":"{AUDIENCE}","sub":"ada","iat":{begin},"exp":{end}{more}}}"#)
}

/// A token of that header and claims, signed by the Ed25519 key of `seed`.
pub fn eddsa(seed: u8, header: &str, claims: &str) -> String {
    token(header, claims, |input| ed25519(seed).sign(input).to_bytes().to_vec())
}

/// The same, signed by the P-256 key of `seed`.
pub fn es256(seed: u8, header: &str, claims: &str) -> String {
    token(header, claims, |input| {
        let signature: p256::ecdsa::Signature = p256(seed).sign(input);
        signature.to_bytes().to_vec()
    })
}

/// The same with an HMAC.
pub fn hs256(secret: &[u8], header: &str, claims: &str) -> String {
    token(header, claims, |input| {
        Hmac::<Sha256>::new_from_slice(secret).unwrap().chain_update(input).finalize().into_bytes().to_vec()
    })
}

/// The public half of the Ed25519 key of `seed`, with more members.
pub fn ed25519_jwk(seed: u8, more: &str) -> String {
    let x = base64url(ed25519(seed).verifying_key().as_bytes());
    format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"{more}}}"#)
}

/// The public half of the P-256 key of `seed`, with more members.
pub fn p256_jwk(seed: u8, more: &str) -> String {
    let point = p256(seed).verifying_key().to_encoded_point(false);
    let (x, y) = (base64url(point.x().unwrap()), base64url(point.y().unwrap()));
    format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"{more}}}"#)
}

pub fn key_set(keys: &[String]) -> String {
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

pub fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = (0..3).fold(0, |word, i| word << 8 | u32::from(chunk.get(i).copied().unwrap_or(0)));
        (0..=chunk.len()).for_each(|i| text.push(char::from(ALPHABET[(word >> (18 - 6 * i) & 63) as usize])));
    }
    text
}

fn token(header: &str, claims: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let input = format!("{}.{}", base64url(header.as_bytes()), base64url(claims.as_bytes()));
    let signature = base64url(&sign(input.as_bytes()));
    format!("{input}.{signature}")
}

fn ed25519(seed: u8) -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(&[seed; 32])
}

fn p256(seed: u8) -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap()
}
