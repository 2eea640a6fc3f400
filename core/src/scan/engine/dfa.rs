//! Anchored automata: one table per pattern, read in place, longest match.

use super::table::Table;

/// One anchored automaton. State 0 is dead; states from `accepting_from` on accept.
///
/// Layout: `class map index u16, start u16, states u16, accepting_from u16, classes u16, table offset u32`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dfa<'a> {
    classes: &'a [u8],
    next: Table<'a>,
    width: usize,
    start: u16,
    accepting_from: u16,
}

/// A transition to the same state; zero is a dead end.
pub const DISTANCE_ZERO: u16 = 0x4000;
/// Bytes of one record in the `DFAS` section.
pub const RECORD: usize = 14;

impl<'a> Dfa<'a> {
    pub(crate) fn read(records: Table<'a>, class_maps: Table<'a>, tables: Table<'a>, id: u16) -> Self {
        let at = id as usize * RECORD;
        let map = records.u16(at) as usize;
        let states = records.u16(at + 4) as usize;
        let width = records.u16(at + 8) as usize;
        Self {
            classes: class_maps.slice(map * 256, 256),
            next: Table(tables.slice(records.u32(at + 10) as usize, states * width * 2)),
            width,
            start: records.u16(at + 2),
            accepting_from: records.u16(at + 6),
        }
    }

    /// End of the longest match of the automaton that begins at `start`; `ok` may veto an end (word boundary).
    ///
    /// Returns the end and the number of bytes looked at.
    pub(crate) fn longest(&self, text: &[u8], start: usize, ok: impl Fn(usize) -> bool) -> (Option<usize>, usize) {
        let mut state = self.start;
        let mut best = None;
        let mut at = start;
        loop {
            if state >= self.accepting_from && ok(at) {
                best = Some(at);
            }
            let Some(byte) = text.get(at) else { break };
            let class = self.classes.get(*byte as usize).copied().unwrap_or(0) as usize;
            at += 1;
            // Transitions are stored as distances: a counted repetition is the same byte pair over and over.
            match self.next.u16((state as usize * self.width + class) * 2) {
                0 => break,
                distance => state = state.wrapping_add(distance.wrapping_sub(DISTANCE_ZERO)),
            }
        }
        (best, at - start)
    }
}
