//! The commands from outside: exit codes, formats, inputs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests stop loudly")]

mod support;

use std::fs;

use serde_json::Value;
use support::{ATTACK, Folder, HONEST, run, run_with};

#[test]
fn exit_code_follows_fail_on() {
    assert_eq!(run(&["scan", HONEST]).code, 0);
    assert_eq!(run(&["scan", "--fail-on", "flag", HONEST]).code, 0);
    assert_eq!(run(&["scan", "--fail-on", "flag", ATTACK]).code, 1);
    assert_eq!(run(&["scan", "--fail-on", "never", ATTACK]).code, 0);
    assert_eq!(run(&["scan", "--fail-on", "flag", HONEST, ATTACK, HONEST]).code, 1);
}

#[test]
fn default_of_fail_on_is_block() {
    let ran = run(&["scan", "--format", "json", ATTACK]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let is_block = report["results"][0]["decision"] == "block";
    assert_eq!(ran.code, i32::from(is_block));
}

#[test]
fn usage_and_input_errors_leave_with_2() {
    for arguments in [
        &["scan", "--origin", "somebody", "x"][..],
        &["scan", "--strictness", "lax", "x"],
        &["scan", "--file", "no/such/file"],
        &["scan", "--nonsense"],
        &["nonsense"],
        &["rules", "show", "no-such-rule-at-all"],
        &["eval"],
        &["eval", "no/such/file"],
        &[],
    ] {
        assert_eq!(run(arguments).code, 2, "{arguments:?}");
    }
}

#[test]
fn text_comes_from_standard_input_without_arguments() {
    assert_eq!(run_with(&["scan", "--fail-on", "flag"], ATTACK.as_bytes()).code, 1);
    assert_eq!(run_with(&["scan", "--fail-on", "flag", "-f", "-"], ATTACK.as_bytes()).code, 1);
    assert_eq!(run_with(&["scan"], b"").code, 0);
}

#[test]
fn file_is_scanned_and_invalid_utf8_is_an_input_error() {
    let folder = Folder::new("file");
    let attack = folder.write("attack.txt", ATTACK.as_bytes());
    assert_eq!(run(&["scan", "--fail-on", "flag", "--file", &attack]).code, 1);
    let broken = folder.write("broken.txt", b"abc \xFF");
    let ran = run(&["scan", "--file", &broken]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("not UTF-8 at byte 4"), "{}", ran.stderr);
    let ran = run(&["scan", &attack]);
    assert!(ran.stderr.contains("use --file"), "{}", ran.stderr);
}

#[test]
fn pretty_report_underlines_and_has_no_escapes_in_a_pipe() {
    let ran = run(&["scan", ATTACK]);
    assert!(ran.stdout.contains("^^^^"), "{}", ran.stdout);
    assert!(ran.stdout.contains("Ignore all previous instructions"), "{}", ran.stdout);
    assert!(!ran.stdout.contains('\u{1b}'), "{}", ran.stdout);
    assert!(run(&["--color", "always", "scan", ATTACK]).stdout.contains("\u{1b}["));
}

#[test]
fn json_report_does_not_quote_the_text() {
    let ran = run(&["scan", "--format", "json", ATTACK, HONEST]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["results"].as_array().unwrap().len(), 2);
    assert_eq!(report["results"][1]["decision"], "allow");
    assert!(!ran.stdout.contains("previous"), "{}", ran.stdout);
}

#[test]
fn sarif_report_has_the_parts_the_standard_asks_for() {
    let folder = Folder::new("sarif");
    let text = format!("Grüße\nund dann: {ATTACK}\n");
    let file = folder.write("a mail.txt", text.as_bytes());
    let ran = run(&["scan", "--format", "sarif", "--origin", "tool", "--file", &file]);
    let sarif: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "edgewarden");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        assert!(place["artifactLocation"]["uri"].as_str().unwrap().ends_with("a%20mail.txt"));
        let number = |name: &str| place["region"][name].as_u64().unwrap() as usize;
        let (start, length) = (number("byteOffset"), number("byteLength"));
        let found = text.get(start..start + length).unwrap();
        assert_eq!(found.chars().count(), number("charLength"));
        assert_eq!(text[..start].chars().count(), number("charOffset"));
        assert_eq!(text[..start].matches('\n').count() + 1, number("startLine"));
        assert!(number("startColumn") >= 1);
    }
}

