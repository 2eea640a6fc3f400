//! The verifier of tokens, and the request that a proof of possession is for.

use edgewarden_bindings::token as facade;
use edgewarden_bindings::token::VerifierOptions;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::error::{raise, refuse, wrong_type};
use crate::text::{Now, Text, bytes_of, raise_in};
use crate::token_cache::{NativeKeyCache, TokenCache};
use crate::token_keys::KeySet;
use crate::token_values::{HostCheck, Step, VerifiedToken, check_of, entropy_of, optional_text, plausible_of, text_of};

/// Verifies on the native side; edgewarden.jwt.TokenVerifier adds what options need.
#[pyclass(frozen, subclass, module = "edgewarden._native")]
pub struct Verifier {
    verifier: facade::TokenVerifier,
    shared: Option<facade::KeySet>,
}

#[pymethods]
impl Verifier {
    #[new]
    #[pyo3(signature = (options, shared_secret = None, host_checks = false, /))]
    fn new(
        py: Python<'_>,
        options: &Bound<'_, PyAny>,
        shared_secret: Option<&Bound<'_, PyAny>>,
        host_checks: bool,
    ) -> PyResult<Self> {
        let json = Text::of(options, "options")?;
        let secret = shared_secret.map(|secret| bytes_of(secret, "shared_secret")).transpose()?;
        let options = VerifierOptions::from_json(json.as_str()).map_err(|e| raise_in(py, &json, e))?;
        let shared_secret = secret.map(|secret| secret.as_bytes().to_vec());
        let options = VerifierOptions { shared_secret, ..options };
        let built =
            if host_checks { facade::TokenVerifier::for_host(options) } else { facade::TokenVerifier::new(options) };
        let verifier = built.map_err(|e| raise(py, e))?;
        Ok(Self { shared: verifier.shared_keys(), verifier })
    }

    /// Verify a token. The keys may be left out where the verifier has a shared secret.
    #[pyo3(signature = (token, keys = None, *, now = Now::HOST))]
    #[pyo3(text_signature = "($self, token, keys=None, *, now=None)")]
    fn verify(&self, token: &Bound<'_, PyAny>, keys: Option<&Bound<'_, PyAny>>, now: Now) -> PyResult<VerifiedToken> {
        let py = token.py();
        let (token, keys, now) = (Text::of(token, "token")?, self.keys_of(py, keys)?, now.required(py)?);
        let verdict = py.detach(|| self.verifier.verify(token.as_str(), keys, now));
        verdict.map(VerifiedToken::of).map_err(|e| refuse(py, e))
    }

    /// Check all but the signature, which the host checks.
    #[pyo3(signature = (token, keys = None, *, now = Now::HOST))]
    #[pyo3(text_signature = "($self, token, keys=None, *, now=None)")]
    fn begin(&self, token: &Bound<'_, PyAny>, keys: Option<&Bound<'_, PyAny>>, now: Now) -> PyResult<HostCheck> {
        let py = token.py();
        let (token, keys, now) = (Text::of(token, "token")?, self.keys_of(py, keys)?, now.required(py)?);
        let begun = py.detach(|| self.verifier.begin(token.as_str(), keys, now));
        begun.map(HostCheck::of).map_err(|e| refuse(py, e))
    }

