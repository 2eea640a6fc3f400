//! Text with a way back: every cleaned or decoded form of a text knows which bytes of the original it came from.

pub(crate) mod base64url;
pub mod chars;
pub mod decode;
pub mod json;
mod nfkc;
mod span;
mod span_map;
pub mod view;

pub use span::Span;
pub use span_map::{MappedText, SpanMap, SpanMapBuilder};
