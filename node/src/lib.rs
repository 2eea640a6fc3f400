//! Edgewarden's facade, one to one, as a Node addon.
//!
//! The JavaScript wrapper checks arguments, fills in defaults and turns JSON into objects; this crate moves values over
//! the boundary. An error is thrown as an `Error` whose message is the facade's error as JSON. The facade catches the
//! panics of the core; `catch_unwind` on every exported function catches those of the code between, which would
//! otherwise end the process.

mod batch;
mod handle;
mod jwt;
mod value;

use edgewarden_bindings as facade;
use edgewarden_bindings::{Error, Offsets, Origin, Redaction, ScannerOptions, ToJson, Unit};
use napi::bindgen_prelude::{Array, AsyncTask, Either, Uint8Array};
use napi_derive::napi;

use batch::Batch;
use handle::Handle;
use value::{Bytes, Text};

/// A string, or `undefined` for a clean report: most texts are clean, and saying so costs nothing.
type Maybe<T> = Either<T, ()>;

/// A scanner.
#[napi]
pub struct Scanner {
    handle: Handle<facade::Scanner>,
}

/// The state of one conversation.
#[napi]
pub struct Session {
    handle: Handle<facade::Session>,
}

/// A stream under way.
#[napi]
pub struct Stream {
    handle: Handle<facade::Stream>,
}

/// Pseudonyms under one key.
#[napi]
pub struct Pseudonymizer {
    handle: Handle<facade::Pseudonymizer>,
}

#[napi]
impl Scanner {
    /// A scanner from options as JSON, with a compiled rule set instead of the built-in one if there are bytes.
    #[napi(constructor, catch_unwind)]
    pub fn new(options_json: Text, rules: Option<Bytes<'_>>) -> napi::Result<Self> {
        let options = ScannerOptions::from_json(&options_json).map_err(thrown)?;
        let rules = rules.map(|bytes| bytes.to_vec());
        let scanner = facade::Scanner::new(ScannerOptions { rules, ..options }, Unit::Utf16).map_err(thrown)?;
        Ok(Self { handle: Handle::new("the scanner", scanner) })
    }

    /// Scans one text.
    #[napi(catch_unwind)]
    pub fn scan(&self, text: Text, origin: u32, now: f64) -> napi::Result<Maybe<String>> {
        let report = self.handle.open()?.scan(&text, origin_of(origin)?, time_of(now)).map_err(thrown)?;
        Ok(json_unless_clean(&report))
    }

    /// Scans bytes; offsets count bytes.
    #[napi(catch_unwind)]
    pub fn scan_bytes(&self, bytes: Bytes<'_>, origin: u32, now: f64) -> napi::Result<Maybe<String>> {
        let report = self.handle.open()?.scan_bytes(&bytes, origin_of(origin)?, time_of(now)).map_err(thrown)?;
        Ok(json_unless_clean(&report))
    }

    /// Scans several texts; a JSON array of reports, `null` for a clean one, and `{"error": ...}`.
    #[napi(catch_unwind)]
    pub fn scan_batch(&self, texts: Array<'_>, origin: u32, now: f64) -> napi::Result<String> {
        let (scanner, origin, now) = (self.handle.open()?, origin_of(origin)?, time_of(now));
        let mut reports = batch::Reports::new();
        for text in value::texts(&texts) {
            reports.push(&scanner.scan(&text?, origin, now));
        }
        Ok(reports.finish())
    }

    /// The same on a thread of the pool.
    #[napi(catch_unwind)]
    pub fn scan_batch_async(&self, texts: Array<'_>, origin: u32, now: f64) -> napi::Result<AsyncTask<Batch>> {
        let texts = value::texts(&texts).collect::<napi::Result<_>>()?;
        Ok(AsyncTask::new(Batch::new(
            facade::Scanner::clone(self.handle.open()?.as_ref()),
            texts,
            origin_of(origin)?,
            time_of(now),
        )))
    }

