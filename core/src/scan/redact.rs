//! Taking what was found out of the text.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::finding::Finding;
use crate::text::Span;

/// A credential or personal datum to be replaced, overlapping findings joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redaction {
    /// Where it stands, in bytes of the original text.
    pub span: Span,
    /// What stands there instead, between brackets: `email-address` for `[email-address]`.
    pub label: Cow<'static, str>,
}

impl Redaction {
    /// What to replace in the text these findings are about, in order and without overlap.
    pub fn of(findings: &[Finding]) -> Vec<Self> {
        let spans = spans(findings).into_iter();
        spans.map(|(span, rule_id)| Self { span, label: label(rule_id.clone()) }).collect()
    }

    /// `text` with each of `redactions` replaced by its label. They must be in order, as [`of`](Self::of) gives them.
    pub fn apply(text: &str, redactions: &[Self]) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for redaction in redactions {
            let span = redaction.span.snapped(text);
            out.push_str(text.get(at..span.start).unwrap_or(""));
            push_label(&mut out, &redaction.label);
            at = span.end.max(at);
        }
        out.push_str(text.get(at..).unwrap_or(""));
        out
    }
}

/// The spans to take out, in order, overlapping ones joined under the label of the heavier rule.
fn spans(findings: &[Finding]) -> Vec<(Span, &Cow<'static, str>)> {
    let mut all: Vec<(Span, u16, &Cow<'static, str>)> = findings
        .iter()
        .filter(|f| f.category.is_redactable() && !f.span.is_empty())
        .map(|f| (f.span, f.weight, &f.rule_id))
        .collect();
    all.sort_unstable();
    let mut joined: Vec<(Span, u16, &Cow<'static, str>)> = Vec::new();
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

/// The name a rule gives to what it finds: its id, without the prefix `pii-` of a rule of one's own.
fn label(rule_id: Cow<'static, str>) -> Cow<'static, str> {
    match rule_id {
        Cow::Borrowed(id) => Cow::Borrowed(id.strip_prefix("pii-").unwrap_or(id)),
        Cow::Owned(id) => Cow::Owned(id.strip_prefix("pii-").map_or_else(|| id.clone(), Into::into)),
    }
}

pub(crate) fn push_label(out: &mut String, label: &str) {
    out.push('[');
    out.push_str(label);
    out.push(']');
}
