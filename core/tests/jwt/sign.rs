//! Makes tokens, and verifies them in every way there is, holding the ways to one answer.

use ed25519_dalek::Signer;
use edgewarden::jwt::signature::{CoreVerifier, SignatureVerifier};
use edgewarden::jwt::{Algorithm, KeyLimits, KeySet, TokenVerifier, TokenVerifierBuilder, VerifiedToken, VerifyError};
use edgewarden::time::Timestamp;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::vectors::base64url;

pub const ISSUER: &str = "https://issuer.example";
pub const AUDIENCE: &str = "https://api.example";
pub const NOW_SECS: u64 = 1_700_000_000;
pub const NOW: Timestamp = Timestamp::from_secs(NOW_SECS);
pub const SECRET: [u8; 32] = [0x5A; 32];
pub const HEADER: &str = r#"{"alg":"HS256"}"#;

/// A policy with the shared secret, for tests that are about anything but keys.
pub fn hs() -> TokenVerifierBuilder {
    TokenVerifier::builder().issuer(ISSUER).audience(AUDIENCE).shared_secret(&SECRET, [Algorithm::Hs256])
}

/// A policy with public keys.
pub fn public(algorithms: impl IntoIterator<Item = Algorithm>) -> TokenVerifierBuilder {
    TokenVerifier::builder().issuer(ISSUER).audience(AUDIENCE).algorithms(algorithms)
}

/// Good claims, with more members.
pub fn claims(more: &str) -> String {
    let exp = NOW_SECS + 300;
    format!(r#"{{"iss":"{ISSUER}","aud":"{AUDIENCE}","exp":{exp}{more}}}"#)
}

/// A token by the shared secret. Header and payload are taken as they are.
pub fn hs256(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    hs256_with(&SECRET, header, payload)
}

pub fn hs256_with(secret: &[u8], header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    mac_of(secret, &format!("{}.{}", base64url(header.as_ref()), base64url(payload.as_ref())))
}

/// The signing input with its MAC by the secret.
pub fn mac_of(secret: &[u8], signing_input: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret).unwrap().chain_update(signing_input);
    format!("{signing_input}.{}", base64url(&mac.finalize().into_bytes()))
}

/// A key pair of Ed25519, told apart by one byte.
pub struct EdKey(ed25519_dalek::SigningKey);

impl EdKey {
    pub fn new(seed: u8) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(&[seed; 32]))
    }

    pub fn jwk(&self, more: &str) -> String {
        let x = base64url(self.0.verifying_key().as_bytes());
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"{more}}}"#)
    }

    pub fn sign(&self, header: &str, payload: &str) -> String {
        let input = format!("{}.{}", base64url(header.as_bytes()), base64url(payload.as_bytes()));
        let signature = self.0.sign(input.as_bytes());
        format!("{input}.{}", base64url(&signature.to_bytes()))
    }
}

/// A key pair on P-256, told apart by one byte.
pub struct EcKey(p256::ecdsa::SigningKey);

impl EcKey {
    pub fn new(seed: u8) -> Self {
        Self(p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap())
    }

    /// x and y.
    pub fn point(&self) -> (Vec<u8>, Vec<u8>) {
        let point = self.0.verifying_key().to_encoded_point(false);
        (point.x().unwrap().to_vec(), point.y().unwrap().to_vec())
    }

    pub fn jwk(&self, more: &str) -> String {
        let (x, y) = self.point();
        format!(r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}"{more}}}"#, base64url(&x), base64url(&y))
    }

    pub fn sign(&self, header: &str, payload: &str) -> String {
        let input = format!("{}.{}", base64url(header.as_bytes()), base64url(payload.as_bytes()));
        let signature: p256::ecdsa::Signature = self.0.sign(input.as_bytes());
        format!("{input}.{}", base64url(&signature.to_bytes()))
    }
}

pub fn key_set(keys: &[String]) -> KeySet {
    KeySet::from_jwks(&format!(r#"{{"keys":[{}]}}"#, keys.join(",")), KeyLimits::default()).unwrap()
}

/// Verifies in one go and in two steps, and explains; all three must tell the same.
pub fn verify(
    verifier: &TokenVerifier,
    token: &str,
    keys: &KeySet,
    now: Timestamp,
) -> Result<VerifiedToken, VerifyError> {
    let verdict = verifier.verify(token, keys, now);
    let in_two_steps = verifier.begin(token, keys, now).and_then(|mut check| {
        let is_valid = |check: &edgewarden::jwt::HostCheck| {
            CoreVerifier.verify(check.algorithm(), check.key(), check.signing_input(), check.signature())
        };
        let mut valid = is_valid(&check);
        while !valid && check.next_key() {
            valid = is_valid(&check);
        }
        check.finish(valid, now)
    });
    assert_eq!(verdict, in_two_steps);
    let explanation = verifier.explain(token, keys, now);
    assert_eq!(explanation.faults().next(), verdict.as_ref().err(), "{explanation:#?}");
    assert_eq!(explanation.is_accepted(), verdict.is_ok(), "{explanation:#?}");
    verdict
}

/// The code under a policy with the shared secret; `ok` for a token that is accepted.
pub fn code_of(policy: TokenVerifierBuilder, token: &str) -> &'static str {
    code_at(policy, token, NOW)
}

pub fn code_at(policy: TokenVerifierBuilder, token: &str, now: Timestamp) -> &'static str {
    let verifier = policy.build().unwrap();
    code(&verify(&verifier, token, verifier.shared_keys().unwrap(), now))
}

/// The code of a verdict.
pub fn code(verdict: &Result<VerifiedToken, VerifyError>) -> &'static str {
    verdict.as_ref().map_or_else(|error| error.code.name(), |_| "ok")
}
