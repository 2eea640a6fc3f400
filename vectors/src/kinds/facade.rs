//! The facade that every binding is made of, held against the same cases in every unit of offsets.
//!
//! A binding that fails a case which holds here has a fault of its own.

use edgewarden_bindings::{
    Finding, HostText, Offsets, Origin, Pseudonymizer, Redaction, Scanner, ScannerOptions, Session, Unit, canary_find,
    redact,
};
use serde_json::{Map, Value};

type Case = Map<String, Value>;

const UNITS: [Unit; 3] = [Unit::Utf8, Unit::Utf16, Unit::CodePoint];

fn each(kind: &str, check: impl Fn(&Case, Unit)) {
    let mut count = 0;
    for file in crate::files::read_all(&crate::files::folder()).unwrap() {
        for case in file.joined().filter(|_| file.kind == kind) {
            UNITS.into_iter().for_each(|unit| check(&case, unit));
            count += 1;
        }
    }
    assert!(count > 0, "no case of kind {kind}");
}

fn word<'c>(case: &'c Value, member: &str) -> &'c str {
    case[member].as_str().unwrap()
}

fn origin(case: &Value) -> Origin {
    Origin::from_name(word(case, "origin")).unwrap()
}

fn scanner(case: &Case, unit: Unit) -> Scanner {
    let options = case.get("options").map_or_else(|| "{}".to_owned(), ToString::to_string);
    Scanner::new(ScannerOptions::from_json(&options).unwrap(), unit).unwrap()
}

/// Asserts that the places are those of the case, converted by counting.
fn places(expected: &Value, findings: &[Finding], text: &str, unit: Unit, name: &str) {
    let expected = expected.as_array().unwrap();
    assert_eq!(expected.len(), findings.len(), "{name}");
    for (expected, finding) in expected.iter().zip(findings) {
        let place = |i: usize| unit.len(&text[..expected["span"][i].as_u64().unwrap() as usize]);
        assert_eq!((finding.start, finding.end), (place(0), place(1)), "{name} {unit:?}");
        assert_eq!(finding.rule_id, word(expected, "rule_id"), "{name}");
        assert_eq!(u64::from(finding.weight), expected["weight"], "{name}");
    }
}

fn redacted(text: &str, redactions: &[Redaction], unit: Unit) -> String {
    redact(text, redactions, &mut Offsets::new(text, unit)).unwrap()
}

#[test]
fn texts() {
    each("scan", |case, unit| {
        let (scanner, now) = (scanner(case, unit), case.get("now").and_then(Value::as_u64));
        let case = Value::Object(case.clone());
        let name = word(&case, "name");
        let (text, report) = match case.get("text_utf16") {
            None => (word(&case, "text").to_owned(), scanner.scan(word(&case, "text"), origin(&case), now)),
            Some(units) => {
                let units: Vec<u16> = units.as_array().unwrap().iter().map(|u| u.as_u64().unwrap() as u16).collect();
                let text = String::from_utf16_lossy(&units);
                if unit == Unit::CodePoint {
                    let points = char::decode_utf16(units)
                        .map(|c| c.map_or_else(|e| u32::from(e.unpaired_surrogate()), u32::from));
                    let host = HostText::from_code_points(points);
                    assert_eq!(host.text, text, "{name}");
                    (text, scanner.scan_host_text(&host, origin(&case), now))
                } else {
                    let report = scanner.scan(&text, origin(&case), now);
                    (text, report)
                }
            }
        };
        let report = report.unwrap();
        places(&case["findings"], &report.findings, &text, unit, name);
        assert_eq!(report.decision.name(), word(&case, "decision"), "{name}");
        assert_eq!(u64::from(report.score), case["score"], "{name}");
        assert_eq!(redacted(&text, &report.redactions, unit), word(&case, "redacted"), "{name}");
        // What bindings hand over without building anything must be nothing.
        let nothing = case["decision"] == "allow" && case["score"] == 0 && case.get("findings_allowed").is_none();
        assert_eq!(report.is_clean(), nothing, "{name}");
    });
}

