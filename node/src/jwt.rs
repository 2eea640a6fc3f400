//! Tokens.
//!
//! Times, random numbers and sizes are whole numbers below 2^53, which the wrapper checks. A refusal is thrown as JSON with
//! `"kind":"verify"`; a fault of use is thrown as elsewhere. What holds text of a token stays here until it is asked for.

mod keys;

use std::cell::Cell;

use edgewarden_bindings as facade;
use edgewarden_bindings::token::{
    FetchTicket, HostCheck, ProofRequest, Step, TOKEN_CATALOGUE, TokenVerifier, VerifiedToken, VerifierOptions,
    VerifyError,
};
use edgewarden_bindings::{Error, ToJson};
use napi::bindgen_prelude::{ClassInstance, Either, Uint8Array};
use napi_derive::napi;

use crate::handle::Handle;
use crate::value::{Bytes, Text};
use crate::{Maybe, thrown};
use keys::{JwtKeyCache, JwtKeySet, JwtTokenCache};

/// A verifier.
#[napi]
pub struct JwtVerifier {
    handle: Handle<TokenVerifier>,
}

/// What to do about a token; what is in it is taken once.
#[napi]
pub struct JwtStep {
    kind: &'static str,
    verified: Cell<Option<VerifiedToken>>,
    check: Cell<Option<HostCheck>>,
    ticket: Option<FetchTicket>,
    until: Option<f64>,
    error: Option<VerifyError>,
}

/// A verification that waits for the host's check of the signature.
#[napi]
pub struct JwtCheck {
    handle: Handle<HostCheck>,
}

/// A token that was verified.
#[napi]
pub struct JwtVerified {
    handle: Handle<VerifiedToken>,
}

#[napi]
impl JwtVerifier {
    /// From the JSON form of the options, a shared secret beside them, and who checks signatures.
    #[napi(constructor, catch_unwind)]
    pub fn new(options: Text, secret: Option<Bytes<'_>>, host_checks: bool) -> napi::Result<Self> {
        let options = VerifierOptions::from_json(&options).map_err(thrown)?;
        let options = VerifierOptions { shared_secret: secret.map(|bytes| bytes.to_vec()), ..options };
        let made = if host_checks { TokenVerifier::for_host(options) } else { TokenVerifier::new(options) };
        Ok(Self { handle: Handle::new("the verifier", made.map_err(thrown)?) })
    }

    /// Verifies a token.
    #[napi(catch_unwind)]
    pub fn verify(&self, token: Text, keys: &JwtKeySet, now: f64) -> napi::Result<JwtVerified> {
        JwtVerified::of(self.handle.open()?.verify(&token, &*keys.handle.open()?, whole(now)))
    }

    /// Everything but the signature.
    #[napi(catch_unwind)]
    pub fn begin(&self, token: Text, keys: &JwtKeySet, now: f64) -> napi::Result<JwtCheck> {
        JwtCheck::of(self.handle.open()?.begin(&token, &*keys.handle.open()?, whole(now)))
    }

    /// Verdict, or what to do before there is one. A cache of tokens for 0 bytes is none.
    #[napi(catch_unwind)]
    pub fn step(
        &self,
        token: Text,
        keys: &JwtKeyCache,
        tokens: &JwtTokenCache,
        now: f64,
        entropy: f64,
    ) -> napi::Result<JwtStep> {
        let (keys, tokens) = (keys.handle.open()?, tokens.handle.open()?);
        let step = self.handle.open()?.step(&token, &keys, Some(&tokens), whole(now), whole(entropy));
        step.map(JwtStep::of).map_err(thrown)
    }

    /// Everything that needs no key, as JSON.
    #[napi(catch_unwind)]
    pub fn plausible(&self, token: Text, now: f64) -> napi::Result<String> {
        self.handle.open()?.plausible(&token, whole(now)).map(|asked| asked.to_json()).map_err(refused)
    }

