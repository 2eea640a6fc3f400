//! Layer 2, provenance: which rules run for whom.

use crate::scan::engine::ruleset::{RuleRef, RuleSet};
use crate::scan::{Origin, Policy, Strictness};

/// The standing of one scan: origin, level and switched-off rules.
#[derive(Clone, Copy)]
pub(crate) struct Standing<'s> {
    pub(crate) rules: &'s RuleSet,
    pub(crate) policy: &'s Policy,
    pub(crate) strictness: Strictness,
    pub(crate) origin: Origin,
    /// Rules run whatever origins they name.
    pub(crate) every_origin: bool,
}

impl<'s> Standing<'s> {
    /// The rule with this number, if it runs here.
    pub(crate) fn rule(&self, id: u16) -> Option<RuleRef<'s>> {
        self.rules.rule(id).filter(|r| {
            r.strictness() <= self.strictness
                && (self.every_origin || r.runs_for(self.origin))
                && !self.policy.disabled_rules.iter().any(|d| d == r.id())
        })
    }
}
