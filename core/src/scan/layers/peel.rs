//! Layer 6, encoding peeler: what stands in the text under an encoding or a cipher becomes a text of its own.

use crate::scan::engine::fuzzy::{KEY_ATBASH, KEY_REVERSED};
use crate::text::decode::{self, Children, Step, cipher};
use crate::text::{Span, view};

/// Reads the encodings that the census hinted at.
pub(crate) fn read(view: &str, hints: decode::Hints, children: &mut Children) {
    decode::peel(view, hints.without_hidden(), children);
}

/// The whole text backwards, if its letters look like a cipher: the words of a reversed cipher name no key.
pub(crate) fn backwards(view: &str, children: &mut Children) {
    if view::looks_ciphered(view) {
        let span = Span::new(0, view.len());
        children.push(Step::Reversed, span, view::reversed(view, span));
    }
}

/// Decodes the whole text under a letter cipher that its words gave away.
pub(crate) fn decipher(view: &str, key: u8, children: &mut Children) {
    let span = Span::new(0, view.len());
    match key {
        KEY_REVERSED => {
            children.push(Step::Reversed, span, view::reversed(view, span));
            children.push(Step::ReversedWords, span, view::reversed_words(view, span));
        }
        KEY_ATBASH => children.push(Step::Atbash, span, cipher::atbash(view, span)),
        shift => children.push(Step::Caesar, span, cipher::caesar(view, span, 26 - shift % 26)),
    }
}
