//! What is learned from the texts, and how.

mod corpus;
mod net;

pub use corpus::{Corpus, Doc, doc_of};
pub use net::{Net, Shape, Step, train};
