//! `explanations`: ten decisions with the words that carried them, as the page `docs/explanations.md`.

mod texts;

use std::fmt::Write;
use std::fs;

use edgewarden::scan::{Decision, Explanation, Input, LexicalPart, LexicalReason, PromptScanner};
use edgewarden::text::Span;
use edgewarden::text::view::canonical;

use crate::process::root;
use texts::{SAMPLES, Sample};

/// Writes the page.
pub fn run() -> Result<(), String> {
    let path = root().join(PAGE);
    fs::write(&path, page()?).map_err(|error| format!("{}: {error}", path.display()))?;
    println!("wrote {PAGE}");
    Ok(())
}

fn page() -> Result<String, String> {
    let scanner = PromptScanner::builder().build().map_err(|error| error.to_string())?;
    let mut page = HEAD.replace("{model}", &format!("{:08x}", scanner.model().revision()));
    for (number, sample) in SAMPLES.iter().enumerate() {
        section(&mut page, number + 1, sample, &scanner).map_err(|error| error.to_string())?;
    }
    Ok(page.trim_end().to_owned() + "\n")
}

fn section(page: &mut String, number: usize, sample: &Sample, scanner: &PromptScanner) -> std::fmt::Result {
    let text = sample.text.replace("{}", &base64(sample.encoded.as_bytes()));
    let told = scanner.explain(Input::new(&text).origin(sample.origin));
    writeln!(page, "## {number}. {}\n", sample.title)?;
    let kind = if sample.attack { "Attack" } else { "Honest" };
    writeln!(page, "{kind}, origin `{}`. {}\n", sample.origin.name(), sample.about)?;
    for line in text.lines() {
        writeln!(page, "{}", format!("> {line}").trim_end())?;
    }
    writeln!(page, "\n{}\n", verdict(sample, &told))?;
    match told.lexical.first() {
        Some(reason) => write_reason(page, sample, &text, reason),
        None => writeln!(page, "Layer 10 says nothing.\n"),
    }
}

/// The decision and the rules it rests on.
fn verdict(sample: &Sample, told: &Explanation) -> String {
    let report = &told.report;
    let right = match (sample.attack, report.decision()) {
        (true, Decision::Allow) => ": **this attack passes**",
        (false, Decision::Allow) | (true, _) => "",
        (false, _) => ": **a false alarm**",
    };
    let decision = report.decision().name();
    let mut rules: Vec<_> =
        report.findings().iter().map(|f| (std::cmp::Reverse(f.weight), f.rule_id.as_ref())).collect();
    rules.sort_unstable();
    let rules: Vec<String> = rules.iter().map(|(weight, id)| format!("`{id}` {}", weight.0)).collect();
    let found = if rules.is_empty() { "no rule fired".to_owned() } else { format!("found by {}", rules.join(", ")) };
    format!("Decision **{decision}** with score {}{right}; {found}.", report.score())
}

fn write_reason(page: &mut String, sample: &Sample, text: &str, reason: &LexicalReason) -> std::fmt::Result {
    let is_decoded = !sample.encoded.is_empty() && reason.chain.steps().any(|step| step.name() == "base64");
    let decoded = canonical(sample.encoded).map_or_else(|| sample.encoded.to_owned(), |view| view.text);
    let words = |span: Span, at: Span| {
        let words = if is_decoded { at.slice(&decoded) } else { span.slice(text) };
        let words: Vec<&str> = words.unwrap_or("").split_whitespace().collect();
        match words.as_slice() {
            [first, second, .., last] if words.len() > WORDS_MAX => format!("{first} {second} … {last}"),
            words => words.join(" "),
        }
        .replace(['|', '`'], "")
    };
    let quote = |part: &LexicalPart| format!("“{}” {}", words(part.span, part.at), signed(part.amount));
    let side = |parts: Vec<String>| if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") };
    let (mut speaking, mut against) = (Vec::new(), Vec::new());
    for part in reason.parts.iter().filter(|part| part.amount.unsigned_abs() >= HUNDREDTH) {
        if part.amount > 0 { &mut speaking } else { &mut against }.push(quote(part));
    }
    let judgement = reason.judgement;
    let Span { start, end } = reason.span;
    writeln!(
        page,
        "Layer 10: probability {} per mille, **{} points**, for the window “{}” at {start}..{end} of {} bytes.\n",
        judgement.probability,
        judgement.points,
        words(reason.span, judgement.span),
        text.len()
    )?;
    writeln!(page, "- For an attack: {}.", side(speaking))?;
    writeln!(page, "- Against it: {}.", side(against))?;
    writeln!(
        page,
        "- All else in the window {}, the text outside it {}, before a word is read {}; together {}.\n",
        signed(reason.others),
        signed(reason.outside),
        signed(reason.bias),
        signed(judgement.logit)
    )
}

/// An amount in units of 2⁻¹⁶ with two places.
fn signed(amount: i32) -> String {
    let hundredths = (i64::from(amount).abs() * 100 + (1 << 15)) >> 16;
    let sign = if amount < 0 && hundredths > 0 { '−' } else { '+' };
    format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Base64 (RFC 4648 §4) with padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().chain([0, 0].iter()).take(3).fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
        for place in 0..4 {
            let sign = ALPHABET.get((word >> (18 - 6 * place) & 63) as usize).copied().unwrap_or(b'=');
            text.push(if place > chunk.len() { '=' } else { char::from(sign) });
        }
    }
    text
}

/// Of more words, the page shows the ends.
const WORDS_MAX: usize = 3;
/// What would be shown as nothing.
const HUNDREDTH: u32 = (1 << 16) / 100;

const PAGE: &str = "docs/explanations.md";

const HEAD: &str = "# Ten decisions, explained

Written by `cargo xtask explanations` from the weights in the library, model `{model}`; `xtask` fails its tests when the page and
the weights do not belong together. The texts were written for this page and are not part of the training data. The policy is
the balanced one: a user's text is flagged from 300 points and blocked from 600, a tool's or a document's from 250 and from 500.

How to read it: layer 10 takes the window of a text that looks most like an attack, and adds up what each of its words speaks
for or against one, alone and together with its neighbours, and what the whole text says. Of these the strongest are named.
Amounts are logits in the model's own units, before calibration. Their sum becomes *points* by how few honest texts of the same
origin reach it, which is why the same sum gives a document other points than a user; and a *probability* on a mix of texts of
which one in ten is an attack. Only points count for the decision ([layer 10](scanner.md#the-sixteen-layers)).
`edgewarden explain` prints the same for any text.

Words in a table of weights know nothing of intent. Where the decision is wrong, the section says so, and the words show why.

";

#[cfg(test)]
mod tests {
    use edgewarden::scan::LexicalModel;

    use super::*;

    #[test]
    fn page_belongs_to_the_weights() {
        let written = fs::read_to_string(root().join(PAGE)).unwrap_or_default();
        let model = format!("model `{:08x}`", LexicalModel::builtin().revision());
        assert!(written.contains(&model), "{PAGE} was written from other weights: cargo xtask explanations");
    }

    #[test]
    fn page_explains_five_attacks_and_five_honest_texts() {
        assert_eq!(SAMPLES.iter().filter(|sample| sample.attack).count(), 5);
        let page = page().unwrap();
        assert_eq!(page.matches("\n## ").count(), 10);
        assert_eq!(page.matches("\n- For an attack: ").count(), 10);
    }

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (plain, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }
}
