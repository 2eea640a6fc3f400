//! What every language binding of Edgewarden is made of.
//!
//! The crates for WASM, Node, Python, Swift and Kotlin depend on this one alone and translate one to one:
//! - owned handles that are `Send + Sync` ([`Scanner`], [`Stream`], [`Session`], [`Pseudonymizer`]; for tokens those of [`token`]),
//! - plain data ([`Report`], [`Finding`], ...) with offsets already in the [`Unit`] of the host's strings,
//! - options as JSON ([`ScannerOptions::from_json`]) or as values,
//! - one [`Error`] with a code from one [catalogue](CATALOGUE).
//!
//! A panic in the core never crosses into a host: each call catches it and answers with the code `internal`. (In WASM a
//! panic is a trap; the JavaScript wrapper starts a new instance.) No decision about security is taken here.
#![forbid(unsafe_code)]

mod base64url;
mod canary;
mod error;
mod guard;
mod json;
mod offsets;
mod options;
mod pseudonym;
mod report;
mod scanner;
mod session;
mod stream;
pub mod token;

pub use canary::{canary_find, canary_line, canary_word};
pub use edgewarden::scan::{Category, Confidence, Decision, Layer, Origin, Preset, Severity, Strictness};
pub use error::{CATALOGUE, CatalogueEntry, Error};
pub use guard::panic_probe;
pub use json::ToJson;
pub use offsets::{HostText, Offsets, Unit};
pub use options::{AllowOption, LimitsOptions, OriginThresholds, ScannerOptions};
pub use pseudonym::{Pseudonymized, Pseudonymizer};
pub use report::{BatchItem, Finding, JsonFinding, JsonReport, Redaction, Report, StreamOutput};
pub use scanner::{RuleInfo, Scanner, redact};
pub use session::Session;
pub use stream::Stream;

/// Version of the library: `major.minor.patch`, the same in every language.
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
