//! Batches: the answer as it grows, and the work on a thread of the pool.

use std::panic::{AssertUnwindSafe, catch_unwind};

use edgewarden_bindings::{BatchItem, Error, Origin, Scanner, ToJson};
use napi::{Env, Task};

use crate::thrown;
use crate::value::Text;

/// A JSON array under way: reports, `null` for a clean one, `{"error": ...}` for a text without one.
pub struct Reports(String);

/// A batch that a thread of the pool scans.
pub struct Batch {
    scanner: Scanner,
    texts: Vec<Text>,
    origin: Origin,
    now: Option<u64>,
}

impl Reports {
    pub fn new() -> Self {
        Self("[".to_owned())
    }

    pub fn push(&mut self, item: &BatchItem) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        match item {
            // Most texts are clean, and the wrapper has their report already.
            Ok(report) if report.is_clean() => self.0.push_str("null"),
            item => item.write_json(&mut self.0),
        }
    }

    pub fn finish(mut self) -> String {
        self.0.push(']');
        self.0
    }
}

impl Batch {
    pub fn new(scanner: Scanner, texts: Vec<Text>, origin: Origin, now: Option<u64>) -> Self {
        Self { scanner, texts, origin, now }
    }

    fn scan(&self) -> String {
        let mut reports = Reports::new();
        for text in &self.texts {
            reports.push(&self.scanner.scan(text, self.origin, self.now));
        }
        reports.finish()
    }
}

impl Task for Batch {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> napi::Result<String> {
        // Nothing above this frame catches a panic on a thread of the pool.
        catch_unwind(AssertUnwindSafe(|| self.scan()))
            .map_err(|_| thrown(Error::new("internal", "a fault of this library")))
    }

    fn resolve(&mut self, _: Env, reports: String) -> napi::Result<String> {
        Ok(reports)
    }
}
