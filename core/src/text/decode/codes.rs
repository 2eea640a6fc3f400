//! Letters written as signs, words or numbers: Morse, braille, the spelling alphabet, letter numbers, tap code.

use alloc::vec::Vec;

use super::gate::{byte, wordlike};
use super::{Children, Step};
use crate::text::{Span, SpanMapBuilder};

/// Finds Morse code: at least six letters, separated by one blank; words by a slash, a bar or a wider gap.
pub fn morse(text: &str, out: &mut Children) {
    let mut letters = Letters::default();
    let mut unit = Unit::default();
    let mut gap = (0usize, false);
    for (at, c) in text.char_indices().chain([(text.len(), '\0')]) {
        let end = at + c.len_utf8();
        match c {
            '.' | '·' | '•' | '∙' | '⋅' => unit.push(false, at, end),
            '-' | '–' | '—' | '−' | '_' => unit.push(true, at, end),
            _ => {
                let blank = matches!(c, ' ' | '\n' | '\t' | '\r' | '/' | '|');
                if unit.len > 0 {
                    // A unit inside a word, such as the hyphen of "co-op", is not Morse.
                    match unit.letter().filter(|_| blank || !c.is_alphanumeric()) {
                        Some(letter) if !unit.glued => {
                            letters.push(letter, unit.span, gap.0 >= 2 || gap.1);
                        }
                        _ => letters.flush(Step::Morse, 6, out),
                    }
                    unit = Unit::default();
                    gap = (0, false);
                }
                if blank {
                    gap.0 += 1;
                    gap.1 |= matches!(c, '/' | '|' | '\n');
                } else {
                    letters.flush(Step::Morse, 6, out);
                    unit.glued = c.is_alphanumeric();
                }
                if blank {
                    unit.glued = false;
                }
                if out.is_full() {
                    return;
                }
            }
        }
    }
    letters.flush(Step::Morse, 6, out);
}

/// Dots and dashes of one letter, as a number with a leading one.
#[derive(Default)]
struct Unit {
    bits: u8,
    len: u8,
    span: Span,
    /// Stands directly behind a letter.
    glued: bool,
}

impl Unit {
    fn push(&mut self, dash: bool, at: usize, end: usize) {
        if self.len == 0 {
            self.bits = 1;
            self.span.start = at;
        }
        self.bits = if self.len < 6 { self.bits << 1 | u8::from(dash) } else { 0 };
        self.len = self.len.saturating_add(1);
        self.span.end = end;
    }

    fn letter(&self) -> Option<char> {
        let shape = |s: &str| s.bytes().fold(1u8, |n, b| n << 1 | u8::from(b == b'-'));
        MORSE.iter().find(|m| shape(m.1) == self.bits).map(|m| m.0)
    }
}

/// Finds braille read letter by letter (grade 1).
pub fn braille(text: &str, out: &mut Children) {
    let mut child = SpanMapBuilder::default();
    let (mut cells, mut known) = (0usize, 0usize);
    let mut number = false;
    let mut span = Span::default();
    let mut blanks: Option<Span> = None;
    for (at, c) in text.char_indices().chain([(text.len(), '\0')]) {
        let end = at + c.len_utf8();
        if matches!(c, '\u{2800}'..='\u{28FF}') {
            if cells == 0 {
                span.start = at;
            }
            if let Some(blank) = blanks.take() {
                child.replace(" ", blank);
            }
            span.end = end;
            cells += 1;
            let dots = (c as u32 - 0x2800) as u8;
            match dots {
                0 => child.replace_char(' ', Span::new(at, end)),
                // Capital and number signs change the next cell.
                0x20 => {}
                0x3C => number = true,
                _ => {
                    let letter = BRAILLE.iter().find(|b| b.1 == dots).map(|b| b.0);
                    known += usize::from(letter.is_some());
                    let letter = letter.unwrap_or(c);
                    let shown = match letter {
                        'a'..='i' if number => char::from(letter as u8 - b'a' + b'1'),
                        'j' if number => '0',
                        _ => letter,
                    };
                    child.replace_char(shown, Span::new(at, end));
                    continue;
                }
            }
            number &= dots == 0x3C;
            known += 1;
        } else if cells > 0 && matches!(c, ' ' | '\n') && blanks.is_none() {
            number = false;
            blanks = Some(Span::new(at, end));
        } else if cells > 0 {
            let done = core::mem::take(&mut child).finish();
            if cells >= 6 && known * 100 >= cells * 85 && wordlike(&done.text) {
                out.push(Step::Braille, span, done);
            }
            (cells, known, number, blanks) = (0, 0, false, None);
            if out.is_full() {
                return;
            }
        }
    }
}

