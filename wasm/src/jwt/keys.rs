//! Keys, and what is kept between requests.

#[cfg(feature = "jwt")]
use edgewarden_bindings::token::{FetchTicket, KeyAnswer, VerifyError};
use edgewarden_bindings::token::{KeyCache, KeyCacheOptions, KeySet, KeyUpdate, TokenCache};
use edgewarden_bindings::{Error, ToJson};
use wasm_bindgen::prelude::*;

#[cfg(feature = "jwt")]
use super::refusal;
use super::{JwtVerified, JwtVerifier, whole};
use crate::thrown;

/// Keys to verify with.
#[wasm_bindgen]
pub struct JwtKeySet {
    pub(crate) facade: KeySet,
}

/// Key sets of issuers.
#[wasm_bindgen]
pub struct JwtKeyCache {
    pub(crate) facade: KeyCache,
}

/// The keys for a token, or what to do to get them; what is in it is taken once.
#[cfg(feature = "jwt")]
#[wasm_bindgen]
pub struct JwtKeyAnswer {
    kind: JwtKeyAnswerKind,
    keys: Option<KeySet>,
    ticket: Option<FetchTicket>,
    until: Option<f64>,
    error: Option<VerifyError>,
}

/// Tokens that were verified.
#[wasm_bindgen]
pub struct JwtTokenCache {
    pub(crate) facade: TokenCache,
}

/// Crosses as a number; the glue knows the names.
#[cfg(feature = "jwt")]
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum JwtKeyAnswerKind {
    Use = "use",
    UseAndRefresh = "use_and_refresh",
    Fetch = "fetch",
    Wait = "wait",
    Unavailable = "unavailable",
}

#[wasm_bindgen]
impl JwtKeySet {
    /// The public keys of a JWK set.
    #[wasm_bindgen(js_name = fromJwks)]
    pub fn from_jwks(jwks: &str, limits: Option<String>) -> Result<Self, JsError> {
        KeySet::from_jwks(jwks, limits.as_deref()).map(|facade| Self { facade }).map_err(thrown)
    }
}

#[cfg(feature = "jwt")]
#[wasm_bindgen]
impl JwtKeySet {
    /// One public key.
    #[wasm_bindgen(js_name = fromJwk)]
    pub fn from_jwk(jwk: &str) -> Result<Self, JsError> {
        KeySet::from_jwk(jwk).map(|facade| Self { facade }).map_err(thrown)
    }

    /// One shared secret.
    #[wasm_bindgen(js_name = fromSecret)]
    pub fn from_secret(secret: &[u8], kid: Option<String>, algorithms: Vec<String>) -> Result<Self, JsError> {
        let algorithms: Vec<&str> = algorithms.iter().map(String::as_str).collect();
        let made = KeySet::from_secret(secret, kid.as_deref(), &algorithms);
        made.map(|facade| Self { facade }).map_err(thrown)
    }

    /// The usable keys, as JSON.
    pub fn keys(&self) -> String {
        self.facade.keys().to_json()
    }

    /// The others, as JSON.
    pub fn refused(&self) -> String {
        self.facade.refused().to_json()
    }

    /// The number that a cache gave the set.
    pub fn revision(&self) -> f64 {
        self.facade.revision() as f64
    }
}

#[wasm_bindgen]
impl JwtKeyCache {
    /// From the JSON form of the options.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<Self, JsError> {
        let made = KeyCacheOptions::from_json(options).and_then(KeyCache::new);
        made.map(|facade| Self { facade }).map_err(thrown)
    }

    /// A fetch brought a document; what it changed, as JSON.
    pub fn fetched(
        &self,
        ticket: &str,
        body: &[u8],
        max_age_secs: Option<f64>,
        etag: Option<String>,
        now: f64,
    ) -> Result<String, JsError> {
        update(self.facade.fetched(ticket, body, max_age_secs.map(whole), etag.as_deref(), whole(now)))
    }

    /// A fetch was answered with status 304.
    #[wasm_bindgen(js_name = notModified)]
    pub fn not_modified(&self, ticket: &str, max_age_secs: Option<f64>, now: f64) -> Result<String, JsError> {
        update(self.facade.not_modified(ticket, max_age_secs.map(whole), whole(now)))
    }

    /// A fetch brought nothing of use.
    pub fn failed(&self, ticket: &str, now: f64) -> Result<String, JsError> {
        update(self.facade.failed(ticket, whole(now)))
    }
}

#[cfg(feature = "jwt")]
#[wasm_bindgen]
impl JwtKeyCache {
    /// Lets the cache keep keys of an issuer.
    pub fn trust(&self, issuer: &str) -> Result<(), JsError> {
        self.facade.trust(issuer).map_err(thrown)
    }

    /// Drops an issuer and its keys.
    pub fn forget(&self, issuer: &str) -> Result<(), JsError> {
        self.facade.forget(issuer).map_err(thrown)
    }

