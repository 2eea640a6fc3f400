//! Orders of words: every pattern is a row of slots, each waiting for one concept within a gap after the one before.
//!
//! A hit of a concept advances every slot that waits for it. Per slot only the latest way of reaching it is kept:
//! for any later word it is the one with the smallest gap, so nothing is missed and the work per hit is bounded by the
//! number of slots that name its concept.

use alloc::vec::Vec;

use super::ruleset::{NO_CONCEPT, PATTERN_RECORD, RuleSet, Section};
use super::table::Table;
use super::tokens::ConceptHit;
use crate::text::Span;

/// Bytes of a slot record: concept u16, gap u8, flags u8, pattern u16, position u8, spare u8.
pub const SLOT_RECORD: usize = 8;
/// The word must open a text, line, sentence or quotation.
pub const OPENS: u8 = 1;
/// Last slot of its pattern.
pub const LAST: u8 = 2;

/// A pattern of words that matched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SequenceMatch {
    pub(crate) rule: u16,
    pub(crate) span: Span,
    pub(crate) token: u32,
    pub(crate) token_end: u32,
    /// Number of its words recognised only through a misspelling.
    pub(crate) fuzzy: u8,
    pub(crate) words: u8,
}

/// How far one slot was reached last.
#[derive(Clone, Copy, Default)]
struct Reached {
    /// Token after which the next slot's gap counts; 0 = never.
    token_end: u32,
    start: u32,
    token: u32,
    fuzzy: u8,
}

/// The state of the machine, reusable between texts.
#[derive(Default)]
pub(crate) struct Sequences {
    reached: Vec<Reached>,
    touched: Vec<u16>,
}

impl Sequences {
    /// Runs all patterns over the hits of one text, which must be ordered by position.
    pub(crate) fn run(&mut self, set: &RuleSet, hits: &[ConceptHit], out: &mut Vec<SequenceMatch>) -> usize {
        if hits.is_empty() {
            return 0;
        }
        let slots = set.section(Section::Sequence);
        let index = set.section(Section::ConceptIndex);
        let by_concept = set.section(Section::ConceptSlots);
        let patterns = set.section(Section::Patterns);
        self.reset(slots.0.len() / SLOT_RECORD);
        let mut work = 0;
        for (number, hit) in hits.iter().enumerate() {
            let (from, to) = (index.u16(hit.concept as usize * 2), index.u16(hit.concept as usize * 2 + 2));
            work += to.saturating_sub(from) as usize;
            for i in from..to {
                let slot = by_concept.u16(i as usize * 2);
                if let Some(found) = self.advance(slots, slot, hit)
                    && !is_excused(patterns, &found, hits.get(..=number).unwrap_or(&[]))
                    && let Some(m) = found.into_match(patterns)
                    && out.len() < MATCHES_MAX
                {
                    push_or_extend(out, m);
                }
            }
        }
        work
    }

    fn reset(&mut self, slots: usize) {
        if self.reached.len() != slots {
            self.reached.clear();
            self.reached.resize(slots, Reached::default());
            self.touched.clear();
        }
        for slot in self.touched.drain(..) {
            if let Some(r) = self.reached.get_mut(slot as usize) {
                *r = Reached::default();
            }
        }
    }

    fn advance(&mut self, slots: Table<'_>, slot: u16, hit: &ConceptHit) -> Option<Complete> {
        let at = slot as usize * SLOT_RECORD;
        let (gap, flags, pattern, position) = (slots.u8(at + 2), slots.u8(at + 3), slots.u16(at + 4), slots.u8(at + 6));
        if flags & OPENS != 0 && !hit.opens {
            return None;
        }
        let mut now =
            Reached { token_end: hit.token_end, start: hit.start, token: hit.token, fuzzy: u8::from(hit.fuzzy) };
        if position > 0 {
            let before = self.reached.get(slot.checked_sub(1)? as usize)?;
            if before.token_end == 0
                || hit.token <= before.token_end
                || hit.token - before.token_end - 1 > u32::from(gap)
            {
                return None;
            }
            now = Reached { token_end: hit.token_end, fuzzy: before.fuzzy.saturating_add(now.fuzzy), ..*before };
        }
        if flags & LAST != 0 {
            return Some(Complete { pattern, reached: now, end: hit.end, words: position + 1 });
        }
        let cell = self.reached.get_mut(slot as usize)?;
        // An exact reading at the same place is worth more than a misspelt one.
        if cell.token_end == now.token_end && cell.fuzzy <= now.fuzzy && cell.token >= now.token {
            return None;
        }
        if cell.token_end == 0 {
            self.touched.push(slot);
        }
        *cell = now;
        None
    }
}

struct Complete {
    pattern: u16,
    reached: Reached,
    end: u32,
    words: u8,
}

impl Complete {
    fn into_match(self, patterns: Table<'_>) -> Option<SequenceMatch> {
        let at = self.pattern as usize * PATTERN_RECORD;
        Some(SequenceMatch {
            rule: patterns.u16(at),
            span: Span::new(self.reached.start as usize, self.end as usize),
            token: self.reached.token,
            token_end: self.reached.token_end,
            fuzzy: self.reached.fuzzy,
            words: self.words,
        })
    }
}

/// Whether a word of the pattern's `unless` set stands shortly before the match or inside it.
fn is_excused(patterns: Table<'_>, found: &Complete, hits: &[ConceptHit]) -> bool {
    let unless = patterns.u16(found.pattern as usize * PATTERN_RECORD + 2);
    if unless == NO_CONCEPT {
        return false;
    }
    let from = found.reached.token.saturating_sub(UNLESS_TOKENS);
    hits.iter().rev().take(UNLESS_HITS).take_while(|h| h.token >= from).any(|h| h.concept == unless)
}

/// Overlapping matches of one rule are one match.
fn push_or_extend(out: &mut Vec<SequenceMatch>, m: SequenceMatch) {
    if let Some(last) = out.iter_mut().rev().take(8).find(|o| o.rule == m.rule && o.span.overlaps(m.span)) {
        // Fewer misspellings first, then more of the text.
        last.fuzzy = last.fuzzy.min(m.fuzzy);
        last.span = last.span.cover(m.span);
        last.token = last.token.min(m.token);
        last.token_end = last.token_end.max(m.token_end);
        return;
    }
    out.push(m);
}

/// An `unless` word counts up to this many tokens before a match.
const UNLESS_TOKENS: u32 = 4;
/// No more hits than this are searched for one.
const UNLESS_HITS: usize = 256;
/// More matches of one text are not kept: the score is saturated long before.
const MATCHES_MAX: usize = 512;