/// Finds words of the spelling alphabet, at least six in a row.
pub fn nato(text: &str, out: &mut Children) {
    let mut letters = Letters::default();
    let mut wide = false;
    let mut gap = 0usize;
    for (at, word) in words(text) {
        let between = text.get(gap..at).unwrap_or_default();
        wide |= between.contains(['/', '|', '\n', '.', ';']) || between.contains("  ");
        let first = byte(word.as_bytes(), 0).to_ascii_lowercase();
        let spelt = NATO.iter().filter(|n| n.as_bytes().first() == Some(&first)).find(|n| word.eq_ignore_ascii_case(n));
        if word.eq_ignore_ascii_case("space") && !letters.found.is_empty() {
            wide = true;
        } else if word.eq_ignore_ascii_case("x")
            && text.get(at + 1..at + 5).is_some_and(|r| r.eq_ignore_ascii_case("-ray"))
        {
            letters.push('x', Span::new(at, at + 5), core::mem::take(&mut wide));
        } else if word.eq_ignore_ascii_case("ray") && between == "-" {
            // The second half of "x-ray".
        } else if spelt.is_some() && between.len() <= 6 {
            letters.push(char::from(first), Span::new(at, at + word.len()), core::mem::take(&mut wide));
        } else {
            letters.flush_spelt(out);
            wide = false;
            if spelt.is_some() {
                letters.push(char::from(first), Span::new(at, at + word.len()), false);
            }
        }
        gap = at + word.len();
        if out.is_full() {
            return;
        }
    }
    letters.flush_spelt(out);
}

/// Finds letters written as their number in the alphabet, at least eight in a row, and tap code, at least ten.
pub fn letter_numbers(text: &str, out: &mut Children) {
    let bytes = text.as_bytes();
    let mut a1z26 = Letters::default();
    let mut taps = Letters::default();
    let mut gap = 0usize;
    let mut usual: Option<u8> = None;
    let mut at = 0;
    while at < bytes.len() && !out.is_full() {
        if !byte(bytes, at).is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while byte(bytes, at).is_ascii_digit() {
            at += 1;
        }
        let between = text.get(gap..start).unwrap_or_default().as_bytes();
        let joined = between.len() <= 3 && between.iter().all(|b| b" -,./|:;\n".contains(b));
        let digits = Span::new(start, at).slice(text).filter(|d| d.len() <= 2);
        let n: u32 = digits.and_then(|d| d.parse().ok()).unwrap_or(0);
        if !joined || usual.is_none() {
            usual = None;
            a1z26.flush(Step::LetterNumbers, 8, out);
            taps.flush(Step::LetterNumbers, 10, out);
        }
        // The first separator is the one between letters; any other ends a word.
        let separator = between.trim_ascii().first().copied();
        let separator = separator.unwrap_or(if between.contains(&b'\n') { b'\n' } else { b' ' });
        let wide = joined && usual.is_some_and(|u| u != 0 && u != separator);
        usual = match usual {
            None => Some(0),
            Some(0) => Some(separator),
            other => other,
        };
        let span = Span::new(start, at);
        match n {
            1..=26 => a1z26.push(char::from(b'a' + n as u8 - 1), span, wide),
            _ => a1z26.flush(Step::LetterNumbers, 8, out),
        }
        match (n / 10, n % 10) {
            // Tap code has no k: it shares the cell of c.
            (row @ 1..=5, column @ 1..=5) => {
                let i = (row - 1) * 5 + column - 1;
                taps.push(char::from(b'a' + i as u8 + u8::from(i >= 10)), span, wide);
            }
            _ => taps.flush(Step::LetterNumbers, 10, out),
        }
        gap = at;
    }
    a1z26.flush(Step::LetterNumbers, 8, out);
    taps.flush(Step::LetterNumbers, 10, out);
}

