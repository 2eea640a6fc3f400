//! The learned model of layer 10: what it sees, how it is stored, what it answers.

mod error;
mod evidence;
mod features;
mod layout;
mod model;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod weights;

pub use error::ModelError;
pub use evidence::{Evidence, EvidencePart};
pub use features::{EXTRACTOR, FeatureKind, FeatureSink, extract};
pub use model::{Judgement, LexicalModel};

/// Layout of a model, for the trainer. Not part of the stable API.
#[doc(hidden)]
pub mod format {
    pub use super::layout::*;
}
