//! Decoders: text hidden inside text, read the way a model would read it.
//!
//! Each decoder takes a parent text and returns the children it can read out of it, each with an alignment back to
//! the parent. Nothing is stripped: what cannot be decoded stays where it was. Decoders are gated: they answer only
//! when the decoded bytes are plausible text, because a wrong guess is a false alarm.

use alloc::vec::Vec;

use super::{MappedText, Span};

pub mod base32;
pub mod base64;
pub mod base85;
pub mod bidi;
pub mod cipher;
pub mod codes;
pub mod escapes;
mod gate;
pub mod hidden;
mod hints;
pub mod literals;
pub mod markup;
pub mod pig_latin;
pub mod radix;
pub mod uuencode;

pub use cipher::{atbash, caesar, rot47};
pub use hidden::{HiddenSignals, signals};
pub use hints::{Hints, hints};

/// How a text was derived from its parent. The order of steps is the *decode chain* of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Step {
    /// Unicode tag characters U+E0020–U+E007E read as ASCII.
    Tags,
    /// Bytes carried by runs of variation selectors.
    VariationSelectors,
    /// Bits carried by two kinds of invisible characters.
    ZeroWidthBits,
    /// Bidirectional overrides applied.
    Bidi,
    /// The canonical view: NFKC, confusables, marks, invisibles, case.
    Canonical,
    /// Digits and signs read as letters.
    Leet,
    /// Single letters with separators joined to words.
    Joined,
    /// Upside-down letters turned.
    UpsideDown,
    /// Whole text read backwards.
    Reversed,
    /// Each word read backwards.
    ReversedWords,
    /// Words read in reverse order.
    ReversedOrder,
    /// Base64 (RFC 4648 §4 and §5).
    Base64,
    /// Base32 (RFC 4648 §6).
    Base32,
    /// Ascii85 / Base85.
    Base85,
    /// uuencode (POSIX).
    Uuencode,
    /// Hexadecimal bytes, with or without `0x` or `\x`.
    Hex,
    /// Binary octets.
    Binary,
    /// Octal character codes.
    Octal,
    /// Decimal character codes.
    Decimal,
    /// Percent encoding (RFC 3986 §2.1).
    Percent,
    /// `\u`, `\x`, `\n` escapes of JSON and programming languages.
    Escapes,
    /// Quoted-printable (RFC 2045 §6.7).
    QuotedPrintable,
    /// HTML character references.
    HtmlEntities,
    /// Caesar shift (ROT13 is shift 13).
    Caesar,
    /// Atbash.
    Atbash,
    /// Morse code.
    Morse,
    /// Braille patterns read as letters.
    Braille,
    /// NATO spelling alphabet.
    Nato,
    /// Pig Latin.
    PigLatin,
    /// HTML comment or otherwise hidden markup.
    HiddenMarkup,
    /// Markup attribute (alt, title, aria-label).
    MarkupAttribute,
    /// A leaf of a JSON document.
    JsonLeaf,
    /// String literals joined in order.
    JoinedLiterals,
    /// Tap code or A1Z26 letter numbers.
    LetterNumbers,
    /// The last words of the previous turn joined with this one.
    Seam,
}

impl Step {
    /// Stable kebab-case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tags => "tags",
            Self::VariationSelectors => "variation-selectors",
            Self::ZeroWidthBits => "zero-width-bits",
            Self::Bidi => "bidi",
            Self::Canonical => "canonical",
            Self::Leet => "leet",
            Self::Joined => "joined",
            Self::UpsideDown => "upside-down",
            Self::Reversed => "reversed",
            Self::ReversedWords => "reversed-words",
            Self::ReversedOrder => "reversed-order",
            Self::Base64 => "base64",
            Self::Base32 => "base32",
            Self::Base85 => "base85",
            Self::Uuencode => "uuencode",
            Self::Hex => "hex",
            Self::Binary => "binary",
            Self::Octal => "octal",
            Self::Decimal => "decimal",
            Self::Percent => "percent",
            Self::Escapes => "escapes",
            Self::QuotedPrintable => "quoted-printable",
            Self::HtmlEntities => "html-entities",
            Self::Caesar => "caesar",
            Self::Atbash => "atbash",
            Self::Morse => "morse",
            Self::Braille => "braille",
            Self::Nato => "nato",
            Self::PigLatin => "pig-latin",
            Self::HiddenMarkup => "hidden-markup",
            Self::MarkupAttribute => "markup-attribute",
            Self::JsonLeaf => "json-leaf",
            Self::JoinedLiterals => "joined-literals",
            Self::LetterNumbers => "letter-numbers",
            Self::Seam => "seam",
        }
    }
}

