//! What the learned model made of a text, mapped to the caller's bytes.

use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt;

use super::{ChainName, Quote};
use crate::scan::document::Documents;
use crate::scan::finding::Chain;
use crate::scan::input::Input;
use crate::scan::lexical::{Judgement, LexicalModel};
use crate::text::Span;

/// Why the learned model judged a text as it did. Amounts are as in [`Evidence`](crate::scan::lexical::Evidence).
#[derive(Clone, Debug)]
pub struct LexicalReason {
    /// How the text was derived.
    pub chain: Chain,
    /// What the model says of it; the span is that of the window in the text as the model read it.
    pub judgement: Judgement,
    /// The window that decided, in bytes of the original.
    pub span: Span,
    /// What the model holds of a text from this origin before it has read a word.
    pub bias: i32,
    /// The strongest parts of the window, strongest first.
    pub parts: Vec<LexicalPart>,
    /// What the rest of the window adds.
    pub others: i32,
    /// What the text outside the window adds.
    pub outside: i32,
}

/// Words that stand together, and what they add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LexicalPart {
    /// What they were read from, in bytes of the original.
    pub span: Span,
    /// The words, in bytes of the text as the model read it.
    pub at: Span,
    /// How many words: one, or two or three neighbours.
    pub words: u8,
    /// What they add, in units of 2⁻¹⁶ logits.
    pub amount: i32,
}

impl LexicalReason {
    /// The reasons for the texts that look most like an attack: those that got points, at most a few, or else the highest
    /// of those that got none. `judged` are the texts the model has read.
    pub(crate) fn strongest(
        model: &LexicalModel,
        documents: &Documents<'_>,
        judged: &[usize],
        input: Input<'_>,
    ) -> Vec<Self> {
        let judge = |id: &usize| Some((*id, model.judge(&documents.get(*id)?.text, input.origin)));
        let mut judged: Vec<_> = judged.iter().filter_map(judge).filter(|(_, j)| !j.span.is_empty()).collect();
        judged.sort_by_key(|(id, judgement)| (Reverse(judgement.points), Reverse(judgement.logit), *id));
        let scored = judged.iter().take_while(|(_, judgement)| judgement.points > 0).count();
        let told = judged.iter().take(scored.clamp(1, REASONS_MAX));
        told.filter_map(|(id, _)| Self::of(model, documents, *id, input)).collect()
    }

    fn of(model: &LexicalModel, documents: &Documents<'_>, id: usize, input: Input<'_>) -> Option<Self> {
        let document = documents.get(id)?;
        let evidence = model.evidence(&document.text, input.origin);
        let home = |span| documents.home(id, span, input.text);
        let parts = evidence
            .parts
            .iter()
            .filter_map(|p| Some(LexicalPart { span: home(p.span)?, at: p.span, words: p.words, amount: p.amount }));
        Some(Self {
            chain: document.chain,
            span: home(evidence.judgement.span)?,
            parts: parts.collect(),
            judgement: evidence.judgement,
            bias: evidence.bias,
            others: evidence.others,
            outside: evidence.outside,
        })
    }

    /// Writes the reason in lines of its own, with the words if there is a text to quote them from.
    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>, text: Option<&str>) -> fmt::Result {
        let Judgement { probability, points, .. } = self.judgement;
        let Span { start, end } = self.span;
        let chain = ChainName(&self.chain);
        writeln!(
            f,
            "layer 10: probability {probability} per mille, {points} points, window {start}..{end} in {chain}"
        )?;
        for part in &self.parts {
            let words = match part.words {
                1 => "word",
                2 => "two neighbours",
                _ => "three neighbours",
            };
            write!(f, "  {}  at {}..{} ({words})", Logits(part.amount), part.span.start, part.span.end)?;
            if let Some(text) = text {
                write!(f, "  {}", Quote(part.span.slice(text).unwrap_or("")))?;
            }
            writeln!(f)?;
        }
        writeln!(f, "  {}  the rest of the window", Logits(self.others))?;
        writeln!(f, "  {}  the text outside the window", Logits(self.outside))?;
        writeln!(f, "  {}  before a word is read", Logits(self.bias))
    }
}

/// An amount with its sign and two places, without floating point.
struct Logits(i32);

impl fmt::Display for Logits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = (u64::from(self.0.unsigned_abs()) * 100 + (1 << 15)) >> 16;
        let sign = if self.0 < 0 && hundredths > 0 { '-' } else { '+' };
        write!(f, "{sign}{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

/// Texts whose reasons are told.
const REASONS_MAX: usize = 3;

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn amounts_are_rounded_to_two_places() {
        for (amount, told) in [
            (0, "+0.00"),
            (1 << 16, "+1.00"),
            (-(3 << 15), "-1.50"),
            (-300, "+0.00"),
            (86_508, "+1.32"),
            (i32::MIN, "-32768.00"),
        ] {
            assert_eq!(Logits(amount).to_string(), told);
        }
    }
}
