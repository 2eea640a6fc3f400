//! Spans point at whole words: a finding that begins or ends in the middle of one is redacted in pieces.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;

use edgewarden::scan::{Input, Origin, PromptScanner, Strictness};
use edgewarden_rulec::{Source, example};

#[test]
fn spans_in_the_examples_of_all_rules_cut_no_word() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core");
    let source = Source::read(&core, &mut Vec::new());
    let scanner = PromptScanner::builder().strictness(Strictness::Paranoid).build().unwrap();
    let (mut seen, mut cut) = (0, Vec::new());
    for text in source.rules.iter().flat_map(|(_, _, rule)| &rule.matches).map(|text| example(text)) {
        for origin in Origin::ALL {
            let report = scanner.scan(Input::new(&text).origin(origin));
            // What was decoded maps to the units of its encoding, not to words.
            for finding in report.findings().iter().filter(|f| f.chain.steps().next().is_none()) {
                seen += 1;
                let inside = |at: usize| splits_word(text.as_bytes(), at);
                if INSIDE_WORDS.iter().any(|(id, _)| finding.rule_id == *id) {
                    continue;
                }
                if inside(finding.span.start) || inside(finding.span.end) {
                    cut.push(format!("{}: {:?} of {text:?}", finding.rule_id, finding.span.slice(&text)));
                }
            }
        }
    }
    cut.sort_unstable();
    cut.dedup();
    assert!(seen > source.rules.len(), "{seen} findings");
    assert!(cut.is_empty(), "{} spans cut a word:\n{}", cut.len(), cut.join("\n"));
}

/// Rules whose findings are parts of words, each with the reason.
const INSIDE_WORDS: &[(&str, &str)] = &[("stacked-marks", "one letter with the marks on it, wherever it stands")];

/// Whether `at` lies between two ASCII letters of one word. A capital after a small letter begins a word of its own:
/// keywords are found there, as in `SharedAccessKey`.
fn splits_word(text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|i| text.get(i)).copied().unwrap_or(b' ');
    let after = text.get(at).copied().unwrap_or(b' ');
    let hump = before.is_ascii_lowercase() && after.is_ascii_uppercase();
    before.is_ascii_alphabetic() && after.is_ascii_alphabetic() && !hump
}

#[test]
fn only_places_inside_words_split_them() {
    let splits = |text: &str| (0..=text.len()).filter(|at| splits_word(text.as_bytes(), *at)).collect::<Vec<_>>();
    assert_eq!(splits("ab c_d aB 1a é"), [1]);
    assert_eq!(splits("ABc"), [1, 2]);
}