    /// Every check, as JSON.
    #[napi(catch_unwind)]
    pub fn explain(&self, token: Text, keys: &JwtKeySet, now: f64) -> napi::Result<String> {
        let checks = self.handle.open()?.explain(&token, &*keys.handle.open()?, whole(now));
        checks.map(|checks| checks.to_json()).map_err(thrown)
    }

    /// Verifies a proof of possession.
    #[napi(catch_unwind)]
    #[allow(clippy::too_many_arguments)]
    pub fn verify_proof(
        &self,
        proof: Text,
        method: Text,
        url: Text,
        nonce: Option<Text>,
        access_token: Option<Text>,
        verified: Option<ClassInstance<'_, JwtVerified>>,
        now: f64,
    ) -> napi::Result<JwtVerified> {
        let verifier = self.handle.open()?;
        asked(&method, &url, &nonce, &access_token, &verified, |request| {
            JwtVerified::of(verifier.verify_proof(&proof, request, whole(now)))
        })
    }

    /// The same without the signature.
    #[napi(catch_unwind)]
    #[allow(clippy::too_many_arguments)]
    pub fn begin_proof(
        &self,
        proof: Text,
        method: Text,
        url: Text,
        nonce: Option<Text>,
        access_token: Option<Text>,
        verified: Option<ClassInstance<'_, JwtVerified>>,
        now: f64,
    ) -> napi::Result<JwtCheck> {
        let verifier = self.handle.open()?;
        asked(&method, &url, &nonce, &access_token, &verified, |request| {
            JwtCheck::of(verifier.begin_proof(&proof, request, whole(now)))
        })
    }

    /// Every check of a proof, as JSON.
    #[napi(catch_unwind)]
    #[allow(clippy::too_many_arguments)]
    pub fn explain_proof(
        &self,
        proof: Text,
        method: Text,
        url: Text,
        nonce: Option<Text>,
        access_token: Option<Text>,
        verified: Option<ClassInstance<'_, JwtVerified>>,
        now: f64,
    ) -> napi::Result<String> {
        let verifier = self.handle.open()?;
        asked(&method, &url, &nonce, &access_token, &verified, |request| {
            verifier.explain_proof(&proof, request, whole(now)).map(|checks| checks.to_json()).map_err(thrown)
        })
    }

    /// The issuer.
    #[napi(catch_unwind)]
    pub fn issuer(&self) -> napi::Result<Maybe<String>> {
        Ok(maybe(self.handle.open()?.issuer().map(str::to_owned)))
    }

    /// Name of the profile.
    #[napi(catch_unwind)]
    pub fn profile(&self) -> napi::Result<&'static str> {
        Ok(self.handle.open()?.profile())
    }

    /// Hash of all settings.
    #[napi(catch_unwind)]
    pub fn fingerprint(&self) -> napi::Result<Uint8Array> {
        Ok(self.handle.open()?.fingerprint().to_vec().into())
    }

    /// The keys of a shared secret.
    #[napi(catch_unwind)]
    pub fn shared_keys(&self) -> napi::Result<Maybe<JwtKeySet>> {
        Ok(maybe(self.handle.open()?.shared_keys().map(JwtKeySet::of)))
    }

    /// Frees the memory now instead of when the object is collected.
    #[napi(catch_unwind)]
    pub fn free(&self) {
        self.handle.free();
    }
}

