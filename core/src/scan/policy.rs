//! Maps a score and findings to a decision. Knows nothing of rules or text.

use alloc::string::String;
use alloc::vec::Vec;

use super::allow::AllowEntry;
use super::canary::Canary;
use super::input::Origin;
use super::layers::{Layer, LayerSet};

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

    /// The decision of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.name() == name)
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

/// Scores from which a decision is taken, 0 to 1000. A value above 1000 is never reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// From here on: [`Decision::Flag`].
    pub flag: u16,
    /// From here on: [`Decision::Block`].
    pub block: u16,
    /// Weight of a secret or personal datum from which on the answer is [`Decision::Redact`].
    pub redact: u16,
}

/// Ready-made sets of thresholds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// Fewer alarms: only combinations of strong findings block.
    Relaxed,
    /// The default: one certain attack blocks, one probable attack flags.
    #[default]
    Balanced,
    /// More alarms: one probable attack blocks.
    Strict,
}

/// Maps findings to a decision: thresholds per origin, layers that run, rules that do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    pub(crate) thresholds: [Thresholds; 5],
    pub(crate) layers: LayerSet,
    pub(crate) disabled_rules: Vec<String>,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) allowlist: Vec<AllowEntry>,
    pub(crate) canaries: Vec<Canary>,
    pub(crate) on_limit: Decision,
}

impl Policy {
    /// The policy of a preset.
    pub fn preset(preset: Preset) -> Self {
        let [flag, block] = match preset {
            Preset::Relaxed => [450, 850],
            Preset::Balanced => [300, 600],
            Preset::Strict => [200, 350],
        };
        let base = Thresholds { flag, block, redact: 400 };
        let data = Thresholds { flag: flag - 50, block: block - 100, ..base };
        let system = Thresholds { flag: flag * 2, block: 1001, ..base };
        let thresholds = [system, base, base, data, data];
        Self {
            thresholds,
            layers: LayerSet::all(),
            disabled_rules: Vec::new(),
            allowed_hosts: Vec::new(),
            allowlist: Vec::new(),
            canaries: Vec::new(),
            on_limit: Decision::Block,
        }
    }

    /// Thresholds for one origin.
    #[must_use]
    pub fn thresholds(mut self, origin: Origin, thresholds: Thresholds) -> Self {
        if let Some(slot) = self.thresholds.get_mut(origin as usize) {
            *slot = thresholds;
        }
        self
    }

    /// Switches a layer off. The envelope and the decision always run.
    #[must_use]
    pub fn without_layer(mut self, layer: Layer) -> Self {
        self.layers.remove(layer);
        self
    }

    /// Switches a rule off by id.
    #[must_use]
    pub fn without_rule(mut self, rule_id: impl Into<String>) -> Self {
        self.disabled_rules.push(rule_id.into());
        self
    }

    /// Hosts that links and images may point to: `example.com` stands for itself and its subdomains.
    #[must_use]
    pub fn allow_host(mut self, host: impl Into<String>) -> Self {
        self.allowed_hosts.push(host.into());
        self
    }

    /// Adds a known-good exception.
    #[must_use]
    pub fn allow(mut self, entry: AllowEntry) -> Self {
        self.allowlist.push(entry);
        self
    }

    /// Looks for a planted canary.
    #[must_use]
    pub fn canary(mut self, canary: Canary) -> Self {
        self.canaries.push(canary);
        self
    }

    /// What to answer when a limit was hit and the text could not be scanned to the end. Default: [`Decision::Block`].
    #[must_use]
    pub fn on_limit(mut self, decision: Decision) -> Self {
        self.on_limit = decision;
        self
    }

    /// The thresholds in force for `origin`.
    pub fn thresholds_for(&self, origin: Origin) -> Thresholds {
        self.thresholds.get(origin as usize).copied().unwrap_or(Thresholds { flag: 0, block: 0, redact: 0 })
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::preset(Preset::Balanced)
    }
}

impl Preset {
    /// Stable lower-case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Relaxed => "relaxed",
            Self::Balanced => "balanced",
            Self::Strict => "strict",
        }
    }

    /// The preset of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Relaxed, Self::Balanced, Self::Strict].into_iter().find(|p| p.name() == name)
    }
}
