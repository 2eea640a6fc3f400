//! Orders of words: every pattern is a row of slots, each waiting for one concept within a gap after the one before.
//!
//! A text wakes the patterns whose rare word it has; of the others nothing is looked at.
//!
//! A hit of a concept is remembered once for all patterns that begin with it, and advances the slots that wait for it.
//! Of each concept and slot the two latest places are kept: for any later word the latest has the smallest gap, and the
//! one before it serves where the latest is the longer of two entries that begin together. So the work per hit is
//! bounded by the number of slots that name its concept, and is next to nothing in honest text.

use alloc::vec::Vec;

use super::lexicon::Lexicon;
use super::ruleset::{NO_CONCEPT, PATTERN_RECORD, RuleSet, Section};
use super::table::Table;
use super::tokens::{WordHit, closes_sentence};
use crate::text::Span;

/// Bytes of a slot record: concept u16, gap u8, flags u8, pattern u16, position u8, spare u8.
pub const SLOT_RECORD: usize = 8;
/// Bytes of a record of the slots by concept: slot, and where it is kept how the slot before was reached.
pub const ENTRY_RECORD: usize = 4;
/// Room for this many places is made at once.
const CELLS: usize = 64;
/// A pattern that has the concept can match this text.
const WOKEN: u8 = 1;
/// The concept was met and its patterns are woken.
const HEARD: u8 = 2;
/// In a record of the slots by concept: the slot before keeps by itself how it was reached.
pub const OWN_PLACE: u16 = u16::MAX;
/// No gap is longer.
pub const GAP_MAX: u32 = 40;
/// Bytes of a record of the concept index: first slot, first slot that goes on.
pub const INDEX_RECORD: usize = 4;
/// The word must open a text, line, sentence or quotation.
pub const OPENS: u8 = 1;
/// The word must close a text, line, sentence or quotation; only the last slot of a pattern has it.
pub const CLOSES: u8 = 4;
/// In a pattern record's flags: the row was turned round.
pub const REVERSED: u8 = 1;
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
    /// The words stand in reverse order (FlipAttack, arXiv 2410.02832).
    pub(crate) reversed: bool,
}

/// One way of reaching a slot.
#[derive(Clone, Copy, Default)]
struct Reached {
    /// Token after which the next slot's gap counts; 0 = never.
    token_end: u32,
    start: u32,
    token: u32,
    fuzzy: u8,
    /// The first word opens a sentence.
    opens: bool,
}

/// The state of the machine, reusable between texts.
#[derive(Default)]
pub(crate) struct Sequences {
    /// For each concept, then for each slot, the number of its cell; 0 = never reached.
    cell_of: Vec<u16>,
    /// The two latest ways of getting there, newest first; the first cell is nobody's.
    cells: Vec<[Reached; 2]>,
    /// The last token at which any slot waits.
    awake: u32,
    /// Per concept [`WOKEN`] and [`HEARD`].
    woken: Vec<u8>,
}

impl Sequences {
    /// Runs all patterns over the hits of `text`, which must be ordered by token. Answers the work done; stops where
    /// that passes `work_max`.
    pub(crate) fn run(
        &mut self,
        set: &RuleSet,
        text: &str,
        hits: &[WordHit],
        work_max: usize,
        out: &mut Vec<SequenceMatch>,
    ) -> usize {
        let tables = Tables::new(set, text);
        let mut work = hits.len();
        if !self.wake(&tables, hits) {
            return work;
        }
        self.reset(&tables);
        for (number, hit) in hits.iter().enumerate() {
            if work > work_max {
                break;
            }
            let meaning = tables.lexicon.meaning(hit.payload);
            if hit.token <= self.awake {
                for concept in meaning.concepts() {
                    if self.is_woken(concept) {
                        work += self.go_on(&tables, concept, hit, hits, number, out);
                    }
                }
            }
            let way = Reached {
                token_end: hit.token_end,
                start: hit.start,
                token: hit.token,
                fuzzy: hit.fuzzy.into(),
                opens: hit.opens,
            };
            for concept in meaning.beginning() {
                if !self.is_woken(concept) {
                    continue;
                }
                let (first, split, _) = tables.slots_of(concept);
                for i in first..split {
                    self.step(&tables, tables.slot(i), hit, way, hits, number, out);
                }
                self.remember(concept as usize, way);
                work += 1 + split.saturating_sub(first) as usize;
            }
            self.awake = self.awake.max(hit.token_end.saturating_add(GAP_MAX));
        }
        work
    }

