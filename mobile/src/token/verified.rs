//! A verified token and what can be read from it.

use std::fmt;
use std::sync::{Arc, OnceLock};

use edgewarden_bindings::token as facade;

use super::names::TokenAlgorithm;
use crate::long;

/// A token whose signature and claims were checked; only a verifier makes one. Shows sizes alone when printed.
#[derive(uniffi::Object)]
#[uniffi::export(Display)]
pub struct VerifiedToken {
    pub(super) facade: facade::VerifiedToken,
    /// Made when something is asked for: many requests only ask whether the token is good.
    data: OnceLock<facade::TokenData>,
}

#[uniffi::export]
impl VerifiedToken {
    /// The claims set as the issuer wrote it. Names are unique at every depth.
    pub fn claims_json(&self) -> String {
        self.facade.claims_json().to_owned()
    }

    /// `alg`, `typ`, `cty` and `kid` of the header, as far as they are there. Nothing else of it counted.
    pub fn header_json(&self) -> String {
        self.data().header_json.clone()
    }

    /// The algorithm.
    pub fn algorithm(&self) -> TokenAlgorithm {
        TokenAlgorithm::of(self.data().algorithm)
    }

    /// `kid`
    pub fn kid(&self) -> Option<String> {
        self.data().kid.clone()
    }

    /// `iss`
    pub fn issuer(&self) -> Option<String> {
        self.data().issuer.clone()
    }

    /// `sub`
    pub fn subject(&self) -> Option<String> {
        self.data().subject.clone()
    }

    /// `aud`, a list in any case.
    pub fn audience(&self) -> Vec<String> {
        self.data().audience.clone()
    }

    /// `jti`
    pub fn token_id(&self) -> Option<String> {
        self.data().token_id.clone()
    }

    /// `exp`
    pub fn expires_at_ms(&self) -> Option<i64> {
        self.data().expires_at_ms.map(long)
    }

    /// `nbf`
    pub fn not_before_ms(&self) -> Option<i64> {
        self.data().not_before_ms.map(long)
    }

    /// `iat`
    pub fn issued_at_ms(&self) -> Option<i64> {
        self.data().issued_at_ms.map(long)
    }

    /// From then on no call accepts it, leeway included; nothing for never.
    pub fn valid_until_ms(&self) -> Option<i64> {
        self.data().valid_until_ms.map(long)
    }

    /// `cnf.jkt`: the thumbprint of the key that a proof of possession must come from.
    pub fn bound_key(&self) -> Option<String> {
        self.data().bound_key.clone()
    }

    /// SHA-256 thumbprint (RFC 7638) of the key that it was verified with, base64url.
    pub fn key_thumbprint(&self) -> String {
        self.data().key_thumbprint.clone()
    }

    /// The number that a key cache gave the key; 0 for a key of no cache.
    pub fn key_generation(&self) -> i64 {
        long(self.data().key_generation)
    }
}

impl VerifiedToken {
    pub(super) fn of(facade: facade::VerifiedToken) -> Arc<Self> {
        Arc::new(Self { facade, data: OnceLock::new() })
    }

    fn data(&self) -> &facade::TokenData {
        self.data.get_or_init(|| self.facade.data())
    }
}

impl fmt::Display for VerifiedToken {
    /// Shows sizes alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.facade, f)
    }
}

impl fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
