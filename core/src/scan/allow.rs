//! Known-good exceptions: a text that a rule may find without consequence, for a while or for good.

use alloc::string::String;

use crate::time::Timestamp;

/// One exception of an allow-list.
#[derive(Clone, PartialEq, Eq)]
pub struct AllowEntry {
    text: String,
    rule_id: Option<String>,
    expires_at: Option<Timestamp>,
}

impl AllowEntry {
    /// Allows findings whose whole span reads `text`, ASCII case aside.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), rule_id: None, expires_at: None }
    }

    /// Only for this rule.
    #[must_use]
    pub fn rule(mut self, rule_id: impl Into<String>) -> Self {
        self.rule_id = Some(rule_id.into());
        self
    }

    /// Only before this time. A scan that does not say what time it is treats the entry as expired.
    #[must_use]
    pub fn until(mut self, expires_at: Timestamp) -> Self {
        self.expires_at = Some(expires_at);
        self
    }

    pub(crate) fn covers(&self, rule_id: &str, slice: &str, now: Option<Timestamp>) -> bool {
        let in_force = match (self.expires_at, now) {
            (None, _) => true,
            (Some(expires_at), Some(now)) => now < expires_at,
            (Some(_), None) => false,
        };
        in_force && self.rule_id.as_deref().is_none_or(|r| r == rule_id) && self.text.eq_ignore_ascii_case(slice)
    }
}

impl core::fmt::Debug for AllowEntry {
    /// Shows the length of the text, never the text.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("AllowEntry")
            .field("bytes", &self.text.len())
            .field("rule_id", &self.rule_id)
            .field("expires_at", &self.expires_at)
            .finish()
    }
}
