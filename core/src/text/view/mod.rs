//! Canonical views: other readings of a text, each byte of which knows where it came from.
//!
//! The canonical view is what a reader sees, in one spelling: NFKC, small letters, no marks on alphabetic scripts, no
//! invisible characters, look-alikes read as the letters they imitate. ASCII capitals stay as they are, so that
//! untouched text is copied rather than rewritten; whoever matches on the view folds ASCII case.

mod classes;
mod erase;
mod fold;
mod tricks;
mod word;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;

use alloc::borrow::Cow;
use alloc::string::String;

use super::MappedText;

pub use tricks::{joined, leet, looks_ciphered, reversed, reversed_order, reversed_words, unstretched, upside_down};

/// The canonical view of `text`, or `None` if it equals `text` (ASCII case apart).
pub fn canonical(text: &str) -> Option<MappedText> {
    folded(text, &erase::survey(text))
}

/// The [`canonical`] view of `text`, and its mended view: where words have U+FFFD in them, the same with these words
/// read through. Hosts write U+FFFD for a surrogate without partner and for bytes that are no UTF-8, often for a space,
/// so that both readings count.
pub fn canonical_and_mended(text: &str) -> (Option<MappedText>, Option<MappedText>) {
    let survey = erase::survey(text);
    let canonical = folded(text, &survey);
    let mended = if survey.holes.is_empty() { None } else { folded(text, &survey.mended()) };
    (canonical, mended)
}

fn folded(text: &str, survey: &erase::Survey) -> Option<MappedText> {
    if (!survey.non_ascii && survey.erased.is_empty()) || u32::try_from(text.len()).is_err() {
        return None;
    }
    fold::fold(text, survey)
}

/// A lexicon entry in the spelling of the canonical view, in small letters.
pub fn fold_entry(text: &str) -> String {
    let mut folded = canonical(text).map_or(Cow::Borrowed(text), |view| Cow::Owned(view.text)).into_owned();
    folded.make_ascii_lowercase();
    folded
}
