//! What a scanner is built from.

use std::fmt;

use edgewarden_bindings as facade;

use crate::error::EdgewardenError;
use crate::names::{Decision, Layer, Origin, Preset, Strictness};

/// Everything a scanner can be told. The default is the balanced policy, standard strictness and the built-in rules.
#[derive(Clone, Debug, uniffi::Record)]
#[uniffi::export(Display)]
pub struct ScannerOptions {
    /// Thresholds to start from. Default: balanced.
    #[uniffi(default = None)]
    pub preset: Option<Preset>,
    /// Which rules run. Default: standard.
    #[uniffi(default = None)]
    pub strictness: Option<Strictness>,
    /// Thresholds that differ from the preset.
    #[uniffi(default = [])]
    pub thresholds: Vec<OriginThresholds>,
    /// Layers that do not run.
    #[uniffi(default = [])]
    pub disabled_layers: Vec<Layer>,
    /// Ids of rules that do not run.
    #[uniffi(default = [])]
    pub disabled_rules: Vec<String>,
    /// Hosts that links may point to, with their subdomains.
    #[uniffi(default = [])]
    pub allowed_hosts: Vec<String>,
    /// Known-good exceptions.
    #[uniffi(default = [])]
    pub allow: Vec<AllowEntry>,
    /// Words planted in prompts.
    #[uniffi(default = [])]
    pub canaries: Vec<String>,
    /// The answer when a limit was hit. Default: block.
    #[uniffi(default = None)]
    pub on_limit: Option<Decision>,
    /// Caps that differ from the defaults.
    #[uniffi(default = None)]
    pub limits: Option<Limits>,
    /// A compiled rule set instead of the built-in one.
    #[uniffi(default = None)]
    pub rules: Option<Vec<u8>>,
}

/// Thresholds of one origin; what is not given keeps the preset's value. 0 to 1000, 1001 for never.
#[derive(Clone, Debug, uniffi::Record)]
pub struct OriginThresholds {
    /// For texts of this origin.
    pub origin: Origin,
    /// Score from which on the decision is flag.
    #[uniffi(default = None)]
    pub flag: Option<i32>,
    /// Score from which on the decision is block.
    #[uniffi(default = None)]
    pub block: Option<i32>,
    /// Weight of a secret or personal datum from which on the decision is redact.
    #[uniffi(default = None)]
    pub redact: Option<i32>,
}

/// A text that may be found without consequence.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Display)]
pub struct AllowEntry {
    /// What the whole span of the finding reads, ASCII case aside.
    pub text: String,
    /// Only for this rule.
    #[uniffi(default = None)]
    pub rule_id: Option<String>,
    /// Only before this time, in milliseconds since 1970.
    #[uniffi(default = None)]
    pub until: Option<i64>,
}

/// Caps, each 0 or more; what is not given keeps its default.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Limits {
    /// Longest text, in bytes. Default: 8 MiB.
    #[uniffi(default = None)]
    pub input_bytes: Option<i64>,
    /// Most texts one scan looks at. Default: 128.
    #[uniffi(default = None)]
    pub documents: Option<i64>,
    /// Bytes of derived text per byte of input. Default: 6.
    #[uniffi(default = None)]
    pub derived_per_byte: Option<i64>,
    /// Bytes of derived text that are always allowed. Default: 16 KiB.
    #[uniffi(default = None)]
    pub derived_bytes_min: Option<i64>,
    /// Most decoders on top of each other. Default: 4.
    #[uniffi(default = None)]
    pub depth: Option<i64>,
    /// Most findings kept. Default: 1,024.
    #[uniffi(default = None)]
    pub findings: Option<i64>,
    /// Steps of work per byte of input. Default: 96.
    #[uniffi(default = None)]
    pub fuel_per_byte: Option<i64>,
    /// Deepest JSON. Default: 128.
    #[uniffi(default = None)]
    pub json_depth: Option<i64>,
}

