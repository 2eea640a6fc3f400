//! The verifier.

use std::fmt;
use std::sync::Arc;

use edgewarden_bindings::token as facade;

use super::host_check::HostCheck;
use super::key_cache::KeyCache;
use super::keys::KeySet;
use super::names::{CheckOutcome, TokenAlgorithm, TokenPlace, TokenProfile};
use super::options::VerifierOptions;
use super::step::Step;
use super::token_cache::TokenCache;
use super::verified::VerifiedToken;
use super::{entropy, time};
use crate::error::EdgewardenError;

/// Verifies tokens. Any number of threads may use one verifier at once.
#[derive(Debug, uniffi::Object)]
pub struct TokenVerifier {
    pub(super) facade: facade::TokenVerifier,
}

/// What a token that is right but for key and signature asks for. Anybody can have written it.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Display)]
pub struct PlausibleInfo {
    /// The key that it names.
    pub kid: Option<String>,
    /// Its algorithm.
    pub algorithm: TokenAlgorithm,
}

/// One check of a token, for whoever must find out why it is refused. Nothing of the token can be read in it but sizes,
/// types, times and names of algorithms and of kinds of token.
#[derive(Clone, Debug, uniffi::Record)]
pub struct TokenCheck {
    /// Stable snake_case name of the check.
    pub check: String,
    /// What it looks at.
    pub place: TokenPlace,
    /// Which header parameter or claim.
    pub part: Option<String>,
    /// How it went.
    pub outcome: CheckOutcome,
    /// The fault.
    pub error: Option<EdgewardenError>,
    /// What is asked for.
    pub expected: Option<String>,
    /// What the token has, redacted.
    pub got: Option<String>,
}

/// The request that a proof of possession must be for.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Display)]
pub struct ProofRequest {
    /// The HTTP method, in capitals.
    pub method: String,
    /// The absolute URL as the client sees it.
    pub url: String,
    /// The access token of the request.
    #[uniffi(default = None)]
    pub access_token: Option<AccessToken>,
    /// The nonce that the server gave last.
    #[uniffi(default = None)]
    pub nonce: Option<String>,
}

/// An access token that came with a proof of possession.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Display)]
pub struct AccessToken {
    /// As it was sent.
    pub text: String,
    /// As it was verified.
    pub verified: Arc<VerifiedToken>,
}

#[uniffi::export]
impl TokenVerifier {
    /// A verifier that checks signatures itself. Fails with a code of the family of options.
    #[uniffi::constructor]
    pub fn new(options: VerifierOptions) -> Result<Self, EdgewardenError> {
        Ok(Self { facade: facade::TokenVerifier::new(options.try_into()?)? })
    }

    /// A verifier for a host that checks signatures: `begin` and `step` leave them to it. To `verify` every signature is
    /// wrong.
    #[uniffi::constructor]
    pub fn for_host(options: VerifierOptions) -> Result<Self, EdgewardenError> {
        Ok(Self { facade: facade::TokenVerifier::for_host(options.try_into()?)? })
    }

    /// Verifies a token. `now` is in milliseconds since 1970, by default the clock of this machine. Fails with the first fault.
    #[uniffi::method(default(now = None))]
    pub fn verify(
        &self,
        token: &str,
        keys: Arc<KeySet>,
        now: Option<i64>,
    ) -> Result<Arc<VerifiedToken>, EdgewardenError> {
        Ok(VerifiedToken::of(self.facade.verify(token, &keys.facade, time(now)?)?))
    }

    /// Everything but the signature, which the host checks. Fails with the first fault.
    #[uniffi::method(default(now = None))]
    pub fn begin(&self, token: &str, keys: Arc<KeySet>, now: Option<i64>) -> Result<Arc<HostCheck>, EdgewardenError> {
        Ok(HostCheck::of(self.facade.begin(token, &keys.facade, time(now)?)?))
    }

    /// Verifies a token with the keys that `key_cache` has for the verifier's issuer: what needs no key first, so that nonsense
    /// fetches nothing. With `token_cache`, what is kept there is not verified again, and what is verified is kept; what the
    /// host checks it inserts itself. A refusal is an answer, not an error.
    #[uniffi::method(default(token_cache = None, now = None, entropy = None))]
    pub fn step(
        &self,
        token: &str,
        key_cache: Arc<KeyCache>,
        token_cache: Option<Arc<TokenCache>>,
        now: Option<i64>,
        entropy: Option<i64>,
    ) -> Result<Step, EdgewardenError> {
        let tokens = token_cache.as_deref().map(|cache| &cache.facade);
        Ok(self.facade.step(token, &key_cache.facade, tokens, time(now)?, self::entropy(entropy)?)?.into())
    }

