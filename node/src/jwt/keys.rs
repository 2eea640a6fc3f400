//! Keys, and what is kept between requests.

use std::cell::Cell;

use edgewarden_bindings::token::{
    FetchTicket, KeyAnswer, KeyCache, KeyCacheOptions, KeySet, KeyUpdate, TokenCache, VerifyError,
};
use edgewarden_bindings::{Error, ToJson};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

use super::{JwtVerified, JwtVerifier, maybe, refusal, whole};
use crate::handle::Handle;
use crate::value::{Bytes, Text};
use crate::{Maybe, thrown};

/// Keys to verify with.
#[napi]
pub struct JwtKeySet {
    pub(crate) handle: Handle<KeySet>,
}

/// Key sets of issuers.
#[napi]
pub struct JwtKeyCache {
    pub(crate) handle: Handle<KeyCache>,
}

/// The keys for a token, or what to do to get them; what is in it is taken once.
#[napi]
pub struct JwtKeyAnswer {
    kind: &'static str,
    keys: Cell<Option<KeySet>>,
    ticket: Option<FetchTicket>,
    until: Option<f64>,
    error: Option<VerifyError>,
}

/// Tokens that were verified.
#[napi]
pub struct JwtTokenCache {
    pub(crate) handle: Handle<TokenCache>,
}

#[napi]
impl JwtKeySet {
    pub(crate) fn of(keys: KeySet) -> Self {
        Self { handle: Handle::new("the key set", keys) }
    }

    /// The public keys of a JWK set.
    #[napi(factory, catch_unwind)]
    pub fn from_jwks(jwks: Text, limits: Option<Text>) -> napi::Result<Self> {
        KeySet::from_jwks(&jwks, limits.as_deref()).map(Self::of).map_err(thrown)
    }

    /// One public key.
    #[napi(factory, catch_unwind)]
    pub fn from_jwk(jwk: Text) -> napi::Result<Self> {
        KeySet::from_jwk(&jwk).map(Self::of).map_err(thrown)
    }

    /// One shared secret.
    #[napi(factory, catch_unwind)]
    pub fn from_secret(secret: Bytes<'_>, kid: Option<Text>, algorithms: Vec<String>) -> napi::Result<Self> {
        let algorithms: Vec<&str> = algorithms.iter().map(String::as_str).collect();
        KeySet::from_secret(&secret, kid.as_deref(), &algorithms).map(Self::of).map_err(thrown)
    }

    /// The usable keys, as JSON.
    #[napi(catch_unwind)]
    pub fn keys(&self) -> napi::Result<String> {
        Ok(self.handle.open()?.keys().to_json())
    }

    /// The others, as JSON.
    #[napi(catch_unwind)]
    pub fn refused(&self) -> napi::Result<String> {
        Ok(self.handle.open()?.refused().to_json())
    }

    /// The number that a cache gave the set.
    #[napi(catch_unwind)]
    pub fn revision(&self) -> napi::Result<f64> {
        Ok(self.handle.open()?.revision() as f64)
    }

    /// Frees the memory now instead of when the object is collected.
    #[napi(catch_unwind)]
    pub fn free(&self) {
        self.handle.free();
    }
}

#[napi]
impl JwtKeyCache {
    /// From the JSON form of the options.
    #[napi(constructor, catch_unwind)]
    pub fn new(options: Text) -> napi::Result<Self> {
        let made = KeyCacheOptions::from_json(&options).and_then(KeyCache::new);
        Ok(Self { handle: Handle::new("the key cache", made.map_err(thrown)?) })
    }

    /// Lets the cache keep keys of an issuer.
    #[napi(catch_unwind)]
    pub fn trust(&self, issuer: Text) -> napi::Result<()> {
        self.handle.open()?.trust(&issuer).map_err(thrown)
    }

    /// Drops an issuer and its keys.
    #[napi(catch_unwind)]
    pub fn forget(&self, issuer: Text) -> napi::Result<()> {
        self.handle.open()?.forget(&issuer).map_err(thrown)
    }

    /// The trusted issuers.
    #[napi(catch_unwind)]
    pub fn issuers(&self) -> napi::Result<Vec<String>> {
        self.handle.open()?.issuers().map_err(thrown)
    }

    /// The keys for a token.
    #[napi(catch_unwind)]
    pub fn keys(
        &self,
        issuer: Text,
        kid: Option<Text>,
        plausible: bool,
        now: f64,
        entropy: f64,
    ) -> napi::Result<JwtKeyAnswer> {
        let answer = self.handle.open()?.keys(&issuer, kid.as_deref(), plausible, whole(now), whole(entropy));
        answer.map(JwtKeyAnswer::of).map_err(thrown)
    }

    /// A fetch brought a document; what it changed, as JSON.
    #[napi(catch_unwind)]
    pub fn fetched(
        &self,
        ticket: Text,
        body: Bytes<'_>,
        max_age_secs: Option<f64>,
        etag: Option<Text>,
        now: f64,
    ) -> napi::Result<String> {
        let max_age_secs = max_age_secs.map(whole);
        update(self.handle.open()?.fetched(&ticket, &body, max_age_secs, etag.as_deref(), whole(now)))
    }

    /// A fetch was answered with status 304.
    #[napi(catch_unwind)]
    pub fn not_modified(&self, ticket: Text, max_age_secs: Option<f64>, now: f64) -> napi::Result<String> {
        update(self.handle.open()?.not_modified(&ticket, max_age_secs.map(whole), whole(now)))
    }

