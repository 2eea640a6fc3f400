//! Models of other shapes, trained on the same texts with the same seed, beside the one that was chosen.

mod measure;
mod page;

use edgewarden::scan::LexicalModel;
use edgewarden::scan::lexical::{FeatureKind, format};
use edgewarden::text::view::canonical;

use crate::data::{Data, Made, Row};
use crate::error::TrainError;
use crate::learn::{Dictionary, Doc, Heads, Labels, Recipe, Sample, Shape, Step, doc_of, export, is_foreign, samples};
use crate::progress::Progress;
use crate::run::{parts_of, prepare};

/// One shape to try.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    name: &'static str,
    sees: Sees,
    /// Whether documents and tools have weights of their own.
    apart: bool,
    /// What is other than in the published recipe.
    changed: fn(Recipe) -> Recipe,
}

/// What a candidate sees of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sees {
    /// Hashed runs of three to five characters and of one to three words, in a table of so many bits.
    Characters(u32),
    /// The features of the core's extractor, hashed into a table of so many bits.
    Hashed(u32),
    /// Those features that the dictionary knows.
    Dictionary,
    /// The same without pairs that skip a word.
    WithoutGaps,
}

const LINEAR: Candidate = Candidate { name: "", sees: Sees::Dictionary, apart: true, changed: |recipe| recipe };
/// The shape of the published model, trained once like the others.
const CHOSEN: usize = 8;
const ALL: [Candidate; 14] = [
    Candidate {
        name: "baseline: character 3–5-grams and word 1–3-grams, hashed to 2¹⁷, whole text",
        sees: Sees::Characters(17),
        apart: false,
        changed: whole_alone,
    },
    Candidate {
        name: "the same, hardly pulled towards zero",
        sees: Sees::Characters(17),
        apart: false,
        changed: |recipe| hardly_pulled(whole_alone(recipe)),
    },
    Candidate { name: "our features, hashed to 2¹⁷, otherwise as chosen", sees: Sees::Hashed(17), ..LINEAR },
    Candidate { name: "our features, hashed to 2²⁰, otherwise as chosen", sees: Sees::Hashed(20), ..LINEAR },
    Candidate { name: "dictionary, whole text alone", changed: whole_alone, ..LINEAR },
    Candidate { name: "dictionary, windows of 16 alone", changed: windows_alone, ..LINEAR },
    Candidate { name: "chosen, but the same weights for documents", apart: false, ..LINEAR },
    Candidate { name: "chosen, without gap pairs", sees: Sees::WithoutGaps, ..LINEAR },
    Candidate { name: "**dictionary, windows of 16 and text, documents apart (chosen)**", ..LINEAR },
    Candidate { name: "chosen, with windows of 48", changed: |recipe| Recipe { block: 24, ..recipe }, ..LINEAR },
    Candidate { name: "chosen, hardly pulled towards zero", changed: hardly_pulled, ..LINEAR },
    Candidate {
        name: "chosen, with embeddings of 8 and a hidden layer",
        changed: |recipe| embedded(recipe, 8),
        ..LINEAR
    },
    Candidate {
        name: "chosen, with embeddings of 16 and a hidden layer",
        changed: |recipe| embedded(recipe, 16),
        ..LINEAR
    },
    Candidate {
        name: "chosen, mean of two nets (published)",
        changed: |recipe| Recipe { nets: 2, ..recipe },
        ..LINEAR
    },
];

