//! Bytes written as numbers: hexadecimal, binary, octal and decimal.
//!
//! All four share one shape: units of digits with at most two separator characters between them.

use alloc::vec::Vec;

use super::gate::{Bytes, Gate, byte, from_bits};
use super::{Children, Step};
use crate::text::Span;

/// Finds hexadecimal: one long run, or units such as `69 67`, `0x69, 0x67`, `\x69\x67`.
pub fn hex(text: &str, out: &mut Children) {
    sequences(
        text,
        |b| b.is_ascii_hexdigit(),
        b'x',
        |units, span| {
            let mut values: Vec<(u8, u32, u32)> = Vec::new();
            for unit in units.iter().filter(|u| u.len() % 2 == 0) {
                digits(text, *unit, 16, &mut values);
            }
            let least = if units.len() == 1 { 16 } else { 12 };
            if values.len() >= least
                && let Some(child) = from_bits(&values, 4, 8).read(Gate::Text)
            {
                out.push(Step::Hex, span, child);
            }
            !out.is_full()
        },
    );
}

/// Finds binary octets, spaced or not, and seven-bit groups when spaced.
pub fn binary(text: &str, out: &mut Children) {
    sequences(
        text,
        |b| matches!(b, b'0' | b'1'),
        b'b',
        |units, span| {
            let width = if units.len() > 1 && units.iter().all(|u| u.len() == 7) { 7 } else { 8 };
            let mut values: Vec<(u8, u32, u32)> = Vec::new();
            let total: usize = units.iter().map(|u| u.len()).sum();
            // Groups of other sizes (nibbles, wrapped lines) are fine as long as they add up to octets.
            if total >= 6 * width && total.is_multiple_of(width) {
                for unit in units {
                    digits(text, *unit, 2, &mut values);
                }
                if let Some(child) = from_bits(&values, 1, width as u32).read(Gate::Text) {
                    out.push(Step::Binary, span, child);
                }
            }
            !out.is_full()
        },
    );
}

/// Finds octal character codes of two or three digits.
pub fn octal(text: &str, out: &mut Children) {
    codes(text, 8, b'o', Step::Octal, out);
}

/// Finds decimal character codes.
pub fn decimal(text: &str, out: &mut Children) {
    codes(text, 10, 0, Step::Decimal, out);
}

fn codes(text: &str, radix: u32, prefix: u8, step: Step, out: &mut Children) {
    sequences(
        text,
        |b| b.is_ascii_digit(),
        prefix,
        |units, _| {
            // A number that is no character code ends a text, it does not spoil it.
            for part in units.split(|u| code(text, *u, radix).is_none()) {
                if part.len() < CODES_MIN {
                    continue;
                }
                let mut read = Bytes::default();
                for unit in part {
                    read.push(code(text, *unit, radix).unwrap_or(0), unit.start, unit.end);
                }
                if let (Some(first), Some(last)) = (part.first(), part.last())
                    && let Some(child) = read.read(Gate::Words)
                {
                    out.push(step, first.cover(*last), child);
                }
            }
            !out.is_full()
        },
    );
}

fn code(text: &str, unit: Span, radix: u32) -> Option<u8> {
    if unit.len() > 4 {
        return None;
    }
    let n = u8::from_str_radix(unit.slice(text)?, radix).ok()?;
    matches!(n, 9 | 10 | 13 | 32..=126).then_some(n)
}

fn digits(text: &str, unit: Span, radix: u32, values: &mut Vec<(u8, u32, u32)>) {
    for (i, b) in unit.slice(text).unwrap_or_default().bytes().enumerate() {
        let v = char::from(b).to_digit(radix).unwrap_or(0);
        values.push((v as u8, (unit.start + i) as u32, (unit.start + i + 1) as u32));
    }
}

/// Calls `each` with every maximal sequence of digit units and the span that covers them, until it answers false.
///
/// A unit is a run of digits that touches no other letter or digit; it may carry a prefix (`0x`, `\x`, `0b`, `0o`).
fn sequences(text: &str, digit: fn(u8) -> bool, prefix: u8, mut each: impl FnMut(&[Span], Span) -> bool) {
    let bytes = text.as_bytes();
    let mut units: Vec<Span> = Vec::new();
    let mut first = 0;
    // Always at the start of a word or of a sign, never inside a word.
    let mut at = 0;
    while at < bytes.len() {
        let b = byte(bytes, at);
        let mut start = at;
        if prefix != 0 && matches!(b, b'0' | b'\\') && byte(bytes, at + 1) | 0x20 == prefix {
            start += 2;
        } else if b == b'\\' && prefix == b'o' {
            start += 1;
        }
        let mut end = start;
        while end < bytes.len() && digit(byte(bytes, end)) {
            end += 1;
        }
        if end > start && !byte(bytes, end).is_ascii_alphanumeric() {
            if units.is_empty() {
                first = at;
            }
            units.push(Span::new(start, end));
            at = separator(bytes, end);
            continue;
        }
        if let Some(last) = units.last() {
            let span = Span::new(first, last.end);
            if !each(&units, span) {
                return;
            }
            units.clear();
        }
        at = end.max(at + 1);
        while b.is_ascii_alphanumeric() && byte(bytes, at).is_ascii_alphanumeric() {
            at += 1;
        }
    }
    if let Some(last) = units.last() {
        each(&units, Span::new(first, last.end));
    }
}

