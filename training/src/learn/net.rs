//! A net over hashed features, and its training: a linear layer, and for comparison embeddings with a hidden layer.
//!
//! A text is cut into windows of words. An attack holds at least one window that attacks, an honest text none, so the
//! highest window is the one to learn from in both (multiple-instance learning, Dietterich et al. 1997).

use super::corpus::{Doc, Sample};
use crate::data::rng::Rng;

/// What a net is made of.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Bits of an index into the linear table.
    pub linear_bits: u32,
    /// Bits of an index into the table of embeddings.
    pub embed_bits: u32,
    /// Width of an embedding; 0 for none.
    pub width: usize,
    /// Units of the hidden layer over the embeddings.
    pub hidden: usize,
    /// Kinds of features with a linear weight, one bit each.
    pub linear_kinds: u32,
    /// Kinds of features with an embedding, one bit each.
    pub embed_kinds: u32,
    /// Words of a block; a window is two blocks. 0 for one window over the whole text.
    pub block: usize,
}

/// How a net is trained.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Passes over the texts.
    pub epochs: usize,
    /// Learning rate of the linear layer (AdaGrad, Duchi et al. 2011).
    pub rate: f32,
    /// Learning rate of embeddings and hidden layer.
    pub rate_net: f32,
    /// Share of the words of a text that are left out each time.
    pub dropout: f32,
    /// Pull of weights towards zero.
    pub decay: f32,
    /// Pull of embeddings towards zero.
    pub decay_net: f32,
    /// Where chance begins.
    pub seed: u64,
}

impl Default for Shape {
    fn default() -> Self {
        Self { linear_bits: 17, embed_bits: 14, width: 0, hidden: 0, linear_kinds: u32::MAX, embed_kinds: 0, block: 8 }
    }
}

impl Default for Step {
    fn default() -> Self {
        Self { epochs: 8, rate: 0.3, rate_net: 0.04, dropout: 0.6, decay: 1.5e-2, decay_net: 1e-5, seed: 1 }
    }
}

/// A net in floating point.
#[derive(Clone, Debug)]
pub struct Net {
    /// Its shape.
    pub shape: Shape,
    /// Linear weights.
    pub linear: Vec<f32>,
    /// Biases for the user's side, and for documents and tools.
    pub bias: [f32; 2],
    embed: Vec<f32>,
    hidden: Vec<f32>,
    out: Vec<f32>,
}

/// Features of a window: hash and kind.
type Window = Vec<(u32, u8)>;

/// Sums of one window on their way through the net.
struct Pass {
    norm: f32,
    norm_embed: f32,
    pooled: Vec<f32>,
    active: Vec<f32>,
    logit: f32,
}

impl Net {
    fn new(shape: Shape, rng: &mut Rng) -> Self {
        let width = shape.width;
        let mut small = |count: usize, size: f32| (0..count).map(|_| (unit(rng) - 0.5) * size).collect::<Vec<f32>>();
        let rows = if width > 0 { shape.hidden } else { 0 };
        Self {
            shape,
            linear: vec![0.0; 1 << shape.linear_bits],
            bias: [-1.0; 2],
            embed: small(if width > 0 { width << shape.embed_bits } else { 0 }, 0.2),
            hidden: small(rows * (width + 1), 2.0 / root(width.max(1) as f32)),
            out: small(rows, 2.0 / root(rows.max(1) as f32)),
        }
    }

    /// Logit of the highest window.
    pub fn logit(&self, doc: &Doc, foreign: bool) -> f32 {
        let windows = windows(self.shape.block, doc.words.len() - 1, self.shape.block);
        let Some((from, to)) = self.highest(doc, &windows, foreign, &[]) else { return f32::MIN };
        self.forward(&features(doc, from, to, &[]), foreign).logit
    }

    /// Every table of weights, for those who count bytes.
    pub fn tables(&self) -> [&[f32]; 4] {
        [&self.linear, &self.embed, &self.hidden, &self.out]
    }

