//! Text no person writes: a tail found by optimisation, and one phrase over and over.

use alloc::vec::Vec;

use super::{DetectorHit, byte_at};
use crate::text::Span;

/// Reports a tail of signs and joined words behind plain prose, as gradient search makes them (GCG).
pub(super) fn read(view: &str, hits: &mut Vec<DetectorHit>) {
    let bytes = view.trim_ascii_end().as_bytes();
    let start = tail_start(bytes);
    let (Some(before), Some(tail)) = (bytes.get(start.saturating_sub(PROSE_BYTES)..start), bytes.get(start..)) else {
        return;
    };
    if before.len() < PROSE_MIN || !is_prose(before) || !is_odd(tail) {
        return;
    }
    let start = (start..bytes.len()).find(|i| view.is_char_boundary(*i)).unwrap_or(start);
    hits.push(DetectorHit { rule_id: "gcg-suffix", span: Span::new(start, bytes.len()) });
}

/// Where the first odd one of the last words begins, or the end.
fn tail_start(bytes: &[u8]) -> usize {
    let (mut first, mut end, mut words) = (bytes.len(), bytes.len(), 0);
    let floor = bytes.len().saturating_sub(TAIL_BYTES);
    for (at, _) in bytes.iter().enumerate().skip(floor).rev().filter(|(_, b)| b.is_ascii_whitespace()) {
        if bytes.get(at + 1..end).is_some_and(is_odd_word) {
            first = at + 1;
        }
        end = at;
        words += 1;
        if words == TAIL_WORDS {
            break;
        }
    }
    first
}

fn is_prose(text: &[u8]) -> bool {
    let plain =
        text.iter().filter(|b| b.is_ascii_alphabetic() || matches!(b, b' ' | b'.' | b',' | b'?' | b'\'')).count();
    plain * 100 >= text.len() * 96
}

fn is_odd(tail: &[u8]) -> bool {
    let (mut words, mut odd, mut signs, mut letters) = (0usize, 0usize, 0usize, 0usize);
    let mut kinds = 0u128;
    let mut open = [0i32; 3];
    for word in tail.split(u8::is_ascii_whitespace).filter(|w| !w.is_empty()) {
        // Links and encoded data have signs by right.
        if word.len() > WORD_MAX || word.windows(3).any(|w| w == b"://") || !word.is_ascii() {
            return false;
        }
        words += 1;
        odd += usize::from(is_odd_word(word));
        for &b in word {
            letters += usize::from(b.is_ascii_alphabetic());
            if b.is_ascii_punctuation() && !matches!(b, b'.' | b',' | b'\'') {
                signs += 1;
                kinds |= 1u128 << (b & 127);
            }
            let [round, square, curly] = &mut open;
            match b {
                b'(' => *round += 1,
                b')' => *round -= 1,
                b'[' => *square += 1,
                b']' => *square -= 1,
                b'{' => *curly += 1,
                b'}' => *curly -= 1,
                _ => {}
            }
        }
    }
    // Code and formulas close what they open.
    let balanced = open.iter().all(|o| *o == 0);
    words >= WORDS_MIN
        && letters * 2 > tail.len()
        && !balanced
        && odd * 100 >= words * ODD_PERCENT
        && signs * 100 >= tail.len() * SIGNS_PERCENT
        && kinds.count_ones() >= KINDS_MIN
}

/// Signs within letters, different signs in a row, small before capital letters, or letters English does not join.
fn is_odd_word(word: &[u8]) -> bool {
    let joined = word.windows(2).any(|w| matches!(w, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()));
    let signed = word.windows(2).any(|w| matches!(w, [a, b] if is_sign(*a) && is_sign(*b) && a != b));
    let within = word
        .windows(3)
        .any(|w| matches!(w, [a, b, c] if a.is_ascii_alphabetic() && is_sign(*b) && c.is_ascii_alphabetic()));
    joined || signed || within || !is_english(word)
}

fn is_sign(b: u8) -> bool {
    b.is_ascii_punctuation() && !matches!(b, b'-' | b'\'' | b'.' | b'/' | b'@' | b'_' | b':')
}

/// Whether most neighbours in a word are neighbours in English; short words are taken for English.
fn is_english(word: &[u8]) -> bool {
    let pairs = || word.windows(2).filter(|w| w.iter().all(u8::is_ascii_alphabetic));
    let rare = pairs().filter(|w| !matches!(w, [a, b] if follows(*a, *b))).count();
    rare * 4 <= pairs().count()
}