#[test]
fn documents() {
    each("json", |case, unit| {
        let scanner = scanner(case, unit);
        let case = Value::Object(case.clone());
        let (name, json) = (word(&case, "name"), word(&case, "json"));
        let report = scanner.scan_json(json, origin(&case)).unwrap();
        let pointers: Vec<&str> = report.findings.iter().map(|found| found.pointer.as_str()).collect();
        let expected: Vec<&str> = case["findings"].as_array().unwrap().iter().map(|f| word(f, "pointer")).collect();
        assert_eq!(pointers, expected, "{name}");
        let findings: Vec<Finding> = report.findings.iter().map(|found| found.finding.clone()).collect();
        places(&case["findings"], &findings, json, unit, name);
        assert_eq!(redacted(json, &report.redactions, unit), word(&case, "redacted"), "{name}");
    });
}

#[test]
fn streams() {
    each("stream", |case, unit| {
        let scanner = scanner(case, unit);
        let case = Value::Object(case.clone());
        let stream = scanner.stream(origin(&case));
        let pieces: Vec<&str> = case["pieces"].as_array().unwrap().iter().map(|p| p.as_str().unwrap()).collect();
        let mut outputs: Vec<_> = pieces.iter().map(|piece| stream.push(piece).unwrap()).collect();
        assert!(!stream.is_finished());
        outputs.push(stream.finish().unwrap());
        assert!(stream.is_finished());
        for (expected, output) in case["outputs"].as_array().unwrap().iter().zip(&outputs) {
            places(&expected["findings"], &output.findings, &pieces.concat(), unit, word(&case, "name"));
            assert_eq!(output.release, word(expected, "release"), "{}", word(&case, "name"));
        }
        assert_eq!(case["outputs"].as_array().unwrap().len(), outputs.len());
    });
}

#[test]
fn conversations() {
    each("session", |case, unit| {
        let scanner = scanner(case, unit);
        let mut session = Session::new();
        for turn in case["turns"].as_array().unwrap() {
            session = Session::from_bytes(&session.to_bytes()).unwrap();
            let report = scanner.scan_in_session(word(turn, "text"), origin(turn), None, &session).unwrap();
            places(&turn["findings"], &report.findings, word(turn, "text"), unit, "session");
            assert_eq!((u64::from(session.turns()), u64::from(session.risk())), {
                (turn["turns"].as_u64().unwrap(), turn["risk"].as_u64().unwrap())
            });
        }
    });
}

#[test]
fn pseudonyms() {
    each("redact", |case, unit| {
        let scanner = scanner(case, unit);
        let case = Value::Object(case.clone());
        let text = word(&case, "text");
        let report = scanner.scan(text, origin(&case), None).unwrap();
        let pseudonymizer = Pseudonymizer::new(word(&case, "key").as_bytes()).unwrap();
        let found = pseudonymizer.pseudonymize(text, &report.redactions, &mut Offsets::new(text, unit)).unwrap();
        assert_eq!(found.text, word(&case, "pseudonymized"));
        assert_eq!(found.restore(word(&case, "answer")), word(&case, "restored"));
        assert_eq!(redacted(text, &report.redactions, unit), word(&case, "redacted"));
    });
}

#[test]
fn explanations() {
    each("explain", |case, unit| {
        let (scanner, now) = (scanner(case, unit), case.get("now").and_then(Value::as_u64));
        let case = Value::Object(case.clone());
        let explanation = scanner.explain(word(&case, "text"), origin(&case), now).unwrap();
        assert_eq!(explanation, word(&case, "explanation"), "{}", word(&case, "name"));
    });
}

#[test]
fn planted_words() {
    each("canary", |case, unit| {
        let case = Value::Object(case.clone());
        let text = word(&case, "text");
        let found = canary_find(word(&case, "word"), text, &mut Offsets::new(text, unit));
        let place = |i: usize| Some(unit.len(&text[..case["found"][i].as_u64()? as usize]));
        assert_eq!(found, place(0).zip(place(1)));
    });
}
