//! One typed error; its variants are the families of codes.

use std::fmt;

use edgewarden_bindings as facade;

/// Why a call has no answer. Every variant has the same members; the message holds no text of the caller.
#[derive(Debug, uniffi::Error)]
pub enum EdgewardenError {
    /// The input cannot be read: `invalid_utf8`, `invalid_json`, `json_too_deep`, `input_too_large`,
    /// `invalid_session`.
    Input {
        /// Stable snake_case code of the catalogue.
        code: String,
        /// For people: lower case, no full stop.
        reason: String,
        /// Where in the input, in UTF-16 code units; in bytes when the input was bytes.
        offset: Option<i32>,
        /// Which option or argument, as a path such as `limits.findings`.
        field: Option<String>,
    },
    /// A scanner cannot be built so: `invalid_option`, `invalid_thresholds`, `invalid_limits` and the codes of rule
    /// sets.
    Options {
        /// Stable snake_case code of the catalogue.
        code: String,
        /// For people: lower case, no full stop.
        reason: String,
        /// Where in the input, in UTF-16 code units; in bytes when the input was bytes.
        offset: Option<i32>,
        /// Which option or argument, as a path such as `limits.findings`.
        field: Option<String>,
    },
    /// An argument is outside its range: `invalid_argument`.
    Argument {
        /// Stable snake_case code of the catalogue.
        code: String,
        /// For people: lower case, no full stop.
        reason: String,
        /// Where in the input, in UTF-16 code units; in bytes when the input was bytes.
        offset: Option<i32>,
        /// Which option or argument, as a path such as `limits.findings`.
        field: Option<String>,
    },
    /// The object was closed or finished before the call: `closed`.
    Closed {
        /// Stable snake_case code of the catalogue.
        code: String,
        /// For people: lower case, no full stop.
        reason: String,
        /// Where in the input, in UTF-16 code units; in bytes when the input was bytes.
        offset: Option<i32>,
        /// Which option or argument, as a path such as `limits.findings`.
        field: Option<String>,
    },
    /// A fault of this library: `internal`.
    Internal {
        /// Stable snake_case code of the catalogue.
        code: String,
        /// For people: lower case, no full stop.
        reason: String,
        /// Where in the input, in UTF-16 code units; in bytes when the input was bytes.
        offset: Option<i32>,
        /// Which option or argument, as a path such as `limits.findings`.
        field: Option<String>,
    },
}

/// One code of the catalogue.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ErrorCode {
    /// Stable snake_case code.
    pub code: String,
    /// When it is given.
    pub meaning: String,
}

impl From<facade::Error> for EdgewardenError {
    fn from(error: facade::Error) -> Self {
        let facade::Error { code, message: reason, offset, field } = error;
        let offset = offset.map(crate::int);
        let family = code;
        let code = code.to_owned();
        match family {
            "invalid_utf8" | "invalid_json" | "json_too_deep" | "input_too_large" | "invalid_session" => {
                Self::Input { code, reason, offset, field }
            }
            "invalid_argument" => Self::Argument { code, reason, offset, field },
            "closed" => Self::Closed { code, reason, offset, field },
            "internal" | "not_initialized" => Self::Internal { code, reason, offset, field },
            _ => Self::Options { code, reason, offset, field },
        }
    }
}

impl fmt::Display for EdgewardenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input { reason, .. }
            | Self::Options { reason, .. }
            | Self::Argument { reason, .. }
            | Self::Closed { reason, .. }
            | Self::Internal { reason, .. } => f.write_str(reason),
        }
    }
}

impl std::error::Error for EdgewardenError {}
