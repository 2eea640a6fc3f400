//! What can be wrong with a rule file.

use std::fmt;
use std::path::{Path, PathBuf};

/// Stable name of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The file could not be read.
    Unreadable,
    /// The file is not TOML of the right shape.
    Syntax,
    /// A field holds a word that is not in its list.
    UnknownWord,
    /// The id differs from the file name or stands twice.
    Id,
    /// The rule has no body or more than one.
    Body,
    /// A set that no lexicon has.
    UnknownSet,
    /// A sequence pattern that cannot be read.
    Pattern,
    /// A regular expression that cannot run in linear time from one place, or whose automaton is too large.
    NotLinear,
    /// `matches` or `clean` is missing.
    Examples,
    /// An example of `matches` does not fire.
    Silent,
    /// An example of `clean` or an honest text fires.
    FalseAlarm,
    /// A table is full.
    TooLarge,
}

impl Code {
    /// Stable snake_case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Syntax => "syntax",
            Self::UnknownWord => "unknown_word",
            Self::Id => "id",
            Self::Body => "body",
            Self::UnknownSet => "unknown_set",
            Self::Pattern => "pattern",
            Self::NotLinear => "not_linear",
            Self::Examples => "examples",
            Self::Silent => "silent",
            Self::FalseAlarm => "false_alarm",
            Self::TooLarge => "too_large",
        }
    }
}

/// One fault in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// Kind of fault.
    pub code: Code,
    /// What exactly.
    pub detail: String,
}

impl Problem {
    pub(crate) fn new(file: &Path, code: Code, detail: impl Into<String>) -> Self {
        Self { file: file.to_owned(), code, detail: detail.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: [{}] {}", self.file.display(), self.code.name(), self.detail)
    }
}
