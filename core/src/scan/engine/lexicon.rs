//! Which entries begin at a position of the text: a radix trie that is read in place.
//!
//! The trie is one byte string in preorder, found through a table over the first two bytes of an entry. A node names
//! the first bytes of its children and, in two bytes each, how far away they begin, which keeps the trie small on the
//! wire (a third of a hash table of the same entries after gzip). Nothing is built at start-up. Against
//! Aho–Corasick this reads each word start instead of each byte, and only as far as some entry agrees.

use super::ruleset::{RuleSet, Section};
use super::table::Table;
use crate::text::chars;

/// Set in a concept of a meaning that is the rare word of some pattern.
pub const RARE: u16 = 0x8000;
/// The entry may be followed by more letters.
pub const PREFIX: u8 = 1;
/// The entry is in a script without spaces: it begins and ends anywhere.
pub const ANYWHERE: u8 = 2;
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
/// No entry means more concepts, or is a keyword of more patterns.
pub const MEANINGS_MAX: u16 = 512;
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

    /// Calls `found` for every entry whose text stands at `start`; with `squashed`, also without its spaces. Word ends are
    /// the caller's business.
    /// Returns the number of bytes looked at.
    #[inline]
    pub(crate) fn walk(&self, text: &str, start: usize, squashed: bool, mut found: impl FnMut(Entry)) -> usize {
        let bytes = text.as_bytes();
        let Some((first, width)) = folded(bytes, start) else { return 1 };
        let row = self.index.u8(first as usize) as usize;
        if row == 0 {
            return 1;
        }
        // Column 0 holds entries of a single byte.
        let single = self.pair(row, 0);
        let mut steps = STEPS_MAX;
        if single != 0 {
            self.descend(single, text, Path::new(start + width, squashed), &mut steps, &mut found);
        }
        let Some((second, more)) = folded(bytes, start + width) else { return 1 };
        let column = self.index.u8(second as usize) as usize;
        let node = if column == 0 { 0 } else { self.pair(row, column) };
        if node == 0 {
            return 2;
        }
        let end = self.descend(node, text, Path::new(start + width + more, squashed), &mut steps, &mut found);
        end.saturating_sub(start)
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

    fn descend(&self, node: usize, text: &str, path: Path, steps: &mut u32, found: &mut impl FnMut(Entry)) -> usize {
        self.follow(self.trie.get(node..).unwrap_or(&[]), text, path, steps, found)
    }

    /// Follows one way through the trie. `steps` bounds the nodes of all ways together and how deep they fork: a damaged
    /// trie forks without end where a sound one never comes near.
    fn follow(
        &self,
        mut rest: &[u8],
        text: &str,
        mut path: Path,
        steps: &mut u32,
        found: &mut impl FnMut(Entry),
    ) -> usize {
        let bytes = text.as_bytes();
        loop {
            let Some(left) = steps.checked_sub(1) else { return path.at };
            *steps = left;
            let Some((&head, after)) = rest.split_first() else { return path.at };
            rest = after;
            let label = match head & 7 {
                LABEL_LONG => take(&mut rest),
                length => length,
            };
            let Some((label, after)) = rest.split_at_checked(label as usize) else { return path.at };
            rest = after;
            for expected in label {
                match folded(bytes, path.at) {
                    Some((byte, width)) if byte == *expected => path.at += width,
                    Some(_) if path.squashed && *expected == b' ' => {}
                    Some(_) if stands_between(text, path.at) => match path.across(text, *expected) {
                        Some(next) => path = next,
                        None => return path.at,
                    },
                    _ => return path.at,
                }
            }
            let mut values = head & HAS_VALUE != 0;
            while values && *steps > 0 {
                *steps -= 1;
                let packed = take(&mut rest);
                let payload = u16::from_le_bytes([take(&mut rest), take(&mut rest)]);
                let tokens = match packed >> 4 {
                    TOKENS_MANY => take(&mut rest),
                    count => count,
                };
                let Path { at: end, breaks, loose, blank, .. } = path;
                found(Entry { end, flags: packed & 7, tokens, payload, breaks, loose, blank });
                values = packed & MORE != 0;
            }
            let children = match head >> 4 {
                0 => return path.at,
                CHILDREN_MANY => take(&mut rest),
                count => count,
            } as usize;
            let Some((wanted, width)) = folded(bytes, path.at) else { return path.at };
            // First bytes of the children, then where each but the first begins, then the children.
            let Some((firsts, after)) = rest.split_at_checked(children) else { return path.at };
            let child = |byte: u8| {
                let child = firsts.iter().position(|first| *first == byte)?;
                let skipped = child.checked_sub(1).map_or(0, |earlier| Table(after).u16(earlier * 2));
                after.get(children.saturating_sub(1) * 2 + skipped as usize..)
            };
            if path.squashed {
                if let Some(node) = child(b' ') {
                    self.follow(node, text, path, steps, found);
                }
            } else if stands_between(text, path.at) {
                // Between words an entry may go on in several ways; each is followed on its own.
                for byte in [b' ', path.letter_across(text)] {
                    if byte != wanted
                        && let Some(node) = child(byte)
                        && let Some(next) = path.across(text, byte)
                    {
                        self.follow(node, text, next, steps, found);
                    }
                }
            }
            let Some(node) = child(wanted) else { return path.at };
            rest = node;
            path.at += width;
        }
    }
}

