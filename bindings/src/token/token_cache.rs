//! Verified tokens that are kept, as a handle.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use edgewarden::jwt;

use super::keys::KeySet;
use super::verified::VerifiedToken;
use super::verifier::{TokenVerifier, at};
use crate::error::Error;
use crate::guard::guard;

/// A bounded cache of verified tokens. Each hit checks times and key anew. A deny list is the host's to ask on every request.
pub struct TokenCache {
    core: Mutex<jwt::TokenCache>,
}

impl TokenCache {
    /// A cache that holds about `bytes_max` bytes, at most 1 GiB; a usual token takes 3 KiB.
    pub fn new(bytes_max: u64) -> Self {
        Self { core: Mutex::new(jwt::TokenCache::new(usize::try_from(bytes_max).unwrap_or(usize::MAX))) }
    }

    /// What `verifier` said about this very token, if it would say the same with `keys` at `now`.
    ///
    /// # Errors
    /// `internal`; the cache is empty then.
    pub fn get(
        &self,
        verifier: &TokenVerifier,
        token: &str,
        keys: &KeySet,
        now: u64,
    ) -> Result<Option<VerifiedToken>, Error> {
        let found = self.with(|cache| cache.get(&verifier.core.fingerprint(), token, &keys.core, at(now)))?;
        Ok(found.map(|core| VerifiedToken { core }))
    }

    /// Keeps a token that `verifier` just verified; false for a proof of possession, for one that takes more than a quarter of
    /// the cache, and where `verified` is another verifier's or has other claims than `token`.
    ///
    /// # Errors
    /// `internal`; the cache is empty then.
    pub fn insert(&self, verifier: &TokenVerifier, token: &str, verified: &VerifiedToken) -> Result<bool, Error> {
        self.with(|cache| cache.insert(&verifier.core.fingerprint(), token, &verified.core))
    }

    /// Drops a token, as after a logout; whether it was there.
    ///
    /// # Errors
    /// `internal`; the cache is empty then.
    pub fn forget(&self, verifier: &TokenVerifier, token: &str) -> Result<bool, Error> {
        self.with(|cache| cache.forget(&verifier.core.fingerprint(), token))
    }

    /// Drops all tokens.
    pub fn clear(&self) {
        self.held().clear();
    }

    /// Tokens held.
    pub fn len(&self) -> usize {
        self.held().len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.held().is_empty()
    }

    /// Bytes held, roughly.
    pub fn bytes(&self) -> usize {
        self.held().bytes()
    }

    /// Changes the cache. After a fault it begins anew.
    fn with<T>(&self, work: impl FnOnce(&mut jwt::TokenCache) -> T) -> Result<T, Error> {
        let mut cache = self.held();
        guard(|| Ok(work(&mut cache))).inspect_err(|_| cache.clear())
    }

    fn held(&self) -> MutexGuard<'_, jwt::TokenCache> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for TokenCache {
    /// Shows sizes alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.held(), f)
    }
}
