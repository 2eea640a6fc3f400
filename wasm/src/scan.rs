//! Scanning, batches and streams.

use edgewarden_bindings as facade;
use edgewarden_bindings::{Error, Origin, Report, ScannerOptions, ToJson, Unit};
use wasm_bindgen::prelude::*;

use super::thrown;

/// A scanner with its policy and rules.
#[wasm_bindgen]
pub struct Scanner {
    pub(crate) facade: facade::Scanner,
}

/// A text that is still being written.
#[wasm_bindgen]
pub struct Stream {
    facade: facade::Stream,
}

#[wasm_bindgen]
impl Scanner {
    /// From the JSON form of the options and, instead of the built-in rules, a compiled rule set.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, rules: Option<Vec<u8>>) -> Result<Self, JsError> {
        let options = ScannerOptions { rules, ..ScannerOptions::from_json(options).map_err(thrown)? };
        Ok(Self { facade: facade::Scanner::new(options, Unit::Utf16).map_err(thrown)? })
    }

    /// Scans a text.
    pub fn scan(&self, text: &str, origin: u8, now: f64) -> Result<Option<String>, JsError> {
        self.facade.scan(text, origin_of(origin)?, time(now)).map(unless_clean).map_err(thrown)
    }

    /// Scans bytes; offsets count bytes.
    #[wasm_bindgen(js_name = scanBytes)]
    pub fn scan_bytes(&self, bytes: &[u8], origin: u8, now: f64) -> Result<Option<String>, JsError> {
        self.facade.scan_bytes(bytes, origin_of(origin)?, time(now)).map(unless_clean).map_err(thrown)
    }

    /// Scans several texts; a JSON array with `null` for each clean report.
    #[wasm_bindgen(js_name = scanBatch)]
    pub fn scan_batch(&self, texts: Vec<String>, origin: u8, now: f64) -> Result<String, JsError> {
        let (origin, now) = (origin_of(origin)?, time(now));
        let mut out = String::from("[");
        for text in &texts {
            if out.len() > 1 {
                out.push(',');
            }
            match self.facade.scan(text, origin, now) {
                Ok(report) if report.is_clean() => out.push_str("null"),
                item => item.write_json(&mut out),
            }
        }
        out.push(']');
        Ok(out)
    }

    /// A scanner for a stream of text.
    pub fn stream(&self, origin: u8) -> Result<Stream, JsError> {
        Ok(Stream { facade: self.facade.stream(origin_of(origin)?) })
    }

    /// Revision of the rules in force.
    #[wasm_bindgen(js_name = rulesRevision)]
    pub fn rules_revision(&self) -> u32 {
        self.facade.rules_revision()
    }
}

/// Not part of what ships.
#[cfg(feature = "overhead")]
#[wasm_bindgen]
impl Scanner {
    /// Scans one text over and over without leaving the module: the rest of a call's time is the way in and out.
    #[wasm_bindgen(js_name = scanTimes)]
    pub fn scan_times(&self, text: &str, origin: u8, now: f64, times: u32) {
        for _ in 0..times {
            let _ = self.scan(text, origin, now);
        }
    }
}

#[wasm_bindgen]
impl Stream {
    /// Takes the next piece of text.
    pub fn push(&self, piece: &str) -> Result<String, JsError> {
        self.facade.push(piece).map(|output| output.to_json()).map_err(thrown)
    }

    /// Ends the stream.
    pub fn finish(&self) -> Result<String, JsError> {
        self.facade.finish().map(|output| output.to_json()).map_err(thrown)
    }

    /// Decision so far.
    pub fn decision(&self) -> Result<String, JsError> {
        self.facade.decision().map(|decision| decision.name().to_owned()).map_err(thrown)
    }

    /// Score so far.
    pub fn score(&self) -> Result<u16, JsError> {
        self.facade.score().map_err(thrown)
    }

    /// Everything found so far.
    pub fn findings(&self) -> Result<String, JsError> {
        self.facade.findings().map(|findings| findings.to_json()).map_err(thrown)
    }

    /// Bytes of UTF-8 taken but not released yet.
    #[wasm_bindgen(js_name = heldBytes)]
    pub fn held_bytes(&self) -> Result<usize, JsError> {
        self.facade.held_bytes().map_err(thrown)
    }

    /// Whether the stream has ended.
    #[wasm_bindgen(js_name = isFinished)]
    pub fn is_finished(&self) -> bool {
        self.facade.is_finished()
    }
}

pub(crate) fn origin_of(index: u8) -> Result<Origin, JsError> {
    let origin = Origin::ALL.get(usize::from(index)).copied();
    origin.ok_or_else(|| thrown(Error::argument("origin", "no such origin")))
}

/// Milliseconds since 1970; NaN stands for no time.
pub(crate) fn time(now: f64) -> Option<u64> {
    // A float cast saturates, so anything else is some time too.
    (!now.is_nan()).then_some(now as u64)
}

pub(crate) fn unless_clean(report: Report) -> Option<String> {
    (!report.is_clean()).then(|| report.to_json())
}
