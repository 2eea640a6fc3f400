//! Layer 16, decision: one score from many findings, one decision from score and thresholds.

use crate::scan::finding::Finding;
use crate::scan::policy::{Decision, Thresholds};
use crate::scan::rule::Category;

/// Score and decision for the findings of one scan, which may be in any order.
pub(crate) fn decide(findings: &[Finding], thresholds: Thresholds, on_limit: Decision) -> (u16, Decision) {
    let attack = fuse(findings.iter().filter(|f| is_attack(f.category)));
    let data = findings.iter().filter(|f| f.category.is_redactable()).map(|f| f.weight).max().unwrap_or(0);
    let mut decision = Decision::Allow;
    if attack >= thresholds.flag
        || data >= thresholds.flag
        || findings.iter().any(|f| f.category == Category::Defamation)
    {
        decision = Decision::Flag;
    }
    if data >= thresholds.redact {
        decision = Decision::Redact;
    }
    if attack >= thresholds.block {
        decision = Decision::Block;
    }
    let mut score = attack.max(data);
    if findings.iter().any(|f| f.category == Category::Limit) {
        decision = decision.max(on_limit);
        score = SCORE_MAX;
    }
    (score, decision)
}

/// The strongest rule counts whole, each further one half of the one before: two probable attacks are more than one, ten
/// weak signs are not ten times one. A rule counts once however often it matched.
fn fuse<'a>(findings: impl Iterator<Item = &'a Finding>) -> u16 {
    let mut strongest: [(u16, &str); RULES_COUNTED] = [(0, ""); RULES_COUNTED];
    for finding in findings {
        insert(&mut strongest, finding.weight, &finding.rule_id);
    }
    let sum: u32 = strongest.iter().enumerate().map(|(i, (weight, _))| u32::from(*weight) >> i).sum();
    sum.min(u32::from(SCORE_MAX)) as u16
}

/// Keeps `strongest` sorted, one place per rule.
fn insert<'a>(strongest: &mut [(u16, &'a str); RULES_COUNTED], weight: u16, rule: &'a str) {
    let last = RULES_COUNTED - 1;
    let mut at = strongest.iter().position(|(_, r)| *r == rule).unwrap_or(last);
    match strongest.get_mut(at) {
        Some(place) if place.0 < weight => *place = (weight, rule),
        _ => return,
    }
    // Only the place that changed can be out of order.
    while let Some(before) = at.checked_sub(1)
        && let (Some(a), Some(b)) = (strongest.get(before).copied(), strongest.get(at).copied())
        && (a.0 < b.0 || (a.0 == b.0 && a.1 > b.1))
    {
        strongest.swap(before, at);
        at = before;
    }
}

/// Whether the category says "someone attacks" rather than "there is data" or "a person should look".
fn is_attack(category: Category) -> bool {
    !category.is_redactable() && !matches!(category, Category::Defamation | Category::Limit)
}

const SCORE_MAX: u16 = 1000;
/// The sixth rule would count a thirty-second of its weight.
const RULES_COUNTED: usize = 6;
