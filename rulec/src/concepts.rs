//! Concepts: sets of words that a pattern slot waits for. Equal sets are one concept.

use std::collections::{BTreeMap, BTreeSet};

use edgewarden::scan::format as layout;
use edgewarden::text::{chars, view};

use crate::source::{LexiconFile, RuleFile};

/// A folded lexicon entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Folded text.
    pub text: String,
    /// `PREFIX`, `ANYWHERE`.
    pub flags: u8,
}

/// Collects the concepts of all patterns.
#[derive(Debug, Default)]
pub struct Concepts {
    ids: BTreeMap<BTreeSet<Entry>, u16>,
}

impl Concepts {
    /// The concept of this set of entries.
    pub fn id(&mut self, entries: BTreeSet<Entry>) -> u16 {
        let fresh = self.ids.len() as u16;
        *self.ids.entry(entries).or_insert(fresh)
    }

    /// Number of concepts.
    pub fn count(&self) -> usize {
        self.ids.len()
    }

    /// Every concept with its entries.
    pub fn iter(&self) -> impl Iterator<Item = (u16, &BTreeSet<Entry>)> {
        self.ids.iter().map(|(entries, id)| (*id, entries))
    }
}

/// The entries that one alternative of a pattern stands for.
pub fn resolve(
    name: &str,
    rule: &RuleFile,
    lexicons: &BTreeMap<String, LexiconFile>,
) -> Result<BTreeSet<Entry>, String> {
    let Some(set) = name.strip_prefix('@') else {
        return Ok(BTreeSet::from([entry(name)?]));
    };
    if let Some(words) = rule.sets.get(set) {
        return words.iter().map(|w| entry(w)).collect();
    }
    let (languages, set) = match set.split_once('.') {
        Some((language, set)) => (vec![language.to_owned()], set),
        None if rule.languages.is_empty() => (vec!["en".to_owned()], set),
        None => (rule.languages.clone(), set),
    };
    let mut found = BTreeSet::new();
    for language in &languages {
        if let Some(words) = lexicons.get(language).and_then(|l| l.sets.get(set)) {
            for word in words {
                found.insert(entry(word)?);
            }
        }
    }
    if found.is_empty() { Err(format!("no set `{set}` in {}", languages.join(", "))) } else { Ok(found) }
}

/// Folds one entry as the scanner folds text.
pub fn entry(written: &str) -> Result<Entry, String> {
    let (word, mut flags) = match written.strip_suffix('*') {
        Some(stem) => (stem, layout::PREFIX),
        None => (written, 0),
    };
    let text = view::fold_entry(word.trim());
    if text.is_empty() || text.len() >= layout::LENGTH_MAX {
        return Err(format!("entry `{written}` is empty or longer than {} bytes", layout::LENGTH_MAX - 1));
    }
    if text.chars().any(chars::is_unspaced) {
        flags |= layout::ANYWHERE;
    }
    Ok(Entry { text, flags })
}

/// Number of tokens the scanner counts in a folded entry.
pub fn token_count(text: &str) -> u8 {
    let mut count = 0u8;
    let mut inside = false;
    for c in text.chars() {
        if chars::is_unspaced(c) {
            count = count.saturating_add(1);
            inside = false;
        } else if c.is_ascii_alphanumeric() || (!c.is_ascii() && chars::is_word_char(c)) {
            if !inside {
                count = count.saturating_add(1);
            }
            inside = true;
        } else {
            inside = false;
        }
    }
    count.max(1)
}
