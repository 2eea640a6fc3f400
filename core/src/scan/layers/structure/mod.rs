//! Layer 7, structure: shapes that only make sense as a fake conversation.
//!
//! One pass looks at line starts and at the three bytes that end a label, a key or open a tag; prose has few of them.
//! What the pass counts is judged at the end.

mod banner;
mod dialogue;
mod picture;
mod policy;
mod suffix;
mod words;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]
mod tests;

use alloc::vec::Vec;

use super::{DetectorHit, byte_at, byte_before};
use crate::scan::Origin;

use dialogue::Dialogue;
use picture::Picture;
use policy::Policy;
use words::Word;

/// Looks for fake conversations, policies and tool results, and for text that is no text.
pub(crate) fn read(view: &str, origin: Origin, hits: &mut Vec<DetectorHit>) {
    let bytes = view.as_bytes();
    let mut dialogue = Dialogue::default();
    let mut policy = Policy::default();
    let mut picture = Picture::default();
    line(bytes, 0, &mut dialogue, &mut picture, hits);
    let marks = bytes.iter().enumerate().filter(|(_, b)| matches!(b, b'\n' | b':' | b'=' | b'<'));
    for (at, &mark) in marks {
        match mark {
            b'\n' => line(bytes, at + 1, &mut dialogue, &mut picture, hits),
            b'<' => {
                let (start, end) = word_after(bytes, at + 1);
                if let Some(Word::Policy(key)) = word(bytes, start, end) {
                    policy.key(bytes, (at, end), key);
                }
            }
            _ => {
                let (start, end) = word_before(bytes, at);
                match word(bytes, start, end) {
                    Some(Word::Policy(key)) => {
                        policy.key(bytes, (start, at + 1), key);
                        if key.number == words::ROLE {
                            dialogue.role(bytes, (start, at + 1));
                        }
                    }
                    Some(found) if mark == b':' => dialogue.label(bytes, (start, at + 1), found),
                    _ => {}
                }
            }
        }
    }
    picture.finish(bytes, hits);
    dialogue.finish(view, origin, hits);
    policy.finish(hits);
    suffix::read(view, hits);
    suffix::flood(view, hits);
}

/// What only the start of a line can be.
fn line(bytes: &[u8], at: usize, dialogue: &mut Dialogue, picture: &mut Picture, hits: &mut Vec<DetectorHit>) {
    let indent = bytes.iter().skip(at).take(INDENT_MAX).take_while(|b| matches!(b, b' ' | b'\t')).count();
    let start = at.saturating_add(indent);
    let first = byte_at(bytes, start);
    if !picture::is_stroke(first) {
        picture.pause();
        return;
    }
    picture.line(bytes, at);
    if words::is_ruler(first) {
        banner::read(bytes, start, hits);
    }
    if first == b'#' {
        heading(bytes, start, dialogue);
    }
}

/// A heading that is the name of a speaker, as in `### Response`.
fn heading(bytes: &[u8], at: usize, dialogue: &mut Dialogue) {
    let marks = ahead(bytes, at, DRESS_MAX).iter().take_while(|b| matches!(b, b'#' | b' ')).count();
    let (start, end) = word_after(bytes, at.saturating_add(marks));
    if matches!(byte_at(bytes, end), 0 | b'\n' | b'\r')
        && let Some(speaker @ (Word::Asker | Word::Answerer)) = word(bytes, start, end)
    {
        dialogue.label(bytes, (start, end), speaker);
    }
}

/// The word of the table between two places.
fn word(bytes: &[u8], start: usize, end: usize) -> Option<Word> {
    words::find(bytes.get(start..end)?)
}

/// The label or key that ends before `at`, without quotes, emphasis, brackets and a number after it.
fn word_before(bytes: &[u8], at: usize) -> (usize, usize) {
    let floor = at.saturating_sub(words::LEN_MAX + DRESS_MAX);
    let mut end = at;
    while end > floor && is_dress(byte_before(bytes, end)) {
        end -= 1;
    }
    let numbered = end;
    while end > floor && matches!(byte_before(bytes, end), b'0'..=b'9' | b' ' | b'#') {
        end -= 1;
    }
    if numbered.saturating_sub(end) > NUMBER_MAX {
        end = numbered;
    }
    let mut start = end;
    while start > floor && is_word(byte_before(bytes, start)) {
        start -= 1;
    }
    (start, end)
}

/// The word that begins at `at`.
fn word_after(bytes: &[u8], at: usize) -> (usize, usize) {
    let len = bytes.iter().skip(at).take(words::LEN_MAX + 1).take_while(|b| is_word(**b)).count();
    (at, at.saturating_add(len))
}

/// Part of a label or key.
fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b >= 0x80 || matches!(b, b'_' | b'-')
}

/// What writers put around a label.
fn is_dress(b: u8) -> bool {
    matches!(b, b' ' | b'"' | b'\'' | b'*' | b'_' | b']' | b')' | b'`')
}

/// The text from `at`, at most `len` bytes of it.
fn ahead(bytes: &[u8], at: usize, len: usize) -> &[u8] {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.get(..len).unwrap_or(rest)
}

/// Indentation that is looked through; deeper lines are code or drawings.
const INDENT_MAX: usize = 64;
/// Signs around a label.
const DRESS_MAX: usize = 12;
/// Bytes of the number of a label, as in `Question 12:`.
const NUMBER_MAX: usize = 5;
