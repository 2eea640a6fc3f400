//! What is learned from the texts, and how.

mod corpus;
mod dictionary;
mod export;
mod net;
mod recipe;

pub use corpus::{Doc, Sample, Weights, doc_of, is_foreign, samples};
pub use dictionary::Dictionary;
pub(crate) use export::quantise;
pub use export::{Labels, Meaning, export};
pub use net::{Net, Shape, Step, train};
pub use recipe::{Heads, Recipe};
