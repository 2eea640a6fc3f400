//! Texts as the extractor sees them, with what is to be learned of them.

use std::collections::BTreeMap;

use edgewarden::scan::Origin;
use edgewarden::scan::lexical::{FeatureKind, FeatureSink, extract};
use edgewarden::text::view::canonical;

use crate::data::{Made, Row, suite};

/// The features of one text by word.
#[derive(Clone, Debug, Default)]
pub struct Doc {
    /// Hashes of the features, in the order of the text.
    pub hashes: Vec<u32>,
    /// Kinds of the features.
    pub kinds: Vec<u8>,
    /// For each word, where its features begin; one more at the end.
    pub words: Vec<u32>,
}

/// One text to learn from.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What the extractor sees.
    pub doc: Doc,
    /// Whether it is an attack.
    pub attack: bool,
    /// Whether it comes from a document or a tool.
    pub foreign: bool,
    /// How much it counts.
    pub weight: f32,
}

/// How much rows count by where they come from.
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    /// A source counts no more than this many rows of one label.
    pub source_max: f32,
    /// Rows of the project's own count this much more.
    pub own: f32,
    /// Honest rows count this much more.
    pub benign: f32,
    /// Honest texts that the scanner is tested with count this much more.
    pub suite: f32,
    /// Composed rows count this much.
    pub composed: f32,
    /// Disguised rows count this much.
    pub disguised: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self { source_max: 1200.0, own: 1.0, benign: 1.0, suite: 15.0, composed: 0.5, disguised: 0.5 }
    }
}

impl FeatureSink for Doc {
    fn word(&mut self, _start: usize, _end: usize) {
        self.words.push(self.hashes.len() as u32);
    }

    fn feature(&mut self, kind: FeatureKind, hash: u32) {
        self.hashes.push(hash);
        self.kinds.push(kind as u8);
    }
}

/// The features of a text's canonical view, of its first `words_max` words.
pub fn doc_of(text: &str, words_max: usize) -> Doc {
    let view = canonical(text);
    let mut doc = Doc::default();
    extract(view.as_ref().map_or(text, |v| &v.text), &mut doc);
    doc.words.push(doc.hashes.len() as u32);
    if doc.words.len() > words_max + 1 {
        doc.words.truncate(words_max + 1);
        let end = doc.words.last().copied().unwrap_or(0) as usize;
        doc.hashes.truncate(end);
        doc.kinds.truncate(end);
    }
    doc
}

/// Whether what `origin` produced comes from outside.
pub fn is_foreign(origin: Origin) -> bool {
    matches!(origin, Origin::Tool | Origin::Retrieved)
}

/// The rows as samples, in order.
pub fn samples(rows: &[Row], weights: Weights) -> Vec<Sample> {
    let written = |row: &Row| matches!(row.made, Made::Written | Made::Expanded);
    let mut sizes: BTreeMap<(&str, bool), f32> = BTreeMap::new();
    for row in rows.iter().filter(|row| written(row)) {
        *sizes.entry((&row.source, row.attack)).or_default() += 1.0;
    }
    rows.iter()
        .map(|row| {
            let size = sizes.get(&(row.source.as_str(), row.attack)).copied().unwrap_or(1.0);
            let made = match row.made {
                Made::Composed => weights.composed,
                Made::Disguised => weights.disguised,
                Made::Written | Made::Expanded => 1.0,
            };
            let own = row.source.starts_with("own/") && row.made != Made::Composed;
            let weight = (weights.source_max / size).min(1.0)
                * made
                * if own { weights.own } else { 1.0 }
                * if row.source.starts_with(suite::SOURCE) { weights.suite } else { 1.0 }
                * if row.attack { 1.0 } else { weights.benign };
            let foreign = is_foreign(row.origin);
            Sample { doc: doc_of(&row.text, WORDS_MAX), attack: row.attack, foreign, weight }
        })
        .collect()
}

/// Words of a text to learn from: more of one text teaches little and takes long.
const WORDS_MAX: usize = 400;