/// A child text read out of a parent.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// How it was read.
    pub step: Step,
    /// Where in the parent it stood.
    pub span: Span,
    /// The child, aligned with the parent's bytes.
    pub child: MappedText,
}

/// Collects children up to a byte and count budget, so that no input can make decoding explode.
#[derive(Debug)]
pub struct Children {
    found: Vec<Decoded>,
    bytes_left: usize,
    count_left: usize,
    exhausted: bool,
}

impl Children {
    /// A collector that accepts at most `count` children of at most `bytes` bytes together.
    pub fn new(count: usize, bytes: usize) -> Self {
        Self { found: Vec::new(), bytes_left: bytes, count_left: count, exhausted: false }
    }

    /// Adds a child, or notes that the budget is used up. Empty children are dropped.
    pub fn push(&mut self, step: Step, span: Span, child: MappedText) {
        if child.text.is_empty() {
            return;
        }
        if self.count_left == 0 || child.text.len() > self.bytes_left {
            self.exhausted = true;
            return;
        }
        self.count_left -= 1;
        self.bytes_left -= child.text.len();
        self.found.push(Decoded { step, span, child });
    }

    /// Whether a child had to be refused: the scan must say so and fail closed.
    pub fn exhausted(&self) -> bool {
        self.exhausted
    }

    /// Whether no further child is accepted.
    pub fn is_full(&self) -> bool {
        self.exhausted || self.count_left == 0 || self.bytes_left == 0
    }

    /// The children found, in order of discovery.
    pub fn into_vec(self) -> Vec<Decoded> {
        self.found
    }
}

/// Runs the hinted decoders on `text` as given; [`hints`] says which can apply.
///
/// The most explicit channels come first, so a spent budget costs the least certain readings.
pub fn peel(text: &str, hints: Hints, out: &mut Children) {
    for (flag, find) in DECODERS {
        if hints.has(*flag) && !out.is_full() {
            find(text, out);
        }
    }
    // Decoders stop at a full collector, so there may be more than was read: the scan must say so.
    out.exhausted |= out.is_full();
}

/// One decoder.
type Find = fn(&str, &mut Children);

const DECODERS: &[(u32, Find)] = &[
    (Hints::HIDDEN, hidden::find),
    (Hints::BIDI, bidi::find),
    (Hints::PERCENT, escapes::percent),
    (Hints::ESCAPES, escapes::escapes),
    (Hints::QP, escapes::quoted_printable),
    (Hints::ENTITIES, escapes::entities),
    (Hints::BASE64, base64::find),
    (Hints::HEX, radix::hex),
    (Hints::BINARY, radix::binary),
    (Hints::OCTAL, radix::octal),
    (Hints::DECIMAL, radix::decimal),
    (Hints::BASE32, base32::find),
    (Hints::BASE85, base85::find),
    (Hints::UU, uuencode::find),
    (Hints::MARKUP, markup::find),
    (Hints::MORSE, codes::morse),
    (Hints::BRAILLE, codes::braille),
    (Hints::NATO, codes::nato),
    (Hints::LETTER_NUMBERS, codes::letter_numbers),
    (Hints::PIGLATIN, pig_latin::find),
    (Hints::LITERALS, literals::find),
];

#[cfg(test)]
mod tests;