/// Trains and measures all of them and returns the page. Its times are those of this machine.
pub fn run(data: &Data, recipe: &Recipe, progress: &Progress) -> Result<String, TrainError> {
    progress.stage("choosing features", 0);
    let (held, rows): (Vec<Row>, Vec<Row>) = data.train.iter().cloned().partition(held);
    let documents: Vec<Row> = held.into_iter().filter(|r| !r.attack && r.made <= Made::Expanded).collect();
    let (dictionary, known, _) = prepare(&rows, recipe);
    let plain = samples(&rows, recipe.weights);
    progress.stage("candidates", ALL.len());
    let (mut measured, mut trained) = (Vec::new(), Vec::new());
    for candidate in &ALL {
        let recipe = candidate.recipe(recipe);
        let mut heads = match candidate.sees {
            Sees::Dictionary => recipe.train(&known.iter().collect::<Vec<_>>()),
            Sees::Hashed(_) => recipe.train(&plain.iter().collect::<Vec<_>>()),
            Sees::WithoutGaps => train(&recipe, &known, |i| known.get(i).map(|s| without_gaps(&s.doc))),
            Sees::Characters(_) => train(&recipe, &plain, |i| rows.get(i).map(|row| characters(&row.text, WORDS_MAX))),
        };
        if !candidate.apart {
            heads.foreign = heads.window.clone();
        }
        let reads = |text: &str| candidate.reads(&dictionary, text);
        measured.push(measure::measure(candidate, &heads, &dictionary, [&data.dev, &documents], reads));
        trained.push((candidate, heads));
        progress.step();
    }
    progress.stage("timing", 0);
    let judge = |(candidate, heads): &(&Candidate, Heads), row: &Row| {
        let doc = candidate.reads(&dictionary, &row.text);
        heads.logit(&Sample { doc, attack: row.attack, foreign: is_foreign(row.origin), weight: 1.0 })
    };
    let judges: Vec<_> = trained.iter().map(|one| move |row: &Row| judge(one, row)).collect();
    let bytes = trained.get(CHOSEN).map(|(_, heads)| export(&dictionary, heads, &Labels::default()));
    let served = LexicalModel::from_bytes(bytes.unwrap_or_default())?;
    let served = measure::times(&mut measured, &judges, &served, &data.dev);
    Ok(page::markdown(&measured, served, &Texts { rows: &rows, documents: &documents, dev: &data.dev }, recipe))
}

/// The texts of a comparison.
struct Texts<'t> {
    rows: &'t [Row],
    documents: &'t [Row],
    dev: &'t [Row],
}

/// Whether a row is kept back: the development set has no honest documents to say where alarms begin, so a fifth of those
/// of the texts serves, whole sources with all that was composed of them.
fn held(row: &Row) -> bool {
    is_foreign(row.origin) && parts_of(row).contains(&HELD)
}

/// Trains on the samples with what `doc` gives in place of their texts.
fn train(recipe: &Recipe, samples: &[Sample], doc: impl Fn(usize) -> Option<Doc>) -> Heads {
    let seen: Vec<Sample> =
        samples.iter().enumerate().filter_map(|(i, s)| Some(Sample { doc: doc(i)?, ..*s })).collect();
    recipe.train(&seen.iter().collect::<Vec<_>>())
}

impl Candidate {
    fn recipe(&self, published: &Recipe) -> Recipe {
        let bucket_bits = match self.sees {
            Sees::Characters(bits) | Sees::Hashed(bits) => bits - format::SLOTS.trailing_zeros(),
            Sees::Dictionary | Sees::WithoutGaps => published.bucket_bits,
        };
        (self.changed)(Recipe { bucket_bits, nets: 1, ..*published })
    }

    /// A text as this candidate sees it.
    fn reads(&self, dictionary: &Dictionary, text: &str) -> Doc {
        match self.sees {
            Sees::Characters(_) => characters(text, usize::MAX),
            Sees::Hashed(_) => doc_of(text, ALL_WORDS),
            Sees::Dictionary => dictionary.known(&doc_of(text, ALL_WORDS)),
            Sees::WithoutGaps => without_gaps(&dictionary.known(&doc_of(text, ALL_WORDS))),
        }
    }
}

/// The text as a whole is the only window.
fn whole_alone(recipe: Recipe) -> Recipe {
    windows_alone(Recipe { block: 0, ..recipe })
}

/// The text as a whole has no say.
fn windows_alone(recipe: Recipe) -> Recipe {
    Recipe { share: [0.0; 2], ..recipe }
}

/// Next to no pull towards zero.
fn hardly_pulled(recipe: Recipe) -> Recipe {
    let slight = |step: Step| Step { decay: SLIGHT, ..step };
    let Recipe { window, text, foreign, .. } = recipe;
    Recipe { window: slight(window), text: slight(text), foreign: slight(foreign), ..recipe }
}

/// With embeddings of this width, one for each bucket, and a hidden layer over their sum.
fn embedded(recipe: Recipe, width: usize) -> Recipe {
    let shape = Shape { width, hidden: HIDDEN, embed_bits: recipe.bucket_bits, embed_kinds: u32::MAX, ..recipe.shape };
    Recipe { shape, ..recipe }
}

