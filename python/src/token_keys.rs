//! Keys to verify with, and what is answered to a refused request.

use edgewarden_bindings::token as facade;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyTuple;

use crate::error::{raise, wrong_type};
use crate::text::{Text, bytes_of, raise_in};
use crate::token_values::{VALUES, optional_text, text_of};

/// Keys that any number of threads may verify with.
#[pyclass(frozen, module = "edgewarden.jwt")]
pub struct KeySet {
    keys: facade::KeySet,
}

#[pymethods]
impl KeySet {
    /// Return the public keys of a JWK set (RFC 7517). A key that cannot be used does not spoil the others: see refused.
    #[staticmethod]
    #[pyo3(signature = (jwks, limits = None))]
    fn from_jwks(jwks: &Bound<'_, PyAny>, limits: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let py = jwks.py();
        let jwks = Text::of(jwks, "jwks")?;
        let limits = limits.map(|limits| {
            let json = KEY_LIMITS_JSON.import(py, "edgewarden._token_options", "key_limits_json")?.call1((limits,))?;
            json.extract::<String>()
        });
        let keys = facade::KeySet::from_jwks(jwks.as_str(), limits.transpose()?.as_deref());
        keys.map(Self::of).map_err(|e| raise_in_bytes(py, &jwks, e))
    }

    /// Return a set of one public key.
    #[staticmethod]
    #[pyo3(signature = (jwk, /))]
    fn from_jwk(jwk: &Bound<'_, PyAny>) -> PyResult<Self> {
        let jwk_text = Text::of(jwk, "jwk")?;
        let keys = facade::KeySet::from_jwk(jwk_text.as_str());
        keys.map(Self::of).map_err(|e| raise_in_bytes(jwk.py(), &jwk_text, e))
    }

    /// Return a set of one shared secret for these HMAC algorithms.
    #[staticmethod]
    #[pyo3(signature = (secret, algorithms, *, kid = None))]
    fn from_secret(
        secret: &Bound<'_, PyAny>,
        algorithms: &Bound<'_, PyAny>,
        kid: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let py = secret.py();
        let (secret, kid) = (bytes_of(secret, "secret")?, optional_text(kid, "kid")?);
        let algorithms = names_of(algorithms)?;
        let algorithms: Vec<&str> = algorithms.iter().map(String::as_str).collect();
        let keys = facade::KeySet::from_secret(secret.as_bytes(), kid.as_deref(), &algorithms);
        keys.map(Self::of).map_err(|e| raise(py, e))
    }

    /// The usable keys.
    #[getter]
    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let class = KEY_INFO.import(py, VALUES, "KeyInfo")?;
        let info = |key: facade::KeyInfo| {
            let algorithms = PyTuple::new(py, key.algorithms)?;
            class.call1((key.kid, algorithms, key.thumbprint, key.generation))
        };
        PyTuple::new(py, self.keys.keys().into_iter().map(info).collect::<PyResult<Vec<_>>>()?)
    }

    /// The keys that cannot be used, and why.
    #[getter]
    fn refused<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let class = REFUSED_KEY_INFO.import(py, VALUES, "RefusedKeyInfo")?;
        let info = |key: facade::RefusedKeyInfo| class.call1((key.index, key.kid, key.code));
        PyTuple::new(py, self.keys.refused().into_iter().map(info).collect::<PyResult<Vec<_>>>()?)
    }

    /// Number that a key cache gave this set; 0 for a set of no cache.
    #[getter]
    fn revision(&self) -> u64 {
        self.keys.revision()
    }

    fn __eq__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let py = slf.py();
        let Ok(other) = other.cast::<Self>() else { return Ok(py.NotImplemented()) };
        let same = slf.get().keys == other.get().keys;
        Ok(same.into_pyobject(py)?.to_owned().into_any().unbind())
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        let thumbprints: Vec<String> = self.keys.keys().into_iter().map(|key| key.thumbprint).collect();
        PyTuple::new(py, thumbprints)?.hash()
    }

    fn __repr__(&self) -> String {
        format!("<KeySet keys={} refused={}>", self.keys.keys().len(), self.keys.refused().len())
    }
}

