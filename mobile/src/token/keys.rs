//! Keys to verify with.

use std::sync::Arc;

use edgewarden_bindings::token as facade;

use super::names::TokenAlgorithm;
use super::options::KeyLimits;
use crate::error::EdgewardenError;
use crate::long;

/// Keys that any number of threads may verify with.
#[derive(Debug, uniffi::Object)]
pub struct KeySet {
    pub(super) facade: facade::KeySet,
}

/// What a key is, without its numbers.
#[derive(Clone, Debug, uniffi::Record)]
pub struct KeyInfo {
    /// `kid`
    pub kid: Option<String>,
    /// The algorithms that it verifies.
    pub algorithms: Vec<TokenAlgorithm>,
    /// SHA-256 thumbprint (RFC 7638), base64url.
    pub thumbprint: String,
    /// The number that a key cache gave it; 0 in a set of no cache.
    pub generation: i64,
}

/// A key of the document that no token is verified with.
#[derive(Clone, Debug, uniffi::Record)]
pub struct RefusedKeyInfo {
    /// Its place in `keys`, from 0.
    pub index: i32,
    /// `kid`, if it is a string of at most 256 bytes.
    pub kid: Option<String>,
    /// What is wrong with it.
    pub code: String,
}

#[uniffi::export]
impl KeySet {
    /// The public keys of a JWK set (RFC 7517). A key that cannot be used is refused and spoils no other. Fails with
    /// `key_set_not_json`, its offset in bytes, `not_a_key_set` and the like, and with `invalid_option` for the limits.
    #[uniffi::constructor(default(limits = None))]
    pub fn from_jwks(jwks: &str, limits: Option<KeyLimits>) -> Result<Self, EdgewardenError> {
        let limits = limits.map(|limits| limits.json()).transpose()?;
        Ok(Self { facade: facade::KeySet::from_jwks(jwks, limits.as_deref())? })
    }

    /// One public key. Fails with the code that says why the key cannot be used.
    #[uniffi::constructor]
    pub fn from_jwk(jwk: &str) -> Result<Self, EdgewardenError> {
        Ok(Self { facade: facade::KeySet::from_jwk(jwk)? })
    }

    /// One shared secret, for HMAC algorithms. Fails with `mixed_key_set`, `weak_key`, `too_large`.
    #[uniffi::constructor(default(kid = None))]
    pub fn from_secret(
        secret: Vec<u8>,
        algorithms: Vec<TokenAlgorithm>,
        kid: Option<String>,
    ) -> Result<Self, EdgewardenError> {
        let algorithms: Vec<&str> = algorithms.into_iter().map(TokenAlgorithm::name).collect();
        Ok(Self { facade: facade::KeySet::from_secret(&secret, kid.as_deref(), &algorithms)? })
    }

    /// The usable keys.
    pub fn keys(&self) -> Vec<KeyInfo> {
        self.facade.keys().into_iter().map(Into::into).collect()
    }

    /// The keys that cannot be used, and why.
    pub fn refused(&self) -> Vec<RefusedKeyInfo> {
        self.facade.refused().into_iter().map(Into::into).collect()
    }

    /// Number that a key cache gave this set; 0 for a set of no cache.
    pub fn revision(&self) -> i64 {
        long(self.facade.revision())
    }
}

impl KeySet {
    pub(super) fn of(facade: facade::KeySet) -> Arc<Self> {
        Arc::new(Self { facade })
    }
}

impl From<facade::KeyInfo> for KeyInfo {
    fn from(key: facade::KeyInfo) -> Self {
        let facade::KeyInfo { kid, algorithms, thumbprint, generation } = key;
        let algorithms = algorithms.into_iter().map(TokenAlgorithm::of).collect();
        Self { kid, algorithms, thumbprint, generation: long(generation) }
    }
}

impl From<facade::RefusedKeyInfo> for RefusedKeyInfo {
    fn from(key: facade::RefusedKeyInfo) -> Self {
        Self { index: crate::int(key.index), kid: key.kid, code: key.code.to_owned() }
    }
}
