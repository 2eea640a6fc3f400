//! Layer 5, canonical views: the same text as a reader would say it aloud.

use crate::text::MappedText;
use crate::text::decode::Step;
use crate::text::view;

/// The canonical view of a text, or none if it is its own.
pub(crate) fn read(text: &str) -> Option<MappedText> {
    view::canonical(text)
}

/// Further readings of a view: leetspeak, joined letters, turned letters.
pub(crate) fn readings(view: &str, has_digit: bool) -> impl Iterator<Item = (Step, MappedText)> {
    let _ = has_digit;
    [(Step::Leet, view::leet(view)), (Step::Joined, view::joined(view)), (Step::UpsideDown, view::upside_down(view))]
        .into_iter()
        .filter_map(|(step, text)| text.map(|t| (step, t)))
}
