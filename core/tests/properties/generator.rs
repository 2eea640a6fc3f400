//! Makes texts: the same seed gives the same text on every machine.

use edgewarden::scan::{Category, Finding, PromptScanner};

use crate::{attacks, texts, transforms};

/// Runs `check` on `count` cases, each with its own seed.
pub fn each_case(count: u64, check: impl Fn(&PromptScanner, &mut Random, &Corpus)) {
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
pub struct Random(u64);

impl Random {
    /// 0 to `n` - 1; 0 when `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n.max(1)
    }

    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    fn letters(&mut self, count: usize, alphabet: &str) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..count).map(|_| self.pick(&alphabet)).collect()
    }

    /// A character boundary of `text`.
    pub fn boundary(&mut self, text: &str) -> usize {
        boundary_before(text, self.below(text.len() + 1))
    }
}

pub struct Corpus {
    pub honest: Vec<&'static str>,
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
pub fn mutated(random: &mut Random, corpus: &Corpus) -> String {
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
pub fn boundary_before(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Honest text with sensitive values at random places, some of them inside data formats.
pub fn planted(random: &mut Random, corpus: &Corpus) -> String {
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

pub fn sentence(value: &str) -> String {
    format!("Please use {value} for the order.")
}

/// Values that have the form of secrets and personal data and belong to nobody.
pub fn sensitive(random: &mut Random) -> Vec<String> {
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

pub fn is_sensitive(finding: &Finding) -> bool {
    matches!(finding.category, Category::Secret | Category::Pii)
}

/// Starts, ends and odd characters of everything the scanner decodes.
pub const PIECES: &[&str] = &[
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
