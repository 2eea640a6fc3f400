//! A stream as a handle, its findings counted in the host's unit.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use edgewarden::scan::{self, Decision, StreamScanner};
use edgewarden::text::Span;

use crate::error::Error;
use crate::guard::guard;
use crate::offsets::{Offsets, Unit};
use crate::report::{Finding, StreamOutput};

/// Scans a stream of one origin. Calls from several threads take turns; after [`finish`](Self::finish), or after a
/// fault of the library, every further call answers `closed`.
pub struct Stream {
    state: Mutex<Option<State>>,
}

struct State {
    scanner: StreamScanner,
    tail: Tail,
    /// Everything found, in the host's unit, beside the spans it was converted from.
    findings: Vec<(Span, Finding)>,
}

/// The last part of the stream with what stands before it counted, so that recent places can be converted.
struct Tail {
    text: String,
    unit: Unit,
    /// What was dropped before the text: bytes and units.
    before: (usize, usize),
}

impl Stream {
    pub(crate) fn new(scanner: StreamScanner, unit: Unit) -> Self {
        let tail = Tail { text: String::new(), unit, before: (0, 0) };
        Self { state: Mutex::new(Some(State { scanner, tail, findings: Vec::new() })) }
    }

    /// Takes the next piece of text.
    ///
    /// # Errors
    /// `closed`, `internal`.
    pub fn push(&self, piece: &str) -> Result<StreamOutput, Error> {
        self.with(|slot| {
            let mut state = slot.take().ok_or_else(|| Error::closed("the stream"))?;
            state.tail.push(piece);
            let output = state.scanner.push(piece);
            state.learn();
            let fresh = output.findings.iter().map(|f| state.tail.convert(f)).collect();
            let output = output_of(output, fresh);
            state.tail.forget();
            // A state that a panic interrupted is not put back.
            *slot = Some(state);
            Ok(output)
        })
    }

    /// Ends the stream: scans and releases the rest.
    ///
    /// # Errors
    /// `closed`, `internal`.
    pub fn finish(&self) -> Result<StreamOutput, Error> {
        self.with(|slot| {
            let State { scanner, tail, .. } = slot.take().ok_or_else(|| Error::closed("the stream"))?;
            let output = scanner.finish();
            let findings = output.findings.iter().map(|f| tail.convert(f)).collect();
            Ok(output_of(output, findings))
        })
    }

    /// Decision for the stream so far.
    ///
    /// # Errors
    /// `closed`.
    pub fn decision(&self) -> Result<Decision, Error> {
        self.read(|state| state.scanner.decision())
    }

    /// Score of the stream so far, 0 to 1000.
    ///
    /// # Errors
    /// `closed`.
    pub fn score(&self) -> Result<u16, Error> {
        self.read(|state| state.scanner.score())
    }

    /// Everything found so far, with places grown to what was seen since.
    ///
    /// # Errors
    /// `closed`.
    pub fn findings(&self) -> Result<Vec<Finding>, Error> {
        self.read(|state| state.findings.iter().map(|(_, finding)| finding.clone()).collect())
    }

    /// Bytes of UTF-8 taken but not released yet.
    ///
    /// # Errors
    /// `closed`.
    pub fn held_bytes(&self) -> Result<usize, Error> {
        self.read(|state| state.scanner.held_bytes())
    }

