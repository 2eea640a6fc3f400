//! Everything beyond scanning: JSON, sessions, pseudonyms, canaries, explanations.

use edgewarden_bindings as facade;
use edgewarden_bindings::{Offsets, Redaction, ToJson, Unit};
use wasm_bindgen::prelude::*;

use super::scan::{Scanner, origin_of, time, unless_clean};
use super::thrown;

/// The state of one conversation.
#[wasm_bindgen]
pub struct Session {
    facade: facade::Session,
}

/// Placeholders under one key.
#[wasm_bindgen]
pub struct Pseudonymizer {
    facade: facade::Pseudonymizer,
}

#[wasm_bindgen]
impl Scanner {
    /// Scans every string of a JSON document.
    #[wasm_bindgen(js_name = scanJson)]
    pub fn scan_json(&self, json: &str, origin: u8) -> Result<String, JsError> {
        self.facade.scan_json(json, origin_of(origin)?).map(|report| report.to_json()).map_err(thrown)
    }

    /// Scans one message of a conversation.
    #[wasm_bindgen(js_name = scanInSession)]
    pub fn scan_in_session(
        &self,
        text: &str,
        origin: u8,
        now: f64,
        session: &Session,
    ) -> Result<Option<String>, JsError> {
        let report = self.facade.scan_in_session(text, origin_of(origin)?, time(now), &session.facade);
        report.map(unless_clean).map_err(thrown)
    }

    /// How the decision comes about, in words.
    pub fn explain(&self, text: &str, origin: u8, now: f64) -> Result<String, JsError> {
        self.facade.explain(text, origin_of(origin)?, time(now)).map_err(thrown)
    }

    /// The rules in force.
    pub fn rules(&self) -> String {
        self.facade.rules().to_json()
    }
}

#[wasm_bindgen]
impl Session {
    /// A new conversation, or one from its bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: Option<Vec<u8>>) -> Result<Self, JsError> {
        let facade = match bytes {
            Some(bytes) => facade::Session::from_bytes(&bytes).map_err(thrown)?,
            None => facade::Session::new(),
        };
        Ok(Self { facade })
    }

    /// Versioned bytes.
    #[wasm_bindgen(js_name = toBytes)]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.facade.to_bytes()
    }

    /// Messages seen.
    pub fn turns(&self) -> u32 {
        self.facade.turns()
    }

    /// Decayed risk.
    pub fn risk(&self) -> u16 {
        self.facade.risk()
    }
}

#[wasm_bindgen]
impl Pseudonymizer {
    /// Pseudonyms under a key.
    #[wasm_bindgen(constructor)]
    pub fn new(key: &[u8]) -> Result<Self, JsError> {
        Ok(Self { facade: facade::Pseudonymizer::new(key).map_err(thrown)? })
    }

    /// Replaces what the redactions of a report, as JSON, point at.
    pub fn pseudonymize(&self, text: &str, redactions: &str) -> Result<String, JsError> {
        let redactions = Redaction::list_from_json(redactions).map_err(thrown)?;
        let done = self.facade.pseudonymize(text, &redactions, &mut Offsets::new(text, Unit::Utf16));
        done.map(|done| done.to_json()).map_err(thrown)
    }
}

/// The word of a prompt.
#[wasm_bindgen(js_name = canaryWord)]
pub fn canary_word(key: &[u8], id: &str) -> Result<String, JsError> {
    facade::canary_word(key, id).map_err(thrown)
}

/// A line with the word.
#[wasm_bindgen(js_name = canaryLine)]
pub fn canary_line(word: &str) -> String {
    facade::canary_line(word)
}

/// Where a text holds the word: start and end.
#[wasm_bindgen(js_name = canaryFind)]
pub fn canary_find(word: &str, text: &str) -> Option<Vec<u32>> {
    let (start, end) = facade::canary_find(word, text, &mut Offsets::new(text, Unit::Utf16))?;
    Some([start, end].iter().map(|at| u32::try_from(*at).unwrap_or(u32::MAX)).collect())
}
