//! What names a key by its numbers alone (RFC 7638).

use alloc::string::String;

use sha2::{Digest, Sha256};

use super::super::base64url;
use super::super::key::{Curve, KeyMaterial};

/// SHA-256 thumbprint (RFC 7638 section 3, for Ed25519 RFC 8037 section 2).
pub(in super::super) fn thumbprint(material: &KeyMaterial) -> [u8; 32] {
    Sha256::digest(required_members(material)).into()
}

/// The JSON that is hashed, which is a JWK as well. Public keys alone: `None` for a shared secret.
pub(in super::super) fn public_members(material: &KeyMaterial) -> Option<String> {
    match material {
        KeyMaterial::Rsa { .. } | KeyMaterial::Ec { .. } | KeyMaterial::Ed25519(_) => Some(required_members(material)),
        KeyMaterial::Secret(_) => None,
    }
}

/// The required members in the order of their names, without white space.
fn required_members(material: &KeyMaterial) -> String {
    let mut json = String::from("{");
    let mut member = |name: &str, value: &[u8]| {
        json.push_str(if json.len() > 1 { ",\"" } else { "\"" });
        json.push_str(name);
        json.push_str("\":\"");
        match name {
            "crv" | "kty" => json.push_str(core::str::from_utf8(value).unwrap_or("")),
            _ => json.push_str(&base64url::encode(value)),
        }
        json.push('"');
    };
    match material {
        KeyMaterial::Rsa { modulus, exponent } => {
            let exponent = exponent.to_be_bytes();
            let zeros = exponent.iter().take_while(|byte| **byte == 0).count();
            member("e", exponent.get(zeros..).unwrap_or(&[]));
            member("kty", b"RSA");
            member("n", modulus);
        }
        KeyMaterial::Ec { curve, x, y } => {
            member("crv", curve.name().as_bytes());
            member("kty", b"EC");
            member("x", x);
            member("y", y);
        }
        KeyMaterial::Ed25519(x) => {
            member("crv", b"Ed25519");
            member("kty", b"OKP");
            member("x", x);
        }
        KeyMaterial::Secret(secret) => {
            member("k", secret);
            member("kty", b"oct");
        }
    }
    json.push('}');
    json
}

impl Curve {
    /// The value of `crv`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
        }
    }
}
