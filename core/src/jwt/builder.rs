//! Gathers a policy: no issuer, audience or algorithm is ever a default.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::algorithm::{Algorithm, AlgorithmSet, Family};
use super::confirmation::Confirmation;
use super::key_set::{KeySet, KeySetError};
use super::policy::{Policy, PolicyError};
use super::profile::Profile;
use super::signature::SignatureVerifier;
use super::token::TokenLimits;
use super::verifier::TokenVerifier;

/// Gathers a policy; see [`TokenVerifier::builder`].
#[derive(Clone)]
pub struct TokenVerifierBuilder(Box<Settings>);

/// On the heap, so that a call which hands it on moves a pointer.
#[derive(Clone)]
struct Settings {
    issuer: Option<String>,
    audiences: Vec<String>,
    algorithms: AlgorithmSet,
    secret: Option<(Vec<u8>, AlgorithmSet)>,
    profile: Profile,
    leeway_secs: u64,
    age_secs_max: Option<u64>,
    required: Vec<String>,
    expires: bool,
    confirmation: Option<Confirmation>,
    limits: TokenLimits,
    kidless_tries: usize,
    signatures: Arc<dyn SignatureVerifier>,
}

impl TokenVerifierBuilder {
    pub(super) fn new(signatures: Arc<dyn SignatureVerifier>) -> Self {
        Self(Box::new(Settings {
            issuer: None,
            audiences: Vec::new(),
            algorithms: AlgorithmSet::default(),
            secret: None,
            profile: Profile::Jwt,
            leeway_secs: LEEWAY_SECS,
            age_secs_max: None,
            required: Vec::new(),
            expires: true,
            confirmation: None,
            limits: TokenLimits::default(),
            kidless_tries: 0,
            signatures,
        }))
    }

    /// The issuer whose tokens are accepted, compared with `iss` byte for byte (RFC 7519 section 4.1.1). Required; the last one
    /// counts. One verifier has one issuer, so that no issuer's key vouches for another.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.0.issuer = Some(issuer.into());
        self
    }

    /// One more name under which tokens are addressed to this service. Required: `aud` must hold one of them, byte for byte
    /// (RFC 7519 section 4.1.3). At most 64.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        add(&mut self.0.audiences, audience.into());
        self
    }

    /// As many more such names.
    pub fn audiences<A: Into<String>>(mut self, audiences: impl IntoIterator<Item = A>) -> Self {
        audiences.into_iter().for_each(|audience| add(&mut self.0.audiences, audience.into()));
        self
    }

    /// The algorithms that are accepted, HMAC excepted. Required; the last call counts. Take those that the issuer uses and no
    /// other.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.0.algorithms = algorithms.into_iter().collect();
        self
    }

    /// Instead of [`algorithms`](Self::algorithms): HMAC algorithms and the one secret they are used with. Tokens are then
    /// verified with [`TokenVerifier::shared_keys`], or a [`KeySet`] of the same secret, and never with a public key.
    ///
    /// Whoever can verify such a token can also make one: prefer public keys.
    pub fn shared_secret(mut self, secret: &[u8], algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.0.secret = Some((secret.into(), algorithms.into_iter().collect()));
        self
    }

    /// The kind of token. Default [`Profile::Jwt`].
    pub fn profile(mut self, profile: Profile) -> Self {
        self.0.profile = profile;
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
        self.0.leeway_secs = secs;
        self
    }

    /// Greatest age in seconds, whatever `exp` says: since `iat`, for an ID token since `auth_time`, which must then be there. No
    /// limit by default, except for proofs of possession, which count for 60 seconds (RFC 9449 section 11.1: "a relatively
    /// brief period", of seconds or minutes). 1 to 315,360,000, ten years; for a proof at most 600.
    pub fn age_secs_max(mut self, secs: u64) -> Self {
        self.0.age_secs_max = Some(secs);
        self
    }

    /// Claims that must be there and not null, besides those of the profile. Their values are the host's to judge. At most 64.
    pub fn require<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        names.into_iter().for_each(|name| add(&mut self.0.required, name.into()));
        self
    }

    /// Accepts tokens without `exp`. By default every token must end, although RFC 7519 section 4.1.4 leaves it open: a stolen one
    /// would be good for ever. One that has `exp` is still held to it. Not for access tokens and ID tokens, which always have it.
    pub fn without_expiry(mut self) -> Self {
        self.0.expires = false;
        self
    }

    /// What becomes of a token that is bound to a key. Default [`Confirmation::None`]: it is refused, so that a service that never
    /// heard of bound tokens does not accept a stolen one. For [`Profile::Jwt`] and [`Profile::AccessToken`] alone: an ID token is
    /// sent to no service, and a proof is bound by itself.0.
    pub fn confirmation(mut self, confirmation: Confirmation) -> Self {
        self.0.confirmation = Some(confirmation);
        self
    }

    /// Other limits than [`TokenLimits::default`].
    pub fn limits(mut self, limits: TokenLimits) -> Self {
        self.0.limits = limits;
        self
    }

    /// How many keys are tried for a token without `kid` when several fit. Default 0: such a token is refused as ambiguous; at
    /// most 4, as each try costs a signature check that anybody can ask for.
    pub fn kidless_tries(mut self, tries: usize) -> Self {
        self.0.kidless_tries = tries;
        self
    }

    /// Who checks raw signatures. The core itself by default.
    pub fn signature_verifier(mut self, signatures: Arc<dyn SignatureVerifier>) -> Self {
        self.0.signatures = signatures;
        self
    }

    /// The verifier.
    ///
    /// # Errors
    /// See [`PolicyError`].
    pub fn build(self) -> Result<TokenVerifier, PolicyError> {
        self.0.build()
    }
}

