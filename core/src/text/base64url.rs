//! base64url without padding (RFC 4648 section 5, RFC 7515 section 2), each value in its one spelling.

use alloc::string::String;
use alloc::vec::Vec;

/// The bytes that `text` spells.
///
/// # Errors
/// The offset of the first byte that no encoder writes: padding, white space, another alphabet, a last character with
/// bits that belong to no byte; for a length that no encoder writes, the length.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, usize> {
    let mut bytes = alloc::vec![0; text.len() * 3 / 4];
    let (quads, mut triples) = (text.as_bytes().chunks_exact(4), bytes.chunks_exact_mut(3));
    let rest = quads.remainder();
    // Looked at once in the end: foreign letters have bits that no sextet has.
    let mut seen = 0;
    for (quad, triple) in quads.zip(&mut triples) {
        let (&[a, b, c, d], [x, y, z]) = (quad, triple) else { break };
        let (a, b, c, d) = (value(a), value(b), value(c), value(d));
        seen |= a | b | c | d;
        (*x, *y, *z) = (a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d);
    }
    let stray = match (rest, triples.into_remainder()) {
        ([], _) => 0,
        (&[a, b], [x, ..]) => {
            let (a, b) = (value(a), value(b));
            seen |= a | b;
            *x = a << 2 | b >> 4;
            b << 4
        }
        (&[a, b, c], [x, y]) => {
            let (a, b, c) = (value(a), value(b), value(c));
            seen |= a | b | c;
            (*x, *y) = (a << 2 | b >> 4, b << 4 | c >> 2);
            c << 6
        }
        _ => return Err(first_foreign(text)),
    };
    if seen > 0x3F {
        return Err(first_foreign(text));
    }
    if stray != 0 {
        return Err(text.len() - 1);
    }
    Ok(bytes)
}

/// The one spelling of `bytes`.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| chunk.get(i).copied().unwrap_or(0);
        let bits = u32::from_be_bytes([0, byte(0), byte(1), byte(2)]);
        text.extend((0..=chunk.len()).map(|i| letter(bits >> (18 - 6 * i) & 0x3F)));
    }
    text
}

fn letter(sextet: u32) -> char {
    ALPHABET.get(sextet as usize).map_or('A', |byte| char::from(*byte))
}

/// The six bits of a letter; [`NONE`], which has a bit that no sextet has, for any other byte.
fn value(byte: u8) -> u8 {
    VALUES.get(usize::from(byte)).copied().unwrap_or(NONE)
}

fn first_foreign(text: &str) -> usize {
    text.bytes().position(|byte| value(byte) == NONE).unwrap_or(text.len())
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const NONE: u8 = 0xFF;

const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut at = 0;
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, where an index out of bounds is an error")]
    while at < ALPHABET.len() {
        values[ALPHABET[at] as usize] = at as u8;
        at += 1;
    }
    values
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_leads_back() {
        let bytes: Vec<u8> = (0..=255).rev().collect();
        for len in 0..bytes.len() {
            let text = encode(&bytes[..len]);
            assert_eq!(text.len(), (len * 8).div_ceil(6));
            assert_eq!(decode(&text).as_deref(), Ok(&bytes[..len]));
        }
        assert_eq!(encode(&[0x14, 0xFB, 0x9C, 0x03, 0xD9, 0x7E]), "FPucA9l-");
        assert_eq!(encode(b"Man Ma"), "TWFuIE1h");
    }

    #[test]
    fn d1_every_other_spelling_is_refused_where_it_departs() {
        let cases = [
            ("TQ==", 2),
            ("TWE=", 3),
            ("TWFu=", 4),
            ("TWFuTQ==", 6),
            ("TW+u", 2),
            ("TW/u", 2),
            ("TW Fu", 2),
            ("TWFu\n", 4),
            ("TW\tF", 2),
            ("\u{feff}TWFu", 0),
            ("TWéu", 2),
            ("TWFuT", 5),
            ("T", 1),
            ("TR", 1),
            ("TWF", 2),
            ("TWFuTR", 5),
            ("TWFu.", 4),
            ("TW\0u", 2),
        ];
        for (text, offset) in cases {
            assert_eq!(decode(text), Err(offset), "{text:?}");
        }
    }

    #[test]
    fn two_texts_never_mean_the_same_bytes() {
        let letters: Vec<char> = ALPHABET.iter().map(|byte| char::from(*byte)).collect();
        let mut seen = alloc::collections::BTreeSet::new();
        for a in &letters {
            for b in &letters {
                if let Ok(bytes) = decode(&alloc::format!("{a}{b}")) {
                    assert!(seen.insert(bytes));
                }
            }
        }
        assert_eq!(seen.len(), 256);
    }
}
