//! Which entries begin at a position of the text: a radix trie that is read in place.
//!
//! The trie is one byte string in preorder, found through a table over the first two bytes of an entry. Each child
//! says how long it is, so its neighbour is found by skipping: there are no pointers, which makes the trie small on
//! the wire (a third of a hash table of the same entries after gzip), and nothing is built at start-up. Against
//! Aho–Corasick this reads each word start instead of each byte, and only as far as some entry agrees.

use super::ruleset::{RuleSet, Section};
use super::table::Table;
use crate::text::chars;

/// The entry may be followed by more letters.
pub const PREFIX: u8 = 1;
/// The entry is in a script without spaces: it begins and ends anywhere.
pub const ANYWHERE: u8 = 2;
/// The entry is only meant for words that were run together.
pub const SQUASHED: u8 = 4;
/// Another value of the same spelling follows.
pub const MORE: u8 = 8;
/// No entry is longer, in folded bytes.
pub const LENGTH_MAX: usize = 96;
/// In a node's head: the low bits hold the label's length, this value says that a byte with it follows.
pub const LABEL_LONG: u8 = 7;
/// In a node's head: the node has values.
pub const HAS_VALUE: u8 = 8;
/// In a node's head: the high bits hold the number of children, this value says that a byte with it follows.
pub const CHILDREN_MANY: u8 = 15;
/// In a value: the high bits hold the number of words, this value says that a byte with it follows.
pub const TOKENS_MANY: u8 = 15;
/// Bytes before the table of pairs in the `Index` section: classes of the first bytes.
pub const CLASSES: usize = 256;

/// View of the lexicon sections of a rule set.
#[derive(Clone, Copy)]
pub(crate) struct Lexicon<'a> {
    index: Table<'a>,
    width: usize,
    trie: &'a [u8],
    payloads: Table<'a>,
    starts: [u64; 2],
}

/// An entry found in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) end: usize,
    pub(crate) flags: u8,
    pub(crate) tokens: u8,
    pub(crate) payload: u16,
    /// Its words that stand in two pieces.
    pub(crate) breaks: u8,
    /// Signs other than white space stand between or inside its words.
    pub(crate) loose: bool,
    /// A blank cuts one of its words.
    pub(crate) blank: bool,
}

impl<'a> Lexicon<'a> {
    pub(crate) fn new(set: &'a RuleSet) -> Self {
        let starts = set.section(Section::Starts);
        let half = |at| u64::from(starts.u32(at)) | u64::from(starts.u32(at + 4)) << 32;
        let index = set.section(Section::Index);
        Self {
            index,
            width: index.u16(CLASSES) as usize,
            trie: set.section(Section::Trie).0,
            payloads: set.section(Section::Payloads),
            starts: [half(0), half(8)],
        }
    }

    /// Whether some entry begins with this ASCII punctuation.
    #[inline]
    pub(crate) fn starts_with(&self, byte: u8) -> bool {
        byte < 128 && (if byte < 64 { self.starts[0] } else { self.starts[1] }) >> (byte & 63) & 1 == 1
    }

    /// Calls `found` for every entry whose text stands at `start`. Word ends are the caller's business.
    /// Returns the number of bytes looked at.
    #[inline]
    pub(crate) fn walk(&self, text: &str, start: usize, mut found: impl FnMut(Entry)) -> usize {
        let bytes = text.as_bytes();
        let Some((first, width)) = folded(bytes, start) else { return 1 };
        let row = self.index.u8(first as usize) as usize;
        if row == 0 {
            return 1;
        }
        // Column 0 holds entries of a single byte.
        let single = self.pair(row, 0);
        if single != 0 {
            self.descend(single, text, Path::at(start + width), &mut found);
        }
        let Some((second, more)) = folded(bytes, start + width) else { return 1 };
        let column = self.index.u8(second as usize) as usize;
        let node = if column == 0 { 0 } else { self.pair(row, column) };
        if node == 0 {
            return 2;
        }
        self.descend(node, text, Path::at(start + width + more), &mut found).saturating_sub(start)
    }

    #[inline]
    fn pair(&self, row: usize, column: usize) -> usize {
        self.index.u32(CLASSES + 2 + ((row - 1) * (self.width + 1) + column) * 4) as usize
    }

