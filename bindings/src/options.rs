//! What a scanner is built from, as values or as JSON.

use edgewarden::scan::{
    AllowEntry, Canary, Decision, Layer, Limits, Origin, Policy, Preset, PromptScanner, RuleSet, Strictness,
};
use edgewarden::text::json::Json;
use edgewarden::time::Timestamp;

use crate::error::{Error, Fault};

/// Everything a scanner can be told. The default is the balanced policy, standard strictness and the built-in rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScannerOptions {
    /// Thresholds to start from. Default: balanced.
    pub preset: Option<Preset>,
    /// Which rules run. Default: standard.
    pub strictness: Option<Strictness>,
    /// Thresholds that differ from the preset.
    pub thresholds: Vec<OriginThresholds>,
    /// Layers that do not run.
    pub disabled_layers: Vec<Layer>,
    /// Ids of rules that do not run.
    pub disabled_rules: Vec<String>,
    /// Hosts that links may point to, with their subdomains.
    pub allowed_hosts: Vec<String>,
    /// Known-good exceptions.
    pub allow: Vec<AllowOption>,
    /// Words planted in prompts.
    pub canaries: Vec<String>,
    /// The answer when a limit was hit. Default: block.
    pub on_limit: Option<Decision>,
    /// Caps that differ from the defaults.
    pub limits: LimitsOptions,
    /// A compiled rule set instead of the built-in one.
    pub rules: Option<Vec<u8>>,
}

/// Thresholds of one origin; what is not given keeps the preset's value. 0 to 1000, 1001 for never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OriginThresholds {
    /// For texts of this origin.
    pub origin: Origin,
    /// Score from which on the decision is flag.
    pub flag: Option<u16>,
    /// Score from which on the decision is block.
    pub block: Option<u16>,
    /// Weight of a secret or personal datum from which on the decision is redact.
    pub redact: Option<u16>,
}

/// A text that may be found without consequence.
#[derive(Clone, PartialEq, Eq)]
pub struct AllowOption {
    /// What the whole span of the finding reads, ASCII case aside.
    pub text: String,
    /// Only for this rule.
    pub rule_id: Option<String>,
    /// Only before this time, in milliseconds since 1970.
    pub until: Option<u64>,
}

impl std::fmt::Debug for AllowOption {
    /// Shows the length of the text, never the text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (bytes, rule_id, until) = (self.text.len(), &self.rule_id, self.until);
        write!(f, "AllowOption {{ bytes: {bytes}, rule_id: {rule_id:?}, until: {until:?} }}")
    }
}

/// Caps; `None` keeps the default. See [`Limits`] for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitsOptions {
    /// Longest text, in bytes.
    pub input_bytes: Option<u64>,
    /// Most texts one scan looks at.
    pub documents: Option<u64>,
    /// Bytes of derived text per byte of input.
    pub derived_per_byte: Option<u64>,
    /// Bytes of derived text that are always allowed.
    pub derived_bytes_min: Option<u64>,
    /// Most decoders on top of each other.
    pub depth: Option<u64>,
    /// Most findings kept.
    pub findings: Option<u64>,
    /// Steps of work per byte of input.
    pub fuel_per_byte: Option<u64>,
    /// Deepest JSON.
    pub json_depth: Option<u64>,
}

