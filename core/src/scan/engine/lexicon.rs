//! Which entries begin at a position of the text: a trie whose nodes are hashes.
//!
//! Two bitmaps answer "can an entry go on?" and "may an entry end here?" for a running hash; only a likely end looks at
//! the entry itself and compares it. A wrong bit costs a comparison, never a wrong answer. Against Aho–Corasick this
//! trades one pass over all starts for no construction at all, a tenth of the size, and entries that only begin where a
//! word begins.

use super::hash;
use super::ruleset::{RuleSet, Section};
use super::table::Table;

/// The entry may be followed by more letters.
pub const PREFIX: u8 = 1;
/// The entry is in a script without spaces: it begins and ends anywhere.
pub const ANYWHERE: u8 = 2;
/// The entry is only meant for words that were run together.
pub const SQUASHED: u8 = 4;
/// Bytes of an entry record: text offset u32, length u8, flags u8 (low half) and tokens (high half), payload u16.
pub const ENTRY_RECORD: usize = 8;
/// Marks an empty slot.
pub const EMPTY: u16 = u16::MAX;
/// No entry is longer, in folded bytes.
pub const LENGTH_MAX: usize = 96;

/// View of the lexicon sections of a rule set.
#[derive(Clone, Copy)]
pub(crate) struct Lexicon<'a> {
    prefixes: Table<'a>,
    prefix_bits: u32,
    ends: Table<'a>,
    end_bits: u32,
    slots: Table<'a>,
    slot_bits: u32,
    entries: Table<'a>,
    strings: Table<'a>,
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
        let (prefixes, ends, slots) =
            (set.section(Section::Prefixes), set.section(Section::Ends), set.section(Section::Slots));
        let starts = set.section(Section::Starts);
        let half = |at| u64::from(starts.u32(at)) | u64::from(starts.u32(at + 4)) << 32;
        Self {
            prefix_bits: bits(prefixes.0.len() * 8),
            end_bits: bits(ends.0.len() * 8),
            slot_bits: bits(slots.0.len() / 2),
            prefixes,
            ends,
            slots,
            entries: set.section(Section::Entries),
            strings: set.section(Section::Strings),
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
        let mut h = hash::SEED;
        let mut at = start;
        let stop = start.saturating_add(LENGTH_MAX);
        while let Some(&byte) = text.get(at) {
            let (folded, width) = fold(text, at, byte);
            h = hash::step(h, folded);
            at += width;
            if self.ends.bit(hash::top(h, self.end_bits)) {
                self.lookup(h, text, start, at, &mut found);
            }
            if !self.prefixes.bit(hash::top(h, self.prefix_bits)) || at >= stop {
                break;
            }
        }
        at - start
    }

    /// What an entry means: concepts and anchored patterns, see [`Meaning`].
    pub(crate) fn payload(&self, at: u16) -> impl Iterator<Item = Meaning> + 'a {
        let base = at as usize * 2;
        let count = self.payloads.u16(base) as usize;
        let payloads = self.payloads;
        (1..=count).map(move |i| Meaning::decode(payloads.u16(base + i * 2)))
    }

    fn lookup(&self, h: u32, text: &[u8], start: usize, end: usize, found: &mut impl FnMut(Entry)) {
        let mask = (1u32 << self.slot_bits) - 1;
        let mut slot = hash::top(h, self.slot_bits);
        // The compiler keeps the table half empty; the bound only guards against a damaged one.
        for _ in 0..64 {
            let id = self.slots.u16(slot as usize * 2);
            if id == EMPTY {
                return;
            }
            let at = id as usize * ENTRY_RECORD;
            let entry = self.strings.slice(self.entries.u32(at) as usize, self.entries.u8(at + 4) as usize);
            if equals_folded(text, start, end, entry) {
                let packed = self.entries.u8(at + 5);
                found(Entry { end, flags: packed & 15, tokens: packed >> 4, payload: self.entries.u16(at + 6) });
            }
            slot = (slot + 1) & mask;
        }
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

/// ASCII case is folded and a run of white space counts as one space.
#[inline]
fn fold(text: &[u8], at: usize, byte: u8) -> (u8, usize) {
    if byte > b' ' {
        return (byte.to_ascii_lowercase(), 1);
    }
    if !byte.is_ascii_whitespace() {
        return (byte, 1);
    }
    let run = text.get(at..).unwrap_or(&[]).iter().take(WHITE_MAX).take_while(|b| b.is_ascii_whitespace()).count();
    (b' ', run.max(1))
}

fn equals_folded(text: &[u8], start: usize, end: usize, entry: &[u8]) -> bool {
    let mut at = start;
    for expected in entry {
        let Some(&byte) = text.get(at) else { return false };
        let (folded, width) = fold(text, at, byte);
        if folded != *expected {
            return false;
        }
        at += width;
    }
    at == end
}

fn bits(count: usize) -> u32 {
    if count < 2 { 1 } else { usize::BITS - 1 - count.leading_zeros() }
}

/// A longer run of white space is not taken for a space between two words of an entry.
const WHITE_MAX: usize = 8;