    /// The window with the highest logit. Windows overlap: with linear weights alone each word is summed once.
    fn highest(
        &self,
        doc: &Doc,
        windows: &[(usize, usize)],
        foreign: bool,
        dropped: &[bool],
    ) -> Option<(usize, usize)> {
        if windows.len() < 2 {
            return windows.first().copied();
        }
        let mut best: Option<(f32, (usize, usize))> = None;
        let mut offer = |logit: f32, window: (usize, usize)| {
            if best.is_none_or(|(b, _)| logit > b) {
                best = Some((logit, window));
            }
        };
        if self.shape.width > 0 {
            for window in windows {
                offer(self.forward(&features(doc, window.0, window.1, dropped), foreign).logit, *window);
            }
        } else {
            let mut sums = vec![(0.0f32, 0u32)];
            let (mut sum, mut count) = (0.0f32, 0u32);
            for (word, pair) in doc.words.windows(2).enumerate() {
                if !dropped.get(word).copied().unwrap_or(false) {
                    for hash in &doc.hashes[pair[0] as usize..pair[1] as usize] {
                        sum += self.linear[(hash >> (32 - self.shape.linear_bits)) as usize];
                        count += 1;
                    }
                }
                sums.push((sum, count));
            }
            for window in windows {
                let (from, to) = (sums[window.0], sums[window.1]);
                offer((to.0 - from.0) / root((to.1 - from.1) as f32 + NORM), *window);
            }
        }
        best.map(|(_, window)| window)
    }

    fn forward(&self, window: &Window, foreign: bool) -> Pass {
        let Shape { width, linear_bits, embed_bits, linear_kinds, embed_kinds, hidden, .. } = self.shape;
        let (mut sum, mut count, mut embedded) = (0.0, 0usize, 0usize);
        let mut pooled = vec![0.0; width];
        for &(hash, kind) in window {
            if linear_kinds >> kind & 1 == 1 {
                sum += self.linear[(hash >> (32 - linear_bits)) as usize];
                count += 1;
            }
            if width > 0 && embed_kinds >> kind & 1 == 1 {
                let at = (hash >> (32 - embed_bits)) as usize * width;
                pooled.iter_mut().zip(&self.embed[at..at + width]).for_each(|(p, e)| *p += e);
                embedded += 1;
            }
        }
        let (norm, norm_embed) = (1.0 / root(count as f32 + NORM), 1.0 / root(embedded as f32 + 4.0));
        let mut logit = sum * norm + self.bias[usize::from(foreign)];
        pooled.iter_mut().for_each(|p| *p *= norm_embed);
        let mut active = vec![0.0; if width > 0 { hidden } else { 0 }];
        for ((unit, row), out) in active.iter_mut().zip(self.hidden.chunks(width + 1)).zip(&self.out) {
            let sum: f32 = pooled.iter().zip(row).map(|(p, r)| p * r).sum();
            *unit = (sum + row[width]).max(0.0);
            logit += *unit * out;
        }
        Pass { norm, norm_embed, pooled, active, logit }
    }
}

/// The windows of a text, as ranges of words. The first block has `first` words, which training varies: an attack may
/// stand anywhere in its window.
fn windows(block: usize, words: usize, first: usize) -> Vec<(usize, usize)> {
    if block == 0 || words <= block + first {
        return vec![(0, words)];
    }
    let starts = core::iter::once(0).chain((first..words).step_by(block));
    let ends = (first + block..words).step_by(block).chain(core::iter::once(words));
    starts.zip(ends).collect()
}

fn features(doc: &Doc, from: usize, to: usize, dropped: &[bool]) -> Window {
    let mut window = Vec::new();
    for word in from..to {
        if !dropped.get(word).copied().unwrap_or(false) {
            let (a, b) = (doc.words[word] as usize, doc.words[word + 1] as usize);
            window.extend(doc.hashes[a..b].iter().copied().zip(doc.kinds[a..b].iter().copied()));
        }
    }
    window
}

/// Sums of squared gradients, one for each weight.
struct Squares {
    linear: Vec<f32>,
    embed: Vec<f32>,
    hidden: Vec<f32>,
    out: Vec<f32>,
}