impl Settings {
    fn build(self) -> Result<TokenVerifier, PolicyError> {
        let proof = self.profile == Profile::DpopProof;
        self.check_names(proof)?;
        self.check_numbers(proof)?;
        if self.profile.always_expires() && !self.expires {
            return Err(PolicyError::NotForProfile { setting: "without_expiry" });
        }
        if !self.profile.may_be_bound() && self.confirmation.is_some() {
            return Err(PolicyError::NotForProfile { setting: "confirmation" });
        }
        let (algorithms, shared) = self.keys(proof)?;
        let mut policy = Policy {
            issuer: self.issuer,
            audiences: self.audiences,
            algorithms,
            shared,
            expires: self.expires && !proof,
            age_secs_max: self.age_secs_max.or(proof.then_some(PROOF_AGE_SECS)),
            confirmation: self.profile.may_be_bound().then(|| self.confirmation.unwrap_or(Confirmation::None)),
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
            ("audience", has_empty(&self.audiences)),
            ("nonce", nonce.is_empty()),
            ("require", has_empty(&self.required)),
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
        let keys = KeySet::of_secret(secret, None, *algorithms);
        let keys = keys.map_err(|_: KeySetError| PolicyError::UnfitSecret)?;
        Ok((*algorithms, Some(keys)))
    }
}

/// Puts a name where it belongs in the order, once. There are few, and a tree for them would weigh more in WASM than all they do.
fn add(names: &mut Vec<String>, name: String) {
    if let Err(at) = names.binary_search(&name) {
        names.insert(at, name);
    }
}

fn has_empty(names: &[String]) -> bool {
    names.iter().any(String::is_empty)
}

impl fmt::Debug for TokenVerifierBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenVerifierBuilder").field("profile", &self.0.profile).finish_non_exhaustive()
    }
}

const LEEWAY_SECS: u64 = 60;
const LEEWAY_SECS_MAX: u64 = 600;
const AGE_SECS_MAX: u64 = 315_360_000;
const PROOF_AGE_SECS: u64 = 60;
const KIDLESS_TRIES_MAX: u64 = 4;
const NAMES_MAX: usize = 64;
