//! Answers as records.

use std::borrow::Cow;
use std::fmt;

use edgewarden_bindings as facade;

use crate::error::EdgewardenError;
use crate::int;
use crate::names::{Category, Confidence, Decision, Severity};

/// The answer of a scan. Holds no text of the caller.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ScanReport {
    /// What to do.
    pub decision: Decision,
    /// 0 (nothing seen) to 1000.
    pub score: i32,
    /// What was found, by position, then rule id.
    pub findings: Vec<Finding>,
    /// What redaction replaces, in order and without overlap.
    pub redactions: Vec<Redaction>,
    /// Findings beyond the limit, counted but not kept.
    pub findings_dropped: i32,
    /// Findings that the allow-list took out.
    pub findings_allowed: i32,
    /// Revision of the rules that were used.
    pub rules_revision: i64,
}

/// One detection. Points into the text, does not quote it.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Finding {
    /// Stable kebab-case rule id.
    pub rule_id: String,
    /// Attack class.
    pub category: Category,
    /// Harm if true.
    pub severity: Severity,
    /// How likely true.
    pub confidence: Confidence,
    /// Points it adds to the score, 0 to 1000.
    pub weight: i32,
    /// First UTF-16 code unit; first byte when bytes were scanned.
    pub start: i32,
    /// One past the last.
    pub end: i32,
    /// Decoders between the text and what the rule saw, outermost first.
    pub chain: Vec<String>,
}

/// One place that redaction replaces by `[label]`.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Redaction {
    /// First UTF-16 code unit; first byte when bytes were scanned.
    pub start: i32,
    /// One past the last.
    pub end: i32,
    /// What stands there instead, without its brackets.
    pub label: String,
}

/// The answer of a scan of a JSON document.
#[derive(Clone, Debug, uniffi::Record)]
pub struct JsonReport {
    /// What to do with the document.
    pub decision: Decision,
    /// 0 to 1000, over all strings together.
    pub score: i32,
    /// What was found, in document order.
    pub findings: Vec<JsonFinding>,
    /// What redaction replaces in the document; it stays JSON.
    pub redactions: Vec<Redaction>,
    /// Strings scanned.
    pub strings: i32,
}

/// A finding inside a JSON document; its offsets count the document.
#[derive(Clone, Debug, uniffi::Record)]
pub struct JsonFinding {
    /// JSON Pointer (RFC 6901) of the string; for a member name the pointer of the member.
    pub pointer: String,
    /// Stable kebab-case rule id.
    pub rule_id: String,
    /// Attack class.
    pub category: Category,
    /// Harm if true.
    pub severity: Severity,
    /// How likely true.
    pub confidence: Confidence,
    /// Points it adds to the score, 0 to 1000.
    pub weight: i32,
    /// First UTF-16 code unit of the document.
    pub start: i32,
    /// One past the last.
    pub end: i32,
    /// Decoders between the text and what the rule saw, outermost first.
    pub chain: Vec<String>,
}

/// What a push or the end of a stream yields.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Display)]
pub struct StreamOutput {
    /// Text that may go out, credentials and personal data already replaced.
    pub release: String,
    /// New findings; offsets count from the start of the stream.
    pub findings: Vec<Finding>,
    /// Decision for the stream so far; never becomes weaker.
    pub decision: Decision,
    /// Score of the stream so far, 0 to 1000.
    pub score: i32,
}

impl fmt::Display for StreamOutput {
    /// Shows the length of the text, never the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bytes, findings) = (self.release.len(), self.findings.len());
        let (decision, score) = (facade::Decision::from(self.decision).name(), self.score);
        write!(
            f,
            "StreamOutput {{ release_bytes: {bytes}, findings: {findings}, decision: {decision}, score: {score} }}"
        )
    }
}

impl fmt::Debug for StreamOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[uniffi::export]
impl ScanReport {
    /// `text`, which must be the text that was scanned, with each redaction replaced by its label. Of a report of bytes
    /// the offsets do not fit a text.
    pub fn redact(&self, text: &str) -> Result<String, EdgewardenError> {
        redact(text, self.redactions.clone())
    }
}

#[uniffi::export]
impl JsonReport {
    /// `json`, which must be the document that was scanned, with each redaction replaced by its label.
    pub fn redact(&self, json: &str) -> Result<String, EdgewardenError> {
        redact(json, self.redactions.clone())
    }
}

/// `text` with each redaction replaced by its label.
pub(crate) fn redact(text: &str, redactions: Vec<Redaction>) -> Result<String, EdgewardenError> {
    Ok(facade::redact(text, &in_facade(redactions)?, &mut facade::Offsets::new(text, facade::Unit::Utf16))?)
}

/// As the facade takes them.
pub(crate) fn in_facade(redactions: Vec<Redaction>) -> Result<Vec<facade::Redaction>, EdgewardenError> {
    let one = |r: Redaction| match (usize::try_from(r.start), usize::try_from(r.end)) {
        (Ok(start), Ok(end)) if start <= end => Ok(facade::Redaction { start, end, label: Cow::Owned(r.label) }),
        _ => Err(facade::Error::argument("redactions", "a range ends before it begins").into()),
    };
    redactions.into_iter().map(one).collect()
}

impl From<facade::Report> for ScanReport {
    fn from(report: facade::Report) -> Self {
        Self {
            decision: report.decision.into(),
            score: report.score.into(),
            findings: report.findings.into_iter().map(Into::into).collect(),
            redactions: report.redactions.into_iter().map(Into::into).collect(),
            findings_dropped: int(report.findings_dropped),
            findings_allowed: int(report.findings_allowed),
            rules_revision: report.rules_revision.into(),
        }
    }
}

impl From<facade::Finding> for Finding {
    fn from(finding: facade::Finding) -> Self {
        Self {
            rule_id: finding.rule_id.into_owned(),
            category: finding.category.into(),
            severity: finding.severity.into(),
            confidence: finding.confidence.into(),
            weight: finding.weight.into(),
            start: int(finding.start),
            end: int(finding.end),
            chain: finding.chain.into_iter().map(str::to_owned).collect(),
        }
    }
}

impl From<facade::Redaction> for Redaction {
    fn from(redaction: facade::Redaction) -> Self {
        Self { start: int(redaction.start), end: int(redaction.end), label: redaction.label.into_owned() }
    }
}

impl From<facade::JsonReport> for JsonReport {
    fn from(report: facade::JsonReport) -> Self {
        Self {
            decision: report.decision.into(),
            score: report.score.into(),
            findings: report.findings.into_iter().map(Into::into).collect(),
            redactions: report.redactions.into_iter().map(Into::into).collect(),
            strings: int(report.strings),
        }
    }
}

impl From<facade::JsonFinding> for JsonFinding {
    fn from(found: facade::JsonFinding) -> Self {
        let Finding { rule_id, category, severity, confidence, weight, start, end, chain } = found.finding.into();
        Self { pointer: found.pointer, rule_id, category, severity, confidence, weight, start, end, chain }
    }
}

impl From<facade::StreamOutput> for StreamOutput {
    fn from(output: facade::StreamOutput) -> Self {
        Self {
            release: output.release,
            findings: output.findings.into_iter().map(Into::into).collect(),
            decision: output.decision.into(),
            score: output.score.into(),
        }
    }
}