    /// What an entry means: concepts and anchored patterns, see [`Meaning`].
    pub(crate) fn payload(&self, at: u16) -> impl Iterator<Item = Meaning> + 'a {
        let base = at as usize * 2;
        let count = self.payloads.u16(base) as usize;
        let payloads = self.payloads;
        (1..=count).map(move |i| Meaning::decode(payloads.u16(base + i * 2)))
    }

    fn descend(&self, node: usize, text: &str, mut path: Path, found: &mut impl FnMut(Entry)) -> usize {
        let bytes = text.as_bytes();
        let mut reader = Reader { bytes: self.trie, at: node };
        loop {
            let head = reader.byte();
            let label = match head & 7 {
                LABEL_LONG => reader.byte(),
                length => length,
            };
            for _ in 0..label {
                let wanted = reader.byte();
                match folded(bytes, path.at) {
                    Some((byte, width)) if byte == wanted => path.at += width,
                    _ => match path.across(text, wanted) {
                        Some(next) => path = next,
                        None => return path.at,
                    },
                }
            }
            let mut values = head & HAS_VALUE != 0;
            while values {
                let packed = reader.byte();
                let payload = u16::from_le_bytes([reader.byte(), reader.byte()]);
                let tokens = match packed >> 4 {
                    TOKENS_MANY => reader.byte(),
                    count => count,
                };
                let Path { at: end, breaks, loose, blank } = path;
                found(Entry { end, flags: packed & 7, tokens, payload, breaks, loose, blank });
                values = packed & MORE != 0;
            }
            let children = match head >> 4 {
                CHILDREN_MANY => reader.byte(),
                count => count,
            };
            let Some((wanted, width)) = folded(bytes, path.at) else { return path.at };
            let gap = !wanted.is_ascii_alphanumeric()
                || is_hump(bytes, path.at)
                || (wanted.is_ascii_digit() && bytes.get(path.at.wrapping_sub(1)) == Some(&b'\n'));
            // Children stand in order of their first byte.
            let mut chosen = false;
            for _ in 0..children {
                let first = reader.byte();
                let size = reader.varint();
                if first == wanted {
                    if !gap {
                        chosen = true;
                        break;
                    }
                    self.descend(reader.at, text, Path { at: path.at + width, ..path }, found);
                } else if gap {
                    if let Some(next) = path.across(text, first) {
                        self.descend(reader.at, text, next, found);
                    }
                } else if first > wanted {
                    return path.at;
                }
                reader.at = reader.at.saturating_add(size);
            }
            if !chosen {
                return path.at;
            }
            path.at += width;
        }
    }
}

/// How far an entry was followed through the text.
#[derive(Clone, Copy)]
struct Path {
    at: usize,
    /// Words of the entry that stand in two pieces.
    breaks: u8,
    /// Something other than white space was taken for a space.
    loose: bool,
    /// A blank cuts a word.
    blank: bool,
}

impl Path {
    const fn at(at: usize) -> Self {
        Self { at, breaks: 0, loose: false, blank: false }
    }

    /// The way to the entry's next byte `wanted` across what stands between words (`all | previous`) or inside one
    /// (`pre-\nvious`, `ign ore`).
    #[cold]
    #[inline(never)]
    fn across(self, text: &str, wanted: u8) -> Option<Self> {
        let bytes = text.as_bytes();
        if wanted == b' ' {
            let end = if is_hump(bytes, self.at) { self.at } else { gap_end(text, self.at)? };
            return Some(Self { at: end, loose: true, ..self });
        }
        if !wanted.is_ascii_lowercase() {
            return None;
        }
        let inside = self.at.checked_sub(1).and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_alphabetic);
        let end = if inside { break_end(bytes, self.at)? } else { gap_end(text, self.at)? };
        let breaks = self.breaks + u8::from(inside);
        let fits = bytes.get(end)?.to_ascii_lowercase() == wanted && breaks <= BREAKS_MAX;
        let blank = self.blank || (inside && bytes.get(self.at) == Some(&b' '));
        fits.then_some(Self { at: end + 1, breaks, loose: true, blank })
    }
}

