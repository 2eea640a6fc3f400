//! Layer 10, lexical model: the seam for a learned classifier.
//!
//! The core ships a neutral implementation; a model is a value that is given to the builder.

use crate::scan::Origin;

/// A classifier over one view of a text.
pub trait LexicalModel: Send + Sync {
    /// How likely `view` is an attack, given who produced it, in per mille of the weight of the rule `lexical-model` (1000).
    /// Zero reports nothing. Must be a pure function of its arguments.
    fn score(&self, view: &str, origin: Origin) -> u16;

    /// Name and version, for reports.
    fn version(&self) -> &str;
}

/// Knows nothing and says so: every text scores zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NeutralModel;

impl LexicalModel for NeutralModel {
    fn score(&self, _view: &str, _origin: Origin) -> u16 {
        0
    }

    fn version(&self) -> &str {
        "neutral"
    }
}

/// The rule that reports a learned score.
pub(crate) const RULE_ID: &str = "lexical-model";
