//! A stream of text.

use edgewarden_bindings as facade;

use crate::error::EdgewardenError;
use crate::names::Decision;
use crate::report::{Finding, StreamOutput};

/// Scans a stream of one origin. Calls from several threads take turns; after `finish` every call but `is_finished`
/// fails with `closed`.
#[derive(Debug, uniffi::Object)]
pub struct StreamScanner {
    pub(crate) facade: facade::Stream,
}

#[uniffi::export]
impl StreamScanner {
    /// Takes the next piece of text.
    pub fn push(&self, piece: &str) -> Result<StreamOutput, EdgewardenError> {
        Ok(self.facade.push(piece)?.into())
    }

    /// Ends the stream: scans and releases the rest.
    pub fn finish(&self) -> Result<StreamOutput, EdgewardenError> {
        Ok(self.facade.finish()?.into())
    }

    /// Decision for the stream so far.
    pub fn decision(&self) -> Result<Decision, EdgewardenError> {
        Ok(self.facade.decision()?.into())
    }

    /// Score of the stream so far, 0 to 1000.
    pub fn score(&self) -> Result<i32, EdgewardenError> {
        Ok(self.facade.score()?.into())
    }

    /// Everything found so far, with places grown to what was seen since.
    pub fn findings(&self) -> Result<Vec<Finding>, EdgewardenError> {
        Ok(self.facade.findings()?.into_iter().map(Into::into).collect())
    }

    /// Bytes of UTF-8 taken but not released yet.
    pub fn held_bytes(&self) -> Result<i32, EdgewardenError> {
        Ok(crate::int(self.facade.held_bytes()?))
    }

    /// Whether the stream has ended.
    pub fn is_finished(&self) -> bool {
        self.facade.is_finished()
    }
}
