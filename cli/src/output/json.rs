//! Reports as one JSON document.

use serde_json::{Value, json};

use crate::engine::Finding;
use crate::scan::Scanned;

/// Every report; the texts are not part of it.
pub fn document(all: &[Scanned], complete: bool) -> Value {
    json!({
        "tool": "edgewarden",
        "version": env!("CARGO_PKG_VERSION"),
        "complete": complete,
        "results": all.iter().map(result).collect::<Vec<_>>(),
    })
}

fn result(scanned: &Scanned) -> Value {
    json!({
        "input": scanned.name,
        "origin": scanned.origin.name(),
        "bytes": scanned.text.len(),
        "decision": scanned.report.decision().name(),
        "score": scanned.report.score(),
        "findings": scanned.report.findings().iter().map(finding).collect::<Vec<_>>(),
        "findings_dropped": scanned.report.findings_dropped(),
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "rule_id": finding.rule_id,
        "category": finding.category.name(),
        "severity": finding.severity.name(),
        "confidence": finding.confidence.name(),
        "weight": finding.weight,
        "start": finding.span.start,
        "end": finding.span.end,
        "chain": finding.chain.steps().map(|step| step.name()).collect::<Vec<_>>(),
    })
}
