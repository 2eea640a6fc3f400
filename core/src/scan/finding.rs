//! What is reported. Knows nothing of the text itself: a finding points, it does not quote.

use alloc::borrow::Cow;

use super::rule::{Category, Confidence, Severity};
use crate::text::{Span, decode::Step};

/// The decode chain of a finding: the steps from the original to the text in which the rule matched.
///
/// Empty when the rule matched the original itself. At most [`Chain::MAX`] steps.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Chain {
    steps: [Option<Step>; Self::MAX],
}

impl Chain {
    /// Longest chain: four decoders, each with a view of what it decoded, and a reading of the last.
    pub const MAX: usize = 10;

    /// This chain with one more step; `None` when it is full.
    #[must_use]
    pub fn then(mut self, step: Step) -> Option<Self> {
        let free = self.steps.iter_mut().find(|s| s.is_none())?;
        *free = Some(step);
        Some(self)
    }

    /// The steps, outermost first.
    pub fn steps(&self) -> impl Iterator<Item = Step> + '_ {
        self.steps.iter().copied().flatten()
    }

    /// Number of steps.
    pub fn len(&self) -> usize {
        self.steps().count()
    }

    /// Whether the rule matched the original text.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl core::fmt::Debug for Chain {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.steps().map(Step::name)).finish()
    }
}

/// One detection. Holds no text, so it may be logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable kebab-case rule id, never reused.
    pub rule_id: Cow<'static, str>,
    /// Attack class.
    pub category: Category,
    /// Harm if true.
    pub severity: Severity,
    /// How likely it is true, after the use-versus-mention layer had its say.
    pub confidence: Confidence,
    /// Points this finding adds to the score, 0 to 1000.
    pub weight: u16,
    /// Where, in bytes of the original text.
    pub span: Span,
    /// Through which decoders.
    pub chain: Chain,
}

impl Finding {
    /// A breached limit, reported even by a rule set that has no rule for it.
    pub(crate) fn of_breach(rule_id: &str, span: Span) -> Self {
        Self {
            rule_id: Cow::Owned(rule_id.into()),
            category: Category::Limit,
            severity: Severity::High,
            confidence: Confidence::High,
            weight: 1000,
            span,
            chain: Chain::default(),
        }
    }
}
