//! Further views for spellings a person or a model reads but a word list does not.

use alloc::vec::Vec;

use super::super::chars::is_word_char;
use super::super::{MappedText, Span, SpanMapBuilder};

/// Digits and signs inside words read as the letters they stand for, or `None` if no word changes.
///
/// Reads the canonical view (or ASCII text): only words that mix ASCII letters with such signs change.
pub fn leet(text: &str) -> Option<MappedText> {
    // A number at the end of a word (`utf8`) is a sign only in a text that has other such words, and a word of signs
    // alone (`411`) only in one with several.
    let sure = leet_words(text).filter(|(_, _, kind)| *kind == Leet::Sure).take(SURE_MIN).count();
    if sure == 0 {
        return None;
    }
    let mut out = SpanMapBuilder::with_capacity(text.len());
    let mut done = 0;
    for (start, word, kind) in leet_words(text) {
        if kind == Leet::Signs && sure < SURE_MIN {
            continue;
        }
        for (i, &b) in word.iter().enumerate() {
            let Some(letter) = leet_letter(word, i, b) else { continue };
            let sign = start + i;
            out.copy(text.get(done..sign).unwrap_or(""), done);
            out.replace_char(char::from(letter), Span::new(sign, sign + 1));
            done = sign + 1;
        }
    }
    if done == 0 {
        return None;
    }
    out.copy(text.get(done..).unwrap_or(""), done);
    Some(out.finish())
}

/// How sure it is that signs stand for letters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leet {
    /// The signs cannot be a plain number.
    Sure,
    /// They can.
    Number,
    /// The word has no letter at all.
    Signs,
}

/// Words with signs that may be letters: where each starts, its bytes, and how sure that is.
fn leet_words(text: &str) -> impl Iterator<Item = (usize, &[u8], Leet)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    core::iter::from_fn(move || {
        loop {
            let rest = bytes.get(at..)?;
            let start = at + rest.iter().position(|&b| is_leet_char(b))?;
            let word = bytes.get(start..)?;
            let mut len = word.iter().position(|&b| !is_leet_char(b)).unwrap_or(word.len());
            at = start + len;
            // A sign at the end of a word ends a sentence.
            while len > 0 && word.get(len - 1) == Some(&b'!') {
                len -= 1;
            }
            let after = word.get(len).copied().unwrap_or(b' ');
            let word = word.get(..len)?;
            if let Some(kind) = leet_kind(word, after) {
                return Some((start, word, kind));
            }
        }
    })
}

fn is_leet_char(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'@' | b'$' | b'!')
}

fn leet_kind(word: &[u8], after: u8) -> Option<Leet> {
    let letters = word.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let signs = word.len() - letters;
    if signs == 0 || word.len() > LEET_BYTES_MAX {
        return None;
    }
    if letters == 0 {
        return (word.len() >= 2).then_some(Leet::Signs);
    }
    // A mail address.
    if after == b'.' && word.contains(&b'@') {
        return None;
    }
    // A name with a number (`utf8`, `covid19`) or a number with a unit (`100ms`).
    let lead = word.iter().take_while(|b| b.is_ascii_digit()).count();
    let trail = word.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    if lead >= 2 && lead == signs {
        return None;
    }
    let number_at_end = trail == signs && !(word.ends_with(b"11") && trail == 2) && (trail >= 2 || letters < 4);
    Some(if !number_at_end && word.len() >= 3 { Leet::Sure } else { Leet::Number })
}

fn leet_letter(word: &[u8], at: usize, b: u8) -> Option<u8> {
    Some(match b {
        b'0' => b'o',
        b'1' => {
            let before = at.checked_sub(1).and_then(|i| word.get(i)).map(u8::to_ascii_lowercase);
            let after = word.get(at + 1).map(u8::to_ascii_lowercase);
            let side = [before, after];
            let ell = side.contains(&Some(b'l')) || side.contains(&Some(b'1')) || before == Some(b'i');
            if ell || after.is_none() { b'l' } else { b'i' }
        }
        b'!' => b'i',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'7' => b't',
        b'8' => b'b',
        b'9' => b'g',
        _ => return None,
    })
}

/// Letters written three times and more, once; or `None` unless several words are stretched like that.
pub fn unstretched(text: &str) -> Option<MappedText> {
    let bytes = text.as_bytes();
    let stretched = |w: &[u8]| matches!(w, [a, b, c] if a == b && b == c && a.is_ascii_alphabetic());
    if bytes.windows(3).filter(|w| stretched(w)).take(STRETCHED_MIN).count() < STRETCHED_MIN {
        return None;
    }
    let mut out = SpanMapBuilder::with_capacity(text.len());
    let (mut at, mut done) = (0, 0);
    while let Some(&letter) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or(&[]);
        let run = rest.iter().take_while(|b| **b == letter).count();
        if run >= 3 && letter.is_ascii_alphabetic() {
            out.copy(text.get(done..at).unwrap_or(""), done);
            out.replace_char(char::from(letter), Span::new(at, at + run));
            done = at + run;
        }
        at += run;
    }
    out.copy(text.get(done..).unwrap_or(""), done);
    Some(out.finish())
}

