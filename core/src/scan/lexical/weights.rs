//! Sums of weights over the words of a text: the highest window, and the text as a whole.

use super::features::{FeatureKind, FeatureSink};
use super::layout;
use crate::text::Span;

/// The weights of a model, for one side: what users and models write, or what comes from documents and tools.
#[derive(Clone, Copy)]
pub(super) struct Weights<'m> {
    pub(super) buckets: &'m [u8],
    pub(super) bits: u32,
    pub(super) kinds: u16,
    pub(super) block: u32,
    /// Of a window, and of the whole text.
    pub(super) heads: [Head; 2],
    /// Where the weights of a window stand in a bucket: documents and tools have their own.
    pub(super) window_column: usize,
}

/// How the sums of one head become a logit.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub(super) scale: i64,
    pub(super) bias: i64,
    pub(super) share: i64,
}

impl Weights<'_> {
    /// The weights of a feature in a window and in the text, if it is known.
    #[inline]
    pub(super) fn of(&self, kind: FeatureKind, hash: u32) -> Option<[i32; 2]> {
        if self.kinds >> kind as u16 & 1 == 0 {
            return None;
        }
        let at = layout::bucket(hash, self.bits) * layout::BUCKET;
        let bucket: &[u8; layout::BUCKET] = self.buckets.get(at..at + layout::BUCKET)?.try_into().ok()?;
        let [t0, t1, t2, t3, rest @ ..] = bucket;
        let tag = layout::tag(hash);
        let slot = if *t0 == tag {
            0
        } else if *t1 == tag {
            1
        } else if *t2 == tag {
            2
        } else if *t3 == tag {
            3
        } else {
            return None;
        };
        let weight = |i: usize| rest.get(i).map_or(0, |w| i32::from(*w as i8));
        Some([weight(slot + self.window_column * layout::SLOTS), weight(slot + layout::SLOTS)])
    }

    /// The logit of a head in units of 2⁻¹⁶, before its share is taken. No scale that a file may name overflows it.
    pub(super) fn logit(&self, head: usize, sum: i32, count: u32) -> i64 {
        let Some(head) = self.heads.get(head) else { return 0 };
        head.bias + ((i64::from(sum) * inverse_root(count)).saturating_mul(head.scale) >> 24)
    }
}

/// 2²⁰ ÷ √(n + 100): a window with few known words says less than one with many.
#[inline]
pub(super) fn inverse_root(n: u32) -> i64 {
    // The root in units of 2⁻⁸, which is exact to a thousandth.
    (1 << 28) / ((u64::from(n) + 100) << 16).isqrt() as i64
}

/// Sums over the known features of some words.
#[derive(Clone, Copy, Default)]
struct Sums {
    sum: i32,
    count: u32,
}

/// Reads a text and keeps its highest window and the sums of the whole.
pub(super) struct Reader<'m> {
    weights: Weights<'m>,
    before: Sums,
    block: Sums,
    text: Sums,
    words: u32,
    blocks: u32,
    /// Where the block before and the current one begin.
    starts: [usize; 2],
    end: usize,
    best: Option<(i64, Span)>,
}

impl<'m> Reader<'m> {
    pub(super) fn new(weights: Weights<'m>) -> Self {
        Self {
            weights,
            before: Sums::default(),
            block: Sums::default(),
            text: Sums::default(),
            words: 0,
            blocks: 0,
            starts: [0, 0],
            end: 0,
            best: None,
        }
    }

    /// Judges the window of the last two blocks.
    fn close(&mut self) {
        let (sum, count) = (self.before.sum + self.block.sum, self.before.count + self.block.count);
        let logit = self.weights.logit(0, sum, count);
        if self.best.is_none_or(|(best, _)| logit > best) {
            self.best = Some((logit, Span::new(self.starts[0], self.end)));
        }
    }

    /// The logit in units of 2⁻¹⁶, and the window that decided.
    pub(super) fn finish(mut self) -> (i32, Span) {
        if self.words > 0 {
            self.close();
        }
        let Some((window, span)) = self.best else { return (-LOGIT_MAX as i32, Span::new(0, 0)) };
        let text = self.weights.logit(1, self.text.sum, self.text.count).clamp(-TEXT_MAX, TEXT_MAX);
        let [a, b] = self.weights.heads.map(|h| h.share);
        let logit = window.saturating_mul(a).saturating_add(text * b) >> 16;
        (logit.clamp(-LOGIT_MAX, LOGIT_MAX) as i32, span)
    }
}

impl FeatureSink for Reader<'_> {
    #[inline]
    fn word(&mut self, start: usize, end: usize) {
        if self.words == self.weights.block {
            // The first block alone is no window yet: it is judged with the second.
            if self.blocks > 0 {
                self.close();
                self.starts[0] = self.starts[1];
            }
            self.before = core::mem::take(&mut self.block);
            self.starts[1] = start;
            self.blocks += 1;
            self.words = 0;
        } else if self.words == 0 && self.blocks == 0 {
            self.starts = [start, start];
        }
        self.words += 1;
        self.end = end;
    }

    #[inline]
    fn feature(&mut self, kind: FeatureKind, hash: u32) {
        if let Some([window, text]) = self.weights.of(kind, hash) {
            self.block.sum = self.block.sum.saturating_add(window);
            self.block.count += 1;
            self.text.sum = self.text.sum.saturating_add(text);
            self.text.count = self.text.count.saturating_add(1);
        }
    }
}

/// Logits beyond ±64 say nothing more.
pub(super) const LOGIT_MAX: i64 = 64 << 16;
/// The text as a whole moves its windows no further than this, so that no amount of honest words hides an attack.
pub(super) const TEXT_MAX: i64 = 4 << 16;
