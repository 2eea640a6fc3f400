//! An example of a rule.

use edgewarden::scan::Input;
use serde::{Deserialize, Serialize};

use super::{Case, origin};
use crate::options::scanner;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleCase {
    id: String,
    text: String,
    origin: String,
    #[serde(default)]
    decision: String,
    #[serde(default)]
    score: u16,
    #[serde(default)]
    findings: Vec<Place>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    rule_id: String,
    span: [usize; 2],
}

impl Case for RuleCase {
    fn answer(&mut self) -> Result<(), String> {
        let report = scanner(None)?.scan(Input::new(&self.text).origin(origin(&self.origin)?));
        self.decision = report.decision().name().to_owned();
        self.score = report.score();
        let place = |finding: &edgewarden::scan::Finding| Place {
            rule_id: finding.rule_id.clone().into_owned(),
            span: [finding.span.start, finding.span.end],
        };
        self.findings = report.findings().iter().map(place).collect();
        Ok(())
    }
}
