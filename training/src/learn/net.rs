//! A small net over hashed features, and its training.

use super::corpus::{Doc, Sample};

/// What a net is made of.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Bits of the linear table.
    pub linear_bits: u32,
    /// Bits of the embedding table.
    pub embed_bits: u32,
    /// Width of an embedding; 0 for none.
    pub width: usize,
    /// Hidden units.
    pub hidden: usize,
    /// Kinds that have a linear weight, by bit.
    pub linear_kinds: u32,
    /// Kinds that have an embedding, by bit.
    pub embed_kinds: u32,
    /// Words of a block; a window is two blocks. 0 for one window over all.
    pub block: usize,
}

/// How to train.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Passes over the corpus.
    pub epochs: usize,
    /// Learning rate of the linear table.
    pub rate: f32,
    /// Learning rate of embeddings and hidden layer.
    pub rate_net: f32,
    /// Share of words left out.
    pub dropout: f32,
    /// Decay of weights.
    pub decay: f32,
    /// Where chance begins.
    pub seed: u64,
}

impl Default for Shape {
    fn default() -> Self {
        Self { linear_bits: 17, embed_bits: 14, width: 0, hidden: 0, linear_kinds: 0x7F, embed_kinds: 0, block: 24 }
    }
}

impl Default for Step {
    fn default() -> Self {
        Self { epochs: 8, rate: 0.3, rate_net: 0.05, dropout: 0.2, decay: 1e-5, seed: 1 }
    }
}

/// The net in floating point.
#[derive(Clone, Debug)]
pub struct Net {
    /// Its shape.
    pub shape: Shape,
    /// Linear weights.
    pub linear: Vec<f32>,
    /// Embeddings.
    pub embed: Vec<f32>,
    /// Hidden layer, `width` inputs and a bias for each unit.
    pub hidden: Vec<f32>,
    /// Output layer.
    pub out: Vec<f32>,
    /// Biases: of the user's origins and of documents and tools.
    pub bias: [f32; 2],
}

struct Rng(u64);
impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }
}

/// Sums of one window on its way through the net.
struct Pass {
    n: f32,
    pooled: Vec<f32>,
    active: Vec<f32>,
    logit: f32,
}

impl Net {
    fn new(shape: Shape, rng: &mut Rng) -> Self {
        let mut small = |n: usize, s: f32| (0..n).map(|_| (rng.unit() - 0.5) * s).collect::<Vec<f32>>();
        let w = shape.width;
        Self {
            shape,
            linear: vec![0.0; 1 << shape.linear_bits],
            embed: small(if w > 0 { w << shape.embed_bits } else { 0 }, 0.2),
            hidden: small(if w > 0 { shape.hidden * (w + 1) } else { 0 }, 2.0 / (w.max(1) as f32).sqrt()),
            out: small(if w > 0 { shape.hidden } else { 0 }, 2.0 / (shape.hidden.max(1) as f32).sqrt()),
            bias: [-1.0, -1.0],
        }
    }

    fn forward(&self, feats: &[(u32, u8)], foreign: bool) -> Pass {
        let s = &self.shape;
        let w = s.width;
        let (mut sum, mut n, mut m) = (0.0, 0usize, 0usize);
        let mut pooled = vec![0.0; w];
        for &(h, k) in feats {
            if s.linear_kinds >> k & 1 == 1 {
                sum += self.linear[(h >> (32 - s.linear_bits)) as usize];
                n += 1;
            }
            if w > 0 && s.embed_kinds >> k & 1 == 1 {
                let at = (h >> (32 - s.embed_bits)) as usize * w;
                for (p, e) in pooled.iter_mut().zip(&self.embed[at..at + w]) {
                    *p += e;
                }
                m += 1;
            }
        }
        let norm = 1.0 / (n as f32 + 8.0).sqrt();
        let norm2 = 1.0 / (m as f32 + 4.0).sqrt();
        let mut logit = sum * norm + self.bias[usize::from(foreign)];
        pooled.iter_mut().for_each(|p| *p *= norm2);
        let mut active = vec![0.0; if w > 0 { s.hidden } else { 0 }];
        for (j, a) in active.iter_mut().enumerate() {
            let row = &self.hidden[j * (w + 1)..(j + 1) * (w + 1)];
            let z = row[w] + pooled.iter().zip(row).map(|(p, r)| p * r).sum::<f32>();
            *a = z.max(0.0);
            logit += *a * self.out[j];
        }
        Pass { n: norm, pooled, active, logit }
    }

    /// The windows of a text, as ranges of words.
    ///
    /// The first block has `first` words, which training varies: an attack may stand anywhere in its window.
    pub fn windows(&self, words: usize, first: usize) -> Vec<(usize, usize)> {
        let b = self.shape.block;
        if b == 0 || words <= b + first {
            return vec![(0, words)];
        }
        let starts = core::iter::once(0).chain((first..words).step_by(b));
        let ends = (first + b..words).step_by(b).chain(core::iter::once(words));
        starts.zip(ends).collect()
    }