/// Trains a net. The same samples in the same order and the same seed give the same bits.
pub fn train(samples: &[&Sample], shape: Shape, step: Step) -> Net {
    let mut rng = Rng::new(step.seed);
    let mut net = Net::new(shape, &mut rng);
    let start = |weights: &[f32]| vec![SQUARE; weights.len()];
    let mut squares = Squares {
        linear: start(&net.linear),
        embed: start(&net.embed),
        hidden: start(&net.hidden),
        out: start(&net.out),
    };
    let mut order: Vec<usize> = (0..samples.len()).collect();
    for epoch in 0..step.epochs {
        for i in (1..order.len()).rev() {
            order.swap(i, below(&mut rng, i + 1));
        }
        let slower = 1.0 - 0.9 * epoch as f32 / step.epochs as f32;
        for &i in &order {
            let sample = samples[i];
            let words = sample.doc.words.len() - 1;
            let dropped: Vec<bool> = (0..words).map(|_| words > 3 && unit(&mut rng) < step.dropout).collect();
            let first = if shape.block > 0 { shape.block - below(&mut rng, shape.block * 2 / 3) } else { 0 };
            let all = windows(shape.block, words, first);
            if let Some((from, to)) = net.highest(&sample.doc, &all, sample.foreign, &dropped) {
                let window = features(&sample.doc, from, to, &dropped);
                let pass = net.forward(&window, sample.foreign);
                net.learn(sample, &window, &pass, &mut squares, step, slower);
            }
        }
    }
    net
}

impl Net {
    /// One step down the gradient of the log loss of one window.
    fn learn(&mut self, sample: &Sample, window: &Window, pass: &Pass, squares: &mut Squares, step: Step, slower: f32) {
        let Shape { width, linear_bits, embed_bits, linear_kinds, embed_kinds, hidden, .. } = self.shape;
        let probability = 1.0 / (1.0 + libm::expf(-pass.logit));
        let target = if sample.attack { 1.0 - DOUBT } else { DOUBT };
        let gradient = (probability - target) * sample.weight;
        if gradient.abs() < SETTLED {
            return;
        }
        self.bias[usize::from(sample.foreign)] -= 0.02 * slower * gradient;
        let mut to_pooled = vec![0.0f32; width];
        let rate = step.rate_net * slower;
        for unit in 0..if width > 0 { hidden } else { 0 } {
            let back = gradient * self.out[unit];
            if pass.active[unit] > 0.0 {
                let row = unit * (width + 1);
                for (k, to_pooled) in to_pooled.iter_mut().enumerate() {
                    *to_pooled += back * self.hidden[row + k];
                    descend(&mut self.hidden[row + k], &mut squares.hidden[row + k], back * pass.pooled[k], rate);
                }
                descend(&mut self.hidden[row + width], &mut squares.hidden[row + width], back, rate);
            }
            descend(&mut self.out[unit], &mut squares.out[unit], gradient * pass.active[unit], rate);
        }
        for &(hash, kind) in window {
            if linear_kinds >> kind & 1 == 1 {
                let at = (hash >> (32 - linear_bits)) as usize;
                let slope = gradient * pass.norm + step.decay * self.linear[at];
                descend(&mut self.linear[at], &mut squares.linear[at], slope, step.rate * slower);
            }
            if width > 0 && embed_kinds >> kind & 1 == 1 {
                let at = (hash >> (32 - embed_bits)) as usize * width;
                for (k, to_pooled) in to_pooled.iter().enumerate() {
                    let slope = to_pooled * pass.norm_embed + step.decay_net * self.embed[at + k];
                    descend(&mut self.embed[at + k], &mut squares.embed[at + k], slope, rate);
                }
            }
        }
    }
}

#[inline]
fn descend(weight: &mut f32, square: &mut f32, slope: f32, rate: f32) {
    *square += slope * slope;
    *weight -= rate * slope / root(*square);
}

/// IEEE 754 wants the root exact, so that it is the same everywhere.
#[inline]
fn root(x: f32) -> f32 {
    x.sqrt()
}

fn unit(rng: &mut Rng) -> f32 {
    (rng.next() >> 40) as f32 / (1u64 << 24) as f32
}

fn below(rng: &mut Rng, count: usize) -> usize {
    (rng.next() % count.max(1) as u64) as usize
}

/// What is added to the count of features before the root, see `inverse_root` in the core.
const NORM: f32 = 100.0;
/// Where the sums of squares begin.
const SQUARE: f32 = 1e-3;
/// How much of each label may be wrong.
const DOUBT: f32 = 0.02;
/// Texts that are known this well teach nothing more.
const SETTLED: f32 = 0.005;
