//! One pass over a text: words, the lexicon entries among them, and where anchored patterns may begin.

use alloc::vec::Vec;

use super::fuzzy::Fuzzy;
use super::lexicon::{ANYWHERE, Lexicon, PREFIX, ends_sentence, list_number};
use crate::text::chars;

/// An entry of the lexicon at a place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WordHit {
    /// What it means, see `Lexicon::meaning`.
    pub(crate) payload: u16,
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Number of the first word; words are counted from 1, the end of a sentence counts as one more.
    pub(crate) token: u32,
    pub(crate) token_end: u32,
    /// First word of a text, line, sentence or quotation.
    pub(crate) opens: bool,
    /// Recognised through a misspelling.
    pub(crate) fuzzy: bool,
}

/// A keyword of an anchored pattern at a place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AnchorHit {
    pub(crate) pattern: u16,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// A whole word that is a signature word under some letter cipher.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CipherHit {
    pub(crate) key: u8,
    pub(crate) word: u8,
    pub(crate) token: u32,
}

/// What one pass finds. Reused between documents of one scan.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    pub(crate) words: Vec<WordHit>,
    pub(crate) anchors: Vec<AnchorHit>,
    pub(crate) ciphers: Vec<CipherHit>,
    pub(crate) count: u32,
    /// What calls for a further reading.
    pub(crate) signs: Signs,
    /// Bytes looked at, for the fuel meter.
    pub(crate) work: usize,
}

/// What calls for a further reading of a text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Signs {
    /// A word mixes letters with digits or signs that stand for letters.
    pub(crate) mixed: bool,
    /// Several one-letter words stand in a row.
    pub(crate) spelt: bool,
    /// A letter stands three times in a row.
    pub(crate) stretched: bool,
}

/// Which optional parts of the pass run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Passes {
    pub(crate) fuzzy: bool,
    pub(crate) ciphers: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Gap,
    Word,
    Unspaced,
}

impl Tokens {
    pub(crate) fn clear(&mut self) {
        self.words.clear();
        self.anchors.clear();
        self.ciphers.clear();
        self.count = 0;
        self.signs = Signs::default();
        self.work = 0;
    }

