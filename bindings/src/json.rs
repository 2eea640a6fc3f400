//! Plain data as JSON with camelCase names, for hosts that read JSON faster than they read fields.

use std::fmt::Write;

use crate::error::{CatalogueEntry, Error};
use crate::pseudonym::Pseudonymized;
use crate::report::{BatchItem, Finding, JsonFinding, JsonReport, Redaction, Report, StreamOutput};
use crate::scanner::RuleInfo;

/// Has a JSON form.
pub trait ToJson {
    /// Appends the JSON form.
    fn write_json(&self, out: &mut String);

    /// The JSON form.
    fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }
}

impl ToJson for Report {
    fn write_json(&self, out: &mut String) {
        head(out, self.decision.name(), self.score);
        member(out, "findings", &self.findings);
        member(out, "redactions", &self.redactions);
        let (dropped, allowed, revision) = (self.findings_dropped, self.findings_allowed, self.rules_revision);
        number(out, "findingsDropped", dropped);
        number(out, "findingsAllowed", allowed);
        number(out, "rulesRevision", revision as usize);
        out.push('}');
    }
}

impl ToJson for JsonReport {
    fn write_json(&self, out: &mut String) {
        head(out, self.decision.name(), self.score);
        member(out, "findings", &self.findings);
        member(out, "redactions", &self.redactions);
        number(out, "strings", self.strings);
        out.push('}');
    }
}

impl ToJson for StreamOutput {
    fn write_json(&self, out: &mut String) {
        head(out, self.decision.name(), self.score);
        out.push_str(",\"release\":");
        self.release.write_json(out);
        member(out, "findings", &self.findings);
        out.push('}');
    }
}

impl ToJson for Finding {
    fn write_json(&self, out: &mut String) {
        out.push('{');
        fields(self, out);
        out.push('}');
    }
}

impl ToJson for JsonFinding {
    fn write_json(&self, out: &mut String) {
        out.push_str("{\"pointer\":");
        self.pointer.write_json(out);
        out.push(',');
        fields(&self.finding, out);
        out.push('}');
    }
}

impl ToJson for Redaction {
    fn write_json(&self, out: &mut String) {
        let _ = write!(out, "{{\"start\":{},\"end\":{},\"label\":", self.start, self.end);
        self.label.write_json(out);
        out.push('}');
    }
}

impl ToJson for Pseudonymized {
    fn write_json(&self, out: &mut String) {
        out.push_str("{\"text\":");
        self.text.write_json(out);
        member(out, "originals", &self.originals);
        out.push('}');
    }
}

impl ToJson for RuleInfo {
    fn write_json(&self, out: &mut String) {
        out.push_str("{\"id\":");
        self.id.write_json(out);
        let names = [self.category.name(), self.severity.name(), self.confidence.name(), self.strictness.name()];
        for (name, value) in ["category", "severity", "confidence", "strictness"].iter().zip(names) {
            let _ = write!(out, ",\"{name}\":\"{value}\"");
        }
        number(out, "weight", usize::from(self.weight));
        member(out, "languages", &self.languages);
        out.push('}');
    }
}

impl ToJson for Error {
    fn write_json(&self, out: &mut String) {
        let _ = write!(out, "{{\"code\":\"{}\",\"message\":", self.code);
        self.message.write_json(out);
        if let Some(offset) = self.offset {
            number(out, "offset", offset);
        }
        if let Some(field) = &self.field {
            out.push_str(",\"field\":");
            field.write_json(out);
        }
        out.push('}');
    }
}

impl ToJson for CatalogueEntry {
    fn write_json(&self, out: &mut String) {
        let _ = write!(out, "{{\"code\":\"{}\",\"when\":", self.code);
        self.when.write_json(out);
        out.push('}');
    }
}

/// A report, or `{"error": ...}`.
impl ToJson for BatchItem {
    fn write_json(&self, out: &mut String) {
        match self {
            Ok(report) => report.write_json(out),
            Err(error) => {
                out.push_str("{\"error\":");
                error.write_json(out);
                out.push('}');
            }
        }
    }
}

/// `[placeholder, value]`
impl ToJson for (String, String) {
    fn write_json(&self, out: &mut String) {
        out.push('[');
        self.0.write_json(out);
        out.push(',');
        self.1.write_json(out);
        out.push(']');
    }
}

impl ToJson for str {
    fn write_json(&self, out: &mut String) {
        out.push('"');
        let mut rest = self;
        while let Some(at) = rest.bytes().position(|b| b == b'"' || b == b'\\' || b < 0x20) {
            // The position is that of an ASCII character, so nothing is ever cut; the other form brings a panic and its text along.
            let Some((plain, after)) = rest.split_at_checked(at) else { break };
            out.push_str(plain);
            let mut chars = after.chars();
            let _ = match chars.next() {
                Some('"') => out.write_str("\\\""),
                Some('\\') => out.write_str("\\\\"),
                Some(control) => write!(out, "\\u{:04x}", u32::from(control)),
                None => Ok(()),
            };
            rest = chars.as_str();
        }
        out.push_str(rest);
        out.push('"');
    }
}

impl ToJson for String {
    fn write_json(&self, out: &mut String) {
        self.as_str().write_json(out);
    }
}

impl ToJson for &str {
    fn write_json(&self, out: &mut String) {
        (**self).write_json(out);
    }
}

impl<T: ToJson> ToJson for [T] {
    fn write_json(&self, out: &mut String) {
        out.push('[');
        for (i, item) in self.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            item.write_json(out);
        }
        out.push(']');
    }
}

fn head(out: &mut String, decision: &str, score: u16) {
    let _ = write!(out, "{{\"decision\":\"{decision}\",\"score\":{score}");
}

fn member<T: ToJson>(out: &mut String, name: &str, items: &[T]) {
    let _ = write!(out, ",\"{name}\":");
    items.write_json(out);
}

fn number(out: &mut String, name: &str, value: usize) {
    let _ = write!(out, ",\"{name}\":{value}");
}

fn fields(finding: &Finding, out: &mut String) {
    out.push_str("\"ruleId\":");
    finding.rule_id.write_json(out);
    let names = [finding.category.name(), finding.severity.name(), finding.confidence.name()];
    for (name, value) in ["category", "severity", "confidence"].iter().zip(names) {
        let _ = write!(out, ",\"{name}\":\"{value}\"");
    }
    number(out, "weight", usize::from(finding.weight));
    number(out, "start", finding.start);
    number(out, "end", finding.end);
    out.push_str(",\"chain\":[");
    for (i, step) in finding.chain.iter().enumerate() {
        let comma = if i > 0 { "," } else { "" };
        let _ = write!(out, "{comma}\"{step}\"");
    }
    out.push(']');
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use edgewarden::text::json::Json;

    #[test]
    fn strings_survive() {
        for text in ["", "plain", "\"\\/\u{8}\u{c}\n\r\t\0\u{1f}\u{7f}", "é😀\u{2028}\u{FFFD}"] {
            assert_eq!(Json::parse(&text.to_owned().to_json(), 1).unwrap().as_str(), Some(text));
        }
    }

    #[test]
    fn error_is_an_object() {
        let error = Error { offset: Some(3), ..Error::option("limits.depth", "unknown") };
        let json = Json::parse(&error.to_json(), 2).unwrap();
        assert_eq!(json.get("code").and_then(Json::as_str), Some("invalid_option"));
        assert_eq!(json.get("field").and_then(Json::as_str), Some("limits.depth"));
        assert_eq!(json.get("offset").and_then(Json::as_u53), Some(3));
    }
}
