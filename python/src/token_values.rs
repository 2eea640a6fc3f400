//! What comes out of a verification: tokens, checks for the host, steps. None of them can be made by hand or pickled, so
//! that a verified token is one that was verified in this process.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use edgewarden_bindings::token as facade;
use edgewarden_bindings::token::TokenData;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyTuple};

use crate::error::{raise, refusal, refuse, wrong_type, wrong_value};
use crate::text::{Now, Text};

/// A token whose signature and claims were checked. Only a verifier makes one.
#[pyclass(frozen, module = "edgewarden.jwt")]
pub struct VerifiedToken {
    token: facade::VerifiedToken,
    data: OnceLock<TokenData>,
    claims: PyOnceLock<Py<PyAny>>,
}

#[pymethods]
impl VerifiedToken {
    /// The claims, as json.loads reads them. Data of the issuer: merge it into nothing.
    #[getter]
    fn claims<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let claims = self.claims.get_or_try_init(py, || {
            let read = CLAIMS_OF.import(py, VALUES, "claims_of")?;
            Ok::<_, PyErr>(read.call1((self.token.claims_json(),))?.unbind())
        })?;
        Ok(claims.bind(py).clone())
    }

    /// The claims set as the issuer wrote it.
    #[getter]
    fn claims_json(&self) -> &str {
        self.token.claims_json()
    }

    /// alg, typ, cty and kid of the header, as far as they are there.
    #[getter]
    fn header_json(&self) -> &str {
        &self.data().header_json
    }

    /// Name of the algorithm.
    #[getter]
    fn algorithm(&self) -> &'static str {
        self.data().algorithm
    }

    /// kid of the header.
    #[getter]
    fn kid(&self) -> Option<&str> {
        self.data().kid.as_deref()
    }

    /// iss
    #[getter]
    fn issuer(&self) -> Option<&str> {
        self.data().issuer.as_deref()
    }

    /// sub
    #[getter]
    fn subject(&self) -> Option<&str> {
        self.data().subject.as_deref()
    }

    /// aud, several or not.
    #[getter]
    fn audience<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.data().audience)
    }

    /// jti
    #[getter]
    fn token_id(&self) -> Option<&str> {
        self.data().token_id.as_deref()
    }

    /// exp, in milliseconds since 1970.
    #[getter]
    fn expires_at_ms(&self) -> Option<u64> {
        self.data().expires_at_ms
    }

    /// nbf, in milliseconds since 1970.
    #[getter]
    fn not_before_ms(&self) -> Option<u64> {
        self.data().not_before_ms
    }

    /// iat, in milliseconds since 1970.
    #[getter]
    fn issued_at_ms(&self) -> Option<u64> {
        self.data().issued_at_ms
    }

    /// From then on no call accepts it, leeway included; None for never.
    #[getter]
    fn valid_until_ms(&self) -> Option<u64> {
        self.data().valid_until_ms
    }

    /// cnf.jkt: the thumbprint of the key that a proof of possession must come from.
    #[getter]
    fn bound_key(&self) -> Option<&str> {
        self.data().bound_key.as_deref()
    }

    /// SHA-256 thumbprint (RFC 7638) of the key that it was verified with, base64url.
    #[getter]
    fn key_thumbprint(&self) -> &str {
        &self.data().key_thumbprint
    }

    /// The number that a key cache gave the key; 0 for a key of no cache.
    #[getter]
    fn key_generation(&self) -> u64 {
        self.data().key_generation
    }

    fn __eq__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let py = slf.py();
        let Ok(other) = other.cast::<Self>() else { return Ok(py.NotImplemented()) };
        let same = slf.get().token == other.get().token;
        Ok(same.into_pyobject(py)?.to_owned().into_any().unbind())
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        (self.token.claims_json(), &self.data().key_thumbprint).into_pyobject(py)?.hash()
    }

    fn __repr__(&self) -> String {
        format!("<VerifiedToken {} claims_bytes={}>", self.data().algorithm, self.token.claims_json().len())
    }
}

impl VerifiedToken {
    pub(crate) fn of(token: facade::VerifiedToken) -> Self {
        Self { token, data: OnceLock::new(), claims: PyOnceLock::new() }
    }

