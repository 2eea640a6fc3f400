//! How the published model is trained, and the same for any part of the texts.

use super::corpus::{Sample, Weights};
use super::net::{Net, Shape, Step, train};

/// Everything that decides what is learned from given texts.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// Bits of the number of buckets of the dictionary.
    pub bucket_bits: u32,
    /// Texts that must share a feature, and sources.
    pub shared: (u32, u32),
    /// How the weights of a window are trained.
    pub window: Step,
    /// Words of half a window.
    pub block: usize,
    /// How the weights of a whole text are trained.
    pub text: Step,
    /// How the weights of a window of documents and tools are trained.
    pub foreign: Step,
    /// How much a user's attack counts there.
    pub lent: f32,
    /// Share of the text's logit: for the user's side, and for documents and tools.
    pub share: [f32; 2],
    /// What the nets are made of besides; only shapes without embeddings can be published.
    pub shape: Shape,
    /// How much rows count.
    pub weights: Weights,
    /// Nets that are trained from different seeds and averaged.
    pub nets: usize,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            bucket_bits: 15,
            shared: (6, 3),
            window: Step::default(),
            block: 8,
            text: Step { seed: 101, ..Step::default() },
            foreign: Step { seed: 201, dropout: 0.3, decay: 5e-3, ..Step::default() },
            lent: 1.0,
            share: [0.5, 0.0],
            shape: Shape::default(),
            weights: Weights::default(),
            nets: 2,
        }
    }
}

/// A model in floating point: weights of windows and of whole texts.
#[derive(Clone, Debug)]
pub struct Heads {
    /// Finds the highest window.
    pub window: Net,
    /// Reads the whole text.
    pub text: Net,
    /// Finds the highest window of what comes from documents and tools.
    pub foreign: Net,
    /// Share of the text's logit on either side.
    pub share: [f32; 2],
}

impl Heads {
    /// The nets that have a say.
    pub fn nets(&self) -> impl Iterator<Item = &Net> {
        let text = self.share.iter().any(|share| *share > 0.0).then_some(&self.text);
        [Some(&self.window), text, Some(&self.foreign)].into_iter().flatten()
    }

    /// The logit of a text.
    pub fn logit(&self, sample: &Sample) -> f32 {
        let share = self.share[usize::from(sample.foreign)];
        let text =
            if share > 0.0 { self.text.logit(&sample.doc, sample.foreign).clamp(-TEXT_MAX, TEXT_MAX) } else { 0.0 };
        let window = if sample.foreign { &self.foreign } else { &self.window };
        window.logit(&sample.doc, sample.foreign) + share * text
    }
}

impl Recipe {
    /// Trains on `samples`, which hold slots of a dictionary of this recipe's size.
    pub fn train(&self, samples: &[&Sample]) -> Heads {
        let linear_bits = self.bucket_bits + 2;
        let shape = |block| Shape { linear_bits, block, ..self.shape };
        let nets = |samples: &[&Sample], block: usize, step: Step| {
            let net = |i: usize| train(samples, shape(block), Step { seed: step.seed + i as u64, ..step });
            average((0..self.nets.max(1)).map(net).collect())
        };
        // A document may not ask what a user may, so its own rows decide; the others tell which words are ordinary.
        let foreign: Vec<Sample> = samples
            .iter()
            .map(|s| Sample {
                weight: if s.foreign { s.weight } else { s.weight * self.lent },
                foreign: true,
                ..(*s).clone()
            })
            .collect();
        let foreign: Vec<&Sample> = foreign.iter().collect();
        Heads {
            window: nets(samples, self.block, self.window),
            text: nets(samples, 0, self.text),
            foreign: nets(&foreign, self.block, self.foreign),
            share: self.share,
        }
    }

    /// For each group, what `then` makes of a model that was trained without the samples of that group. Two at a time;
    /// `done` hears of each.
    pub fn without_each<T: Send>(
        &self,
        samples: &[Sample],
        without: impl Fn(usize, usize) -> bool + Sync,
        count: usize,
        then: impl Fn(usize, &Heads) -> T + Sync,
        done: impl Fn() + Sync,
    ) -> Vec<T> {
        let next = core::sync::atomic::AtomicUsize::new(0);
        let work = || {
            let mut results = Vec::new();
            loop {
                let group = next.fetch_add(1, core::sync::atomic::Ordering::Relaxed);
                if group >= count {
                    return results;
                }
                let kept =
                    samples.iter().enumerate().filter(|(i, _)| !without(*i, group)).map(|(_, s)| s).collect::<Vec<_>>();
                results.push((group, then(group, &self.train(&kept))));
                done();
            }
        };
        let mut all: Vec<(usize, T)> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
            threads.into_iter().filter_map(|t| t.join().ok()).flatten().collect()
        });
        all.sort_by_key(|(group, _)| *group);
        all.into_iter().map(|(_, result)| result).collect()
    }
}

/// The mean of nets without embeddings, which is again such a net.
fn average(mut nets: Vec<Net>) -> Net {
    let count = nets.len() as f32;
    let mut sum = nets.remove(0);
    for net in &nets {
        sum.linear.iter_mut().zip(&net.linear).for_each(|(a, b)| *a += b);
        sum.bias.iter_mut().zip(&net.bias).for_each(|(a, b)| *a += b);
    }
    sum.linear.iter_mut().chain(&mut sum.bias).for_each(|w| *w /= count);
    sum
}

/// As in the core: the text as a whole moves its windows no further.
const TEXT_MAX: f32 = 4.0;
/// Nets trained side by side.
const THREADS: usize = 2;
