//! Layer 8, signatures: orders of words, in every language that has rules, over every view.

use alloc::vec::Vec;

use crate::scan::engine::ruleset::RuleSet;
use crate::scan::engine::sequence::{SequenceMatch, Sequences};
use crate::scan::engine::tokens::Tokens;

/// Runs the sequence patterns over the words of `text`. Returns the work done, which passes `work_max` if it had to stop.
pub(crate) fn read(
    rules: &RuleSet,
    text: &str,
    tokens: &Tokens,
    sequences: &mut Sequences,
    work_max: usize,
    matches: &mut Vec<SequenceMatch>,
) -> usize {
    sequences.run(rules, text, &tokens.words, work_max, matches)
}
