//! Check-digit schemes. Digits are values 0..=9, most significant first.

/// Luhn, ISO/IEC 7812: every second digit from the right is doubled.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let mut sum = 0u32;
    for (i, d) in digits.iter().rev().enumerate() {
        let v = u32::from(*d) << (i & 1);
        sum += if v > 9 { v - 9 } else { v };
    }
    sum.is_multiple_of(10)
}

/// The number the digits spell; saturates.
pub(super) fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0u64, |n, d| n.saturating_mul(10).saturating_add(u64::from(*d)))
}

/// Sum of digit times weight over the shorter of the two.
pub(super) fn weighted(digits: &[u8], weights: &[u8]) -> u32 {
    digits.iter().zip(weights).map(|(d, w)| u32::from(*d) * u32::from(*w)).sum()
}

/// ISO 7064 mod 11,10: Germany's tax id, Croatia's OIB.
pub(super) fn mod_11_10(digits: &[u8]) -> bool {
    let Some((last, body)) = digits.split_last() else {
        return false;
    };
    let mut product = 10u32;
    for d in body {
        let sum = (u32::from(*d) + product) % 10;
        product = (if sum == 0 { 10 } else { sum }) * 2 % 11;
    }
    (11 - product) % 10 == u32::from(*last)
}

/// ISO 7064 mod 11-2 with `check` 10 for X: the resident id of China.
pub(super) fn mod_11_2(body: &[u8], check: u8) -> bool {
    let p = body.iter().fold(0u32, |p, d| (p + u32::from(*d)) * 2 % 11);
    (12 - p) % 11 == u32::from(check)
}

/// Verhoeff: multiplication in the dihedral group D5 after position-dependent permutation.
pub(super) fn verhoeff(digits: &[u8]) -> bool {
    let mut c = 0u8;
    for (i, d) in digits.iter().rev().enumerate() {
        let mut p = *d;
        for _ in 0..i % 8 {
            p = VERHOEFF_P.get(usize::from(p)).copied().unwrap_or(0);
        }
        c = dihedral(c, p);
    }
    c == 0
}

fn dihedral(a: u8, b: u8) -> u8 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b - 5) % 5,
        (false, true) => 5 + (a - 5 + 5 - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

/// EAN-13: weights 1 and 3 alternate.
pub(super) fn ean13(digits: &[u8]) -> bool {
    weighted(digits, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10)
}

/// ISO 7064 mod 97-10 over letters and digits, first four characters moved to the end: IBAN.
pub(super) fn mod_97(chars: &[u8]) -> bool {
    let Some((head, tail)) = chars.split_at_checked(4) else {
        return false;
    };
    let mut m = 0u32;
    for c in tail.iter().chain(head) {
        m = match c {
            b'0'..=b'9' => (m * 10 + u32::from(c - b'0')) % 97,
            b'A'..=b'Z' => (m * 100 + u32::from(c - b'A') + 10) % 97,
            _ => return false,
        };
    }
    m == 1
}

/// Whether year-less `month` and `day` exist in some year.
pub(super) fn day_exists(month: u64, day: u64) -> bool {
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 29,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// Bech32 and Bech32m (BIP 173, BIP 350) over a lower-case address with prefix `bc`.
pub(super) fn bech32_bc(data: &[u8]) -> bool {
    let mut chk = 1u32;
    // The prefix "bc" spread out: high bits, separator, low bits.
    for v in [3u8, 3, 0, 2, 3] {
        chk = polymod(chk, v);
    }
    for c in data {
        let Some(v) = BECH32.iter().position(|b| b == c) else {
            return false;
        };
        chk = polymod(chk, v as u8);
    }
    chk == 1 || chk == 0x2bc8_30a3
}

fn polymod(chk: u32, v: u8) -> u32 {
    let top = chk >> 25;
    let mut out = ((chk & 0x01ff_ffff) << 5) ^ u32::from(v);
    for (i, g) in [0x3b6a_57b2u32, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3].iter().enumerate() {
        if (top >> i) & 1 == 1 {
            out ^= g;
        }
    }
    out
}

const VERHOEFF_P: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn digits(s: &str) -> Vec<u8> {
        s.bytes().filter(u8::is_ascii_digit).map(|b| b - b'0').collect()
    }

    #[test]
    fn every_scheme_takes_a_valid_number_and_refuses_any_single_changed_digit() {
        type Check = fn(&[u8]) -> bool;
        let cases: [(&str, Check); 5] = [
            ("4111111111111111", luhn),
            ("236", verhoeff),
            ("86095742719", mod_11_10),
            ("7569217076985", ean13),
            ("234567890124", verhoeff),
        ];
        for (text, check) in cases {
            let good = digits(text);
            assert!(check(&good), "{text}");
            for i in 0..good.len() {
                for delta in 1..10 {
                    let mut bad = good.clone();
                    bad[i] = (bad[i] + delta) % 10;
                    assert!(!check(&bad), "{text} with digit {i} changed by {delta}");
                }
            }
        }
    }

    #[test]
    fn iban_and_chinese_checks_know_their_examples() {
        assert!(mod_97(b"GB82WEST12345698765432"));
        assert!(!mod_97(b"GB82WEST12345698765433"));
        assert!(mod_11_2(&digits("11010519491231002"), 10));
        assert!(!mod_11_2(&digits("11010519491231002"), 9));
    }

    #[test]
    fn bech32_knows_the_example_of_its_specification() {
        assert!(bech32_bc(b"qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"));
        assert!(!bech32_bc(b"qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"));
    }
}
