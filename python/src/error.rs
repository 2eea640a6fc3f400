//! Faults as exceptions of the package.

use edgewarden_bindings::Error;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// The exception for `error`.
pub fn raise(py: Python<'_>, error: Error) -> PyErr {
    build(py, "error_of", error)
}

/// The exception for an argument of the wrong type, which is a `TypeError` too.
pub fn wrong_type(py: Python<'_>, field: &str, what: &str) -> PyErr {
    build(py, "type_error_of", Error::argument(field, what))
}

/// The exception for an argument outside its range.
pub fn wrong_value(py: Python<'_>, field: &str, what: &str) -> PyErr {
    raise(py, Error::argument(field, what))
}

fn build(py: Python<'_>, maker: &str, error: Error) -> PyErr {
    let made = MODULE
        .get_or_try_init(py, || py.import("edgewarden._errors").map(|module| module.unbind()))
        .and_then(|module| module.bind(py).getattr(maker))
        .and_then(|maker| maker.call1((error.code, error.message, error.offset, error.field)));
    made.map_or_else(|failed| failed, PyErr::from_value)
}

static MODULE: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
