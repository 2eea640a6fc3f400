//! One pass over a text: words, the lexicon entries among them, and where anchored patterns may begin.

use alloc::vec::Vec;

use super::fuzzy::Fuzzy;
use super::lexicon::{ANYWHERE, Lexicon, PREFIX, SQUASHED};
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
    /// A word mixes letters with digits or signs that stand for letters.
    pub(crate) mixed: bool,
    /// Several one-letter words stand in a row.
    pub(crate) spelt: bool,
    /// Bytes looked at, for the fuel meter.
    pub(crate) work: usize,
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
        (self.mixed, self.spelt) = (false, false);
        self.work = 0;
    }

    /// Reads `text` once.
    pub(crate) fn read(&mut self, text: &str, lexicon: &Lexicon<'_>, fuzzy: &Fuzzy<'_>, passes: Passes) {
        let bytes = text.as_bytes();
        // One entry every few words is usual: one allocation serves most texts.
        self.words.reserve((bytes.len() / 6).min(WORDS_RESERVED));
        let mut token = 0u32;
        let mut before = Before::Gap;
        let mut opens = true;
        let mut at = 0;
        let mut singles = 0;
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii_alphanumeric() {
                let end = word_end(bytes, at);
                let word = bytes.get(at..end).unwrap_or(&[]);
                singles = if word.len() == 1 { singles + 1 } else { 0 };
                self.spelt |= singles >= SPELT_MIN;
                self.mixed |= mixes(word) || follows_sign(bytes, at);
                if before != Before::Word {
                    token = token.saturating_add(1);
                }
                self.ascii_word(text, at, word, &mut token, opens, before, lexicon, fuzzy, passes);
                (before, opens, at) = (Before::Word, false, end);
            } else if byte < 0x80 {
                self.mixed |= before == Before::Word && matches!(byte, b'@' | b'$' | b'|' | b'+');
                if lexicon.starts_with(byte) {
                    self.entries(text, at, token.saturating_add(1), opens, lexicon, false);
                }
                match byte {
                    b'.' | b'!' | b'?' if bytes.get(at + 1).is_none_or(|b| b.is_ascii_whitespace()) => {
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
                    self.spelt |= singles >= SPELT_MIN;
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
        let mut known = false;
        if fresh {
            known = self.entries(text, at, *token, opens, lexicon, false);
        }
        if word.len() < 4 {
            return;
        }
        if word.len() >= SQUASHED_MIN {
            self.squashed_word(text, at, word, token, lexicon);
        } else {
            self.camel_humps(text, at, word, token, lexicon);
        }
        if !fresh || word.len() > FUZZY_MAX {
            return;
        }
        if passes.ciphers
            && let Some((key, index)) = fuzzy.cipher(word)
        {
            self.ciphers.push(CipherHit { key, word: index, token: *token });
        }
        if passes.fuzzy && !known && word.len() >= FUZZY_MIN {
            let (start, end) = (at as u32, (at + word.len()) as u32);
            let token = *token;
            fuzzy.misspelt(word, |payload| {
                self.words.push(WordHit { payload, start, end, token, token_end: token, opens, fuzzy: true });
            });
        }
    }

    /// `ignoreAllPrevious`: each hump is a word of its own.
    fn camel_humps(&mut self, text: &str, at: usize, word: &[u8], token: &mut u32, lexicon: &Lexicon<'_>) {
        for (i, pair) in word.windows(2).enumerate() {
            if let [a, b] = pair
                && a.is_ascii_lowercase()
                && b.is_ascii_uppercase()
            {
                *token = token.saturating_add(1);
                self.entries(text, at + i + 1, *token, false, lexicon, false);
            }
        }
    }

    /// `ignoreallprevious`: entries may begin at every letter of an overlong word.
    fn squashed_word(&mut self, text: &str, at: usize, word: &[u8], token: &mut u32, lexicon: &Lexicon<'_>) {
        let base = *token;
        for i in 1..word.len() {
            self.entries(text, at + i, base.saturating_add((i / LETTERS_PER_WORD) as u32), false, lexicon, true);
        }
        *token = base.saturating_add((word.len() / LETTERS_PER_WORD) as u32);
    }

    /// Records the entries that begin at `at`; says whether a whole word was recognised.
    fn entries(
        &mut self,
        text: &str,
        at: usize,
        token: u32,
        opens: bool,
        lexicon: &Lexicon<'_>,
        squashed: bool,
    ) -> bool {
        let bytes = text.as_bytes();
        let mut known = false;
        let (words, anchors) = (&mut self.words, &mut self.anchors);
        let looked = lexicon.walk(bytes, at, |entry| {
            let fits = if squashed {
                entry.flags & ANYWHERE == 0 && entry.end - at >= SQUASHED_ENTRY_MIN
            } else {
                entry.flags & SQUASHED == 0
                    && (entry.flags & (PREFIX | ANYWHERE) != 0 || is_word_end(text, entry.end))
            };
            if !fits {
                return;
            }
            known = true;
            let token_end = token.saturating_add(u32::from(entry.tokens).saturating_sub(1));
            let (start, end, payload) = (at as u32, entry.end as u32, entry.payload);
            words.push(WordHit { payload, start, end, token, token_end, opens, fuzzy: false });
            if !squashed {
                anchors.extend(lexicon.meaning(payload).anchors().map(|pattern| AnchorHit { pattern, start, end }));
            }
        });
        self.work += looked;
        known
    }
}

/// Whether letters and digits stand in one word.
#[inline]
fn mixes(word: &[u8]) -> bool {
    let digits = word.iter().filter(|b| b.is_ascii_digit()).count();
    digits > 0 && digits < word.len()
}

/// Whether a word touches a sign that may stand for a letter.
#[inline]
fn follows_sign(bytes: &[u8], at: usize) -> bool {
    let sign = |b: &u8| matches!(b, b'@' | b'$' | b'!' | b'|' | b'+' | b'(' | b'<');
    at.checked_sub(1).and_then(|i| bytes.get(i)).is_some_and(sign)
}

/// End of the run of ASCII letters and digits that begins at `at`.
#[inline]
fn word_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or(&[]);
    at + rest.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(rest.len())
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

/// Room for this many entries is made at once.
const WORDS_RESERVED: usize = 4096;
/// One-letter words in a row that may spell a word.
const SPELT_MIN: usize = 4;
/// A run of letters and digits this long is read as words run together.
const SQUASHED_MIN: usize = 15;
/// Shorter entries are not looked for inside run-together words: they stand in too many honest ones.
const SQUASHED_ENTRY_MIN: usize = 3;
/// Average letters of an English word with nothing between words; turns offsets into token numbers.
const LETTERS_PER_WORD: usize = 5;
/// Shortest word that may be recognised through a misspelling.
const FUZZY_MIN: usize = 5;
/// Longest one.
const FUZZY_MAX: usize = 16;
