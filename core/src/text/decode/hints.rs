//! Which decoders can possibly apply: one pass over the bytes.
//!
//! The pass looks at words (runs of non-blank bytes): how long they are and which alphabets all their bytes belong to.
//! Bytes that matter one by one are rare in prose and handled on a side path.

/// Decoders worth running, as bit flags. A missing bit means the decoder cannot find anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// The flags.
    pub bits: u32,
}

impl Hints {
    /// Tag characters, variation selectors, zero-width characters.
    pub const HIDDEN: u32 = 1;
    /// A long run that may be Base64.
    pub const BASE64: u32 = 1 << 1;
    /// A long run that may be Base32.
    pub const BASE32: u32 = 1 << 2;
    /// A long run that may be Base85.
    pub const BASE85: u32 = 1 << 3;
    /// Possible uuencoded lines.
    pub const UU: u32 = 1 << 4;
    /// Hexadecimal units.
    pub const HEX: u32 = 1 << 5;
    /// Binary units.
    pub const BINARY: u32 = 1 << 6;
    /// Octal codes.
    pub const OCTAL: u32 = 1 << 7;
    /// Decimal codes.
    pub const DECIMAL: u32 = 1 << 8;
    /// At least three percent signs.
    pub const PERCENT: u32 = 1 << 9;
    /// At least two backslashes.
    pub const ESCAPES: u32 = 1 << 10;
    /// At least three equals signs.
    pub const QP: u32 = 1 << 11;
    /// At least three ampersands.
    pub const ENTITIES: u32 = 1 << 12;
    /// At least six words of dots and dashes.
    pub const MORSE: u32 = 1 << 13;
    /// Braille patterns.
    pub const BRAILLE: u32 = 1 << 14;
    /// At least six words in a row shaped like the spelling alphabet.
    pub const NATO: u32 = 1 << 15;
    /// At least five of eight words end in "ay".
    pub const PIGLATIN: u32 = 1 << 16;
    /// Numbers that may stand for letters.
    pub const LETTER_NUMBERS: u32 = 1 << 17;
    /// An angle bracket or a square bracket that may begin markup.
    pub const MARKUP: u32 = 1 << 18;
    /// Quoted literals with an operator.
    pub const LITERALS: u32 = 1 << 19;
    /// Bidirectional controls.
    pub const BIDI: u32 = 1 << 20;
    /// The text begins like a JSON document. No decoder here reads it.
    pub const JSON: u32 = 1 << 21;
    /// Combining marks; only the hidden-channel signals read them.
    pub const MARKS: u32 = 1 << 22;
    /// Control characters other than tab and line breaks; only the hidden-channel signals read them.
    pub const CONTROL: u32 = 1 << 23;

    /// Whether any of `flags` is set.
    pub const fn has(self, flags: u32) -> bool {
        self.bits & flags != 0
    }

    /// The hidden channels only: they live in the text as it was written.
    pub(crate) const fn only_hidden(self) -> Self {
        Self { bits: self.bits & CHANNELS }
    }

    /// All but the hidden channels: these are read from the canonical view.
    pub(crate) const fn without_hidden(self) -> Self {
        Self { bits: self.bits & !(CHANNELS | Self::MARKS | Self::CONTROL) }
    }

    /// Encodings whose alphabets have signs that the canonical view drops inside words.
    pub(crate) const fn with_signs(self) -> Self {
        Self { bits: self.bits & (Self::BASE85 | Self::UU) }
    }

    /// Whether a hidden channel is possible.
    pub(crate) const fn may_hide(self) -> bool {
        self.has(CHANNELS | Self::MARKS | Self::CONTROL)
    }

    /// Whether no decoder applies.
    pub const fn is_empty(self) -> bool {
        self.bits == 0
    }
}

const CHANNELS: u32 = Hints::HIDDEN | Hints::BIDI;