impl ScannerOptions {
    /// Reads the JSON form that the dynamic languages use:
    ///
    /// `{"preset": "balanced", "strictness": "standard", "thresholds": {"user": {"flag": 300, "block": 600, "redact":
    /// 400}}, "disabledLayers": ["fuzzy"], "disabledRules": ["email-address"], "allowedHosts": ["example.com"],
    /// "allow": [{"text": "...", "ruleId": "...", "until": 1790000000000}], "canaries": ["..."], "onLimit": "block",
    /// "limits": {"inputBytes": 100000}}`
    ///
    /// Every member is optional; an unknown one is an error, for a misspelt option must not pass for a default.
    ///
    /// # Errors
    /// `invalid_option` with the path of the member; `invalid_json` for what is not JSON.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let value = document(json)?;
        let mut options = Self::default();
        for (name, value) in members(&value, "options")? {
            match name.as_str() {
                "preset" => options.preset = Some(named(value, name, Preset::from_name)?),
                "strictness" => options.strictness = Some(named(value, name, Strictness::from_name)?),
                "thresholds" => options.thresholds = thresholds(value)?,
                "disabledLayers" => {
                    options.disabled_layers = each(value, name, |value, field| named(value, field, Layer::from_name))?;
                }
                "disabledRules" => options.disabled_rules = each(value, name, string)?,
                "allowedHosts" => options.allowed_hosts = each(value, name, string)?,
                "allow" => options.allow = each(value, name, allow)?,
                "canaries" => options.canaries = each(value, name, string)?,
                "onLimit" => options.on_limit = Some(named(value, name, Decision::from_name)?),
                "limits" => options.limits = limits(value)?,
                _ => return Err(Error::option(name, "unknown")),
            }
        }
        Ok(options)
    }

    /// The scanner.
    ///
    /// # Errors
    /// Codes of the rule set, `invalid_thresholds`, `invalid_limits`, `invalid_option`.
    pub(crate) fn build(self) -> Result<PromptScanner, Error> {
        let mut policy = Policy::preset(self.preset.unwrap_or_default());
        for t in &self.thresholds {
            let mut thresholds = policy.thresholds_for(t.origin);
            let name = t.origin.name();
            for (slot, given, what) in [
                (&mut thresholds.flag, t.flag, "flag"),
                (&mut thresholds.block, t.block, "block"),
                (&mut thresholds.redact, t.redact, "redact"),
            ] {
                let given = given.unwrap_or(*slot);
                if given > THRESHOLD_MAX {
                    return Err(Error::option(format!("thresholds.{name}.{what}"), "not from 0 to 1001"));
                }
                *slot = given;
            }
            policy = policy.thresholds(t.origin, thresholds);
        }
        policy = self.disabled_layers.into_iter().fold(policy, Policy::without_layer);
        policy = self.disabled_rules.into_iter().fold(policy, Policy::without_rule);
        policy = self.allowed_hosts.into_iter().fold(policy, Policy::allow_host);
        policy = self.canaries.iter().fold(policy, |policy, word| policy.canary(Canary::from_word(word)));
        for entry in self.allow {
            let mut allowed = AllowEntry::text(entry.text);
            if let Some(rule_id) = entry.rule_id {
                allowed = allowed.rule(rule_id);
            }
            if let Some(until) = entry.until {
                allowed = allowed.until(Timestamp::from_millis(until));
            }
            policy = policy.allow(allowed);
        }
        if let Some(decision) = self.on_limit {
            policy = policy.on_limit(decision);
        }
        let mut builder = PromptScanner::builder()
            .policy(policy)
            .strictness(self.strictness.unwrap_or_default())
            .limits(self.limits.over(Limits::default()));
        if let Some(rules) = self.rules {
            builder = builder.rules(RuleSet::from_bytes(rules)?);
        }
        Ok(builder.build()?)
    }
}

impl LimitsOptions {
    fn over(self, defaults: Limits) -> Limits {
        // A limit beyond the address space is no limit.
        let or = |given: Option<u64>, default: usize| {
            given.map_or(default, |given| usize::try_from(given).unwrap_or(usize::MAX))
        };
        Limits {
            input_bytes: or(self.input_bytes, defaults.input_bytes),
            documents: or(self.documents, defaults.documents),
            derived_per_byte: or(self.derived_per_byte, defaults.derived_per_byte),
            derived_bytes_min: or(self.derived_bytes_min, defaults.derived_bytes_min),
            depth: or(self.depth, defaults.depth),
            findings: or(self.findings, defaults.findings),
            fuel_per_byte: or(self.fuel_per_byte, defaults.fuel_per_byte),
            json_depth: or(self.json_depth, defaults.json_depth),
        }
    }
}

fn thresholds(value: &Json) -> Result<Vec<OriginThresholds>, Error> {
    let mut all = Vec::new();
    for (name, value) in members(value, "thresholds")? {
        let field = format!("thresholds.{name}");
        let origin = Origin::from_name(name).ok_or_else(|| Error::option(&field, "no such origin"))?;
        let mut one = OriginThresholds { origin, flag: None, block: None, redact: None };
        for (name, value) in members(value, &field)? {
            let field = format!("{field}.{name}");
            let points = || {
                let points = value.as_u53().and_then(|points| u16::try_from(points).ok());
                points.map(Some).ok_or_else(|| Error::option(&field, "not from 0 to 1001"))
            };
            match name.as_str() {
                "flag" => one.flag = points()?,
                "block" => one.block = points()?,
                "redact" => one.redact = points()?,
                _ => return Err(Error::option(field, "unknown")),
            }
        }
        all.push(one);
    }
    Ok(all)
}

fn allow(value: &Json, field: &str) -> Result<AllowOption, Fault> {
    let (mut text, mut rule_id, mut until) = (None, None, None);
    for (name, value) in members(value, field)? {
        let field = format!("{field}.{name}");
        match name.as_str() {
            "text" => text = Some(string(value, &field)?),
            "ruleId" => rule_id = Some(string(value, &field)?),
            "until" => until = Some(whole(value, &field)?),
            _ => return Err(Error::option(field, "unknown").into()),
        }
    }
    let text = text.ok_or_else(|| Error::option(format!("{field}.text"), "missing"))?;
    Ok(AllowOption { text, rule_id, until })
}

