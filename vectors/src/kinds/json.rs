//! A JSON document.

use edgewarden::scan::{Finding, Redaction};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Case, Found, origin};
use crate::options::scanner;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Json {
    name: String,
    json: String,
    origin: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    options: Option<Value>,
    #[serde(default)]
    decision: String,
    #[serde(default)]
    score: u16,
    #[serde(default)]
    strings: usize,
    #[serde(default)]
    findings: Vec<Found>,
    #[serde(default)]
    redacted: String,
}

impl Case for Json {
    fn answer(&mut self) -> Result<(), String> {
        let scanner = scanner(self.options.as_ref())?;
        let report = scanner.scan_json(&self.json, origin(&self.origin)?).map_err(|error| error.to_string())?;
        self.decision = report.decision.name().to_owned();
        self.score = report.score;
        self.strings = report.strings;
        let found = report.findings.iter().map(|found| {
            let pointer = Some(found.pointer.clone());
            Ok(Found { pointer, ..Found::of(&found.finding, &self.json)? })
        });
        self.findings = found.collect::<Result<_, String>>()?;
        let findings: Vec<Finding> = report.findings.into_iter().map(|found| found.finding).collect();
        self.redacted = Redaction::apply(&self.json, &Redaction::of(&findings));
        Ok(())
    }
}
