//! Layer 8, signatures: orders of words, in every language that has rules, over every view.

use alloc::vec::Vec;

use crate::scan::engine::sequence::{SequenceMatch, Sequences};
use crate::scan::engine::tokens::Tokens;
use crate::scan::engine::ruleset::RuleSet;

/// Runs the sequence patterns over the words of one text. Returns the work done.
pub(crate) fn read(
    rules: &RuleSet,
    tokens: &Tokens,
    sequences: &mut Sequences,
    matches: &mut Vec<SequenceMatch>,
) -> usize {
    sequences.run(rules, tokens.words.iter().copied(), &tokens.words, matches)
}
