//! What must hold for a text that arrives in chunks.

use edgewarden::scan::{Finding, Input, Origin, PromptScanner};

use crate::generator::{Random, each_case, is_sensitive, mutated, planted, sensitive, sentence};

#[test]
fn any_chunking_of_a_stream_gives_the_same_findings_and_text() {
    each_case(150, |scanner, random, corpus| {
        let text = if random.below(2) == 0 { planted(random, corpus) } else { mutated(random, corpus) };
        for origin in [Origin::Assistant, Origin::Tool] {
            let whole = streamed(scanner, origin, &[&text]);
            let letters: Vec<_> = text.split_inclusive(|_: char| true).collect();
            assert_same_stream(&whole, &streamed(scanner, origin, &letters), "letter by letter");
            for _ in 0..3 {
                assert_same_stream(&whole, &streamed(scanner, origin, &chunks(random, &text)), "at random");
            }
        }
    });
}

#[test]
fn spans_of_a_stream_refer_to_the_whole_stream() {
    each_case(150, |scanner, random, corpus| {
        let text = planted(random, corpus);
        let (findings, _) = streamed(scanner, Origin::Assistant, &chunks(random, &text));
        for finding in findings {
            assert!(finding.span.slice(&text).is_some(), "{finding:?} in {} bytes", text.len());
        }
    });
}

#[test]
fn stream_releases_no_part_of_a_secret() {
    each_case(100, |scanner, random, _| {
        for secret in sensitive(random) {
            let text = sentence(&secret);
            if !scanner.scan(Input::new(&text).origin(Origin::Assistant)).findings().iter().any(is_sensitive) {
                continue;
            }
            let mut released = String::new();
            let mut stream = scanner.stream(Origin::Assistant);
            for chunk in chunks(random, &text) {
                released.push_str(&stream.push(chunk).release);
                let shown = secret.char_indices().map(|(at, _)| &secret[at..]).find(|tail| released.ends_with(tail));
                assert!(shown.is_none_or(|tail| tail.len() < 6), "the end of a secret was released");
                assert!(!released.contains(&secret[..secret.len() / 2 + 2]), "the start of a secret was released");
            }
            released.push_str(&stream.finish().release);
            assert!(!released.contains(secret.as_str()), "a secret was released at the end");
        }
    });
}

/// Pieces cut at random character boundaries, some of them empty.
fn chunks<'a>(random: &mut Random, text: &'a str) -> Vec<&'a str> {
    let mut cuts: Vec<_> = (0..random.below(12)).map(|_| random.boundary(text)).collect();
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|w| &text[w[0]..w[1]]).collect()
}

/// Everything a stream reports and releases for these chunks.
fn streamed(scanner: &PromptScanner, origin: Origin, chunks: &[&str]) -> (Vec<Finding>, String) {
    let mut stream = scanner.stream(origin);
    let (mut findings, mut released) = (Vec::new(), String::new());
    for chunk in chunks {
        let out = stream.push(chunk);
        findings.extend(out.findings);
        released.push_str(&out.release);
    }
    let last = stream.finish();
    findings.extend(last.findings);
    released.push_str(&last.release);
    findings.sort_by(|a, b| (a.span, &a.rule_id).cmp(&(b.span, &b.rule_id)));
    (findings, released)
}

fn assert_same_stream(whole: &(Vec<Finding>, String), cut: &(Vec<Finding>, String), how: &str) {
    assert_eq!(whole.0, cut.0, "findings differ when cut {how}");
    assert_eq!(whole.1, cut.1, "released text differs when cut {how}");
}
