//! What the learned model sees of a text: hashed words, their neighbourhoods and their parts.
//!
//! Training and serving call the same function, so that they cannot differ. One pass, no allocation, no table.

use crate::scan::engine::hash;
use crate::text::chars;

/// What a feature is made of. Each kind has hashes of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum FeatureKind {
    /// One word.
    Word,
    /// Two neighbours; the end of a sentence counts as a neighbour.
    Pair,
    /// Three neighbours.
    Triple,
    /// Two words with one between them.
    Gap,
    /// Four letters of a word, its ends included.
    Part,
    /// The first letters of a longer word.
    Stem,
    /// How a word is written: capitals, digits, length.
    Shape,
}

impl FeatureKind {
    /// Every kind, in order.
    pub const ALL: [Self; 7] = [Self::Word, Self::Pair, Self::Triple, Self::Gap, Self::Part, Self::Stem, Self::Shape];
}

/// Takes what [`extract`] finds, in the order of the text.
pub trait FeatureSink {
    /// A word begins: its bytes in the view. The features that follow end in it.
    fn word(&mut self, start: usize, end: usize);

    /// A feature that ends in the current word; `hash` has all its bits mixed.
    fn feature(&mut self, kind: FeatureKind, hash: u32);

    /// What stands before the word that begins next counts as a neighbour of it.
    #[inline]
    fn mark(&mut self) {}

    /// The current word and the two before it stood together a few words ago: its features were told then.
    #[inline]
    fn again(&mut self) {}
}

/// Reads `view`, a canonical view, once and tells `sink` its words and their features.
pub fn extract(view: &str, sink: &mut impl FeatureSink) {
    let bytes = view.as_bytes();
    let mut past = Past { one: START, two: START, triples: [0; CIRCLE], at: 0 };
    let mut at = 0;
    let mut gap = Gap::Start;
    let mut word = Word::new();
    while let Some(&byte) = bytes.get(at) {
        if byte < 0x80 && folded(byte) == 0 {
            gap = gap.with(byte);
            at += 1;
            continue;
        }
        word.begin();
        let end = if byte < 0x80 {
            word.read(view, at)
        } else {
            let Some(c) = view.get(at..).and_then(|t| t.chars().next()) else { break };
            let next = at + c.len_utf8();
            if chars::is_unspaced(c) {
                word.push_char(bytes, at, next);
                next
            } else if chars::is_word_char(c) {
                word.read(view, at)
            } else {
                gap = gap.with_char(c);
                at = next;
                continue;
            }
        };
        if past.cross(gap) {
            sink.mark();
        }
        gap = Gap::None;
        sink.word(at, end);
        word.tell(&mut past, sink);
        at = end;
    }
}

/// The two tokens before the current one, and the triples that the last words ended.
struct Past {
    one: u32,
    two: u32,
    triples: [u32; CIRCLE],
    at: usize,
}

impl Past {
    fn push(&mut self, token: u32) {
        self.two = self.one;
        self.one = token;
    }

    /// The triple that `token` ends, and whether one of the last words ended the same.
    #[inline]
    fn triple(&mut self, token: u32) -> (u32, bool) {
        let triple = join(join(self.two, self.one), token);
        let again = self.triples.contains(&triple);
        if let Some(slot) = self.triples.get_mut(self.at % CIRCLE) {
            *slot = triple;
        }
        self.at = self.at.wrapping_add(1);
        (triple, again)
    }

    /// What stands between two words counts as a token where it ends a thought; says whether it did.
    fn cross(&mut self, gap: Gap) -> bool {
        match gap {
            Gap::End => self.push(END),
            Gap::Question => self.push(QUESTION),
            Gap::Sign => self.push(SIGN),
            Gap::None | Gap::Start => return false,
        }
        true
    }
}

/// What stands between two words, the strongest sign of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    /// Blanks, commas, apostrophes, hyphens.
    None,
    /// Quotation marks, brackets, signs of markup and code.
    Sign,
    /// A full stop, an exclamation mark, a colon, a new line.
    End,
    /// A question mark.
    Question,
    /// The text has just begun.
    Start,
}

impl Gap {
    fn with(self, byte: u8) -> Self {
        self.max(match byte {
            b' ' | b'\t' | b',' | b'\'' | b'-' | b'_' | b'/' | b'&' | b'%' | b'$' | b'\r' => Self::None,
            b'.' | b'!' | b':' | b';' | b'\n' => Self::End,
            b'?' => Self::Question,
            _ => Self::Sign,
        })
    }

    fn with_char(self, c: char) -> Self {
        self.max(match c {
            '。' | '！' | '：' | '；' | '।' | '…' | '؛' | '۔' => Self::End,
            '？' | '؟' => Self::Question,
            '«' | '»' | '“' | '”' | '„' | '「' | '」' | '『' | '』' => Self::Sign,
            _ => Self::None,
        })
    }
}