    /// Wakes the concepts of every pattern whose rare word the text has; false if there is none.
    fn wake(&mut self, tables: &Tables<'_>, hits: &[WordHit]) -> bool {
        self.woken.clear();
        self.woken.resize(tables.concepts, 0);
        let mut any = false;
        for rare in hits.iter().flat_map(|hit| tables.lexicon.meaning(hit.payload).rare()) {
            let Some(state) = self.woken.get_mut(rare as usize) else { continue };
            if *state & HEARD != 0 {
                continue;
            }
            *state |= HEARD;
            any = true;
            let at = rare as usize * 2;
            let (from, to) = (tables.wake_index.u16(at) as usize, tables.wake_index.u16(at + 2) as usize);
            for i in from..to {
                if let Some(state) = self.woken.get_mut(tables.wake_lists.u16(i * 2) as usize) {
                    *state |= WOKEN;
                }
            }
        }
        any
    }

    #[inline]
    fn is_woken(&self, concept: u16) -> bool {
        self.woken.get(concept as usize).is_some_and(|state| state & WOKEN != 0)
    }

    /// Advances the slots that wait for `concept`.
    fn go_on(
        &mut self,
        tables: &Tables<'_>,
        concept: u16,
        hit: &WordHit,
        all: &[WordHit],
        number: usize,
        out: &mut Vec<SequenceMatch>,
    ) -> usize {
        let (_, split, last) = tables.slots_of(concept);
        let waiting =
            tables.by_concept.slice(split as usize * ENTRY_RECORD, last.saturating_sub(split) as usize * ENTRY_RECORD);
        for record in waiting.chunks_exact(ENTRY_RECORD) {
            let [slot_low, slot_high, place_low, place_high] = record else { continue };
            let slot = u16::from_le_bytes([*slot_low, *slot_high]);
            let place = match u16::from_le_bytes([*place_low, *place_high]) {
                OWN_PLACE => (tables.concepts + slot as usize).saturating_sub(1),
                concept => concept as usize,
            };
            let cell = self.cell_of.get(place).copied().unwrap_or(0);
            if cell == 0 {
                continue;
            }
            let opens = tables.must_open_before(slot);
            let Some(before) = self.cells.get(cell as usize).copied() else { continue };
            let gap = tables.gap(slot);
            let fits = |way: &&Reached| {
                way.token_end != 0
                    && way.token_end < hit.token
                    && hit.token - way.token_end - 1 <= gap
                    && (way.opens || !opens)
            };
            if let Some(way) = before.iter().find(fits) {
                let fuzzy = way.fuzzy.saturating_add(hit.fuzzy.into());
                let way = Reached { token_end: hit.token_end, fuzzy, ..*way };
                self.step(tables, slot, hit, way, all, number, out);
            }
        }
        last.saturating_sub(split) as usize
    }

    fn reset(&mut self, tables: &Tables<'_>) {
        self.cell_of.clear();
        self.cell_of.resize(tables.concepts + tables.slots.0.len() / SLOT_RECORD, 0);
        self.cells.clear();
        self.cells.reserve(CELLS);
        self.cells.push(<[Reached; 2]>::default());
        self.awake = 0;
    }

    /// A slot is reached: the pattern ends there, or the next slot begins to wait.
    #[expect(clippy::too_many_arguments, reason = "one step of the loop above, apart for its second caller")]
    fn step(
        &mut self,
        tables: &Tables<'_>,
        slot: u16,
        hit: &WordHit,
        way: Reached,
        all: &[WordHit],
        number: usize,
        out: &mut Vec<SequenceMatch>,
    ) {
        let flags = tables.flags(slot);
        if flags & OPENS != 0 && !hit.opens {
            return;
        }
        if flags & LAST != 0 {
            if flags & CLOSES != 0 && !closes_sentence(tables.text, hit.end as usize) {
                return;
            }
            let (pattern, words) = tables.pattern(slot);
            let found = Complete { pattern, reached: way, end: hit.end, words };
            if out.len() < MATCHES_MAX && !is_excused(tables, &found, all.get(..=number).unwrap_or(&[])) {
                push_or_extend(out, found.into_match(tables.patterns));
            }
            return;
        }
        self.remember(tables.concepts + slot as usize, way);
    }

