//! Pseudonyms with a way back.

use std::fmt;

use edgewarden::scan;

use crate::error::Error;
use crate::guard::guard;
use crate::offsets::Offsets;
use crate::report::Redaction;

/// Replaces credentials and personal data by stable placeholders under one key.
#[derive(Clone, Debug)]
pub struct Pseudonymizer {
    core: scan::Pseudonymizer,
}

/// A pseudonymised text and what is needed to read it again.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Pseudonymized {
    /// The text with placeholders.
    pub text: String,
    /// Placeholder and value, in order of first appearance. As secret as the original text.
    pub originals: Vec<(String, String)>,
}

impl Pseudonymizer {
    /// Pseudonyms under `key`.
    ///
    /// # Errors
    /// `invalid_argument` for a key of fewer than 16 bytes: its placeholders could be guessed.
    pub fn new(key: &[u8]) -> Result<Self, Error> {
        if key.len() < KEY_BYTES_MIN {
            return Err(Error::argument("key", "fewer than 16 bytes"));
        }
        Ok(Self { core: scan::Pseudonymizer::new(key) })
    }

    /// Replaces what `redactions` of a report point at in the text that was scanned; `offsets` is of that text.
    ///
    /// # Errors
    /// `internal`.
    pub fn pseudonymize(
        &self,
        text: &str,
        redactions: &[Redaction],
        offsets: &mut Offsets<'_>,
    ) -> Result<Pseudonymized, Error> {
        guard(|| {
            let redactions: Vec<_> = redactions.iter().map(|r| r.in_bytes(offsets)).collect();
            let scan::Pseudonymized { text, originals } = self.core.replace(text, &redactions);
            Ok(Pseudonymized { text, originals })
        })
    }
}

impl Pseudonymized {
    /// Puts the originals back into a text that holds placeholders, such as a model's answer.
    pub fn restore(&self, text: &str) -> String {
        scan::Pseudonymized { text: String::new(), originals: self.originals.clone() }.restore(text)
    }
}

impl fmt::Debug for Pseudonymized {
    /// Shows sizes, never the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bytes, originals) = (self.text.len(), self.originals.len());
        f.debug_struct("Pseudonymized").field("bytes", &bytes).field("originals", &originals).finish()
    }
}

const KEY_BYTES_MIN: usize = 16;
