//! What must hold for every text, tried on texts made by a small generator.
//!
//! A failure prints the seed of its case; `EDGEWARDEN_SEED=<seed> cargo test --test properties` runs that case first.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, dead_code)]

#[path = "evasion/attacks.rs"]
mod attacks;
#[path = "honest/texts/mod.rs"]
mod texts;
#[path = "evasion/transforms/mod.rs"]
mod transforms;

use edgewarden::scan::{Category, Finding, Input, Origin, PromptScanner};

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
        assert!(report.findings().is_sorted_by_key(|f| f.span.start));
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
        let _ = scanner.scan_json(&text, Origin::Tool);
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

/// Runs `check` on `count` cases, each with its own seed.
fn each_case(count: u64, check: impl Fn(&PromptScanner, &mut Random, &Corpus)) {
    let scanner = PromptScanner::builder().build().unwrap();
    let corpus = Corpus::new();
    let replayed = std::env::var("EDGEWARDEN_SEED").ok().and_then(|s| s.parse().ok());
    for seed in replayed.into_iter().chain(1..=count) {
        let _seed = PrintedSeed(seed);
        check(&scanner, &mut Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)), &corpus);
    }
}

struct PrintedSeed(u64);

impl Drop for PrintedSeed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("EDGEWARDEN_SEED={}", self.0);
        }
    }
}

/// A linear congruential generator: small, and the same everywhere.
struct Random(u64);

impl Random {
    /// 0 to `n` - 1; 0 when `n` is 0.
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n.max(1)
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    fn letters(&mut self, count: usize, alphabet: &str) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..count).map(|_| self.pick(&alphabet)).collect()
    }

    /// A character boundary of `text`.
    fn boundary(&mut self, text: &str) -> usize {
        boundary_before(text, self.below(text.len() + 1))
    }
}

struct Corpus {
    honest: Vec<&'static str>,
    transforms: Vec<transforms::Transform>,
}

impl Corpus {
    fn new() -> Self {
        let honest = [texts::anywhere(), texts::from_user()].concat().into_iter().map(|t| t.1).collect();
        Self { honest, transforms: transforms::all() }
    }

    /// An attack, a disguised attack, an honest text or a disguised honest text.
    fn text(&self, random: &mut Random) -> String {
        let plain = match random.below(3) {
            0 => random.pick(&self.honest),
            _ => random.pick(&attacks::ATTACKS),
        };
        match random.below(3) {
            0 => plain.to_owned(),
            1 => (random.pick(&self.transforms).apply)(plain),
            _ => (random.pick(&self.transforms).apply)(&(random.pick(&self.transforms).apply)(plain)),
        }
    }
}

/// A text of the corpus with a few random edits. At most about 4 KB.
fn mutated(random: &mut Random, corpus: &Corpus) -> String {
    let mut text = corpus.text(random);
    text.truncate(boundary_before(&text, 4096));
    for _ in 0..random.below(6) {
        let (a, b) = (random.boundary(&text), random.boundary(&text));
        let (from, to) = (a.min(b), a.max(b));
        match random.below(6) {
            0 => text.insert_str(from, random.pick(PIECES)),
            1 => drop(text.drain(from..boundary_before(&text, to.min(from + 12)).max(from))),
            2 if to - from < 200 => text = text[..to].to_owned() + &text[from..],
            3 => text.insert_str(from, random.pick(&corpus.honest)),
            4 => text.insert_str(from, &corpus.text(random)),
            _ => text = text[from..].to_owned() + &text[..from],
        }
    }
    text.truncate(boundary_before(&text, 6000));
    text
}

