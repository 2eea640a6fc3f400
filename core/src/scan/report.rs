//! The answer of a scan.

use alloc::string::String;
use alloc::vec::Vec;

use super::finding::Finding;
use super::layers::Layer;
use super::policy::Decision;
use super::redact::Redaction;

/// The answer of a scan. Holds no text, so it may be logged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanReport {
    pub(crate) decision: Decision,
    pub(crate) score: u16,
    pub(crate) findings: Vec<Finding>,
    pub(crate) dropped: usize,
    pub(crate) allowed: usize,
    pub(crate) rules_revision: u32,
    pub(crate) timings: Vec<(Layer, u64)>,
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

    /// What was found, ordered by where it begins; there what rules found before the window of the learned model, then by
    /// where it ends, then by rule id. At most
    /// [`Limits::findings`](super::Limits::findings), and one more that says which limit was breached.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Findings beyond the limit, which are counted but not kept.
    pub fn findings_dropped(&self) -> usize {
        self.dropped
    }

    /// Findings that the policy's allow-list took out.
    pub fn findings_allowed(&self) -> usize {
        self.allowed
    }

    /// Revision of the rule set that was used.
    pub fn rules_revision(&self) -> u32 {
        self.rules_revision
    }

    /// Nanoseconds per layer; empty unless the scan was timed.
    pub fn timings(&self) -> &[(Layer, u64)] {
        &self.timings
    }

    /// What [`redact`](Self::redact) replaces, in order and without overlap.
    pub fn redactions(&self) -> Vec<Redaction> {
        Redaction::of(&self.findings)
    }

    /// `text` with every credential and personal datum replaced by a label such as `[email-address]`, whatever
    /// the decision was.
    ///
    /// Only findings that were kept are replaced: when [`findings_dropped`](Self::findings_dropped) is not zero, the
    /// result may still hold what the others pointed at.
    ///
    /// `text` must be the text that was scanned; for another one the answer is safe but useless.
    pub fn redact(&self, text: &str) -> String {
        Redaction::apply(text, &self.redactions())
    }
}
