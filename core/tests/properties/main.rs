//! What must hold for every text, tried on texts made by a small generator.
//!
//! A failure prints the seed of its case; `EDGEWARDEN_SEED=<seed> cargo test -p edgewarden --test properties` runs that case first.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, dead_code)]

#[path = "../evasion/attacks.rs"]
mod attacks;
mod generator;
mod stream;
#[path = "../honest/texts/mod.rs"]
mod texts;
#[path = "../evasion/transforms/mod.rs"]
mod transforms;

use edgewarden::scan::{Finding, Input, Origin, PromptScanner};

use generator::{PIECES, each_case, is_sensitive, mutated, planted, sensitive, sentence};

#[test]
fn spans_lie_inside_the_text_on_character_boundaries() {
    each_case(600, |scanner, random, corpus| {
        let text = mutated(random, corpus);
        for origin in Origin::ALL {
            for finding in scanner.scan(Input::new(&text).origin(origin)).findings() {
                assert!(finding.span.slice(&text).is_some(), "{finding:?} in {} bytes", text.len());
            }
        }
    });
}

#[test]
fn reasons_of_the_learned_layer_add_up_and_lie_in_the_text() {
    each_case(300, |scanner, random, corpus| {
        let text = mutated(random, corpus);
        for origin in [Origin::User, Origin::Retrieved] {
            let input = Input::new(&text).origin(origin);
            let told = scanner.explain(input);
            assert_eq!(told.report, scanner.scan(input));
            for reason in &told.lexical {
                let spans = reason.parts.iter().map(|part| part.span).chain([reason.span]);
                assert!(spans.into_iter().all(|span| span.slice(&text).is_some()), "{reason:?}");
                let windows = reason.parts.iter().all(|part| reason.judgement.span.contains(part.at));
                assert!(windows, "{reason:?}");
                let parts: i32 = reason.parts.iter().map(|part| part.amount).sum();
                let sum = parts + reason.others + reason.outside + reason.bias;
                assert!(sum.abs_diff(reason.judgement.logit) <= 8, "{sum} of {reason:?}");
            }
        }
    });
}

#[test]
fn the_same_text_gives_the_same_report() {
    let other = PromptScanner::builder().build().unwrap();
    each_case(300, |scanner, random, corpus| {
        let text = mutated(random, corpus);
        let (a, b) = (scanner.scan(Input::new(&text)), other.scan(Input::new(&text)));
        assert_eq!((a.decision(), a.score(), a.findings()), (b.decision(), b.score(), b.findings()));
        assert_eq!(a.redact(&text), b.redact(&text));
    });
}

#[test]
fn findings_are_ordered_by_position_and_score_is_at_most_1000() {
    each_case(300, |scanner, random, corpus| {
        let report = scanner.scan(Input::new(&mutated(random, corpus)));
        assert!(report.score() <= 1000);
        let learned = |f: &Finding| f.rule_id == "lexical-model";
        let place = |f: &Finding| (f.span.start, learned(f), f.span.end, f.rule_id.clone());
        assert!(report.findings().is_sorted_by_key(place), "{:?}", report.findings());
    });
}

#[test]
fn planted_secrets_and_personal_data_are_found() {
    each_case(40, |scanner, random, _| {
        let planted = sensitive(random);
        let missed: Vec<_> = planted
            .iter()
            .filter(|p| !scanner.scan(Input::new(&sentence(p))).findings().iter().any(is_sensitive))
            .map(|p| p.split_at(4).0.to_owned())
            .collect();
        assert!(missed.is_empty(), "missed those that start with {missed:?}");
    });
}

#[test]
fn redacted_text_holds_no_secret_and_no_personal_data() {
    each_case(300, |scanner, random, corpus| {
        let text = planted(random, corpus);
        let redacted = scanner.scan(Input::new(&text)).redact(&text);
        let again = scanner.scan(Input::new(&redacted));
        let left: Vec<_> = again.findings().iter().filter(|f| is_sensitive(f)).collect();
        assert!(left.is_empty(), "{left:?}");
    });
}

#[test]
fn redaction_keeps_text_without_sensitive_findings() {
    each_case(200, |scanner, random, corpus| {
        let text = mutated(random, corpus);
        let report = scanner.scan(Input::new(&text));
        if !report.findings().iter().any(is_sensitive) {
            assert_eq!(report.redact(&text), text);
        }
    });
}

#[test]
fn attack_stays_caught_between_honest_texts() {
    each_case(100, |scanner, random, corpus| {
        let attack = random.pick(&attacks::ATTACKS);
        let plain = scanner.scan(Input::new(attack)).findings().iter().any(|f| !is_sensitive(f));
        let text = format!("{}\n\n{attack}\n\n{}", random.pick(&corpus.honest), random.pick(&corpus.honest));
        let found = scanner.scan(Input::new(&text)).findings().iter().any(|f| !is_sensitive(f));
        assert!(found || !plain, "hidden by its surroundings: {text}");
    });
}

#[test]
fn text_built_of_pieces_never_panics() {
    each_case(400, |scanner, random, _| {
        let mut text = String::new();
        for _ in 0..random.below(60) {
            let piece = random.pick(PIECES);
            text.push_str(&piece.repeat(1 + random.below(4)));
        }
        for origin in Origin::ALL {
            let report = scanner.scan(Input::new(&text).origin(origin));
            assert!(report.findings().iter().all(|f| f.span.slice(&text).is_some()));
            let _ = report.redact(&text);
        }
    });
}

#[test]
fn any_bytes_are_scanned_or_refused() {
    each_case(300, |scanner, random, _| {
        let bytes: Vec<u8> = (0..random.below(200)).map(|_| random.below(256) as u8).collect();
        let valid = core::str::from_utf8(&bytes).is_ok();
        assert_eq!(scanner.scan_bytes(&bytes, Origin::Tool).is_ok(), valid);
    });
}
