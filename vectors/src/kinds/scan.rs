//! One text, asked in every way there is.

use edgewarden::scan::Input;
use edgewarden::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Case, Found, is_zero, origin};
use crate::options::scanner;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scan {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text_utf16: Option<Vec<u16>>,
    origin: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    now: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    options: Option<Value>,
    #[serde(default)]
    decision: String,
    #[serde(default)]
    score: u16,
    #[serde(default)]
    findings: Vec<Found>,
    #[serde(default)]
    redacted: String,
    #[serde(default, skip_serializing_if = "is_zero")]
    findings_allowed: usize,
    #[serde(default, skip_serializing_if = "is_zero")]
    findings_dropped: usize,
}

impl Case for Scan {
    fn answer(&mut self) -> Result<(), String> {
        let text = match (&self.text, &self.text_utf16) {
            (Some(text), None) => text.clone(),
            (None, Some(units)) => String::from_utf16_lossy(units),
            _ => return Err("needs either `text` or `text_utf16`".to_owned()),
        };
        let origin = origin(&self.origin)?;
        let scanner = scanner(self.options.as_ref())?;
        let mut input = Input::new(&text).origin(origin);
        if let Some(now) = self.now {
            input = input.now(Timestamp::from_millis(now));
        }
        let report = scanner.scan(input);
        if scanner.scan_batch([input, input]) != [report.clone(), report.clone()] {
            return Err("scan_batch answers otherwise".to_owned());
        }
        // Bytes come without a time.
        if self.now.is_none() && scanner.scan_bytes(text.as_bytes(), origin).as_ref() != Ok(&report) {
            return Err("scan_bytes answers otherwise".to_owned());
        }
        self.decision = report.decision().name().to_owned();
        self.score = report.score();
        self.findings = Found::all(report.findings(), &text)?;
        self.redacted = report.redact(&text);
        self.findings_allowed = report.findings_allowed();
        self.findings_dropped = report.findings_dropped();
        Ok(())
    }
}
