//! The verdicts of the native verifier are those of the core: on the public vectors, on damaged signatures, on odd keys.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::LazyLock;

use edgewarden::jwt::signature::{CoreVerifier, SignatureVerifier};
use edgewarden::jwt::{Algorithm, VerificationKey};
use edgewarden_provider::NativeVerifier;

mod fallback;
mod odd_keys;
#[path = "../../../core/tests/jwt/signatures.rs"]
mod signatures;
#[allow(dead_code, reason = "not every crate that shares it needs all of it")]
#[path = "../../../core/tests/jwt/vectors.rs"]
mod vectors;

static VERIFIER: LazyLock<SameVerdict> = LazyLock::new(|| SameVerdict(NativeVerifier::new()));

/// Whose verdicts `signatures` asks for.
fn verifier() -> &'static dyn SignatureVerifier {
    &*VERIFIER
}

/// Asks the native verifier and the core, also about damaged copies, and insists that they agree.
struct SameVerdict(NativeVerifier);

impl SignatureVerifier for SameVerdict {
    fn verify(&self, algorithm: Algorithm, key: &VerificationKey, signing_input: &[u8], signature: &[u8]) -> bool {
        let verdict = self.0.verify(algorithm, key, signing_input, signature);
        assert_eq!(verdict, CoreVerifier.verify(algorithm, key, signing_input, signature), "{algorithm:?}");
        if verdict {
            for damaged in damaged(signature) {
                let verdict = self.0.verify(algorithm, key, signing_input, &damaged);
                assert_eq!(verdict, CoreVerifier.verify(algorithm, key, signing_input, &damaged), "{algorithm:?}");
            }
        }
        verdict
    }
}

/// One bit wrong in either half and at the ends, too short, too long, empty, all zeros, all ones.
fn damaged(signature: &[u8]) -> Vec<Vec<u8>> {
    let len = signature.len();
    let mut all: Vec<Vec<u8>> = [0, len / 4, len / 2, len - 1]
        .into_iter()
        .map(|at| {
            let mut copy = signature.to_vec();
            copy[at] ^= 1;
            copy
        })
        .collect();
    all.extend([signature[1..].to_vec(), [signature, &[0]].concat(), vec![], vec![0; len], vec![0xff; len]]);
    all
}