    /// Whether the stream has ended.
    pub fn is_finished(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    fn with<T>(&self, work: impl FnOnce(&mut Option<State>) -> Result<T, Error>) -> Result<T, Error> {
        let mut slot = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        guard(|| work(&mut slot))
    }

    fn read<T>(&self, read: impl FnOnce(&State) -> T) -> Result<T, Error> {
        self.with(|slot| slot.as_ref().map(read).ok_or_else(|| Error::closed("the stream")))
    }
}

fn output_of(output: scan::StreamOutput, findings: Vec<Finding>) -> StreamOutput {
    let scan::StreamOutput { release, decision, score, .. } = output;
    StreamOutput { release, findings, decision, score }
}

impl State {
    /// Takes over what the scanner has found or what has grown.
    fn learn(&mut self) {
        for (i, finding) in self.scanner.findings().iter().enumerate() {
            match self.findings.get_mut(i) {
                Some((span, known)) if *span != finding.span => {
                    // The start may lie before the tail, where it cannot have moved.
                    let (start, end) = self.tail.span(finding.span);
                    known.start = if finding.span.start == span.start { known.start } else { start };
                    known.end = end;
                    known.weight = finding.weight;
                    *span = finding.span;
                }
                Some(_) => {}
                None => self.findings.push((finding.span, self.tail.convert(finding))),
            }
        }
    }
}

impl Tail {
    fn push(&mut self, piece: &str) {
        if self.unit != Unit::Utf8 {
            self.text.push_str(piece);
        }
    }

    fn span(&self, span: Span) -> (usize, usize) {
        if self.unit == Unit::Utf8 {
            return (span.start, span.end);
        }
        let (bytes, units) = self.before;
        let mut offsets = Offsets::new(&self.text, self.unit);
        let start = units + offsets.to_host(span.start.saturating_sub(bytes));
        (start, units + offsets.to_host(span.end.saturating_sub(bytes)))
    }

    fn convert(&self, finding: &scan::Finding) -> Finding {
        let (start, end) = self.span(finding.span);
        Finding { start, end, ..Finding::of(finding, &mut Offsets::new("", Unit::Utf8)) }
    }

    /// Drops what no finding can begin in any more.
    fn forget(&mut self) {
        if self.text.len() < 2 * TAIL_BYTES {
            return;
        }
        let mut cut = self.text.len() - TAIL_BYTES;
        while !self.text.is_char_boundary(cut) {
            cut -= 1;
        }
        let dropped: String = self.text.drain(..cut).collect();
        self.before.0 += dropped.len();
        self.before.1 += self.unit.len(&dropped);
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slot = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Stream").field("scanner", &slot.as_ref().map(|state| &state.scanner)).finish()
    }
}

/// More than the core keeps of a stream (16 KiB held, 1.5 KiB of context), so every place it reports lies within.
const TAIL_BYTES: usize = 64 << 10;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::{Origin, Scanner, ScannerOptions, Unit};

    #[test]
    fn findings_of_a_long_stream_count_the_hosts_units() {
        let filler = "Ça va bien, merci 😀. ";
        let mut text = filler.repeat(9000);
        let at = text.chars().count();
        text.push_str("Écrivez à ada@example.org. ");
        text.push_str(&filler.repeat(20));
        for unit in [Unit::CodePoint, Unit::Utf16, Unit::Utf8] {
            let stream = Scanner::new(ScannerOptions::default(), unit).unwrap().stream(Origin::Assistant);
            let mut found = Vec::new();
            for piece in text.split_inclusive(' ') {
                found.extend(stream.push(piece).unwrap().findings);
            }
            assert_eq!(stream.findings().unwrap().len(), 1);
            assert_eq!(stream.findings().unwrap()[0].start, found[0].start);
            found.extend(stream.finish().unwrap().findings);
            let units: String = match unit {
                Unit::CodePoint => text.chars().skip(found[0].start).take(found[0].end - found[0].start).collect(),
                Unit::Utf8 => text[found[0].start..found[0].end].to_owned(),
                Unit::Utf16 => {
                    let units: Vec<u16> = text.encode_utf16().collect();
                    String::from_utf16(&units[found[0].start..found[0].end]).unwrap()
                }
            };
            assert_eq!(units, "ada@example.org");
            assert!(unit != Unit::CodePoint || found[0].start == at + 10);
            assert_eq!(stream.push("more").unwrap_err().code, "closed");
            assert_eq!(stream.finish().unwrap_err().code, "closed");
        }
    }
}
