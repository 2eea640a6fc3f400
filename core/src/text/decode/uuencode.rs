//! uuencode (POSIX): lines that begin with their own length.

use super::gate::{Bytes, Gate, byte, from_bits};
use super::{Children, Step};
use crate::text::Span;
use alloc::vec::Vec;

/// Finds uuencoded blocks, with or without the `begin` line.
pub fn find(text: &str, out: &mut Children) {
    let mut block = Block::default();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if out.is_full() {
            return;
        }
        let body = line.trim_end_matches(['\n', '\r']);
        if !block.line(body, at) {
            block.close(out);
        }
        at += line.len();
    }
    block.close(out);
}

#[derive(Default)]
struct Block {
    read: Bytes,
    start: usize,
    end: usize,
}

impl Block {
    /// Adds a line if its first character states its length.
    fn line(&mut self, line: &str, at: usize) -> bool {
        let bytes = line.as_bytes();
        let first = byte(bytes, 0);
        if !(b'!'..=b'M').contains(&first) || bytes.len() > 62 {
            return false;
        }
        let wanted = usize::from(first - b' ');
        let full = wanted.div_ceil(3) * 4;
        // Encoders may omit the unused digits of the last group, and editors strip trailing spaces.
        let least = (wanted * 8).div_ceil(6);
        if bytes.len() > full + 2 || bytes.len() < least + 1 {
            return false;
        }
        let mut values = Vec::with_capacity(least);
        for (i, b) in bytes.iter().enumerate().skip(1).take(least) {
            if !(b' '..=b'`').contains(b) {
                return false;
            }
            values.push(((b - b' ') & 63, (at + i) as u32, (at + i + 1) as u32));
        }
        if self.read.len() == 0 {
            self.start = at;
        }
        // Each line starts a new byte, so lines are decoded one by one.
        let mut read = from_bits(&values, 6, 8);
        read.extend_last(at + bytes.len());
        self.read.append(read);
        self.end = at + bytes.len();
        true
    }

    fn close(&mut self, out: &mut Children) {
        let read = core::mem::take(&mut self.read);
        if read.len() >= MIN
            && let Some(child) = read.read(Gate::Text)
        {
            out.push(Step::Uuencode, Span::new(self.start, self.end), child);
        }
    }
}

const MIN: usize = 12;

#[cfg(test)]
mod tests {
    use super::super::gate::tests::{PLAIN, run, silent};
    use super::*;
    use std::string::String;

    fn encode(text: &str) -> String {
        let mut out = String::new();
        for line in text.as_bytes().chunks(45) {
            out.push(char::from(b' ' + line.len() as u8));
            for group in line.chunks(3) {
                let get = |i: usize| u32::from(*group.get(i).unwrap_or(&0));
                let n = get(0) << 16 | get(1) << 8 | get(2);
                for shift in [18, 12, 6, 0] {
                    let d = (n >> shift & 63) as u8;
                    out.push(if d == 0 { '`' } else { char::from(b' ' + d) });
                }
            }
            out.push('\n');
        }
        out
    }

    #[test]
    fn block_with_and_without_begin() {
        let body = encode(PLAIN);
        for text in [std::format!("begin 644 note\n{body}`\nend\n"), body.clone()] {
            let found = run(find, &text);
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].child.text, PLAIN);
            let whole = found[0].child.map.to_source(Span::new(0, PLAIN.len()));
            assert_eq!(whole.slice(&text), Some(&body.trim_end()[1..]));
        }
    }

    #[test]
    fn several_lines_are_one_text() {
        let long = std::format!("{PLAIN} and then {PLAIN} once more");
        assert_eq!(run(find, &encode(&long))[0].child.text, long);
    }

    #[test]
    fn honest_texts_stay_silent() {
        silent(
            find,
            &[
                "begin with the simple things\nand end with the others",
                "# HEADING OF THE PAGE IN CAPITALS",
                "- FIRST ITEM OF A LIST\n- SECOND ITEM OF A LIST",
                "IT WAS THE BEST OF TIMES, IT WAS THE WORST OF TIMES",
                "1. e4 e5 2. Nf3 Nc6 3. Bb5 a6",
                "SELECT * FROM ORDERS WHERE ID = 5",
            ],
        );
    }
}
