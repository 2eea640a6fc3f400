//! The scanner.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use edgewarden_bindings as facade;

use crate::error::EdgewardenError;
use crate::names::{Category, Confidence, Origin, Severity, Strictness};
use crate::options::ScannerOptions;
use crate::report::{JsonReport, ScanReport};
use crate::session::SessionState;
use crate::stream::StreamScanner;

/// Scans texts. Any number of threads may use one scanner at once.
#[derive(Debug, uniffi::Object)]
pub struct PromptScanner {
    facade: facade::Scanner,
}

/// What a rule is, without its patterns.
#[derive(Clone, Debug, uniffi::Record)]
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
    /// Points it adds to the score, 1 to 1000.
    pub weight: i32,
    /// BCP 47 tags of the languages it reads; empty when it depends on none.
    pub languages: Vec<String>,
}

#[uniffi::export]
impl PromptScanner {
    /// A scanner. Fails with a code of the family of options.
    #[uniffi::constructor]
    pub fn new(options: ScannerOptions) -> Result<Self, EdgewardenError> {
        Ok(Self { facade: facade::Scanner::new(options.try_into()?, facade::Unit::Utf16)? })
    }

    /// Scans one text. `now` is in milliseconds since 1970, by default the clock of this machine; it only matters to
    /// exceptions that expire. What cannot be scanned to the end is reported as a finding, not as an error.
    #[uniffi::method(default(now = None))]
    pub fn scan(&self, text: &str, origin: Origin, now: Option<i64>) -> Result<ScanReport, EdgewardenError> {
        Ok(self.facade.scan(text, origin.into(), time(now)?)?.into())
    }

    /// Scans bytes that should be UTF-8; offsets count bytes. Fails with `invalid_utf8`.
    #[uniffi::method(default(now = None))]
    pub fn scan_bytes(&self, bytes: Vec<u8>, origin: Origin, now: Option<i64>) -> Result<ScanReport, EdgewardenError> {
        Ok(self.facade.scan_bytes(&bytes, origin.into(), time(now)?)?.into())
    }

    /// Scans several texts in one call, in order.
    #[uniffi::method(default(now = None))]
    pub fn scan_batch(
        &self,
        texts: Vec<String>,
        origin: Origin,
        now: Option<i64>,
    ) -> Result<Vec<ScanReport>, EdgewardenError> {
        let reports = self.facade.scan_batch(texts.iter().map(String::as_str), origin.into(), time(now)?);
        reports.into_iter().map(|report| Ok(report?.into())).collect()
    }

    /// Scans every string of a JSON document. Fails with `invalid_json`, `json_too_deep`, `input_too_large`.
    pub fn scan_json(&self, json: &str, origin: Origin) -> Result<JsonReport, EdgewardenError> {
        Ok(self.facade.scan_json(json, origin.into())?.into())
    }

    /// Scans one message of a conversation and books it there.
    #[uniffi::method(default(now = None))]
    pub fn scan_in_session(
        &self,
        text: &str,
        session: Arc<SessionState>,
        origin: Origin,
        now: Option<i64>,
    ) -> Result<ScanReport, EdgewardenError> {
        Ok(self.facade.scan_in_session(text, origin.into(), time(now)?, &session.facade)?.into())
    }

    /// A scanner for a stream of text.
    pub fn stream(&self, origin: Origin) -> StreamScanner {
        StreamScanner { facade: self.facade.stream(origin.into()) }
    }

    /// Scans and says in words how the decision came about; places are in bytes. Holds no text of the caller.
    #[uniffi::method(default(now = None))]
    pub fn explain(&self, text: &str, origin: Origin, now: Option<i64>) -> Result<String, EdgewardenError> {
        Ok(self.facade.explain(text, origin.into(), time(now)?)?)
    }

    /// The rules in force, in the order of their ids.
    pub fn rules(&self) -> Vec<RuleInfo> {
        self.facade.rules().into_iter().map(Into::into).collect()
    }

    /// Revision of the rules in force.
    pub fn rules_revision(&self) -> i64 {
        self.facade.rules_revision().into()
    }
}

impl From<facade::RuleInfo> for RuleInfo {
    fn from(rule: facade::RuleInfo) -> Self {
        Self {
            id: rule.id,
            category: rule.category.into(),
            severity: rule.severity.into(),
            confidence: rule.confidence.into(),
            strictness: rule.strictness.into(),
            weight: rule.weight.into(),
            languages: rule.languages,
        }
    }
}

/// The time of a scan: the one given, else the clock's. A clock before 1970 is no clock.
pub(crate) fn time(now: Option<i64>) -> Result<Option<u64>, EdgewardenError> {
    match now {
        Some(now) => match u64::try_from(now) {
            Ok(now) => Ok(Some(now)),
            Err(_) => Err(facade::Error::argument("now", "negative").into()),
        },
        None => {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).ok();
            Ok(since.and_then(|since| u64::try_from(since.as_millis()).ok()))
        }
    }
}
