//! The hashes that the rule compiler and the engine must agree on.

/// Start value of a word hash.
pub const SEED: u32 = 0x811C_9DC5;

/// One byte further.
#[inline]
pub const fn step(h: u32, byte: u8) -> u32 {
    (h.rotate_left(5) ^ byte as u32).wrapping_mul(0x9E37_79B1)
}

/// Hash of a whole folded word.
pub fn word(bytes: &[u8]) -> u32 {
    bytes.iter().fold(SEED, |h, b| step(h, *b))
}

/// The upper `bits` bits, which are the well-mixed ones.
#[inline]
pub const fn top(h: u32, bits: u32) -> u32 {
    (h ^ (h >> 15)).wrapping_mul(0x85EB_CA6B) >> (32 - bits)
}

/// Hash of a lower-case word that is the same under every Caesar shift: of the distances between its letters.
///
/// With `mirrored` the distances are negated, as Atbash does.
pub fn shape(bytes: &[u8], mirrored: bool) -> u32 {
    let mut h = step(SEED, bytes.len() as u8);
    for pair in bytes.windows(2) {
        if let [a, b] = pair {
            let (a, b) = if mirrored { (b, a) } else { (a, b) };
            h = step(h, b.wrapping_sub(*a).wrapping_add(26) % 26);
        }
    }
    h
}

/// Hash of a word that ignores the order of its inner letters (Typoglycemia).
pub fn scrambled(bytes: &[u8]) -> u32 {
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return 0 };
    let inner = bytes.get(1..bytes.len().saturating_sub(1)).unwrap_or(&[]);
    let sum = inner.iter().fold(0u32, |s, b| s.wrapping_add(letter(*b)));
    step(step(sum, *first), *last) ^ bytes.len() as u32
}

/// Calls `f` with the hash of the word and of each form of it with one letter left out.
///
/// Two words at most one insertion, deletion, substitution or swap of neighbours apart share at least one such hash
/// (the idea of symmetric deletion spelling correction).
pub fn deletions(bytes: &[u8], mut f: impl FnMut(u32)) {
    // Polynomial hash: every form costs O(1) from running prefix and suffix sums.
    let whole = bytes.iter().fold(0u32, |h, b| h.wrapping_mul(BASE).wrapping_add(letter(*b)));
    f(whole);
    let mut power = bytes.iter().fold(1u32, |p, _| p.wrapping_mul(BASE));
    let mut rest = whole;
    let mut prefix = 0u32;
    for b in bytes {
        power = power.wrapping_mul(BASE_INVERSE);
        rest = rest.wrapping_sub(letter(*b).wrapping_mul(power));
        f(prefix.wrapping_mul(power).wrapping_add(rest));
        prefix = prefix.wrapping_mul(BASE).wrapping_add(letter(*b));
    }
}

#[inline]
const fn letter(byte: u8) -> u32 {
    let x = (byte as u32).wrapping_add(0x9E37).wrapping_mul(0xC2B2_AE35);
    (x ^ (x >> 13)).wrapping_mul(0x27D4_EB2F)
}

const BASE: u32 = 0x0100_0193;
const BASE_INVERSE: u32 = inverse(BASE);

/// Inverse of an odd number modulo 2^32 by Newton's iteration.
const fn inverse(odd: u32) -> u32 {
    let mut x = odd;
    let mut i = 0;
    while i < 5 {
        x = x.wrapping_mul(2u32.wrapping_sub(odd.wrapping_mul(x)));
        i += 1;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn forms(w: &str) -> Vec<u32> {
        let mut v = Vec::new();
        deletions(w.as_bytes(), |h| v.push(h));
        v
    }

    #[test]
    fn words_one_edit_apart_share_a_deletion() {
        for (a, b) in [("ignore", "ingore"), ("ignore", "ignre"), ("ignore", "ignorre"), ("ignore", "ignxre")] {
            assert!(forms(a).iter().any(|h| forms(b).contains(h)), "{a} {b}");
        }
        assert!(!forms("ignore").iter().any(|h| forms("banana").contains(h)));
    }

    #[test]
    fn a_shift_keeps_the_shape_and_atbash_mirrors_it() {
        assert_eq!(shape(b"ignore", false), shape(b"vtaber", false));
        assert_eq!(shape(b"ignore", true), shape(b"rtmliv", false));
        assert_ne!(shape(b"ignore", false), shape(b"ignite", false));
    }

    #[test]
    fn inner_order_does_not_matter() {
        assert_eq!(scrambled(b"previous"), scrambled(b"pverious"));
        assert_ne!(scrambled(b"previous"), scrambled(b"previsuo"));
    }
}