fn follows(a: u8, b: u8) -> bool {
    let index = |b: u8| b.to_ascii_lowercase().wrapping_sub(b'a');
    FOLLOWERS.get(usize::from(index(a))).is_some_and(|row| row >> (index(b) & 31) & 1 == 1)
}

/// Reports a word or phrase that is repeated without end.
///
/// Looks for a period at places that are spread so that no flood fits between them, then measures it.
pub(super) fn flood(view: &str, hits: &mut Vec<DetectorHit>) {
    let bytes = view.as_bytes();
    let mut at = 0;
    while at + PROBE < bytes.len() {
        let end = match period(bytes, at) {
            Some(period) => measure(view, at, period, hits),
            None => at,
        };
        at = end.max(at) + STRIDE;
    }
}

fn period(bytes: &[u8], at: usize) -> Option<usize> {
    let probe = bytes.get(at..at + PROBE)?;
    (2..=PERIOD_MAX)
        .find(|p| byte_at(bytes, at + p) == byte_at(bytes, at) && bytes.get(at + p..at + p + PROBE) == Some(probe))
}

/// Where the repetition ends; reports it if it is long enough and made of words.
fn measure(view: &str, at: usize, period: usize, hits: &mut Vec<DetectorHit>) -> usize {
    let bytes = view.as_bytes();
    let same = |i: &usize| byte_at(bytes, *i) == byte_at(bytes, i + period);
    let end = (at..bytes.len().saturating_sub(period)).find(|i| !same(i)).unwrap_or(bytes.len() - period) + period;
    let floor = at.saturating_sub(STRIDE * 2);
    let start = (floor..at).rev().find(|i| !same(i)).map_or(floor, |i| i + 1);
    let phrase = bytes.get(at..at + period).unwrap_or_default();
    let letters = phrase.iter().filter(|b| b.is_ascii_alphabetic() || **b >= 0x80).count();
    let spaced = phrase.iter().any(u8::is_ascii_whitespace);
    // Empty cells of data repeat too.
    let is_data =
        phrase.iter().any(|b| matches!(b, b'0'..=b'9' | b'"' | b'{' | b'[' | b'<' | b'|' | b'=' | b':' | b';' | b'\t'))
            || EMPTY.iter().any(|e| is_cycle(phrase, e));
    if (end - start) / period > REPEATS_MIN && letters > 0 && spaced && !is_data {
        let bound = |i: usize| (i..bytes.len()).find(|i| view.is_char_boundary(*i)).unwrap_or(bytes.len());
        hits.push(DetectorHit { rule_id: "token-flood", span: Span::new(bound(start), bound(end)) });
    }
    end
}

/// Whether `phrase` is `word` with signs around it, begun anywhere.
fn is_cycle(phrase: &[u8], word: &str) -> bool {
    let letters = phrase.iter().filter(|b| b.is_ascii_alphabetic()).count();
    letters == word.len()
        && (0..phrase.len()).any(|from| {
            let turned = phrase.iter().cycle().skip(from).take(word.len());
            turned.zip(word.bytes()).all(|(a, b)| a.eq_ignore_ascii_case(&b))
        })
}

static EMPTY: &[&str] = &["null", "nan", "true", "false", "none", "na", "nil", "x", "y", "n"];

/// Words of the tail, and the bytes they may have.
const TAIL_WORDS: usize = 20;
const TAIL_BYTES: usize = 260;
const WORDS_MIN: usize = 6;
const WORD_MAX: usize = 40;
/// Bytes before the tail that must be prose.
const PROSE_BYTES: usize = 120;
const PROSE_MIN: usize = 24;
const ODD_PERCENT: usize = 45;
const SIGNS_PERCENT: usize = 8;
const KINDS_MIN: u32 = 4;
/// Longest phrase of a flood.
const PERIOD_MAX: usize = 48;
/// Bytes that must recur before a flood is measured.
const PROBE: usize = 64;
/// A flood of two-byte words is longer than this.
const STRIDE: usize = 256;
/// Repetitions that are allowed.
const REPEATS_MIN: usize = 200;

/// For each letter the letters that follow it in English, one bit each.
static FOLLOWERS: [u32; 26] = [
    0x1febd7e, 0x1164b1d, 0x11ecd95, 0x13e5979, 0x1fffdff, 0x01e4d35, 0x01e79d1, 0x11e7113, 0x2befd7f, 0x0144011,
    0x054211d, 0x17edd3b, 0x114f913, 0x17eff7d, 0x1fefd7f, 0x13ec991, 0x0100000, 0x17efdff, 0x15ffdbd, 0x15ef9b7,
    0x31ef9ff, 0x0004111, 0x0066191, 0x0888115, 0x04ef917, 0x3000110,
];
