//! Bytes as text of a fixed width that sorts like the bytes: the alphabet of base64url in the order of ASCII.
//!
//! Ids and stamps are compared in SQL, in JSON and in five languages. Hexadecimal would sort as well and take half as much again.

/// The text of `bytes`, `WIDTH` letters, which is `BYTES * 8 / 6` rounded up.
pub(super) fn encode<const BYTES: usize, const WIDTH: usize>(bytes: &[u8; BYTES]) -> [u8; WIDTH] {
    const { assert!(WIDTH == (BYTES * 8).div_ceil(6), "a width that is not that of the bytes") };
    let mut text = [ALPHABET[0]; WIDTH];
    for (letters, chunk) in text.chunks_mut(4).zip(bytes.chunks(3)) {
        let byte = |i: usize| chunk.get(i).copied().unwrap_or(0);
        let bits = u32::from_be_bytes([0, byte(0), byte(1), byte(2)]);
        for (i, letter) in letters.iter_mut().enumerate() {
            *letter = ALPHABET.get((bits >> (18 - 6 * i) & 0x3F) as usize).copied().unwrap_or(ALPHABET[0]);
        }
    }
    text
}

/// The bytes of a text that [`encode`] writes; `None` for any other.
pub(super) fn decode<const BYTES: usize>(text: &str) -> Option<[u8; BYTES]> {
    let text = text.as_bytes();
    if text.len() != (BYTES * 8).div_ceil(6) {
        return None;
    }
    let mut bytes = [0; BYTES];
    for (chunk, letters) in bytes.chunks_mut(3).zip(text.chunks(4)) {
        let mut bits = 0;
        for i in 0..4 {
            bits = bits << 6 | letters.get(i).map_or(Some(0), |letter| value(*letter))?;
        }
        let [_, whole @ ..] = u32::to_be_bytes(bits);
        let (taken, rest) = whole.split_at(chunk.len());
        // Bits that belong to no byte have one spelling.
        if rest.iter().any(|byte| *byte != 0) {
            return None;
        }
        chunk.copy_from_slice(taken);
    }
    Some(bytes)
}

fn value(letter: u8) -> Option<u32> {
    let base = match letter {
        b'-' => return Some(0),
        b'0'..=b'9' => (b'0', 1),
        b'A'..=b'Z' => (b'A', 11),
        b'_' => return Some(37),
        b'a'..=b'z' => (b'a', 38),
        _ => return None,
    };
    Some(u32::from(letter - base.0) + base.1)
}

const ALPHABET: &[u8; 64] = b"-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_its_value() {
        assert!(ALPHABET.is_sorted());
        for (i, letter) in ALPHABET.iter().enumerate() {
            assert_eq!(value(*letter), u32::try_from(i).ok());
        }
        assert_eq!((0..=u8::MAX).filter(|letter| value(*letter).is_some()).count(), 64);
    }

    #[test]
    fn texts_lead_back_and_sort_like_the_bytes() {
        let mut before: Option<([u8; 12], [u8; 16])> = None;
        for i in 0_u64..5_000 {
            let mut bytes = [0; 12];
            bytes[..8].copy_from_slice(&(i.wrapping_mul(0x9E37_79B9_7F4A_7C15)).to_be_bytes());
            bytes[8..].copy_from_slice(&u32::to_be_bytes(i as u32));
            let text: [u8; 16] = encode(&bytes);
            assert_eq!(decode(core::str::from_utf8(&text).unwrap()), Some(bytes));
            if let Some((other, its)) = before {
                assert_eq!(bytes.cmp(&other), text.cmp(&its));
            }
            before = Some((bytes, text));
        }
    }

    #[test]
    fn no_bytes_have_two_spellings() {
        assert_eq!(decode::<1>("0-"), Some([0b0000_0100]));
        assert_eq!(decode::<1>("00"), None, "bits that belong to no byte");
        for text in ["", "0", "0-0", "0 ", "0=", "0é"] {
            assert_eq!(decode::<1>(text), None, "{text:?}");
        }
    }
}