    /// The trusted issuers.
    pub fn issuers(&self) -> Result<Vec<String>, JsError> {
        self.facade.issuers().map_err(thrown)
    }

    /// The keys for a token.
    pub fn keys(
        &self,
        issuer: &str,
        kid: Option<String>,
        plausible: bool,
        now: f64,
        entropy: f64,
    ) -> Result<JwtKeyAnswer, JsError> {
        let answer = self.facade.keys(issuer, kid.as_deref(), plausible, whole(now), whole(entropy));
        answer.map(JwtKeyAnswer::of).map_err(thrown)
    }

    /// A signature did not verify; what to fetch, as JSON.
    #[wasm_bindgen(js_name = badSignature)]
    pub fn bad_signature(
        &self,
        issuer: &str,
        kid: Option<String>,
        now: f64,
        entropy: f64,
    ) -> Result<Option<String>, JsError> {
        let ticket = self.facade.bad_signature(issuer, kid.as_deref(), whole(now), whole(entropy));
        ticket.map(|ticket| ticket.as_ref().map(ToJson::to_json)).map_err(thrown)
    }

    /// How the cache stands with an issuer.
    pub fn state(&self, issuer: &str, now: f64) -> Result<Option<String>, JsError> {
        self.facade.state(issuer, whole(now)).map(|state| state.map(str::to_owned)).map_err(thrown)
    }
}

#[cfg(feature = "jwt")]
#[wasm_bindgen]
impl JwtKeyAnswer {
    fn of(answer: KeyAnswer) -> Self {
        let nothing = Self { kind: JwtKeyAnswerKind::Unavailable, keys: None, ticket: None, until: None, error: None };
        match answer {
            KeyAnswer::Use(keys) => Self { kind: JwtKeyAnswerKind::Use, keys: Some(keys), ..nothing },
            KeyAnswer::UseAndRefresh(keys, ticket) => {
                Self { kind: JwtKeyAnswerKind::UseAndRefresh, keys: Some(keys), ticket: Some(ticket), ..nothing }
            }
            KeyAnswer::Fetch(ticket) => Self { kind: JwtKeyAnswerKind::Fetch, ticket: Some(ticket), ..nothing },
            KeyAnswer::Wait(until) => Self { kind: JwtKeyAnswerKind::Wait, until: Some(until as f64), ..nothing },
            KeyAnswer::Unavailable(error) => Self { error: Some(error), ..nothing },
        }
    }

    /// Which of them.
    pub fn kind(&self) -> JwtKeyAnswerKind {
        self.kind
    }

    /// Takes the keys.
    pub fn keys(&mut self) -> Option<JwtKeySet> {
        self.keys.take().map(|facade| JwtKeySet { facade })
    }

    /// What to fetch, as JSON.
    pub fn ticket(&self) -> Option<String> {
        self.ticket.as_ref().map(ToJson::to_json)
    }

    /// When to ask again at the latest.
    pub fn until(&self) -> Option<f64> {
        self.until
    }

    /// Why there are none, as JSON.
    pub fn error(&self) -> Option<String> {
        self.error.as_ref().map(refusal)
    }
}

#[wasm_bindgen]
impl JwtTokenCache {
    /// A cache of about so many bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes_max: f64) -> Self {
        Self { facade: TokenCache::new(whole(bytes_max)) }
    }

    /// Keeps a token; whether it did.
    pub fn insert(&self, verifier: &JwtVerifier, token: &str, verified: &JwtVerified) -> Result<bool, JsError> {
        self.facade.insert(&verifier.facade, token, &verified.facade).map_err(thrown)
    }
}

#[cfg(feature = "jwt")]
#[wasm_bindgen]
impl JwtTokenCache {
    /// What the verifier would say of a token that is kept.
    pub fn get(
        &self,
        verifier: &JwtVerifier,
        token: &str,
        keys: &JwtKeySet,
        now: f64,
    ) -> Result<Option<JwtVerified>, JsError> {
        let found = self.facade.get(&verifier.facade, token, &keys.facade, whole(now));
        found.map(|token| token.map(|facade| JwtVerified { facade })).map_err(thrown)
    }

    /// Drops a token; whether it was there.
    pub fn forget(&self, verifier: &JwtVerifier, token: &str) -> Result<bool, JsError> {
        self.facade.forget(&verifier.facade, token).map_err(thrown)
    }

    /// Drops all tokens.
    pub fn clear(&self) {
        self.facade.clear();
    }

    /// Tokens held.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.facade.len()
    }

    /// Bytes held, roughly.
    pub fn bytes(&self) -> usize {
        self.facade.bytes()
    }
}

fn update(update: Result<KeyUpdate, Error>) -> Result<String, JsError> {
    update.map(|update| update.to_json()).map_err(thrown)
}