/// One word in small letters, with its ends marked, for its parts.
struct Word {
    /// Behind `len` stands what is left of longer words.
    letters: [u8; LETTERS],
    len: usize,
    hash: u32,
    capitals: usize,
    digits: usize,
    bytes: usize,
    ascii: bool,
}

impl Word {
    fn new() -> Self {
        Self { letters: [EDGE; LETTERS], len: 1, hash: hash::SEED, capitals: 0, digits: 0, bytes: 0, ascii: true }
    }

    /// Forgets the word before.
    fn begin(&mut self) {
        let letters = self.letters;
        *self = Self { letters, ..Self::new() };
    }

    /// Reads the word that begins at `at`; returns its end.
    fn read(&mut self, view: &str, at: usize) -> usize {
        let bytes = view.as_bytes();
        let mut end = at;
        while let Some(&byte) = bytes.get(end) {
            let letter = folded(byte);
            if letter != 0 {
                self.capitals += usize::from(byte.is_ascii_uppercase());
                self.digits += usize::from(letter == b'0');
                self.push(letter);
                end += 1;
            } else if byte == b'\'' && bytes.get(end + 1).is_some_and(u8::is_ascii_alphabetic) && end > at {
                end += 1;
            } else if byte < 0x80 {
                break;
            } else {
                let Some(c) = view.get(end..).and_then(|t| t.chars().next()) else { break };
                // A typographic apostrophe joins like the plain one.
                if c == '\u{2019}' && bytes.get(end + 3).is_some_and(u8::is_ascii_alphabetic) && end > at {
                    end += 3;
                    continue;
                }
                if !chars::is_word_char(c) || chars::is_unspaced(c) {
                    break;
                }
                let next = end + c.len_utf8();
                self.push_char(bytes, end, next);
                end = next;
            }
        }
        end
    }

    fn push_char(&mut self, bytes: &[u8], from: usize, to: usize) {
        self.ascii = false;
        for byte in bytes.get(from..to).unwrap_or(&[]) {
            self.push(*byte);
        }
    }

    #[inline]
    fn push(&mut self, byte: u8) {
        self.bytes += 1;
        self.hash = hash::step(self.hash, byte);
        if self.len <= WORD_BYTES {
            self.put(byte);
            self.len += 1;
        }
    }

    /// Writes the letter at `len`, which is at most one more than [`WORD_BYTES`].
    #[inline]
    fn put(&mut self, byte: u8) {
        if let Some(slot) = self.letters.get_mut(self.len % LETTERS) {
            *slot = byte;
        }
    }

    fn tell(&mut self, past: &mut Past, sink: &mut impl FeatureSink) {
        // Numbers of one length are one word; what is too long to be a word is known by its kind alone.
        let token = if self.bytes > WORD_BYTES { if self.digits > 0 { LONG_MIXED } else { LONG } } else { self.hash };
        let (triple, again) = past.triple(token);
        if again {
            sink.again();
        }
        sink.feature(FeatureKind::Word, mix(token, 0x51ED_270B));
        sink.feature(FeatureKind::Pair, mix(join(past.one, token), 0x2545_F491));
        sink.feature(FeatureKind::Triple, mix(triple, 0x9E6C_63D0));
        sink.feature(FeatureKind::Gap, mix(join(past.two, token), 0x1B56_C4E9));
        past.push(token);
        if self.bytes > WORD_BYTES {
            return;
        }
        if self.capitals >= 3 && self.capitals == self.len - 1 {
            sink.feature(FeatureKind::Shape, mix(CAPITALS, 0x7FEB_352D));
        }
        if self.len - 1 < PART_MIN || self.digits == self.len - 1 {
            return;
        }
        self.put(EDGE);
        let letters = self.letters.get(..=self.len).unwrap_or(&[]);
        if self.ascii {
            parts_of_four(letters, sink)
        } else {
            parts_of_eight(letters, sink)
        }
        let stem = if self.ascii { 5 } else { 10 };
        if self.len - 1 > stem {
            let hash = letters.get(1..=stem).unwrap_or(&[]).iter().fold(hash::SEED, |h, b| hash::step(h, *b));
            sink.feature(FeatureKind::Stem, mix(hash, 0xB529_7A4D));
        }
    }
}

/// Tells every four neighbours of `letters`, which are at least that many.
#[inline]
fn parts_of_four(letters: &[u8], sink: &mut impl FeatureSink) {
    let Some(([a, b, c], rest)) = letters.split_first_chunk() else { return };
    let mut window = u32::from_le_bytes([0, *a, *b, *c]);
    for letter in rest {
        window = window >> 8 | u32::from(*letter) << 24;
        sink.feature(FeatureKind::Part, mix(join(0, window), PART));
    }
}

/// Tells eight bytes, four letters of most scripts, at every second place.
fn parts_of_eight(letters: &[u8], sink: &mut impl FeatureSink) {
    for part in letters.windows(8).step_by(2) {
        let hash = part.as_chunks().0.iter().fold(0, |h, four| join(h, u32::from_le_bytes(*four)));
        sink.feature(FeatureKind::Part, mix(hash, PART));
    }
}

