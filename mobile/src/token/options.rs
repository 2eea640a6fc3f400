//! What a verifier and a key cache are built from.

use std::fmt;

use edgewarden_bindings as facade;

use super::names::{Confirmation, TokenAlgorithm, TokenProfile};
use crate::error::EdgewardenError;
use crate::options::whole;

/// Everything a verifier can be told. Issuer, audiences and algorithms have no default.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Display)]
pub struct VerifierOptions {
    /// The issuer whose tokens are accepted: the exact value of `iss`. Required but for proofs of possession.
    #[uniffi(default = None)]
    pub issuer: Option<String>,
    /// Names under which tokens are addressed to this service. Required but for proofs of possession.
    #[uniffi(default = [])]
    pub audiences: Vec<String>,
    /// Algorithms that are accepted: those of public keys, or with a shared secret HMACs. Required.
    #[uniffi(default = [])]
    pub algorithms: Vec<TokenAlgorithm>,
    /// The secret of HMACs, no shorter than their hash.
    #[uniffi(default = None)]
    pub shared_secret: Option<Vec<u8>>,
    /// The kind of token. Default: any claims set of the issuer.
    #[uniffi(default = None)]
    pub profile: Option<TokenProfile>,
    /// What an ID token must repeat.
    #[uniffi(default = None)]
    pub nonce: Option<String>,
    /// Seconds by which clocks may differ. Default: 60.
    #[uniffi(default = None)]
    pub leeway_secs: Option<i64>,
    /// Greatest age in seconds. Default: none; 60 for proofs of possession.
    #[uniffi(default = None)]
    pub age_secs_max: Option<i64>,
    /// Claims that must be there and not null.
    #[uniffi(default = [])]
    pub require: Vec<String>,
    /// Accept tokens without `exp`. A stolen one is good for ever.
    #[uniffi(default = false)]
    pub without_expiry: bool,
    /// What becomes of a token that is bound to a key. Default: it is refused.
    #[uniffi(default = None)]
    pub confirmation: Option<Confirmation>,
    /// How many keys are tried for a token without `kid`, at most 4. Default: 0.
    #[uniffi(default = None)]
    pub kidless_tries: Option<i64>,
    /// Caps that differ from the defaults.
    #[uniffi(default = None)]
    pub limits: Option<TokenLimits>,
}

/// Caps on a token; what is not given keeps its default.
#[derive(Clone, Debug, uniffi::Record)]
pub struct TokenLimits {
    /// Longest token. Default: 16,384.
    #[uniffi(default = None)]
    pub token_bytes: Option<i64>,
    /// Longest header, decoded. Default: 4,096.
    #[uniffi(default = None)]
    pub header_bytes: Option<i64>,
    /// Most parameters of the header. Default: 64.
    #[uniffi(default = None)]
    pub header_members: Option<i64>,
    /// Most claims. Default: 256.
    #[uniffi(default = None)]
    pub claims: Option<i64>,
    /// Most values of the claims at every depth. Default: 1,024.
    #[uniffi(default = None)]
    pub values: Option<i64>,
    /// Deepest JSON. Default: 16.
    #[uniffi(default = None)]
    pub json_depth: Option<i64>,
    /// Longest `kid`. Default: 256.
    #[uniffi(default = None)]
    pub kid_bytes: Option<i64>,
}

/// Caps on a key set; what is not given keeps its default.
#[derive(Clone, Debug, uniffi::Record)]
pub struct KeyLimits {
    /// Most keys. Default: 100.
    #[uniffi(default = None)]
    pub keys: Option<i64>,
    /// Longest document. Default: 262,144.
    #[uniffi(default = None)]
    pub bytes: Option<i64>,
}

/// How a key cache behaves. What is not given keeps its default; numbers out of range are brought into it.
#[derive(Clone, Debug, uniffi::Record)]
pub struct KeyCacheOptions {
    /// Issuers that are trusted from the start.
    #[uniffi(default = [])]
    pub trust: Vec<String>,
    /// How long a set is fresh whose response names no `max-age`. Default: 600.
    #[uniffi(default = None)]
    pub ttl_secs: Option<i64>,
    /// The shortest time a set is fresh whatever `max-age` says. Default: 60.
    #[uniffi(default = None)]
    pub ttl_secs_min: Option<i64>,
    /// The longest time a set is fresh whatever `max-age` says. Default: 86,400.
    #[uniffi(default = None)]
    pub ttl_secs_max: Option<i64>,
    /// How long a set still serves after it was fresh while refreshing fails. Default: 86,400.
    #[uniffi(default = None)]
    pub stale_secs: Option<i64>,
    /// How long a fetch may take before it counts as failed. Default: 10.
    #[uniffi(default = None)]
    pub fetch_secs: Option<i64>,
    /// Least time between two fetches that unknown keys or bad signatures cause. Default: 30.
    #[uniffi(default = None)]
    pub cooldown_secs: Option<i64>,
    /// How long a `kid` that a fetch did not find causes no other fetch. Default: 300.
    #[uniffi(default = None)]
    pub negative_secs: Option<i64>,
    /// How long a key still verifies after it vanished from the set. Default: 0, at once.
    #[uniffi(default = None)]
    pub grace_secs: Option<i64>,
    /// Most issuers. Default: 64.
    #[uniffi(default = None)]
    pub issuers: Option<i64>,
    /// Caps on a key set.
    #[uniffi(default = None)]
    pub limits: Option<KeyLimits>,
}

