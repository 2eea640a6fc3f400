//! Texts as the extractor sees them, held in one array.

use edgewarden::scan::lexical::{FeatureKind, FeatureSink, extract};
use edgewarden::text::view::canonical;

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

/// Texts with what is to be learned of them.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    /// The texts.
    pub docs: Vec<Doc>,
    /// Whether each is an attack.
    pub attack: Vec<bool>,
    /// Whether each comes from a document or a tool.
    pub foreign: Vec<bool>,
    /// How much each counts.
    pub weight: Vec<f32>,
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

/// The features of a text's canonical view.
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
