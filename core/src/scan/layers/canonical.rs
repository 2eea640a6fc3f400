//! Layer 5, canonical views: the same text as a reader would say it aloud.

use crate::scan::engine::tokens::Signs;
use crate::text::MappedText;
use crate::text::decode::Step;
use crate::text::view;

/// The canonical view of a text, or none if it is its own.
pub(crate) fn read(text: &str) -> Option<MappedText> {
    view::canonical(text)
}

/// Further readings of a view: leetspeak where words mix letters and signs, joined letters where letters stand alone,
/// stretched words where a letter stands three times in a row.
pub(crate) fn readings(view: &str, signs: Signs) -> impl Iterator<Item = (Step, MappedText)> {
    let leet = if signs.mixed { view::leet(view) } else { None };
    let joined = if signs.spelt { view::joined(view) } else { None };
    let unstretched = if signs.stretched { view::unstretched(view) } else { None };
    [(Step::Leet, leet), (Step::Joined, joined), (Step::Joined, unstretched)].into_iter().filter_map(|(step, text)| text.map(|t| (step, t)))
}

/// Upside-down letters turned. Reads the text as written: the canonical view folds those letters to what they resemble.
pub(crate) fn turned(text: &str) -> Option<(Step, MappedText)> {
    view::upside_down(text).map(|t| (Step::UpsideDown, t))
}
