//! Maps a score and findings to a decision. Knows nothing of rules or text.

/// What the host should do. Ordered: a later one is stronger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Decision {
    /// Let it pass.
    #[default]
    Allow,
    /// Let it pass, but tell someone.
    Flag,
    /// Let it pass after [`redact`](super::ScanReport::redact).
    Redact,
    /// Do not let it pass. Also the answer when no decision could be reached safely.
    Block,
}

impl Decision {
    /// Every decision, weakest first.
    pub const ALL: [Self; 4] = [Self::Allow, Self::Flag, Self::Redact, Self::Block];

    /// Stable lower-case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Flag => "flag",
            Self::Redact => "redact",
            Self::Block => "block",
        }
    }
}

/// Which rules run. Higher levels accept more false positives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Strictness {
    /// Only rules that are practically never wrong.
    Relaxed,
    /// The default.
    #[default]
    Standard,
    /// Also rules that are sometimes wrong.
    Strict,
    /// Every rule.
    Paranoid,
}

impl Strictness {
    /// Every level, weakest first.
    pub const ALL: [Self; 4] = [Self::Relaxed, Self::Standard, Self::Strict, Self::Paranoid];

    /// Stable lower-case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Relaxed => "relaxed",
            Self::Standard => "standard",
            Self::Strict => "strict",
            Self::Paranoid => "paranoid",
        }
    }

    /// The level of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}