    /// Logit of the highest window.
    pub fn logit(&self, doc: &Doc, foreign: bool) -> f32 {
        self.logits(doc, foreign).first().copied().unwrap_or(0.0)
    }

    /// Logits of the windows, best first.
    pub fn logits(&self, doc: &Doc, foreign: bool) -> Vec<f32> {
        let words = doc.words.len() - 1;
        let mut all: Vec<f32> = self
            .windows(words, self.shape.block)
            .into_iter()
            .map(|(a, b)| {
                let feats = features(doc, a, b, &[]);
                self.forward(&feats, foreign).logit
            })
            .collect();
        all.sort_by(|a, b| b.total_cmp(a));
        all
    }
}

fn features(doc: &Doc, from: usize, to: usize, dropped: &[bool]) -> Vec<(u32, u8)> {
    let mut feats = Vec::new();
    for w in from..to {
        if dropped.get(w).copied().unwrap_or(false) {
            continue;
        }
        let (a, b) = (doc.words[w] as usize, doc.words[w + 1] as usize);
        feats.extend(doc.hashes[a..b].iter().copied().zip(doc.kinds[a..b].iter().copied()));
    }
    feats
}

/// Trains a net.
pub fn train(samples: &[&Sample], shape: Shape, step: Step) -> Net {
    let mut rng = Rng(step.seed);
    let mut net = Net::new(shape, &mut rng);
    let w = shape.width;
    let mut g_lin = vec![1e-3f32; net.linear.len()];
    let mut g_emb = vec![1e-3f32; net.embed.len()];
    let mut g_hid = vec![1e-3f32; net.hidden.len()];
    let mut g_out = vec![1e-3f32; net.out.len()];
    let mut order: Vec<usize> = (0..samples.len()).collect();
    for epoch in 0..step.epochs {
        for i in (1..order.len()).rev() {
            let j = (rng.next() % (i as u64 + 1)) as usize;
            order.swap(i, j);
        }
        let lr_scale = 1.0 - 0.9 * epoch as f32 / step.epochs as f32;
        for &i in &order {
            let Sample { doc, attack, foreign, weight } = samples[i];
            let foreign = *foreign;
            let words = doc.words.len() - 1;
            if words == 0 {
                continue;
            }
                        let first = if shape.block > 0 { shape.block - (rng.next() % (shape.block as u64 * 2 / 3)) as usize } else { 0 };
            let windows = net.windows(words, first);
            let dropped: Vec<bool> = (0..words).map(|_| words > 3 && rng.unit() < step.dropout).collect();
            let mut best: Option<(Vec<(u32, u8)>, Pass)> = None;
            for (a, b) in windows {
                let feats = features(doc, a, b, &dropped);
                let pass = net.forward(&feats, foreign);
                if best.as_ref().is_none_or(|p| pass.logit > p.1.logit) {
                    best = Some((feats, pass));
                }
            }
            let Some((feats, pass)) = best else { continue };
            let p = 1.0 / (1.0 + libm::expf(-pass.logit));
            let target = if *attack { 0.98 } else { 0.01 };
            let g = (p - target) * weight;
            if g.abs() < 0.005 {
                continue;
            }
            net.bias[usize::from(foreign)] -= 0.02 * lr_scale * g;
            let mut g_pool = vec![0.0f32; w];
            if w > 0 {
                for j in 0..shape.hidden {
                    let ga = g * net.out[j];
                    if pass.active[j] > 0.0 {
                        let base = j * (w + 1);
                        for k in 0..w {
                            g_pool[k] += ga * net.hidden[base + k];
                            ada(&mut net.hidden[base + k], &mut g_hid[base + k], ga * pass.pooled[k], step.rate_net * lr_scale);
                        }
                        ada(&mut net.hidden[base + w], &mut g_hid[base + w], ga, step.rate_net * lr_scale);
                    }
                    ada(&mut net.out[j], &mut g_out[j], g * pass.active[j], step.rate_net * lr_scale);
                }
            }
            let m = feats.iter().filter(|f| shape.embed_kinds >> f.1 & 1 == 1).count();
            let norm2 = 1.0 / (m as f32 + 4.0).sqrt();
            for &(h, k) in &feats {
                if shape.linear_kinds >> k & 1 == 1 {
                    let at = (h >> (32 - shape.linear_bits)) as usize;
                    let grad = g * pass.n + step.decay * net.linear[at];
                    ada(&mut net.linear[at], &mut g_lin[at], grad, step.rate * lr_scale);
                }
                if w > 0 && shape.embed_kinds >> k & 1 == 1 {
                    let at = (h >> (32 - shape.embed_bits)) as usize * w;
                    for q in 0..w {
                        let grad = g_pool[q] * norm2 + step.decay * net.embed[at + q];
                        ada(&mut net.embed[at + q], &mut g_emb[at + q], grad, step.rate_net * lr_scale);
                    }
                }
            }
        }
    }
    net
}

#[inline]
fn ada(weight: &mut f32, sum: &mut f32, grad: f32, rate: f32) {
    *sum += grad * grad;
    *weight -= rate * grad / sum.sqrt();
}