impl fmt::Display for ScannerOptions {
    /// Shows how much was given, never texts or canaries.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { preset, strictness, disabled_layers, disabled_rules, allow, canaries, .. } = self;
        f.debug_struct("ScannerOptions")
            .field("preset", preset)
            .field("strictness", strictness)
            .field("thresholds", &self.thresholds.len())
            .field("disabled_layers", disabled_layers)
            .field("disabled_rules", disabled_rules)
            .field("allowed_hosts", &self.allowed_hosts.len())
            .field("allow", &allow.len())
            .field("canaries", &canaries.len())
            .field("rules_bytes", &self.rules.as_ref().map(Vec::len))
            .finish_non_exhaustive()
    }
}

impl fmt::Display for AllowEntry {
    /// Shows the length of the text, never the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bytes, rule_id, until) = (self.text.len(), &self.rule_id, self.until);
        write!(f, "AllowEntry {{ bytes: {bytes}, rule_id: {rule_id:?}, until: {until:?} }}")
    }
}

impl fmt::Debug for AllowEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<ScannerOptions> for facade::ScannerOptions {
    type Error = EdgewardenError;

    fn try_from(options: ScannerOptions) -> Result<Self, EdgewardenError> {
        let allow = options.allow.into_iter().enumerate().map(|(i, entry)| {
            let until = whole(entry.until, || format!("allow.{i}.until"))?;
            Ok(facade::AllowOption { text: entry.text, rule_id: entry.rule_id, until })
        });
        Ok(Self {
            preset: options.preset.map(Into::into),
            strictness: options.strictness.map(Into::into),
            thresholds: options.thresholds.into_iter().map(Into::into).collect(),
            disabled_layers: options.disabled_layers.into_iter().map(Into::into).collect(),
            disabled_rules: options.disabled_rules,
            allowed_hosts: options.allowed_hosts,
            allow: allow.collect::<Result<_, EdgewardenError>>()?,
            canaries: options.canaries,
            on_limit: options.on_limit.map(Into::into),
            limits: options.limits.map_or_else(|| Ok(facade::LimitsOptions::default()), TryInto::try_into)?,
            rules: options.rules,
        })
    }
}

impl From<OriginThresholds> for facade::OriginThresholds {
    fn from(thresholds: OriginThresholds) -> Self {
        let OriginThresholds { origin, flag, block, redact } = thresholds;
        // What does not fit is beyond 1001 too, which the facade refuses by name.
        let points = |given: Option<i32>| given.map(|given| u16::try_from(given).unwrap_or(u16::MAX));
        Self { origin: origin.into(), flag: points(flag), block: points(block), redact: points(redact) }
    }
}

impl TryFrom<Limits> for facade::LimitsOptions {
    type Error = EdgewardenError;

    fn try_from(limits: Limits) -> Result<Self, EdgewardenError> {
        let limit = |given, name| whole(given, || format!("limits.{name}"));
        Ok(Self {
            input_bytes: limit(limits.input_bytes, "inputBytes")?,
            documents: limit(limits.documents, "documents")?,
            derived_per_byte: limit(limits.derived_per_byte, "derivedPerByte")?,
            derived_bytes_min: limit(limits.derived_bytes_min, "derivedBytesMin")?,
            depth: limit(limits.depth, "depth")?,
            findings: limit(limits.findings, "findings")?,
            fuel_per_byte: limit(limits.fuel_per_byte, "fuelPerByte")?,
            json_depth: limit(limits.json_depth, "jsonDepth")?,
        })
    }
}

/// A number that may not be negative.
pub(crate) fn whole(given: Option<i64>, field: impl FnOnce() -> String) -> Result<Option<u64>, EdgewardenError> {
    let Some(given) = given else { return Ok(None) };
    u64::try_from(given).map(Some).map_err(|_| facade::Error::option(field(), "negative").into())
}
