//! Writes the lexicon: bitmaps, hash table, entries and what they mean.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use edgewarden::scan::format as layout;

use crate::concepts::{Concepts, Entry, token_count};

/// The lexicon sections, ready to be written.
#[derive(Debug, Default)]
pub struct LexiconTables {
    /// Bitmap of proper prefixes.
    pub prefixes: Vec<u8>,
    /// Bitmap of ends.
    pub ends: Vec<u8>,
    /// Open-addressing table.
    pub slots: Vec<u8>,
    /// Entry records.
    pub entries: Vec<u8>,
    /// Payload lists.
    pub payloads: Vec<u8>,
    /// Punctuation that entries begin with.
    pub starts: Vec<u8>,
    /// Payload of each entry, for the fuzzy tables.
    pub meaning_of: BTreeMap<Entry, u16>,
}

/// Joins concepts and keywords to one lexicon. `strings` receives the entries' text.
pub fn lexicon(
    concepts: &Concepts,
    keywords: &BTreeMap<String, BTreeSet<u16>>,
    fuzzy: &BTreeSet<String>,
    strings: &mut Vec<u8>,
) -> Result<LexiconTables, String> {
    let mut meanings: BTreeMap<Entry, BTreeSet<u16>> = BTreeMap::new();
    for (id, entries) in concepts.iter() {
        for entry in entries {
            meanings.entry(entry.clone()).or_default().insert(id);
            if let Some(joined) = squashed(entry) {
                meanings.entry(joined).or_default().insert(id);
            }
        }
    }
    for (keyword, patterns) in keywords {
        let entry = Entry { text: keyword.clone(), flags: layout::PREFIX };
        meanings.entry(entry).or_default().extend(patterns.iter().map(|p| p | layout::ANCHOR_BIT));
    }
    let mut tables = LexiconTables::default();
    // Two words of one spelling with different ends are two entries; a misspelt word means all its readings.
    let mut lists: HashMap<Vec<u16>, u16> = HashMap::new();
    let mut payload = |list: Vec<u16>, payloads: &mut Vec<u8>| -> Result<u16, String> {
        if let Some(at) = lists.get(&list) {
            return Ok(*at);
        }
        let at = u16::try_from(payloads.len() / 2).map_err(|_| "too many meanings")?;
        payloads.extend((list.len() as u16).to_le_bytes());
        payloads.extend(list.iter().flat_map(|m| m.to_le_bytes()));
        lists.insert(list, at);
        Ok(at)
    };
    let prefix_bits = bitmap_bits(meanings.keys().map(|e| e.text.len()).sum::<usize>() * 2);
    let end_bits = bitmap_bits(meanings.len() * 10);
    let slot_bits = bitmap_bits(meanings.len() * 2);
    tables.prefixes = vec![0; 1 << (prefix_bits - 3)];
    tables.ends = vec![0; 1 << (end_bits - 3)];
    let mut slots = vec![layout::EMPTY; 1 << slot_bits];
    let mut starts = [0u8; 16];
    for (number, (entry, list)) in meanings.iter().enumerate() {
        let number = u16::try_from(number).map_err(|_| "more than 65,535 lexicon entries")?;
        let bytes = entry.text.as_bytes();
        let mut h = layout::SEED;
        for (i, byte) in bytes.iter().enumerate() {
            h = layout::step(h, *byte);
            let (map, bits) =
                if i + 1 < bytes.len() { (&mut tables.prefixes, prefix_bits) } else { (&mut tables.ends, end_bits) };
            set_bit(map, layout::top(h, bits));
        }
        let mask = slots.len() - 1;
        let mut slot = layout::top(h, slot_bits) as usize;
        while slots[slot] != layout::EMPTY {
            slot = (slot + 1) & mask;
        }
        slots[slot] = number;
        if let Some(first) = bytes.first().filter(|b| b.is_ascii_punctuation()) {
            set_bit(&mut starts, u32::from(*first));
        }
        let at = payload(list.iter().copied().collect(), &mut tables.payloads)?;
        tables.entries.extend((strings.len() as u32).to_le_bytes());
        tables.entries.push(bytes.len() as u8);
        tables.entries.push(entry.flags | token_count(&entry.text) << 4);
        tables.entries.extend(at.to_le_bytes());
        strings.extend(bytes);
        tables.meaning_of.insert(entry.clone(), at);
    }
    for word in fuzzy {
        let list = readings(word, &meanings);
        if !list.is_empty() {
            let at = payload(list, &mut tables.payloads)?;
            tables.meaning_of.insert(Entry { text: word.clone(), flags: u8::MAX }, at);
        }
    }
    tables.slots = slots.iter().flat_map(|s| s.to_le_bytes()).collect();
    tables.starts = starts.to_vec();
    Ok(tables)
}

/// Everything the spelling `word` means: its own entry and every prefix entry it begins with.
fn readings(word: &str, meanings: &BTreeMap<Entry, BTreeSet<u16>>) -> Vec<u16> {
    let all: BTreeSet<u16> = meanings
        .iter()
        .filter(|(e, _)| {
            e.flags & layout::SQUASHED == 0
                && (e.text == word || (e.flags & layout::PREFIX != 0 && word.starts_with(&e.text)))
        })
        .flat_map(|(_, list)| list.iter().copied())
        .filter(|m| m & layout::ANCHOR_BIT == 0)
        .collect();
    all.into_iter().collect()
}

/// `system prompt` is also looked for as `systemprompt`, but only inside overlong words.
fn squashed(entry: &Entry) -> Option<Entry> {
    let letters: String = entry.text.chars().filter(char::is_ascii_alphanumeric).collect();
    let several = entry.text.contains(' ') && entry.text.is_ascii() && letters.len() >= 6;
    several.then_some(Entry { text: letters, flags: layout::SQUASHED | layout::PREFIX })
}

fn bitmap_bits(wanted: usize) -> u32 {
    usize::BITS - wanted.max(64).leading_zeros()
}

fn set_bit(map: &mut [u8], bit: u32) {
    map[bit as usize >> 3] |= 1 << (bit & 7);
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
