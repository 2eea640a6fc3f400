//! Typed errors with stable codes. Messages never hold text of the caller.

use core::fmt;

use super::input::Origin;
use crate::text::json::JsonError;

/// Why a text was refused before any scanning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScanError {
    /// The bytes are not UTF-8.
    InvalidUtf8 {
        /// Offset of the first byte that is not part of a character.
        offset: usize,
    },
    /// The text is not JSON (RFC 8259).
    InvalidJson {
        /// Offset of the first byte that cannot follow what came before.
        offset: usize,
    },
    /// The JSON is nested deeper than [`Limits::json_depth`](super::Limits::json_depth).
    JsonTooDeep {
        /// Offset of the bracket that went too deep.
        offset: usize,
        /// The limit.
        depth_max: usize,
    },
    /// The text is longer than [`Limits::input_bytes`](super::Limits::input_bytes).
    InputTooLarge {
        /// Its length.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// The bytes are not a session state of this version.
    InvalidSession,
}

impl ScanError {
    /// Stable snake_case code, the same in every language.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidUtf8 { .. } => "invalid_utf8",
            Self::InvalidJson { .. } => "invalid_json",
            Self::JsonTooDeep { .. } => "json_too_deep",
            Self::InputTooLarge { .. } => "input_too_large",
            Self::InvalidSession => "invalid_session",
        }
    }

    /// Byte offset of the fault, where it has one.
    pub const fn offset(self) -> Option<usize> {
        match self {
            Self::InvalidUtf8 { offset } | Self::InvalidJson { offset } | Self::JsonTooDeep { offset, .. } => {
                Some(offset)
            }
            Self::InputTooLarge { .. } | Self::InvalidSession => None,
        }
    }
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidUtf8 { offset } => write!(f, "not UTF-8 at byte {offset}"),
            Self::InvalidJson { offset } => write!(f, "not JSON at byte {offset}"),
            Self::JsonTooDeep { offset, depth_max } => write!(f, "JSON deeper than {depth_max} at byte {offset}"),
            Self::InputTooLarge { bytes, bytes_max } => write!(f, "text of {bytes} bytes, limit {bytes_max}"),
            Self::InvalidSession => f.write_str("not a session state of this version"),
        }
    }
}

impl core::error::Error for ScanError {}

impl From<JsonError> for ScanError {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::Invalid { offset } | JsonError::DuplicateName { offset } | JsonError::TooMany { offset, .. } => {
                Self::InvalidJson { offset }
            }
            JsonError::TooDeep { offset, depth_max } => Self::JsonTooDeep { offset, depth_max },
        }
    }
}

/// Why a scanner could not be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// The flag threshold lies above the block threshold.
    Thresholds {
        /// For which origin.
        origin: Origin,
        /// Its flag threshold.
        flag: u16,
        /// Its block threshold.
        block: u16,
    },
    /// A limit is larger than the scanner can keep.
    Limits {
        /// The limit asked for.
        input_bytes: usize,
        /// The largest possible.
        max: usize,
    },
}

impl BuildError {
    /// Stable snake_case code, the same in every language.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Thresholds { .. } => "invalid_thresholds",
            Self::Limits { .. } => "invalid_limits",
        }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Thresholds { origin, flag, block } => {
                write!(f, "flag threshold {flag} above block threshold {block} for origin {}", origin.name())
            }
            Self::Limits { input_bytes, max } => write!(f, "input limit {input_bytes}, largest possible {max}"),
        }
    }
}

impl core::error::Error for BuildError {}
