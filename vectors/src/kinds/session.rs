//! A conversation whose state is stored between its messages.

use edgewarden::scan::{Input, SessionState};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Case, Found, origin};
use crate::options::scanner;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    options: Option<Value>,
    turns: Vec<Turn>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Turn {
    text: String,
    origin: String,
    #[serde(default)]
    decision: String,
    #[serde(default)]
    score: u16,
    #[serde(default)]
    findings: Vec<Found>,
    #[serde(default)]
    turns: u32,
    #[serde(default)]
    risk: u16,
}

impl Case for Session {
    fn answer(&mut self) -> Result<(), String> {
        let scanner = scanner(self.options.as_ref())?;
        let mut stored = SessionState::new().to_bytes();
        for turn in &mut self.turns {
            let mut state = SessionState::from_bytes(&stored).map_err(|error| error.to_string())?;
            let report = scanner.scan_in_session(Input::new(&turn.text).origin(origin(&turn.origin)?), &mut state);
            turn.decision = report.decision().name().to_owned();
            turn.score = report.score();
            turn.findings = Found::all(report.findings(), &turn.text)?;
            turn.turns = state.turns();
            turn.risk = state.risk();
            stored = state.to_bytes();
        }
        Ok(())
    }
}
