#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::PathBuf;
use std::prelude::v1::*;
use std::{format, println, vec};

use super::*;

fn found(text: &str) -> Vec<(&'static str, &str)> {
    let mut out = vec![];
    detect(text, &mut out);
    out.into_iter().map(|h| (h.rule_id, h.span.slice(text).unwrap())).collect()
}

/// Detectors read the canonical view.
fn ids(text: &str) -> Vec<&'static str> {
    let view = crate::text::view::canonical(text);
    found(view.as_ref().map_or(text, |v| &v.text)).into_iter().map(|(id, _)| id).collect()
}

/// The text as the scanner hands it to the detectors.
fn view(text: &str) -> String {
    crate::text::view::canonical(text).map_or_else(|| text.into(), |v| v.text)
}

/// The strings of one list of a rule file.
fn examples(file: &str, list: &str) -> Vec<String> {
    let body = file.split(&format!("\n{list} = [")).nth(1).unwrap().split("\n]").next().unwrap();
    body.lines()
        .filter_map(|l| l.trim().strip_prefix('"')?.strip_suffix("\","))
        .map(|l| l.replace("{{}}", "").replace("\\\"", "\"").replace("\\\\", "\\"))
        .collect()
}

#[test]
fn every_rule_finds_its_examples_and_leaves_its_look_alikes_alone() {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("rules/pii");
    let mut wrong = 0;
    for id in RULES {
        let file = std::fs::read_to_string(dir.join(format!("{id}.toml"))).unwrap();
        for text in examples(&file, "matches").iter().map(|t| view(t)) {
            if !ids(&text).contains(id) {
                println!("{id} misses {text:?}: {:?}", found(&text));
                wrong += 1;
            }
        }
        for text in examples(&file, "clean").iter().map(|t| view(t)) {
            if ids(&text).contains(id) {
                println!("{id} fires on {text:?}: {:?}", found(&text));
                wrong += 1;
            }
        }
    }
    assert_eq!(wrong, 0);
    assert_eq!(std::fs::read_dir(dir).unwrap().count(), RULES.len());
}

#[test]
fn spans_cover_the_number_and_nothing_else() {
    assert_eq!(found("a 4242 4242 4242 4242 123 b"), [("payment-card", "4242 4242 4242 4242")]);
    assert_eq!(found("mail é.jo@example.com!"), [("email-address", "é.jo@example.com")]);
    for beside in ['\u{fffd}', '•', '→', '©'] {
        let text = std::format!("{beside}ada@example.org{beside} or {beside}.bob@example.org{beside}x");
        assert_eq!(found(&text), [("email-address", "ada@example.org"), ("email-address", "bob@example.org")]);
        assert_eq!(found(&std::format!("ada@{beside}example.org ada{beside}@example.org")), []);
    }
    assert_eq!(found("a\u{fffd}ada@bücher.example"), [("email-address", "ada@bücher.example")]);
    assert_eq!(found("I❤@ex😀.example"), [("email-address", "I❤@ex😀.example")]);
    assert_eq!(found("tel (212) 555-0187."), [("phone-number", "(212) 555-0187")]);
    assert_eq!(found("x AB 12 34 56 C y"), [("gb-nino", "AB 12 34 56 C")]);
}

#[test]
fn ordinary_numbers_are_no_personal_data() {
    for text in [
        "On 2024-11-20 at 09:53:12.123456 the job 1732104000123 took 3.14159265358979 s",
        "SHA 9fceb02d0ae598e95dc970b74767f19372d61af8 and 550e8400-e29b-41d4-a716-446655440000",
        "v1.2.3-rc.4, 10.15.7, ISBN 978-3-16-148410-0 and 0-306-40615-2",
        "Order #10023345, invoice 2024-00017, EUR 1.234.567,89 and $4,111,111.00",
        "52.520008, 13.404954 and 40.712776 -74.005974",
        "pages 12-34, 1990-1995, 3/4 of 100, 24/7, 1.000.000",
        "https://example.com/item/4006381333931?ref=20241120095312",
        "tweet 1325476890123456789, snowflake 412345678901234567",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn hostile_megabytes_cost_linear_time() {
    let started = std::time::Instant::now();
    for unit in
        ["7", "@", "4111 1111 ", "a@", "1-", "a1 ", "a1", "::1", "1.", "+1 ", "tel 1 ", "AB12 ", "é1", "@a.", "1:"]
    {
        let text = unit.repeat(1_000_000 / unit.len());
        let mut out = vec![];
        let unit_started = std::time::Instant::now();
        detect(&text, &mut out);
        println!("{unit:?} {:?} {}", unit_started.elapsed(), out.len());
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn any_cut_of_a_text_is_safe_to_scan() {
    let text = "é1@a.b +1 (415) 555-0132 DE89 3704 0044 0532 0130 00 A123456(3) 131052-308T 身份证 11010519491231002X";
    for i in (0..text.len()).filter(|i| text.is_char_boundary(*i)) {
        for j in (i..text.len()).filter(|j| text.is_char_boundary(*j)) {
            detect(&text[i..j], &mut vec![]);
        }
    }
}
