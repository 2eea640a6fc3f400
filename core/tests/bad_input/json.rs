//! JSON: deep, broken, and with an attack in a leaf.

use edgewarden::scan::{Decision, Input, Origin};

use crate::{assert_spans, attacks, scanner};

#[test]
fn json_of_100_000_levels_is_refused_or_scanned_without_recursion() {
    let scanner = scanner();
    const DEPTH: usize = 100_000;
    let arrays = "[".repeat(DEPTH) + &"]".repeat(DEPTH);
    let objects = "{\"a\":".repeat(DEPTH) + "1" + &"}".repeat(DEPTH);
    let mixed = "[{\"a\":".repeat(DEPTH / 2) + "null" + &"}]".repeat(DEPTH / 2);
    for json in [&arrays, &objects, &mixed, &arrays[..DEPTH], &objects[..DEPTH], &"]".repeat(DEPTH)] {
        let _ = scanner.scan_json(json, Origin::Tool);
        assert_spans(&scanner, json);
    }
}

#[test]
fn broken_json_does_not_panic() {
    let scanner = scanner();
    for json in [
        "{",
        "}",
        "[",
        "\"",
        "\"\\",
        "\"\\u",
        "\"\\uD800\"",
        "\"\\uD800\\u0041\"",
        "\"\\uDC00\"",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":}",
        "[1,]",
        "nul",
        "-",
        "1e",
        "1e99999999",
        "{\"a\":1,\"a\":2}",
        "[]]",
        "\u{FEFF}{}",
        "{}\0",
        "\"\n\"",
        "'a'",
        "{a:1}",
        "[1 2]",
    ] {
        let _ = scanner.scan_json(json, Origin::Tool);
        assert_spans(&scanner, json);
    }
}

#[test]
fn attack_in_a_json_leaf_is_found_by_scan_json() {
    let scanner = scanner();
    let json = format!("{{\"id\": 1, \"items\": [{{\"note\": \"{}\"}}]}}", attacks::ATTACKS[0]);
    assert!(scanner.scan_json(&json, Origin::Tool).is_ok());
    assert!(scanner.scan(Input::new(&json).origin(Origin::Tool)).decision() > Decision::Allow);
}
