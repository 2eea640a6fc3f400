//! Every plain attack that is caught must stay caught in every disguise.
//!
//! `cargo test -p edgewarden --test evasion -- --nocapture` prints the tables: what is kept in each form, and each form by
//! the rules alone beside the rules with the learned layer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod attacks;
mod learned;
#[path = "../honest/texts/mod.rs"]
#[allow(dead_code)]
mod texts;
mod transforms;

use edgewarden::scan::{Category, Decision, Input, PromptScanner, ScanReport};

#[test]
fn plain_attacks_are_caught() {
    let scanner = PromptScanner::builder().build().unwrap();
    let missed: Vec<_> = attacks::ATTACKS.into_iter().filter(|a| !is_caught(&scan(&scanner, a))).collect();
    assert!(missed.len() * 20 <= attacks::ATTACKS.len(), "missed plain: {missed:#?}");
}

#[test]
fn caught_attacks_stay_caught_in_every_form() {
    let scanner = PromptScanner::builder().build().unwrap();
    let plain: Vec<_> = attacks::ATTACKS.into_iter().filter(|a| is_caught(&scan(&scanner, a))).collect();
    assert!(!plain.is_empty(), "no attack is caught plain");

    let (mut kept, mut tried) = (0, 0);
    let (mut table, mut below) = (String::new(), Vec::new());
    for transform in transforms::all() {
        let missed: Vec<_> =
            plain.iter().filter(|a| !is_caught(&scan(&scanner, &(transform.apply)(a)))).copied().collect();
        let caught = plain.len() - missed.len();
        kept += caught;
        tried += plain.len();
        table +=
            &format!("{:34} | {caught:2}/{} | {:3} %\n", transform.name, plain.len(), percent(caught, plain.len()));
        let gap = KNOWN_GAPS.iter().find(|g| g.0 == transform.name);
        match (percent(caught, plain.len()) >= FLOOR_PERCENT, gap) {
            (false, None) => below.push(format!("{}: {caught}, first miss: {:?}", transform.name, missed[0])),
            (true, Some(gap)) => below.push(format!("{} is no longer a gap ({})", gap.0, gap.1)),
            (true, None) | (false, Some(_)) => {}
        }
    }
    println!("{table}{} techniques, {kept}/{tried} kept, {} %", transforms::all().len(), percent(kept, tried));
    assert!(below.is_empty(), "{} below {FLOOR_PERCENT} %:\n{}", below.len(), below.join("\n"));
    assert!(percent(kept, tried) >= FLOOR_ALL_PERCENT, "{kept} of {tried} kept");
}

#[test]
fn spans_of_disguised_attacks_lie_on_character_boundaries() {
    let scanner = PromptScanner::builder().build().unwrap();
    for transform in transforms::all() {
        for attack in attacks::ATTACKS {
            let text = (transform.apply)(attack);
            for finding in scan(&scanner, &text).findings() {
                assert!(finding.span.slice(&text).is_some(), "{}: {finding:?}, {} bytes", transform.name, text.len());
            }
        }
    }
}

#[test]
fn findings_of_decoded_attacks_name_their_steps() {
    let scanner = PromptScanner::builder().build().unwrap();
    for name in ["tag-characters", "variation-selectors", "base64", "base64-twice", "hex", "percent-twice"] {
        let transform = transforms::all().into_iter().find(|t| t.name == name).unwrap();
        let report = scan(&scanner, &(transform.apply)(attacks::ATTACKS[0]));
        let found = report.findings().iter().find(|f| is_attack(f.category));
        let steps = found.map_or(0, |f| f.chain.steps().count());
        assert!(steps > 0, "{name}: {:?}", report.findings());
    }
}

/// The origin is the strictest test: a user may give orders, so only the attack itself can be the reason.
fn scan(scanner: &PromptScanner, text: &str) -> ScanReport {
    scanner.scan(Input::new(text))
}

/// Seeing that something is encoded does not count; what it says does.
fn is_caught(report: &ScanReport) -> bool {
    report.decision() >= Decision::Flag && report.findings().iter().any(|f| is_attack(f.category))
}

fn is_attack(category: Category) -> bool {
    matches!(
        category,
        Category::PromptInjection
            | Category::Jailbreak
            | Category::PromptExtraction
            | Category::Delimiter
            | Category::Exfiltration
    )
}

fn percent(part: usize, whole: usize) -> usize {
    part * 100 / whole.max(1)
}

const FLOOR_PERCENT: usize = 90;
const FLOOR_ALL_PERCENT: usize = 95;
/// Techniques held to no floor, each with the reason; they still count in the share over all.
const KNOWN_GAPS: &[(&str, &str)] = &[];