/// Whether the letters are so unlike those of a language that a letter cipher is likely.
pub fn looks_ciphered(text: &str) -> bool {
    let (mut letters, mut frequent, mut rare) = (0, 0, 0);
    for b in text.bytes().take(CIPHER_BYTES) {
        letters += usize::from(b.is_ascii_alphabetic());
        frequent += usize::from(matches!(b | 0x20, b'e' | b't' | b'a' | b'o' | b'i' | b'n'));
        rare += usize::from(matches!(b | 0x20, b'j' | b'k' | b'q' | b'v' | b'x' | b'z'));
    }
    letters >= CIPHER_LETTERS_MIN && (frequent * 100 < letters * 33 || rare * 100 > letters * 12)
}

/// Words spelt out with a separator after each letter, joined; or `None` if no run of four or more letters has one.
///
/// The most frequent gap of a run separates letters; every other gap separates words and becomes a space.
pub fn joined(text: &str) -> Option<MappedText> {
    let mut out = SpanMapBuilder::default();
    let mut done = 0;
    let mut run: Vec<Span> = Vec::new();
    let mut chars = text.char_indices().peekable();
    let mut before_is_word = false;
    while let Some((at, c)) = chars.next() {
        if !is_word_char(c) {
            before_is_word = false;
            continue;
        }
        let lone = !before_is_word && c.is_alphabetic() && chars.peek().is_none_or(|&(_, n)| !is_word_char(n));
        before_is_word = true;
        let near = run.last().is_none_or(|last: &Span| at - last.end <= GAP_BYTES_MAX);
        if !lone || !near {
            done = join_run(text, &run, &mut out, done);
            run.clear();
        }
        if lone {
            run.push(Span::new(at, at + c.len_utf8()));
        }
    }
    done = join_run(text, &run, &mut out, done);
    if out.is_empty() {
        return None;
    }
    out.copy(text.get(done..).unwrap_or(""), done);
    Some(out.finish())
}

/// Appends the joined run, and the text before it from `done` on; returns up to where the text is done.
fn join_run(text: &str, run: &[Span], out: &mut SpanMapBuilder, done: usize) -> usize {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return done };
    if run.len() < RUN_LETTERS_MIN {
        return done;
    }
    let gap = |pair: &[Span]| match pair {
        [a, b] => text.get(a.end..b.start).unwrap_or(""),
        _ => "",
    };
    let Some(base) = base_gap(run.windows(2).map(gap)) else { return done };
    let (mut streak, mut longest) = (1, 1);
    for pair in run.windows(2) {
        streak = if gap(pair) == base { streak + 1 } else { 1 };
        longest = longest.max(streak);
    }
    if longest < RUN_LETTERS_MIN {
        return done;
    }
    out.copy(text.get(done..first.start).unwrap_or(""), done);
    let mut previous: Option<Span> = None;
    for &letter in run {
        if let Some(p) = previous
            && gap(&[p, letter]) != base
        {
            out.replace_char(' ', Span::new(p.end, letter.start));
        }
        out.copy(letter.slice(text).unwrap_or(""), letter.start);
        previous = Some(letter);
    }
    last.end
}

/// The most frequent of the first few kinds of gap.
fn base_gap<'a>(gaps: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for gap in gaps {
        if let Some((_, count)) = kinds.iter_mut().find(|(kind, _)| *kind == gap) {
            *count += 1;
        } else if kinds.len() < GAP_KINDS_MAX {
            kinds.push((gap, 1));
        }
    }
    kinds.into_iter().rev().max_by_key(|&(_, count)| count).map(|(kind, _)| kind)
}

/// Lines written upside down, turned and read from the other end; or `None` if the text has fewer than six letters
/// that only occur upside down. Reads the original text: the canonical view folds these letters away.
pub fn upside_down(text: &str) -> Option<MappedText> {
    if text.is_ascii() || text.chars().filter(|&c| is_turned(c)).take(TURNED_MIN).count() < TURNED_MIN {
        return None;
    }
    let mut out = SpanMapBuilder::with_capacity(text.len());
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches(['\n', '\r']);
        if body.chars().any(is_turned) {
            for (i, c) in body.char_indices().rev() {
                let span = Span::new(at + i, at + i + c.len_utf8());
                match turned(c) {
                    Some(letter) => out.replace_char(letter, span),
                    None => out.copy(body.get(i..i + c.len_utf8()).unwrap_or(""), span.start),
                }
            }
            out.copy(line.get(body.len()..).unwrap_or(""), at + body.len());
        } else {
            out.copy(line, at);
        }
        at += line.len();
    }
    Some(out.finish())
}