impl KeySet {
    pub(crate) fn of(keys: facade::KeySet) -> Self {
        Self { keys }
    }

    pub(crate) fn from<'k>(value: &'k Bound<'_, PyAny>) -> PyResult<&'k facade::KeySet> {
        let keys = value.cast::<Self>().map_err(|_| wrong_type(value.py(), "keys", "not a KeySet"))?;
        Ok(&keys.get().keys)
    }
}

/// Return the value of WWW-Authenticate for the scheme Bearer (RFC 6750): of a VerifyError, or of None for a request
/// without a token.
#[pyfunction]
#[pyo3(signature = (error = None, *, realm = None))]
#[pyo3(text_signature = "(error=None, *, realm='')")]
pub fn challenge(
    py: Python<'_>,
    error: Option<&Bound<'_, PyAny>>,
    realm: Option<&Bound<'_, PyAny>>,
) -> PyResult<String> {
    let (parts, realm) = (error.map(Parts::of).transpose()?, optional_text(realm, "realm")?.unwrap_or_default());
    facade::challenge(parts.as_ref().map(Parts::borrowed), &realm).map_err(|e| raise(py, e))
}

/// Return the same for the scheme DPoP (RFC 9449). what: missing, token (the access token was refused), proof (the proof was)
/// or nonce_needed.
#[pyfunction]
#[pyo3(signature = (what, error = None, *, realm = None, algorithms = None))]
#[pyo3(text_signature = "(what, error=None, *, realm='', algorithms=())")]
pub fn proof_challenge(
    what: &Bound<'_, PyAny>,
    error: Option<&Bound<'_, PyAny>>,
    realm: Option<&Bound<'_, PyAny>>,
    algorithms: Option<&Bound<'_, PyAny>>,
) -> PyResult<String> {
    let py = what.py();
    let what = text_of(what, "what")?;
    let (parts, realm) = (error.map(Parts::of).transpose()?, optional_text(realm, "realm")?.unwrap_or_default());
    let algorithms = algorithms.map(names_of).transpose()?.unwrap_or_default();
    let algorithms: Vec<&str> = algorithms.iter().map(String::as_str).collect();
    let answer = facade::proof_challenge(&what, parts.as_ref().map(Parts::borrowed), &realm, &algorithms);
    answer.map_err(|e| raise(py, e))
}

/// What a challenge tells of an exception.
struct Parts {
    code: String,
    place: String,
    part: Option<String>,
}

impl Parts {
    fn of(error: &Bound<'_, PyAny>) -> PyResult<Self> {
        let wrong = |_| wrong_type(error.py(), "error", "not a VerifyError");
        let place = error.getattr("place").and_then(|place| place.extract()).map_err(wrong)?;
        let part = error.getattr("part").and_then(|part| part.extract()).map_err(wrong)?;
        let code = error.getattr("code").and_then(|code| code.extract()).map_err(wrong)?;
        Ok(Self { code, place, part })
    }

    fn borrowed(&self) -> (&str, &str, Option<&str>) {
        (&self.code, &self.place, self.part.as_deref())
    }
}

/// The names of algorithms: any iterable of strings but a string, whose letters are no names.
fn names_of(algorithms: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let wrong = || wrong_type(algorithms.py(), "algorithms", "not a list of strings");
    if algorithms.is_instance_of::<pyo3::types::PyString>() {
        return Err(wrong());
    }
    let names = algorithms.try_iter().map_err(|_| wrong())?;
    names.map(|name| text_of(&name?, "algorithms")).collect()
}

/// A place in a document counts code points here, as in every other call that takes text.
fn raise_in_bytes(py: Python<'_>, text: &Text, mut error: edgewarden_bindings::Error) -> PyErr {
    if let Some(place) = &mut error.offset {
        let before = text.as_str().as_bytes().iter().take(*place).filter(|byte| **byte & 0xC0 != 0x80);
        *place = before.count();
    }
    raise_in(py, text, error)
}

static KEY_LIMITS_JSON: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static KEY_INFO: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static REFUSED_KEY_INFO: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
