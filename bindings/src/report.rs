//! Answers as plain data, offsets in the host's unit. None of it holds text, so all of it may be logged, but
//! [`StreamOutput::release`], which is the text.

use std::borrow::Cow;
use std::fmt;

use edgewarden::scan::{self, Category, Confidence, Decision, ScanReport, Severity};
use edgewarden::text::json::Json;

use crate::error::Error;
use crate::offsets::Offsets;

/// The answer of a scan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What to do.
    pub decision: Decision,
    /// 0 (nothing seen) to 1000.
    pub score: u16,
    /// What was found, by position, then rule id.
    pub findings: Vec<Finding>,
    /// What redaction replaces, in order and without overlap.
    pub redactions: Vec<Redaction>,
    /// Findings beyond the limit, counted but not kept.
    pub findings_dropped: usize,
    /// Findings that the allow-list took out.
    pub findings_allowed: usize,
    /// Revision of the rules that were used.
    pub rules_revision: u32,
}

/// One detection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable kebab-case rule id.
    pub rule_id: Cow<'static, str>,
    /// Attack class.
    pub category: Category,
    /// Harm if true.
    pub severity: Severity,
    /// How likely true.
    pub confidence: Confidence,
    /// Points it adds to the score, 0 to 1000.
    pub weight: u16,
    /// First unit of the host's string.
    pub start: usize,
    /// One past the last unit.
    pub end: usize,
    /// Decoders between the text and what the rule saw, outermost first.
    pub chain: Vec<&'static str>,
}

/// One place that redaction replaces by `[label]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redaction {
    /// First unit of the host's string.
    pub start: usize,
    /// One past the last unit.
    pub end: usize,
    /// What stands there instead, without its brackets.
    pub label: Cow<'static, str>,
}

/// One text of a batch: its report, or why it has none.
pub type BatchItem = Result<Report, Error>;

/// A finding inside a JSON document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonFinding {
    /// JSON Pointer (RFC 6901) of the string; for a member name the pointer of the member.
    pub pointer: String,
    /// The finding; its offsets count the document.
    pub finding: Finding,
}

/// The answer of a scan of a JSON document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JsonReport {
    /// What to do with the document.
    pub decision: Decision,
    /// 0 to 1000, over all strings together.
    pub score: u16,
    /// What was found, in document order.
    pub findings: Vec<JsonFinding>,
    /// What redaction replaces in the document; it stays JSON.
    pub redactions: Vec<Redaction>,
    /// Strings scanned.
    pub strings: usize,
}

/// What a push or the end of a stream yields.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct StreamOutput {
    /// Text that may go out, credentials and personal data already replaced.
    pub release: String,
    /// New findings; offsets count from the start of the stream.
    pub findings: Vec<Finding>,
    /// Decision for the stream so far; never becomes weaker.
    pub decision: Decision,
    /// Score of the stream so far, 0 to 1000.
    pub score: u16,
}

impl fmt::Debug for StreamOutput {
    /// Shows the length of the text, never the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamOutput")
            .field("release_bytes", &self.release.len())
            .field("findings", &self.findings)
            .field("decision", &self.decision)
            .field("score", &self.score)
            .finish()
    }
}

impl Report {
    /// From a report of the core, with its spans converted.
    pub fn of(report: &ScanReport, offsets: &mut Offsets<'_>) -> Self {
        Self {
            decision: report.decision(),
            score: report.score(),
            findings: report.findings().iter().map(|f| Finding::of(f, offsets)).collect(),
            redactions: redactions(&report.redactions(), offsets),
            findings_dropped: report.findings_dropped(),
            findings_allowed: report.findings_allowed(),
            rules_revision: report.rules_revision(),
        }
    }

    /// Whether there is nothing to tell but the revision of the rules: the usual case, which bindings may hand over
    /// without building anything.
    pub fn is_clean(&self) -> bool {
        self.decision == Decision::Allow
            && self.score == 0
            && self.findings.is_empty()
            && self.findings_dropped == 0
            && self.findings_allowed == 0
    }
}

