//! Layer 5, canonical views: the same text as a reader would say it aloud.

use crate::scan::engine::tokens::Signs;
use crate::text::decode::Step;
use crate::text::view;
use crate::text::{MappedText, Span};

/// The canonical view of a text, or none if it is its own; and the view in which words with a hole are whole, if any has
/// one.
pub(crate) fn read(text: &str) -> (Option<MappedText>, Option<MappedText>) {
    view::canonical_and_mended(text)
}

/// Further readings of a view: leetspeak where words mix letters and signs, joined letters where letters stand alone,
/// stretched words where a letter stands three times in a row, the words in reverse order where a sentence begins with
/// its end.
pub(crate) fn readings(view: &str, signs: Signs) -> impl Iterator<Item = (Step, MappedText)> {
    let leet = if signs.mixed { view::leet(view) } else { None };
    let joined = if signs.spelt { view::joined(view) } else { None };
    let unstretched = if signs.stretched { view::unstretched(view) } else { None };
    [(Step::Leet, leet), (Step::Joined, joined), (Step::Joined, unstretched), (Step::ReversedOrder, flipped(view))]
        .into_iter()
        .filter_map(|(step, text)| text.map(|t| (step, t)))
}

/// The words in reverse order, if the text begins with the end of a sentence and ends without one.
fn flipped(view: &str) -> Option<MappedText> {
    let ends = |word: &str| word.ends_with(['.', '!', '?']);
    let first = view.split_whitespace().next()?;
    let flips = first.len() > 1 && ends(first) && !ends(view.trim_end());
    flips.then(|| view::reversed_order(view, Span::new(0, view.len())))
}

/// Upside-down letters turned. Reads the text as written: the canonical view folds those letters to what they resemble.
pub(crate) fn turned(text: &str) -> Option<(Step, MappedText)> {
    view::upside_down(text).map(|t| (Step::UpsideDown, t))
}