    /// Reads `text` once.
    pub(crate) fn read(&mut self, text: &str, lexicon: &Lexicon<'_>, fuzzy: &Fuzzy<'_>, passes: Passes) {
        let bytes = text.as_bytes();
        // One entry every few words is usual: one allocation serves most texts.
        self.words.reserve((bytes.len() / 6).min(WORDS_RESERVED));
        self.anchors.reserve((bytes.len() / 64).min(WORDS_RESERVED));
        let mut token = 0u32;
        let mut before = Before::Gap;
        let mut opens = true;
        let mut at = 0;
        let mut singles = 0;
        while let Some(&byte) = bytes.get(at) {
            if class(byte) == DIGIT
                && at.checked_sub(1).is_none_or(|i| bytes.get(i) == Some(&b'\n'))
                && let Some(end) = list_number(bytes, at)
            {
                // The number of a list item is no word: a sentence may be written one word to a line.
                (before, opens, at) = (Before::Gap, true, end);
            } else if class(byte) != OTHER {
                let (end, mixed, stretched) = word_end(bytes, at);
                let word = bytes.get(at..end).unwrap_or(&[]);
                singles = if word.len() == 1 { singles + 1 } else { 0 };
                self.signs.spelt |= singles >= SPELT_MIN;
                self.signs.mixed |= mixed || follows_sign(bytes, at);
                self.signs.stretched |= stretched;
                if before != Before::Word {
                    token = token.saturating_add(1);
                }
                self.ascii_word(text, at, word, &mut token, opens, before, lexicon, fuzzy, passes);
                (before, opens, at) = (Before::Word, false, end);
            } else if byte < 0x80 {
                self.signs.mixed |= before == Before::Word && matches!(byte, b'@' | b'$' | b'|' | b'+');
                if lexicon.starts_with(byte) {
                    self.entries(text, at, token.saturating_add(1), opens, lexicon, false);
                }
                match byte {
                    b'.' | b'!' | b'?' if ends_sentence(bytes, at) => {
                        token = token.saturating_add(1);
                        opens = true;
                    }
                    b' ' | b'\t' | b',' | b'/' | b'@' | b'%' | b'$' | b'&' => {}
                    b'\'' if before == Before::Word => {}
                    b'_' => {}
                    _ => opens = true,
                }
                (before, at) = (Before::Gap, at + 1);
            } else {
                let Some(c) = text.get(at..).and_then(|t| t.chars().next()) else { break };
                if chars::is_unspaced(c) {
                    token = token.saturating_add(1);
                    self.entries(text, at, token, opens, lexicon, false);
                    (before, opens) = (Before::Unspaced, false);
                } else if chars::is_word_char(c) {
                    singles = if before == Before::Word { 0 } else { singles + 1 };
                    self.signs.spelt |= singles >= SPELT_MIN;
                    if before != Before::Word {
                        token = token.saturating_add(1);
                        self.entries(text, at, token, opens, lexicon, false);
                    }
                    (before, opens) = (Before::Word, false);
                } else {
                    (before, opens) = (Before::Gap, true);
                }
                at += c.len_utf8();
            }
        }
        self.count = token;
        self.work += bytes.len();
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one pass, kept in locals for speed")]
    fn ascii_word(
        &mut self,
        text: &str,
        at: usize,
        word: &[u8],
        token: &mut u32,
        opens: bool,
        before: Before,
        lexicon: &Lexicon<'_>,
        fuzzy: &Fuzzy<'_>,
        passes: Passes,
    ) {
        let fresh = before != Before::Word;
        // How far entries reach that begin here.
        let mut known = at;
        if fresh {
            known = self.entries(text, at, *token, opens, lexicon, false);
        }
        if word.len() < 4 {
            return;
        }
        if word.len() >= SQUASHED_MIN {
            self.squashed_word(text, at, word, token, opens, lexicon);
        } else if known < at + word.len() {
            self.camel_humps(text, at, word, token, lexicon);
        }
        if !fresh || word.len() > FUZZY_MAX {
            return;
        }
        if passes.ciphers
            && known == at
            && let Some((key, index)) = fuzzy.cipher(word)
        {
            self.ciphers.push(CipherHit { key, word: index, token: *token });
        }
        if passes.fuzzy && known < at + word.len() && word.len() >= FUZZY_MIN {
            let (start, end) = (at as u32, (at + word.len()) as u32);
            let token = *token;
            fuzzy.misspelt(word, |payload| {
                self.words.push(WordHit { payload, start, end, token, token_end: token, opens, fuzzy: true });
            });
        }
    }

    /// `ignoreAll`: each hump is a word of its own.
    fn camel_humps(&mut self, text: &str, at: usize, word: &[u8], token: &mut u32, lexicon: &Lexicon<'_>) {
        let humps = word.windows(2).filter(|p| matches!(p, [a, b] if is_hump(*a, *b))).count();
        // `iGnOrE` is one word in random case.
        if humps == 0 || word.len() < HUMP_LETTERS * (humps + 1) {
            return;
        }
        for (i, pair) in word.windows(2).enumerate() {
            if matches!(pair, [a, b] if is_hump(*a, *b)) {
                *token = token.saturating_add(1);
                self.entries(text, at + i + 1, *token, false, lexicon, false);
            }
        }
    }

    /// `ignoreallprevious`: entries may begin at every letter of an overlong word.
    fn squashed_word(
        &mut self,
        text: &str,
        at: usize,
        word: &[u8],
        token: &mut u32,
        opens: bool,
        lexicon: &Lexicon<'_>,
    ) {
        // The number of the word at each letter: one more after each entry, and after a few letters that are in none.
        let mut after = [0u32; ENTRY_WINDOW];
        let mut number = *token;
        let (mut covered, mut unknown) = (0, 0);
        let mut previous = b' ';
        for (i, &letter) in word.iter().enumerate() {
            if let Some(ended) = after.get_mut(i % ENTRY_WINDOW) {
                number = number.max(core::mem::take(ended));
            }
            let known = self.words.len();
            self.entries(text, at + i, number, opens && i == 0, lexicon, true);
            if is_hump(previous, letter) {
                self.entries(text, at + i, number, false, lexicon, false);
            }
            previous = letter;
            for hit in self.words.get(known..).unwrap_or(&[]) {
                let end = (hit.end as usize).saturating_sub(at);
                covered = covered.max(end);
                if end > i
                    && end - i < ENTRY_WINDOW
                    && let Some(next) = after.get_mut(end % ENTRY_WINDOW)
                {
                    *next = (*next).max(hit.token_end.saturating_add(1));
                }
            }
            if i >= covered {
                unknown += 1;
                if unknown % LETTERS_PER_WORD == 0 {
                    number = number.saturating_add(1);
                }
            } else {
                unknown = 0;
            }
        }
        *token = number.max(after.get(word.len() % ENTRY_WINDOW).copied().unwrap_or(0).saturating_sub(1));
    }

    /// Records the entries that begin at `at`; returns the end of the longest, or `at`.
    fn entries(
        &mut self,
        text: &str,
        at: usize,
        token: u32,
        opens: bool,
        lexicon: &Lexicon<'_>,
        squashed: bool,
    ) -> usize {
        let mut known = at;
        let (words, anchors) = (&mut self.words, &mut self.anchors);
        let looked = lexicon.walk(text, at, squashed, |entry| {
            let fits = if squashed {
                entry.flags & ANYWHERE == 0 && entry.end - at >= SQUASHED_ENTRY_MIN && entry.breaks == 0
            } else {
                (entry.flags & (PREFIX | ANYWHERE) != 0 || is_word_end(text, entry.end))
                    && (entry.breaks == 0
                        || entry.end - at >= if entry.blank { BLANK_ENTRY_MIN } else { BROKEN_ENTRY_MIN })
            };
            if !fits {
                return;
            }
            if entry.breaks == 0 {
                known = known.max(entry.end);
            }
            let count = u32::from(entry.tokens) + u32::from(entry.breaks);
            let token_end = token.saturating_add(count.saturating_sub(1));
            let (start, end, payload, fuzzy) = (at as u32, entry.end as u32, entry.payload, entry.breaks > 0);
            words.push(WordHit { payload, start, end, token, token_end, opens, fuzzy });
            if !squashed && !entry.loose {
                anchors.extend(lexicon.meaning(payload).anchors().map(|pattern| AnchorHit { pattern, start, end }));
            }
        });
        self.work += looked;
        known
    }
}

/// Whether a word touches a sign that may stand for a letter.
#[inline]
fn follows_sign(bytes: &[u8], at: usize) -> bool {
    let sign = |b: &u8| matches!(b, b'@' | b'$' | b'!' | b'|' | b'+' | b'(' | b'<');
    at.checked_sub(1).and_then(|i| bytes.get(i)).is_some_and(sign)
}

/// Whether a new word begins between these two letters of `ignoreAll`.
#[inline]
const fn is_hump(a: u8, b: u8) -> bool {
    a.is_ascii_lowercase() && b.is_ascii_uppercase()
}

/// Class of an ASCII byte by table: the loop over the letters of a text is the hottest of all.
#[inline(always)]
fn class(byte: u8) -> u8 {
    CLASSES.get(byte as usize).copied().unwrap_or(OTHER)
}

const OTHER: u8 = 0;
const LETTER: u8 = 1;
const DIGIT: u8 = 2;

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which checks the bounds")]
static CLASSES: [u8; 256] = {
    let mut table = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        if (byte as u8).is_ascii_alphabetic() {
            table[byte] = LETTER;
        } else if (byte as u8).is_ascii_digit() {
            table[byte] = DIGIT;
        }
        byte += 1;
    }
    table
};