/// Skips one separator: a space, a sign, a line break, or a sign and a space. `chr(105), chr(103)` is a list as well.
fn separator(bytes: &[u8], from: usize) -> usize {
    let called = byte(bytes, from) == b')';
    let first = from + usize::from(called);
    let mut at = first;
    while at < first + 3
        && (matches!(byte(bytes, at), b' ' | b',' | b';' | b':' | b'-' | b'\n' | b'\r' | b'\t' | b'|' | b'_' | b'/')
            || (called && matches!(byte(bytes, at), b'+' | b'.' | b'&')))
    {
        at += 1;
    }
    if !called {
        return at;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let call = CALLS.iter().find(|c| rest.get(..c.len()).is_some_and(|r| r.eq_ignore_ascii_case(c)));
    call.map_or(from, |c| at + c.len())
}

/// Functions that make a character of its number.
const CALLS: [&[u8]; 4] = [b"chr(", b"char(", b"chrw(", b"character("];

const CODES_MIN: usize = 6;

#[cfg(test)]
mod tests {
    use super::super::gate::tests::{PLAIN, reads, run, silent, texts};
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    fn join(f: impl Fn(u8) -> String, separator: &str) -> String {
        PLAIN.bytes().map(f).collect::<Vec<_>>().join(separator)
    }

    #[test]
    fn hex_in_every_form() {
        for separator in ["", " ", ":", ", ", "-", "\n"] {
            reads(hex, "decode: ", &join(|b| std::format!("{b:02x}"), separator), " (now)");
        }
        reads(hex, "", &join(|b| std::format!("{b:02X}"), ""), "");
        for text in [join(|b| std::format!("0x{b:02x}"), ", "), join(|b| std::format!("\\x{b:02x}"), "")] {
            assert_eq!(texts(hex, &std::format!("go \"{text}\" on")), [PLAIN]);
            assert_eq!(run(hex, &text)[0].span, Span::new(0, text.len()));
        }
        assert_eq!(texts(hex, "0x69676e6f726520616c6c"), ["ignore all"]);
    }

    #[test]
    fn binary_spaced_and_not() {
        for separator in ["", " ", "\n"] {
            reads(binary, "bits ", &join(|b| std::format!("{b:08b}"), separator), ".");
        }
        reads(binary, "", &join(|b| std::format!("{b:07b}"), " "), "");
    }

    #[test]
    fn octal_and_decimal() {
        reads(octal, "run ", &join(|b| std::format!("{b:03o}"), " "), "!");
        for separator in [" ", ", ", ",", "\n"] {
            reads(decimal, "run [", &join(|b| std::format!("{b}"), separator), "]");
        }
    }

    #[test]
    fn honest_texts_stay_silent() {
        let honest = [
            "commit 3f2b9c1de0a47785b1c9d2e3f4a5b6c7d8e9f0a1",
            "id 6f1c2f0e-8a55-4f0b-9a32-0c8d0b2d9b11",
            "call +49 30 1234 5678 or 555-0100 before 17:30",
            "color: #fafafa; background: #336699; border: 1px solid #ccc",
            "00000000: 7f45 4c46 0201 0100 0000 0000 0000 0000 0300 3e00 0100 0000",
            "scores 88, 92, 79, 85, 90, 78, 95, 81 and 64",
            "rgb(255, 99, 71) 10, 20, 30, 40, 50, 60, 70, 80",
            "flags 00000000 00000001 00000011 00000111 11110000 11111111 10101010",
            "mac 00:1b:44:11:3a:b7:de:ad and 1,000,000 sold",
            "2026-11-20 09:15:32,114 pid 4711 took 32 ms for 120 rows",
            "chmod 755 644 600 700 777 750 640",
        ];
        silent(hex, &honest);
        silent(binary, &honest);
        silent(octal, &honest);
        silent(decimal, &honest);
    }
}