/// One pass over the bytes of `text`.
pub fn hints(text: &str) -> Hints {
    let bytes = text.as_bytes();
    let mut seen = Seen::default();
    let (mut any, mut all, mut len) = (0u16, u16::MAX, 0u32);
    let (mut first, mut before, mut last) = (0u8, 0u8, 0u8);
    for (at, &b) in bytes.iter().enumerate() {
        let class = CLASSES.get(b as usize).copied().unwrap_or(0);
        if class & BLANK == 0 {
            if len == 0 {
                first = b;
            }
            any |= class;
            all &= class;
            len += 1;
            before = last;
            last = b;
        } else if len > 0 {
            seen.word(any, all, len, [first, before, last]);
            if len >= LONG {
                seen.long_word(bytes, at, len);
            }
            (any, all, len, last) = (0, u16::MAX, 0, 0);
        }
        if class & SPECIAL != 0 {
            seen.special(bytes, at, b);
        }
    }
    if len > 0 {
        seen.word(any, all, len, [first, before, last]);
        seen.long_word(bytes, bytes.len(), len);
    }
    seen.hints(bytes)
}

#[derive(Default)]
struct Seen {
    bits: u32,
    longest: u32,
    percent: u32,
    backslash: u32,
    equals: u32,
    ampersand: u32,
    quotes: u32,
    operators: u32,
    morse: u32,
    numbers: u32,
    units: u32,
    bits01: u32,
    nato: u32,
    codes: u32,
    /// The last eight words, one bit each: ends in "ay".
    ay: u8,
}

impl Seen {
    /// A word has ended. `ends` holds its first and its last two bytes.
    #[inline]
    fn word(&mut self, any: u16, all: u16, len: u32, ends: [u8; 3]) {
        let [first, before, last] = ends;
        if len >= LONG && any & SIGN != 0 {
            if any & LOWER == 0 {
                self.bits |= Hints::UU;
            }
            if len >= 20 {
                self.bits |= Hints::BASE85;
            }
            // Words of the spelling alphabet may be joined by hyphens or commas.
            if len >= 29 && any & ALPHA != 0 {
                self.bits |= Hints::NATO;
            }
        }
        if any & DIGIT != 0 {
            // `105,103,110` and `9-7-14` are one word each.
            let weight = if all & NUMERIC != 0 { len.div_ceil(3) } else { 1 };
            self.numbers = self.numbers.saturating_add(weight);
            self.units = self.units.saturating_add(len.div_ceil(3));
            if self.numbers >= 6 {
                self.bits |= Hints::OCTAL | Hints::DECIMAL | Hints::LETTER_NUMBERS | Hints::BINARY;
            }
            if self.units >= 6 {
                self.bits |= Hints::HEX;
            }
            if all & BIT != 0 {
                self.bits01 = self.bits01.saturating_add(len);
            }
            if first | 0x20 == b'c' && last != b';' && any & SIGN != 0 {
                // `chr(105),`
                self.codes = self.codes.saturating_add(1);
                if self.codes >= 6 {
                    self.bits |= Hints::DECIMAL;
                }
            }
        } else if any & ALPHA != 0 {
            // Numbers and Morse count in a row; prose puts words between them.
            (self.numbers, self.units, self.morse) = (0, 0, 0);
        }
        if all & MORSE != 0 {
            // Letters may also be joined by slashes.
            self.morse = self.morse.saturating_add(if len >= 11 { 6 } else { 1 });
            if self.morse >= 6 {
                self.bits |= Hints::MORSE;
            }
        }
        // Punctuation after the word would hide its ending.
        let (y, a) = if last | 0x20 == b'y' { (last, before) } else { (0, 0) };
        let closed = matches!(last, b'.' | b',' | b'!' | b'?' | b';' | b':' | b'"' | b')') && before | 0x20 == b'y';
        self.ay = self.ay << 1 | u8::from((y != 0 && a | 0x20 == b'a') || (closed && len >= 5));
        if self.ay.count_ones() >= 5 {
            self.bits |= Hints::PIGLATIN;
        }
        if NATO_SHAPES.get((first | 0x20).wrapping_sub(b'a') as usize).is_some_and(|s| s & (1 << len.min(15)) != 0) {
            self.nato += 1;
            if self.nato >= 6 {
                self.bits |= Hints::NATO;
            }
        } else if all & ALPHA != 0 {
            self.nato = 0;
        }
    }

