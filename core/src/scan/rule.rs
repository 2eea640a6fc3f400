//! The words every rule is described with.

/// Attack class of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Category {
    /// Orders that try to replace the instructions in force (OWASP LLM01).
    PromptInjection,
    /// Role play, personas and modes that claim to lift the model's rules.
    Jailbreak,
    /// Attempts to read the system prompt or other hidden context (OWASP LLM07).
    PromptExtraction,
    /// Fake message boundaries: chat-template tokens, roles, tool results, policies.
    Delimiter,
    /// Text made unreadable for people or filters.
    Obfuscation,
    /// Channels that carry data out: links, images, tool arguments.
    Exfiltration,
    /// Commands and calls that do damage when a tool runs them.
    DangerousCommand,
    /// Addresses that reach into private networks (CWE-918).
    Ssrf,
    /// Credentials.
    Secret,
    /// Personal data.
    Pii,
    /// A planted marker that came back.
    Canary,
    /// Claims about named people that a person should look at.
    Defamation,
    /// The input broke a limit and could not be scanned to the end.
    Limit,
}

impl Category {
    /// Every category, in order.
    pub const ALL: [Self; 13] = [
        Self::PromptInjection,
        Self::Jailbreak,
        Self::PromptExtraction,
        Self::Delimiter,
        Self::Obfuscation,
        Self::Exfiltration,
        Self::DangerousCommand,
        Self::Ssrf,
        Self::Secret,
        Self::Pii,
        Self::Canary,
        Self::Defamation,
        Self::Limit,
    ];

    /// Stable kebab-case name; also the folder of the rule's file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PromptInjection => "prompt-injection",
            Self::Jailbreak => "jailbreak",
            Self::PromptExtraction => "prompt-extraction",
            Self::Delimiter => "delimiter",
            Self::Obfuscation => "obfuscation",
            Self::Exfiltration => "exfiltration",
            Self::DangerousCommand => "dangerous-command",
            Self::Ssrf => "ssrf",
            Self::Secret => "secret",
            Self::Pii => "pii",
            Self::Canary => "canary",
            Self::Defamation => "defamation",
            Self::Limit => "limit",
        }
    }

    /// The category of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }

    /// Whether the right answer to a certain finding is to remove the text rather than to refuse the message.
    pub const fn is_redactable(self) -> bool {
        matches!(self, Self::Secret | Self::Pii)
    }
}

/// Harm if the finding is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Severity {
    /// Worth knowing.
    Low,
    /// Worth a look.
    Medium,
    /// Should not reach a model or a user.
    High,
    /// Must not reach a model or a user.
    Critical,
}

impl Severity {
    /// Every severity, in order.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// Stable lower-case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// How likely the finding is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Confidence {
    /// More often wrong than right on its own; counts in combination.
    Low,
    /// Usually right.
    Medium,
    /// Right unless the text is about attacks.
    High,
}

impl Confidence {
    /// Every confidence, in order.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// Stable lower-case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// The confidence of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }

    /// One step less sure; `Low` stays `Low`.
    pub const fn lowered(self) -> Self {
        match self {
            Self::High => Self::Medium,
            Self::Medium | Self::Low => Self::Low,
        }
    }
}
