//! Layer 3, census: one pass over the bytes that says which costly layers have anything to do.

use crate::text::decode::{self, Hints};

/// What the pass saw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Census {
    pub(crate) hints: Hints,
    pub(crate) has_digit: bool,
    pub(crate) is_ascii: bool,
}

/// Counts `text` once.
pub(crate) fn count(text: &str) -> Census {
    let is_ascii = text.is_ascii();
    Census { hints: decode::hints(text), has_digit: text.bytes().any(|b| b.is_ascii_digit()), is_ascii }
}
