//! Layer 11, use against mention: an attack that is quoted and reported is teaching, not an attack.
//!
//! It lowers what words alone said (layers 8 and 9). It never touches hidden or encoded text: nobody hides a quotation.

use crate::scan::Origin;
use crate::scan::engine::lexicon::Lexicon;
use crate::scan::engine::tokens::WordHit;
use crate::text::Span;

/// How a match stands in its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Said.
    Used,
    /// Between quotation marks or in code.
    Quoted,
    /// Near words that report an attack.
    Reported,
    /// Both: counts as teaching.
    Taught,
}

impl Standing {
    /// Share of the weight that remains, in per mille. Whoever writes a document or a tool result can write "for example"
    /// and quotation marks around an order, so there teaching still counts enough to be seen.
    pub(crate) const fn per_mille(self, origin: Origin) -> u32 {
        match self {
            Self::Used => 1000,
            Self::Quoted => 800,
            Self::Reported => 600,
            Self::Taught if matches!(origin, Origin::Retrieved | Origin::Tool) => 500,
            Self::Taught => 150,
        }
    }
}

/// A match of words: where it is, and which words it spans.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) span: Span,
    pub(crate) from: u32,
    pub(crate) to: u32,
}

/// How the match at `place` stands in `text`; `reporting` is the concept of reporting words.
pub(crate) fn standing(text: &str, place: Place, hits: &[WordHit], lexicon: &Lexicon<'_>, reporting: u16) -> Standing {
    let Place { span, from, to } = place;
    let quotation = quotation(text, span);
    // What stands inside the quotation is quoted itself.
    let own = quotation.unwrap_or(span);
    let near = |h: &WordHit| {
        h.token.saturating_add(BEFORE_TOKENS) >= from
            && h.token <= to.saturating_add(AFTER_TOKENS)
            && !(own.start <= h.start as usize && (h.end as usize) <= own.end)
            && lexicon.meaning(h.payload).has(reporting)
    };
    let at = hits.partition_point(|h| h.token.saturating_add(BEFORE_TOKENS) < from);
    let reported = hits.get(at..).unwrap_or(&[]).iter().take(HITS_MAX).any(near);
    match (quotation.is_some(), reported) {
        (true, true) => Standing::Taught,
        (true, false) => Standing::Quoted,
        (false, true) => Standing::Reported,
        (false, false) => Standing::Used,
    }
}

/// The quotation that holds the match.
fn quotation(text: &str, span: Span) -> Option<Span> {
    let before_at = floor_boundary(text, span.start.saturating_sub(QUOTE_BYTES));
    let before = text.get(before_at..span.start).unwrap_or("");
    let after_to = floor_boundary(text, span.end.saturating_add(QUOTE_BYTES).min(text.len()));
    let after = text.get(span.end..after_to).unwrap_or("");
    let before = before.rsplit("\n\n").next().unwrap_or(before);
    let after = after.split("\n\n").next().unwrap_or(after);
    let closed = QUOTES.iter().filter_map(|(open, close)| {
        let end = span.end + after.find(*close)?;
        let start = span.start - before.len() + opens(before, *open, *close)?;
        Some(Span::new(start, end))
    });
    closed.min_by_key(|q| q.len()).or_else(|| fence_is_open(text, span.start).then_some(span))
}

/// Where `open` began a quotation that is still open at the end of `before`.
fn opens(before: &str, open: char, close: char) -> Option<usize> {
    let at = before.rfind(open)?;
    if open != close {
        return before.rfind(close).is_none_or(|c| at > c).then_some(at);
    }
    // The same sign opens and closes: it opens where it follows no letter. An apostrophe does follow one.
    let fits = before
        .get(..at)
        .and_then(|b| b.chars().next_back())
        .is_none_or(|c| !c.is_alphanumeric() && !".!?,".contains(c))
        && before.get(at + open.len_utf8()..).and_then(|a| a.chars().next()).is_none_or(|c| !c.is_whitespace());
    fits.then_some(at)
}

/// Whether the position lies inside a fenced code block that began shortly before.
fn fence_is_open(text: &str, at: usize) -> bool {
    let from = floor_boundary(text, at.saturating_sub(FENCE_BYTES));
    text.get(from..at).unwrap_or("").matches("```").count() % 2 == 1
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    while at > 0 && !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Reporting words count up to this many words before a match …
const BEFORE_TOKENS: u32 = 18;
/// … and up to this many after it.
const AFTER_TOKENS: u32 = 10;
const HITS_MAX: usize = 256;
/// A quotation that begins farther away is not looked for.
const QUOTE_BYTES: usize = 240;
const FENCE_BYTES: usize = 2048;
const QUOTES: [(char, char); 8] = [
    ('"', '"'),
    ('\'', '\''),
    ('`', '`'),
    ('\u{201c}', '\u{201d}'),
    ('\u{2018}', '\u{2019}'),
    ('\u{ab}', '\u{bb}'),
    ('\u{300c}', '\u{300d}'),
    ('\u{201e}', '\u{201c}'),
];
