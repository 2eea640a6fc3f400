//! Models of other shapes, trained on the same texts with the same seed, beside the one that was chosen.

mod measure;
mod page;

use edgewarden::scan::lexical::FeatureKind;
use edgewarden::text::view::canonical;

use crate::data::Data;
use crate::error::TrainError;
use crate::learn::{Dictionary, Doc, Heads, Labels, Net, Recipe, Sample, Shape, Step, doc_of, export, samples, train};
use crate::progress::Progress;
use crate::run::prepare;

/// One shape to try.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    name: &'static str,
    sees: Sees,
    /// Words of half a window; none reads the whole text alone.
    block: Option<usize>,
    /// Whether the whole text has weights of its own beside those of windows.
    text: bool,
    /// Width of embeddings beside the linear weights of windows.
    width: usize,
    /// Instead of the recipe's pull of linear weights towards zero.
    decay: Option<f32>,
    /// Nets that are averaged.
    nets: usize,
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

const LINEAR: Candidate =
    Candidate { name: "", sees: Sees::Dictionary, block: Some(8), text: true, width: 0, decay: None, nets: 1 };
/// The shape of the published model, trained once like the others.
const CHOSEN: usize = 7;
const ALL: [Candidate; 13] = [
    Candidate {
        name: "baseline: character 3–5-grams and word 1–3-grams, hashed to 2¹⁷, whole text",
        sees: Sees::Characters(17),
        block: None,
        text: false,
        ..LINEAR
    },
    Candidate {
        name: "the same, hardly pulled towards zero",
        sees: Sees::Characters(17),
        block: None,
        text: false,
        decay: Some(SLIGHT),
        ..LINEAR
    },
    Candidate { name: "our features, hashed to 2¹⁷, windows of 16 and text", sees: Sees::Hashed(17), ..LINEAR },
    Candidate { name: "our features, hashed to 2²⁰, windows of 16 and text", sees: Sees::Hashed(20), ..LINEAR },
    Candidate { name: "dictionary, whole text alone", block: None, text: false, ..LINEAR },
    Candidate { name: "dictionary, windows of 16 alone", text: false, ..LINEAR },
    Candidate { name: "dictionary, windows of 16 and text, without gap pairs", sees: Sees::WithoutGaps, ..LINEAR },
    Candidate { name: "**dictionary, windows of 16 and text (chosen)**", ..LINEAR },
    Candidate { name: "dictionary, windows of 48 and text", block: Some(24), ..LINEAR },
    Candidate { name: "chosen, hardly pulled towards zero", decay: Some(SLIGHT), ..LINEAR },
    Candidate { name: "chosen, with embeddings of 8 and a hidden layer", width: 8, ..LINEAR },
    Candidate { name: "chosen, with embeddings of 16 and a hidden layer", width: 16, ..LINEAR },
    Candidate { name: "chosen, mean of two nets (published)", nets: 2, ..LINEAR },
];

/// Trains and measures all of them and returns the page. Its times are those of this machine.
pub fn run(data: &Data, recipe: &Recipe, progress: &Progress) -> Result<String, TrainError> {
    progress.stage("reading the texts", 0);
    let (dictionary, known, _) = prepare(&data.train, recipe);
    let plain = samples(&data.train, recipe.weights);
    progress.stage("candidates", ALL.len());
    let mut measured = Vec::new();
    let mut served = 0.0;
    for (number, candidate) in ALL.iter().enumerate() {
        let heads = match candidate.sees {
            Sees::Dictionary => candidate.train(recipe, &known.iter().collect::<Vec<_>>()),
            Sees::Hashed(_) => candidate.train(recipe, &plain.iter().collect::<Vec<_>>()),
            Sees::WithoutGaps => candidate.train_on(recipe, &known, |i| known.get(i).map(|s| without_gaps(&s.doc))),
            Sees::Characters(_) => {
                candidate.train_on(recipe, &plain, |i| data.train.get(i).map(|row| characters(&row.text, WORDS_MAX)))
            }
        };
        let reads = |text: &str| candidate.reads(&dictionary, text);
        measured.push(measure::measure(candidate, &heads, &dictionary, &data.dev, reads));
        if number == CHOSEN {
            served = measure::served(export(&dictionary, &heads, &Labels::default()), &data.dev)?;
        }
        progress.step();
    }
    Ok(page::markdown(&measured, served, data, recipe))
}

impl Candidate {
    /// Trains on the samples with what `doc` gives in place of their texts.
    fn train_on(&self, recipe: &Recipe, samples: &[Sample], doc: impl Fn(usize) -> Option<Doc>) -> Heads {
        let seen: Vec<Sample> = samples
            .iter()
            .enumerate()
            .map(|(i, s)| Sample { doc: doc(i).unwrap_or_default(), ..*s })
            .filter(|s| !s.doc.words.is_empty())
            .collect();
        self.train(recipe, &seen.iter().collect::<Vec<_>>())
    }

    fn train(&self, recipe: &Recipe, samples: &[&Sample]) -> Heads {
        let linear_bits = match self.sees {
            Sees::Characters(bits) | Sees::Hashed(bits) => bits,
            Sees::Dictionary | Sees::WithoutGaps => recipe.bucket_bits + 2,
        };
        let whole = Shape { linear_bits, block: 0, ..Shape::default() };
        let window = Shape { block: self.block.unwrap_or(0), ..whole };
        let window = match self.width {
            0 => window,
            width => Shape { width, hidden: HIDDEN, embed_bits: EMBED_BITS, embed_kinds: u32::MAX, ..window },
        };
        let net = |shape, step: Step| {
            let step = Step { decay: self.decay.unwrap_or(step.decay), ..step };
            if self.nets > 1 {
                return average(samples, shape, step, self.nets);
            }
            train(samples, shape, step)
        };
        // A table of two weights stands where there are none of the text.
        let none = || train(&[], Shape { linear_bits: 1, ..whole }, recipe.text);
        std::thread::scope(|scope| {
            let text = self.text.then(|| scope.spawn(|| net(whole, recipe.text)));
            let window = net(window, if self.block.is_some() { recipe.window } else { recipe.text });
            let text = text.and_then(|thread| thread.join().ok());
            let share = if text.is_some() { recipe.share } else { [0.0; 2] };
            Heads { foreign: window.clone(), window, text: text.unwrap_or_else(none), share }
        })
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

/// The mean of nets from neighbouring seeds, as the recipe makes it.
fn average(samples: &[&Sample], shape: Shape, step: Step, nets: usize) -> Net {
    let one = |i: usize| train(samples, shape, Step { seed: step.seed + i as u64, ..step });
    let mut mean = one(0);
    for i in 1..nets {
        let other = one(i);
        mean.linear.iter_mut().zip(&other.linear).for_each(|(a, b)| *a += b);
        mean.bias.iter_mut().zip(&other.bias).for_each(|(a, b)| *a += b);
    }
    mean.linear.iter_mut().chain(&mut mean.bias).for_each(|w| *w /= nets as f32);
    mean
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
/// Units of the hidden layer.
const HIDDEN: usize = 16;
/// Bits of the number of embeddings.
const EMBED_BITS: u32 = 15;

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
        assert_eq!(chosen.block, Some(recipe.block), "docs/training-candidates.md names the recipe's windows");
        assert_eq!(ALL[12].nets, recipe.nets);
    }

    #[test]
    fn nothing_but_gap_pairs_leaves() {
        let doc = doc_of("one two three four", 10);
        let kept = without_gaps(&doc);
        assert_eq!(kept.words.len(), doc.words.len());
        assert_eq!(kept.hashes.len() + 4, doc.hashes.len());
    }
}
