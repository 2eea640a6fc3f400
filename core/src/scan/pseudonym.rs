//! Stable pseudonyms with a way back: the same value under the same key always gets the same placeholder.

use alloc::string::String;
use alloc::vec::Vec;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::redact::Redaction;
use super::report::ScanReport;

/// Replaces credentials and personal data by placeholders such as `<email-address-bmcgfpaaol>`.
///
/// Stable placeholders keep a conversation consistent and prompt caches valid, and say nothing about the value to
/// anybody without the key.
#[derive(Clone)]
pub struct Pseudonymizer {
    key: Vec<u8>,
}

/// A pseudonymised text and what is needed to read it again.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Pseudonymized {
    /// The text with placeholders.
    pub text: String,
    /// What each placeholder stands for, in order of first appearance. As secret as the original text.
    pub originals: Vec<(String, String)>,
}

impl Pseudonymizer {
    /// Pseudonyms under `key`. Use one key per tenant, so that tenants cannot compare their placeholders; 16 bytes or
    /// more of it should be random.
    pub fn new(key: &[u8]) -> Self {
        Self { key: key.to_vec() }
    }

    /// Replaces what `report` found in `text`, which must be the text that was scanned.
    pub fn pseudonymize(&self, text: &str, report: &ScanReport) -> Pseudonymized {
        self.replace(text, &report.redactions())
    }

    /// Replaces what `redactions` point at in `text`; they must be in order, as [`Redaction::of`] gives them.
    pub fn replace(&self, text: &str, redactions: &[Redaction]) -> Pseudonymized {
        let mut out = Pseudonymized::default();
        let mut at = 0;
        for redaction in redactions {
            let span = redaction.span.snapped(text);
            let (Some(before), Some(value)) = (text.get(at..span.start), span.slice(text)) else { continue };
            let placeholder = self.placeholder(&redaction.label, value);
            out.text.push_str(before);
            out.text.push_str(&placeholder);
            if !out.originals.iter().any(|(p, _)| *p == placeholder) {
                out.originals.push((placeholder, value.into()));
            }
            at = span.end;
        }
        out.text.push_str(text.get(at..).unwrap_or(""));
        out
    }

    /// The placeholder of one value: 40 bits of HMAC-SHA-256 (RFC 2104) over label and value.
    fn placeholder(&self, label: &str, value: &str) -> String {
        let mut out = String::from("<");
        out.push_str(label);
        out.push('-');
        for byte in tag(&self.key, &[label.as_bytes(), value.as_bytes()]).iter().take(TAG_BYTES) {
            // Letters only: digits could read as a number that some rule looks for.
            for nibble in [byte >> 4, byte & 15] {
                out.push(char::from(b'a' + nibble));
            }
        }
        out.push('>');
        out
    }
}

impl Pseudonymized {
    /// Puts the originals back into a text that holds placeholders, such as a model's answer.
    pub fn restore(&self, text: &str) -> String {
        self.originals.iter().fold(String::from(text), |t, (placeholder, value)| t.replace(placeholder.as_str(), value))
    }
}

impl core::fmt::Debug for Pseudonymizer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Pseudonymizer").field("key_bytes", &self.key.len()).finish()
    }
}

impl core::fmt::Debug for Pseudonymized {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Pseudonymized")
            .field("bytes", &self.text.len())
            .field("originals", &self.originals.len())
            .finish()
    }
}

/// HMAC-SHA-256 over length-prefixed parts, so that no two lists of parts read the same.
pub(crate) fn tag(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of any length, so this cannot fail; an all-zero tag would only make placeholders equal.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(&(part.len() as u64).to_le_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

const TAG_BYTES: usize = 5;