    /// Scans every string of a JSON document.
    #[napi(catch_unwind)]
    pub fn scan_json(&self, json: Text, origin: u32) -> napi::Result<String> {
        Ok(self.handle.open()?.scan_json(&json, origin_of(origin)?).map_err(thrown)?.to_json())
    }

    /// Scans one message of a conversation and books it there.
    #[napi(catch_unwind)]
    pub fn scan_in_session(&self, text: Text, origin: u32, now: f64, session: &Session) -> napi::Result<Maybe<String>> {
        let (origin, session) = (origin_of(origin)?, session.handle.open()?);
        let report = self.handle.open()?.scan_in_session(&text, origin, time_of(now), &session).map_err(thrown)?;
        Ok(json_unless_clean(&report))
    }

    /// A scanner for a stream of text.
    #[napi(catch_unwind)]
    pub fn stream(&self, origin: u32) -> napi::Result<Stream> {
        let stream = self.handle.open()?.stream(origin_of(origin)?);
        Ok(Stream { handle: Handle::new("the stream", stream) })
    }

    /// How the decision comes about, in words.
    #[napi(catch_unwind)]
    pub fn explain(&self, text: Text, origin: u32, now: f64) -> napi::Result<String> {
        self.handle.open()?.explain(&text, origin_of(origin)?, time_of(now)).map_err(thrown)
    }

    /// The rules in force, as a JSON array.
    #[napi(catch_unwind)]
    pub fn rules(&self) -> napi::Result<String> {
        Ok(self.handle.open()?.rules().to_json())
    }

    /// Revision of the rules in force.
    #[napi(catch_unwind)]
    pub fn rules_revision(&self) -> napi::Result<u32> {
        Ok(self.handle.open()?.rules_revision())
    }

    /// Frees the memory now instead of when the object is collected.
    #[napi(catch_unwind)]
    pub fn free(&self) {
        self.handle.free();
    }
}

#[napi]
impl Session {
    /// A new conversation, or the one that was saved.
    #[napi(constructor, catch_unwind)]
    pub fn new(bytes: Option<Bytes<'_>>) -> napi::Result<Self> {
        let session = match bytes {
            Some(bytes) => facade::Session::from_bytes(&bytes).map_err(thrown)?,
            None => facade::Session::new(),
        };
        Ok(Self { handle: Handle::new("the session", session) })
    }

    /// What a later [`new`](Self::new) takes.
    #[napi(catch_unwind)]
    pub fn to_bytes(&self) -> napi::Result<Uint8Array> {
        Ok(self.handle.open()?.to_bytes().into())
    }

    /// Messages seen.
    #[napi(catch_unwind)]
    pub fn turns(&self) -> napi::Result<u32> {
        Ok(self.handle.open()?.turns())
    }

    /// Decayed risk, 0 to 1000.
    #[napi(catch_unwind)]
    pub fn risk(&self) -> napi::Result<u32> {
        Ok(self.handle.open()?.risk().into())
    }

    /// Frees the memory now instead of when the object is collected.
    #[napi(catch_unwind)]
    pub fn free(&self) {
        self.handle.free();
    }
}

#[napi]
impl Stream {
    /// Takes the next piece of text.
    #[napi(catch_unwind)]
    pub fn push(&self, piece: Text) -> napi::Result<String> {
        Ok(self.handle.open()?.push(&piece).map_err(thrown)?.to_json())
    }

    /// Ends the stream.
    #[napi(catch_unwind)]
    pub fn finish(&self) -> napi::Result<String> {
        Ok(self.handle.open()?.finish().map_err(thrown)?.to_json())
    }

    /// Decision for the stream so far.
    #[napi(catch_unwind)]
    pub fn decision(&self) -> napi::Result<String> {
        Ok(self.handle.open()?.decision().map_err(thrown)?.name().to_owned())
    }

    /// Score of the stream so far, 0 to 1000.
    #[napi(catch_unwind)]
    pub fn score(&self) -> napi::Result<u32> {
        Ok(self.handle.open()?.score().map_err(thrown)?.into())
    }

