//! A [`SignatureVerifier`] for servers, phones and desktops: faster than the portable one, with its verdicts.
//!
//! On the x86-64 machine it was measured on (`cargo xtask bench jwt`) it takes about a third of the portable core's time for ES256
//! and ES384, about three quarters for EdDSA and for RSA of 2,048 bits, and the same for the rest. On AArch64 it is compiled but was
//! not measured.
//!
//! ```
//! use std::sync::Arc;
//! use edgewarden::jwt::signature::SignatureVerifier;
//! use edgewarden_provider::NativeVerifier;
//!
//! let verifier: Arc<dyn SignatureVerifier> = Arc::new(NativeVerifier::new());
//! ```
//!
//! # What is checked by whom
//!
//! | Algorithm | With acceleration | Reason |
//! |---|---|---|
//! | RS256, RS384, RS512, PS256, PS384, PS512 | graviola for a modulus of 2,048 bits, else the core | graviola has routines for that size alone: at 3,072 and 4,096 bits the core takes about half its time, and where the modulus is no multiple of 64 bits graviola refuses every signature |
//! | ES256, ES384, EdDSA | graviola | |
//! | HS256, HS384, HS512 | the core | the hash is all there is to speed up |
//!
//! Acceleration needs a little-endian, 64-bit x86-64 or AArch64 target, and of the processor:
//! * x86-64: AES, PCLMULQDQ, AVX, AVX2, ADX, BMI1 and BMI2 (Intel Core since Broadwell, AMD since Zen). graviola 0.4 itself asks for all
//!   but BMI2, which its arithmetic uses all the same: a virtual machine that hides BMI2 alone would end in an illegal
//!   instruction.
//! * AArch64: NEON, AES, PMULL and SHA2 (not the Raspberry Pi 4 and earlier).
//!
//! This is looked up once, when a [`NativeVerifier`] is made. Where something is missing, and for a key that graviola does not
//! take, [`CoreVerifier`] checks. The verdicts are the same either way: [`precheck`] refuses first what implementations
//! disagree about, and the public vectors run through both.

#![forbid(unsafe_code)]

// `unaccelerated` takes the place where graviola does not compile.
#[cfg_attr(
    not(all(
        any(target_arch = "x86_64", target_arch = "aarch64"),
        target_endian = "little",
        target_pointer_width = "64"
    )),
    path = "unaccelerated.rs"
)]
mod accelerated;
mod key_cache;

use edgewarden::jwt::signature::{CoreVerifier, SignatureVerifier, precheck};
use edgewarden::jwt::{Algorithm, VerificationKey};

use accelerated::Accelerated;

/// Checks signatures with the routines of the processor at hand, or as the core does where it has none.
///
/// Make one and share it: it keeps the keys that it has parsed.
#[derive(Debug)]
pub struct NativeVerifier {
    accelerated: Option<Accelerated>,
}

impl NativeVerifier {
    /// Most parsed keys that are kept by default: as many as a key set may hold, and some. About 3 KB each.
    pub const KEYS_DEFAULT: usize = 128;

    /// A verifier that keeps up to [`KEYS_DEFAULT`](Self::KEYS_DEFAULT) parsed keys.
    pub fn new() -> Self {
        Self::with_keys_max(Self::KEYS_DEFAULT)
    }

    /// A verifier that keeps up to `keys_max` parsed keys, from 1 to 4,096; a number outside is brought inside. When one more
    /// comes, the one that was not used for longest goes; when it comes back it is parsed anew.
    pub fn with_keys_max(keys_max: usize) -> Self {
        Self { accelerated: Accelerated::new(keys_max.clamp(1, KEYS_MAX)) }
    }

    /// Whether the processor has what acceleration needs. Verdicts do not depend on it.
    pub fn is_accelerated(&self) -> bool {
        self.accelerated.is_some()
    }
}

impl Default for NativeVerifier {
    fn default() -> Self {
        Self::new()
    }
}

impl SignatureVerifier for NativeVerifier {
    fn verify(&self, algorithm: Algorithm, key: &VerificationKey, signing_input: &[u8], signature: &[u8]) -> bool {
        let Some(accelerated) = &self.accelerated else {
            return CoreVerifier.verify(algorithm, key, signing_input, signature);
        };
        // Also for callers that did not: graviola is loose where `precheck` is strict, above all about points of small order.
        precheck(algorithm, key, signature).is_ok()
            && accelerated
                .verify(algorithm, key, signing_input, signature)
                .unwrap_or_else(|| CoreVerifier.verify(algorithm, key, signing_input, signature))
    }
}

const KEYS_MAX: usize = 4096;
