//! Edgewarden's facade for JavaScript engines, one to one.
//!
//! This is the raw interface behind `npm/src/api.js`, which checks arguments and builds what users see. Origins are
//! indices into [`Origin::ALL`](edgewarden_bindings::Origin::ALL), answers are JSON (`undefined` for a clean report), errors are
//! thrown `Error`s whose message is the error as JSON, and offsets count UTF-16 code units. A panic is a trap: the wrapper starts a
//! new instance then.
//!
//! Each module that ships is built with features of its own, so that a worker carries what it uses and nothing else.

#[cfg(feature = "full")]
mod full;
#[cfg(feature = "jwt-path")]
mod jwt;
#[cfg(feature = "scan")]
mod scan;
#[cfg(feature = "vectors")]
mod vectors;

use edgewarden_bindings as facade;
use edgewarden_bindings::{Error, ToJson};
use wasm_bindgen::prelude::*;

/// Version of the library.
#[wasm_bindgen]
pub fn version() -> String {
    facade::version().to_owned()
}

/// The codes of errors, as JSON.
#[cfg(any(feature = "scan", feature = "jwt"))]
#[wasm_bindgen(js_name = errorCatalogue)]
pub fn error_catalogue() -> String {
    facade::CATALOGUE.to_json()
}

/// Panics, which ends this instance.
#[wasm_bindgen(js_name = panicProbe)]
pub fn panic_probe() -> Result<(), JsError> {
    facade::panic_probe().map_err(thrown)
}

fn thrown(error: Error) -> JsError {
    JsError::new(&error.to_json())
}
