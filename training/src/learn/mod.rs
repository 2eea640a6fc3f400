//! What is learned from the texts, and how.

mod corpus;
mod export;
mod net;

pub use corpus::{Corpus, Doc, doc_of};
pub use export::{Labels, Meaning, export};
pub use net::{Net, Shape, Step, train};
