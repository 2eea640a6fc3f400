//! Without what the processor needs, the core checks.

use std::env;
use std::process::Command;

use edgewarden::jwt::signature::SignatureVerifier;
use edgewarden::jwt::{Algorithm, KeySet};
use edgewarden_provider::NativeVerifier;

/// Example of RFC 8037 appendix A.2 and A.4.
const KEY: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
const SIGNING_INPUT: &[u8] = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
const SIGNATURE: &str = "860c98d2297f3060a33f42739672d61b53cf3adefed3d3c672f320dc021b411e9d59b8628dc351e248b88b29468e0e41855b0fb7d83bb15be902bfccb8cd0a02";

fn verdict(verifier: &NativeVerifier) -> bool {
    let set = KeySet::from_jwk(KEY).unwrap();
    let signature = super::vectors::hex(SIGNATURE);
    verifier.verify(Algorithm::EdDsa, set.choose(Algorithm::EdDsa, None).unwrap(), SIGNING_INPUT, &signature)
}

#[test]
fn processor_without_a_feature_is_served_by_the_core() {
    // Builds with debug assertions let graviola be told that a feature is missing.
    if !NativeVerifier::new().is_accelerated() || !cfg!(debug_assertions) {
        return eprintln!("skipped: this build or this processor has no acceleration to take away");
    }
    let features = if cfg!(target_arch = "x86_64") {
        ["aes", "pclmulqdq", "adx", "avx2"]
    } else {
        ["aes", "pmull", "sha2", "neon"]
    };
    for feature in features {
        let child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "fallback::core_gives_the_verdict_where_a_feature_is_missing"])
            .env(MISSING, feature)
            .env(format!("GRAVIOLA_CPU_DISABLE_{feature}"), "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success() && said.contains("1 passed"), "{feature}: {said}");
    }
}

#[test]
fn core_gives_the_verdict_where_a_feature_is_missing() {
    let verifier = NativeVerifier::new();
    if env::var_os(MISSING).is_some() {
        assert!(!verifier.is_accelerated());
    }
    assert!(verdict(&verifier));
}

/// Set for a process that was told that this feature is missing.
const MISSING: &str = "EDGEWARDEN_TEST_MISSING_FEATURE";
