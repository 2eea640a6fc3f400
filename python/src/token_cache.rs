//! Keys of issuers as they age, and verified tokens that are kept.

use edgewarden_bindings::token as facade;
use edgewarden_bindings::token::KeyCacheOptions;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyString, PyTuple};

use crate::error::{raise, refusal, wrong_type};
use crate::text::{Now, Text, bytes_of, raise_in};
use crate::token::Verifier;
use crate::token_keys::KeySet;
use crate::token_values::{VALUES, VerifiedToken, entropy_of, optional_text, text_of, ticket_of, whole_of};

/// Keeps keys on the native side; edgewarden.jwt.KeyCache adds what options need.
#[pyclass(frozen, subclass, module = "edgewarden._native")]
pub struct NativeKeyCache {
    cache: facade::KeyCache,
}

#[pymethods]
impl NativeKeyCache {
    #[new]
    #[pyo3(signature = (options, /))]
    fn new(py: Python<'_>, options: &Bound<'_, PyAny>) -> PyResult<Self> {
        let json = Text::of(options, "options")?;
        let options = KeyCacheOptions::from_json(json.as_str()).map_err(|e| raise_in(py, &json, e))?;
        Ok(Self { cache: facade::KeyCache::new(options).map_err(|e| raise(py, e))? })
    }

    /// Let the cache keep keys of this issuer, the exact value of iss. Never one that a token merely names.
    #[pyo3(signature = (issuer, /))]
    fn trust(&self, issuer: &Bound<'_, PyAny>) -> PyResult<()> {
        let (py, issuer) = (issuer.py(), text_of(issuer, "issuer")?);
        py.detach(|| self.cache.trust(&issuer)).map_err(|e| raise(py, e))
    }

    /// Drop an issuer and its keys.
    #[pyo3(signature = (issuer, /))]
    fn forget(&self, issuer: &Bound<'_, PyAny>) -> PyResult<()> {
        let (py, issuer) = (issuer.py(), text_of(issuer, "issuer")?);
        py.detach(|| self.cache.forget(&issuer)).map_err(|e| raise(py, e))
    }

