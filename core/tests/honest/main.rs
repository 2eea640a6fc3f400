//! Honest texts that scanners like to accuse. None of them may raise an alarm.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod texts;

use edgewarden::scan::{Decision, Input, Origin, PromptScanner};

use texts::{Labelled, anywhere, from_system, from_user};

#[test]
fn there_are_at_least_180_distinct_texts() {
    let mut texts: Vec<_> = [anywhere(), from_user(), from_system()].concat();
    let count = texts.len();
    assert!(count >= 180, "{count}");
    texts.sort_unstable_by_key(|t| t.1);
    texts.dedup_by_key(|t| t.1);
    assert_eq!(texts.len(), count);
}

#[test]
fn honest_user_texts_raise_no_alarm() {
    assert_no_alarm(Origin::User, &[anywhere(), from_user()].concat());
}

#[test]
fn honest_documents_raise_no_alarm() {
    for origin in [Origin::Retrieved, Origin::Tool, Origin::Assistant] {
        assert_no_alarm(origin, &anywhere());
    }
}

#[test]
fn system_prompts_raise_no_alarm() {
    assert_no_alarm(Origin::System, &from_system());
    assert_no_alarm(Origin::System, &anywhere());
}

/// The rule compiler holds the rules alone to these lines; here all layers are.
#[test]
fn lines_of_the_rule_compiler_raise_no_alarm_in_any_layer() {
    let files = [include_str!("../../benign/english.txt"), include_str!("../../benign/languages.txt")];
    let lines =
        files.iter().flat_map(|file| file.lines()).filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let lines: Vec<Labelled> = lines.map(|line| ("line", line)).collect();
    let (known, others): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.1 == KNOWN_ALARM);
    assert_eq!(known.len(), 1);
    assert_no_alarm(Origin::User, &others);
}

/// The one false alarm known among these lines: of its words the learned layer knows only those that attacks have too.
const KNOWN_ALARM: &str = "Du bist jetzt dran mit dem Abwasch, das waren die Regeln.";

#[test]
fn all_honest_texts_in_one_document_raise_no_alarm() {
    let joined: Vec<_> = anywhere().iter().map(|t| t.1).collect();
    for separator in ["\n\n", " "] {
        let text = joined.join(separator);
        assert_no_alarm(Origin::User, &[("joined", text.leak())]);
    }
}

fn assert_no_alarm(origin: Origin, texts: &[Labelled]) {
    let scanner = PromptScanner::builder().build().unwrap();
    let mut fired = Vec::new();
    for (label, text) in texts {
        let report = scanner.scan(Input::new(text).origin(origin));
        if report.decision() != Decision::Allow {
            let rules: Vec<_> = report.findings().iter().map(|f| f.rule_id.as_ref()).collect();
            let start: String = text.chars().take(160).collect();
            fired.push(format!("{label} [{}] score {} {rules:?}\n    {start:?}", origin.name(), report.score()));
        }
    }
    assert!(fired.is_empty(), "{} of {} honest texts fired:\n{}", fired.len(), texts.len(), fired.join("\n"));
}
