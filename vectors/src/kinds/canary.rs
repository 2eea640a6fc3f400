//! A planted word.

use edgewarden::scan::Canary;
use serde::{Deserialize, Serialize};

use super::Case;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CanaryCase {
    name: String,
    key: String,
    id: String,
    #[serde(default)]
    word: String,
    #[serde(default)]
    line: String,
    text: String,
    #[serde(default)]
    found: Option<[usize; 2]>,
    #[serde(default)]
    slice: Option<String>,
}

impl Case for CanaryCase {
    fn answer(&mut self) -> Result<(), String> {
        let canary = Canary::new(self.key.as_bytes(), &self.id);
        self.word = canary.word().to_owned();
        self.line = canary.line();
        let found = canary.find(&self.text);
        if Canary::from_word(&self.word).find(&self.text) != found {
            return Err("a canary of the word finds otherwise".to_owned());
        }
        self.found = found.map(|span| [span.start, span.end]);
        self.slice = found.and_then(|span| span.slice(&self.text)).map(str::to_owned);
        Ok(())
    }
}
