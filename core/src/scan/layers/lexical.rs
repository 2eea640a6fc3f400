//! Layer 10, lexical model: what has the words of an attack without fitting any signature.

use crate::scan::Origin;
use crate::scan::lexical::{LexicalModel, is_foreign};
use crate::text::Span;

/// The window of `view` that looks most like an attack, and its points.
pub(crate) fn read(model: &LexicalModel, view: &str, origin: Origin) -> Option<(Span, u16)> {
    let judgement = model.judge(view, origin);
    // Below the threshold of the strictest preset a score is no finding: half of it, added to a rule's, would be.
    (judgement.points >= if is_foreign(origin) { 150 } else { 200 }).then_some((judgement.span, judgement.points))
}

/// The rule that reports a learned score.
pub(crate) const RULE_ID: &str = "lexical-model";
