//! Canaries as functions: a canary is its word.

use edgewarden::scan::Canary;

use crate::error::Error;
use crate::offsets::Offsets;

/// The word of a prompt: 24 letters from HMAC-SHA-256 of `id` under `key`.
///
/// # Errors
/// `invalid_argument` for a key of fewer than 16 bytes.
pub fn canary_word(key: &[u8], id: &str) -> Result<String, Error> {
    if key.len() < KEY_BYTES_MIN {
        return Err(Error::argument("key", "fewer than 16 bytes"));
    }
    Ok(Canary::new(key, id).word().to_owned())
}

/// A line with the word, to put into a system prompt.
pub fn canary_line(word: &str) -> String {
    Canary::from_word(word).line()
}

/// Where `text` holds the word or at least half of it; `offsets` is of that text.
pub fn canary_find(word: &str, text: &str, offsets: &mut Offsets<'_>) -> Option<(usize, usize)> {
    Canary::from_word(word).find(text).map(|span| offsets.span(span))
}

const KEY_BYTES_MIN: usize = 16;
