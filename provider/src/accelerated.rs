//! graviola behind the core's types. The only place that knows it.

use std::fmt;
use std::sync::Arc;

use edgewarden::jwt::{Algorithm, Curve, Family, KeyMaterial, VerificationKey};
use graviola::hashing::{Sha256, Sha384};
use graviola::signing::ecdsa::{P256, P384, VerifyingKey as EcdsaKey};
use graviola::signing::eddsa::Ed25519VerifyingKey;
use graviola::signing::rsa::VerifyingKey as RsaKey;

use crate::key_cache::KeyCache;

/// Proof that the processor has what graviola needs, with the keys that were parsed.
pub struct Accelerated {
    keys: KeyCache<Parsed>,
}

/// A key as graviola takes it.
#[expect(clippy::large_enum_variant, reason = "each is behind a pointer of its own, and few are kept")]
enum Parsed {
    Rsa(RsaKey),
    P256(EcdsaKey<P256>),
    P384(EcdsaKey<P384>),
    Ed25519(Ed25519VerifyingKey),
    /// One that the core checks: of another size, or that graviola does not take.
    Core,
}

impl Accelerated {
    /// `None` if the processor lacks something.
    pub fn new(keys_max: usize) -> Option<Self> {
        is_cpu_supported().then(|| Self { keys: KeyCache::new(keys_max) })
    }

    /// The verdict on a signature that passed the core's checks before it, or `None` where the core is to give it.
    pub fn verify(
        &self,
        algorithm: Algorithm,
        key: &VerificationKey,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Option<bool> {
        if algorithm.family() == Family::Hmac {
            return None;
        }
        let verdict = match (algorithm, &*self.parsed(key)) {
            (Algorithm::Rs256, Parsed::Rsa(key)) => key.verify_pkcs1_sha256(signature, signing_input),
            (Algorithm::Rs384, Parsed::Rsa(key)) => key.verify_pkcs1_sha384(signature, signing_input),
            (Algorithm::Rs512, Parsed::Rsa(key)) => key.verify_pkcs1_sha512(signature, signing_input),
            (Algorithm::Ps256, Parsed::Rsa(key)) => key.verify_pss_sha256(signature, signing_input),
            (Algorithm::Ps384, Parsed::Rsa(key)) => key.verify_pss_sha384(signature, signing_input),
            (Algorithm::Ps512, Parsed::Rsa(key)) => key.verify_pss_sha512(signature, signing_input),
            (Algorithm::Es256, Parsed::P256(key)) => key.verify::<Sha256>(&[signing_input], signature),
            (Algorithm::Es384, Parsed::P384(key)) => key.verify::<Sha384>(&[signing_input], signature),
            (Algorithm::EdDsa, Parsed::Ed25519(key)) => key.verify(signature, signing_input),
            _ => return None,
        };
        Some(verdict.is_ok())
    }

    fn parsed(&self, key: &VerificationKey) -> Arc<Parsed> {
        self.keys.find(key.thumbprint()).unwrap_or_else(|| {
            let parsed = Arc::new(Parsed::new(key.material()).unwrap_or(Parsed::Core));
            self.keys.insert(*key.thumbprint(), Arc::clone(&parsed));
            parsed
        })
    }
}

impl fmt::Debug for Accelerated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accelerated").finish_non_exhaustive()
    }
}

impl Parsed {
    fn new(material: &KeyMaterial) -> Option<Self> {
        match material {
            KeyMaterial::Rsa { modulus, exponent } => {
                // The size that graviola has routines for; at others the core is faster. Of a modulus that is no multiple of 64
                // bits graviola refuses all signatures: it compares whole words with the bytes of the padding.
                let is_2048_bits = modulus.len() == 256 && modulus.first().is_some_and(|first| first & 0x80 != 0);
                let der = || RsaKey::from_pkcs1_der(&rsa_public_key_der(modulus, *exponent));
                is_2048_bits.then(der)?.ok().map(Self::Rsa)
            }
            KeyMaterial::Ec { curve: Curve::P256, x, y } => {
                EcdsaKey::from_x962_uncompressed(&[&[4], &**x, &**y].concat()).ok().map(Self::P256)
            }
            KeyMaterial::Ec { curve: Curve::P384, x, y } => {
                EcdsaKey::from_x962_uncompressed(&[&[4], &**x, &**y].concat()).ok().map(Self::P384)
            }
            KeyMaterial::Ed25519(bytes) => Ed25519VerifyingKey::from_bytes(bytes).ok().map(Self::Ed25519),
            KeyMaterial::Secret(_) => None,
        }
    }
}

/// RSAPublicKey (RFC 8017 appendix A.1.1): the only form in which graviola takes a key.
fn rsa_public_key_der(modulus: &[u8], exponent: u32) -> Vec<u8> {
    let numbers = [der(0x02, &unsigned(modulus)), der(0x02, &unsigned(&exponent.to_be_bytes()))].concat();
    der(0x30, &numbers)
}

/// A number without superfluous zeros and with a sign bit of zero (X.690 section 8.3).
fn unsigned(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let digits = number.get(zeros..).unwrap_or_default();
    let sign: &[u8] = if digits.first().is_none_or(|first| first & 0x80 != 0) { &[0] } else { &[] };
    [sign, digits].concat()
}

/// A tag, the length in its shortest form and the contents (X.690 section 10.1); for contents below 64 KiB.
fn der(tag: u8, contents: &[u8]) -> Vec<u8> {
    let [.., high, low] = contents.len().to_be_bytes();
    let length: &[u8] = match (high, low) {
        (0, 0..=0x7f) => &[low],
        (0, _) => &[0x81, low],
        _ => &[0x82, high, low],
    };
    [&[tag], length, contents].concat()
}

/// What graviola asks for, and what it uses without asking.
fn is_cpu_supported() -> bool {
    // Its arithmetic is full of MULX (BMI2), and a build option of its own lets ADX pass.
    #[cfg(target_arch = "x86_64")]
    let has_the_rest = std::is_x86_feature_detected!("bmi2") && std::is_x86_feature_detected!("adx");
    #[cfg(target_arch = "aarch64")]
    let has_the_rest = true;
    has_the_rest && graviola::util::is_cpu_supported()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_signs_of_der_are_the_shortest() {
        assert_eq!(rsa_public_key_der(&[0x7f], 3), [0x30, 6, 2, 1, 0x7f, 2, 1, 3]);
        assert_eq!(rsa_public_key_der(&[0x80], 0x1_0001), [0x30, 9, 2, 2, 0, 0x80, 2, 3, 1, 0, 1]);
        assert_eq!(der(2, &[1; 0x80])[..4], [2, 0x81, 0x80, 1]);
        assert_eq!(der(2, &[1; 0x100])[..5], [2, 0x82, 1, 0, 1]);
    }
}