/// Hands over what a proof is held against.
fn asked<T>(
    method: &str,
    url: &str,
    nonce: &Option<Text>,
    access_token: &Option<Text>,
    verified: &Option<ClassInstance<'_, JwtVerified>>,
    with: impl FnOnce(&ProofRequest<'_>) -> napi::Result<T>,
) -> napi::Result<T> {
    let verified = verified.as_ref().map(|verified| verified.handle.open()).transpose()?;
    let access_token = match (access_token, &verified) {
        (Some(token), Some(verified)) => Some((&**token, &**verified)),
        (None, None) => None,
        // A token that is not verified must not pass for one without which nothing is compared.
        _ => return Err(thrown(Error::argument("accessToken", "not with what was verified"))),
    };
    with(&ProofRequest { method, url, access_token, nonce: nonce.as_deref() })
}

#[napi]
impl JwtStep {
    fn of(step: Step) -> Self {
        let mut made = Self {
            kind: step.name(),
            verified: Cell::default(),
            check: Cell::default(),
            ticket: None,
            until: None,
            error: None,
        };
        match step {
            Step::Verified(token, ticket) => (made.verified, made.ticket) = (Cell::new(Some(token)), ticket),
            Step::Check(check, ticket) => (made.check, made.ticket) = (Cell::new(Some(check)), ticket),
            Step::Fetch(ticket) => made.ticket = Some(ticket),
            Step::Wait(until) => made.until = Some(until as f64),
            Step::Refused(error, ticket) => (made.error, made.ticket) = (Some(error), ticket),
        }
        made
    }

    /// Which of them.
    #[napi(catch_unwind)]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// Takes the token.
    #[napi(catch_unwind)]
    pub fn verified(&self) -> Maybe<JwtVerified> {
        maybe(self.verified.take().map(JwtVerified::new))
    }

    /// Takes the check.
    #[napi(catch_unwind)]
    pub fn check(&self) -> Maybe<JwtCheck> {
        maybe(self.check.take().map(JwtCheck::new))
    }

    /// What to fetch, as JSON.
    #[napi(catch_unwind)]
    pub fn ticket(&self) -> Maybe<String> {
        maybe(self.ticket.as_ref().map(ToJson::to_json))
    }

    /// When to ask again at the latest.
    #[napi(catch_unwind)]
    pub fn until(&self) -> Maybe<f64> {
        maybe(self.until)
    }

    /// Why it is refused, as JSON.
    #[napi(catch_unwind)]
    pub fn error(&self) -> Maybe<String> {
        maybe(self.error.as_ref().map(refusal))
    }

    /// Frees the memory now instead of when the object is collected.
    #[napi(catch_unwind)]
    pub fn free(&self) {
        self.verified.take();
        self.check.take();
    }
}

#[napi]
impl JwtCheck {
    fn new(check: HostCheck) -> Self {
        Self { handle: Handle::new("the check", check) }
    }

    fn of(begun: Result<HostCheck, VerifyError>) -> napi::Result<Self> {
        begun.map(Self::new).map_err(refused)
    }

    /// Name of the algorithm.
    #[napi(catch_unwind)]
    pub fn algorithm(&self) -> napi::Result<&'static str> {
        self.handle.open()?.algorithm().map_err(thrown)
    }

    /// The key, as a JWK.
    #[napi(catch_unwind)]
    pub fn key_jwk(&self) -> napi::Result<Maybe<String>> {
        self.handle.open()?.key_jwk().map(maybe).map_err(thrown)
    }

    /// `kid` of the key.
    #[napi(catch_unwind)]
    pub fn key_kid(&self) -> napi::Result<Maybe<String>> {
        self.handle.open()?.key_kid().map(maybe).map_err(thrown)
    }

    /// Thumbprint of the key, base64url.
    #[napi(catch_unwind)]
    pub fn key_thumbprint(&self) -> napi::Result<String> {
        self.handle.open()?.key_thumbprint().map_err(thrown)
    }

    /// The bytes that are signed.
    #[napi(catch_unwind)]
    pub fn signing_input(&self) -> napi::Result<Uint8Array> {
        self.handle.open()?.signing_input().map(Uint8Array::from).map_err(thrown)
    }

    /// The signature.
    #[napi(catch_unwind)]
    pub fn signature(&self) -> napi::Result<Uint8Array> {
        self.handle.open()?.signature().map(Uint8Array::from).map_err(thrown)
    }

    /// Goes on to the next key that may be tried.
    #[napi(catch_unwind)]
    pub fn next_key(&self) -> napi::Result<bool> {
        self.handle.open()?.next_key().map_err(thrown)
    }

    /// Ends the verification with what the host says of the signature.
    #[napi(catch_unwind)]
    pub fn finish(&self, valid: bool, now: f64) -> napi::Result<JwtVerified> {
        JwtVerified::of(self.handle.open()?.finish(valid, whole(now)))
    }

    /// Frees the memory now instead of when the object is collected.
    #[napi(catch_unwind)]
    pub fn free(&self) {
        self.handle.free();
    }
}

