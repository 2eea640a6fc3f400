//! Letters drawn with signs: a model reads the drawing, a filter reads noise.

use alloc::vec::Vec;

use super::{DetectorHit, ahead, byte_before, words};
use crate::text::Span;

/// The drawing that is being read.
#[derive(Debug, Default)]
pub(super) struct Picture {
    lines: usize,
    shapes: usize,
    widths: (usize, usize),
    span: Span,
    before: u64,
    found: Option<Span>,
}

impl Picture {
    /// A line that is none of a drawing.
    pub(super) fn pause(&mut self) {
        if self.lines >= LINES_MIN && self.shapes >= LINES_MIN && self.widths.0 * 2 >= self.widths.1 {
            self.found.get_or_insert(self.span);
        }
        self.lines = 0;
    }

    /// The line that begins at `at`.
    pub(super) fn line(&mut self, bytes: &[u8], at: usize) {
        let line = ahead(bytes, at, WIDTH_MAX).split(|b| *b == b'\n').next().unwrap_or_default().trim_ascii_end();
        let Some(shape) = shape(line) else {
            self.pause();
            return;
        };
        if self.lines == 0 {
            *self = Self {
                widths: (line.len(), line.len()),
                span: Span::new(at, at),
                found: self.found,
                ..Self::default()
            };
        }
        self.lines += 1;
        self.shapes += usize::from(shape != self.before);
        self.before = shape;
        self.widths = (self.widths.0.min(line.len()), self.widths.1.max(line.len()));
        self.span.end = at.saturating_add(line.len());
    }

    /// Reports the first drawing if the text around it says what to do with it.
    pub(super) fn finish(mut self, bytes: &[u8], hits: &mut Vec<DetectorHit>) {
        self.pause();
        let Some(span) = self.found else { return };
        let from = span.start.saturating_sub(NEAR_BYTES);
        let before = bytes.get(from..span.start).unwrap_or_default();
        if asks(before) || asks(ahead(bytes, span.end, NEAR_BYTES)) {
            hits.push(DetectorHit { rule_id: "ascii-art", span });
        }
    }
}

/// A number for the shape of a line that may belong to a drawing, or `None`.
fn shape(line: &[u8]) -> Option<u64> {
    let trimmed = line.trim_ascii_start();
    if line.len() < WIDTH_MIN || line.len() >= WIDTH_MAX {
        return None;
    }
    // Lists and quotations begin with a stroke and go on in letters.
    let letters = trimmed.iter().take(GLANCE).filter(|b| b.is_ascii_alphanumeric()).count();
    if letters * 2 > GLANCE.min(trimmed.len()) {
        return None;
    }
    let (mut drawn, mut seen, mut hash, mut gaps) = (0usize, 0usize, line.len() as u64, 0usize);
    let mut before = 0u8;
    for &b in trimmed {
        // Bytes after the first of a character are part of it.
        if b & 0xc0 == 0x80 {
            hash = hash.wrapping_mul(31).wrapping_add(u64::from(b));
            continue;
        }
        if b != b' ' {
            seen += 1;
            drawn += usize::from(is_stroke(b));
            gaps += usize::from(before == b' ');
        }
        before = b;
        hash = hash.wrapping_mul(31).wrapping_add(u64::from(b));
    }
    let first = trimmed.first().copied().unwrap_or(0);
    let uniform = trimmed.iter().all(|b| *b == first || *b == b' ');
    let is_table = trimmed.iter().all(|b| matches!(b, b'|' | b'-' | b'+' | b'=' | b':' | b' '))
        || (first == b'|' && byte_before(trimmed, trimmed.len()) == b'|' && drawn * 2 < seen);
    let is_frame = trimmed.windows(3).any(|w| matches!(w, [0xe2, 0x94..=0x95, _]));
    let drawing = drawn * 100 >= seen * DRAWN_PERCENT && seen >= STROKES_MIN;
    // A line of one sign is a ruler unless gaps cut it into strokes.
    (drawing && !is_table && !is_frame && (!uniform || gaps > 0)).then_some(hash)
}

/// Signs letters are drawn with. The first byte of the block elements stands for them.
pub(super) fn is_stroke(b: u8) -> bool {
    matches!(
        b,
        b'#' | b'*'
            | b'@'
            | b'/'
            | b'\\'
            | b'|'
            | b'_'
            | b'-'
            | b'='
            | b'+'
            | b'.'
            | b'^'
            | b'~'
            | b'<'
            | b'>'
            | b'('
            | b')'
            | b'`'
            | b'\''
            | b','
            | b'%'
            | b'&'
            | b'$'
            | b':'
            | 0xe2
    )
}

/// Whether `text` says what to do with a drawing.
fn asks(text: &[u8]) -> bool {
    (0..text.len()).any(|at| {
        let fresh = !byte_before(text, at).is_ascii_alphanumeric();
        fresh && text.get(at..).is_some_and(|rest| ASKED.iter().any(|a| words::begins(rest, a)))
    })
}

static ASKED: &[&str] = &[
    "ascii",
    "[mask]",
    "drawn",
    "spells",
    "spell out",
    "decode",
    "letters above",
    "letters below",
    "word above",
    "word below",
    "word it ",
    "word in the",
    "hidden word",
    "replace mask",
    "read the word",
    "read the letters",
    "art below",
    "art above",
];

/// Lines of a drawing.
const LINES_MIN: usize = 3;
/// Columns of a drawing.
const WIDTH_MIN: usize = 8;
const WIDTH_MAX: usize = 240;
/// Signs that tell most lines of text from drawings.
const GLANCE: usize = 16;
/// Signs of a line.
const STROKES_MIN: usize = 3;
/// Share of strokes among what is not space.
const DRAWN_PERCENT: usize = 60;
/// How far from the drawing it is spoken of.
const NEAR_BYTES: usize = 400;