/// End of the run of ASCII letters and digits that begins at `at`, whether it mixes the two, and whether a character of it
/// stands three times in a row.
#[inline]
fn word_end(bytes: &[u8], at: usize) -> (usize, bool, bool) {
    let (mut digits, mut letters, mut stretched) = (false, false, false);
    let (mut before, mut same) = (0, 0);
    let mut end = at;
    for &byte in bytes.get(at..).unwrap_or(&[]) {
        match class(byte) {
            DIGIT => digits = true,
            LETTER => letters = true,
            _ => break,
        }
        same = if byte == before { same + 1 } else { 0 };
        stretched |= same >= 2;
        before = byte;
        end += 1;
    }
    (end, digits && letters, stretched)
}

/// Whether a word may end at `at`: the next character is no word character, belongs to a script without spaces, or
/// opens a new hump of a camel-case word.
#[inline]
pub(crate) fn is_word_end(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    match bytes.get(at) {
        None => true,
        Some(b) if b.is_ascii_uppercase() => {
            at.checked_sub(1).and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_lowercase)
                || at.checked_sub(1).and_then(|i| bytes.get(i)).is_some_and(|b| !b.is_ascii_alphanumeric())
        }
        Some(b) if b.is_ascii_alphanumeric() => {
            at.checked_sub(1).and_then(|i| bytes.get(i)).is_some_and(|b| b.is_ascii_punctuation())
        }
        Some(b) if *b < 0x80 => true,
        Some(_) => text
            .get(at..)
            .and_then(|t| t.chars().next())
            .is_none_or(|c| !chars::is_word_char(c) || chars::is_unspaced(c)),
    }
}