/// Whether a capital follows a small letter: a new word of `ignoreAll`.
#[inline]
fn is_hump(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(u8::is_ascii_uppercase)
        && at.checked_sub(1).and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_lowercase)
}

/// End of what separates two words of one sentence: blanks, signs, symbols, the number of a list item.
fn gap_end(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    let mut after_newline = from.checked_sub(1).and_then(|i| bytes.get(i)) == Some(&b'\n');
    while at < from + GAP_MAX
        && let Some(&byte) = bytes.get(at)
    {
        if after_newline && let Some(end) = list_number(bytes, at) {
            (at, after_newline) = (end, false);
            continue;
        }
        after_newline = byte == b'\n';
        if byte.is_ascii_alphanumeric() {
            break;
        }
        if byte >= 0x80 {
            let c = text.get(at..)?.chars().next()?;
            if chars::is_word_char(c) || chars::is_unspaced(c) {
                break;
            }
            at += c.len_utf8();
            continue;
        }
        at += 1;
        if ends_sentence(bytes, at - 1) {
            return None;
        }
    }
    (at > from).then_some(at)
}

/// End of what cuts a word in two: a blank, a hyphen at the end of a line, up to three signs of emphasis.
fn break_end(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let len = match rest {
        [b' ', ..] => 1,
        [b'-', b'\r', b'\n', ..] => 3,
        [b'-', b'\n', ..] => 2,
        _ => rest.iter().take(3).take_while(|b| matches!(b, b'_' | b'*' | b'~' | b'`' | b'|' | b'-')).count(),
    };
    (len > 0).then_some(from + len)
}

/// Whether the sign at `at` ends a sentence. Marks in a row shout; they do not end one.
#[inline]
pub(crate) fn ends_sentence(bytes: &[u8], at: usize) -> bool {
    let is_mark = |b: Option<&u8>| matches!(b, Some(b'!' | b'?' | b'.'));
    is_mark(bytes.get(at))
        && bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace)
        && !is_mark(at.checked_sub(1).and_then(|i| bytes.get(i)))
}

/// End of the number of a list item (`12. `, `3) `) that begins at `at`.
pub(crate) fn list_number(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let digits = rest.iter().take(4).take_while(|b| b.is_ascii_digit()).count();
    let closed = matches!(rest.get(digits..digits + 2), Some([b'.' | b')', b' ' | b'\t']));
    (digits > 0 && digits < 4 && closed).then_some(at + digits + 2)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    #[inline]
    fn byte(&mut self) -> u8 {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at = self.at.saturating_add(1);
        byte
    }

    #[inline]
    fn varint(&mut self) -> usize {
        let low = self.byte();
        if low < 0x80 {
            return low as usize;
        }
        let mid = self.byte();
        let value = (low as usize & 0x7F) | (mid as usize & 0x7F) << 7;
        if mid < 0x80 { value } else { value | (self.byte() as usize) << 14 }
    }
}

/// What one payload item says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The entry belongs to this concept.
    Concept(u16),
    /// The entry is a keyword of this anchored pattern.
    Anchor(u16),
}

impl Meaning {
    fn decode(raw: u16) -> Self {
        if raw & ANCHOR_BIT == 0 { Self::Concept(raw) } else { Self::Anchor(raw & !ANCHOR_BIT) }
    }
}

/// Set in a payload item that names an anchored pattern.
pub const ANCHOR_BIT: u16 = 0x8000;

/// The folded byte at `at` and its width: ASCII case is folded and a run of white space counts as one space.
#[inline]
fn folded(text: &[u8], at: usize) -> Option<(u8, usize)> {
    let byte = *text.get(at)?;
    if byte > b' ' {
        return Some((byte.to_ascii_lowercase(), 1));
    }
    if !byte.is_ascii_whitespace() {
        return Some((byte, 1));
    }
    let run = text.get(at..).unwrap_or(&[]).iter().take(WHITE_MAX).take_while(|b| b.is_ascii_whitespace()).count();
    Some((b' ', run.max(1)))
}

/// A longer run of white space is not taken for a space between two words of an entry.
const WHITE_MAX: usize = 24;
/// The same for signs and symbols.
const GAP_MAX: usize = 24;
/// Words of one entry that may stand in two pieces.
const BREAKS_MAX: u8 = 3;
