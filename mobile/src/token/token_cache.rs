//! Verified tokens that are kept.

use std::sync::Arc;

use edgewarden_bindings as facade;

use super::keys::KeySet;
use super::time;
use super::verified::VerifiedToken;
use super::verifier::TokenVerifier;
use crate::error::EdgewardenError;

/// A bounded cache of verified tokens. Each hit checks times and key anew. A deny list is the host's to ask on every request.
#[derive(Debug, uniffi::Object)]
pub struct TokenCache {
    pub(super) facade: facade::token::TokenCache,
}

#[uniffi::export]
impl TokenCache {
    /// A cache that holds about `bytes_max` bytes, at most 1 GiB; a usual token takes 3 KiB. Fails with `invalid_argument` for a
    /// negative number.
    #[uniffi::constructor]
    pub fn new(bytes_max: i64) -> Result<Self, EdgewardenError> {
        let bytes_max = u64::try_from(bytes_max).map_err(|_| facade::Error::argument("bytesMax", "negative"))?;
        Ok(Self { facade: facade::token::TokenCache::new(bytes_max) })
    }

    /// What `verifier` said about this very token, if it would say the same with `keys` at `now`.
    #[uniffi::method(default(now = None))]
    pub fn get(
        &self,
        verifier: Arc<TokenVerifier>,
        token: &str,
        keys: Arc<KeySet>,
        now: Option<i64>,
    ) -> Result<Option<Arc<VerifiedToken>>, EdgewardenError> {
        let found = self.facade.get(&verifier.facade, token, &keys.facade, time(now)?)?;
        Ok(found.map(VerifiedToken::of))
    }

    /// Keeps a token that `verifier` just verified; false for a proof of possession, for one that takes more than a quarter of
    /// the cache, and where `verified` is another verifier's or has other claims than `token`.
    pub fn insert(
        &self,
        verifier: Arc<TokenVerifier>,
        token: &str,
        verified: Arc<VerifiedToken>,
    ) -> Result<bool, EdgewardenError> {
        Ok(self.facade.insert(&verifier.facade, token, &verified.facade)?)
    }

    /// Drops a token, as after a logout; whether it was there.
    pub fn forget(&self, verifier: Arc<TokenVerifier>, token: &str) -> Result<bool, EdgewardenError> {
        Ok(self.facade.forget(&verifier.facade, token)?)
    }

    /// Drops all tokens.
    pub fn clear(&self) {
        self.facade.clear();
    }

    /// Tokens held.
    pub fn size(&self) -> i32 {
        crate::int(self.facade.len())
    }

    /// Bytes held, roughly.
    pub fn bytes(&self) -> i64 {
        i64::try_from(self.facade.bytes()).unwrap_or(i64::MAX)
    }
}
