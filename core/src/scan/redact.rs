//! Taking what was found out of the text.

use alloc::string::String;
use alloc::vec::Vec;

use super::finding::Finding;
use crate::text::Span;

/// `text` with every redactable finding replaced by its label.
pub(crate) fn redact(text: &str, findings: &[Finding]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (span, rule_id) in spans(findings) {
        let span = span.snapped(text);
        out.push_str(text.get(at..span.start).unwrap_or(""));
        push_label(&mut out, rule_id);
        at = span.end.max(at);
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

/// The spans to take out, in order, overlapping ones joined under the label of the heavier rule.
pub(crate) fn spans(findings: &[Finding]) -> Vec<(Span, &str)> {
    let mut all: Vec<(Span, u16, &str)> = findings
        .iter()
        .filter(|f| f.category.is_redactable() && !f.span.is_empty())
        .map(|f| (f.span, f.weight, f.rule_id.as_ref()))
        .collect();
    all.sort_unstable();
    let mut joined: Vec<(Span, u16, &str)> = Vec::new();
    for (span, weight, rule) in all {
        match joined.last_mut() {
            Some(last) if last.0.overlaps(span) => {
                last.0 = last.0.cover(span);
                if weight > last.1 {
                    (last.1, last.2) = (weight, rule);
                }
            }
            _ => joined.push((span, weight, rule)),
        }
    }
    joined.into_iter().map(|(span, _, rule)| (span, rule)).collect()
}

/// `email-address` becomes `[email-address]`; the prefix `pii-` of a rule of one's own is left out.
pub(crate) fn push_label(out: &mut String, rule_id: &str) {
    out.push('[');
    out.push_str(rule_id.strip_prefix("pii-").unwrap_or(rule_id));
    out.push(']');
}
