//! The learned model of layer 10: what it sees, how it is stored, what it answers.

mod features;
mod layout;
mod model;

pub use features::{EXTRACTOR, FeatureKind, FeatureSink, extract};
pub use model::{Judgement, LexicalModel, ModelError};

/// Layout of a model, for the trainer. Not part of the stable API.
#[doc(hidden)]
pub mod format {
    pub use super::layout::*;
}
