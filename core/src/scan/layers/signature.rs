//! Layer 8, signatures: orders of words, in every language that has rules, over every view.

use alloc::vec::Vec;

use crate::scan::engine::ruleset::RuleSet;
use crate::scan::engine::sequence::{SequenceMatch, Sequences};
use crate::scan::engine::tokens::{ConceptHit, Tokens};

/// Runs the sequence patterns over the words of one text. Returns the work done.
pub(crate) fn read(
    rules: &RuleSet,
    tokens: &Tokens,
    sequences: &mut Sequences,
    matches: &mut Vec<SequenceMatch>,
) -> usize {
    sequences.run(rules, &tokens.concepts, matches)
}

/// Runs the patterns over the words in reverse order (FlipAttack, arXiv 2410.02832). Only tight matches count: honest
/// text has the same words in the other order often enough, but seldom side by side.
pub(crate) fn read_reversed(
    rules: &RuleSet,
    tokens: &Tokens,
    sequences: &mut Sequences,
    matches: &mut Vec<SequenceMatch>,
) -> usize {
    if tokens.concepts.len() < REVERSED_HITS_MIN {
        return 0;
    }
    let last = tokens.count.saturating_add(2);
    let mut hits: Vec<ConceptHit> = tokens
        .concepts
        .iter()
        .map(|h| ConceptHit {
            token: last.saturating_sub(h.token_end),
            token_end: last.saturating_sub(h.token),
            opens: false,
            ..*h
        })
        .collect();
    hits.sort_by_key(|h| h.token);
    let mut found = Vec::new();
    let work = sequences.run(rules, &hits, &mut found);
    for m in found {
        // The end of the sentence stands after its last word, which is now the first.
        let tight = m.token_end.saturating_sub(m.token) <= u32::from(m.words) + 1;
        if m.words >= REVERSED_WORDS_MIN && tight {
            // Hits ran from the end of the text: start and end of the match are swapped.
            let ends = hits.iter().filter(|h| h.token >= m.token && h.token_end <= m.token_end);
            let span = ends.fold(m.span, |s, h| s.cover(crate::text::Span::new(h.start as usize, h.end as usize)));
            matches.push(SequenceMatch { span, ..m });
        }
    }
    work
}

const REVERSED_HITS_MIN: usize = 3;
const REVERSED_WORDS_MIN: u8 = 3;
