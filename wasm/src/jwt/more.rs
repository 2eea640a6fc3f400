//! Explanations, proofs of possession, snapshots, and what a verifier says of itself.

use edgewarden_bindings as facade;
use edgewarden_bindings::token::{ProofRequest, TOKEN_CATALOGUE};
use edgewarden_bindings::{Error, ToJson};
use wasm_bindgen::prelude::*;

use super::keys::{JwtKeyCache, JwtKeySet};
use super::{JwtCheck, JwtVerified, JwtVerifier, whole};
use crate::thrown;

#[wasm_bindgen]
impl JwtVerifier {
    /// Every check, as JSON.
    pub fn explain(&self, token: &str, keys: &JwtKeySet, now: f64) -> Result<String, JsError> {
        self.facade.explain(token, &keys.facade, whole(now)).map(|checks| checks.to_json()).map_err(thrown)
    }

    /// Verifies a proof of possession. `verified` is consumed: it is a [`share`](JwtVerified::share).
    #[wasm_bindgen(js_name = verifyProof)]
    #[allow(clippy::too_many_arguments)]
    pub fn verify_proof(
        &self,
        proof: &str,
        method: &str,
        url: &str,
        nonce: Option<String>,
        access_token: Option<String>,
        verified: Option<JwtVerified>,
        now: f64,
    ) -> Result<JwtVerified, JsError> {
        let asked = asked(&nonce, &access_token, &verified).map_err(thrown)?;
        JwtVerified::of(self.facade.verify_proof(proof, &ProofRequest { method, url, ..asked }, whole(now)))
    }

    /// The same without the signature.
    #[wasm_bindgen(js_name = beginProof)]
    #[allow(clippy::too_many_arguments)]
    pub fn begin_proof(
        &self,
        proof: &str,
        method: &str,
        url: &str,
        nonce: Option<String>,
        access_token: Option<String>,
        verified: Option<JwtVerified>,
        now: f64,
    ) -> Result<JwtCheck, JsError> {
        let asked = asked(&nonce, &access_token, &verified).map_err(thrown)?;
        JwtCheck::of(self.facade.begin_proof(proof, &ProofRequest { method, url, ..asked }, whole(now)))
    }

    /// Every check of a proof, as JSON.
    #[wasm_bindgen(js_name = explainProof)]
    #[allow(clippy::too_many_arguments)]
    pub fn explain_proof(
        &self,
        proof: &str,
        method: &str,
        url: &str,
        nonce: Option<String>,
        access_token: Option<String>,
        verified: Option<JwtVerified>,
        now: f64,
    ) -> Result<String, JsError> {
        let asked = asked(&nonce, &access_token, &verified).map_err(thrown)?;
        let checks = self.facade.explain_proof(proof, &ProofRequest { method, url, ..asked }, whole(now));
        checks.map(|checks| checks.to_json()).map_err(thrown)
    }

    /// The issuer.
    pub fn issuer(&self) -> Option<String> {
        self.facade.issuer().map(str::to_owned)
    }

    /// Name of the profile.
    pub fn profile(&self) -> String {
        self.facade.profile().to_owned()
    }

    /// Hash of all settings.
    pub fn fingerprint(&self) -> Vec<u8> {
        self.facade.fingerprint().into()
    }

    /// The keys of a shared secret.
    #[wasm_bindgen(js_name = sharedKeys)]
    pub fn shared_keys(&self) -> Option<JwtKeySet> {
        self.facade.shared_keys().map(|facade| JwtKeySet { facade })
    }
}

#[wasm_bindgen]
impl JwtKeyCache {
    /// The sets, as bytes.
    pub fn snapshot(&self, mac_key: Option<Vec<u8>>) -> Result<Vec<u8>, JsError> {
        self.facade.snapshot(mac_key.as_deref()).map_err(thrown)
    }

    /// Takes of a snapshot what is trusted and newer; how many sets.
    pub fn restore(&self, bytes: &[u8], mac_key: Option<Vec<u8>>, now: f64) -> Result<usize, JsError> {
        self.facade.restore(bytes, mac_key.as_deref(), whole(now)).map_err(thrown)
    }
}

/// What a proof is held against, but for method and URL.
fn asked<'a>(
    nonce: &'a Option<String>,
    access_token: &'a Option<String>,
    verified: &'a Option<JwtVerified>,
) -> Result<ProofRequest<'a>, Error> {
    let access_token = match (access_token, verified) {
        (Some(token), Some(verified)) => Some((token.as_str(), &verified.facade)),
        (None, None) => None,
        // A token that is not verified must not pass for one without which nothing is compared.
        _ => return Err(Error::argument("accessToken", "not with what was verified")),
    };
    Ok(ProofRequest { method: "", url: "", access_token, nonce: nonce.as_deref() })
}

/// The value of `WWW-Authenticate` for a token that was refused, or for none.
#[wasm_bindgen(js_name = jwtChallenge)]
pub fn challenge(
    code: Option<String>,
    place: Option<String>,
    name: Option<String>,
    realm: &str,
) -> Result<String, JsError> {
    facade::token::challenge(parts(&code, &place, &name), realm).map_err(thrown)
}

/// The same for proofs of possession.
#[wasm_bindgen(js_name = jwtProofChallenge)]
pub fn proof_challenge(
    what: &str,
    code: Option<String>,
    place: Option<String>,
    name: Option<String>,
    realm: &str,
    algorithms: Vec<String>,
) -> Result<String, JsError> {
    let algorithms: Vec<&str> = algorithms.iter().map(String::as_str).collect();
    facade::token::proof_challenge(what, parts(&code, &place, &name), realm, &algorithms).map_err(thrown)
}

/// The codes of refusals, as JSON.
#[wasm_bindgen(js_name = jwtErrorCatalogue)]
pub fn token_catalogue() -> String {
    TOKEN_CATALOGUE.to_json()
}

/// An error without a code is none.
fn parts<'a>(
    code: &'a Option<String>,
    place: &'a Option<String>,
    name: &'a Option<String>,
) -> Option<(&'a str, &'a str, Option<&'a str>)> {
    Some((code.as_deref()?, place.as_deref().unwrap_or_default(), name.as_deref()))
}
