//! Reports as SARIF 2.1.0 (OASIS), the format code scanning services read.

use serde_json::{Map, Value, json};

use crate::catalogue;
use crate::engine::{Finding, Severity, chain_label};
use crate::scan::Scanned;

/// One run with every finding as a result. The texts are not part of it.
pub fn document(all: &[Scanned], complete: bool) -> Value {
    let mut rule_ids: Vec<&str> =
        all.iter().flat_map(|s| s.report.findings()).map(|finding| finding.rule_id.as_ref()).collect();
    rule_ids.sort_unstable();
    rule_ids.dedup();
    let findings = |id: &str| all.iter().flat_map(|s| s.report.findings()).find(|f| f.rule_id == id);
    let rules: Vec<Value> = rule_ids.iter().filter_map(|id| findings(id)).map(rule).collect();
    let results: Vec<Value> = all
        .iter()
        .flat_map(|scanned| {
            let positions = Positions::new(&scanned.text);
            let rule_ids = &rule_ids;
            scanned.report.findings().iter().map(move |f| result(scanned, f, rule_ids, &positions)).collect::<Vec<_>>()
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "edgewarden",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{ "executionSuccessful": complete }],
            "results": results,
        }],
    })
}

fn rule(finding: &Finding) -> Value {
    let known = catalogue::find(&finding.rule_id);
    let mut rule = Map::new();
    rule.insert("id".to_owned(), json!(finding.rule_id));
    let what = known.as_ref().map_or(finding.category.name(), |rule| rule.what.as_str());
    rule.insert("shortDescription".to_owned(), json!({ "text": what }));
    if let Some(known) = &known {
        rule.insert("fullDescription".to_owned(), json!({ "text": known.why }));
        if !known.references.is_empty() {
            rule.insert("help".to_owned(), json!({ "text": known.references.join(", ") }));
        }
    }
    rule.insert("defaultConfiguration".to_owned(), json!({ "level": level(finding.severity) }));
    rule.insert("properties".to_owned(), json!({ "tags": ["security", finding.category.name()] }));
    Value::Object(rule)
}

fn result(scanned: &Scanned, finding: &Finding, rule_ids: &[&str], positions: &Positions<'_>) -> Value {
    let what = catalogue::find(&finding.rule_id).map_or_else(|| finding.category.name().to_owned(), |rule| rule.what);
    let chain = chain_label(finding);
    let message = if chain.is_empty() { what } else { format!("{what} (read through {chain})") };
    let start = positions.of(finding.span.start);
    let end = positions.of(finding.span.end);
    json!({
        "ruleId": finding.rule_id,
        "ruleIndex": rule_ids.binary_search(&finding.rule_id.as_ref()).unwrap_or_default(),
        "level": level(finding.severity),
        "message": { "text": message },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(scanned) },
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
                "charOffset": start.chars,
                "charLength": end.chars.saturating_sub(start.chars),
                "byteOffset": finding.span.start,
                "byteLength": finding.span.len(),
            },
        }}],
        "properties": {
            "category": finding.category.name(),
            "severity": finding.severity.name(),
            "confidence": finding.confidence.name(),
            "weight": finding.weight,
            "decision": scanned.report.decision().name(),
            "score": scanned.report.score(),
            "origin": scanned.origin.name(),
            "chain": finding.chain.steps().map(|step| step.name()).collect::<Vec<_>>(),
        },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// A relative URI reference (RFC 3986): path separators stay, what is not allowed is percent-encoded.
fn uri(scanned: &Scanned) -> String {
    let name = if scanned.is_file { scanned.name.replace('\\', "/") } else { scanned.name.replace([' ', '/'], "-") };
    let mut uri = String::new();
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// Line, column and character offset of byte offsets, without rescanning the text for each finding.
struct Positions<'a> {
    text: &'a str,
    /// For each line: its first byte and the number of characters before it.
    lines: Vec<(usize, usize)>,
}

struct Position {
    line: usize,
    column: usize,
    chars: usize,
}

impl<'a> Positions<'a> {
    fn new(text: &'a str) -> Self {
        let mut lines = vec![(0, 0)];
        let mut chars = 0;
        for (at, c) in text.char_indices() {
            chars += 1;
            if c == '\n' {
                lines.push((at + 1, chars));
            }
        }
        Self { text, lines }
    }

    /// The position of a byte offset; lines and columns count from 1, characters from 0.
    fn of(&self, byte: usize) -> Position {
        let line = self.lines.partition_point(|(start, _)| *start <= byte).max(1);
        let (start, before) = self.lines.get(line - 1).copied().unwrap_or_default();
        let inside = self.text.get(start..byte).map_or(0, |head| head.chars().count());
        Position { line, column: inside + 1, chars: before + inside }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_not_bytes() {
        let positions = Positions::new("añ\nb😀c");
        let at = positions.of("añ\nb😀".len());
        assert_eq!((at.line, at.column, at.chars), (2, 3, 5));
        let first = positions.of(0);
        assert_eq!((first.line, first.column, first.chars), (1, 1, 0));
    }
}