    /// The longest run of the Base64 alphabets in the word that ends at `end`, and numbers stuck to a name: `f(105,103)`.
    #[inline(never)]
    fn long_word(&mut self, bytes: &[u8], end: usize, len: u32) {
        let (mut run, mut any, mut digits, mut signs) = (0, 0, 0u32, 0u32);
        for b in bytes.get(end.saturating_sub(len as usize)..end).unwrap_or_default() {
            let class = CLASSES.get(*b as usize).copied().unwrap_or(0);
            run = if class & B64 != 0 { run + 1 } else { 0 };
            self.longest = self.longest.max(run);
            any |= class;
            digits += u32::from(class & DIGIT != 0);
            signs += u32::from(class & SIGN != 0);
        }
        // A hash has digits but no signs; what is not stuck to letters was counted before.
        if any & ALPHA != 0 && digits * 2 >= len && signs >= 6 {
            self.bits |= Hints::OCTAL | Hints::DECIMAL | Hints::LETTER_NUMBERS | Hints::BINARY;
        }
    }

    #[inline(never)]
    fn special(&mut self, bytes: &[u8], at: usize, b: u8) {
        let next = |i: usize| bytes.get(at + i).copied().unwrap_or(0);
        match b {
            b'%' => self.percent += 1,
            b'\\' => self.backslash += 1,
            b'=' => {
                self.equals += 1;
                self.operators += 1;
            }
            b'&' => self.ampersand += 1,
            b'+' => self.operators += 1,
            b'<' => self.bits |= Hints::MARKUP,
            b'[' => {
                self.bits |= Hints::MARKUP;
                self.operators += 1;
            }
            b'"' | b'\'' | b'`' => self.quotes += 1,
            0xCC..=0xCD => self.bits |= Hints::MARKS,
            0xD2 if matches!(next(1), 0x83..=0x89) => self.bits |= Hints::MARKS,
            0xE1 if matches!((next(1), next(2)), (0xAA, 0xB0..) | (0xAB, _) | (0xB7, 0x80..)) => {
                self.bits |= Hints::MARKS
            }
            0xE2 => match (next(1), next(2)) {
                (0x80, 0x8B..=0x8D) | (0x81, 0xA0..=0xA4) => self.bits |= Hints::HIDDEN,
                (0x80, 0xAA..=0xAE) | (0x81, 0xA6..=0xA9) => self.bits |= Hints::BIDI,
                (0x83, 0x90..=0xBF) => self.bits |= Hints::MARKS,
                (0xA0..=0xA3, _) => self.bits |= Hints::BRAILLE,
                _ => {}
            },
            0xEF if matches!((next(1), next(2)), (0xB8, 0x80..=0x8F) | (0xBB, 0xBF)) => self.bits |= Hints::HIDDEN,
            0xF3 => self.bits |= Hints::HIDDEN,
            0..=0x1F | 0x7F => self.bits |= Hints::CONTROL,
            // C1 controls begin U+0080.
            0xC2 if matches!(next(1), 0x80..=0x9F) => self.bits |= Hints::CONTROL,
            _ => {}
        }
    }

    fn hints(self, bytes: &[u8]) -> Hints {
        let mut bits = self.bits;
        let mut set = |condition: bool, flags: u32| {
            if condition {
                bits |= flags;
            }
        };
        set(self.longest >= 16, Hints::BASE64 | Hints::BASE32);
        set(self.longest >= 16 || self.backslash >= 6, Hints::HEX);
        set(self.bits01 >= 42, Hints::BINARY);
        set(self.percent >= 3, Hints::PERCENT);
        set(self.backslash >= 2, Hints::ESCAPES);
        set(self.backslash >= 6, Hints::OCTAL);
        set(self.equals >= 3, Hints::QP);
        set(self.ampersand >= 3, Hints::ENTITIES);
        set(self.quotes >= 4 && self.operators >= 1, Hints::LITERALS);
        set(matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'[' | b'"')), Hints::JSON);
        Hints { bits }
    }
}

