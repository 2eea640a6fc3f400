//! A verification that waits for the host's check of the signature.

use alloc::vec::Vec;
use core::fmt;

use super::algorithm::Algorithm;
use super::error::VerifyError;
use super::key::VerificationKey;
use super::verified::VerifiedToken;
use super::verifier::{PlausibleToken, bad_signature};
use crate::time::Timestamp;

/// A token that lacks nothing but the check of its signature, which the host makes: with
/// [`algorithm`](Self::algorithm) and [`key`](Self::key), over [`signing_input`](Self::signing_input) and
/// [`signature`](Self::signature). Owned, so that it can wait; [`finish`](Self::finish) takes it.
///
/// Where the policy tries several keys for tokens without `kid`, the host asks for the next one until a check succeeds:
/// `while !valid && check.next_key() { valid = … }`.
#[must_use = "nothing is verified before `finish`"]
pub struct HostCheck {
    token: PlausibleToken<'static>,
    /// The key to check with.
    key: VerificationKey,
    /// Those still to be tried, the next one last.
    others: Vec<VerificationKey>,
}

impl HostCheck {
    pub(super) fn new(token: PlausibleToken<'static>, key: VerificationKey, mut others: Vec<VerificationKey>) -> Self {
        others.reverse();
        Self { token, key, others }
    }

    /// How the token is signed.
    pub fn algorithm(&self) -> Algorithm {
        self.token.algorithm
    }

    /// The key to check with; its [`material`](VerificationKey::material) is what a host imports, once per
    /// [`thumbprint`](VerificationKey::thumbprint).
    pub fn key(&self) -> &VerificationKey {
        &self.key
    }

    /// The bytes that are signed.
    pub fn signing_input(&self) -> &[u8] {
        &self.token.signing_input
    }

    /// The signature, of the right length and in range.
    pub fn signature(&self) -> &[u8] {
        &self.token.signature
    }

    /// Goes on to the next key that the policy allows to try; false if there is none.
    pub fn next_key(&mut self) -> bool {
        let next = self.others.pop();
        let has_next = next.is_some();
        self.key = next.unwrap_or_else(|| self.key.clone());
        has_next
    }

    /// Ends the verification: `valid` is what the host says of the signature under the current [`key`](Self::key). Times are
    /// looked at once more, as the host may have taken long.
    ///
    /// # Errors
    /// [`BadSignature`](super::Code::BadSignature), [`TokenExpired`](super::Code::TokenExpired) and the like.
    pub fn finish(self, valid: bool, now: Timestamp) -> Result<VerifiedToken, VerifyError> {
        if !valid {
            return Err(bad_signature(&self.key));
        }
        self.token.window.check(now)?;
        Ok(self.token.verified(&self.key))
    }
}

impl fmt::Debug for HostCheck {
    /// Shows sizes alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostCheck").field("token", &self.token).field("key", &self.key).finish_non_exhaustive()
    }
}
