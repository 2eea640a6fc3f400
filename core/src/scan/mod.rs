//! The prompt scanner: sixteen layers over one text, a decision with a reason for every point of its score.

mod document;
mod engine;
mod error;
mod finding;
mod input;
mod layers;
mod limits;
mod policy;
mod redact;
mod report;
mod rule;
mod scanner;
mod timing;
mod validate;

pub use engine::ruleset::{RuleInfo, RuleSet, RuleSetError};
pub use error::{BuildError, ScanError};
pub use finding::{Chain, Finding};
pub use input::{Input, Origin};
pub use layers::lexical::{LexicalModel, NeutralModel};
pub use layers::{Layer, LayerSet};
pub use limits::Limits;
pub use policy::{Decision, Policy, Preset, Strictness, Thresholds};
pub use report::ScanReport;
pub use rule::{Category, Confidence, Severity};
pub use scanner::{PromptScanner, PromptScannerBuilder};
pub use timing::Clock;
pub use validate::Validator;

/// Layout of compiled rule sets, for the rule compiler. Not part of the stable API.
#[doc(hidden)]
pub mod format {
    pub use super::engine::dfa::{DISTANCE_ZERO, RECORD as DFA_RECORD};
    pub use super::engine::fuzzy::{FUZZY_RECORD, KEY_ATBASH, KEY_REVERSED};
    pub use super::engine::hash::{SEED, deletions, scrambled, step, top, word};
    pub use super::engine::lexicon::{
        ANCHOR_BIT, ANYWHERE, CHILDREN_MANY, CLASSES, HAS_VALUE, LABEL_LONG, LENGTH_MAX, MORE, PREFIX, SQUASHED,
    };
    pub use super::engine::ruleset::{
        ANCHORED_RECORD, FORMAT, HEADER, MAGIC, NO_CONCEPT, PATTERN_RECORD, RULE_RECORD, Role, SECTIONS, Section,
    };
    pub use super::engine::sequence::{LAST, OPENS, SLOT_RECORD};
}
