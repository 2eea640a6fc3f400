//! Signature words under letter ciphers and misspellings: sorted tables of hashes, no construction.

use super::hash;
use super::ruleset::{RuleSet, Section};
use super::table::Table;

/// Key of words read backwards in the cipher table; 1 to 25 are Caesar shifts.
pub const KEY_REVERSED: u8 = 26;
/// Key of Atbash in the cipher table.
pub const KEY_ATBASH: u8 = 27;

/// Record of a word under Caesar shifts: `value` is word number and kind, `extra` first letter and length.
pub const KIND_SHIFT: u8 = 0;
/// Record of a word under Atbash.
pub const KIND_ATBASH: u8 = 1;
/// Record of a word read backwards.
pub const KIND_REVERSED: u8 = 2;
/// No longer word is recognised misspelt or ciphered.
const WORD_MAX: usize = 16;

/// View of the fuzzy sections. Each is a power-of-two table of `hash u32, value u16, extra u16`; a zero hash is empty.
#[derive(Clone, Copy)]
pub(crate) struct Fuzzy<'a> {
    ciphers: Table<'a>,
    scrambled: Table<'a>,
    deletions: Table<'a>,
    pairs: Table<'a>,
}

/// Bytes of a record of the fuzzy tables.
pub const FUZZY_RECORD: usize = 8;

impl<'a> Fuzzy<'a> {
    pub(crate) fn new(set: &'a RuleSet) -> Self {
        Self {
            ciphers: set.section(Section::Cipher),
            scrambled: set.section(Section::Scrambled),
            deletions: set.section(Section::Deletions),
            pairs: set.section(Section::Pairs),
        }
    }

    /// One edit changes one end of a word at most: its first two letters, or its last two, or (scrambled) its first and last
    /// are those of a signature word of about the same length.
    fn may_be_misspelt(&self, word: &[u8]) -> bool {
        let [first, second, .., before, last] = word else { return false };
        let length = 1u16 << (word.len() & 15);
        [(0, first, second), (1, before, last), (2, first, last)].into_iter().any(|(table, a, b)| {
            let at = pair(table, *a, *b);
            self.pairs.u16(at * 2) & length != 0
        })
    }

    /// Key and word number if `word` is a signature word under a letter cipher.
    pub(crate) fn cipher(&self, word: &[u8]) -> Option<(u8, u8)> {
        let mut folded = [0u8; WORD_MAX];
        for (to, from) in folded.iter_mut().zip(word) {
            if !from.is_ascii_alphabetic() {
                return None;
            }
            *to = from.to_ascii_lowercase();
        }
        let word = folded.get(..word.len())?;
        let (first, mut found) = (*word.first()?, None);
        probe(self.ciphers, hash::shape(word, false), |value, extra| {
            let [index, kind] = value.to_le_bytes();
            let [plain, length] = extra.to_le_bytes();
            if usize::from(length) != word.len() {
                return;
            }
            let key = match kind {
                KIND_SHIFT => (first + 26).wrapping_sub(plain) % 26,
                KIND_ATBASH if first.wrapping_sub(b'a') == b'z'.wrapping_sub(plain) => KEY_ATBASH,
                KIND_REVERSED if first == plain => KEY_REVERSED,
                _ => return,
            };
            // A shift by nothing is the word itself.
            if key != 0 {
                found = Some((key, index));
            }
        });
        found
    }

    /// Calls `found` with each payload of the entries of which `word` is a misspelling: letters scrambled between the first and the
    /// last, or one insertion, deletion, substitution or swap. Each payload is named once.
    pub(crate) fn misspelt(&self, word: &[u8], mut found: impl FnMut(u16)) {
        let mut folded = [0u8; WORD_MAX];
        for (to, from) in folded.iter_mut().zip(word) {
            if !from.is_ascii_alphabetic() {
                return;
            }
            *to = from.to_ascii_lowercase();
        }
        let folded = folded.get(..word.len()).unwrap_or(&[]);
        if !self.may_be_misspelt(folded) {
            return;
        }
        let mut seen = [u16::MAX; 8];
        let mut count = 0;
        let mut once = |payload: u16| {
            if !seen.contains(&payload) {
                if let Some(slot) = seen.get_mut(count) {
                    *slot = payload;
                    count += 1;
                }
                found(payload);
            }
        };
        probe(self.scrambled, hash::scrambled(folded), |payload, _| once(payload));
        hash::deletions(folded, |h| {
            probe(self.deletions, h, |payload, len| {
                // One edit changes the length by at most one.
                if word.len().abs_diff(len as usize) <= 1 {
                    once(payload);
                }
            });
        });
    }
}

/// Place of a pair of lower-case letters in the `Pairs` section.
#[inline]
pub const fn pair(table: usize, a: u8, b: u8) -> usize {
    (table * 26 + (a.wrapping_sub(b'a') as usize % 26)) * 26 + (b.wrapping_sub(b'a') as usize % 26)
}

fn probe(table: Table<'_>, h: u32, mut found: impl FnMut(u16, u16)) {
    let count = table.0.len() / FUZZY_RECORD;
    if count == 0 || h == 0 {
        return;
    }
    let mask = count - 1;
    let mut slot = hash::top(h, 24) as usize & mask;
    for _ in 0..64 {
        let at = slot * FUZZY_RECORD;
        let stored = table.u32(at);
        if stored == 0 {
            return;
        }
        if stored == h {
            found(table.u16(at + 4), table.u16(at + 6));
        }
        slot = (slot + 1) & mask;
    }
}
