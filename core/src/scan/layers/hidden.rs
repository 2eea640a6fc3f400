//! Layer 4, hidden channels: what a person does not see and a model reads.

use alloc::vec::Vec;

use super::DetectorHit;
use crate::text::decode::{self, Children, hidden};

/// Reads the hidden channels of an original or decoded text: children, and signals for channels that held no text.
pub(crate) fn read(text: &str, hints: decode::Hints, children: &mut Children, hits: &mut Vec<DetectorHit>) {
    decode::peel(text, hints.only_hidden(), children);
    let signals = hidden::signals(text);
    for (rule_id, span) in [
        ("hidden-bidi", signals.unmatched_bidi),
        ("hidden-tags", signals.tag_run),
        ("hidden-variation-selectors", signals.vs_run),
        ("hidden-zero-width", signals.zero_width_run),
        ("stacked-marks", signals.marks_stack),
        ("control-characters", signals.control),
    ] {
        if let Some(span) = span {
            hits.push(DetectorHit { rule_id, span });
        }
    }
}
