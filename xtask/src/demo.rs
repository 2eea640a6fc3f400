//! `demo`: the command at work on texts of every origin, honest and not.
//!
//! Needs nothing but cargo. Shows what happened, expected or not; it is not a test.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use edgewarden::scan::Origin;
use serde_json::Value;

use crate::process::{build_cli, command, root};

/// Builds the command, scans every text under `demo/`, and ends with a table.
pub fn run() -> Result<(), String> {
    println!("Building the command (once; about a minute on a new machine) ...");
    let cli = build_cli("demo")?;
    let texts = load(&root().join("demo"))?;
    println!("Scanning {} texts.\n", texts.len());
    for text in &texts {
        println!("── {} · {}", text.origin.name(), text.about);
        let color = if std::io::stdout().is_terminal() { "always" } else { "auto" };
        let arguments = ["scan", "--color", color, "--origin", text.origin.name(), "--stdin-name", &text.name];
        print!("{}", feed(command(&cli, &[&arguments[..], &["--fail-on", "never"]].concat()), &text.text)?);
        if text.expect == "redact" {
            let redacted = feed(command(&cli, &["redact", "--origin", text.origin.name()]), &text.text)?;
            println!("  redacted: {}\n", redacted.trim_end().replace('\n', "\n            "));
        }
    }
    table(&cli, &texts)
}

struct Text {
    name: String,
    origin: Origin,
    about: String,
    expect: String,
    text: String,
}

/// Reads `<origin>.json` for every origin. `{{}}` is removed: it keeps the credentials in the files from looking live.
fn load(folder: &Path) -> Result<Vec<Text>, String> {
    let mut texts = Vec::new();
    for origin in [Origin::User, Origin::Retrieved, Origin::Tool, Origin::Assistant, Origin::System] {
        let path = folder.join(format!("{}.json", origin.name()));
        let describe = |what: String| format!("demo/{}.json: {what}", origin.name());
        let file = fs::read_to_string(&path).map_err(|error| describe(error.to_string()))?;
        let rows: Vec<Value> = serde_json::from_str(&file).map_err(|error| describe(error.to_string()))?;
        for row in rows {
            let field = |name: &str| row.get(name).and_then(Value::as_str).map(str::to_owned);
            let lines = row
                .get("text")
                .and_then(Value::as_array)
                .map(|lines| lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"));
            let text = field("text").or(lines).map(|text| text.replace("{{}}", ""));
            match (field("name"), field("about"), field("expect"), text) {
                (Some(name), Some(about), Some(expect), Some(text)) => {
                    texts.push(Text { name, origin, about, expect, text });
                }
                _ => return Err(describe("a text lacks a field".to_owned())),
            }
        }
    }
    Ok(texts)
}

/// Scans all texts in one run and prints one line for each.
fn table(cli: &PathBuf, texts: &[Text]) -> Result<(), String> {
    let row = |text: &Text| {
        serde_json::json!({ "id": text.name, "text": text.text, "origin": text.origin.name() }).to_string()
    };
    let rows: Vec<String> = texts.iter().map(row).collect();
    let written = feed(command(cli, &["scan", "--jsonl", "--fail-on", "never"]), &rows.join("\n"))?;
    println!("{:<26} {:<10} {:<9} {:<9} {:>5}  strongest finding", "text", "origin", "expected", "decision", "score");
    let mut as_expected = 0;
    for (text, line) in texts.iter().zip(written.lines()) {
        let verdict: Value = serde_json::from_str(line).map_err(|error| format!("the report is not JSON: {error}"))?;
        let decision = verdict.get("decision").and_then(Value::as_str).unwrap_or_default();
        let score = verdict.get("score").and_then(Value::as_u64).unwrap_or_default();
        let findings = verdict.get("findings").and_then(Value::as_array).cloned().unwrap_or_default();
        let rule = findings.iter().max_by_key(|f| rank(f)).and_then(|f| f.get("rule_id")?.as_str()).unwrap_or("–");
        let is_expected = decision == text.expect;
        as_expected += usize::from(is_expected);
        let mark = if is_expected { "" } else { "   ← not as expected" };
        let (name, origin, expect) = (&text.name, text.origin.name(), &text.expect);
        println!("{name:<26} {origin:<10} {expect:<9} {decision:<9} {score:>5}  {rule}{mark}");
    }
    println!("\n{as_expected} of {} texts as expected", texts.len());
    Ok(())
}

fn rank(finding: &Value) -> usize {
    let severity = finding.get("severity").and_then(Value::as_str).unwrap_or_default();
    ["low", "medium", "high", "critical"].iter().position(|name| *name == severity).unwrap_or_default()
}

/// Runs the command with `text` on standard input and returns what it printed.
fn feed(mut command: Command, text: &str) -> Result<String, String> {
    let describe = |error: std::io::Error| format!("edgewarden: {error}");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(describe)?;
    let mut stdin = child.stdin.take();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || {
            // The command may leave before it has read everything; its exit code says why.
            stdin.as_mut().map(|stdin| stdin.write_all(text.as_bytes()))
        });
        child.wait_with_output()
    });
    let output = output.map_err(describe)?;
    if !output.status.success() {
        return Err(format!("edgewarden failed ({})", output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| "edgewarden did not write UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cover_every_origin_and_hold_no_whole_credential() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo");
        let texts = load(&folder).unwrap();
        assert!(texts.len() >= 24);
        for origin in Origin::ALL {
            assert!(texts.iter().any(|text| text.origin == origin));
        }
        assert!(texts.iter().all(|text| ["allow", "flag", "redact", "block"].contains(&text.expect.as_str())));
        let names: std::collections::BTreeSet<&str> = texts.iter().map(|text| text.name.as_str()).collect();
        assert_eq!(names.len(), texts.len());
        let file = fs::read_to_string(folder.join("user.json")).unwrap();
        let key = texts.iter().find(|text| text.name == "pasted-key").unwrap();
        let id = key.text.lines().nth(1).and_then(|line| line.split(" = ").nth(1)).unwrap();
        assert!(!file.contains(id));
    }
}
