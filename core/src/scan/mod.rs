//! The prompt scanner: sixteen layers over one text, a decision with a reason for every point of its score.

mod allow;
mod canary;
mod document;
mod engine;
mod error;
mod explain;
mod finding;
mod input;
mod json;
mod layers;
pub mod lexical;
mod limits;
mod policy;
mod pseudonym;
mod redact;
mod report;
mod rule;
mod run;
mod scanner;
mod session;
mod stream;
mod timing;
mod validate;

pub use allow::AllowEntry;
pub use canary::Canary;
pub use engine::ruleset::{RuleInfo, RuleSet, RuleSetError};
pub use error::{BuildError, ScanError};
pub use explain::{Explanation, LexicalPart, LexicalReason};
pub use finding::{Chain, Finding};
pub use input::{Input, Origin};
pub use json::{JsonFinding, JsonReport};
pub use layers::{Layer, LayerSet};
pub use lexical::{Judgement, LexicalModel, ModelError};
pub use limits::Limits;
pub use policy::{Decision, Policy, Preset, Strictness, Thresholds};
pub use pseudonym::{Pseudonymized, Pseudonymizer};
pub use redact::Redaction;
pub use report::ScanReport;
pub use rule::{Category, Confidence, Severity};
pub use scanner::{PromptScanner, PromptScannerBuilder};
pub use session::SessionState;
pub use stream::{StreamOutput, StreamScanner};
pub use timing::Clock;
pub use validate::Validator;

/// Layout of compiled rule sets, for the rule compiler. Not part of the stable API.
#[doc(hidden)]
pub mod format {
    pub use super::engine::dfa::{DISTANCE_ZERO, RECORD as DFA_RECORD};
    pub use super::engine::fuzzy::{FUZZY_RECORD, KIND_ATBASH, KIND_REVERSED, KIND_SHIFT, pair};
    pub use super::engine::hash::{SEED, deletions, scrambled, shape, step, top, word};
    pub use super::engine::lexicon::{
        ANYWHERE, CHILDREN_MANY, CLASSES, HAS_VALUE, LABEL_LONG, LENGTH_MAX, MORE, PREFIX, RARE, TOKENS_MANY,
    };
    pub use super::engine::ruleset::{
        ANCHORED_RECORD, FORMAT, HEADER, MAGIC, NO_CONCEPT, PATTERN_RECORD, RULE_RECORD, Role, SECTIONS, Section,
    };
    pub use super::engine::sequence::{
        CLOSES, ENTRY_RECORD, GAP_MAX, INDEX_RECORD, LAST, OPENS, OWN_PLACE, REVERSED, SLOT_RECORD,
    };
}
