//! The verifier as a handle.

use std::fmt;

use edgewarden::jwt::{self, Outcome};
use edgewarden::time::Timestamp;

use super::error::{VerifyError, name_of};
use super::host_check::HostCheck;
use super::keys::KeySet;
use super::options::VerifierOptions;
use super::verified::{Object, VerifiedToken};
use crate::error::Error;
use crate::guard::guard;
use crate::json::ToJson;

/// A verifier that any number of threads may use at once. Cloning shares it.
#[derive(Clone)]
pub struct TokenVerifier {
    pub(super) core: jwt::TokenVerifier,
    pub(super) host_checks: bool,
}

/// What a token that is right but for key and signature asks for. Anybody can have written it.
#[derive(Clone, PartialEq, Eq)]
pub struct PlausibleInfo {
    /// The key that it names.
    pub kid: Option<String>,
    /// Name of its algorithm.
    pub algorithm: &'static str,
}

/// One check of a token, for whoever must find out why it is refused. Nothing of the token can be read in it but sizes, types,
/// times and names of algorithms and of kinds of token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenCheck {
    /// Stable snake_case name of the check.
    pub check: &'static str,
    /// The part that it looks at, as in [`VerifyError::place`].
    pub place: &'static str,
    /// Which header parameter or claim.
    pub name: Option<String>,
    /// `passed`, `failed`, or `skipped` because a check before it failed.
    pub outcome: &'static str,
    /// The fault.
    pub error: Option<VerifyError>,
    /// What is asked for.
    pub expected: Option<String>,
    /// What the token has, redacted.
    pub got: Option<String>,
}

/// The request that a proof of possession must be for.
#[derive(Clone, Copy)]
pub struct ProofRequest<'a> {
    /// The HTTP method, in capitals.
    pub method: &'a str,
    /// The absolute URL as the client sees it.
    pub url: &'a str,
    /// The access token as it was sent, and as it was verified.
    pub access_token: Option<(&'a str, &'a VerifiedToken)>,
    /// The nonce that the server gave last.
    pub nonce: Option<&'a str>,
}

impl TokenVerifier {
    /// A verifier that checks signatures itself.
    ///
    /// # Errors
    /// `missing_issuer`, `missing_audience`, `missing_algorithms`, `hmac_needs_secret`, `not_hmac`, `unfit_secret`,
    /// `not_for_profile`, `invalid_option`, each with its field.
    pub fn new(options: VerifierOptions) -> Result<Self, Error> {
        guard(|| Ok(Self { core: options.build(true)?, host_checks: false }))
    }

    /// A verifier for a host that checks signatures: [`begin`](Self::begin) and [`step`](Self::step) leave them to it. To
    /// [`verify`](Self::verify) every signature is wrong.
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    pub fn for_host(options: VerifierOptions) -> Result<Self, Error> {
        guard(|| Ok(Self { core: options.build(false)?, host_checks: true }))
    }

    /// Verifies a token.
    ///
    /// # Errors
    /// The first fault.
    pub fn verify(&self, token: &str, keys: &KeySet, now: u64) -> Result<VerifiedToken, VerifyError> {
        verdict(|| self.core.verify(token, &keys.core, at(now))).map(|core| VerifiedToken { core })
    }

    /// Everything but the signature, which the host checks.
    ///
    /// # Errors
    /// The first fault.
    pub fn begin(&self, token: &str, keys: &KeySet, now: u64) -> Result<HostCheck, VerifyError> {
        verdict(|| self.core.begin(token, &keys.core, at(now))).map(HostCheck::of)
    }

    /// Everything that needs no key; says which key to have at hand.
    ///
    /// # Errors
    /// The first fault.
    pub fn plausible(&self, token: &str, now: u64) -> Result<PlausibleInfo, VerifyError> {
        verdict(|| {
            let token = self.core.plausible(token, at(now))?;
            Ok(PlausibleInfo { kid: token.kid().map(str::to_owned), algorithm: token.algorithm().name() })
        })
    }

    /// Verifies a proof of possession (RFC 9449) with the key in its header. For a verifier of the profile `dpop_proof`.
    ///
    /// # Errors
    /// The first fault.
    pub fn verify_proof(
        &self,
        proof: &str,
        request: &ProofRequest<'_>,
        now: u64,
    ) -> Result<VerifiedToken, VerifyError> {
        verdict(|| self.core.verify_proof(proof, &request.core(), at(now))).map(|core| VerifiedToken { core })
    }