    /// Everything that needs no key; says which key to have at hand. Fails with the first fault.
    #[uniffi::method(default(now = None))]
    pub fn plausible(&self, token: &str, now: Option<i64>) -> Result<PlausibleInfo, EdgewardenError> {
        let facade::PlausibleInfo { kid, algorithm } = self.facade.plausible(token, time(now)?)?;
        Ok(PlausibleInfo { kid, algorithm: TokenAlgorithm::of(algorithm) })
    }

    /// Verifies a proof of possession (RFC 9449) with the key in its header. For a verifier of the profile `dpop_proof`. A proof
    /// counts once: the host remembers its `jti` until `validUntilMs`.
    #[uniffi::method(default(now = None))]
    pub fn verify_proof(
        &self,
        proof: &str,
        request: ProofRequest,
        now: Option<i64>,
    ) -> Result<Arc<VerifiedToken>, EdgewardenError> {
        Ok(VerifiedToken::of(self.facade.verify_proof(proof, &request.in_facade(), time(now)?)?))
    }

    /// The same without the signature, which the host checks. Fails with the first fault.
    #[uniffi::method(default(now = None))]
    pub fn begin_proof(
        &self,
        proof: &str,
        request: ProofRequest,
        now: Option<i64>,
    ) -> Result<Arc<HostCheck>, EdgewardenError> {
        Ok(HostCheck::of(self.facade.begin_proof(proof, &request.in_facade(), time(now)?)?))
    }

    /// Every check of `verify` with its outcome, in order. The first that failed is the one that the token is refused for. A
    /// tool for developers: it costs a signature check in any case.
    #[uniffi::method(default(now = None))]
    pub fn explain(
        &self,
        token: &str,
        keys: Arc<KeySet>,
        now: Option<i64>,
    ) -> Result<Vec<TokenCheck>, EdgewardenError> {
        Ok(checks(self.facade.explain(token, &keys.facade, time(now)?)?))
    }

    /// The same for `verify_proof`.
    #[uniffi::method(default(now = None))]
    pub fn explain_proof(
        &self,
        proof: &str,
        request: ProofRequest,
        now: Option<i64>,
    ) -> Result<Vec<TokenCheck>, EdgewardenError> {
        Ok(checks(self.facade.explain_proof(proof, &request.in_facade(), time(now)?)?))
    }

    /// The issuer; nothing for a verifier of proofs of possession.
    pub fn issuer(&self) -> Option<String> {
        self.facade.issuer().map(str::to_owned)
    }

    /// The kind of token.
    pub fn profile(&self) -> TokenProfile {
        TokenProfile::of(self.facade.profile())
    }

    /// For a verifier with a shared secret, the keys to verify with.
    pub fn shared_keys(&self) -> Option<Arc<KeySet>> {
        self.facade.shared_keys().map(KeySet::of)
    }

    /// SHA-256 over all settings that can change a verdict.
    pub fn fingerprint(&self) -> Vec<u8> {
        self.facade.fingerprint().to_vec()
    }
}

impl ProofRequest {
    fn in_facade(&self) -> facade::ProofRequest<'_> {
        let access = self.access_token.as_ref();
        facade::ProofRequest {
            method: &self.method,
            url: &self.url,
            access_token: access.map(|access| (access.text.as_str(), &access.verified.facade)),
            nonce: self.nonce.as_deref(),
        }
    }
}

fn checks(checks: Vec<facade::TokenCheck>) -> Vec<TokenCheck> {
    checks.into_iter().map(Into::into).collect()
}

impl From<facade::TokenCheck> for TokenCheck {
    fn from(check: facade::TokenCheck) -> Self {
        Self {
            check: check.check.to_owned(),
            place: TokenPlace::of(check.place),
            part: check.name,
            outcome: CheckOutcome::of(check.outcome),
            error: check.error.map(Into::into),
            expected: check.expected,
            got: check.got,
        }
    }
}

impl fmt::Display for PlausibleInfo {
    /// Shows whether there is a `kid`, not what anybody wrote there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlausibleInfo {{ kid: {}, algorithm: {} }}", self.kid.is_some(), self.algorithm.name())
    }
}

impl fmt::Debug for PlausibleInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for ProofRequest {
    /// Shows what is set, and no text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.in_facade(), f)
    }
}

impl fmt::Debug for ProofRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for AccessToken {
    /// Shows the length of the text, never the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessToken {{ bytes: {}, verified: {} }}", self.text.len(), self.verified)
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