#[inline]
fn take(rest: &mut &[u8]) -> u8 {
    let Some((&byte, after)) = rest.split_first() else { return 0 };
    *rest = after;
    byte
}

/// Whether the text at `at` is between two words, or between two humps of one.
#[inline]
fn stands_between(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    match bytes.get(at) {
        Some(b) if b.is_ascii_uppercase() => is_hump(bytes, at),
        // The number of a list item at the start of a line is no word.
        Some(b) if b.is_ascii_digit() => at.checked_sub(1).and_then(|i| bytes.get(i)) == Some(&b'\n'),
        Some(b) if *b < 0x80 => !b.is_ascii_alphanumeric(),
        Some(_) => text
            .get(at..)
            .and_then(|t| t.chars().next())
            .is_some_and(|c| !chars::is_word_char(c) && !chars::is_unspaced(c)),
        None => false,
    }
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
        self.raw(self.at + 6, self.count(0)).map(|item| item & !RARE)
    }

    /// All concepts.
    #[inline]
    pub(crate) fn concepts(self) -> impl Iterator<Item = u16> + 'a {
        self.raw(self.at + 6, self.count(0) + self.count(1)).map(|item| item & !RARE)
    }

    /// Concepts that wake patterns.
    #[inline]
    pub(crate) fn rare(self) -> impl Iterator<Item = u16> + 'a {
        let all = self.raw(self.at + 6, self.count(0) + self.count(1));
        all.filter(|item| item & RARE != 0).map(|item| item & !RARE)
    }

    #[inline]
    fn raw(self, from: usize, count: usize) -> impl Iterator<Item = u16> + 'a {
        self.list.slice(from, count * 2).chunks_exact(2).map(|pair| match pair {
            [low, high] => u16::from_le_bytes([*low, *high]),
            _ => 0,
        })
    }

    /// Anchored patterns.
    #[inline]
    pub(crate) fn anchors(self) -> impl Iterator<Item = u16> + 'a {
        let (from, count) = (self.at + 6 + (self.count(0) + self.count(1)) * 2, self.count(2));
        (0..count).map(move |i| self.list.u16(from + i * 2))
    }

    /// One of the three counts; a damaged one makes no work.
    #[inline]
    fn count(self, part: usize) -> usize {
        let count = self.list.u16(self.at + part * 2);
        if count > MEANINGS_MAX { 0 } else { count as usize }
    }

    /// Whether the entry belongs to `concept`.
    pub(crate) fn has(self, concept: u16) -> bool {
        self.concepts().any(|c| c == concept)
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
    /// Words are run together: the spaces of an entry stand for nothing.
    squashed: bool,
    /// A blank cuts a word.
    blank: bool,
}