/// Letters collected in a row, each with its source and whether a word gap stands before it.
#[derive(Default)]
struct Letters {
    found: Vec<(char, Span, bool)>,
}

impl Letters {
    fn push(&mut self, letter: char, span: Span, wide: bool) {
        self.found.push((letter, span, wide && !self.found.is_empty()));
    }

    /// Emits the row if it reads like words, and starts a new one.
    fn flush(&mut self, step: Step, least: usize, out: &mut Children) {
        if self.found.len() >= least {
            let steps = self.found.windows(2).filter(|w| matches!(w, [a, b] if b.0 as u32 == a.0 as u32 + 1)).count();
            let (span, child) = self.text();
            // Counting upwards is a list, not a text.
            if steps * 3 < self.found.len() && wordlike(&child.text) {
                out.push(step, span, child);
            }
        }
        self.found.clear();
    }

    /// The spelling alphabet is evidence enough: no gate on what it spells.
    fn flush_spelt(&mut self, out: &mut Children) {
        if self.found.len() >= 6 {
            let sorted = self.found.windows(2).all(|w| matches!(w, [a, b] if b.0 > a.0));
            if !sorted {
                let (span, child) = self.text();
                out.push(Step::Nato, span, child);
            }
        }
        self.found.clear();
    }

    fn text(&self) -> (Span, crate::text::MappedText) {
        let mut child = SpanMapBuilder::with_capacity(self.found.len() * 2);
        let mut before = Span::default();
        for (i, &(c, span, wide)) in self.found.iter().enumerate() {
            if wide && i > 0 {
                child.replace_char(' ', Span::new(before.end, span.start));
            }
            child.replace_char(c, span);
            before = span;
        }
        let first = self.found.first().map_or(Span::default(), |f| f.1);
        (first.cover(before), child.finish())
    }
}

/// ASCII words with their positions.
pub(super) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()).map(move |word| {
        // Words are slices of the text, so their distance from its start is their position.
        ((word.as_ptr() as usize).saturating_sub(text.as_ptr() as usize), word)
    })
}

const MORSE: &[(char, &str)] = &[
    ('a', ".-"),
    ('b', "-..."),
    ('c', "-.-."),
    ('d', "-.."),
    ('e', "."),
    ('f', "..-."),
    ('g', "--."),
    ('h', "...."),
    ('i', ".."),
    ('j', ".---"),
    ('k', "-.-"),
    ('l', ".-.."),
    ('m', "--"),
    ('n', "-."),
    ('o', "---"),
    ('p', ".--."),
    ('q', "--.-"),
    ('r', ".-."),
    ('s', "..."),
    ('t', "-"),
    ('u', "..-"),
    ('v', "...-"),
    ('w', ".--"),
    ('x', "-..-"),
    ('y', "-.--"),
    ('z', "--.."),
    ('0', "-----"),
    ('1', ".----"),
    ('2', "..---"),
    ('3', "...--"),
    ('4', "....-"),
    ('5', "....."),
    ('6', "-...."),
    ('7', "--..."),
    ('8', "---.."),
    ('9', "----."),
    ('.', ".-.-.-"),
    (',', "--..--"),
    ('?', "..--.."),
    ('!', "-.-.--"),
    ('\'', ".----."),
    ('/', "-..-."),
    (':', "---..."),
    ('-', "-....-"),
    ('"', ".-..-."),
];

const BRAILLE: &[(char, u8)] = &[
    ('a', 0x01),
    ('b', 0x03),
    ('c', 0x09),
    ('d', 0x19),
    ('e', 0x11),
    ('f', 0x0B),
    ('g', 0x1B),
    ('h', 0x13),
    ('i', 0x0A),
    ('j', 0x1A),
    ('k', 0x05),
    ('l', 0x07),
    ('m', 0x0D),
    ('n', 0x1D),
    ('o', 0x15),
    ('p', 0x0F),
    ('q', 0x1F),
    ('r', 0x17),
    ('s', 0x0E),
    ('t', 0x1E),
    ('u', 0x25),
    ('v', 0x27),
    ('w', 0x3A),
    ('x', 0x2D),
    ('y', 0x3D),
    ('z', 0x35),
    (',', 0x02),
    (';', 0x06),
    (':', 0x12),
    ('.', 0x32),
    ('!', 0x16),
    ('?', 0x26),
    ('\'', 0x04),
    ('-', 0x24),
];

