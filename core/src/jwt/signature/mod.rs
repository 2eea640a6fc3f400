//! Checks of raw signatures. One verdict whoever checks: what hosts disagree about is refused before they are asked.

mod montgomery;
mod precheck;
mod rsa;

use ed25519_dalek::VerifyingKey as EdKey;
use hmac::{Hmac, Mac};
use p256::ecdsa::signature::Verifier;
use sha2::{Sha256, Sha384, Sha512};

use super::algorithm::Algorithm;
use super::key::{Curve, KeyMaterial, VerificationKey};
pub use precheck::precheck;
use rsa::RsaKey;

/// Checks raw signatures. The core's own implementation is portable; hosts may bring a faster one.
pub trait SignatureVerifier: Send + Sync {
    /// Whether `signature` is that of `signing_input` by `key` under `algorithm`. Called only with a key that fits the
    /// algorithm and a signature that passed [`precheck`].
    fn verify(&self, algorithm: Algorithm, key: &VerificationKey, signing_input: &[u8], signature: &[u8]) -> bool;
}

/// The core's own checks, the same on every machine: RSA verification of this crate, `p256`, `p384`, `ed25519-dalek`,
/// `hmac` and `sha2`.
#[derive(Clone, Copy, Debug, Default)]
pub struct CoreVerifier;

impl SignatureVerifier for CoreVerifier {
    fn verify(&self, algorithm: Algorithm, key: &VerificationKey, signing_input: &[u8], signature: &[u8]) -> bool {
        match (&key.prepared, &key.material) {
            (Prepared::Rsa(key), _) => key.verify(algorithm, signing_input, signature),
            (Prepared::P256(key), _) if algorithm == Algorithm::Es256 => {
                p256::ecdsa::Signature::from_slice(signature).is_ok_and(|s| key.verify(signing_input, &s).is_ok())
            }
            (Prepared::P384(key), _) if algorithm == Algorithm::Es384 => {
                p384::ecdsa::Signature::from_slice(signature).is_ok_and(|s| key.verify(signing_input, &s).is_ok())
            }
            (Prepared::Ed25519(key), _) if algorithm == Algorithm::EdDsa => {
                ed25519_dalek::Signature::from_slice(signature)
                    .is_ok_and(|s| key.verify_strict(signing_input, &s).is_ok())
            }
            (Prepared::Secret, KeyMaterial::Secret(secret)) => match algorithm {
                Algorithm::Hs256 => tag_is_right::<Hmac<Sha256>>(secret, signing_input, signature),
                Algorithm::Hs384 => tag_is_right::<Hmac<Sha384>>(secret, signing_input, signature),
                Algorithm::Hs512 => tag_is_right::<Hmac<Sha512>>(secret, signing_input, signature),
                _ => false,
            },
            _ => false,
        }
    }
}

/// Compares in a time that does not depend on where the tags differ.
fn tag_is_right<M: Mac + hmac::digest::KeyInit>(secret: &[u8], message: &[u8], tag: &[u8]) -> bool {
    <M as Mac>::new_from_slice(secret).is_ok_and(|mac| mac.chain_update(message).verify_slice(tag).is_ok())
}

/// A key in the form its check starts from; made once, when a key set is read.
#[derive(Clone)]
pub(super) enum Prepared {
    Rsa(RsaKey),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    Ed25519(EdKey),
    Secret,
}

impl Prepared {
    /// `None` if the numbers are no key: an even modulus, a point off its curve, an encoding of small order or not canonical.
    pub(super) fn new(material: &KeyMaterial) -> Option<Self> {
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
                if precheck::is_weak_or_loose(bytes) {
                    return None;
                }
                EdKey::from_bytes(bytes).ok().filter(|key| !key.is_weak()).map(Self::Ed25519)
            }
            KeyMaterial::Secret(_) => Some(Self::Secret),
        }
    }
}
