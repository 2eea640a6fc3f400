//! Tokens: the way of one through a verifier whose host checks signatures, and what it needs. The rest is in `more`.
//!
//! Times, random numbers and sizes are whole numbers below 2^53, which the wrapper checks. A refusal is thrown as JSON with
//! `"kind":"verify"`; a fault of use is thrown as elsewhere. What holds text of a token stays here until it is asked for.
//!
//! What is not of feature `jwt` alone is the path that is measured: a token in two phases, with both caches.

mod keys;
#[cfg(feature = "jwt")]
mod more;

use edgewarden_bindings::ToJson;
use edgewarden_bindings::token::{
    FetchTicket, HostCheck, Step, TokenVerifier, VerifiedToken, VerifierOptions, VerifyError,
};
use wasm_bindgen::prelude::*;

use super::thrown;
use keys::{JwtKeyCache, JwtKeySet, JwtTokenCache};

/// A verifier.
#[wasm_bindgen]
pub struct JwtVerifier {
    facade: TokenVerifier,
}

/// What to do about a token; what is in it is taken once.
#[wasm_bindgen]
pub struct JwtStep {
    kind: JwtStepKind,
    verified: Option<VerifiedToken>,
    check: Option<HostCheck>,
    ticket: Option<FetchTicket>,
    until: Option<f64>,
    error: Option<VerifyError>,
}

/// A verification that waits for the host's check of the signature.
#[wasm_bindgen]
pub struct JwtCheck {
    facade: HostCheck,
}

/// A token that was verified.
#[wasm_bindgen]
pub struct JwtVerified {
    facade: VerifiedToken,
}

/// Crosses as a number; the glue knows the names.
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum JwtStepKind {
    Verified = "verified",
    Check = "check",
    Fetch = "fetch",
    Wait = "wait",
    Refused = "refused",
}

#[wasm_bindgen]
impl JwtVerifier {
    /// From the JSON form of the options, a shared secret beside them, and who checks signatures.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, secret: Option<Vec<u8>>, host_checks: bool) -> Result<Self, JsError> {
        let mut options = VerifierOptions::from_json(options).map_err(thrown)?;
        options.shared_secret = secret;
        let made = if host_checks || cfg!(not(feature = "jwt")) {
            TokenVerifier::for_host(options)
        } else {
            TokenVerifier::new(options)
        };
        Ok(Self { facade: made.map_err(thrown)? })
    }

    /// Everything but the signature.
    pub fn begin(&self, token: &str, keys: &JwtKeySet, now: f64) -> Result<JwtCheck, JsError> {
        JwtCheck::of(self.facade.begin(token, &keys.facade, whole(now)))
    }

    /// Verdict, or what to do before there is one. A cache of tokens for 0 bytes is none.
    pub fn step(
        &self,
        token: &str,
        keys: &JwtKeyCache,
        tokens: &JwtTokenCache,
        now: f64,
        entropy: f64,
    ) -> Result<JwtStep, JsError> {
        let step = self.facade.step(token, &keys.facade, Some(&tokens.facade), whole(now), whole(entropy));
        step.map(JwtStep::of).map_err(thrown)
    }
}

#[cfg(feature = "jwt")]
#[wasm_bindgen]
impl JwtVerifier {
    /// Verifies a token.
    pub fn verify(&self, token: &str, keys: &JwtKeySet, now: f64) -> Result<JwtVerified, JsError> {
        JwtVerified::of(self.facade.verify(token, &keys.facade, whole(now)))
    }

    /// Everything that needs no key, as JSON.
    pub fn plausible(&self, token: &str, now: f64) -> Result<String, JsError> {
        self.facade.plausible(token, whole(now)).map(|asked| asked.to_json()).map_err(refused)
    }
}

#[wasm_bindgen]
impl JwtStep {
    fn of(step: Step) -> Self {
        let nothing =
            Self { kind: JwtStepKind::Refused, verified: None, check: None, ticket: None, until: None, error: None };
        match step {
            Step::Verified(token, ticket) => {
                Self { kind: JwtStepKind::Verified, verified: Some(token), ticket, ..nothing }
            }
            Step::Check(check, ticket) => Self { kind: JwtStepKind::Check, check: Some(check), ticket, ..nothing },
            Step::Fetch(ticket) => Self { kind: JwtStepKind::Fetch, ticket: Some(ticket), ..nothing },
            Step::Wait(until) => Self { kind: JwtStepKind::Wait, until: Some(until as f64), ..nothing },
            Step::Refused(error, ticket) => Self { error: Some(error), ticket, ..nothing },
        }
    }

