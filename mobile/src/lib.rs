//! Edgewarden's facade for UniFFI, one to one: what Swift and Kotlin see is generated from this crate.
//!
//! Offsets count UTF-16 code units. A call without a time takes the clock of the machine. A panic never leaves a call:
//! the facade answers it with the code `internal`. Records that hold text of the caller show sizes when printed.

// An error is written into a buffer for the host at once; nothing here passes it on.
#![allow(clippy::result_large_err)]

mod error;
mod functions;
mod names;
mod options;
mod pseudonym;
mod report;
mod scanner;
mod session;
mod stream;
mod token;

pub use error::{EdgewardenError, ErrorCode};
pub use functions::{
    CanarySpan, canary_find, canary_line, canary_word, error_catalogue, panic_probe, redact_text, version,
};
pub use names::{Category, Confidence, Decision, Layer, Origin, Preset, Severity, Strictness};
pub use options::{AllowEntry, Limits, OriginThresholds, ScannerOptions};
pub use pseudonym::{Original, Pseudonymized, Pseudonymizer};
pub use report::{Finding, JsonFinding, JsonReport, Redaction, ScanReport, StreamOutput};
pub use scanner::{PromptScanner, RuleInfo};
pub use session::SessionState;
pub use stream::StreamScanner;
pub use token::{
    AccessToken, CheckOutcome, Confirmation, Evidence, EvidenceKind, FetchTicket, HostCheck, KeyAnswer, KeyCache,
    KeyCacheOptions, KeyInfo, KeyLimits, KeySet, KeyState, KeyUpdate, KeyUpdateKind, PlausibleInfo, ProofChallenge,
    ProofRequest, RefusedKeyInfo, Retry, Step, TokenAlgorithm, TokenCache, TokenCheck, TokenLimits, TokenPlace,
    TokenProfile, TokenVerifier, VerifiedToken, VerifierOptions, challenge, proof_challenge,
};

uniffi::setup_scaffolding!("edgewarden");

/// Offsets and counts as the signed numbers that both languages use; texts end long before they do.
fn int(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Numbers of the facade stay below 2^53.
fn long(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
