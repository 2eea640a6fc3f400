//! The scanner as a handle.

use std::borrow::Cow;
use std::sync::Arc;

use edgewarden::scan::{self, Category, Confidence, Input, Origin, PromptScanner, Severity, Strictness};
use edgewarden::time::Timestamp;

use crate::error::Error;
use crate::guard::guard;
use crate::offsets::{HostText, Offsets, Unit};
use crate::options::ScannerOptions;
use crate::report::{BatchItem, JsonReport, Redaction, Report};
use crate::session::Session;
use crate::stream::Stream;

/// A scanner that any number of threads may use at once. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Scanner {
    core: Arc<PromptScanner>,
    unit: Unit,
}

/// What a rule is, without its patterns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleInfo {
    /// Stable kebab-case id.
    pub id: String,
    /// Attack class.
    pub category: Category,
    /// Harm if true.
    pub severity: Severity,
    /// How likely true.
    pub confidence: Confidence,
    /// Lowest level at which the rule runs.
    pub strictness: Strictness,
    /// Points it adds to the score.
    pub weight: u16,
    /// BCP 47 tags of the languages it reads; empty when it depends on none.
    pub languages: Vec<String>,
}

impl Scanner {
    /// A scanner whose reports count `unit`.
    ///
    /// # Errors
    /// `invalid_option`, `invalid_thresholds`, `invalid_limits` and the codes of rule sets.
    pub fn new(options: ScannerOptions, unit: Unit) -> Result<Self, Error> {
        guard(|| Ok(Self { core: Arc::new(options.build()?), unit }))
    }

    /// Scans one text. `now` is in milliseconds since 1970 and only matters to exceptions that expire.
    ///
    /// # Errors
    /// `internal` alone: what cannot be scanned to the end is reported as a finding.
    pub fn scan(&self, text: &str, origin: Origin, now: Option<u64>) -> Result<Report, Error> {
        guard(|| Ok(Report::of(&self.core.scan(input(text, origin, now)), &mut Offsets::new(text, self.unit))))
    }

    /// Scans a host's string that is not well-formed Unicode; offsets count the host's string.
    ///
    /// # Errors
    /// `internal` alone.
    pub fn scan_host_text(&self, host: &HostText, origin: Origin, now: Option<u64>) -> Result<Report, Error> {
        guard(|| Ok(Report::of(&self.core.scan(input(&host.text, origin, now)), &mut host.offsets())))
    }

    /// Scans bytes that should be UTF-8; offsets count bytes.
    ///
    /// # Errors
    /// `invalid_utf8` with the first byte that is not part of a character.
    pub fn scan_bytes(&self, bytes: &[u8], origin: Origin, now: Option<u64>) -> Result<Report, Error> {
        let text = std::str::from_utf8(bytes)
            .map_err(|e| Error::of_scan(&scan::ScanError::InvalidUtf8 { offset: e.valid_up_to() }))?;
        guard(|| Ok(Report::of(&self.core.scan(input(text, origin, now)), &mut Offsets::new(text, Unit::Utf8))))
    }

    /// Scans several texts, in order. A fault of one leaves the others alone.
    pub fn scan_batch<'t>(
        &self,
        texts: impl IntoIterator<Item = &'t str>,
        origin: Origin,
        now: Option<u64>,
    ) -> Vec<BatchItem> {
        texts.into_iter().map(|text| self.scan(text, origin, now)).collect()
    }

    /// Scans every string of a JSON document.
    ///
    /// # Errors
    /// `invalid_json`, `json_too_deep`, `input_too_large`, with the place in the host's unit.
    pub fn scan_json(&self, json: &str, origin: Origin) -> Result<JsonReport, Error> {
        guard(|| {
            let mut offsets = Offsets::new(json, self.unit);
            let report = self.core.scan_json(json, origin).map_err(|error| {
                let error = Error::of_scan(&error);
                Error { offset: error.offset.map(|at| offsets.to_host(at)), ..error }
            })?;
            Ok(JsonReport::of(&report, &mut offsets))
        })
    }

    /// Scans one message of a conversation and books it there.
    ///
    /// # Errors
    /// `internal`.
    pub fn scan_in_session(
        &self,
        text: &str,
        origin: Origin,
        now: Option<u64>,
        session: &Session,
    ) -> Result<Report, Error> {
        session.with(|state| {
            let report = self.core.scan_in_session(input(text, origin, now), state);
            Ok(Report::of(&report, &mut Offsets::new(text, self.unit)))
        })
    }

    /// A scanner for a stream of text.
    pub fn stream(&self, origin: Origin) -> Stream {
        Stream::new(self.core.stream(origin), self.unit)
    }

    /// Scans and says in words how the decision came about; places are in bytes. Holds no text of the caller.
    ///
    /// # Errors
    /// `internal`.
    pub fn explain(&self, text: &str, origin: Origin, now: Option<u64>) -> Result<String, Error> {
        guard(|| Ok(self.core.explain(input(text, origin, now)).to_string()))
    }

    /// The rules in force, in the order of their ids.
    pub fn rules(&self) -> Vec<RuleInfo> {
        self.core.rules().rules().map(RuleInfo::of).collect()
    }

    /// Revision of the rules in force.
    pub fn rules_revision(&self) -> u32 {
        self.core.rules().revision()
    }

    /// The unit of this scanner's offsets.
    pub fn unit(&self) -> Unit {
        self.unit
    }
}

impl RuleInfo {
    fn of(rule: scan::RuleInfo) -> Self {
        let languages = rule.languages.split(',').filter(|l| !l.is_empty()).map(str::to_owned).collect();
        let scan::RuleInfo { id, category, severity, confidence, strictness, weight, .. } = rule;
        Self { id, category, severity, confidence, strictness, weight, languages }
    }
}

/// `text` with each of `redactions` replaced by its label.
///
/// # Errors
/// `internal`.
pub fn redact(text: &str, redactions: &[Redaction], offsets: &mut Offsets<'_>) -> Result<String, Error> {
    guard(|| {
        let redactions: Vec<_> = redactions.iter().map(|r| r.in_bytes(offsets)).collect();
        Ok(scan::Redaction::apply(text, &redactions))
    })
}

fn input(text: &str, origin: Origin, now: Option<u64>) -> Input<'_> {
    let input = Input::new(text).origin(origin);
    now.map_or(input, |now| input.now(Timestamp::from_millis(now)))
}

/// Labels from a host own their text.
impl From<(usize, usize, String)> for Redaction {
    fn from((start, end, label): (usize, usize, String)) -> Self {
        Self { start, end, label: Cow::Owned(label) }
    }
}