    /// A fetch brought nothing of use.
    #[napi(catch_unwind)]
    pub fn failed(&self, ticket: Text, now: f64) -> napi::Result<String> {
        update(self.handle.open()?.failed(&ticket, whole(now)))
    }

    /// A signature did not verify; what to fetch, as JSON.
    #[napi(catch_unwind)]
    pub fn bad_signature(
        &self,
        issuer: Text,
        kid: Option<Text>,
        now: f64,
        entropy: f64,
    ) -> napi::Result<Maybe<String>> {
        let ticket = self.handle.open()?.bad_signature(&issuer, kid.as_deref(), whole(now), whole(entropy));
        ticket.map(|ticket| maybe(ticket.as_ref().map(ToJson::to_json))).map_err(thrown)
    }

    /// How the cache stands with an issuer.
    #[napi(catch_unwind)]
    pub fn state(&self, issuer: Text, now: f64) -> napi::Result<Maybe<&'static str>> {
        self.handle.open()?.state(&issuer, whole(now)).map(maybe).map_err(thrown)
    }

    /// The sets, as bytes.
    #[napi(catch_unwind)]
    pub fn snapshot(&self, mac_key: Option<Bytes<'_>>) -> napi::Result<Uint8Array> {
        self.handle.open()?.snapshot(mac_key.as_deref()).map(Uint8Array::from).map_err(thrown)
    }

    /// Takes of a snapshot what is trusted and newer; how many sets.
    #[napi(catch_unwind)]
    pub fn restore(&self, bytes: Bytes<'_>, mac_key: Option<Bytes<'_>>, now: f64) -> napi::Result<f64> {
        let sets = self.handle.open()?.restore(&bytes, mac_key.as_deref(), whole(now));
        sets.map(|sets| sets as f64).map_err(thrown)
    }

    /// Frees the memory now instead of when the object is collected.
    #[napi(catch_unwind)]
    pub fn free(&self) {
        self.handle.free();
    }
}

#[napi]
impl JwtKeyAnswer {
    fn of(answer: KeyAnswer) -> Self {
        let mut made = Self { kind: answer.name(), keys: Cell::default(), ticket: None, until: None, error: None };
        match answer {
            KeyAnswer::Use(keys) => made.keys = Cell::new(Some(keys)),
            KeyAnswer::UseAndRefresh(keys, ticket) => (made.keys, made.ticket) = (Cell::new(Some(keys)), Some(ticket)),
            KeyAnswer::Fetch(ticket) => made.ticket = Some(ticket),
            KeyAnswer::Wait(until) => made.until = Some(until as f64),
            KeyAnswer::Unavailable(error) => made.error = Some(error),
        }
        made
    }

    /// Which of them.
    #[napi(catch_unwind)]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// Takes the keys.
    #[napi(catch_unwind)]
    pub fn keys(&self) -> Maybe<JwtKeySet> {
        maybe(self.keys.take().map(JwtKeySet::of))
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

    /// Why there are none, as JSON.
    #[napi(catch_unwind)]
    pub fn error(&self) -> Maybe<String> {
        maybe(self.error.as_ref().map(refusal))
    }

    /// Frees the memory now instead of when the object is collected.
    #[napi(catch_unwind)]
    pub fn free(&self) {
        self.keys.take();
    }
}

#[napi]
impl JwtTokenCache {
    /// A cache of about so many bytes.
    #[napi(constructor, catch_unwind)]
    pub fn new(bytes_max: f64) -> Self {
        Self { handle: Handle::new("the token cache", TokenCache::new(whole(bytes_max))) }
    }

    /// What the verifier would say of a token that is kept.
    #[napi(catch_unwind)]
    pub fn get(
        &self,
        verifier: &JwtVerifier,
        token: Text,
        keys: &JwtKeySet,
        now: f64,
    ) -> napi::Result<Maybe<JwtVerified>> {
        let (verifier, keys) = (verifier.handle.open()?, keys.handle.open()?);
        let found = self.handle.open()?.get(&verifier, &token, &keys, whole(now));
        found.map(|token| maybe(token.map(JwtVerified::new))).map_err(thrown)
    }

    /// Keeps a token; whether it did.
    #[napi(catch_unwind)]
    pub fn insert(&self, verifier: &JwtVerifier, token: Text, verified: &JwtVerified) -> napi::Result<bool> {
        let (verifier, verified) = (verifier.handle.open()?, verified.handle.open()?);
        self.handle.open()?.insert(&verifier, &token, &verified).map_err(thrown)
    }

    /// Drops a token; whether it was there.
    #[napi(catch_unwind)]
    pub fn forget(&self, verifier: &JwtVerifier, token: Text) -> napi::Result<bool> {
        let verifier = verifier.handle.open()?;
        self.handle.open()?.forget(&verifier, &token).map_err(thrown)
    }

    /// Drops all tokens.
    #[napi(catch_unwind)]
    pub fn clear(&self) -> napi::Result<()> {
        self.handle.open()?.clear();
        Ok(())
    }

    /// Tokens held.
    #[napi(catch_unwind)]
    pub fn len(&self) -> napi::Result<f64> {
        Ok(self.handle.open()?.len() as f64)
    }

    /// Bytes held, roughly.
    #[napi(catch_unwind)]
    pub fn bytes(&self) -> napi::Result<f64> {
        Ok(self.handle.open()?.bytes() as f64)
    }

    /// Frees the memory now instead of when the object is collected.
    #[napi(catch_unwind)]
    pub fn free(&self) {
        self.handle.free();
    }
}

fn update(update: Result<KeyUpdate, Error>) -> napi::Result<String> {
    update.map(|update| update.to_json()).map_err(thrown)
}
