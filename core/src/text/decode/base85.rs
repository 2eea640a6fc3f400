//! Ascii85, with or without `<~ ~>`, and the RFC 1924 alphabet of Base85.

use alloc::vec::Vec;

use super::gate::{Bytes, Gate, Readable, byte};
use super::{Children, Step};
use crate::text::{MappedText, Span};

/// Finds Base85 that decodes to text: delimited blocks, and long tokens with signs in them.
pub fn find(text: &str, out: &mut Children) {
    let bytes = text.as_bytes();
    let mut digits: Vec<(u8, u32)> = Vec::new();
    let mut at = 0;
    let mut unclosed = false;
    while at < bytes.len() && !out.is_full() {
        if !unclosed && bytes.get(at..at + 2) == Some(b"<~") {
            let Some(len) = text.get(at + 2..).and_then(|t| t.find("~>")) else {
                unclosed = true;
                continue;
            };
            let span = Span::new(at, at + len + 4);
            digits.clear();
            let inner = bytes.get(at + 2..at + 2 + len).unwrap_or_default();
            digits
                .extend(inner.iter().zip(at as u32 + 2..).filter(|d| !d.0.is_ascii_whitespace()).map(|d| (*d.0, d.1)));
            if let Some(child) = groups(&digits, ascii85, span.end).and_then(|b| b.read(Gate::Text)) {
                out.push(Step::Base85, span, child);
            }
            at = span.end;
            continue;
        }
        let start = at;
        digits.clear();
        let mut signs = 0;
        while matches!(byte(bytes, at), b'!'..=b'~') && !(at > start && bytes.get(at..at + 2) == Some(b"<~")) {
            signs += usize::from(!byte(bytes, at).is_ascii_alphanumeric());
            digits.push((byte(bytes, at), at as u32));
            at += 1;
        }
        if digits.len() >= MIN
            && signs >= 2
            && let Some((from, child)) = token(&digits)
        {
            out.push(Step::Base85, Span::new(start + from, at), child);
        }
        at = at.max(start + 1);
    }
}

/// A token may begin with a quote or a label, so each phase is tried in both alphabets.
fn token(digits: &[(u8, u32)]) -> Option<(usize, MappedText)> {
    let phases = if digits.len() > LONG { 1 } else { 5 };
    // A quote or bracket after the block is not part of it.
    let trimmed = digits.iter().rev().take_while(|d| matches!(d.0, b'"' | b'\'' | b'.' | b',' | b')')).count();
    let cut = digits.get(..digits.len() - trimmed.min(2)).unwrap_or_default();
    let wholes: &[&[(u8, u32)]] = if trimmed > 0 { &[digits, cut] } else { &[digits] };
    for whole in wholes {
        for phase in 0..phases {
            let part = whole.get(phase..).unwrap_or_default();
            let end = part.last().map_or(0, |d| d.1 as usize + 1);
            for value in [ascii85 as fn(u8) -> Option<u32>, rfc1924] {
                if is_plausible(part, value)
                    && let Some(child) = groups(part, value, end).and_then(|b| b.read(Gate::Text))
                {
                    return Some((phase, child));
                }
            }
        }
    }
    None
}

/// Whether the digits may decode to text.
fn is_plausible(digits: &[(u8, u32)], value: fn(u8) -> Option<u32>) -> bool {
    let mut seen = Readable::default();
    for group in digits.chunks_exact(5) {
        let Some(n) = group.iter().try_fold(0u64, |n, d| Some(n * 85 + u64::from(value(d.0)?))) else { return false };
        let Ok(n) = u32::try_from(n) else { return false };
        n.to_be_bytes().into_iter().for_each(|b| seen.push(b));
    }
    seen.is_plausible()
}

/// Five digits make four bytes, so each byte maps to its whole group. Stops at the first sign of another alphabet.
fn groups(digits: &[(u8, u32)], value: fn(u8) -> Option<u32>, end: usize) -> Option<Bytes> {
    let mut out = Bytes::default();
    for group in digits.chunks(5) {
        let mut n: u64 = 0;
        for i in 0..5 {
            let digit = match group.get(i) {
                Some(d) => value(d.0)?,
                None => 84,
            };
            n = n * 85 + u64::from(digit);
        }
        let n = u32::try_from(n).ok()?;
        let (first, last) = (group.first()?.1 as usize, group.last()?.1 as usize + 1);
        for b in n.to_be_bytes().iter().take(group.len() - 1) {
            out.push(*b, first, last);
        }
    }
    out.extend_last(end);
    Some(out)
}

const fn ascii85(b: u8) -> Option<u32> {
    match b {
        b'!'..=b'u' => Some((b - b'!') as u32),
        _ => None,
    }
}

fn rfc1924(b: u8) -> Option<u32> {
    Some(match b {
        b'0'..=b'9' => u32::from(b - b'0'),
        b'A'..=b'Z' => u32::from(b - b'A') + 10,
        b'a'..=b'z' => u32::from(b - b'a') + 36,
        _ => b"!#$%&()*+-;<=>?@^_`{|}~".iter().position(|s| *s == b)? as u32 + 62,
    })
}

const MIN: usize = 20;
const LONG: usize = 4096;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::gate::tests::{PLAIN, reads, silent};
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    fn encode(text: &str, alphabet: impl Fn(u32) -> char) -> String {
        let mut out = String::new();
        for group in text.as_bytes().chunks(4) {
            let mut padded = [0u8; 4];
            padded[..group.len()].copy_from_slice(group);
            let mut n = u32::from_be_bytes(padded);
            let mut digits = Vec::new();
            for _ in 0..5 {
                digits.insert(0, alphabet(n % 85));
                n /= 85;
            }
            out.extend(digits.iter().take(group.len() + 1));
        }
        out
    }

    #[test]
    fn bare_and_delimited() {
        let bare = encode(PLAIN, |d| char::from(b'!' + d as u8));
        reads(find, "x ", &bare, " y");
        let found = super::super::gate::tests::run(find, &std::format!("a <~{bare}~> b"));
        assert_eq!(found[0].child.text, PLAIN);
        assert_eq!(found[0].span, Span::new(2, 6 + bare.len()));
    }

    #[test]
    fn rfc1924_alphabet() {
        let table: Vec<char> = (0u8..128).map(char::from).filter(|c| rfc1924(*c as u8).is_some()).collect();
        let bare = encode(PLAIN, |d| *table.iter().find(|c| rfc1924(**c as u8) == Some(d)).unwrap());
        reads(find, "", &bare, "");
    }

    #[test]
    fn honest_texts_stay_silent() {
        silent(
            find,
            &[
                "https://example.org/a/b?c=d&e=f#section-number-twelve",
                "fn main() { let v:Vec<u8>=vec![1,2,3];println!(\"{v:?}\"); }",
                "mail someone+filter.tag@sub.example.org today",
                "<~~> and <~ nothing here",
                "$2b$12$abcdefghijklmnopqrstuv.WXYZ0123456789abcdefghijklmno",
                "|------------|-------------|-------------|",
                "(https://example.org/wiki/Article_(disambiguation)#History).",
            ],
        );
    }
}
