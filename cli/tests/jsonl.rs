//! `scan --jsonl`: a public format, line by line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests stop loudly")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use serde_json::Value;
use support::{ATTACK, HONEST, command, run, run_with};

#[test]
fn honest_row_is_exactly_this_line() {
    let ran = run_with(&["scan", "--jsonl"], format!("{{\"id\":7,\"text\":\"{HONEST}\"}}\n").as_bytes());
    assert_eq!(ran.stdout, "{\"id\":7,\"decision\":\"allow\",\"score\":0,\"findings\":[]}\n");
    assert_eq!(ran.stderr, "");
    assert_eq!(ran.code, 0);
}

#[test]
fn empty_text_is_allowed() {
    let ran = run_with(&["scan", "--jsonl"], b"{\"id\":\"e\",\"text\":\"\"}");
    assert_eq!(ran.stdout, "{\"id\":\"e\",\"decision\":\"allow\",\"score\":0,\"findings\":[]}\n");
    assert_eq!(ran.code, 0);
}

#[test]
fn finding_has_these_names_in_this_order() {
    let text = format!("é {ATTACK}");
    let row = serde_json::json!({ "id": "a", "text": text }).to_string();
    let ran = run_with(&["scan", "--jsonl", "--fail-on", "flag"], row.as_bytes());
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let line = ran.stdout.strip_suffix('\n').unwrap();
    assert!(line.starts_with(r#"{"id":"a","decision":""#), "{line}");
    let names = ["\"id\":", "\"decision\":", "\"score\":", "\"findings\":[{", "\"rule_id\":", "\"category\":"];
    let names = names.iter().chain(&["\"severity\":", "\"confidence\":", "\"start\":", "\"end\":"]);
    let places: Vec<usize> = names.map(|name| line.find(name).unwrap_or_else(|| panic!("{name} in {line}"))).collect();
    assert!(places.is_sorted(), "{line}");

    let verdict: Value = serde_json::from_str(line).unwrap();
    assert_eq!(verdict.as_object().unwrap().len(), 4);
    assert!(verdict["score"].as_u64().unwrap() <= 1000);
    for finding in verdict["findings"].as_array().unwrap() {
        assert_eq!(finding.as_object().unwrap().len(), 6, "{line}");
        let (start, end) = (finding["start"].as_u64().unwrap() as usize, finding["end"].as_u64().unwrap() as usize);
        assert!(text.get(start..end).is_some(), "{start}..{end} cuts a character");
    }
}

#[test]
fn rows_keep_their_order_and_ids() {
    let ids = [
        "null",
        "true",
        "1.50",
        "-0",
        "1e999",
        "123456789012345678901234567890",
        r#""ü\u00e9\n""#,
        r#"{"b":[1,{}],"a":null}"#,
        "[]",
    ];
    let input: String = ids.iter().map(|id| format!("{{\"id\":{id},\"text\":\"hello\"}}\n")).collect();
    let ran = run_with(&["scan", "--jsonl"], input.as_bytes());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let expected: String =
        ids.iter().map(|id| format!("{{\"id\":{id},\"decision\":\"allow\",\"score\":0,\"findings\":[]}}\n")).collect();
    assert_eq!(ran.stdout, expected);
}

#[test]
fn row_without_id_gets_its_line_number() {
    let ran = run_with(&["scan", "--jsonl"], b"\xEF\xBB\xBF{\"text\":\"a\"}\r\n\r\n{\"text\":\"b\",\"extra\":[1]}");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let ids: Vec<Value> =
        ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].clone()).collect();
    assert_eq!(ids, [1, 3]);
}

#[test]
fn broken_lines_are_reported_without_their_text_and_do_not_end_the_run() {
    let broken: [&[u8]; 11] = [
        b"{\"text\":\"hush",
        b"hush",
        b"[1,\"hush\"]",
        b"{\"id\":\"hush\"}",
        b"{\"id\":1,\"text\":null}",
        b"{\"id\":1,\"text\":[\"hush\"]}",
        b"{\"id\":1,\"text\":\"hush\",\"origin\":\"hush\"}",
        b"{\"id\":1,\"text\":\"hush\",\"origin\":5}",
        b"{\"id\":1,\"text\":\"hush \\ud83d\"}",
        b"{\"id\":\"\\udc00\",\"text\":\"hush\"}",
        b"{\"id\":1,\"text\":\"hush \xFF\"}",
    ];
    let mut input = Vec::new();
    for line in broken {
        input.extend_from_slice(line);
        input.push(b'\n');
    }
    input.extend_from_slice(b"{\"id\":\"last\",\"text\":\"hello\"}\n");
    let ran = run_with(&["scan", "--jsonl"], &input);
    assert_eq!(ran.stdout, "{\"id\":\"last\",\"decision\":\"allow\",\"score\":0,\"findings\":[]}\n");
    assert_eq!(ran.code, 2);
    assert!(!ran.stderr.contains("hush"), "{}", ran.stderr);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(lines.len(), broken.len(), "{}", ran.stderr);
    for (i, line) in lines.iter().enumerate() {
        assert!(line.starts_with(&format!("edgewarden: stdin:{}: ", i + 1)), "{line}");
    }
}

#[test]
fn broken_line_outweighs_a_finding_in_the_exit_code() {
    let input = format!("{{\"text\":\"{ATTACK}\"}}\n{{\n");
    assert_eq!(run_with(&["scan", "--jsonl", "--fail-on", "flag"], input.as_bytes()).code, 2);
}

#[test]
fn every_origin_is_accepted_and_null_is_the_default() {
    for origin in ["\"system\"", "\"user\"", "\"assistant\"", "\"tool\"", "\"retrieved\"", "null"] {
        let row = format!("{{\"id\":0,\"text\":\"hello\",\"origin\":{origin}}}");
        assert_eq!(run_with(&["scan", "--jsonl"], row.as_bytes()).code, 0, "{origin}");
    }
}

#[test]
fn answer_comes_before_the_next_row_is_sent() {
    let mut child = command(&["scan", "--jsonl"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for id in 1..=3 {
        writeln!(stdin, "{{\"id\":{id},\"text\":\"hello\"}}").unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert!(line.starts_with(&format!("{{\"id\":{id},")), "{line}");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn closed_pipe_is_quiet() {
    let mut child = command(&["scan", "--jsonl"]).stdin(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        for _ in 0..5000 {
            if stdin.write_all(b"{\"id\":1,\"text\":\"hello\"}\n").is_err() {
                break;
            }
        }
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!(output.stderr, b"");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn arguments_name_files() {
    let ran = run(&["scan", "--jsonl", "no/such/file.jsonl"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("no/such/file.jsonl"), "{}", ran.stderr);
    assert_eq!(run(&["scan", "--jsonl", "--format", "sarif"]).code, 2);
}
