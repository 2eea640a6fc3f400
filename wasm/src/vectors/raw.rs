//! Signatures and tokens of the public vectors, whose messages are no claims sets and so fit no policy: form, header, key
//! and signature alone. `edgewarden-vectors` compiles the same file for this machine.

use edgewarden::jwt::signature::{CoreVerifier, SignatureVerifier, precheck};
use edgewarden::jwt::{Algorithm, KeyLimits, KeySet, TokenLimits, UnverifiedToken, VerificationKey};

/// A signature that lacks nothing but its check.
pub struct Raw {
    pub algorithm: Algorithm,
    pub key: VerificationKey,
    pub message: Vec<u8>,
    pub signature: Vec<u8>,
}

impl Raw {
    /// A token and the document of its keys, which are `secret` or public. An error is the code of the first fault.
    pub fn of_token(token: &str, keys: &str, secret: bool) -> Result<Self, &'static str> {
        let keys = key_set(keys, secret)?;
        let token = UnverifiedToken::parse(token, &TokenLimits::default()).map_err(|error| error.code.name())?;
        let header = token.header();
        let algorithm = Algorithm::from_name(header.algorithm_name()).ok_or("alg_not_allowed")?;
        let key = keys.choose(algorithm, header.kid()).map_err(|error| error.code.name())?;
        Self::of(algorithm, key, token.signing_input(), token.signature())
    }

    /// A signature that belongs to no token.
    pub fn of_signature(
        algorithm: &str,
        keys: &str,
        secret: bool,
        message: &[u8],
        signature: &[u8],
    ) -> Result<Self, &'static str> {
        let keys = key_set(keys, secret)?;
        if let ([], [refused, ..]) = (keys.keys(), keys.refused()) {
            return Err(refused.code.name());
        }
        let algorithm = Algorithm::from_name(algorithm).ok_or("alg_not_allowed")?;
        Self::of(algorithm, keys.choose(algorithm, None).map_err(|error| error.code.name())?, message, signature)
    }

    fn of(algorithm: Algorithm, key: &VerificationKey, message: &[u8], signature: &[u8]) -> Result<Self, &'static str> {
        precheck(algorithm, key, signature).map_err(|error| error.code.name())?;
        Ok(Self { algorithm, key: key.clone(), message: message.to_vec(), signature: signature.to_vec() })
    }

    /// The core's own check.
    pub fn verify(&self) -> bool {
        CoreVerifier.verify(self.algorithm, &self.key, &self.message, &self.signature)
    }
}

fn key_set(keys: &str, secret: bool) -> Result<KeySet, &'static str> {
    let read = if secret { KeySet::from_secret_jwks } else { KeySet::from_jwks };
    read(keys, KeyLimits::default()).map_err(|error| error.code())
}
