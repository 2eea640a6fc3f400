//! Layer 10, lexical model: what has the words of an attack without fitting any signature.

use crate::scan::Origin;
use crate::scan::lexical::format::{KNOTS, KNOTS_FOREIGN};
use crate::scan::lexical::{LexicalModel, is_foreign};
use crate::text::Span;

/// How far a text is from what somebody wrote to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As it was written.
    Plain,
    /// Under an encoding, or beside signs of a disguise, each of which is reported by itself.
    Disguised,
    /// Nobody need have meant it: words with holes, in reverse order, or pieced together from parts of others.
    Doubtful,
}

/// The window of `view` that looks most like an attack, and its points. A disguise is no evidence: beside its own points
/// those of the model count only where they would be reported alone. Where the reading itself is in doubt it is no text
/// of the kind that the model was calibrated on, and only what next to no honest text looks like counts.
pub(crate) fn read(model: &LexicalModel, view: &str, origin: Origin, reading: Reading) -> Option<(Span, u16)> {
    let judgement = model.judge(view, origin);
    let [_, strict, balanced, relaxed, ..] = if is_foreign(origin) { KNOTS_FOREIGN } else { KNOTS };
    let least = match reading {
        // Below the flag threshold of the strictest preset a score is no finding: half of it, added to a rule's, would be.
        Reading::Plain => strict,
        Reading::Disguised => balanced,
        Reading::Doubtful => relaxed,
    };
    (judgement.points >= least).then_some((judgement.span, judgement.points))
}

/// The rule that reports a learned score.
pub(crate) const RULE_ID: &str = "lexical-model";
