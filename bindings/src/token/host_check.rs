//! A verification that waits for the host's check of the signature, as a handle.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use edgewarden::jwt;
use edgewarden::time::Timestamp;

use super::error::VerifyError;
use super::verified::VerifiedToken;
use crate::base64url;
use crate::error::Error;
use crate::guard::guard;

/// A token that lacks nothing but the check of its signature. The host verifies [`signature`](Self::signature) over
/// [`signing_input`](Self::signing_input) with [`key_jwk`](Self::key_jwk) and says how it went; where that fails,
/// [`next_key`](Self::next_key) may know another key to try.
pub struct HostCheck {
    check: Mutex<Option<Box<jwt::HostCheck>>>,
}

impl HostCheck {
    pub(super) fn of(check: jwt::HostCheck) -> Self {
        Self { check: Mutex::new(Some(Box::new(check))) }
    }

    /// Name of the algorithm, as in `alg`.
    ///
    /// # Errors
    /// `closed` after [`finish`](Self::finish), here and below.
    pub fn algorithm(&self) -> Result<&'static str, Error> {
        self.read(|check| check.algorithm().name())
    }

    /// The key to check with: a JWK of its required members, to be imported once per [`key_thumbprint`](Self::key_thumbprint).
    /// `None` for the shared secret, which the host has.
    ///
    /// # Errors
    /// `closed`.
    pub fn key_jwk(&self) -> Result<Option<String>, Error> {
        self.read(|check| check.key().public_jwk())
    }

    /// `kid` of the key, for [`KeyCache::bad_signature`](super::KeyCache::bad_signature).
    ///
    /// # Errors
    /// `closed`.
    pub fn key_kid(&self) -> Result<Option<String>, Error> {
        self.read(|check| check.key().kid().map(str::to_owned))
    }

    /// SHA-256 thumbprint (RFC 7638) of the key, base64url.
    ///
    /// # Errors
    /// `closed`.
    pub fn key_thumbprint(&self) -> Result<String, Error> {
        self.read(|check| base64url::encode(check.key().thumbprint()))
    }

    /// The bytes that are signed.
    ///
    /// # Errors
    /// `closed`.
    pub fn signing_input(&self) -> Result<Vec<u8>, Error> {
        self.read(|check| check.signing_input().to_vec())
    }

    /// The signature, of the right length and in range; that of ECDSA as r and s side by side, as WebCrypto takes it.
    ///
    /// # Errors
    /// `closed`.
    pub fn signature(&self) -> Result<Vec<u8>, Error> {
        self.read(|check| check.signature().to_vec())
    }

    /// Goes on to the next key that may be tried; false if there is none.
    ///
    /// # Errors
    /// `closed`.
    pub fn next_key(&self) -> Result<bool, Error> {
        let mut check = self.check.lock().unwrap_or_else(PoisonError::into_inner);
        guard(|| Ok(check.as_mut().ok_or_else(closed)?.next_key()))
    }

    /// Ends the verification with what the host says of the signature. The handle is closed then.
    ///
    /// # Errors
    /// `bad_signature`, `token_expired` and the like for a token that ended meanwhile; `closed` the second time.
    pub fn finish(&self, valid: bool, now: u64) -> Result<VerifiedToken, VerifyError> {
        let check = self.check.lock().unwrap_or_else(PoisonError::into_inner).take();
        let check = check.ok_or_else(|| VerifyError::of_fault(closed()))?;
        let verdict = guard(|| Ok(check.finish(valid, Timestamp::from_millis(now)))).map_err(VerifyError::of_fault)?;
        verdict.map(|core| VerifiedToken { core }).map_err(|error| VerifyError::of(&error))
    }

    fn read<T>(&self, read: impl FnOnce(&jwt::HostCheck) -> T) -> Result<T, Error> {
        let check = self.check.lock().unwrap_or_else(PoisonError::into_inner);
        guard(|| check.as_deref().map(read).ok_or_else(closed))
    }
}

impl fmt::Debug for HostCheck {
    /// Shows sizes alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.check.lock().unwrap_or_else(PoisonError::into_inner), f)
    }
}

fn closed() -> Error {
    Error::closed("the check")
}