    /// Say what to do about a token with the keys that a cache has: the verdict, a fetch, or a wait.
    #[pyo3(signature = (token, key_cache, token_cache = None, *, now = Now::HOST, entropy = None))]
    #[pyo3(text_signature = "($self, token, key_cache, token_cache=None, *, now=None, entropy=None)")]
    fn step(
        &self,
        token: &Bound<'_, PyAny>,
        key_cache: &Bound<'_, PyAny>,
        token_cache: Option<&Bound<'_, PyAny>>,
        now: Now,
        entropy: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Step> {
        let py = token.py();
        let token = Text::of(token, "token")?;
        let keys = key_cache.cast::<NativeKeyCache>().map_err(|_| wrong_type(py, "key_cache", "not a KeyCache"))?;
        let tokens = token_cache
            .map(|tokens| tokens.cast::<TokenCache>().map_err(|_| wrong_type(py, "token_cache", "not a TokenCache")))
            .transpose()?;
        let (keys, tokens) = (keys.get().facade(), tokens.map(|tokens| tokens.get().facade()));
        let (now, entropy) = (now.required(py)?, entropy_of(py, entropy)?);
        let step = py.detach(|| self.verifier.step(token.as_str(), keys, tokens, now, entropy));
        Step::of(py, step.map_err(|e| raise(py, e))?)
    }

    /// Check all that needs no key, and say which key to have at hand. Anybody can have written what it answers.
    #[pyo3(signature = (token, *, now = Now::HOST))]
    #[pyo3(text_signature = "($self, token, *, now=None)")]
    fn plausible<'py>(&self, token: &Bound<'py, PyAny>, now: Now) -> PyResult<Bound<'py, PyAny>> {
        let py = token.py();
        let (token, now) = (Text::of(token, "token")?, now.required(py)?);
        let asked = py.detach(|| self.verifier.plausible(token.as_str(), now)).map_err(|e| refuse(py, e))?;
        plausible_of(py, &asked)
    }

    /// Return every check of verify with its outcome. It holds no text of the token.
    #[pyo3(signature = (token, keys = None, *, now = Now::HOST))]
    #[pyo3(text_signature = "($self, token, keys=None, *, now=None)")]
    fn explain<'py>(
        &self,
        token: &Bound<'py, PyAny>,
        keys: Option<&Bound<'py, PyAny>>,
        now: Now,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let py = token.py();
        let (token, keys, now) = (Text::of(token, "token")?, self.keys_of(py, keys)?, now.required(py)?);
        let checks = py.detach(|| self.verifier.explain(token.as_str(), keys, now)).map_err(|e| raise(py, e))?;
        checks.into_iter().map(|check| check_of(py, check)).collect()
    }

    /// Verify a proof of possession (RFC 9449) with the key in its header. For verifiers of the profile dpop_proof.
    #[pyo3(signature = (proof, request, *, now = Now::HOST))]
    #[pyo3(text_signature = "($self, proof, request, *, now=None)")]
    fn verify_proof(&self, proof: &Bound<'_, PyAny>, request: &Bound<'_, PyAny>, now: Now) -> PyResult<VerifiedToken> {
        let py = proof.py();
        let (proof, request, now) = (Text::of(proof, "proof")?, ProofRequest::from(request)?, now.required(py)?);
        let verdict = py.detach(|| self.verifier.verify_proof(proof.as_str(), &request.facade(), now));
        verdict.map(VerifiedToken::of).map_err(|e| refuse(py, e))
    }

    /// Check all of a proof but the signature, which the host checks.
    #[pyo3(signature = (proof, request, *, now = Now::HOST))]
    #[pyo3(text_signature = "($self, proof, request, *, now=None)")]
    fn begin_proof(&self, proof: &Bound<'_, PyAny>, request: &Bound<'_, PyAny>, now: Now) -> PyResult<HostCheck> {
        let py = proof.py();
        let (proof, request, now) = (Text::of(proof, "proof")?, ProofRequest::from(request)?, now.required(py)?);
        let begun = py.detach(|| self.verifier.begin_proof(proof.as_str(), &request.facade(), now));
        begun.map(HostCheck::of).map_err(|e| refuse(py, e))
    }

    /// Return every check of verify_proof with its outcome.
    #[pyo3(signature = (proof, request, *, now = Now::HOST))]
    #[pyo3(text_signature = "($self, proof, request, *, now=None)")]
    fn explain_proof<'py>(
        &self,
        proof: &Bound<'py, PyAny>,
        request: &Bound<'py, PyAny>,
        now: Now,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let py = proof.py();
        let (proof, request, now) = (Text::of(proof, "proof")?, ProofRequest::from(request)?, now.required(py)?);
        let checks = py.detach(|| self.verifier.explain_proof(proof.as_str(), &request.facade(), now));
        let checks = checks.map_err(|e| raise(py, e))?;
        checks.into_iter().map(|check| check_of(py, check)).collect()
    }

    /// The issuer whose tokens are accepted; None for verifiers of proofs of possession.
    #[getter]
    fn issuer(&self) -> Option<&str> {
        self.verifier.issuer()
    }

    /// Name of the profile.
    #[getter]
    fn profile(&self) -> &'static str {
        self.verifier.profile()
    }

    /// SHA-256 over all settings that can change a verdict.
    #[getter]
    fn fingerprint<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.verifier.fingerprint())
    }

    /// The keys of a verifier with a shared secret, else None.
    #[getter]
    fn shared_keys(&self) -> Option<KeySet> {
        self.shared.clone().map(KeySet::of)
    }
}

