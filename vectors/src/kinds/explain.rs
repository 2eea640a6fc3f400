//! How a decision came about, word for word.

use edgewarden::scan::Input;
use edgewarden::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Case, origin};
use crate::options::scanner;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explain {
    name: String,
    text: String,
    origin: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    now: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    options: Option<Value>,
    #[serde(default)]
    explanation: String,
}

impl Case for Explain {
    fn answer(&mut self) -> Result<(), String> {
        let scanner = scanner(self.options.as_ref())?;
        let mut input = Input::new(&self.text).origin(origin(&self.origin)?);
        if let Some(now) = self.now {
            input = input.now(Timestamp::from_millis(now));
        }
        let explanation = scanner.explain(input);
        if explanation.report != scanner.scan(input) {
            return Err("scan answers otherwise".to_owned());
        }
        self.explanation = explanation.to_string();
        Ok(())
    }
}
