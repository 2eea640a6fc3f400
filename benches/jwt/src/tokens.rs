//! Fresh keys, and a token of each.

use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
};
use edgewarden::jwt::{Algorithm, KeySet};
use edgewarden::time::Timestamp;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{EncodingKey, Header};
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;

/// `iss` of the tokens.
pub const ISSUER: &str = "https://issuer.example/tenants/3f9c1d";
/// `aud` of the tokens.
pub const AUDIENCE: &str = "https://api.example/chat";

/// A token with what verifies it.
pub struct Signed {
    /// The algorithm, with the size of an RSA key.
    pub name: &'static str,
    /// The algorithm.
    pub algorithm: Algorithm,
    /// The same for jsonwebtoken.
    pub peer_algorithm: jsonwebtoken::Algorithm,
    /// The key as the core reads it.
    pub keys: KeySet,
    /// The key as jsonwebtoken reads it.
    pub jwk: Jwk,
    /// The secret, for HMAC.
    pub secret: Option<Vec<u8>>,
    /// The token.
    pub token: String,
    /// Its signature.
    pub signature: Vec<u8>,
    /// A time at which it is valid.
    pub now: Timestamp,
}

impl Signed {
    /// What is signed: header and payload with the dot between them.
    pub fn signing_input(&self) -> &[u8] {
        self.token.rsplit_once('.').map_or(&[], |(input, _)| input.as_bytes())
    }
}

/// One of each algorithm that jsonwebtoken knows, and of RSA the usual sizes.
pub fn all() -> Result<Vec<Signed>, Box<dyn Error>> {
    use jsonwebtoken::Algorithm as Peer;
    let random = SystemRandom::new();
    let (rsa_2048, rsa_4096) = (rsa(KeySize::Rsa2048)?, rsa(KeySize::Rsa4096)?);
    let p256 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)?;
    let p384 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &random)?;
    let ed25519 = Ed25519KeyPair::generate_pkcs8v1(&random)?;
    let secret = [0x5a; 32];
    Ok(vec![
        signed("RS256-2048", Algorithm::Rs256, Peer::RS256, &rsa_2048, None)?,
        signed("PS256-2048", Algorithm::Ps256, Peer::PS256, &rsa_2048, None)?,
        signed("RS256-4096", Algorithm::Rs256, Peer::RS256, &rsa_4096, None)?,
        signed("ES256", Algorithm::Es256, Peer::ES256, &EncodingKey::from_ec_der(p256.as_ref()), None)?,
        signed("ES384", Algorithm::Es384, Peer::ES384, &EncodingKey::from_ec_der(p384.as_ref()), None)?,
        signed("EdDSA", Algorithm::EdDsa, Peer::EdDSA, &EncodingKey::from_ed_der(ed25519.as_ref()), None)?,
        signed("HS256", Algorithm::Hs256, Peer::HS256, &EncodingKey::from_secret(&secret), Some(secret.to_vec()))?,
    ])
}

fn rsa(size: KeySize) -> Result<EncodingKey, Box<dyn Error>> {
    let der: Pkcs8V1Der = RsaKeyPair::generate(size)?.as_der()?;
    let key = rsa::RsaPrivateKey::from_pkcs8_der(der.as_ref())?;
    Ok(EncodingKey::from_rsa_der(key.to_pkcs1_der()?.as_bytes()))
}

fn signed(
    name: &'static str,
    algorithm: Algorithm,
    peer_algorithm: jsonwebtoken::Algorithm,
    key: &EncodingKey,
    secret: Option<Vec<u8>>,
) -> Result<Signed, Box<dyn Error>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let mut header = Header::new(peer_algorithm);
    header.kid = Some(KID.to_owned());
    let token = jsonwebtoken::encode(&header, &claims(now), key)?;
    let mut jwk = Jwk::from_encoding_key(key, peer_algorithm)?;
    jwk.common.key_id = Some(KID.to_owned());
    let keys = match &secret {
        Some(secret) => KeySet::from_secret(secret, Some(KID), [algorithm])?,
        None => KeySet::from_jwk(&serde_json::to_string(&jwk)?)?,
    };
    let signature = token.rsplit('.').next().and_then(decode).ok_or("a signature that is not base64url")?;
    Ok(Signed { name, algorithm, peer_algorithm, keys, jwk, secret, token, signature, now: Timestamp::from_secs(now) })
}

/// Twelve claims, as many identity providers write them.
fn claims(now: u64) -> serde_json::Value {
    serde_json::json!({
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "auth|64f1c0ffee64f1c0ffee64f1",
        "exp": now + 3600,
        "nbf": now,
        "iat": now,
        "jti": "0c6a3f0e-7a52-4f0b-9d57-2b1f6f0f6c11",
        "azp": "mobile-client-7",
        "scope": "openid profile email chat:read chat:write files:read",
        "name": "Alex Example",
        "email": "alex@mail.example",
        "roles": ["member", "editor", "reviewer"],
    })
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut word, mut bits) = (0u32, 0);
    for symbol in text.bytes() {
        let value = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'a'..=b'z' => symbol - b'a' + 26,
            b'0'..=b'9' => symbol - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        (word, bits) = (word << 6 | u32::from(value), bits + 6);
        if bits >= 8 {
            bits -= 8;
            bytes.push((word >> bits) as u8);
        }
    }
    Some(bytes)
}

const KID: &str = "2026-11-a";