    /// The trusted issuers, in the order they were trusted in.
    #[getter]
    fn issuers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, py.detach(|| self.cache.issuers()).map_err(|e| raise(py, e))?)
    }

    /// Return the keys of an issuer for a token that names kid, or say what to do before there are any. plausible: all
    /// about the token that needs no key is right.
    #[pyo3(signature = (issuer, kid = None, plausible = true, *, now = Now::HOST, entropy = None))]
    #[pyo3(text_signature = "($self, issuer, kid=None, plausible=True, *, now=None, entropy=None)")]
    fn keys(
        &self,
        issuer: &Bound<'_, PyAny>,
        kid: Option<&Bound<'_, PyAny>>,
        plausible: bool,
        now: Now,
        entropy: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<KeyAnswer> {
        let py = issuer.py();
        let (issuer, kid) = (text_of(issuer, "issuer")?, optional_text(kid, "kid")?);
        let (now, entropy) = (now.required(py)?, entropy_of(py, entropy)?);
        let answer = py.detach(|| self.cache.keys(&issuer, kid.as_deref(), plausible, now, entropy));
        KeyAnswer::of(py, answer.map_err(|e| raise(py, e))?)
    }

    /// Tell that a fetch brought a document with status 200. max_age_secs: max-age of Cache-Control less Age. A document that
    /// is no key set is a failed fetch, not an error.
    #[pyo3(signature = (ticket, body, max_age_secs = None, etag = None, *, now = Now::HOST))]
    #[pyo3(text_signature = "($self, ticket, body, max_age_secs=None, etag=None, *, now=None)")]
    fn fetched<'py>(
        &self,
        ticket: &Bound<'py, PyAny>,
        body: &Bound<'py, PyAny>,
        max_age_secs: Option<&Bound<'py, PyAny>>,
        etag: Option<&Bound<'py, PyAny>>,
        now: Now,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = ticket.py();
        let (ticket, body) = (ticket_id(ticket)?, bytes_of(body, "body")?);
        let max_age = max_age_secs.map(|secs| whole_of(secs, "max_age_secs")).transpose()?;
        let (etag, now, body) = (optional_text(etag, "etag")?, now.required(py)?, body.as_bytes());
        let update = py.detach(|| self.cache.fetched(&ticket, body, max_age, etag.as_deref(), now));
        update_of(py, update.map_err(|e| raise(py, e))?)
    }

    /// Tell that a fetch was answered with status 304.
    #[pyo3(signature = (ticket, max_age_secs = None, *, now = Now::HOST))]
    #[pyo3(text_signature = "($self, ticket, max_age_secs=None, *, now=None)")]
    fn not_modified<'py>(
        &self,
        ticket: &Bound<'py, PyAny>,
        max_age_secs: Option<&Bound<'py, PyAny>>,
        now: Now,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, ticket) = (ticket.py(), ticket_id(ticket)?);
        let max_age = max_age_secs.map(|secs| whole_of(secs, "max_age_secs")).transpose()?;
        let now = now.required(py)?;
        let update = py.detach(|| self.cache.not_modified(&ticket, max_age, now));
        update_of(py, update.map_err(|e| raise(py, e))?)
    }

    /// Tell that a fetch brought another status, or nothing.
    #[pyo3(signature = (ticket, *, now = Now::HOST))]
    #[pyo3(text_signature = "($self, ticket, *, now=None)")]
    fn failed<'py>(&self, ticket: &Bound<'py, PyAny>, now: Now) -> PyResult<Bound<'py, PyAny>> {
        let (py, ticket) = (ticket.py(), ticket_id(ticket)?);
        let now = now.required(py)?;
        let update = py.detach(|| self.cache.failed(&ticket, now));
        update_of(py, update.map_err(|e| raise(py, e))?)
    }

    /// Tell that a signature did not verify with the key of kid; returns a ticket if it is time to fetch. The token need not
    /// wait for that.
    #[pyo3(signature = (issuer, kid = None, *, now = Now::HOST, entropy = None))]
    #[pyo3(text_signature = "($self, issuer, kid=None, *, now=None, entropy=None)")]
    fn bad_signature(
        &self,
        issuer: &Bound<'_, PyAny>,
        kid: Option<&Bound<'_, PyAny>>,
        now: Now,
        entropy: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<Py<PyAny>>> {
        let py = issuer.py();
        let (issuer, kid) = (text_of(issuer, "issuer")?, optional_text(kid, "kid")?);
        let (now, entropy) = (now.required(py)?, entropy_of(py, entropy)?);
        let ticket = py.detach(|| self.cache.bad_signature(&issuer, kid.as_deref(), now, entropy));
        ticket.map_err(|e| raise(py, e))?.map(|ticket| ticket_of(py, ticket)).transpose()
    }

    /// Return how the cache stands with an issuer: empty, fresh, stale or refreshing; None for one that is not trusted.
    #[pyo3(signature = (issuer, *, now = Now::HOST))]
    #[pyo3(text_signature = "($self, issuer, *, now=None)")]
    fn state(&self, issuer: &Bound<'_, PyAny>, now: Now) -> PyResult<Option<&'static str>> {
        let (py, issuer) = (issuer.py(), text_of(issuer, "issuer")?);
        let now = now.required(py)?;
        py.detach(|| self.cache.state(&issuer, now)).map_err(|e| raise(py, e))
    }

    /// Return the sets that the cache holds as bytes. With mac_key, 32 random bytes, they are authenticated: without, whoever
    /// can write into the store can put keys of their own there.
    #[pyo3(signature = (mac_key = None))]
    fn snapshot<'py>(&self, py: Python<'py>, mac_key: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyBytes>> {
        let mac_key = mac_key.map(|key| bytes_of(key, "mac_key")).transpose()?;
        let mac_key = mac_key.as_ref().map(|key| key.as_bytes());
        let bytes = py.detach(|| self.cache.snapshot(mac_key)).map_err(|e| raise(py, e))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Take of a snapshot what is trusted and newer than what is held; returns how many sets.
    #[pyo3(signature = (data, mac_key = None, *, now = Now::HOST))]
    #[pyo3(text_signature = "($self, data, mac_key=None, *, now=None)")]
    fn restore(&self, data: &Bound<'_, PyAny>, mac_key: Option<&Bound<'_, PyAny>>, now: Now) -> PyResult<usize> {
        let (py, data) = (data.py(), bytes_of(data, "data")?);
        let mac_key = mac_key.map(|key| bytes_of(key, "mac_key")).transpose()?;
        let (data, mac_key) = (data.as_bytes(), mac_key.as_ref().map(|key| key.as_bytes()));
        let now = now.required(py)?;
        py.detach(|| self.cache.restore(data, mac_key, now)).map_err(|e| raise(py, e))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let issuers = py.detach(|| self.cache.issuers()).map_err(|e| raise(py, e))?;
        Ok(format!("<KeyCache issuers={}>", issuers.len()))
    }
}

impl NativeKeyCache {
    pub(crate) fn facade(&self) -> &facade::KeyCache {
        &self.cache
    }
}

/// What a key cache says about a token's keys.
#[pyclass(frozen, module = "edgewarden.jwt")]
pub struct KeyAnswer {
    /// use, use_and_refresh, fetch, wait (others are fetching) or unavailable.
    #[pyo3(get)]
    kind: &'static str,
    /// The keys to verify with.
    #[pyo3(get)]
    keys: Option<Py<KeySet>>,
    /// What to fetch with: at once for fetch, else without letting the token wait.
    #[pyo3(get)]
    ticket: Option<Py<PyAny>>,
    /// For wait: ask again soon, and at this time, in milliseconds since 1970, at the latest.
    #[pyo3(get)]
    until_ms: Option<u64>,
    /// Why there are none; not raised yet.
    #[pyo3(get)]
    error: Option<Py<PyAny>>,
}

#[pymethods]
impl KeyAnswer {
    fn __repr__(&self) -> String {
        format!("<KeyAnswer {}>", self.kind)
    }
}

impl KeyAnswer {
    fn of(py: Python<'_>, answer: facade::KeyAnswer) -> PyResult<Self> {
        let nothing = Self { kind: answer.name(), keys: None, ticket: None, until_ms: None, error: None };
        let set = |keys| Py::new(py, KeySet::of(keys)).map(Some);
        Ok(match answer {
            facade::KeyAnswer::Use(keys) => Self { keys: set(keys)?, ..nothing },
            facade::KeyAnswer::UseAndRefresh(keys, ticket) => {
                Self { keys: set(keys)?, ticket: Some(ticket_of(py, ticket)?), ..nothing }
            }
            facade::KeyAnswer::Fetch(ticket) => Self { ticket: Some(ticket_of(py, ticket)?), ..nothing },
            facade::KeyAnswer::Wait(until) => Self { until_ms: Some(until), ..nothing },
            facade::KeyAnswer::Unavailable(error) => Self { error: Some(refusal(py, error)?.unbind()), ..nothing },
        })
    }
}

/// A bounded cache of verified tokens. Each hit checks times and key anew; a deny list is yours to ask on every request.
/// bytes_max: about how much it holds (default: 4 MiB); a usual token takes 3 KiB.
#[pyclass(frozen, module = "edgewarden.jwt")]
pub struct TokenCache {
    cache: facade::TokenCache,
}

#[pymethods]
impl TokenCache {
    #[new]
    #[pyo3(signature = (bytes_max = None))]
    #[pyo3(text_signature = "(bytes_max=4194304)")]
    fn new(bytes_max: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let bytes_max = bytes_max.map(|bytes| whole_of(bytes, "bytes_max")).transpose()?;
        Ok(Self { cache: facade::TokenCache::new(bytes_max.unwrap_or(4 << 20)) })
    }

    /// Return what the verifier said about this very token, if it would say the same with these keys now.
    #[pyo3(signature = (verifier, token, keys, *, now = Now::HOST))]
    #[pyo3(text_signature = "($self, verifier, token, keys, *, now=None)")]
    fn get(
        &self,
        verifier: &Bound<'_, PyAny>,
        token: &Bound<'_, PyAny>,
        keys: &Bound<'_, PyAny>,
        now: Now,
    ) -> PyResult<Option<VerifiedToken>> {
        let py = token.py();
        let (verifier, token) = (verifier_of(verifier)?, Text::of(token, "token")?);
        let (keys, now) = (KeySet::from(keys)?, now.required(py)?);
        let found = py.detach(|| self.cache.get(verifier, token.as_str(), keys, now));
        Ok(found.map_err(|e| raise(py, e))?.map(VerifiedToken::of))
    }

    /// Keep a token that the verifier has just verified; False if it is not kept.
    #[pyo3(signature = (verifier, token, verified))]
    fn insert(
        &self,
        verifier: &Bound<'_, PyAny>,
        token: &Bound<'_, PyAny>,
        verified: &Bound<'_, PyAny>,
    ) -> PyResult<bool> {
        let py = token.py();
        let (verifier, token) = (verifier_of(verifier)?, Text::of(token, "token")?);
        let verified = VerifiedToken::from(verified, "verified")?;
        py.detach(|| self.cache.insert(verifier, token.as_str(), verified)).map_err(|e| raise(py, e))
    }

    /// Drop a token, as after a logout; says whether it was there.
    #[pyo3(signature = (verifier, token))]
    fn forget(&self, verifier: &Bound<'_, PyAny>, token: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = token.py();
        let (verifier, token) = (verifier_of(verifier)?, Text::of(token, "token")?);
        py.detach(|| self.cache.forget(verifier, token.as_str())).map_err(|e| raise(py, e))
    }

    /// Drop all tokens.
    fn clear(&self, py: Python<'_>) {
        py.detach(|| self.cache.clear());
    }

    /// Bytes held, roughly.
    #[getter]
    fn bytes(&self, py: Python<'_>) -> usize {
        py.detach(|| self.cache.bytes())
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        py.detach(|| self.cache.len())
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!("<TokenCache tokens={} bytes={}>", self.__len__(py), self.bytes(py))
    }
}

impl TokenCache {
    pub(crate) fn facade(&self) -> &facade::TokenCache {
        &self.cache
    }
}

fn verifier_of<'v>(value: &'v Bound<'_, PyAny>) -> PyResult<&'v facade::TokenVerifier> {
    let verifier = value.cast::<Verifier>().map_err(|_| wrong_type(value.py(), "verifier", "not a TokenVerifier"))?;
    Ok(verifier.get().facade())
}

/// A ticket, or its id alone.
fn ticket_id(ticket: &Bound<'_, PyAny>) -> PyResult<String> {
    if ticket.is_instance_of::<PyString>() {
        return text_of(ticket, "ticket");
    }
    let id = ticket.getattr("id").map_err(|_| wrong_type(ticket.py(), "ticket", "not a FetchTicket"))?;
    text_of(&id, "ticket")
}

fn update_of(py: Python<'_>, update: facade::KeyUpdate) -> PyResult<Bound<'_, PyAny>> {
    let facade::KeyUpdate { kind, added, removed, refused, fresh_until_ms, reason, retry_at_ms } = update;
    let class = KEY_UPDATE.import(py, VALUES, "KeyUpdate")?;
    class.call1((kind, added, removed, refused, fresh_until_ms, reason, retry_at_ms))
}

static KEY_UPDATE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
