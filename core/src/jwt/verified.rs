//! The one type whose claims can be read.

use alloc::sync::Arc;
use core::fmt;

use super::algorithm::Algorithm;
use super::base64url;
use super::claims::Claims;
use super::error::VerifyError;
use super::header::Header;
use super::window::Window;
use crate::time::Timestamp;

/// A token whose signature and claims were checked. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedToken(Arc<Verified>);

#[derive(PartialEq, Eq)]
pub(super) struct Verified {
    pub(super) header: Header,
    pub(super) claims: Claims,
    pub(super) algorithm: Algorithm,
    pub(super) key_thumbprint: [u8; 32],
    pub(super) key_generation: u64,
    /// Fingerprint of the policy that accepted it.
    pub(super) policy: [u8; 32],
    pub(super) window: Window,
    /// A proof of possession counts once, so nobody keeps its verdict.
    pub(super) cacheable: bool,
}

impl VerifiedToken {
    pub(super) fn of(verified: Verified) -> Self {
        Self(Arc::new(verified))
    }

    /// What the token says.
    pub fn claims(&self) -> &Claims {
        &self.0.claims
    }

    /// Its protected header.
    pub fn header(&self) -> &Header {
        &self.0.header
    }

    /// The algorithm that it was verified with.
    pub fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    /// SHA-256 thumbprint (RFC 7638) of the key that it was verified with; for a proof of possession the one that `cnf.jkt` of
    /// the access token must name.
    pub fn key_thumbprint(&self) -> &[u8; 32] {
        &self.0.key_thumbprint
    }

    /// The number that a key cache gave the key; 0 for a key of no cache.
    pub fn key_generation(&self) -> u64 {
        self.0.key_generation
    }

    /// Whether its times still hold, with the leeway of the policy it was verified by.
    ///
    /// # Errors
    /// [`TokenExpired`](super::Code::TokenExpired), [`TokenTooOld`](super::Code::TokenTooOld); after the clock went back also
    /// [`TokenNotYetValid`](super::Code::TokenNotYetValid) and [`IssuedInFuture`](super::Code::IssuedInFuture).
    pub fn check_time(&self, now: Timestamp) -> Result<(), VerifyError> {
        Ok(self.0.window.check(now)?)
    }

    /// From when on [`check_time`](Self::check_time) refuses it for good, leeway included; `None` if that never happens.
    pub fn valid_until(&self) -> Option<Timestamp> {
        self.0.window.end()
    }

    /// Whether a cache may answer for it: false for a proof of possession, which counts once (RFC 9449 section 11.1).
    pub fn is_cacheable(&self) -> bool {
        self.0.cacheable
    }

    /// Whether the policy of that fingerprint accepted it, and `token` has its claims.
    pub(super) fn is_of(&self, fingerprint: &[u8; 32], token: &str) -> bool {
        self.0.policy == *fingerprint && self.has_claims_of(token)
    }

    /// Whether the claims are those of `token`: a segment has one spelling.
    pub(super) fn has_claims_of(&self, token: &str) -> bool {
        let payload = token.split('.').nth(1);
        payload.is_some_and(|payload| payload == base64url::encode(self.0.claims.json().as_bytes()))
    }

    /// Bytes that it holds, roughly; what a cache counts.
    pub fn bytes(&self) -> usize {
        size_of::<Verified>() + self.0.header.bytes() + self.0.claims.bytes()
    }
}

impl fmt::Debug for VerifiedToken {
    /// Shows sizes alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedToken").field("claims", &self.0.claims).finish_non_exhaustive()
    }
}
