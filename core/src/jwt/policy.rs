//! What a token must be, written down once: no issuer, audience or algorithm is ever a default.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use sha2::{Digest, Sha256};

use super::algorithm::{Algorithm, AlgorithmSet, Family};
use super::key_set::{KeySet, KeySetError};
use super::profile::Profile;
use super::signature::SignatureVerifier;
use super::token::TokenLimits;
use super::verifier::TokenVerifier;

/// Gathers a policy; see [`TokenVerifier::builder`].
#[derive(Clone)]
pub struct TokenVerifierBuilder {
    issuer: Option<String>,
    audiences: BTreeSet<String>,
    algorithms: AlgorithmSet,
    secret: Option<(Vec<u8>, AlgorithmSet)>,
    profile: Profile,
    leeway_secs: u64,
    age_secs_max: Option<u64>,
    required: BTreeSet<String>,
    expires: bool,
    limits: TokenLimits,
    kidless_tries: usize,
    signatures: Arc<dyn SignatureVerifier>,
}

/// What a verifier holds tokens to.
pub(super) struct Policy {
    /// `None` for a proof of possession, which has no issuer.
    pub(super) issuer: Option<String>,
    pub(super) audiences: BTreeSet<String>,
    pub(super) algorithms: AlgorithmSet,
    /// The one key for HMAC algorithms.
    pub(super) shared: Option<KeySet>,
    pub(super) profile: Profile,
    pub(super) leeway_secs: u64,
    pub(super) age_secs_max: Option<u64>,
    pub(super) required: BTreeSet<String>,
    pub(super) expires: bool,
    pub(super) limits: TokenLimits,
    pub(super) kidless_tries: usize,
    pub(super) signatures: Arc<dyn SignatureVerifier>,
    pub(super) fingerprint: [u8; 32],
}

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

impl TokenVerifierBuilder {
    pub(super) fn new(signatures: Arc<dyn SignatureVerifier>) -> Self {
        Self {
            issuer: None,
            audiences: BTreeSet::new(),
            algorithms: AlgorithmSet::default(),
            secret: None,
            profile: Profile::Jwt,
            leeway_secs: LEEWAY_SECS,
            age_secs_max: None,
            required: BTreeSet::new(),
            expires: true,
            limits: TokenLimits::default(),
            kidless_tries: 0,
            signatures,
        }
    }