const NATO: &[&str] = &[
    "alfa", "alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet", "juliett",
    "kilo", "lima", "mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango", "uniform", "victor",
    "whisky", "whiskey", "xray", "yankee", "zulu",
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::gate::tests::{PLAIN, reads, silent, texts};
    use super::*;
    use std::string::{String, ToString};

    fn each(f: impl Fn(char) -> String, letter: &str, word: &str) -> String {
        let spell = |w: &str| w.chars().map(&f).collect::<Vec<_>>().join(letter);
        PLAIN.split(' ').map(spell).collect::<Vec<_>>().join(word)
    }

    fn code(c: char) -> String {
        MORSE.iter().find(|m| m.0 == c).unwrap().1.to_string()
    }

    #[test]
    fn morse_with_every_word_gap() {
        for word in [" / ", "   ", "  ", "\n", " | "] {
            reads(morse, "Decode: ", &each(code, " ", word), "");
        }
        let fancy = each(code, " ", " / ").replace('.', "•").replace('-', "–");
        reads(morse, "Decode: ", &fancy, " thanks");
    }

    #[test]
    fn braille_letters() {
        let cell = |c: char| {
            let dots = BRAILLE.iter().find(|b| b.0 == c).unwrap().1;
            char::from_u32(0x2800 + u32::from(dots)).unwrap().to_string()
        };
        reads(braille, "Read ", &each(cell, "", " "), " aloud");
        reads(braille, "", &each(cell, "", "\u{2800}"), "");
    }

    #[test]
    fn spelling_alphabet() {
        let spell = |c: char| NATO.iter().find(|n| n.starts_with(c)).unwrap().to_string();
        for (letter, word) in [(" ", " / "), (", ", "; "), ("-", " space "), (" ", "\n")] {
            reads(nato, "Over the radio: ", &each(spell, letter, word), "");
        }
        assert_eq!(texts(nato, "Echo X-ray Papa Lima Oscar India Tango"), ["exploit"]);
    }

    #[test]
    fn letter_numbers_and_taps() {
        let number = |c: char| (c as u8 - b'a' + 1).to_string();
        for (letter, word) in [("-", " "), (" ", " / "), (",", " "), (" ", "\n")] {
            reads(letter_numbers, "Numbers: ", &each(number, letter, word), " end");
        }
        let tap = |c: char| {
            let i = c as u8 - b'a' - u8::from(c > 'k');
            std::format!("{}{}", i / 5 + 1, i % 5 + 1)
        };
        reads(letter_numbers, "Taps: ", &each(tap, " ", " / "), "");
    }

    #[test]
    fn honest_texts_stay_silent() {
        let honest = [
            "wait... what... really... no... way... yes... ok...",
            "Heading\n-----\ntext\n-----\n--- --- ---\n| --- | --- | --- | --- |",
            "- one\n- two\n- three\n- four\n- five\n- six",
            "\u{280B}\u{2819}\u{2839}\u{2838}\u{283C}\u{2834}\u{2826}\u{2827}\u{2807}\u{280F} loading",
            "Alpha and bravo released: alpha, beta, gamma, delta, kilo, mike",
            "alpha bravo charlie delta echo foxtrot golf hotel is the alphabet",
            "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18",
            "lottery 3-11-17-22-24-25 and 5-9-14-20-21-26",
            "2026-11-20 12:01:05 and 2026-10-09 08:15:22",
            "1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 4. Ba4 Nf6 5. O-O Be7",
            "tel. 0 12 23-34-45, fax 0 12 23-34-46",
            "table\n12 24 33\n11 22 31\n14 25 35",
            "_ _ _ _ _ _ (six letters)",
        ];
        for find in [morse, braille, nato, letter_numbers] {
            silent(find, &honest);
        }
    }
}
