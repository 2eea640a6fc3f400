//! Keys to verify with, as a handle.

use std::fmt;
use std::sync::Arc;

use edgewarden::jwt::{self, Algorithm, KeyLimits, VerificationKey};

use super::options::key_limits;
use super::verified::Object;
use crate::base64url;
use crate::error::Error;
use crate::guard::guard;
use crate::json::ToJson;
use crate::options::document;

/// Keys that any number of threads may verify with. Cloning shares them.
#[derive(Clone, PartialEq, Eq)]
pub struct KeySet {
    pub(super) core: Arc<jwt::KeySet>,
}

/// What a key is, without its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// `kid`
    pub kid: Option<String>,
    /// Names of the algorithms that it verifies.
    pub algorithms: Vec<&'static str>,
    /// SHA-256 thumbprint (RFC 7638), base64url.
    pub thumbprint: String,
    /// The number that a key cache gave it; 0 in a set of no cache.
    pub generation: u64,
}

/// A key of the document that no token is verified with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedKeyInfo {
    /// Its place in `keys`, from 0.
    pub index: usize,
    /// `kid`, if it is a string of at most 256 bytes.
    pub kid: Option<String>,
    /// What is wrong with it.
    pub code: &'static str,
}

impl KeySet {
    /// The public keys of a JWK set (RFC 7517). `limits` as JSON: `{"keys": 100, "bytes": 262144}`.
    ///
    /// # Errors
    /// `key_set_too_large`, `key_set_not_json` with the offset in bytes, `key_set_too_deep`, `key_set_duplicate_name`,
    /// `not_a_key_set`, `too_many_keys`; `invalid_option` for the limits.
    pub fn from_jwks(jwks: &str, limits: Option<&str>) -> Result<Self, Error> {
        guard(|| {
            let limits = limits.map(|json| key_limits(&document(json)?)).transpose()?;
            Self::of(jwt::KeySet::from_jwks(jwks, limits.unwrap_or(KeyLimits::default())))
        })
    }

    /// One public key.
    ///
    /// # Errors
    /// The code that says why the key cannot be used, and those of [`from_jwks`](Self::from_jwks).
    pub fn from_jwk(jwk: &str) -> Result<Self, Error> {
        guard(|| Self::of(jwt::KeySet::from_jwk(jwk)))
    }

    /// One shared secret, for the HMAC algorithms of these names.
    ///
    /// # Errors
    /// `mixed_key_set`, `weak_key`, `too_large`; `invalid_argument` for an unknown algorithm.
    pub fn from_secret(secret: &[u8], kid: Option<&str>, algorithms: &[&str]) -> Result<Self, Error> {
        guard(|| {
            let named = |name: &&str| {
                Algorithm::from_name(name).ok_or_else(|| Error::argument("algorithms", "no such algorithm"))
            };
            let algorithms: Vec<Algorithm> = algorithms.iter().map(named).collect::<Result<_, _>>()?;
            Self::of(jwt::KeySet::from_secret(secret, kid, algorithms))
        })
    }

    /// The usable keys.
    pub fn keys(&self) -> Vec<KeyInfo> {
        self.core.keys().iter().map(KeyInfo::of).collect()
    }

    /// The keys that cannot be used, and why.
    pub fn refused(&self) -> Vec<RefusedKeyInfo> {
        let refused = self.core.refused().iter();
        refused.map(|key| RefusedKeyInfo { index: key.index, kid: key.kid.clone(), code: key.code.name() }).collect()
    }

    /// Number that a key cache gave this set; 0 for a set of no cache.
    pub fn revision(&self) -> u64 {
        self.core.revision()
    }

    fn of(set: Result<jwt::KeySet, jwt::KeySetError>) -> Result<Self, Error> {
        Ok(Self { core: Arc::new(set?) })
    }
}

impl KeyInfo {
    fn of(key: &VerificationKey) -> Self {
        Self {
            kid: key.kid().map(str::to_owned),
            algorithms: key.algorithms().iter().map(Algorithm::name).collect(),
            thumbprint: base64url::encode(key.thumbprint()),
            generation: key.generation(),
        }
    }
}

impl fmt::Debug for KeySet {
    /// Shows counts alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (keys, refused) = (self.core.keys().len(), self.core.refused().len());
        f.debug_struct("KeySet").field("keys", &keys).field("refused", &refused).finish()
    }
}

impl ToJson for KeyInfo {
    fn write_json(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.text("kid", self.kid.as_deref());
        object.list("algorithms", &self.algorithms);
        object.text("thumbprint", Some(&self.thumbprint));
        object.number("generation", Some(self.generation));
        object.end();
    }
}

impl ToJson for RefusedKeyInfo {
    fn write_json(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.number("index", u64::try_from(self.index).ok());
        object.text("kid", self.kid.as_deref());
        object.text("code", Some(self.code));
        object.end();
    }
}
