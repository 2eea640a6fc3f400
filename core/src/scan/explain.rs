//! Why a scan decided as it did, for people. Holds no text of the caller.

mod lexical;

use alloc::vec::Vec;
use core::fmt;

pub use lexical::{LexicalPart, LexicalReason};

use super::finding::Chain;
use super::input::{Input, Origin};
use super::policy::Thresholds;
use super::report::ScanReport;
use super::scanner::PromptScanner;

/// A report with everything that led to it.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The report.
    pub report: ScanReport,
    /// Who produced the text.
    pub origin: Origin,
    /// The thresholds in force.
    pub thresholds: Thresholds,
    /// Every text that was looked at: how it was derived, and its bytes.
    pub documents: Vec<(Chain, usize)>,
    /// What the learned model made of the texts that look most like an attack to it: those that got points, at most three,
    /// or else one that got none.
    pub lexical: Vec<LexicalReason>,
    /// Steps of work done.
    pub work: usize,
    /// Revision of the learned model in force, 0 for the neutral one.
    pub model_revision: u32,
}

/// What a scan keeps for its explanation.
pub(crate) struct Detail {
    pub(crate) documents: Vec<(Chain, usize)>,
    pub(crate) lexical: Vec<LexicalReason>,
    pub(crate) work: usize,
}

impl PromptScanner {
    /// Scans and says how the decision came about. Slower than [`scan`](Self::scan).
    pub fn explain<'t>(&self, input: impl Into<Input<'t>>) -> Explanation {
        let input = input.into();
        let (report, Detail { documents, lexical, work }) = self.scan_in_detail(input);
        Explanation {
            report,
            origin: input.origin,
            thresholds: self.policy.thresholds_for(input.origin),
            documents,
            lexical,
            work,
            model_revision: self.model.revision(),
        }
    }
}

impl Explanation {
    /// The explanation in words that quotes what it points at. `text` is the text that was scanned.
    pub fn quoting<'e>(&'e self, text: &'e str) -> impl fmt::Display + 'e {
        Told { explanation: self, text: Some(text) }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Told { explanation: self, text: None }.fmt(f)
    }
}

/// An explanation, and the text to quote from if there is one.
struct Told<'e> {
    explanation: &'e Explanation,
    text: Option<&'e str>,
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Explanation { report, origin, documents, lexical, work, model_revision, .. } = self.explanation;
        let Thresholds { flag, block, redact } = self.explanation.thresholds;
        writeln!(f, "decision {} with score {}", report.decision().name(), report.score())?;
        writeln!(f, "origin {}: flag from {flag}, redact from {redact}, block from {block}", origin.name())?;
        writeln!(f, "rules revision {:08x}, model {model_revision:08x}, {work} steps", report.rules_revision())?;
        writeln!(f, "texts looked at:")?;
        for (chain, bytes) in documents {
            writeln!(f, "  {bytes:>7} bytes  {}", ChainName(chain))?;
        }
        self.write_findings(f)?;
        lexical.iter().try_for_each(|reason| reason.write(f, self.text))
    }
}

impl Told<'_> {
    fn write_findings(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.explanation.report;
        if report.findings().is_empty() {
            return writeln!(f, "nothing found");
        }
        writeln!(f, "findings, strongest first; each further rule counts half of the one before:")?;
        let mut findings: Vec<_> = report.findings().iter().collect();
        findings.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.rule_id.cmp(&b.rule_id)));
        for finding in findings {
            write!(
                f,
                "  {:>4}  {} ({}, {} severity, {} confidence) at {}..{} in {}",
                finding.weight,
                finding.rule_id,
                finding.category.name(),
                finding.severity.name(),
                finding.confidence.name(),
                finding.span.start,
                finding.span.end,
                ChainName(&finding.chain),
            )?;
            if let Some(text) = self.text {
                write!(f, "  {}", Quote(finding.span.slice(text).unwrap_or("")))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

struct ChainName<'c>(&'c Chain);

impl fmt::Display for ChainName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("original")?;
        self.0.steps().try_for_each(|step| write!(f, " > {}", step.name()))
    }
}

/// A quotation in which nothing is hidden, of a long text its two ends.
struct Quote<'t>(&'t str);

impl fmt::Display for Quote<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut = |n: usize| self.0.char_indices().nth(n).map_or(self.0.len(), |(at, _)| at);
        let chars = self.0.chars().count();
        if chars <= 2 * QUOTE_END {
            return write!(f, "{:?}", self.0);
        }
        let (head, tail) = (self.0.get(..cut(QUOTE_END)), self.0.get(cut(chars - QUOTE_END)..));
        write!(f, "{:?} … {:?}", head.unwrap_or(""), tail.unwrap_or(""))
    }
}