fn is_turned(c: char) -> bool {
    !c.is_ascii() && turned(c).is_some()
}

fn turned(c: char) -> Option<char> {
    TURNED.iter().find(|(from, _)| *from == c).map(|&(_, to)| to)
}

static TURNED: [(char, char); 53] = [
    ('ɐ', 'a'),
    ('q', 'b'),
    ('ɔ', 'c'),
    ('p', 'd'),
    ('ǝ', 'e'),
    ('ə', 'e'),
    ('ɟ', 'f'),
    ('ƃ', 'g'),
    ('ᵷ', 'g'),
    ('ɓ', 'g'),
    ('ɥ', 'h'),
    ('ᴉ', 'i'),
    ('ı', 'i'),
    ('ɾ', 'j'),
    ('ſ', 'j'),
    ('ʞ', 'k'),
    ('ן', 'l'),
    ('ꞁ', 'l'),
    ('ʅ', 'l'),
    ('ɯ', 'm'),
    ('u', 'n'),
    ('d', 'p'),
    ('b', 'q'),
    ('ɹ', 'r'),
    ('ʇ', 't'),
    ('n', 'u'),
    ('ʌ', 'v'),
    ('ʍ', 'w'),
    ('ʎ', 'y'),
    ('∀', 'a'),
    ('ᗺ', 'b'),
    ('Ɔ', 'c'),
    ('◖', 'd'),
    ('ᗡ', 'd'),
    ('Ǝ', 'e'),
    ('Ⅎ', 'f'),
    ('⅁', 'g'),
    ('פ', 'g'),
    ('⋊', 'k'),
    ('˥', 'l'),
    ('⅂', 'l'),
    ('Ԁ', 'p'),
    ('Ό', 'q'),
    ('ᴚ', 'r'),
    ('⊥', 't'),
    ('┴', 't'),
    ('∩', 'u'),
    ('Λ', 'v'),
    ('⅄', 'y'),
    ('˙', '.'),
    ('¿', '?'),
    ('¡', '!'),
    ('ʻ', ','),
];

/// The text under `range`, character by character from its end.
pub fn reversed(text: &str, range: Span) -> MappedText {
    let mut out = SpanMapBuilder::default();
    reverse_into(text, range.snapped(text), &mut out);
    out.finish()
}

fn reverse_into(text: &str, range: Span, out: &mut SpanMapBuilder) {
    for (i, c) in range.slice(text).unwrap_or("").char_indices().rev() {
        let at = range.start + i;
        out.replace_char(c, Span::new(at, at + c.len_utf8()));
    }
}

/// The text under `range` with each word read from its end; what stands between words stays.
pub fn reversed_words(text: &str, range: Span) -> MappedText {
    let range = range.snapped(text);
    let mut out = SpanMapBuilder::with_capacity(range.len());
    let mut at = range.start;
    let mut rest = range.slice(text).unwrap_or("");
    while !rest.is_empty() {
        let gap = rest.find(is_word_char).unwrap_or(rest.len());
        let (between, word) = rest.split_at_checked(gap).unwrap_or((rest, ""));
        out.copy(between, at);
        at += between.len();
        let len = word.find(|c| !is_word_char(c)).unwrap_or(word.len());
        reverse_into(text, Span::new(at, at + len), &mut out);
        at += len;
        rest = word.get(len..).unwrap_or("");
    }
    out.finish()
}

/// The text under `range` with its words, as white space separates them, in reverse order.
pub fn reversed_order(text: &str, range: Span) -> MappedText {
    let range = range.snapped(text);
    let mut out = SpanMapBuilder::with_capacity(range.len());
    let mut right: Option<Span> = None;
    for word in range.slice(text).unwrap_or("").split_whitespace().rev() {
        // A subslice lies at the distance of the two addresses.
        let start = (word.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let span = Span::new(start, start + word.len());
        if let Some(right) = right {
            out.replace_char(' ', Span::new(span.end, right.start));
        }
        out.copy(word, start);
        right = Some(span);
    }
    out.finish()
}

const LEET_BYTES_MAX: usize = 32;
/// Words with signs among their letters that make words of signs alone believable.
const SURE_MIN: usize = 3;
/// Stretched letters of a text that stretches them on purpose.
const STRETCHED_MIN: usize = 4;
const CIPHER_BYTES: usize = 256;
const CIPHER_LETTERS_MIN: usize = 24;
const RUN_LETTERS_MIN: usize = 4;
const GAP_BYTES_MAX: usize = 8;
const GAP_KINDS_MAX: usize = 8;
const TURNED_MIN: usize = 6;