    /// The same without the signature, which the host checks.
    ///
    /// # Errors
    /// The first fault.
    pub fn begin_proof(&self, proof: &str, request: &ProofRequest<'_>, now: u64) -> Result<HostCheck, VerifyError> {
        verdict(|| self.core.begin_proof(proof, &request.core(), at(now))).map(HostCheck::of)
    }

    /// Every check of [`verify`](Self::verify) with its outcome, in order. The first that failed is the one that the token is
    /// refused for. A tool for developers: it costs a signature check in any case.
    ///
    /// # Errors
    /// `internal` alone.
    pub fn explain(&self, token: &str, keys: &KeySet, now: u64) -> Result<Vec<TokenCheck>, Error> {
        guard(|| Ok(TokenCheck::all(&self.core.explain(token, &keys.core, at(now)))))
    }

    /// The same for [`verify_proof`](Self::verify_proof).
    ///
    /// # Errors
    /// `internal` alone.
    pub fn explain_proof(&self, proof: &str, request: &ProofRequest<'_>, now: u64) -> Result<Vec<TokenCheck>, Error> {
        guard(|| Ok(TokenCheck::all(&self.core.explain_proof(proof, &request.core(), at(now)))))
    }

    /// The issuer; `None` for a verifier of proofs of possession.
    pub fn issuer(&self) -> Option<&str> {
        self.core.issuer()
    }

    /// Stable snake_case name of the profile.
    pub fn profile(&self) -> &'static str {
        self.core.profile().name()
    }

    /// For a verifier with a shared secret, the keys to verify with.
    pub fn shared_keys(&self) -> Option<KeySet> {
        self.core.shared_keys().map(|keys| KeySet { core: keys.clone().into() })
    }

    /// SHA-256 over all settings that can change a verdict.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.core.fingerprint()
    }
}

impl<'a> ProofRequest<'a> {
    fn core(&self) -> jwt::ProofRequest<'a> {
        let mut request = jwt::ProofRequest::new(self.method, self.url);
        if let Some((token, verified)) = self.access_token {
            request = request.access_token(token, &verified.core);
        }
        self.nonce.map_or(request, |nonce| request.nonce(nonce))
    }
}

impl fmt::Debug for PlausibleInfo {
    /// Shows whether there is a `kid`, not what anybody wrote there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has_kid = self.kid.is_some();
        f.debug_struct("PlausibleInfo").field("kid", &has_kid).field("algorithm", &self.algorithm).finish()
    }
}

impl fmt::Debug for ProofRequest<'_> {
    /// Shows what is set, and no text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.core(), f)
    }
}

impl TokenCheck {
    fn all(explanation: &jwt::Explanation) -> Vec<Self> {
        explanation.checks.iter().map(Self::of).collect()
    }

    fn of(check: &jwt::Check) -> Self {
        let (outcome, error) = match &check.outcome {
            Outcome::Passed => ("passed", None),
            Outcome::Failed(error) => ("failed", Some(VerifyError::of(error))),
            Outcome::Skipped => ("skipped", None),
        };
        Self {
            check: check.name,
            place: check.at.name(),
            name: name_of(&check.at).map(str::to_owned),
            outcome,
            error,
            expected: check.expected.clone(),
            got: check.got.clone(),
        }
    }
}

impl ToJson for PlausibleInfo {
    fn write_json(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.text("kid", self.kid.as_deref());
        object.text("algorithm", Some(self.algorithm));
        object.end();
    }
}

impl ToJson for TokenCheck {
    fn write_json(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.text("check", Some(self.check));
        object.text("place", Some(self.place));
        object.text("name", self.name.as_deref());
        object.text("outcome", Some(self.outcome));
        object.value("error", self.error.as_ref());
        object.text("expected", self.expected.as_deref());
        object.text("got", self.got.as_deref());
        object.end();
    }
}

impl fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.core, f)
    }
}

/// The core's verdict; a panic is a verdict as well.
fn verdict<T>(work: impl FnOnce() -> Result<T, jwt::VerifyError>) -> Result<T, VerifyError> {
    let verdict = guard(|| Ok(work())).map_err(VerifyError::of_fault)?;
    verdict.map_err(|error| VerifyError::of(&error))
}

pub(super) fn at(now: u64) -> Timestamp {
    Timestamp::from_millis(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_name_that_a_token_brought() {
        let info = PlausibleInfo { kid: Some("hush".to_owned()), algorithm: "ES256" };
        assert_eq!(format!("{info:?}"), "PlausibleInfo { kid: true, algorithm: \"ES256\" }");
    }
}
