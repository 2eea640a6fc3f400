//! Sums of weights over the words of a text: the highest window, and the text as a whole.

use super::features::{FeatureKind, FeatureSink};
use super::layout;
use crate::text::Span;

/// The weights of a model, for one side: what users and models write, or what comes from documents and tools.
#[derive(Clone, Copy)]
pub(super) struct Weights<'m> {
    pub(super) buckets: &'m [[u8; layout::BUCKET]],
    pub(super) bits: u32,
    pub(super) kinds: u16,
    pub(super) block: u32,
    /// Of a window, and of the whole text.
    pub(super) heads: [Head; 2],
    /// Whether the weights of a window are those of documents and tools.
    pub(super) foreign: bool,
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
        let (known, weights) = self.look_up(kind, hash);
        known.then_some(weights)
    }

    /// Whether a feature is known, and its weights, else zeros. Which slot holds it is as good as random, so nothing here
    /// branches on it.
    #[inline]
    fn look_up(&self, kind: FeatureKind, hash: u32) -> (bool, [i32; 2]) {
        if self.kinds >> kind as u16 & 1 == 0 {
            return (false, [0; 2]);
        }
        let Some(bucket) = self.buckets.get(layout::bucket(hash, self.bits)) else { return (false, [0; 2]) };
        let [t0, t1, t2, t3, a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3] = *bucket;
        // A byte that is zero here holds the tag; of the marked bytes the lowest is one, those above it may not be.
        let rest = u32::from_le_bytes([t0, t1, t2, t3]) ^ (u32::from(layout::tag(hash)) * 0x0101_0101);
        let found = rest.wrapping_sub(0x0101_0101) & !rest & 0x8080_8080;
        let known = found != 0;
        let window = if self.foreign { [c0, c1, c2, c3] } else { [a0, a1, a2, a3] };
        let weight = |column| {
            if known { i32::from((u32::from_le_bytes(column) >> (found.trailing_zeros() & 0x18)) as i8) } else { 0 }
        };
        (known, [weight(window), weight([b0, b1, b2, b3])])
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
    /// Of the weights in a window.
    window: i32,
    /// Of the weights in the text.
    text: i32,
    count: u32,
    /// Words that a sign cuts off from the word before.
    cut_off: u32,
}

/// Reads a text and keeps its highest window and the sums of the whole.
pub(super) struct Reader<'m> {
    weights: Weights<'m>,
    before: Sums,
    /// Of at most 255 words, which no weights make overflow.
    block: Sums,
    /// Of all blocks before the current one.
    text: Sums,
    words: u32,
    blocks: u32,
    /// Where the block before and the current one begin.
    starts: [usize; 2],
    end: usize,
    /// Whether a sign stands before the word that begins next.
    marked: bool,
    /// Whether the current word repeats what was counted.
    again: bool,
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
            marked: false,
            again: false,
            best: None,
        }
    }

    /// Judges the window of the last two blocks, unless its words stand one by one: a list, a table or a code is no text,
    /// and a word to which nothing is a neighbour was never measured.
    fn close(&mut self) {
        let words = self.words + if self.blocks > 0 { self.weights.block } else { 0 };
        if (self.before.cut_off + self.block.cut_off) * 4 >= words * 3 {
            return;
        }
        let (sum, count) = (self.before.window + self.block.window, self.before.count + self.block.count);
        let logit = self.weights.logit(0, sum, count);
        if self.best.is_none_or(|(best, _)| logit > best) {
            self.best = Some((logit, Span::new(self.starts[0], self.end)));
        }
    }

    /// Begins a new block.
    fn pass(&mut self) {
        self.text.text = self.text.text.saturating_add(self.block.text);
        self.text.count = self.text.count.saturating_add(self.block.count);
        self.before = core::mem::take(&mut self.block);
    }

    /// The logit in units of 2⁻¹⁶, and the window that decided.
    pub(super) fn finish(mut self) -> (i32, Span) {
        if self.words > 0 {
            self.close();
        }
        self.pass();
        let Some((window, span)) = self.best else { return (-LOGIT_MAX as i32, Span::new(0, 0)) };
        let text = self.weights.logit(1, self.text.text, self.text.count).clamp(-TEXT_MAX, TEXT_MAX);
        let [a, b] = self.weights.heads.map(|h| h.share);
        let logit = window.saturating_mul(a).saturating_add(text * b) >> 16;
        (logit.clamp(-LOGIT_MAX, LOGIT_MAX) as i32, span)
    }
}

impl FeatureSink for Reader<'_> {
    #[inline]
    fn mark(&mut self) {
        self.marked = true;
    }

    /// A word said a thousand times would fill every window with what little it weighs: it counts for what it says once.
    #[inline]
    fn again(&mut self) {
        self.again = true;
    }

    #[inline]
    fn word(&mut self, start: usize, end: usize) {
        if self.words == self.weights.block {
            // The first block alone is no window yet: it is judged with the second.
            if self.blocks > 0 {
                self.close();
                self.starts[0] = self.starts[1];
            }
            self.pass();
            self.starts[1] = start;
            self.blocks += 1;
            self.words = 0;
        } else if self.words == 0 && self.blocks == 0 {
            self.starts = [start, start];
        }
        self.words += 1;
        self.again = false;
        self.block.cut_off += u32::from(core::mem::take(&mut self.marked));
        self.end = end;
    }

    #[inline]
    fn feature(&mut self, kind: FeatureKind, hash: u32) {
        if self.again {
            return;
        }
        let (known, [window, text]) = self.weights.look_up(kind, hash);
        self.block.window += window;
        self.block.text += text;
        self.block.count += u32::from(known);
    }
}

/// Logits beyond ±64 say nothing more.
pub(super) const LOGIT_MAX: i64 = 64 << 16;
/// The text as a whole moves its windows no further than this, so that no amount of honest words hides an attack.
pub(super) const TEXT_MAX: i64 = 4 << 16;
