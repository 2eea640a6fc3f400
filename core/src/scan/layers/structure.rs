//! Layer 7, structure: shapes that only make sense as a fake conversation.

use alloc::vec::Vec;

use super::DetectorHit;
use crate::scan::Origin;

/// Looks for fake conversations, policies and tool results.
pub(crate) fn read(_view: &str, _origin: Origin, _hits: &mut Vec<DetectorHit>) {}
