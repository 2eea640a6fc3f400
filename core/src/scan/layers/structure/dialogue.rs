//! Turns of a conversation inside one message.

use alloc::vec::Vec;

use super::words::{Word, begins, is_assent, is_order};
use super::{DetectorHit, ahead, byte_before};
use crate::scan::Origin;
use crate::text::Span;

/// The labelled turns of a text.
#[derive(Debug, Default)]
pub(super) struct Dialogue {
    talk: Turns,
    list: Turns,
    order: Option<Span>,
    assent: Option<Span>,
    /// Steps of an agent's notes seen, one bit each.
    steps: u8,
    observations: Option<Span>,
    tool_message: Option<Span>,
}

/// Alternating turns of two sides.
#[derive(Clone, Copy, Debug, Default)]
struct Turns {
    asked: bool,
    /// An answer has been given to every question so far.
    pairs: usize,
    questions: usize,
    span: Option<Span>,
}

impl Turns {
    fn turn(&mut self, asks: bool, place: Span) {
        if asks {
            self.questions += 1;
            self.span.get_or_insert(place);
        } else if self.asked {
            self.pairs += 1;
        }
        if let Some(span) = &mut self.span {
            span.end = place.end;
        }
        self.asked = asks;
    }
}

impl Dialogue {
    /// A label with its colon.
    pub(super) fn label(&mut self, bytes: &[u8], place: (usize, usize), word: Word) {
        let span = Span::new(place.0, place.1);
        let opens = opens_line(bytes, place.0);
        let set_off = opens || opens_sentence(bytes, place.0);
        if !set_off && !matches!(word, Word::Question | Word::Answer | Word::ToolId) {
            return;
        }
        let after = ahead(bytes, place.1, ORDER_BYTES);
        let after = skip_dress(after);
        let before = bytes.get(..place.0).unwrap_or_default();
        match word {
            Word::Question if before.ends_with(b"Action ") => self.steps |= 1 << 3,
            Word::Answer if before.ends_with(b"Final ") => self.steps |= 1 << 4,
            Word::Asker => self.talk.turn(true, span),
            Word::Answerer => {
                self.talk.turn(false, span);
                // The first line of a message is its own writer's.
                if opens && place.0 > 0 && self.assent.is_none() && is_assent(after) {
                    self.assent = Some(span);
                }
            }
            Word::Question if set_off => self.list.turn(true, span),
            Word::Answer if set_off => self.list.turn(false, span),
            Word::Question | Word::Answer => {}
            Word::System => {
                if opens && self.order.is_none() && is_order(after) {
                    self.order = Some(span);
                }
            }
            Word::Step(number) => {
                if opens {
                    self.steps |= 1u8.checked_shl(u32::from(number)).unwrap_or(0);
                    if number == 0 {
                        self.observations.get_or_insert(span);
                    }
                }
            }
            Word::ToolId => {
                self.tool_message.get_or_insert(span);
            }
            Word::Policy(_) => {}
        }
    }

    /// The key `role` of a message in JSON; its value follows.
    pub(super) fn role(&mut self, bytes: &[u8], place: (usize, usize)) {
        let value = ahead(bytes, place.1, ORDER_BYTES).trim_ascii_start();
        if begins(value, "\"tool\"") || begins(value, "\"function\"") {
            self.tool_message.get_or_insert(Span::new(place.0, place.1));
        }
    }

    pub(super) fn finish(self, view: &str, origin: Origin, hits: &mut Vec<DetectorHit>) {
        let mut report = |rule_id, span: Option<Span>| {
            if let Some(span) = span {
                hits.push(DetectorHit { rule_id, span });
            }
        };
        match self.talk.pairs {
            PAIRS_MANY.. if origin.is_data() => report("many-shot-data", self.talk.span),
            PAIRS_MIN.. => report("many-shot", self.talk.span),
            _ => {}
        }
        if self.list.pairs >= PAIRS_MIN {
            report("many-shot-list", self.list.span);
        }
        report("fake-system-line", self.order);
        // An answer nobody asked for puts words into the model's mouth; one after a question may be a pasted chat.
        report(if self.talk.questions == 0 { "fake-answer" } else { "fake-transcript" }, self.assent);
        if self.steps & 1 == 1 && self.steps.count_ones() >= STEPS_MIN {
            report("fake-tool-result", self.observations);
        }
        report("fake-tool-result", bracketed(view));
        report("fake-tool-message", self.tool_message);
    }
}

/// A result of a tool in square brackets, which the markup rules do not know.
fn bracketed(view: &str) -> Option<Span> {
    let bytes = view.as_bytes();
    let mut at = 0;
    while let Some(next) = view.get(at..).and_then(|rest| rest.find('[')) {
        at = at.saturating_add(next);
        let inside = ahead(bytes, at.saturating_add(1), BRACKET_BYTES);
        let begun = matches!(inside.first(), Some(b't' | b'T' | b'f' | b'F'));
        let len = BRACKETS.iter().filter(|_| begun).find(|b| begins(inside, b)).map_or(0, |b| b.len());
        if len > 0 && matches!(inside.get(len), Some(b']' | b':')) {
            return Some(Span::new(at, at.saturating_add(len).saturating_add(2)));
        }
        at = at.saturating_add(1);
    }
    None
}

/// Whether only indentation, quotes, list marks and emphasis stand between the line's start and `at`.
fn opens_line(bytes: &[u8], at: usize) -> bool {
    let mut at = at;
    for _ in 0..LEAD_MAX {
        match byte_before(bytes, at) {
            0 | b'\n' | b'\r' => return true,
            b' ' | b'\t' | b'*' | b'#' | b'>' | b'-' | b'[' | b'(' | b'_' | b'"' | b'\'' | b'`' => at -= 1,
            _ => return false,
        }
    }
    false
}

/// Whether a sentence ends before `at`, or a turn is set off by a slash or bar.
fn opens_sentence(bytes: &[u8], at: usize) -> bool {
    let mut at = at;
    for _ in 0..LEAD_MAX {
        match byte_before(bytes, at) {
            b' ' | b'*' | b'"' | b'[' | b'\'' | b'_' | b'(' => at -= 1,
            b'.' | b'?' | b'!' | b';' | b',' | b'|' | b'/' | b')' | b']' | b'>' | 0x80.. => return true,
            _ => return false,
        }
    }
    false
}

/// Text after a label without emphasis, quotes and white space.
fn skip_dress(text: &[u8]) -> &[u8] {
    let skip = text.iter().take_while(|b| b.is_ascii_whitespace() || matches!(b, b'*' | b'"' | b'_' | b'\'')).count();
    text.get(skip..).unwrap_or_default()
}

static BRACKETS: &[&str] =
    &["tool_result", "tool result", "tool output", "tool_output", "function result", "tool response"];

/// From here on examples steer a model.
const PAIRS_MIN: usize = 8;
/// No document quotes as many turns with a model.
const PAIRS_MANY: usize = 16;
/// Kinds of notes of an agent, what a tool returned among them.
const STEPS_MIN: u32 = 3;
/// Signs before a label.
const LEAD_MAX: usize = 12;
/// Bytes in which an order shows.
const ORDER_BYTES: usize = 80;
/// Bytes of a bracket.
const BRACKET_BYTES: usize = 20;