impl fmt::Display for VerifierOptions {
    /// Shows whether there is a secret or a nonce, never either.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let algorithms: Vec<&str> = self.algorithms.iter().map(|algorithm| algorithm.name()).collect();
        f.debug_struct("VerifierOptions")
            .field("issuer", &self.issuer)
            .field("audiences", &self.audiences)
            .field("algorithms", &algorithms)
            .field("shared_secret", &self.shared_secret.is_some())
            .field("profile", &self.profile.map(TokenProfile::name))
            .field("nonce", &self.nonce.is_some())
            .field("confirmation", &self.confirmation.map(Confirmation::name))
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for VerifierOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<VerifierOptions> for facade::token::VerifierOptions {
    type Error = EdgewardenError;

    fn try_from(options: VerifierOptions) -> Result<Self, EdgewardenError> {
        let number = |given, name: &str| whole(given, || name.to_owned());
        let mut made = Self {
            issuer: options.issuer,
            audiences: options.audiences,
            algorithms: options.algorithms.into_iter().map(Into::into).collect(),
            shared_secret: options.shared_secret,
            profile: options.profile.map(|profile| profile.name().to_owned()),
            nonce: options.nonce,
            leeway_secs: number(options.leeway_secs, "leewaySecs")?,
            age_secs_max: number(options.age_secs_max, "ageSecsMax")?,
            require: options.require,
            without_expiry: options.without_expiry,
            confirmation: options.confirmation.map(|confirmation| confirmation.name().to_owned()),
            kidless_tries: number(options.kidless_tries, "kidlessTries")?,
            ..Self::default()
        };
        if let Some(given) = options.limits {
            let limits = &mut made.limits;
            size(&mut limits.token_bytes, given.token_bytes, "limits.tokenBytes")?;
            size(&mut limits.header_bytes, given.header_bytes, "limits.headerBytes")?;
            size(&mut limits.header_members, given.header_members, "limits.headerMembers")?;
            size(&mut limits.claims, given.claims, "limits.claims")?;
            size(&mut limits.values, given.values, "limits.values")?;
            size(&mut limits.json_depth, given.json_depth, "limits.jsonDepth")?;
            size(&mut limits.kid_bytes, given.kid_bytes, "limits.kidBytes")?;
        }
        Ok(made)
    }
}

impl TryFrom<KeyCacheOptions> for facade::token::KeyCacheOptions {
    type Error = EdgewardenError;

    fn try_from(options: KeyCacheOptions) -> Result<Self, EdgewardenError> {
        let mut made = Self { trust: options.trust, ..Self::default() };
        let policy = &mut made.policy;
        for (slot, given, name) in [
            (&mut policy.ttl_secs, options.ttl_secs, "ttlSecs"),
            (&mut policy.ttl_secs_min, options.ttl_secs_min, "ttlSecsMin"),
            (&mut policy.ttl_secs_max, options.ttl_secs_max, "ttlSecsMax"),
            (&mut policy.stale_secs, options.stale_secs, "staleSecs"),
            (&mut policy.fetch_secs, options.fetch_secs, "fetchSecs"),
            (&mut policy.cooldown_secs, options.cooldown_secs, "cooldownSecs"),
            (&mut policy.negative_secs, options.negative_secs, "negativeSecs"),
            (&mut policy.grace_secs, options.grace_secs, "graceSecs"),
        ] {
            *slot = whole(given, || name.to_owned())?.unwrap_or(*slot);
        }
        size(&mut policy.issuers, options.issuers, "issuers")?;
        if let Some(given) = options.limits {
            size(&mut policy.limits.keys, given.keys, "limits.keys")?;
            size(&mut policy.limits.bytes, given.bytes, "limits.bytes")?;
        }
        Ok(made)
    }
}

impl KeyLimits {
    /// In the form that the facade takes for one set.
    pub(crate) fn json(&self) -> Result<String, EdgewardenError> {
        let mut members = Vec::new();
        for (name, given) in [("keys", self.keys), ("bytes", self.bytes)] {
            if let Some(given) = whole(given, || format!("limits.{name}"))? {
                members.push(format!("\"{name}\":{given}"));
            }
        }
        Ok(format!("{{{}}}", members.join(",")))
    }
}

/// A size beyond the address space is out of every range, which the facade refuses by name.
fn size(slot: &mut usize, given: Option<i64>, field: &str) -> Result<(), EdgewardenError> {
    if let Some(given) = whole(given, || field.to_owned())? {
        *slot = usize::try_from(given).unwrap_or(usize::MAX);
    }
    Ok(())
}
