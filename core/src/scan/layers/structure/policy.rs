//! Policy puppetry: orders dressed as a policy file, whichever the syntax (HiddenLayer, 2025).

use alloc::vec::Vec;

use super::words::{Key, holds_policy};
use super::{DetectorHit, ahead};
use crate::text::Span;

/// The policy-like keys of a text.
#[derive(Debug, Default)]
pub(super) struct Policy {
    keys: u32,
    telling: u32,
    commands: bool,
    looked: usize,
    span: Option<Span>,
}

impl Policy {
    /// A key that stands at `place`; its value follows.
    pub(super) fn key(&mut self, bytes: &[u8], place: (usize, usize), key: Key) {
        let bit = 1u32.checked_shl(u32::from(key.number)).unwrap_or(0);
        self.keys |= bit;
        if key.telling {
            self.telling |= bit;
        }
        let start = self.span.map_or(place.0, |s| s.start);
        self.span = Some(Span::new(start, place.1));
        // A text full of keys is looked into at the first ones only: each look costs.
        if !self.commands && self.looked < LOOKS_MAX {
            self.looked += 1;
            self.commands = holds_policy(ahead(bytes, place.1, VALUE_BYTES));
        }
    }

    pub(super) fn finish(self, hits: &mut Vec<DetectorHit>) {
        let Some(span) = self.span.filter(|_| self.commands) else { return };
        let (keys, telling) = (self.keys.count_ones(), self.telling.count_ones());
        let rule_id = match (telling, keys) {
            (2.., _) => "policy-puppetry",
            (1, 2..) | (0, 4..) => "policy-keys",
            _ => return,
        };
        hits.push(DetectorHit { rule_id, span });
    }
}

/// Values looked into.
const LOOKS_MAX: usize = 48;
/// Bytes of a value looked into.
const VALUE_BYTES: usize = 100;
