//! Functions without an object.

use edgewarden_bindings as facade;

use crate::error::{EdgewardenError, ErrorCode};
use crate::report::{Redaction, redact};

/// Where a canary stands in a text.
#[derive(Clone, Debug, uniffi::Record)]
pub struct CanarySpan {
    /// First UTF-16 code unit.
    pub start: i32,
    /// One past the last.
    pub end: i32,
}

/// `text` with each of `redactions` replaced by its label. Fails with `invalid_argument` for a range that ends before it
/// begins.
#[uniffi::export]
pub fn redact_text(text: &str, redactions: Vec<Redaction>) -> Result<String, EdgewardenError> {
    redact(text, redactions)
}

/// The word of a prompt: 24 letters from HMAC-SHA-256 of `id` under `key`. Fails with `invalid_argument` for a key of
/// fewer than 16 bytes.
#[uniffi::export]
pub fn canary_word(key: Vec<u8>, id: &str) -> Result<String, EdgewardenError> {
    Ok(facade::canary_word(&key, id)?)
}

/// A line with the word, to put into a system prompt.
#[uniffi::export]
pub fn canary_line(word: &str) -> String {
    facade::canary_line(word)
}

/// Where `text` holds the word or at least half of it.
#[uniffi::export]
pub fn canary_find(word: &str, text: &str) -> Option<CanarySpan> {
    let mut offsets = facade::Offsets::new(text, facade::Unit::Utf16);
    let (start, end) = facade::canary_find(word, text, &mut offsets)?;
    Some(CanarySpan { start: crate::int(start), end: crate::int(end) })
}

/// Version of the library: `major.minor.patch`, the same in every language.
#[uniffi::export]
pub fn version() -> String {
    facade::version().to_owned()
}

/// Every code an error can have; those of tokens and keys come last.
#[uniffi::export]
pub fn error_catalogue() -> Vec<ErrorCode> {
    let code = |entry: &facade::CatalogueEntry| ErrorCode { code: entry.code.into(), meaning: entry.when.into() };
    facade::CATALOGUE.iter().chain(facade::token::TOKEN_CATALOGUE).map(code).collect()
}

/// Panics inside and fails with `internal`: tests show with it that a panic does not end the host.
#[uniffi::export]
pub fn panic_probe() -> Result<(), EdgewardenError> {
    Ok(facade::panic_probe()?)
}
