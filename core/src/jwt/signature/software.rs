//! Signatures by public keys, checked here.

use ed25519_dalek::VerifyingKey as EdKey;
use p256::ecdsa::signature::Verifier;

use super::rsa::RsaKey;
use crate::jwt::algorithm::Algorithm;
use crate::jwt::key::{Curve, KeyMaterial};

/// A key in the form its check starts from; made once, when a key set is read.
#[derive(Clone)]
pub(in crate::jwt) enum Prepared {
    Rsa(RsaKey),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    Ed25519(EdKey),
    /// A shared secret is used as it is.
    Secret,
}

impl Prepared {
    /// `None` if the numbers are no key, which [`is_key`](super::is_key) says first.
    pub(in crate::jwt) fn new(material: &KeyMaterial) -> Option<Self> {
        match material {
            KeyMaterial::Rsa { modulus, exponent } => RsaKey::new(modulus, *exponent).map(Self::Rsa),
            KeyMaterial::Ec { curve: Curve::P256, x, y } => {
                if x.len() != 32 || y.len() != 32 {
                    return None;
                }
                let (x, y) = (p256::FieldBytes::from_slice(x), p256::FieldBytes::from_slice(y));
                let point = p256::EncodedPoint::from_affine_coordinates(x, y, false);
                p256::ecdsa::VerifyingKey::from_encoded_point(&point).ok().map(Self::P256)
            }
            KeyMaterial::Ec { curve: Curve::P384, x, y } => {
                if x.len() != 48 || y.len() != 48 {
                    return None;
                }
                let (x, y) = (p384::FieldBytes::from_slice(x), p384::FieldBytes::from_slice(y));
                let point = p384::EncodedPoint::from_affine_coordinates(x, y, false);
                p384::ecdsa::VerifyingKey::from_encoded_point(&point).ok().map(Self::P384)
            }
            KeyMaterial::Ed25519(bytes) => {
                EdKey::from_bytes(bytes).ok().filter(|key| !key.is_weak()).map(Self::Ed25519)
            }
            KeyMaterial::Secret(_) => Some(Self::Secret),
        }
    }

    /// Whether `signature` is that of `signing_input`; false for a shared secret.
    pub(in crate::jwt) fn verify(&self, algorithm: Algorithm, signing_input: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa(key) => key.verify(algorithm, signing_input, signature),
            Self::P256(key) if algorithm == Algorithm::Es256 => {
                p256::ecdsa::Signature::from_slice(signature).is_ok_and(|s| key.verify(signing_input, &s).is_ok())
            }
            Self::P384(key) if algorithm == Algorithm::Es384 => {
                p384::ecdsa::Signature::from_slice(signature).is_ok_and(|s| key.verify(signing_input, &s).is_ok())
            }
            Self::Ed25519(key) if algorithm == Algorithm::EdDsa => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|s| key.verify_strict(signing_input, &s).is_ok()),
            _ => false,
        }
    }
}