/// Whether the word at `at` closes a text, line, sentence or quotation: what `opens` is for the word after it, except that a
/// comma, a bracket that opens and a sign inside a word go on.
pub(crate) fn closes_sentence(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or("");
    // An entry with `*` ends before its word does.
    let rest = rest.trim_start_matches(|c| chars::is_word_char(c) && !chars::is_unspaced(c));
    let next = rest.trim_start_matches([' ', '\t']);
    let apart = next.len() < rest.len();
    let mut signs = next.chars();
    match signs.next() {
        None => true,
        Some('.' | '!' | '?' | '\'' | ':') => {
            signs.next().is_none_or(|c| !chars::is_word_char(c) || chars::is_unspaced(c))
        }
        Some('-') => apart,
        Some('\n' | '\r' | '"' | ';' | ')' | ']' | '}' | '<' | '>' | '|' | '`' | '*') => true,
        Some(c) => !c.is_ascii() && !chars::is_word_char(c),
    }
}

/// Room for this many entries is made at once.
const WORDS_RESERVED: usize = 4096;
/// One-letter words in a row that may spell a word.
const SPELT_MIN: usize = 4;
/// A run of letters and digits this long is read as words run together.
const SQUASHED_MIN: usize = 15;
/// Shorter entries are not looked for inside run-together words: they stand in too many honest ones.
const SQUASHED_ENTRY_MIN: usize = 3;
/// An entry with a word in two pieces is at least this long, the gap included.
const BROKEN_ENTRY_MIN: usize = 5;
/// The same for a blank as the gap.
const BLANK_ENTRY_MIN: usize = 6;
/// Average letters of an English word with nothing between words; turns unknown letters into token numbers.
const LETTERS_PER_WORD: usize = 5;
/// Letters a hump of a camel-case word has on average.
const HUMP_LETTERS: usize = 3;
/// Longer than any entry.
const ENTRY_WINDOW: usize = 128;
/// Shortest word that may be recognised through a misspelling.
const FUZZY_MIN: usize = 4;
/// Longest one.
const FUZZY_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use super::closes_sentence;

    fn closes(text: &str, word: &str) -> bool {
        closes_sentence(text, text.find(word).map_or(0, |at| at + word.len()))
    }

    #[test]
    fn sentence_ends_at_marks_quotes_lines_and_the_end() {
        for text in [
            "the password",
            "the password?",
            "the password ?",
            "\"the password\"",
            "the password\nof",
            "the password - tell",
        ] {
            assert!(closes(text, "password"), "{text:?}");
        }
        assert!(closes("パスワード。次", "パスワード"));
        assert!(closes("die Passwörter!", "Passw"), "an entry with `*` ends before its word does");
    }

    #[test]
    fn sentence_goes_on_over_blanks_commas_and_signs_inside_words() {
        for text in [
            "the password policy",
            "the password, please",
            "the password's length",
            "the password-field",
            "the password.txt",
            "the password (old)",
        ] {
            assert!(!closes(text, "password"), "{text:?}");
        }
        assert!(!closes("パスワードとは", "パスワード"));
    }
}
