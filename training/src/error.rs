//! Why a run of the trainer ends early.

use std::fmt;
use std::path::Path;

use edgewarden::scan::lexical::ModelError;

use crate::data::DataError;

/// Why a run of the trainer ends early.
#[derive(Debug)]
pub enum TrainError {
    /// The options do not go together, or one is unknown.
    Options(String),
    /// The data cannot be used.
    Data(DataError),
    /// The core refuses the weights.
    Model(ModelError),
    /// A file cannot be read or written.
    File {
        /// Which.
        file: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The texts give other weights than the published ones; holds the parts that differ.
    Stale(Vec<&'static str>),
}

impl TrainError {
    /// Stable snake_case code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Options(_) => "options",
            Self::Data(error) => error.code.name(),
            Self::Model(error) => error.code(),
            Self::File { .. } => "file",
            Self::Stale(_) => "stale",
        }
    }

    /// A file that cannot be read or written.
    pub fn file(file: &Path, error: std::io::Error) -> Self {
        Self::File { file: file.display().to_string(), error }
    }
}

impl fmt::Display for TrainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Options(what) => write!(f, "{}: {what}", self.code()),
            // It names its own code, behind the place.
            Self::Data(error) => error.fmt(f),
            Self::Model(error) => write!(f, "{}: {error}", self.code()),
            Self::File { file, error } => write!(f, "{file}: {}: {error}", self.code()),
            Self::Stale(parts) => write!(
                f,
                "{}: the published weights are not what these texts give: {} differ; run cargo xtask train",
                self.code(),
                parts.join(", ")
            ),
        }
    }
}

impl std::error::Error for TrainError {}

impl From<DataError> for TrainError {
    fn from(error: DataError) -> Self {
        Self::Data(error)
    }
}

impl From<ModelError> for TrainError {
    fn from(error: ModelError) -> Self {
        Self::Model(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_names_its_code_once() {
        let file = TrainError::file(Path::new("a.bin"), std::io::Error::from(std::io::ErrorKind::NotFound));
        let data = crate::data::corpus::further(Path::new("/nowhere.jsonl")).unwrap_err();
        let all = [
            TrainError::Options("what".into()),
            data.into(),
            ModelError::Damaged.into(),
            file,
            TrainError::Stale(vec!["texts", "format"]),
        ];
        for error in all {
            let text = error.to_string();
            assert_eq!(text.matches(error.code()).count(), 1, "{text}");
        }
    }
}