fn limits(value: &Json) -> Result<LimitsOptions, Error> {
    let mut limits = LimitsOptions::default();
    for (name, value) in members(value, "limits")? {
        let slot = match name.as_str() {
            "inputBytes" => &mut limits.input_bytes,
            "documents" => &mut limits.documents,
            "derivedPerByte" => &mut limits.derived_per_byte,
            "derivedBytesMin" => &mut limits.derived_bytes_min,
            "depth" => &mut limits.depth,
            "findings" => &mut limits.findings,
            "fuelPerByte" => &mut limits.fuel_per_byte,
            "jsonDepth" => &mut limits.json_depth,
            _ => return Err(Error::option(format!("limits.{name}"), "unknown")),
        };
        *slot = Some(whole(value, &format!("limits.{name}"))?);
    }
    Ok(limits)
}

/// The JSON of options.
pub(crate) fn document(json: &str) -> Result<Json, Fault> {
    Json::parse(json, OPTIONS_DEPTH)
        .map_err(|e| Box::new(Error { offset: Some(e.offset()), ..Error::new("invalid_json", e.to_string()) }))
}

pub(crate) fn members<'j>(value: &'j Json, field: &str) -> Result<&'j [(String, Json)], Fault> {
    value.as_object().ok_or_else(|| wrong(field, "not an object"))
}

pub(crate) fn each<T>(
    value: &Json,
    field: &str,
    one: impl Fn(&Json, &str) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let elements = value.as_array().ok_or_else(|| wrong(field, "not a list"))?;
    elements.iter().enumerate().map(|(i, value)| one(value, &format!("{field}.{i}"))).collect()
}

pub(crate) fn named<T>(value: &Json, field: &str, from_name: impl Fn(&str) -> Option<T>) -> Result<T, Fault> {
    let name = value.as_str().ok_or_else(|| wrong(field, "not a string"))?;
    from_name(name).ok_or_else(|| wrong(field, "no such name"))
}

pub(crate) fn string(value: &Json, field: &str) -> Result<String, Fault> {
    value.as_str().map(str::to_owned).ok_or_else(|| wrong(field, "not a string"))
}

pub(crate) fn whole(value: &Json, field: &str) -> Result<u64, Fault> {
    value.as_u53().ok_or_else(|| wrong(field, "not a whole number from 0 to 2^53 - 1"))
}

#[cold]
#[inline(never)]
pub(crate) fn wrong(field: &str, what: &str) -> Fault {
    Box::new(Error::option(field, what))
}

const OPTIONS_DEPTH: usize = 8;
const THRESHOLD_MAX: u16 = 1001;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_option_has_its_place() {
        let json = r#"{"preset": "strict", "strictness": "paranoid", "thresholds": {"tool": {"flag": 1, "block": 1001}},
            "disabledLayers": ["fuzzy"], "disabledRules": ["a"], "allowedHosts": ["example.com"], "allow": [{"text": "t",
            "ruleId": "r", "until": 5}], "canaries": ["w"], "onLimit": "flag", "limits": {"inputBytes": 10}}"#;
        let options = ScannerOptions::from_json(json).unwrap();
        assert_eq!(options.preset, Some(Preset::Strict));
        assert_eq!(options.thresholds[0].block, Some(1001));
        assert_eq!(options.allow[0].until, Some(5));
        assert_eq!(options.limits.input_bytes, Some(10));
        assert!(options.build().is_ok());
    }

    #[test]
    fn errors_name_the_option_and_not_its_value() {
        for (json, field) in [
            (r#"{"presett": "hush"}"#, "presett"),
            (r#"{"preset": "hush"}"#, "preset"),
            (r#"{"preset": null}"#, "preset"),
            (r#"["hush"]"#, "options"),
            (r#"{"thresholds": {"user": {"flag": "hush"}}}"#, "thresholds.user.flag"),
            (r#"{"thresholds": {"user": {"flag": 1002}}}"#, "thresholds.user.flag"),
            (r#"{"disabledLayers": ["fuzzy", "hush"]}"#, "disabledLayers.1"),
            (r#"{"allow": [{"ruleId": "hush"}]}"#, "allow.0.text"),
            (r#"{"limits": {"findings": 9007199254740993}}"#, "limits.findings"),
        ] {
            let error = ScannerOptions::from_json(json).and_then(ScannerOptions::build).err().unwrap();
            assert_eq!((error.code, error.field.as_deref()), ("invalid_option", Some(field)), "{json}");
            assert!(!error.message.contains("hush"), "{error}");
        }
        assert_eq!(ScannerOptions::from_json("{").unwrap_err().code, "invalid_json");
        let error = ScannerOptions::from_json(r#"{"thresholds": {"user": {"flag": 900}}}"#).unwrap().build();
        assert_eq!(error.unwrap_err().code, "invalid_thresholds");
    }
}
