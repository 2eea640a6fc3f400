//! Layer 3, census: one pass over the bytes that says which costly layers have anything to do.

use crate::text::decode::{self, Hints};

/// What the pass saw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Census {
    pub(crate) hints: Hints,
    pub(crate) has_digit: bool,
    pub(crate) may_hold_data: bool,
}

/// Counts `text` once.
pub(crate) fn count(text: &str) -> Census {
    let has_digit = text.bytes().any(|b| b.is_ascii_digit());
    Census { hints: decode::hints(text), has_digit, may_hold_data: has_digit || text.contains('@') }
}