    /// Everything found so far, as a JSON array.
    #[napi(catch_unwind)]
    pub fn findings(&self) -> napi::Result<String> {
        Ok(self.handle.open()?.findings().map_err(thrown)?.to_json())
    }

    /// Bytes of UTF-8 taken but not released yet.
    #[napi(catch_unwind)]
    pub fn held_bytes(&self) -> napi::Result<f64> {
        Ok(self.handle.open()?.held_bytes().map_err(thrown)? as f64)
    }

    /// Whether the stream has ended.
    #[napi(catch_unwind)]
    pub fn is_finished(&self) -> bool {
        self.handle.open().map_or(true, |stream| stream.is_finished())
    }

    /// Frees the memory now instead of when the object is collected.
    #[napi(catch_unwind)]
    pub fn free(&self) {
        self.handle.free();
    }
}

#[napi]
impl Pseudonymizer {
    /// Pseudonyms under `key`.
    #[napi(constructor, catch_unwind)]
    pub fn new(key: Bytes<'_>) -> napi::Result<Self> {
        let pseudonymizer = facade::Pseudonymizer::new(&key).map_err(thrown)?;
        Ok(Self { handle: Handle::new("the pseudonymizer", pseudonymizer) })
    }

    /// Replaces what the redactions of a report point at; the answer is JSON.
    #[napi(catch_unwind)]
    pub fn pseudonymize(&self, text: Text, redactions_json: Text) -> napi::Result<String> {
        let handle = self.handle.open()?;
        let redactions = Redaction::list_from_json(&redactions_json).map_err(thrown)?;
        let mut offsets = Offsets::new(&text, Unit::Utf16);
        Ok(handle.pseudonymize(&text, &redactions, &mut offsets).map_err(thrown)?.to_json())
    }

    /// Frees the memory now instead of when the object is collected.
    #[napi(catch_unwind)]
    pub fn free(&self) {
        self.handle.free();
    }
}

/// The word of a prompt.
#[napi(catch_unwind)]
pub fn canary_word(key: Bytes<'_>, id: Text) -> napi::Result<String> {
    facade::canary_word(&key, &id).map_err(thrown)
}

/// A line with the word.
#[napi(catch_unwind)]
pub fn canary_line(word: Text) -> String {
    facade::canary_line(&word)
}

/// Where the text holds the word: start and end, or `undefined`.
#[napi(catch_unwind)]
pub fn canary_find(word: Text, text: Text) -> Maybe<Vec<f64>> {
    let found = facade::canary_find(&word, &text, &mut Offsets::new(&text, Unit::Utf16));
    found.map_or(Either::B(()), |(start, end)| Either::A(vec![start as f64, end as f64]))
}

/// Version of the library.
#[napi(catch_unwind)]
pub fn version() -> &'static str {
    facade::version()
}

/// Every error code with its meaning, as a JSON array.
#[napi(catch_unwind)]
pub fn error_catalogue() -> String {
    facade::CATALOGUE.to_json()
}

/// Panics inside: tests show with it that the process lives on.
#[napi(catch_unwind)]
pub fn panic_probe() -> napi::Result<()> {
    facade::panic_probe().map_err(thrown)
}

/// Panics outside the facade, where `catch_unwind` of the function itself has to hold.
#[napi(catch_unwind)]
pub fn panic_probe_at_the_boundary() {
    std::panic::resume_unwind(Box::new("probe"))
}

fn thrown(error: Error) -> napi::Error {
    napi::Error::from_reason(error.to_json())
}

fn json_unless_clean(report: &facade::Report) -> Maybe<String> {
    if report.is_clean() { Either::B(()) } else { Either::A(report.to_json()) }
}

fn origin_of(index: u32) -> napi::Result<Origin> {
    let origin = usize::try_from(index).ok().and_then(|index| Origin::ALL.get(index));
    origin.copied().ok_or_else(|| thrown(Error::argument("origin", "no such origin")))
}

/// `NaN` stands for no time.
fn time_of(now: f64) -> Option<u64> {
    // The wrapper lets only safe integers through; a cast of anything else saturates.
    (!now.is_nan()).then_some(now as u64)
}
