//! The cases leave nothing out: every origin, decision, category, layer, option and code occurs.

use std::collections::BTreeSet;

use edgewarden_bindings::token::TOKEN_CATALOGUE;
use edgewarden_bindings::{CATALOGUE, Category, Decision, Layer, Origin, Strictness};
use serde_json::Value;

/// Strings at `path` in every case of a kind; `*` stands for each element or member.
fn values(kind: &str, path: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in crate::files::read_all(&crate::files::folder()).unwrap() {
        for case in file.joined().filter(|_| file.kind == kind) {
            collect(&Value::Object(case), &path.split('/').collect::<Vec<_>>(), &mut found);
        }
    }
    found
}

fn collect(value: &Value, path: &[&str], found: &mut BTreeSet<String>) {
    match (path, value) {
        ([], Value::String(text)) => found.extend([text.clone()]),
        // The names of an object's members.
        ([], Value::Object(members)) => found.extend(members.keys().cloned()),
        (["*", rest @ ..], Value::Array(items)) => items.iter().for_each(|item| collect(item, rest, found)),
        (["*", rest @ ..], Value::Object(members)) => members.values().for_each(|item| collect(item, rest, found)),
        ([name, rest @ ..], Value::Object(members)) => {
            members.get(*name).into_iter().for_each(|member| collect(member, rest, found));
        }
        _ => {}
    }
}

fn assert_all<'n>(found: &BTreeSet<String>, names: impl IntoIterator<Item = &'n str>) {
    let missing: Vec<&str> = names.into_iter().filter(|name| !found.contains(*name)).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn every_name_occurs() {
    assert_all(&values("scan", "origin"), Origin::ALL.map(Origin::name));
    assert_all(&values("scan", "decision"), Decision::ALL.map(Decision::name));
    assert_all(&values("scan", "findings/*/category"), Category::ALL.map(Category::name));
    assert_all(&values("scan", "options/disabledLayers/*"), Layer::ALL.map(Layer::name));
    assert_all(&values("scan", "options/strictness"), Strictness::ALL.map(Strictness::name));
    assert_all(&values("scan", "options/preset"), ["relaxed", "balanced", "strict"]);
    assert_all(&values("scan", "options/onLimit"), ["allow", "flag", "redact"]);
    assert_all(&values("scan", "options/thresholds/*"), ["flag", "block", "redact"]);
}

#[test]
fn every_option_occurs() {
    let options =
        "preset strictness thresholds disabledLayers disabledRules allowedHosts allow canaries onLimit limits";
    assert_all(&values("scan", "options"), options.split(' '));
    let limits = "inputBytes documents derivedPerByte derivedBytesMin depth findings fuelPerByte jsonDepth";
    let occur = values("scan", "options/limits");
    assert_all(&occur, limits.split(' '));
}

#[test]
fn every_code_that_data_can_provoke_occurs() {
    // What a host does with a stream, with a module that is not loaded, and faults: the tests of each language.
    let elsewhere = ["blocked", "not_initialized", "internal"];
    let codes = CATALOGUE.iter().map(|entry| entry.code).filter(|code| !elsewhere.contains(code));
    assert_all(&values("errors", "code"), codes);
}

#[test]
fn every_code_of_tokens_that_data_can_provoke_occurs() {
    fn strings(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => found.extend([text.clone()]),
            Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
            Value::Object(members) => members.values().for_each(|member| strings(member, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    for file in crate::files::read_all(&crate::files::folder()).unwrap() {
        let cases = file.joined().filter(|_| file.kind.starts_with(crate::jwt::FOLDER));
        cases.for_each(|case| strings(&Value::Object(case), &mut found));
    }
    // 16 MiB are no test data.
    let codes = TOKEN_CATALOGUE.iter().map(|entry| entry.code).filter(|code| *code != "snapshot_too_large");
    assert_all(&found, codes);
}
