//! Edgewarden's facade, one to one, as the module `edgewarden._native`. The package around it is in `python/`.
//!
//! Offsets count code points. Text with surrogates, which Python allows and UTF-8 does not, is scanned like any other.

mod error;
mod names;
mod pseudonym;
mod scanner;
mod state;
mod text;
mod token;
mod token_cache;
mod token_keys;
mod token_values;
mod values;

/// Native half of the package edgewarden.
#[pyo3::pymodule(name = "_native", gil_used = false)]
mod native {
    use pyo3::prelude::*;
    use pyo3::types::PyDict;

    #[pymodule_export]
    use crate::pseudonym::{Pseudonymized, Pseudonymizer, canary_find, canary_line, canary_word};
    #[pymodule_export]
    use crate::scanner::{RuleInfo, Scanner};
    #[pymodule_export]
    use crate::state::{SessionState, StreamScanner};
    #[pymodule_export]
    use crate::token::{ProofRequest, Verifier};
    #[pymodule_export]
    use crate::token_cache::{KeyAnswer, NativeKeyCache, TokenCache};
    #[pymodule_export]
    use crate::token_keys::{KeySet, challenge, proof_challenge};
    #[pymodule_export]
    use crate::token_values::{HostCheck, Step, VerifiedToken};
    #[pymodule_export]
    use crate::values::{Finding, JsonFinding, JsonReport, Redaction, ScanReport, StreamOutput};

    /// Return every code an error can have, with when it is given.
    #[pyfunction]
    fn error_catalogue(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
        let out = PyDict::new(py);
        for entry in edgewarden_bindings::CATALOGUE.iter().chain(edgewarden_bindings::token::TOKEN_CATALOGUE) {
            out.set_item(entry.code, entry.when)?;
        }
        Ok(out)
    }

    /// Panic inside: tests show with it that a panic becomes an InternalError.
    #[pyfunction]
    fn panic_probe(py: Python<'_>) -> PyResult<()> {
        edgewarden_bindings::panic_probe().map_err(|e| crate::error::raise(py, e))
    }

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::error::prepare(module.py())?;
        crate::names::prepare(module.py())?;
        module.add("__version__", edgewarden_bindings::version())
    }
}