/// The text without pairs that skip a word.
fn without_gaps(doc: &Doc) -> Doc {
    let mut kept = Doc::default();
    for pair in doc.words.windows(2) {
        kept.words.push(kept.hashes.len() as u32);
        for i in pair[0] as usize..pair[1] as usize {
            if doc.kinds[i] != FeatureKind::Gap as u8 {
                kept.hashes.push(doc.hashes[i]);
                kept.kinds.push(doc.kinds[i]);
            }
        }
    }
    kept.words.push(kept.hashes.len() as u32);
    kept
}

/// The baseline's view of a text: runs of three to five characters, blanks included, which count to the word they begin
/// in, and runs of one to three words.
fn characters(text: &str, words_max: usize) -> Doc {
    let view = canonical(text);
    let small = view.as_ref().map_or(text, |v| &v.text).to_lowercase();
    let words: Vec<&str> = small.split_whitespace().take(words_max).collect();
    let letters: Vec<u32> = words.join(" ").chars().map(u32::from).collect();
    let mut doc = Doc::default();
    let tell = |doc: &mut Doc, parts: &mut dyn Iterator<Item = u32>, kind: u8| {
        doc.hashes.push(hash(parts, kind));
        doc.kinds.push(kind);
    };
    let mut at = 0;
    for (i, word) in words.iter().enumerate() {
        doc.words.push(doc.hashes.len() as u32);
        let end = (at + word.chars().count() + 1).min(letters.len());
        for from in at..end {
            for run in (3..=5).filter_map(|n| letters.get(from..from + n)) {
                tell(&mut doc, &mut run.iter().copied(), 0);
            }
        }
        for first in (i.saturating_sub(2)..=i).rev() {
            let run = words.get(first..=i).unwrap_or(&[]);
            tell(&mut doc, &mut run.iter().flat_map(|w| w.chars().map(u32::from).chain([0])), 1);
        }
        at = end;
    }
    doc.words.push(doc.hashes.len() as u32);
    doc
}

/// FNV-1a with all bits mixed at the end, so that the upper ones may choose a place in a table.
fn hash(parts: &mut dyn Iterator<Item = u32>, kind: u8) -> u32 {
    let start = 0xCBF2_9CE4_8422_2325 ^ u64::from(kind);
    let h = parts.fold(start, |h, part| (h ^ u64::from(part)).wrapping_mul(0x0100_0000_01B3));
    let h = (h ^ (h >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (h >> 32) as u32
}

/// Words of a text to learn from, as for the published model.
const WORDS_MAX: usize = 400;
/// More words than any text has.
const ALL_WORDS: usize = usize::MAX / 2;
/// Pull towards zero that changes little.
const SLIGHT: f32 = 1e-5;
/// The part of the calibration whose documents are kept back.
const HELD: usize = 0;
/// Units of the hidden layer.
const HIDDEN: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn baseline_sees_runs_of_characters_and_of_words() {
        let doc = characters("Ab  cd", usize::MAX);
        // "ab cd" has three runs of three characters, two of four and one of five; "ab", "cd" and "ab cd".
        assert_eq!(doc.words, [0, 7, 9]);
        assert_eq!(doc.kinds.iter().filter(|k| **k == 1).count(), 3);
        assert_eq!(doc.hashes, characters("ab CD", usize::MAX).hashes);
        assert_eq!(characters("", usize::MAX).words, [0]);
    }

    #[test]
    fn the_chosen_shape_is_the_recipe_s() {
        let (chosen, recipe) = (ALL[CHOSEN], Recipe::default());
        assert!(chosen.name.contains("chosen"));
        assert_eq!(chosen.recipe(&recipe).block, recipe.block);
        assert_eq!(2 * recipe.block, 16, "the names of the candidates and their page say 16 words");
        assert_eq!(ALL[13].recipe(&recipe).nets, recipe.nets);
    }

    #[test]
    fn nothing_but_gap_pairs_leaves() {
        let doc = doc_of("one two three four", 10);
        let kept = without_gaps(&doc);
        assert_eq!(kept.words.len(), doc.words.len());
        assert_eq!(kept.hashes.len() + 4, doc.hashes.len());
    }
}
