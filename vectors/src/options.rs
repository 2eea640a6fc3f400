//! Options as the vectors write them, turned into a scanner through the builders of the crate.

use edgewarden::scan::{AllowEntry, Canary, Limits, Policy, PromptScanner, Strictness, Thresholds};
use edgewarden::time::Timestamp;
use edgewarden_bindings::{LimitsOptions, OriginThresholds, ScannerOptions};
use serde_json::Value;

/// The scanner of a case.
pub fn scanner(options: Option<&Value>) -> Result<PromptScanner, String> {
    let read = options.map(|options| ScannerOptions::from_json(&options.to_string()));
    let options = read.transpose().map_err(|error| error.to_string())?.unwrap_or_default();
    let mut policy = Policy::preset(options.preset.unwrap_or_default());
    for given in &options.thresholds {
        policy = with_thresholds(policy, given);
    }
    policy = options.disabled_layers.into_iter().fold(policy, Policy::without_layer);
    policy = options.disabled_rules.into_iter().fold(policy, Policy::without_rule);
    policy = options.allowed_hosts.into_iter().fold(policy, Policy::allow_host);
    policy = options.canaries.iter().fold(policy, |policy, word| policy.canary(Canary::from_word(word)));
    for given in options.allow {
        let entry = AllowEntry::text(given.text);
        let entry = given.rule_id.into_iter().fold(entry, AllowEntry::rule);
        let until = given.until.map(Timestamp::from_millis);
        policy = policy.allow(until.into_iter().fold(entry, AllowEntry::until));
    }
    policy = options.on_limit.into_iter().fold(policy, Policy::on_limit);
    let strictness = options.strictness.unwrap_or(Strictness::Standard);
    let builder = PromptScanner::builder().policy(policy).strictness(strictness).limits(limits(options.limits));
    builder.build().map_err(|error| error.to_string())
}

fn with_thresholds(policy: Policy, given: &OriginThresholds) -> Policy {
    let before = policy.thresholds_for(given.origin);
    let thresholds = Thresholds {
        flag: given.flag.unwrap_or(before.flag),
        block: given.block.unwrap_or(before.block),
        redact: given.redact.unwrap_or(before.redact),
    };
    policy.thresholds(given.origin, thresholds)
}

fn limits(given: LimitsOptions) -> Limits {
    let mut limits = Limits::default();
    for (slot, given) in [
        (&mut limits.input_bytes, given.input_bytes),
        (&mut limits.documents, given.documents),
        (&mut limits.derived_per_byte, given.derived_per_byte),
        (&mut limits.derived_bytes_min, given.derived_bytes_min),
        (&mut limits.depth, given.depth),
        (&mut limits.findings, given.findings),
        (&mut limits.fuel_per_byte, given.fuel_per_byte),
        (&mut limits.json_depth, given.json_depth),
    ] {
        *slot = given.map_or(*slot, |given| usize::try_from(given).unwrap_or(usize::MAX));
    }
    limits
}
