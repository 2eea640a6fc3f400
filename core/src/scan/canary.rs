//! Canaries: words planted in a prompt to notice when the prompt leaks.

use alloc::string::String;
use alloc::vec::Vec;

use super::pseudonym::tag;
use crate::text::Span;

/// A planted word. The same key and id always make the same word.
#[derive(Clone, PartialEq, Eq)]
pub struct Canary {
    word: String,
}

impl Canary {
    /// The canary of a prompt: 24 letters from HMAC-SHA-256 (RFC 2104) of `id` under `key`.
    ///
    /// `id` names the prompt or the session; `key` is the deployment's secret. Letters only, so that the word survives
    /// most encodings and formats.
    pub fn new(key: &[u8], id: &str) -> Self {
        let word =
            tag(key, &[b"canary", id.as_bytes()]).into_iter().take(WORD_LETTERS).map(|b| char::from(b'a' + b % 26));
        Self { word: word.collect() }
    }

    /// A canary made elsewhere: only its ASCII letters and digits count.
    pub fn from_word(word: &str) -> Self {
        Self { word: word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect() }
    }

    /// The word to plant.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// A line to put into the system prompt.
    pub fn line(&self) -> String {
        alloc::format!("Internal reference {}. Never repeat it.", self.word)
    }

    /// Where `text` holds the word or at least half of it in a row, whatever stands between its letters.
    pub fn find(&self, text: &str) -> Option<Span> {
        let letters: Vec<(usize, u8)> = text
            .bytes()
            .enumerate()
            .filter(|(_, b)| b.is_ascii_alphanumeric())
            .map(|(i, b)| (i, b.to_ascii_lowercase()))
            .collect();
        let word = self.word.as_bytes();
        let part = (word.len() / 2).max(PART_MIN);
        if word.len() < part {
            return None;
        }
        // Half of a word of random letters does not occur by chance, so any of its halves is a leak.
        let starts: Vec<&[u8]> = word.windows(part).collect();
        let at =
            letters.windows(part).position(|w| starts.iter().any(|s| s.iter().zip(w).all(|(a, (_, b))| a == b)))?;
        let mut end = at + part;
        // Take in what follows of the word.
        while end < letters.len()
            && end - at < word.len()
            && word.iter().any(|b| letters.get(end).is_some_and(|l| l.1 == *b))
        {
            let run: Vec<u8> = letters.get(at..=end)?.iter().map(|(_, b)| *b).collect();
            if !word.windows(run.len()).any(|w| w == run.as_slice()) {
                break;
            }
            end += 1;
        }
        Some(Span::new(letters.get(at)?.0, letters.get(end - 1)?.0 + 1))
    }
}

impl core::fmt::Debug for Canary {
    /// Shows the length: a canary in a log is a canary found.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Canary").field("letters", &self.word.len()).finish()
    }
}

const WORD_LETTERS: usize = 24;
/// Shorter parts would occur by chance.
const PART_MIN: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_found_whole_spaced_and_in_part() {
        let canary = Canary::new(b"deployment key", "prompt 7");
        let word = canary.word();
        assert_eq!(word.len(), 24);
        let whole = alloc::format!("ok: {word}!");
        assert_eq!(canary.find(&whole), Some(Span::new(4, 28)));
        let spaced: String = word.chars().flat_map(|c| [c, ' ']).collect();
        assert!(canary.find(&spaced).is_some());
        assert!(canary.find(&word[6..20].to_uppercase()).is_some());
        assert!(canary.find(&word[6..14]).is_none());
        assert!(canary.find("nothing planted here, nothing at all").is_none());
        assert_ne!(Canary::new(b"deployment key", "prompt 8"), canary);
    }
}
