//! What can be wrong with the data.

use std::fmt;
use std::path::{Path, PathBuf};

/// Kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// A file or folder of the project's own cannot be read as UTF-8 text.
    Unreadable,
    /// A corpus file is not there.
    MissingCorpus,
    /// A line starts with `@` and no attribute has that name.
    UnknownAttribute,
    /// An attribute's value is not in its list.
    UnknownValue,
    /// A text stands before the first `@label`.
    MissingLabel,
    /// `@slot` without a name, without entries or with an empty entry.
    Slot,
    /// `@expand` without a number from 1 to 100.
    Expand,
    /// A line of a corpus is not an object with the expected fields.
    CorpusRow,
    /// A rule of the label review cannot be read.
    ReviewRule,
    /// A request frame does not hold its place for the material exactly once.
    Frame,
}

impl Code {
    /// Stable snake_case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::MissingCorpus => "missing_corpus",
            Self::UnknownAttribute => "unknown_attribute",
            Self::UnknownValue => "unknown_value",
            Self::MissingLabel => "missing_label",
            Self::Slot => "slot",
            Self::Expand => "expand",
            Self::CorpusRow => "corpus_row",
            Self::ReviewRule => "review_rule",
            Self::Frame => "frame",
        }
    }
}

/// One fault in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataError {
    /// Kind of fault.
    pub code: Code,
    /// The file or folder.
    pub file: PathBuf,
    /// Line from 1; 0 for the whole file.
    pub line: usize,
    /// What to do about it, never the text of a row.
    pub detail: String,
}

impl DataError {
    pub(super) fn new(code: Code, file: &Path, line: usize, detail: impl Into<String>) -> Self {
        Self { code, file: file.to_owned(), line, detail: detail.into() }
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": {}: {}", self.code.name(), self.detail)
    }
}

impl std::error::Error for DataError {}
