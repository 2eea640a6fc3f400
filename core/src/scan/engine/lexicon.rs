//! Which entries begin at a position of the text: a radix trie that is read in place.
//!
//! The trie is one byte string in preorder, found through a table over the first two bytes of an entry. A node names
//! the first bytes of its children and, in two bytes each, how far away they begin, which keeps the trie small on the
//! wire (a third of a hash table of the same entries after gzip). Nothing is built at start-up. Against
//! Aho–Corasick this reads each word start instead of each byte, and only as far as some entry agrees.

use super::ruleset::{RuleSet, Section};
use super::table::Table;

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

    /// Calls `found` for every entry whose text stands at `start`, shortest first. Word ends are the caller's business.
    /// Returns the number of bytes looked at.
    #[inline]
    pub(crate) fn walk(&self, text: &[u8], start: usize, mut found: impl FnMut(Entry)) -> usize {
        let Some((first, width)) = folded(text, start) else { return 1 };
        let row = self.index.u8(first as usize) as usize;
        if row == 0 {
            return 1;
        }
        // Column 0 holds entries of a single byte.
        let single = self.pair(row, 0);
        if single != 0 {
            self.descend(single, text, start + width, &mut found);
        }
        let Some((second, more)) = folded(text, start + width) else { return 1 };
        let column = self.index.u8(second as usize) as usize;
        let node = if column == 0 { 0 } else { self.pair(row, column) };
        if node == 0 {
            return 2;
        }
        self.descend(node, text, start + width + more, &mut found) - start
    }

    #[inline]
    fn pair(&self, row: usize, column: usize) -> usize {
        self.index.u32(CLASSES + 2 + ((row - 1) * (self.width + 1) + column) * 4) as usize
    }

    /// What an entry means.
    #[inline]
    pub(crate) fn meaning(&self, payload: u16) -> Meaning<'a> {
        let at = payload as usize * 2;
        Meaning { list: self.payloads, at }
    }

    fn descend(&self, node: usize, text: &[u8], mut at: usize, found: &mut impl FnMut(Entry)) -> usize {
        let mut rest = self.trie.get(node..).unwrap_or(&[]);
        loop {
            let Some((&head, after)) = rest.split_first() else { return at };
            rest = after;
            let label = match head & 7 {
                LABEL_LONG => take(&mut rest),
                length => length,
            };
            let Some((label, after)) = rest.split_at_checked(label as usize) else { return at };
            rest = after;
            for expected in label {
                match folded(text, at) {
                    Some((byte, width)) if byte == *expected => at += width,
                    _ => return at,
                }
            }
            let mut values = head & HAS_VALUE != 0;
            while values {
                let packed = take(&mut rest);
                let payload = u16::from_le_bytes([take(&mut rest), take(&mut rest)]);
                let tokens = match packed >> 4 {
                    TOKENS_MANY => take(&mut rest),
                    count => count,
                };
                found(Entry { end: at, flags: packed & 7, tokens, payload });
                values = packed & MORE != 0;
            }
            let children = match head >> 4 {
                0 => return at,
                CHILDREN_MANY => take(&mut rest),
                count => count,
            } as usize;
            let Some((wanted, width)) = folded(text, at) else { return at };
            // First bytes of the children, then where each begins, then the children.
            let Some((firsts, after)) = rest.split_at_checked(children) else { return at };
            let Some(child) = firsts.iter().position(|first| *first == wanted) else { return at };
            let begin = children * 2 + Table(after).u16(child * 2) as usize;
            rest = after.get(begin..).unwrap_or(&[]);
            at += width;
        }
    }
}

#[inline]
fn take(rest: &mut &[u8]) -> u8 {
    let Some((&byte, after)) = rest.split_first() else { return 0 };
    *rest = after;
    byte
}

/// What an entry means: three counts, then as many concepts that begin a pattern, concepts that do not, and anchored
/// patterns of which the entry is a keyword. Each part is sorted.
#[derive(Clone, Copy)]
pub(crate) struct Meaning<'a> {
    list: Table<'a>,
    at: usize,
}

impl<'a> Meaning<'a> {
    /// Concepts that begin some pattern.
    #[inline]
    pub(crate) fn beginning(self) -> impl Iterator<Item = u16> + 'a {
        let (from, count) = (self.at + 6, self.list.u16(self.at) as usize);
        (0..count).map(move |i| self.list.u16(from + i * 2))
    }

    /// Concepts that only go on.
    #[inline]
    pub(crate) fn following(self) -> impl Iterator<Item = u16> + 'a {
        let from = self.at + 6 + self.list.u16(self.at) as usize * 2;
        let count = self.list.u16(self.at + 2) as usize;
        (0..count).map(move |i| self.list.u16(from + i * 2))
    }

    /// Anchored patterns.
    #[inline]
    pub(crate) fn anchors(self) -> impl Iterator<Item = u16> + 'a {
        let before = self.list.u16(self.at) as usize + self.list.u16(self.at + 2) as usize;
        let (from, count) = (self.at + 6 + before * 2, self.list.u16(self.at + 4) as usize);
        (0..count).map(move |i| self.list.u16(from + i * 2))
    }

    /// Whether the entry belongs to `concept`.
    pub(crate) fn has(self, concept: u16) -> bool {
        self.beginning().chain(self.following()).any(|c| c == concept)
    }
}

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
const WHITE_MAX: usize = 8;
