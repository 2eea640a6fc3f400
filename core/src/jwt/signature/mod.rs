//! Checks of raw signatures. One verdict whoever checks: what hosts disagree about is refused before they are asked.

mod montgomery;
mod points;
mod precheck;
#[cfg(feature = "software-signatures")]
mod rsa;
// `hosted` takes its place where the host checks what public keys sign.
#[cfg_attr(not(feature = "software-signatures"), path = "hosted.rs")]
mod software;

use hmac::{Hmac, Mac};
use sha2::{Sha256, Sha384, Sha512};

use super::algorithm::Algorithm;
use super::key::{KeyMaterial, VerificationKey};
pub use precheck::precheck;
pub(super) use software::Prepared;

/// Checks raw signatures. The core's own implementation is portable; hosts may bring a faster one.
pub trait SignatureVerifier: Send + Sync {
    /// Whether `signature` is that of `signing_input` by `key` under `algorithm`. Called only with a key that fits the
    /// algorithm and a signature that passed [`precheck`].
    fn verify(&self, algorithm: Algorithm, key: &VerificationKey, signing_input: &[u8], signature: &[u8]) -> bool;
}

/// The core's own checks, the same on every machine: RSA verification of this crate, `p256`, `p384`, `ed25519-dalek`,
/// `hmac` and `sha2`.
///
/// Without the feature `software-signatures`, HMACs alone: to it every signature by a public key is wrong.
#[derive(Clone, Copy, Debug, Default)]
pub struct CoreVerifier;

impl SignatureVerifier for CoreVerifier {
    fn verify(&self, algorithm: Algorithm, key: &VerificationKey, signing_input: &[u8], signature: &[u8]) -> bool {
        let KeyMaterial::Secret(secret) = &key.material else {
            return key.prepared.verify(algorithm, signing_input, signature);
        };
        match algorithm {
            Algorithm::Hs256 => tag_is_right::<Hmac<Sha256>>(secret, signing_input, signature),
            Algorithm::Hs384 => tag_is_right::<Hmac<Sha384>>(secret, signing_input, signature),
            Algorithm::Hs512 => tag_is_right::<Hmac<Sha512>>(secret, signing_input, signature),
            _ => false,
        }
    }
}

/// Compares in a time that does not depend on where the tags differ.
fn tag_is_right<M: Mac + hmac::digest::KeyInit>(secret: &[u8], message: &[u8], tag: &[u8]) -> bool {
    <M as Mac>::new_from_slice(secret).is_ok_and(|mac| mac.chain_update(message).verify_slice(tag).is_ok())
}

/// Whether numbers of the right size are a key: not a point off its curve, nor an encoding of small order or not canonical. The
/// same with and without `software-signatures`, so that every build takes the same keys of a set.
pub(super) fn is_key(material: &KeyMaterial) -> bool {
    match material {
        KeyMaterial::Ec { curve, x, y } => points::is_on_curve(*curve, x, y),
        KeyMaterial::Ed25519(bytes) => !precheck::is_weak_or_loose(bytes) && points::is_on_edwards25519(bytes),
        KeyMaterial::Rsa { .. } | KeyMaterial::Secret(_) => true,
    }
}