/// The small letter of an ASCII letter, `0` for any digit, and zero for everything else.
#[inline]
fn folded(byte: u8) -> u8 {
    FOLDED.get(usize::from(byte)).copied().unwrap_or(0)
}

#[inline]
const fn join(a: u32, b: u32) -> u32 {
    (a.rotate_left(13) ^ b).wrapping_mul(0x9E37_79B1) ^ (a >> 7)
}

/// Mixes all bits, so that any of them may choose a place in a table.
#[inline]
const fn mix(hash: u32, salt: u32) -> u32 {
    let h = (hash ^ salt).wrapping_mul(0x85EB_CA6B);
    let h = (h ^ (h >> 15)).wrapping_mul(0xC2B2_AE35);
    h ^ (h >> 16)
}

#[allow(clippy::indexing_slicing)] // Constant evaluation: an index out of range fails the build.
const FOLDED: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        if byte.is_ascii_digit() {
            table[byte as usize] = b'0';
        } else if byte.is_ascii_alphabetic() {
            table[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

const PART: u32 = 0x68E3_1DA4;
/// Room for a word and its ends; a power of two, so that no place in it needs a check.
const LETTERS: usize = 64;
/// Longer words are known by their kind alone.
const WORD_BYTES: usize = 40;
/// Words that go round in a circle are seen through where the circle has no more than these.
const CIRCLE: usize = 8;
/// Shorter words have no parts of their own.
const PART_MIN: usize = 5;
const EDGE: u8 = b'^';
const START: u32 = 0x0000_0001;
const END: u32 = 0x0000_0002;
const QUESTION: u32 = 0x0000_0003;
const SIGN: u32 = 0x0000_0004;
const LONG: u32 = 0x0000_0005;
const LONG_MIXED: u32 = 0x0000_0006;
const CAPITALS: u32 = 0x0000_0007;

/// Fingerprint of what [`extract`] tells of the texts in its tests: a model belongs to one extractor.
pub const EXTRACTOR: u32 = 0x227D_6979;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::engine::hash;

    struct Fold(u32);

    impl FeatureSink for Fold {
        fn word(&mut self, start: usize, end: usize) {
            self.0 = join(join(self.0, start as u32), end as u32);
        }

        fn feature(&mut self, kind: FeatureKind, hash: u32) {
            self.0 = join(join(self.0, kind as u32), hash);
        }
    }

    #[test]
    fn fingerprint_is_that_of_what_the_extractor_tells() {
        let mut fold = Fold(hash::SEED);
        for text in PROBES {
            extract(text, &mut fold);
        }
        assert_eq!(
            fold.0, EXTRACTOR,
            "the extractor tells other features than the built-in model was trained on: set EXTRACTOR to {:#010X} and \
             train again (cargo xtask train)",
            fold.0
        );
    }

    #[test]
    fn a_word_is_told_with_its_neighbours_and_parts() {
        struct Count([usize; 7], alloc::vec::Vec<(usize, usize)>);
        impl FeatureSink for Count {
            fn word(&mut self, start: usize, end: usize) {
                self.1.push((start, end));
            }
            fn feature(&mut self, kind: FeatureKind, _hash: u32) {
                self.0[kind as usize] += 1;
            }
        }
        let mut count = Count([0; 7], alloc::vec::Vec::new());
        extract("Don't FORGET: ", &mut count);
        assert_eq!(count.1, [(0, 5), (6, 12)]);
        // `^forget^` has five parts of four letters; `dont` is too short for any.
        assert_eq!(count.0, [2, 2, 2, 2, 5, 1, 1]);
    }

    #[test]
    fn words_that_go_round_are_told_to_do_so() {
        struct Again(usize, alloc::vec::Vec<usize>);
        impl FeatureSink for Again {
            fn word(&mut self, _start: usize, _end: usize) {
                self.0 += 1;
            }
            fn feature(&mut self, _kind: FeatureKind, _hash: u32) {}
            fn again(&mut self) {
                self.1.push(self.0);
            }
        }
        let again = |text: &str| {
            let mut sink = Again(0, alloc::vec::Vec::new());
            extract(text, &mut sink);
            sink.1
        };
        assert_eq!(again("no no no no no"), [4, 5]);
        assert_eq!(again("round and round and round and"), [5, 6]);
        assert_eq!(again("of the sea and of the land"), []);
        assert_eq!(again("one two three four five six seven eight nine one two three"), []);
    }

    const PROBES: [&str; 6] = [
        "Ignore the noise: it's only 3 dogs, isn't it? (Yes!) naïve_words ALSO count.",
        "Straße, café und Grüße aus Köln; привет, как дела? Где библиотека.",
        "今日はいい天気ですね。你好，世界！한국어 문장도 있습니다.",
        "let x = compute_all(items[0], \"text\") ?? null; // done\n\n# Heading\n- item",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 0123456789012345678901234567890123456789012345",
        "",
    ];
}