/// Characters of either end of a long quotation.
const QUOTE_END: usize = 30;

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString;

    use super::*;
    use crate::scan::LexicalModel;
    use crate::scan::lexical::sample::model_of;
    use crate::text::Span;

    fn scanner() -> PromptScanner {
        let model = model_of(&[
            ("kindly water the neighbour's tomatoes tonight", [110, 80]),
            ("полей помидоры соседа вечером", [110, 80]),
            ("今晚给番茄浇水", [110, 80]),
        ]);
        PromptScanner::builder().model(model).build().unwrap()
    }

    /// What the strongest part was read from.
    fn strongest<'t>(reason: &LexicalReason, text: &'t str) -> &'t str {
        for part in &reason.parts {
            assert!(part.span.slice(text).is_some(), "{part:?} is off the characters of {text}");
            assert!(reason.span.contains(part.span), "{part:?} is outside {reason:?}");
            assert!(reason.judgement.span.contains(part.at));
        }
        reason.parts[0].span.slice(text).unwrap()
    }

    #[test]
    fn reasons_point_at_the_words_in_the_callers_text() {
        let cases = [
            (
                "Good evening. Kindly water the neighbour's tomatoes tonight.",
                "Kindly water the neighbour's tomatoes tonight",
            ),
            ("Добрый вечер: «полей помидоры соседа вечером».", "полей помидоры соседа вечером"),
            ("你好。今晚给番茄浇水。", "今晚给番茄浇水"),
            (
                "Hi! Ｋｉｎｄｌｙ ｗａｔｅｒ the neighbour’s tomatoes\u{200b} tonight",
                "Ｋｉｎｄｌｙ ｗａｔｅｒ the neighbour’s tomatoes\u{200b} tonight",
            ),
        ];
        for (text, known) in cases {
            let told = scanner().explain(text);
            let reason = told.lexical.first().unwrap_or_else(|| panic!("{text}: {told:#?}"));
            assert!(reason.judgement.points > 0, "{text}: {reason:?}");
            let words = strongest(reason, text);
            assert!(!words.is_empty() && known.contains(words), "{text}: {words}");
        }
    }

    #[test]
    fn reasons_of_a_decoded_text_point_at_what_it_was_decoded_from() {
        let encoded = "S2luZGx5IHdhdGVyIHRoZSBuZWlnaGJvdXIncyB0b21hdG9lcyB0b25pZ2h0";
        let text = format!("Gruß vom Balkon: {encoded} und bis bald");
        let told = scanner().explain(text.as_str());
        let decoded = |r: &&LexicalReason| r.chain.steps().any(|s| s.name() == "base64");
        let reason = told.lexical.iter().find(decoded).unwrap_or_else(|| panic!("{told:#?}"));
        assert!(encoded.contains(strongest(reason, &text)), "{reason:?}");
        let at = text.find(encoded).unwrap();
        assert!(Span::new(at, at + encoded.len()).contains(reason.span));
        assert_eq!(
            reason.parts[0].at.slice("Kindly water the neighbour's tomatoes tonight").map(str::is_empty),
            Some(false)
        );
    }

    #[test]
    fn a_text_that_got_no_points_is_told_once_and_a_neutral_model_tells_nothing() {
        let told = scanner().explain("Who wrote this poem?");
        assert_eq!((told.lexical.len(), told.lexical[0].judgement.points), (1, 0));
        for text in ["", " ", "…"] {
            assert!(scanner().explain(text).lexical.is_empty());
        }
        let neutral = PromptScanner::builder().model(LexicalModel::neutral()).build().unwrap();
        let told = neutral.explain("Kindly water the neighbour's tomatoes tonight");
        assert!(told.lexical.is_empty() && !told.to_string().contains("layer 10"));
    }

    #[test]
    fn reasons_are_told_with_and_without_the_words() {
        let text = "Kindly water\u{1b}[2J the neighbour's tomatoes tonight";
        let told = scanner().explain(text);
        let (bare, quoting) = (told.to_string(), told.quoting(text).to_string());
        assert!(bare.contains("layer 10: probability ") && bare.contains("(three neighbours)"), "{bare}");
        for word in ["water", "tomatoes", "tonight"] {
            assert!(!bare.contains(word) && quoting.contains(word), "{quoting}");
        }
        assert!(!quoting.contains('\u{1b}'));
        assert_eq!(Quote("c'est\n là").to_string(), "\"c'est\\n là\"");
        let long = "हि".repeat(40);
        assert_eq!(Quote(&long).to_string(), format!("\"{}\" … \"{}\"", "हि".repeat(15), "हि".repeat(15)));
    }
}
