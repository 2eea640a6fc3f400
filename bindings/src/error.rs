//! One error for every language, with a code from one catalogue.

use std::fmt;

use edgewarden::scan::{BuildError, RuleSetError, ScanError};

/// What a host is told. The message holds no text of the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Stable snake_case code, one of [`CATALOGUE`].
    pub code: &'static str,
    /// For people: lower case, no full stop.
    pub message: String,
    /// Where in the input, in the host's unit; in bytes when the input was bytes.
    pub offset: Option<usize>,
    /// Which option, as a path such as `limits.findings`.
    pub field: Option<String>,
}

/// One code of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatalogueEntry {
    /// Stable snake_case code.
    pub code: &'static str,
    /// When it is given.
    pub when: &'static str,
}

/// Every code an [`Error`] can have.
pub const CATALOGUE: &[CatalogueEntry] = &[
    entry("invalid_utf8", "bytes that should be text are not UTF-8; the offset is the first byte outside a character"),
    entry("invalid_json", "a document is not JSON (RFC 8259); the offset is the first character that cannot follow"),
    entry("json_too_deep", "a document is nested deeper than limits.jsonDepth"),
    entry("input_too_large", "a document is longer than limits.inputBytes"),
    entry("invalid_session", "the bytes are not a session state of this version"),
    entry("invalid_thresholds", "a flag threshold lies above the block threshold of its origin"),
    entry("invalid_limits", "a limit is larger than the scanner can keep"),
    entry("rule_set_not_recognised", "the bytes do not begin with the mark of a rule set"),
    entry("rule_set_version_unsupported", "the rule set was written for another version of the format"),
    entry("rule_set_truncated", "the rule set ends inside a section"),
    entry("rule_set_inconsistent", "the rule set points outside its tables"),
    entry("invalid_option", "an option is unknown, of the wrong kind or outside its range; the field says which"),
    entry("invalid_argument", "an argument is of the wrong kind or outside its range; the field says which"),
    entry("closed", "the object was closed or finished before this call"),
    entry("blocked", "a stream that a host reads through was ended, because its text was blocked"),
    entry("not_initialized", "the WebAssembly module is not loaded yet"),
    entry("internal", "a fault of this library; the call had no effect that can be relied on"),
];

const fn entry(code: &'static str, when: &'static str) -> CatalogueEntry {
    CatalogueEntry { code, when }
}

impl Error {
    /// An error of that code, without a place.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), offset: None, field: None }
    }

    /// An option of the wrong kind.
    pub fn option(field: impl Into<String>, what: &str) -> Self {
        Self::of_option(field.into(), what)
    }

    fn of_option(field: String, what: &str) -> Self {
        Self { message: format!("option `{field}`: {what}"), field: Some(field), ..Self::new("invalid_option", "") }
    }

    /// An argument of the wrong kind.
    pub fn argument(field: &str, what: &str) -> Self {
        let message = format!("argument `{field}`: {what}");
        Self { field: Some(field.to_owned()), ..Self::new("invalid_argument", message) }
    }

    /// The object is closed.
    pub fn closed(what: &str) -> Self {
        Self::new("closed", format!("{what} is closed"))
    }

    #[cfg(panic = "unwind")]
    pub(crate) fn internal() -> Self {
        Self::new("internal", "a fault of this library")
    }

    /// A fault of a scan, with its offset as bytes.
    pub(crate) fn of_scan(error: &ScanError) -> Self {
        Self { offset: error.offset(), ..Self::new(error.code(), error.to_string()) }
    }
}

/// An error as one pointer, for calls that are asked often and seldom fail: what each of them returns is moved in parts else.
pub(crate) type Fault = Box<Error>;

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        *fault
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<BuildError> for Error {
    fn from(error: BuildError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<RuleSetError> for Error {
    fn from(error: RuleSetError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}
