//! Writes the lexicon: entries, what they mean, and the hash tables of misspelt and ciphered words.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use edgewarden::scan::format as layout;

use crate::concepts::{Concepts, Entry, token_count};
use crate::trie::{self, Value};

/// The lexicon sections, ready to be written.
#[derive(Debug, Default)]
pub struct LexiconTables {
    /// Classes of first bytes and the table of pairs.
    pub index: Vec<u8>,
    /// Radix trie.
    pub trie: Vec<u8>,
    /// Payload lists.
    pub payloads: Vec<u8>,
    /// Punctuation that entries begin with.
    pub starts: Vec<u8>,
    /// Payload of each word that is also recognised when misspelt.
    pub misspelt: BTreeMap<String, u16>,
}

/// Joins concepts and keywords to one lexicon.
pub fn lexicon(
    concepts: &Concepts,
    keywords: &BTreeMap<String, BTreeSet<u16>>,
    fuzzy: &BTreeMap<String, BTreeSet<u16>>,
    beginners: &BTreeSet<u16>,
    wakes: &[BTreeSet<u16>],
) -> Result<LexiconTables, String> {
    let mut meanings: BTreeMap<Entry, BTreeSet<u16>> = BTreeMap::new();
    for (id, entries) in concepts.iter() {
        for entry in entries {
            meanings.entry(entry.clone()).or_default().insert(id);
        }
    }
    for (keyword, patterns) in keywords {
        let entry = Entry { text: keyword.clone(), flags: layout::PREFIX };
        meanings.entry(entry).or_default().extend(patterns.iter().map(|p| p | ANCHOR_BIT));
    }
    let mut payloads = Payloads { beginners, wakes, bytes: Vec::new(), ids: HashMap::new() };
    let mut values: BTreeMap<Vec<u8>, Vec<Value>> = BTreeMap::new();
    let mut starts = [0u8; 16];
    for (entry, list) in &meanings {
        if let Some(first) = entry.text.bytes().next().filter(u8::is_ascii_punctuation) {
            starts[first as usize >> 3] |= 1 << (first & 7);
        }
        let payload = payloads.id(list.iter().copied().collect())?;
        let value = Value { flags: entry.flags, tokens: token_count(&entry.text), payload };
        values.entry(entry.text.clone().into_bytes()).or_default().push(value);
    }
    let mut misspelt = BTreeMap::new();
    for (word, within) in fuzzy {
        let list = readings(word, within, &meanings);
        if !list.is_empty() {
            misspelt.insert(word.clone(), payloads.id(list)?);
        }
    }
    let (index, trie) = trie::write(&values)?;
    Ok(LexiconTables { index, trie, payloads: payloads.bytes, starts: starts.to_vec(), misspelt })
}

/// Lists of meanings, each written once.
struct Payloads<'c> {
    beginners: &'c BTreeSet<u16>,
    wakes: &'c [BTreeSet<u16>],
    bytes: Vec<u8>,
    ids: HashMap<Vec<u16>, u16>,
}

impl Payloads<'_> {
    fn id(&mut self, list: Vec<u16>) -> Result<u16, String> {
        if let Some(at) = self.ids.get(&list) {
            return Ok(*at);
        }
        let at = u16::try_from(self.bytes.len() / 2).map_err(|_| "too many meanings")?;
        let (anchors, concepts): (Vec<u16>, Vec<u16>) = list.iter().partition(|m| **m & ANCHOR_BIT != 0);
        let (begin, follow): (Vec<u16>, Vec<u16>) = concepts.into_iter().partition(|c| self.beginners.contains(c));
        let counts = [begin.len() as u16, follow.len() as u16, anchors.len() as u16];
        let anchors = anchors.into_iter().map(|a| a & !ANCHOR_BIT);
        let rare = |c: u16| if self.wakes[c as usize].is_empty() { c } else { c | layout::RARE };
        let concepts = begin.into_iter().chain(follow).map(rare);
        let items = counts.into_iter().chain(concepts).chain(anchors);
        self.bytes.extend(items.flat_map(u16::to_le_bytes));
        self.ids.insert(list, at);
        Ok(at)
    }
}

/// What the spelling `word` means in its own language: its own entry and every prefix entry it begins with.
fn readings(word: &str, within: &BTreeSet<u16>, meanings: &BTreeMap<Entry, BTreeSet<u16>>) -> Vec<u16> {
    let all: BTreeSet<u16> = meanings
        .iter()
        .filter(|(e, _)| e.text == word || (e.flags & layout::PREFIX != 0 && word.starts_with(&e.text)))
        .flat_map(|(_, list)| list.iter().copied())
        .filter(|m| within.contains(m))
        .collect();
    all.into_iter().collect()
}

/// A power-of-two table of `hash u32, value u16, extra u16`; the fuzzy sections.
pub fn hash_table(records: &[(u32, u16, u16)]) -> Vec<u8> {
    let size = (records.len() * 2).next_power_of_two().max(2);
    let mut slots: Vec<Option<(u32, u16, u16)>> = vec![None; size];
    for record in records.iter().filter(|r| r.0 != 0) {
        let mut slot = layout::top(record.0, 24) as usize & (size - 1);
        while slots[slot].is_some() {
            slot = (slot + 1) & (size - 1);
        }
        slots[slot] = Some(*record);
    }
    slots
        .into_iter()
        .flat_map(|s| {
            let (h, value, extra) = s.unwrap_or_default();
            let mut bytes = [0u8; 8];
            bytes[..4].copy_from_slice(&h.to_le_bytes());
            bytes[4..6].copy_from_slice(&value.to_le_bytes());
            bytes[6..].copy_from_slice(&extra.to_le_bytes());
            bytes
        })
        .collect()
}

/// Tells keywords of anchored patterns from concepts in a list of meanings.
pub const ANCHOR_BIT: u16 = 0x8000;
