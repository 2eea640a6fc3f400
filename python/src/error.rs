//! Faults as exceptions of the package.

use edgewarden_bindings::token::VerifyError;
use edgewarden_bindings::{CATALOGUE, Error};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// Finds the makers of exceptions while Python still imports modules: an error may be raised while it shuts down.
pub fn prepare(py: Python<'_>) -> PyResult<()> {
    makers(py).map(|_| ())
}

/// The exception for `error`.
pub fn raise(py: Python<'_>, error: Error) -> PyErr {
    makers(py).and_then(|makers| build(py, &makers.of_code, error)).unwrap_or_else(|failed| failed)
}

/// The exception for an argument of the wrong type, which is a `TypeError` too.
pub fn wrong_type(py: Python<'_>, field: &str, what: &str) -> PyErr {
    let error = Error::argument(field, what);
    makers(py).and_then(|makers| build(py, &makers.of_type, error)).unwrap_or_else(|failed| failed)
}

/// The exception for an argument outside its range.
pub fn wrong_value(py: Python<'_>, field: &str, what: &str) -> PyErr {
    raise(py, Error::argument(field, what))
}

/// The exception for a token that is refused. A closed handle, or a fault of this library, is no verdict on a token: they are
/// raised as anywhere else.
pub fn refuse(py: Python<'_>, error: VerifyError) -> PyErr {
    match refusal(py, error) {
        Ok(made) => PyErr::from_value(made),
        Err(failed) => failed,
    }
}

/// The same as a value.
pub fn refusal(py: Python<'_>, error: VerifyError) -> PyResult<Bound<'_, PyAny>> {
    let makers = makers(py)?;
    if CATALOGUE.iter().any(|entry| entry.code == error.code) {
        return Err(build(py, &makers.of_code, Error::new(error.code, error.message))?);
    }
    let evidence = error.evidence.as_ref().map(|evidence| (evidence.kind, evidence.found, evidence.expected));
    let http_status = error.http_status();
    let VerifyError { code, place, name, retry, retry_at_ms, message, .. } = error;
    makers.of_verdict.bind(py).call1((code, message, place, name, retry, retry_at_ms, evidence, http_status))
}

struct Makers {
    of_code: Py<PyAny>,
    of_type: Py<PyAny>,
    of_verdict: Py<PyAny>,
}

fn makers(py: Python<'_>) -> PyResult<&Makers> {
    MAKERS.get_or_try_init(py, || {
        let module = py.import("edgewarden._errors")?;
        let maker = |name| module.getattr(name).map(Bound::unbind);
        Ok(Makers {
            of_code: maker("error_of")?,
            of_type: maker("type_error_of")?,
            of_verdict: maker("verify_error_of")?,
        })
    })
}

fn build(py: Python<'_>, maker: &Py<PyAny>, error: Error) -> PyResult<PyErr> {
    let made = maker.bind(py).call1((error.code, error.message, error.offset, error.field))?;
    Ok(PyErr::from_value(made))
}

static MAKERS: PyOnceLock<Makers> = PyOnceLock::new();