impl Finding {
    pub(crate) fn of(finding: &scan::Finding, offsets: &mut Offsets<'_>) -> Self {
        let (start, end) = offsets.span(finding.span);
        Self {
            rule_id: finding.rule_id.clone(),
            category: finding.category,
            severity: finding.severity,
            confidence: finding.confidence,
            weight: finding.weight,
            start,
            end,
            chain: finding.chain.steps().map(|step| step.name()).collect(),
        }
    }
}

impl JsonReport {
    pub(crate) fn of(report: &scan::JsonReport, offsets: &mut Offsets<'_>) -> Self {
        let found: Vec<scan::Finding> = report.findings.iter().map(|f| f.finding.clone()).collect();
        let finding = |f: &scan::JsonFinding, offsets: &mut Offsets<'_>| JsonFinding {
            pointer: f.pointer.clone(),
            finding: Finding::of(&f.finding, offsets),
        };
        Self {
            decision: report.decision,
            score: report.score,
            findings: report.findings.iter().map(|f| finding(f, offsets)).collect(),
            redactions: redactions(&scan::Redaction::of(&found), offsets),
            strings: report.strings,
        }
    }
}

impl Redaction {
    /// Reads the `redactions` of a report in their JSON form: `[{"start": 0, "end": 3, "label": "email-address"}]`.
    ///
    /// # Errors
    /// `invalid_argument` with the path of the member.
    pub fn list_from_json(json: &str) -> Result<Vec<Self>, Error> {
        let list = Json::parse(json, LIST_DEPTH).map_err(|_| Error::argument("redactions", "not JSON"))?;
        let items = list.as_array().ok_or_else(|| Error::argument("redactions", "not a list"))?;
        items.iter().enumerate().map(|(i, item)| Self::from_json(item, i)).collect()
    }

    fn from_json(item: &Json, i: usize) -> Result<Self, Error> {
        let missing = |name, what| Error::argument(&format!("redactions.{i}.{name}"), what);
        let place = |name| {
            let place = item.get(name).and_then(Json::as_u53).and_then(|place| usize::try_from(place).ok());
            place.ok_or_else(|| missing(name, "not a whole number from 0 to 2^53 - 1"))
        };
        let label = item.get("label").and_then(Json::as_str).ok_or_else(|| missing("label", "not a string"))?;
        Ok(Self::from((place("start")?, place("end")?, label.to_owned())))
    }

    /// The same in bytes, for the core.
    pub(crate) fn in_bytes(&self, offsets: &mut Offsets<'_>) -> scan::Redaction {
        let start = offsets.to_bytes(self.start);
        let span = edgewarden::text::Span::new(start, offsets.to_bytes(self.end));
        scan::Redaction { span, label: self.label.clone() }
    }
}

fn redactions(redactions: &[scan::Redaction], offsets: &mut Offsets<'_>) -> Vec<Redaction> {
    let host = |r: &scan::Redaction| {
        let (start, end) = offsets.span(r.span);
        Redaction { start, end, label: r.label.clone() }
    };
    redactions.iter().map(host).collect()
}

const LIST_DEPTH: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redactions_survive_json() {
        let all = vec![Redaction::from((0, 3, "a\"b".to_owned())), Redaction::from((5, 9, String::new()))];
        assert_eq!(Redaction::list_from_json(&crate::ToJson::to_json(all.as_slice())), Ok(all));
    }

    #[test]
    fn what_is_not_a_list_of_redactions_is_named() {
        for (json, field) in [
            ("{", "redactions"),
            ("{}", "redactions"),
            ("[1]", "redactions.0.label"),
            (r#"[{"start": 1, "end": 2, "label": 3}]"#, "redactions.0.label"),
            (r#"[{"start": -1, "end": 2, "label": ""}]"#, "redactions.0.start"),
            (r#"[{"start": 1, "end": 9007199254740993, "label": ""}]"#, "redactions.0.end"),
        ] {
            let error = Redaction::list_from_json(json).err();
            assert_eq!(error.and_then(|e| e.field).as_deref(), Some(field), "{json}");
        }
    }
}