impl Verifier {
    pub(crate) fn facade(&self) -> &facade::TokenVerifier {
        &self.verifier
    }

    fn keys_of<'k>(&'k self, py: Python<'_>, keys: Option<&'k Bound<'_, PyAny>>) -> PyResult<&'k facade::KeySet> {
        match keys {
            Some(keys) => KeySet::from(keys),
            None => self.shared.as_ref().ok_or_else(|| wrong_type(py, "keys", "missing")),
        }
    }
}

/// The request that a proof of possession must be for. The URL is absolute, as the client sees it; access_token is the
/// token as it was sent, and verified the same token as it was verified.
#[pyclass(frozen, module = "edgewarden.jwt")]
pub struct ProofRequest {
    method: String,
    url: String,
    nonce: Option<String>,
    access: Option<(String, facade::VerifiedToken)>,
}

#[pymethods]
impl ProofRequest {
    #[new]
    #[pyo3(signature = (method, url, *, nonce = None, access_token = None, verified = None))]
    fn new(
        method: &Bound<'_, PyAny>,
        url: &Bound<'_, PyAny>,
        nonce: Option<&Bound<'_, PyAny>>,
        access_token: Option<&Bound<'_, PyAny>>,
        verified: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let py = method.py();
        let access = match (optional_text(access_token, "access_token")?, verified) {
            (None, None) => None,
            (Some(token), Some(verified)) => Some((token, VerifiedToken::from(verified, "verified")?.clone())),
            // One without the other would leave out the check that binds them.
            (Some(_), None) => return Err(wrong_type(py, "verified", "missing beside access_token")),
            (None, Some(_)) => return Err(wrong_type(py, "access_token", "missing beside verified")),
        };
        let (method, url) = (text_of(method, "method")?, text_of(url, "url")?);
        Ok(Self { method, url, nonce: optional_text(nonce, "nonce")?, access })
    }

    /// The HTTP method.
    #[getter]
    fn method(&self) -> &str {
        &self.method
    }

    /// The absolute URL.
    #[getter]
    fn url(&self) -> &str {
        &self.url
    }

    fn __repr__(&self) -> String {
        let truth = |is_there| if is_there { "True" } else { "False" };
        let (nonce, access) = (truth(self.nonce.is_some()), truth(self.access.is_some()));
        format!("<ProofRequest nonce={nonce} access_token={access}>")
    }
}

impl ProofRequest {
    fn from<'r>(request: &'r Bound<'_, PyAny>) -> PyResult<&'r Self> {
        let cast = request.cast::<Self>().map_err(|_| wrong_type(request.py(), "request", "not a ProofRequest"))?;
        Ok(cast.get())
    }

    fn facade(&self) -> facade::ProofRequest<'_> {
        facade::ProofRequest {
            method: &self.method,
            url: &self.url,
            access_token: self.access.as_ref().map(|(token, verified)| (token.as_str(), verified)),
            nonce: self.nonce.as_deref(),
        }
    }
}
