//! Layer 3, census: one pass over the bytes that says which costly layers have anything to do.

use crate::text::decode::{self, Hints};

/// What the pass saw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Census {
    pub(crate) hints: Hints,
}

/// Reads `text` once.
pub(crate) fn count(text: &str) -> Census {
    Census { hints: decode::hints(text) }
}

impl Census {
    /// As if everything was seen.
    pub(crate) fn everything() -> Self {
        Self { hints: Hints { bits: u32::MAX } }
    }
}
