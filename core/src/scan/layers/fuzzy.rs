//! Layer 9, fuzzy signatures: misspelt words count less, ciphered words name the key to decode with.

use crate::scan::engine::sequence::SequenceMatch;
use crate::scan::engine::tokens::CipherHit;

/// Whether a match that rests on misspelt words is believed: one misspelling among enough well-spelt words, or several
/// that together spell a whole signature.
pub(crate) fn is_believed(m: &SequenceMatch) -> bool {
    m.fuzzy == 0 || m.words >= 3 || (m.words == 2 && m.fuzzy <= 1)
}

/// The keys under which at least [`HITS_MIN`] different signature words stand close together.
pub(crate) fn keys(hits: &[CipherHit]) -> impl Iterator<Item = u8> {
    let mut found = [false; KEYS];
    for (i, hit) in hits.iter().enumerate() {
        let mut words = [hit.word; HITS_MIN];
        let mut count = 1;
        let near = hits.get(i + 1..).unwrap_or(&[]).iter().take(WINDOW_HITS);
        for other in near.take_while(|o| o.token.saturating_sub(hit.token) <= WINDOW_TOKENS) {
            if other.key == hit.key
                && !words.get(..count).unwrap_or(&[]).contains(&other.word)
                && let Some(slot) = words.get_mut(count)
            {
                *slot = other.word;
                count += 1;
            }
        }
        if count >= HITS_MIN
            && let Some(slot) = found.get_mut(hit.key as usize)
        {
            *slot = true;
        }
    }
    found.into_iter().enumerate().filter(|(_, f)| *f).map(|(key, _)| key as u8)
}

/// Different words that must agree on a key.
const HITS_MIN: usize = 2;
const WINDOW_TOKENS: u32 = 12;
const WINDOW_HITS: usize = 24;
const KEYS: usize = 32;