impl Path {
    const fn new(at: usize, squashed: bool) -> Self {
        Self { at, breaks: 0, loose: false, squashed, blank: false }
    }

    /// The letter on the other side of what stands between words or inside one; zero if there is none.
    #[inline]
    fn letter_across(self, text: &str) -> u8 {
        let bytes = text.as_bytes();
        // One blank after a letter is by far the most frequent case.
        if let Some([before, b' ', next]) = self.at.checked_sub(1).and_then(|i| bytes.get(i..i + 3))
            && before.is_ascii_alphabetic()
        {
            return if next.is_ascii_alphabetic() { next.to_ascii_lowercase() } else { 0 };
        }
        let inside = self.at.checked_sub(1).and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_alphabetic);
        let end = if inside { break_end(bytes, self.at) } else { gap_end(text, self.at) };
        let letter = end.and_then(|e| bytes.get(e)).map_or(0, u8::to_ascii_lowercase);
        if letter.is_ascii_lowercase() { letter } else { 0 }
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
        fits.then_some(Self { at: end + 1, breaks, loose: true, blank, ..self })
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

/// The folded byte at `at` and its width: ASCII case is folded and a run of white space counts as one space.
#[inline(always)]
fn folded(text: &[u8], at: usize) -> Option<(u8, usize)> {
    let byte = *text.get(at)?;
    if byte > b' ' {
        return Some((byte.to_ascii_lowercase(), 1));
    }
    if !byte.is_ascii_whitespace() {
        return Some((byte, 1));
    }
    if text.get(at + 1).is_none_or(|next| *next > b' ') {
        return Some((b' ', 1));
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
/// Nodes and values that one walk may visit: a sound trie of short entries needs a few dozen.
const STEPS_MAX: u32 = 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// A lexicon in which every pair of bytes leads to the first node of `trie`.
    fn lexicon<'a>(index: &'a mut Vec<u8>, trie: &'a [u8]) -> Lexicon<'a> {
        index.extend([1; CLASSES]);
        index.extend(1u16.to_le_bytes());
        index.extend([0u32, 1].into_iter().flat_map(u32::to_le_bytes));
        Lexicon { index: Table(index), width: 1, trie, payloads: Table::default(), starts: [0; 2] }
    }

    #[test]
    fn damaged_trie_that_only_descends_does_not_exhaust_the_stack() {
        let one_child_named_space = [0x10, b' ', 0, 0];
        let trie = [&[0][..], &one_child_named_space.repeat(200_000)].concat();
        let (mut index, mut found) = (Vec::new(), 0);
        lexicon(&mut index, &trie).walk("ignoreallprevious", 0, true, |_| found += 1);
        assert_eq!(found, 0);
    }

    #[test]
    fn damaged_trie_that_forks_everywhere_makes_bounded_work() {
        let two_children_in_one_place_and_a_value = [0x28, 0x10, 0, 0, b' ', b'a', 0, 0, 0, 0];
        let trie = [&[0][..], &two_children_in_one_place_and_a_value.repeat(10_000)].concat();
        let (mut index, mut found) = (Vec::new(), 0);
        lexicon(&mut index, &trie).walk(&"a".repeat(90), 0, true, |_| found += 1);
        assert!(found > 0 && found <= STEPS_MAX, "{found}");
    }

    #[test]
    fn damaged_counts_mean_nothing() {
        let list = u16::MAX.to_le_bytes().repeat(1000);
        let meaning = Meaning { list: Table(&list), at: 0 };
        assert_eq!((meaning.beginning().count(), meaning.concepts().count(), meaning.anchors().count()), (0, 0, 0));
    }
}