    pub(crate) fn from<'t>(value: &'t Bound<'_, PyAny>, field: &str) -> PyResult<&'t facade::VerifiedToken> {
        let token = value.cast::<Self>().map_err(|_| wrong_type(value.py(), field, "not a VerifiedToken"))?;
        Ok(&token.get().token)
    }

    fn data(&self) -> &TokenData {
        self.data.get_or_init(|| self.token.data())
    }
}

/// A token that lacks nothing but the check of its signature: the host verifies signature over signing_input with
/// key_jwk, then calls finish. After finish every other call raises ClosedError.
#[pyclass(frozen, module = "edgewarden.jwt")]
pub struct HostCheck {
    check: facade::HostCheck,
}

#[pymethods]
impl HostCheck {
    /// Name of the algorithm.
    #[getter]
    fn algorithm(&self, py: Python<'_>) -> PyResult<&'static str> {
        self.check.algorithm().map_err(|e| raise(py, e))
    }

    /// The key as a JWK of its required members; None for the shared secret, which the host has.
    #[getter]
    fn key_jwk(&self, py: Python<'_>) -> PyResult<Option<String>> {
        self.check.key_jwk().map_err(|e| raise(py, e))
    }

    /// kid of the key, for KeyCache.bad_signature.
    #[getter]
    fn key_kid(&self, py: Python<'_>) -> PyResult<Option<String>> {
        self.check.key_kid().map_err(|e| raise(py, e))
    }

    /// SHA-256 thumbprint (RFC 7638) of the key, base64url: import each key once.
    #[getter]
    fn key_thumbprint(&self, py: Python<'_>) -> PyResult<String> {
        self.check.key_thumbprint().map_err(|e| raise(py, e))
    }

    /// The bytes that are signed.
    #[getter]
    fn signing_input<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.check.signing_input().map(|bytes| PyBytes::new(py, &bytes)).map_err(|e| raise(py, e))
    }

    /// The signature; that of ECDSA as r and s side by side.
    #[getter]
    fn signature<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.check.signature().map(|bytes| PyBytes::new(py, &bytes)).map_err(|e| raise(py, e))
    }

    /// Go on to the next key that may be tried; False if there is none.
    fn next_key(&self, py: Python<'_>) -> PyResult<bool> {
        self.check.next_key().map_err(|e| raise(py, e))
    }

    /// End the verification with what the host says of the signature.
    #[pyo3(signature = (valid, *, now = Now::HOST))]
    #[pyo3(text_signature = "($self, valid, *, now=None)")]
    fn finish(&self, py: Python<'_>, valid: bool, now: Now) -> PyResult<VerifiedToken> {
        let now = now.required(py)?;
        self.check.finish(valid, now).map(VerifiedToken::of).map_err(|e| refuse(py, e))
    }

    fn __repr__(&self) -> &'static str {
        "<HostCheck>"
    }
}

impl HostCheck {
    pub(crate) fn of(check: facade::HostCheck) -> Self {
        Self { check }
    }
}

/// What to do about a token. A ticket beside a verdict is fetched without letting the request wait.
#[pyclass(frozen, module = "edgewarden.jwt")]
pub struct Step {
    /// verified, check (the host checks the signature), fetch, wait (others are fetching) or refused.
    #[pyo3(get)]
    kind: &'static str,
    /// The token, if it is verified.
    #[pyo3(get)]
    verified: Option<Py<VerifiedToken>>,
    /// The check, if it is the host's turn.
    #[pyo3(get)]
    check: Option<Py<HostCheck>>,
    /// What to fetch with: at once for fetch, else beside the verdict.
    #[pyo3(get)]
    ticket: Option<Py<PyAny>>,
    /// For wait: step again soon, and at this time, in milliseconds since 1970, at the latest.
    #[pyo3(get)]
    until_ms: Option<u64>,
    /// Why it is refused; not raised yet.
    #[pyo3(get)]
    error: Option<Py<PyAny>>,
}

#[pymethods]
impl Step {
    fn __repr__(&self) -> String {
        let ticket = if self.ticket.is_some() { "True" } else { "False" };
        format!("<Step {} ticket={ticket}>", self.kind)
    }
}

