//! Ruled lines that claim the text before them has ended or that someone of rank speaks next.

use alloc::vec::Vec;

use super::words::{begins, is_order, is_ruler};
use super::{DetectorHit, ahead};
use crate::text::Span;

/// Reports the ruled line that begins at `at`, if it claims a border and an order follows it.
pub(super) fn read(bytes: &[u8], at: usize, hits: &mut Vec<DetectorHit>) {
    let line = ahead(bytes, at, LINE_MAX);
    let ruler = line.iter().take_while(|b| is_ruler(**b)).count();
    if ruler < RULER_MIN {
        return;
    }
    let line = line.split(|b| *b == b'\n').next().unwrap_or_default();
    let inside = line.get(ruler..).unwrap_or_default();
    let closing = inside.windows(RULER_MIN).position(|w| w.iter().all(|b| is_ruler(*b)));
    let title = closing.and_then(|end| inside.get(..end)).unwrap_or(inside);
    // A heading of Markdown has a ruler on one side only.
    let heading = closing.is_none() && matches!(line.first(), Some(b'#' | b'*' | b'>' | b'+' | b'_'));
    if heading || !claims(title.trim_ascii()) {
        return;
    }
    let after = at.saturating_add(ruler).saturating_add(title.len());
    let between = ahead(bytes, after, GAP_MAX).iter().take_while(|b| b.is_ascii_whitespace() || is_ruler(**b)).count();
    let order = after.saturating_add(between);
    if is_order(ahead(bytes, order, ORDER_MAX)) {
        hits.push(DetectorHit { rule_id: "fake-boundary", span: Span::new(at, order) });
    }
}

/// Whether a title says that something ends or begins here, or names someone of rank.
fn claims(title: &[u8]) -> bool {
    if title.len() > TITLE_MAX {
        return false;
    }
    let words = || title.split(|b| !b.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
    let is = |word: &[u8], list: &[&str]| list.iter().any(|l| l.len() == word.len() && begins(word, l));
    let Some(first) = words().next() else { return false };
    if is(first, RANKS) {
        return words().count() <= RANK_WORDS_MAX;
    }
    is(first, BORDERS) && words().any(|w| is(w, THINGS))
}

static RANKS: &[&str] = &["system", "admin", "administrator", "developer", "root", "override", "assistant", "operator"];
static BORDERS: &[&str] = &["end", "begin", "start", "beginning", "new", "stop"];
static THINGS: &[&str] = &[
    "document",
    "context",
    "input",
    "text",
    "data",
    "email",
    "mail",
    "message",
    "file",
    "page",
    "result",
    "results",
    "transcript",
    "article",
    "conversation",
    "prompt",
    "instruction",
    "instructions",
    "user",
    "content",
    "output",
    "tool",
    "system",
    "task",
    "query",
    "quote",
    "website",
    "summary",
    "review",
    "ticket",
    "resume",
    "cv",
    "session",
];

/// Signs of a ruler.
const RULER_MIN: usize = 3;
/// Bytes of a ruled line that are looked at.
const LINE_MAX: usize = 160;
/// Bytes of a title.
const TITLE_MAX: usize = 48;
/// Words of a title that begins with a rank.
const RANK_WORDS_MAX: usize = 3;
/// Rulers and empty lines between a title and an order.
const GAP_MAX: usize = 120;
/// Bytes in which an order shows.
const ORDER_MAX: usize = 64;
