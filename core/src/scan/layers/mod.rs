//! Detectors written as code: what a pattern cannot say, because a checksum, a table or a structure decides.

pub mod egress;
pub mod pii;

use crate::text::Span;

/// A hit of a detector: which rule, where in the text it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DetectorHit {
    /// Id of the rule, as in its rule file.
    pub rule_id: &'static str,
    /// Bytes of the text the detector was given, on character boundaries.
    pub span: Span,
}

/// The byte at `at`, or 0 past the end, which no detector treats as part of anything.
pub(crate) fn byte_at(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

/// The byte before `at`, or 0 at the start.
pub(crate) fn byte_before(bytes: &[u8], at: usize) -> u8 {
    at.checked_sub(1).map_or(0, |i| byte_at(bytes, i))
}

/// A table that holds `true` for each of `bytes`.
#[allow(clippy::indexing_slicing)] // evaluated by the compiler: an index out of bounds does not build
pub(crate) const fn byte_set(bytes: &[u8]) -> [bool; 256] {
    let mut set = [false; 256];
    let mut i = 0;
    while i < bytes.len() {
        set[bytes[i] as usize] = true;
        i += 1;
    }
    set
}
