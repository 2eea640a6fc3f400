//! Other crates, each with its key as ready as it can have it.

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, VerificationAlgorithm,
};
use edgewarden::jwt::{Algorithm, KeyMaterial};
use jsonwebtoken::crypto::{CryptoProvider, aws_lc, rust_crypto};
use jsonwebtoken::{DecodingKey, Validation};
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::sha2::Sha256;
use rsa::signature::Verifier;
use rsa::{BigUint, RsaPublicKey};

use crate::tokens::{AUDIENCE, ISSUER, Signed};

/// A crate that checks a raw signature.
pub struct Peer {
    /// Crate and version.
    pub name: &'static str,
    /// Whether it takes the signature for that of the message.
    pub verify: Box<dyn Fn(&[u8], &[u8]) -> bool>,
}

/// Who checks signatures for jsonwebtoken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum BackEnd {
    /// Crates of RustCrypto and dalek.
    RustCrypto,
    /// AWS-LC.
    AwsLcRs,
}

/// jsonwebtoken has one back end for each process; this one passes each call on to whose turn it is.
pub fn install() {
    let provider = CryptoProvider {
        signer_factory: |algorithm, key| (aws_lc::DEFAULT_PROVIDER.signer_factory)(algorithm, key),
        verifier_factory: |algorithm, key| {
            let turn = if IS_RUST_CRYPTO.load(Ordering::Relaxed) {
                &rust_crypto::DEFAULT_PROVIDER
            } else {
                &aws_lc::DEFAULT_PROVIDER
            };
            (turn.verifier_factory)(algorithm, key)
        },
        key_utils: aws_lc::DEFAULT_PROVIDER.key_utils.clone(),
    };
    // The first and only one.
    let _ = Box::leak(Box::new(provider)).install_default();
}

static IS_RUST_CRYPTO: AtomicBool = AtomicBool::new(false);

/// jsonwebtoken, from text to claims.
pub struct Full {
    key: DecodingKey,
    validation: Validation,
}

impl Full {
    /// For tokens of that key, held to the claims that the core holds them to.
    pub fn new(signed: &Signed) -> Result<Self, Box<dyn Error>> {
        let mut validation = Validation::new(signed.peer_algorithm);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        Ok(Self { key: DecodingKey::from_jwk(&signed.jwk)?, validation })
    }

    /// Whether it takes the token.
    pub fn verify(&self, token: &str, back_end: BackEnd) -> bool {
        IS_RUST_CRYPTO.store(back_end == BackEnd::RustCrypto, Ordering::Relaxed);
        let token =
            jsonwebtoken::decode::<serde_json::Map<String, serde_json::Value>>(token, &self.key, &self.validation);
        token.is_ok_and(|token| token.claims.contains_key("sub"))
    }
}

/// The crates that check signatures of that algorithm and that the core does not use itself.
pub fn raw(signed: &Signed) -> Result<Vec<Peer>, Box<dyn Error>> {
    let key = signed.keys.keys().first().ok_or("no key")?;
    let mut peers = Vec::new();
    let (algorithm, bytes): (&'static dyn VerificationAlgorithm, Vec<u8>) = match (signed.algorithm, key.material()) {
        (algorithm, KeyMaterial::Rsa { modulus, exponent }) => {
            let key = RsaPublicKey::new(BigUint::from_bytes_be(modulus), BigUint::from(*exponent))?;
            let der = key.to_pkcs1_der()?.as_bytes().to_vec();
            if algorithm == Algorithm::Ps256 {
                let key = rsa::pss::VerifyingKey::<Sha256>::new(key);
                peers.push(rust_crypto_rsa(key));
                (&RSA_PSS_2048_8192_SHA256, der)
            } else {
                let key = rsa::pkcs1v15::VerifyingKey::<Sha256>::new(key);
                peers.push(rust_crypto_rsa(key));
                (&RSA_PKCS1_2048_8192_SHA256, der)
            }
        }
        (Algorithm::Es256, KeyMaterial::Ec { x, y, .. }) => (&ECDSA_P256_SHA256_FIXED, [&[4], &**x, &**y].concat()),
        (_, KeyMaterial::Ec { x, y, .. }) => (&ECDSA_P384_SHA384_FIXED, [&[4], &**x, &**y].concat()),
        (_, KeyMaterial::Ed25519(x)) => (&ED25519, x.to_vec()),
        (_, KeyMaterial::Secret(_)) => return Ok(peers),
    };
    let key = ParsedPublicKey::new(algorithm, bytes)?;
    peers.push(Peer {
        name: "aws-lc-rs 1.19, parsed key",
        verify: Box::new(move |message, signature| key.verify_sig(message, signature).is_ok()),
    });
    Ok(peers)
}

fn rust_crypto_rsa<S, K>(key: K) -> Peer
where
    S: for<'s> TryFrom<&'s [u8]>,
    K: Verifier<S> + 'static,
{
    let verify = move |message: &[u8], signature: &[u8]| {
        S::try_from(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
    };
    Peer { name: "rsa 0.9", verify: Box::new(verify) }
}
