//! Why bytes are not a model.

use core::fmt;

/// Why bytes are not a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelError {
    /// The bytes do not begin with the mark of a model.
    NotAModel,
    /// The model was written for another version of the format.
    UnsupportedVersion {
        /// Version found.
        found: u16,
        /// Version this library reads.
        supported: u16,
    },
    /// The model was trained on features that this library extracts differently.
    OtherExtractor {
        /// Fingerprint in the model.
        found: u32,
        /// Fingerprint of this library's extractor.
        expected: u32,
    },
    /// There are more or fewer bytes than the header says.
    WrongLength {
        /// Bytes found.
        found: usize,
        /// Bytes expected.
        expected: usize,
    },
    /// The header names a table, a layer or a block of a size that no model has.
    Inconsistent {
        /// Where in the bytes.
        offset: usize,
    },
    /// The bytes were damaged on their way.
    Damaged,
}

impl ModelError {
    /// Stable snake_case code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAModel => "model_not_recognised",
            Self::UnsupportedVersion { .. } => "model_version_unsupported",
            Self::OtherExtractor { .. } => "model_extractor_differs",
            Self::WrongLength { .. } => "model_length_wrong",
            Self::Inconsistent { .. } => "model_inconsistent",
            Self::Damaged => "model_damaged",
        }
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAModel => f.write_str("not a model"),
            Self::UnsupportedVersion { found, supported } => {
                write!(f, "model format {found}, this library reads {supported}")
            }
            Self::OtherExtractor { found, expected } => {
                write!(f, "model was trained with extractor {found:08x}, this library has {expected:08x}")
            }
            Self::WrongLength { found, expected } => write!(f, "model has {found} bytes, its header says {expected}"),
            Self::Inconsistent { offset } => write!(f, "model header says the impossible at byte {offset}"),
            Self::Damaged => f.write_str("model does not agree with its checksum"),
        }
    }
}

impl core::error::Error for ModelError {}