/// White space.
const BLANK: u16 = 1;
/// Handled on the side path.
const SPECIAL: u16 = 1 << 1;
/// Base64 alphabets.
const B64: u16 = 1 << 2;
/// ASCII digits.
const DIGIT: u16 = 1 << 3;
/// Digits, what separates them and what encloses them.
const NUMERIC: u16 = 1 << 4;
/// Zero and one.
const BIT: u16 = 1 << 5;
/// Dots, dashes, their look-alikes, and the slash between words.
const MORSE: u16 = 1 << 6;
/// ASCII letters.
const ALPHA: u16 = 1 << 7;
/// ASCII small letters.
const LOWER: u16 = 1 << 9;
/// ASCII signs.
const SIGN: u16 = 1 << 8;

const LONG: u32 = 16;

const CLASSES: [u16; 256] = classes();

#[allow(clippy::indexing_slicing)] // Constant evaluation: an index out of range fails the build.
const fn classes() -> [u16; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let b = i as u8;
        let mut class = 0;
        if matches!(b, b' ' | b'\t' | b'\n' | b'\r') {
            class |= BLANK;
        } else if b < 0x20 || b == 0x7F {
            class |= SPECIAL;
        }
        if matches!(b, b'%' | b'\\' | b'=' | b'&' | b'+' | b'<' | b'[' | b'"' | b'\'' | b'`')
            || matches!(b, 0xC2 | 0xCC | 0xCD | 0xD2 | 0xE1 | 0xE2 | 0xEF | 0xF3)
        {
            class |= SPECIAL;
        }
        if b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_') {
            class |= B64;
        }
        if b.is_ascii_digit() {
            class |= DIGIT;
        }
        if b.is_ascii_digit()
            || matches!(b, b',' | b'-' | b';' | b'[' | b']' | b'(' | b')' | b'/' | b'|' | b'.' | b':')
            || matches!(b, b'{' | b'}' | b'"' | b'\'' | b'`' | b'*' | b'_')
        {
            class |= NUMERIC;
        }
        if matches!(b, b'0' | b'1') {
            class |= BIT;
        }
        // The look-alikes · • – — in UTF-8.
        if matches!(b, b'.' | b'-' | b'/' | b'|' | b'_' | 0xC2 | 0xB7 | 0xE2 | 0x80 | 0xA2 | 0x93 | 0x94 | 0x88 | 0x92)
        {
            class |= MORSE;
        }
        if b.is_ascii_alphabetic() {
            class |= ALPHA;
        }
        if b.is_ascii_lowercase() {
            class |= LOWER;
        }
        if b.is_ascii_punctuation() {
            class |= SIGN;
        }
        table[i] = class;
        i += 1;
    }
    table
}

/// For each first letter, the lengths a word of the spelling alphabet may have, with room for one sign after it.
const NATO_SHAPES: [u16; 26] = {
    const fn lengths(a: u16, b: u16) -> u16 {
        1 << a | 1 << b | 1 << (a + 1) | 1 << (b + 1)
    }
    [
        lengths(4, 5), // alfa, alpha
        lengths(5, 5), // bravo
        lengths(7, 7), // charlie
        lengths(5, 5), // delta
        lengths(4, 4), // echo
        lengths(7, 7), // foxtrot
        lengths(4, 4), // golf
        lengths(5, 5), // hotel
        lengths(5, 5), // india
        lengths(6, 7), // juliet, juliett
        lengths(4, 4), // kilo
        lengths(4, 4), // lima
        lengths(4, 4), // mike
        lengths(8, 8), // november
        lengths(5, 5), // oscar
        lengths(4, 4), // papa
        lengths(6, 6), // quebec
        lengths(5, 5), // romeo
        lengths(6, 6), // sierra
        lengths(5, 5), // tango
        lengths(7, 7), // uniform
        lengths(6, 6), // victor
        lengths(6, 7), // whisky, whiskey
        lengths(4, 5), // xray, x-ray
        lengths(6, 6), // yankee
        lengths(4, 4), // zulu
    ]
};
