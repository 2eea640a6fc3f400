//! A verification that waits for the host's check of the signature.

use std::sync::Arc;

use edgewarden_bindings::token as facade;

use super::names::TokenAlgorithm;
use super::time;
use super::verified::VerifiedToken;
use crate::error::EdgewardenError;

/// A token that lacks nothing but the check of its signature. The host verifies `signature` over `signing_input` with
/// `key_jwk` and says how it went; where that fails, `next_key` may know another key to try. Every call after `finish` fails
/// with `closed`.
#[derive(Debug, uniffi::Object)]
pub struct HostCheck {
    facade: facade::HostCheck,
}

#[uniffi::export]
impl HostCheck {
    /// The algorithm.
    pub fn algorithm(&self) -> Result<TokenAlgorithm, EdgewardenError> {
        Ok(TokenAlgorithm::of(self.facade.algorithm()?))
    }

    /// The key to check with: a JWK of its required members. Nothing for the shared secret, which the host has.
    pub fn key_jwk(&self) -> Result<Option<String>, EdgewardenError> {
        Ok(self.facade.key_jwk()?)
    }

    /// `kid` of the key.
    pub fn key_kid(&self) -> Result<Option<String>, EdgewardenError> {
        Ok(self.facade.key_kid()?)
    }

    /// SHA-256 thumbprint (RFC 7638) of the key, base64url.
    pub fn key_thumbprint(&self) -> Result<String, EdgewardenError> {
        Ok(self.facade.key_thumbprint()?)
    }

    /// The bytes that are signed.
    pub fn signing_input(&self) -> Result<Vec<u8>, EdgewardenError> {
        Ok(self.facade.signing_input()?)
    }

    /// The signature, of the right length and in range; that of ECDSA as r and s side by side.
    pub fn signature(&self) -> Result<Vec<u8>, EdgewardenError> {
        Ok(self.facade.signature()?)
    }

    /// Goes on to the next key that may be tried; false if there is none.
    pub fn next_key(&self) -> Result<bool, EdgewardenError> {
        Ok(self.facade.next_key()?)
    }

    /// Ends the verification with what the host says of the signature. Fails with `bad_signature`, and with `token_expired`
    /// and the like for a token that ended meanwhile.
    #[uniffi::method(default(now = None))]
    pub fn finish(&self, valid: bool, now: Option<i64>) -> Result<Arc<VerifiedToken>, EdgewardenError> {
        Ok(VerifiedToken::of(self.facade.finish(valid, time(now)?)?))
    }
}

impl HostCheck {
    pub(super) fn of(facade: facade::HostCheck) -> Arc<Self> {
        Arc::new(Self { facade })
    }
}
