//! Taking out, and putting back.

use edgewarden::scan::{Input, Pseudonymizer};
use serde::{Deserialize, Serialize};

use super::{Case, origin};
use crate::options::scanner;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redact {
    name: String,
    text: String,
    origin: String,
    #[serde(default)]
    redactions: Vec<Place>,
    #[serde(default)]
    redacted: String,
    key: String,
    #[serde(default)]
    pseudonymized: String,
    #[serde(default)]
    originals: Vec<(String, String)>,
    /// What a model might say to the pseudonymised text.
    answer: String,
    #[serde(default)]
    restored: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    span: [usize; 2],
    slice: String,
    label: String,
}

impl Case for Redact {
    fn answer(&mut self) -> Result<(), String> {
        let report = scanner(None)?.scan(Input::new(&self.text).origin(origin(&self.origin)?));
        let place = |redaction: &edgewarden::scan::Redaction| {
            let slice = redaction.span.slice(&self.text).ok_or("not a slice of the text")?.to_owned();
            let span = [redaction.span.start, redaction.span.end];
            Ok(Place { span, slice, label: redaction.label.clone().into_owned() })
        };
        self.redactions = report.redactions().iter().map(place).collect::<Result<_, String>>()?;
        self.redacted = report.redact(&self.text);
        let pseudonymized = Pseudonymizer::new(self.key.as_bytes()).pseudonymize(&self.text, &report);
        if pseudonymized.restore(&pseudonymized.text) != self.text {
            return Err("the original text does not come back".to_owned());
        }
        self.restored = pseudonymized.restore(&self.answer);
        self.pseudonymized = pseudonymized.text;
        self.originals = pseudonymized.originals;
        Ok(())
    }
}