#[test]
fn redact_leaves_honest_bytes_alone() {
    let text = format!("{HONEST}\r\n\tnext line without an end");
    let ran = run_with(&["redact"], text.as_bytes());
    assert_eq!((ran.stdout.as_str(), ran.code), (text.as_str(), 0));
    assert_eq!(run(&["redact", HONEST]).stdout, format!("{HONEST}\n"));
}

#[test]
fn explain_quotes_what_carried_the_decision() {
    let ran = run(&["explain", ATTACK]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.starts_with("decision block"), "{}", ran.stdout);
    let word = ATTACK.split(' ').next().unwrap();
    assert!(ran.stdout.contains(&format!("\"{word}")), "{}", ran.stdout);
    let hidden = run(&["explain", &format!("{ATTACK}\u{1b}[2J\u{202e}")]);
    assert!(!hidden.stdout.contains(['\u{1b}', '\u{202e}']), "{}", hidden.stdout);
}

#[test]
fn rules_are_listed_with_counts() {
    let ran = run(&["rules", "list"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains("rules per category") && ran.stdout.contains("rules per language"));
    let listed: Value = serde_json::from_str(&run(&["rules", "list", "--json"]).stdout).unwrap();
    assert_eq!(listed["total"].as_u64().unwrap() as usize, listed["rules"].as_array().unwrap().len());
}

#[test]
fn every_listed_rule_can_be_shown() {
    let listed: Value = serde_json::from_str(&run(&["rules", "list", "--json"]).stdout).unwrap();
    for rule in listed["rules"].as_array().unwrap().iter().step_by(25) {
        let shown = run(&["rules", "show", rule["id"].as_str().unwrap()]);
        assert_eq!(shown.code, 0);
        assert!(shown.stdout.contains(rule["why"].as_str().unwrap()));
        assert!(!shown.stdout.contains("{{}}"));
    }
}

#[test]
fn eval_counts_per_source_and_overall() {
    let folder = Folder::new("eval");
    let row = |text: &str, label: u8, src: &str| {
        format!("{}\n", serde_json::json!({ "text": text, "label": label, "src": src, "origin": "user" }))
    };
    let rows = [row(ATTACK, 1, "one"), row(HONEST, 0, "one"), row(HONEST, 0, "two"), row("", 0, "two")].concat();
    let file = folder.write("rows.jsonl", rows.as_bytes());
    let page = folder.path("results.md");
    let ran = run(&["eval", &file, "--format", "json", "--markdown", &page]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let result: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(result["overall"]["n"], 4);
    assert_eq!(result["overall"]["any"]["recall"], 1.0);
    assert_eq!(result["overall"]["any"]["fpr"], 0.0);
    assert_eq!(result["overall"]["auc"], 1.0);
    assert_eq!(result["sources"]["one"]["n"], 2);
    assert_eq!(result["sources"]["two"]["any"]["recall"], Value::Null);
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("| one | 2 | 1 | 100.0 % | 0.0 % |"), "{page}");
    assert!(run(&["eval", &file]).stdout.contains("overall"));
}

#[test]
fn eval_reports_broken_rows_and_goes_on() {
    let folder = Folder::new("eval-broken");
    let file = folder.write("rows.jsonl", b"{\"text\":\"hush\",\"label\":3}\n{\"text\":\"hello\",\"label\":0}\n");
    let errors = folder.path("errors.jsonl");
    let ran = run(&["eval", &file, "--format", "json", "--errors", &errors]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("rows.jsonl:1: ") && !ran.stderr.contains("hush"), "{}", ran.stderr);
    let result: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&result["overall"]["n"], &result["broken_lines"]), (&Value::from(1), &Value::from(1)));
    assert_eq!(fs::read_to_string(errors).unwrap(), "");
}

#[test]
fn completions_exist_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run(&["completions", shell]);
        assert_eq!(ran.code, 0, "{shell}");
        assert!(ran.stdout.contains("edgewarden"), "{shell}");
    }
}