    /// Which of them.
    pub fn kind(&self) -> JwtStepKind {
        self.kind
    }

    /// Takes the token.
    pub fn verified(&mut self) -> Option<JwtVerified> {
        self.verified.take().map(|facade| JwtVerified { facade })
    }

    /// Takes the check.
    pub fn check(&mut self) -> Option<JwtCheck> {
        self.check.take().map(|facade| JwtCheck { facade })
    }

    /// What to fetch, as JSON.
    pub fn ticket(&self) -> Option<String> {
        self.ticket.as_ref().map(ToJson::to_json)
    }

    /// When to ask again at the latest.
    pub fn until(&self) -> Option<f64> {
        self.until
    }

    /// Why it is refused, as JSON.
    pub fn error(&self) -> Option<String> {
        self.error.as_ref().map(refusal)
    }
}

#[wasm_bindgen]
impl JwtCheck {
    fn of(begun: Result<HostCheck, VerifyError>) -> Result<Self, JsError> {
        begun.map(|facade| Self { facade }).map_err(refused)
    }

    /// Name of the algorithm.
    pub fn algorithm(&self) -> Result<String, JsError> {
        self.facade.algorithm().map(str::to_owned).map_err(thrown)
    }

    /// The key, as a JWK.
    #[wasm_bindgen(js_name = keyJwk)]
    pub fn key_jwk(&self) -> Result<Option<String>, JsError> {
        self.facade.key_jwk().map_err(thrown)
    }

    /// `kid` of the key.
    #[wasm_bindgen(js_name = keyKid)]
    pub fn key_kid(&self) -> Result<Option<String>, JsError> {
        self.facade.key_kid().map_err(thrown)
    }

    /// Thumbprint of the key, base64url.
    #[wasm_bindgen(js_name = keyThumbprint)]
    pub fn key_thumbprint(&self) -> Result<String, JsError> {
        self.facade.key_thumbprint().map_err(thrown)
    }

    /// The bytes that are signed.
    #[wasm_bindgen(js_name = signingInput)]
    pub fn signing_input(&self) -> Result<Vec<u8>, JsError> {
        self.facade.signing_input().map_err(thrown)
    }

    /// The signature.
    pub fn signature(&self) -> Result<Vec<u8>, JsError> {
        self.facade.signature().map_err(thrown)
    }

    /// Goes on to the next key that may be tried.
    #[wasm_bindgen(js_name = nextKey)]
    pub fn next_key(&self) -> Result<bool, JsError> {
        self.facade.next_key().map_err(thrown)
    }

    /// Ends the verification with what the host says of the signature.
    pub fn finish(&self, valid: bool, now: f64) -> Result<JwtVerified, JsError> {
        JwtVerified::of(self.facade.finish(valid, whole(now)))
    }
}

#[wasm_bindgen]
impl JwtVerified {
    fn of(verdict: Result<VerifiedToken, VerifyError>) -> Result<Self, JsError> {
        verdict.map(|facade| Self { facade }).map_err(refused)
    }

    /// All that it says, as JSON.
    pub fn json(&self) -> String {
        self.facade.to_json()
    }

    /// The same, with the claims on a line of their own.
    pub fn text(&self) -> String {
        self.facade.text()
    }

    /// The claims as the issuer wrote them.
    #[wasm_bindgen(js_name = claimsJson)]
    pub fn claims_json(&self) -> String {
        self.facade.claims_json().to_owned()
    }
}

#[cfg(feature = "jwt")]
#[wasm_bindgen]
impl JwtVerified {
    /// Another object for the same token, for a call that consumes it.
    pub fn share(&self) -> Self {
        Self { facade: self.facade.clone() }
    }
}

/// A cast of a float saturates, so anything else is some number too.
fn whole(number: f64) -> u64 {
    number as u64
}

fn refused(error: VerifyError) -> JsError {
    JsError::new(&refusal(&error))
}

/// A refusal as JSON. A fault of the library or of its use has no `kind`: it is no verdict on the token.
fn refusal(error: &VerifyError) -> String {
    let json = error.to_json();
    match json.strip_prefix('{') {
        Some(members) if error.http_status() != 500 => format!("{{\"kind\":\"verify\",{members}"),
        _ => json,
    }
}