    /// The issuer whose tokens are accepted, compared with `iss` byte for byte (RFC 7519 section 4.1.1). Required; the last one
    /// counts. One verifier has one issuer, so that no issuer's key vouches for another.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// One more name under which tokens are addressed to this service. Required: `aud` must hold one of them, byte for byte
    /// (RFC 7519 section 4.1.3). At most 64.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.insert(audience.into());
        self
    }

    /// As many more such names.
    pub fn audiences<A: Into<String>>(mut self, audiences: impl IntoIterator<Item = A>) -> Self {
        self.audiences.extend(audiences.into_iter().map(Into::into));
        self
    }

    /// The algorithms that are accepted, HMAC excepted. Required; the last call counts. Take those that the issuer uses and no
    /// other.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// Instead of [`algorithms`](Self::algorithms): HMAC algorithms and the one secret they are used with. Tokens are then
    /// verified with [`TokenVerifier::shared_keys`], or a [`KeySet`] of the same secret, and never with a public key.
    ///
    /// Whoever can verify such a token can also make one: prefer public keys.
    pub fn shared_secret(mut self, secret: &[u8], algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.secret = Some((secret.into(), algorithms.into_iter().collect()));
        self
    }

    /// The kind of token. Default [`Profile::Jwt`].
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Seconds by which the clocks of the issuer and of this host may differ: added to `exp` and to the greatest age, taken from
    /// `nbf` and `iat`. Default 60; 0 to 600.
    ///
    /// RFC 7519 section 4.1.4 allows "no more than a few minutes". Nothing at all would refuse good tokens: issuers write the
    /// moment of signing into `iat` and `nbf`, so a host that is a fraction of a second behind sees a token from the future; phones
    /// are seconds off, and the clock of an edge worker stands still while a request runs. One minute covers these and
    /// lengthens the life of a stolen token by little.
    pub fn leeway_secs(mut self, secs: u64) -> Self {
        self.leeway_secs = secs;
        self
    }

    /// Greatest age in seconds, whatever `exp` says: since `iat`, for an ID token since `auth_time`, which must then be there. No
    /// limit by default, except for proofs of possession, which count for 60 seconds (RFC 9449 section 11.1: "a relatively
    /// brief period", of seconds or minutes). 1 to 315,360,000, ten years; for a proof at most 600.
    pub fn age_secs_max(mut self, secs: u64) -> Self {
        self.age_secs_max = Some(secs);
        self
    }

    /// Claims that must be there and not null, besides those of the profile. Their values are the host's to judge. At most 64.
    pub fn require<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.required.extend(names.into_iter().map(Into::into));
        self
    }

    /// Accepts tokens without `exp`. By default every token must end, although RFC 7519 section 4.1.4 leaves it open: a stolen one
    /// would be good for ever. One that has `exp` is still held to it. Not for access tokens and ID tokens, which always have it.
    pub fn without_expiry(mut self) -> Self {
        self.expires = false;
        self
    }

    /// Other limits than [`TokenLimits::default`].
    pub fn limits(mut self, limits: TokenLimits) -> Self {
        self.limits = limits;
        self
    }

    /// How many keys are tried for a token without `kid` when several fit. Default 0: such a token is refused as ambiguous; at
    /// most 4, as each try costs a signature check that anybody can ask for.
    pub fn kidless_tries(mut self, tries: usize) -> Self {
        self.kidless_tries = tries;
        self
    }

    /// Who checks raw signatures. The core itself by default.
    pub fn signature_verifier(mut self, signatures: Arc<dyn SignatureVerifier>) -> Self {
        self.signatures = signatures;
        self
    }

    /// The verifier.
    ///
    /// # Errors
    /// See [`PolicyError`].
    pub fn build(self) -> Result<TokenVerifier, PolicyError> {
        let proof = self.profile == Profile::DpopProof;
        self.check_names(proof)?;
        self.check_numbers(proof)?;
        if self.profile.always_expires() && !self.expires {
            return Err(PolicyError::NotForProfile { setting: "without_expiry" });
        }
        let (algorithms, shared) = self.keys(proof)?;
        let mut policy = Policy {
            issuer: self.issuer,
            audiences: self.audiences,
            algorithms,
            shared,
            expires: self.expires && !proof,
            age_secs_max: self.age_secs_max.or(proof.then_some(PROOF_AGE_SECS)),
            profile: self.profile,
            leeway_secs: self.leeway_secs,
            required: self.required,
            limits: self.limits,
            kidless_tries: self.kidless_tries,
            signatures: self.signatures,
            fingerprint: [0; 32],
        };
        policy.fingerprint = policy.canonical();
        Ok(TokenVerifier::of(policy))
    }

    fn check_names(&self, proof: bool) -> Result<(), PolicyError> {
        // A proof is addressed by method and URL, and issued by whoever holds the key.
        let not_for_proof = |is_set: bool, setting| match is_set {
            true => Err(PolicyError::NotForProfile { setting }),
            false => Ok(()),
        };
        if proof {
            not_for_proof(self.issuer.is_some(), "issuer")?;
            not_for_proof(!self.audiences.is_empty(), "audience")?;
        } else if self.issuer.is_none() {
            return Err(PolicyError::MissingIssuer);
        } else if self.audiences.is_empty() {
            return Err(PolicyError::MissingAudience);
        }
        let nonce = if let Profile::IdToken { nonce: Some(nonce) } = &self.profile { nonce.as_str() } else { "-" };
        let empty = [
            ("issuer", self.issuer.as_deref() == Some("")),
            ("audience", self.audiences.contains("")),
            ("nonce", nonce.is_empty()),
            ("require", self.required.contains("")),
        ];
        if let Some((setting, _)) = empty.into_iter().find(|(_, is_empty)| *is_empty) {
            return Err(PolicyError::Empty { setting });
        }
        let counts = [("audience", self.audiences.len()), ("require", self.required.len())];
        match counts.into_iter().find(|(_, count)| *count > NAMES_MAX) {
            Some((setting, _)) => Err(PolicyError::TooMany { setting, max: NAMES_MAX }),
            None => Ok(()),
        }
    }

    fn check_numbers(&self, proof: bool) -> Result<(), PolicyError> {
        let limits = &self.limits;
        let age_max = if proof { LEEWAY_SECS_MAX } else { AGE_SECS_MAX };
        let settings = [
            ("leeway_secs", self.leeway_secs, 0, LEEWAY_SECS_MAX),
            ("age_secs_max", self.age_secs_max.unwrap_or(1), 1, age_max),
            ("kidless_tries", self.kidless_tries as u64, 0, KIDLESS_TRIES_MAX),
            ("token_bytes", limits.token_bytes as u64, 64, 1 << 20),
            ("header_bytes", limits.header_bytes as u64, 32, 1 << 20),
            ("header_members", limits.header_members as u64, 1, 1 << 10),
            ("claims", limits.claims as u64, 1, 1 << 16),
            ("values", limits.values as u64, 16, 1 << 20),
            ("json_depth", limits.json_depth as u64, 1, 64),
            ("kid_bytes", limits.kid_bytes as u64, 1, 4096),
        ];
        match settings.into_iter().find(|(_, value, min, max)| value < min || value > max) {
            Some((setting, _, min, max)) => Err(PolicyError::OutOfRange { setting, min, max }),
            None => Ok(()),
        }
    }

    /// The algorithms, and the key for them if they are HMACs.
    fn keys(&self, proof: bool) -> Result<(AlgorithmSet, Option<KeySet>), PolicyError> {
        let is_hmac = |algorithm: &Algorithm| algorithm.family() == Family::Hmac;
        if let Some(algorithm) = self.algorithms.iter().find(is_hmac) {
            return Err(PolicyError::HmacNeedsSecret { algorithm });
        }
        let Some((secret, algorithms)) = &self.secret else {
            return match self.algorithms.is_empty() {
                true => Err(PolicyError::MissingAlgorithms),
                false => Ok((self.algorithms, None)),
            };
        };
        if !self.algorithms.is_empty() {
            return Err(PolicyError::SecretBesidePublicKeys);
        }
        if proof {
            // RFC 9449 section 4.3: the algorithm of a proof is an asymmetric one.
            return Err(PolicyError::NotForProfile { setting: "shared_secret" });
        }
        if let Some(algorithm) = algorithms.iter().find(|algorithm| !is_hmac(algorithm)) {
            return Err(PolicyError::NotHmac { algorithm });
        }
        if algorithms.is_empty() {
            return Err(PolicyError::MissingAlgorithms);
        }
        let keys = KeySet::from_secret(secret, None, algorithms.iter());
        let keys = keys.map_err(|_: KeySetError| PolicyError::UnfitSecret)?;
        Ok((*algorithms, Some(keys)))
    }
}

impl Policy {
    /// SHA-256 of every setting that can change a verdict, each with its length in front of it.
    fn canonical(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        let mut put = |field: &[u8]| {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field);
        };
        put(b"edgewarden token policy 1");
        put(self.profile.name().as_bytes());
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

impl fmt::Debug for TokenVerifierBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenVerifierBuilder").field("profile", &self.profile).finish_non_exhaustive()
    }
}

const LEEWAY_SECS: u64 = 60;
const LEEWAY_SECS_MAX: u64 = 600;
const AGE_SECS_MAX: u64 = 315_360_000;
const PROOF_AGE_SECS: u64 = 60;
const KIDLESS_TRIES_MAX: u64 = 4;
const NAMES_MAX: usize = 64;