    fn remember(&mut self, place: usize, way: Reached) {
        let Ok(fresh) = u16::try_from(self.cells.len()) else { return };
        let Some(number) = self.cell_of.get_mut(place) else { return };
        if *number == 0 {
            *number = fresh;
            self.cells.push([way, Reached::default()]);
            return;
        }
        let Some(cell) = self.cells.get_mut(*number as usize) else { return };
        if cell[0].token_end == way.token_end && cell[0].token >= way.token {
            // An exact reading at the same place is worth more than a misspelt one.
            if way.fuzzy < cell[0].fuzzy {
                cell[0] = way;
            }
            return;
        }
        *cell = [way, cell[0]];
    }
}

/// The sections the machine reads.
struct Tables<'a> {
    slots: Table<'a>,
    index: Table<'a>,
    by_concept: Table<'a>,
    patterns: Table<'a>,
    wake_index: Table<'a>,
    wake_lists: Table<'a>,
    lexicon: Lexicon<'a>,
    concepts: usize,
    text: &'a str,
}

impl<'a> Tables<'a> {
    fn new(set: &'a RuleSet, text: &'a str) -> Self {
        Self {
            slots: set.section(Section::Sequence),
            index: set.section(Section::ConceptIndex),
            by_concept: set.section(Section::ConceptSlots),
            patterns: set.section(Section::Patterns),
            wake_index: set.section(Section::WakeIndex),
            wake_lists: set.section(Section::WakeLists),
            lexicon: set.lexicon(),
            concepts: set.section(Section::ConceptIndex).0.len() / INDEX_RECORD,
            text,
        }
    }

    /// The slots that name a concept: from the first number on those that are a whole pattern, from the second on those that
    /// go on. Those that begin a pattern are not listed.
    fn slots_of(&self, concept: u16) -> (u16, u16, u16) {
        let at = concept as usize * INDEX_RECORD;
        let end = (self.by_concept.0.len() / ENTRY_RECORD).min(u16::MAX.into()) as u16;
        (self.index.u16(at).min(end), self.index.u16(at + 2).min(end), self.index.u16(at + INDEX_RECORD).min(end))
    }

    fn slot(&self, i: u16) -> u16 {
        self.by_concept.u16(i as usize * ENTRY_RECORD)
    }

    /// Whether the word before this slot begins a pattern and must open a sentence.
    fn must_open_before(&self, slot: u16) -> bool {
        let at = slot as usize * SLOT_RECORD;
        self.slots.u8(at + 6) == 1 && at.checked_sub(SLOT_RECORD).is_some_and(|b| self.slots.u8(b + 3) & OPENS != 0)
    }

    fn gap(&self, slot: u16) -> u32 {
        u32::from(self.slots.u8(slot as usize * SLOT_RECORD + 2))
    }

    fn flags(&self, slot: u16) -> u8 {
        self.slots.u8(slot as usize * SLOT_RECORD + 3)
    }

    /// The pattern a slot belongs to and the number of its words up to here.
    fn pattern(&self, slot: u16) -> (u16, u8) {
        let at = slot as usize * SLOT_RECORD;
        (self.slots.u16(at + 4), self.slots.u8(at + 6).saturating_add(1))
    }
}

struct Complete {
    pattern: u16,
    reached: Reached,
    end: u32,
    words: u8,
}

impl Complete {
    fn into_match(self, patterns: Table<'_>) -> SequenceMatch {
        let at = self.pattern as usize * PATTERN_RECORD;
        SequenceMatch {
            rule: patterns.u16(at),
            span: Span::new(self.reached.start as usize, self.end as usize),
            token: self.reached.token,
            token_end: self.reached.token_end,
            fuzzy: self.reached.fuzzy,
            words: self.words,
            reversed: patterns.u8(at + 4) & REVERSED != 0,
        }
    }
}

/// Whether a word of the pattern's `unless` set stands shortly before the match or inside it.
fn is_excused(tables: &Tables<'_>, found: &Complete, hits: &[WordHit]) -> bool {
    let unless = tables.patterns.u16(found.pattern as usize * PATTERN_RECORD + 2);
    if unless == NO_CONCEPT {
        return false;
    }
    let from = found.reached.token.saturating_sub(UNLESS_TOKENS);
    hits.iter()
        .rev()
        .take(UNLESS_HITS)
        .take_while(|h| h.token >= from)
        .any(|h| tables.lexicon.meaning(h.payload).has(unless))
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
