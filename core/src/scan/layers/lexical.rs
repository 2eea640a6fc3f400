//! Layer 10, lexical model: what has the words of an attack without fitting any signature.

use crate::scan::Origin;
use crate::scan::lexical::format::{KNOTS, KNOTS_FOREIGN};
use crate::scan::lexical::{LexicalModel, is_foreign};
use crate::text::Span;

/// The window of `view` that looks most like an attack, and its points. What was `decoded` is reported for being there
/// already, so there a score counts only where it would be reported by itself.
pub(crate) fn read(model: &LexicalModel, view: &str, origin: Origin, decoded: bool) -> Option<(Span, u16)> {
    let judgement = model.judge(view, origin);
    let [_, strict, balanced, ..] = if is_foreign(origin) { KNOTS_FOREIGN } else { KNOTS };
    // Below the flag threshold of the strictest preset a score is no finding: half of it, added to a rule's, would be.
    let least = if decoded { balanced } else { strict };
    (judgement.points >= least).then_some((judgement.span, judgement.points))
}

/// The rule that reports a learned score.
pub(crate) const RULE_ID: &str = "lexical-model";