/// The last character boundary of `text` that is not past `at`.
fn boundary_before(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Honest text with sensitive values at random places, some of them inside data formats.
fn planted(random: &mut Random, corpus: &Corpus) -> String {
    let mut text = String::new();
    for value in sensitive(random) {
        text.push_str(random.pick(&corpus.honest));
        text.push_str(random.pick(&["\n", " ", "\n\n", ": ", " = "]));
        match random.below(5) {
            0 => text.push_str(&format!("{{\"value\": \"{value}\"}}")),
            1 => text.push_str(&format!("({value})")),
            2 => text.push_str(&format!("{value}{value}")),
            3 => text.push_str(&sentence(&value)),
            _ => text.push_str(&value),
        }
        text.push_str(random.pick(&["\n", " ", ".\n", ", "]));
    }
    text
}

fn sentence(value: &str) -> String {
    format!("Please use {value} for the order.")
}

/// Values that have the form of secrets and personal data and belong to nobody.
fn sensitive(random: &mut Random) -> Vec<String> {
    const BASE62: &str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
    let numbers = [random.letters(12, "123456789"), random.letters(12, "123456789")].join("-");
    let slack = format!("{}{numbers}-{}", concat!("xo", "xb-"), distinct(random, 24, BASE62));
    vec![
        format!("{}{}", concat!("AK", "IA"), distinct(random, 16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")),
        slack,
        card(random),
        iban(random),
        format!(
            "{}.{}@{}.org",
            random.letters(5, "abdegiklmnoprst"),
            random.letters(6, "aeiklmnorst"),
            "bluebird-mail"
        ),
    ]
}

/// Letters with no neighbour equal, so that an entropy test accepts them.
fn distinct(random: &mut Random, count: usize, alphabet: &str) -> String {
    let mut letters: Vec<char> = alphabet.chars().collect();
    for i in (1..letters.len()).rev() {
        letters.swap(i, random.below(i + 1));
    }
    letters.into_iter().take(count).collect()
}

/// Sixteen digits in groups of four with a right Luhn digit.
fn card(random: &mut Random) -> String {
    let mut digits: Vec<u32> = vec![4, 5, 3, 9];
    digits.extend((0..11).map(|_| random.below(10) as u32));
    let sum: u32 = digits.iter().enumerate().map(|(i, d)| if i % 2 == 0 { d * 2 / 10 + d * 2 % 10 } else { *d }).sum();
    digits.push((10 - sum % 10) % 10);
    let text: String = digits.iter().filter_map(|d| char::from_digit(*d, 10)).collect();
    text.as_bytes().chunks(4).map(|c| String::from_utf8_lossy(c)).collect::<Vec<_>>().join(" ")
}

/// A German account number with right check digits.
fn iban(random: &mut Random) -> String {
    let account = random.letters(18, "123456789");
    let remainder = format!("{account}131400").bytes().fold(0, |r, b| (r * 10 + u32::from(b - b'0')) % 97);
    format!("DE{:02}{account}", 98 - remainder)
}

fn is_sensitive(finding: &Finding) -> bool {
    matches!(finding.category, Category::Secret | Category::Pii)
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

/// Starts, ends and odd characters of everything the scanner decodes.
const PIECES: &[&str] = &[
    "a",
    " ",
    "\n",
    "\0",
    "\u{8}",
    "\u{7F}",
    "\u{1B}[",
    "\u{1B}[31m",
    "\u{1B}]8;;",
    "\\x1b[",
    "\\x4",
    "\\u00",
    "\\u{",
    "\\",
    "%",
    "%4",
    "%41",
    "%25",
    "&#",
    "&#x41;",
    "&#65",
    "=",
    "=3D",
    "=\r\n",
    "0x41",
    "0x",
    "\u{200B}",
    "\u{200C}",
    "\u{200D}",
    "\u{2060}",
    "\u{2062}",
    "\u{2064}",
    "\u{FEFF}",
    "\u{FE0F}",
    "\u{FE00}",
    "\u{E0100}",
    "\u{E01EF}",
    "\u{E0041}",
    "\u{E0001}",
    "\u{E007F}",
    "\u{1F3F4}",
    "\u{202E}",
    "\u{202C}",
    "\u{2066}",
    "\u{2069}",
    "\u{AD}",
    "\u{34F}",
    "\u{301}",
    "\u{489}",
    "\u{3164}",
    "\u{FFFD}",
    "\u{10FFFF}",
    "\u{FFFE}",
    "é",
    "ß",
    "İ",
    "ﬃ",
    "ﷺ",
    "한",
    "日",
    "ก",
    "😀",
    "👨‍👩‍👧",
    "🇳🇴",
    "ⓘ",
    "𝐢",
    "ᴀ",
    "⠁",
    "<!--",
    "-->",
    "<",
    ">",
    "<b>",
    "</b>",
    "<![CDATA[",
    "]]>",
    "<div style=\"display:none\">",
    "</div>",
    "```",
    "![",
    "](",
    "[x](y \"",
    "**",
    "_",
    "~~",
    "{\"a\":",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "a = \"",
    "\" + \"",
    "begin 644 x\n",
    "`\nend\n",
    "<~",
    "~>",
    "SWdub3Jl",
    "c3RydWN0aW9ucw==",
    "JF2GO3TPOJSQ====",
    "69676e6f7265",
    "01101001 ",
    "105 ",
    ".- -... ",
    "/ ",
    "India Golf ",
    "9-7-14 ",
    "vtaber ",
    "erongi ",
    "ignore ",
    "all ",
    "previous ",
    "instructions ",
    "system: ",
    "<|im_start|>",
    "[INST]",
    "http://",
    "data:text/plain;base64,",
    "@",
    "+49 ",
    "4539 ",
    "-----BEGIN ",
    "eyJ",
    "sk-",
    "Ignorieren ",
    "忽略",
];