impl Step {
    pub(crate) fn of(py: Python<'_>, step: facade::Step) -> PyResult<Self> {
        let kind = step.name();
        let nothing = Self { kind, verified: None, check: None, ticket: None, until_ms: None, error: None };
        let issued = |ticket: Option<facade::FetchTicket>| ticket.map(|ticket| ticket_of(py, ticket)).transpose();
        Ok(match step {
            facade::Step::Verified(token, ticket) => {
                Self { verified: Some(Py::new(py, VerifiedToken::of(token))?), ticket: issued(ticket)?, ..nothing }
            }
            facade::Step::Check(check, ticket) => {
                Self { check: Some(Py::new(py, HostCheck::of(check))?), ticket: issued(ticket)?, ..nothing }
            }
            facade::Step::Fetch(ticket) => Self { ticket: issued(Some(ticket))?, ..nothing },
            facade::Step::Wait(until) => Self { until_ms: Some(until), ..nothing },
            facade::Step::Refused(error, ticket) => {
                Self { error: Some(refusal(py, error)?.unbind()), ticket: issued(ticket)?, ..nothing }
            }
        })
    }
}

/// A ticket as a value of the package.
pub fn ticket_of(py: Python<'_>, ticket: facade::FetchTicket) -> PyResult<Py<PyAny>> {
    let facade::FetchTicket { id, issuer, deadline_ms, etag } = ticket;
    Ok(FETCH_TICKET.import(py, VALUES, "FetchTicket")?.call1((id, issuer, deadline_ms, etag))?.unbind())
}

/// The answer of `plausible` as a value of the package.
pub fn plausible_of<'py>(py: Python<'py>, asked: &facade::PlausibleInfo) -> PyResult<Bound<'py, PyAny>> {
    PLAUSIBLE_INFO.import(py, VALUES, "PlausibleInfo")?.call1((asked.kid.as_deref(), asked.algorithm))
}

/// A check of an explanation as a value of the package.
pub fn check_of(py: Python<'_>, check: facade::TokenCheck) -> PyResult<Bound<'_, PyAny>> {
    let facade::TokenCheck { check, place, name, outcome, error, expected, got } = check;
    let error = error.map(|error| refusal(py, error)).transpose()?;
    TOKEN_CHECK.import(py, VALUES, "TokenCheck")?.call1((check, place, name, outcome, error, expected, got))
}

/// The argument `entropy`, or a random number of this process where it is not given. It spreads the retries of many hosts and
/// protects nothing; the number of the process keeps workers apart that were forked from one.
pub fn entropy_of(py: Python<'_>, given: Option<&Bound<'_, PyAny>>) -> PyResult<u64> {
    let Some(given) = given else {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_u32(std::process::id());
        hasher.write_u128(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos()));
        return Ok(hasher.finish() >> 11);
    };
    let entropy = whole_of(given, "entropy")?;
    if entropy >> 53 == 0 { Ok(entropy) } else { Err(wrong_value(py, "entropy", "not below 2^53")) }
}

/// A whole number that is not negative.
pub fn whole_of(value: &Bound<'_, PyAny>, field: &str) -> PyResult<u64> {
    let py = value.py();
    if value.is_instance_of::<pyo3::types::PyBool>() || !value.is_instance_of::<pyo3::types::PyInt>() {
        return Err(wrong_type(py, field, "not a whole number"));
    }
    value.extract().map_err(|_| wrong_value(py, field, "out of range"))
}

/// A string as the core reads it.
pub fn text_of(value: &Bound<'_, PyAny>, field: &str) -> PyResult<String> {
    Ok(Text::of(value, field)?.as_str().to_owned())
}

/// The same where it may be missing.
pub fn optional_text(value: Option<&Bound<'_, PyAny>>, field: &str) -> PyResult<Option<String>> {
    value.map(|value| text_of(value, field)).transpose()
}

/// Where the values of the package are. Imported when first needed: who only scans does without.
pub const VALUES: &str = "edgewarden._token_values";
static CLAIMS_OF: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static FETCH_TICKET: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static PLAUSIBLE_INFO: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static TOKEN_CHECK: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
