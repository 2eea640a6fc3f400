//! What tokens are held to, and what a policy can be wrong about.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use sha2::{Digest, Sha256};

use super::algorithm::{Algorithm, AlgorithmSet};
use super::confirmation::Confirmation;
use super::key_set::KeySet;
use super::profile::Profile;
use super::signature::SignatureVerifier;
use super::token::TokenLimits;

/// Why a policy is none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyError {
    /// No issuer: whose tokens are accepted?
    MissingIssuer,
    /// No audience: a token that was meant for another service would do (RFC 8725 section 3.9).
    MissingAudience,
    /// No algorithm: the token would choose how it is checked (RFC 8725 section 3.1).
    MissingAlgorithms,
    /// An issuer, audience, nonce or name of a claim is the empty string.
    Empty {
        /// Which setting.
        setting: &'static str,
    },
    /// More entries than anybody needs.
    TooMany {
        /// Which setting.
        setting: &'static str,
        /// The limit.
        max: usize,
    },
    /// An HMAC algorithm among those for public keys, where the text of a public key could pass for the secret.
    HmacNeedsSecret {
        /// The algorithm.
        algorithm: Algorithm,
    },
    /// An algorithm for public keys among those for the shared secret.
    NotHmac {
        /// The algorithm.
        algorithm: Algorithm,
    },
    /// A shared secret beside algorithms for public keys: build one verifier for each.
    SecretBesidePublicKeys,
    /// The shared secret is shorter than the hash of one of its algorithms (RFC 7518 section 3.2), or longer than a key set
    /// takes.
    UnfitSecret,
    /// A number is out of its range.
    OutOfRange {
        /// Which setting.
        setting: &'static str,
        /// The smallest value.
        min: u64,
        /// The largest value.
        max: u64,
    },
    /// The profile's tokens have no such claim, or always have it.
    NotForProfile {
        /// Which setting.
        setting: &'static str,
    },
}

/// What a verifier holds tokens to.
pub(super) struct Policy {
    /// `None` for a proof of possession, which has no issuer.
    pub(super) issuer: Option<String>,
    /// In order, each once.
    pub(super) audiences: Vec<String>,
    pub(super) algorithms: AlgorithmSet,
    /// The one key for HMAC algorithms.
    pub(super) shared: Option<KeySet>,
    pub(super) profile: Profile,
    pub(super) leeway_secs: u64,
    pub(super) age_secs_max: Option<u64>,
    /// In order, each once.
    pub(super) required: Vec<String>,
    pub(super) expires: bool,
    /// `None` for profiles whose tokens no `cnf` binds.
    pub(super) confirmation: Option<Confirmation>,
    pub(super) limits: TokenLimits,
    pub(super) kidless_tries: usize,
    pub(super) signatures: Arc<dyn SignatureVerifier>,
    pub(super) fingerprint: [u8; 32],
}

impl Policy {
    /// Whether this is one of the audiences.
    pub(super) fn has_audience(&self, name: &str) -> bool {
        self.audiences.iter().any(|audience| audience == name)
    }

    /// SHA-256 of every setting that can change a verdict, each with its length in front of it.
    pub(super) fn canonical(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        let mut put = |field: &[u8]| {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field);
        };
        put(b"edgewarden token policy 2");
        put(self.profile.name().as_bytes());
        put(self.confirmation.map_or("", Confirmation::name).as_bytes());
        let nonce = if let Profile::IdToken { nonce } = &self.profile { nonce.as_deref() } else { None };
        for text in [self.issuer.as_deref(), nonce] {
            put(&[u8::from(text.is_some())]);
            put(text.unwrap_or_default().as_bytes());
        }
        for names in [&self.audiences, &self.required] {
            put(&(names.len() as u64).to_be_bytes());
            names.iter().for_each(|name| put(name.as_bytes()));
        }
        put(&(self.algorithms.iter().count() as u64).to_be_bytes());
        self.algorithms.iter().for_each(|algorithm| put(algorithm.name().as_bytes()));
        let secret = self.shared.as_ref().and_then(|keys| keys.keys().first());
        put(secret.map_or(&[], |key| key.thumbprint().as_slice()));
        let limits = &self.limits;
        let sizes = [
            limits.token_bytes,
            limits.header_bytes,
            limits.header_members,
            limits.claims,
            limits.values,
            limits.json_depth,
            limits.kid_bytes,
            self.kidless_tries,
        ];
        let numbers = [self.leeway_secs, self.age_secs_max.unwrap_or(0), u64::from(self.expires)];
        sizes.iter().map(|size| *size as u64).chain(numbers).for_each(|number| put(&number.to_be_bytes()));
        hash.finalize().into()
    }
}

impl PolicyError {
    /// Stable snake_case name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MissingIssuer => "missing_issuer",
            Self::MissingAudience => "missing_audience",
            Self::MissingAlgorithms => "missing_algorithms",
            Self::Empty { .. } => "empty_setting",
            Self::TooMany { .. } => "too_many_entries",
            Self::HmacNeedsSecret { .. } => "hmac_needs_secret",
            Self::NotHmac { .. } => "not_hmac",
            Self::SecretBesidePublicKeys => "secret_beside_public_keys",
            Self::UnfitSecret => "unfit_secret",
            Self::OutOfRange { .. } => "out_of_range",
            Self::NotForProfile { .. } => "not_for_profile",
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingIssuer => f.write_str("no issuer given"),
            Self::MissingAudience => f.write_str("no audience given"),
            Self::MissingAlgorithms => f.write_str("no algorithms given"),
            Self::Empty { setting } => write!(f, "`{setting}` holds the empty string"),
            Self::TooMany { setting, max } => write!(f, "`{setting}` has more than {max} entries"),
            Self::HmacNeedsSecret { algorithm } => {
                write!(f, "`{}` is allowed with a shared secret alone", algorithm.name())
            }
            Self::NotHmac { algorithm } => write!(f, "`{}` does not take a shared secret", algorithm.name()),
            Self::SecretBesidePublicKeys => f.write_str("a shared secret beside algorithms for public keys"),
            Self::UnfitSecret => f.write_str("shared secret too short for its algorithms, or too long"),
            Self::OutOfRange { setting, min, max } => write!(f, "`{setting}` is not from {min} to {max}"),
            Self::NotForProfile { setting } => write!(f, "`{setting}` does not go with the profile"),
        }
    }
}

impl core::error::Error for PolicyError {}
