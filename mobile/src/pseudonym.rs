//! Pseudonyms with a way back.

use std::fmt;

use edgewarden_bindings as facade;

use crate::error::EdgewardenError;
use crate::report::{ScanReport, in_facade};

/// Replaces credentials and personal data by stable placeholders under one key.
#[derive(Debug, uniffi::Object)]
pub struct Pseudonymizer {
    facade: facade::Pseudonymizer,
}

/// A pseudonymised text and what is needed to read it again.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Pseudonymized {
    /// The text with placeholders.
    pub text: String,
    /// What was replaced, in order of first appearance. As secret as the original text.
    pub originals: Vec<Original>,
}

/// One value that was replaced.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Original {
    /// What stands in the text.
    pub placeholder: String,
    /// What it stands for.
    pub value: String,
}

#[uniffi::export]
impl Pseudonymizer {
    /// Pseudonyms under `key`. Fails with `invalid_argument` for a key of fewer than 16 bytes: its placeholders could
    /// be guessed.
    #[uniffi::constructor]
    pub fn new(key: Vec<u8>) -> Result<Self, EdgewardenError> {
        Ok(Self { facade: facade::Pseudonymizer::new(&key)? })
    }

    /// Replaces what the report points at in the text that was scanned.
    pub fn pseudonymize(&self, text: &str, report: ScanReport) -> Result<Pseudonymized, EdgewardenError> {
        let redactions = in_facade(report.redactions)?;
        let mut offsets = facade::Offsets::new(text, facade::Unit::Utf16);
        let facade::Pseudonymized { text, originals } = self.facade.pseudonymize(text, &redactions, &mut offsets)?;
        let original = |(placeholder, value)| Original { placeholder, value };
        Ok(Pseudonymized { text, originals: originals.into_iter().map(original).collect() })
    }
}

#[uniffi::export]
impl Pseudonymized {
    /// Puts the originals back into a text that holds placeholders, such as a model's answer.
    pub fn restore(&self, text: &str) -> String {
        let originals = self.originals.iter().map(|o| (o.placeholder.clone(), o.value.clone())).collect();
        facade::Pseudonymized { text: String::new(), originals }.restore(text)
    }
}

impl fmt::Display for Pseudonymized {
    /// Shows sizes, never the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bytes, originals) = (self.text.len(), self.originals.len());
        write!(f, "Pseudonymized {{ bytes: {bytes}, originals: {originals} }}")
    }
}

impl fmt::Debug for Pseudonymized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Original {
    /// Shows the placeholder and the length of the value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Original {{ placeholder: {}, value_bytes: {} }}", self.placeholder, self.value.len())
    }
}

impl fmt::Debug for Original {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