#[napi]
impl JwtVerified {
    fn new(token: VerifiedToken) -> Self {
        Self { handle: Handle::new("the token", token) }
    }

    fn of(verdict: Result<VerifiedToken, VerifyError>) -> napi::Result<Self> {
        verdict.map(Self::new).map_err(refused)
    }

    /// All that it says, as JSON.
    #[napi(catch_unwind)]
    pub fn json(&self) -> napi::Result<String> {
        Ok(self.handle.open()?.to_json())
    }

    /// The same, with the claims on a line of their own.
    #[napi(catch_unwind)]
    pub fn text(&self) -> napi::Result<String> {
        Ok(self.handle.open()?.text())
    }

    /// The claims as the issuer wrote them.
    #[napi(catch_unwind)]
    pub fn claims_json(&self) -> napi::Result<String> {
        Ok(self.handle.open()?.claims_json().to_owned())
    }

    /// Another object for the same token; WebAssembly needs it where a call consumes one.
    #[napi(catch_unwind)]
    pub fn share(&self) -> napi::Result<Self> {
        Ok(Self::new(VerifiedToken::clone(self.handle.open()?.as_ref())))
    }

    /// Frees the memory now instead of when the object is collected.
    #[napi(catch_unwind)]
    pub fn free(&self) {
        self.handle.free();
    }
}

/// The value of `WWW-Authenticate` for a token that was refused, or for none.
#[napi(catch_unwind)]
pub fn jwt_challenge(code: Option<Text>, place: Option<Text>, name: Option<Text>, realm: Text) -> napi::Result<String> {
    facade::token::challenge(parts(&code, &place, &name), &realm).map_err(thrown)
}

/// The same for proofs of possession.
#[napi(catch_unwind)]
pub fn jwt_proof_challenge(
    what: Text,
    code: Option<Text>,
    place: Option<Text>,
    name: Option<Text>,
    realm: Text,
    algorithms: Vec<String>,
) -> napi::Result<String> {
    let algorithms: Vec<&str> = algorithms.iter().map(String::as_str).collect();
    facade::token::proof_challenge(&what, parts(&code, &place, &name), &realm, &algorithms).map_err(thrown)
}

/// The codes of refusals, as JSON.
#[napi(catch_unwind)]
pub fn jwt_error_catalogue() -> String {
    TOKEN_CATALOGUE.to_json()
}

/// An error without a code is none.
fn parts<'a>(
    code: &'a Option<Text>,
    place: &'a Option<Text>,
    name: &'a Option<Text>,
) -> Option<(&'a str, &'a str, Option<&'a str>)> {
    Some((code.as_deref()?, place.as_deref().unwrap_or_default(), name.as_deref()))
}

/// JavaScript's `undefined` where there is nothing.
fn maybe<T>(value: Option<T>) -> Maybe<T> {
    value.map_or(Either::B(()), Either::A)
}

/// A cast of a float saturates, so anything else is some number too.
fn whole(number: f64) -> u64 {
    number as u64
}

fn refused(error: VerifyError) -> napi::Error {
    napi::Error::from_reason(refusal(&error))
}

/// A refusal as JSON. A fault of the library or of its use has no `kind`: it is no verdict on the token.
fn refusal(error: &VerifyError) -> String {
    let json = error.to_json();
    match json.strip_prefix('{') {
        Some(members) if error.http_status() != 500 => format!("{{\"kind\":\"verify\",{members}"),
        _ => json,
    }
}
