//! Checksum of Bitcoin private keys: base 58 with four bytes of double SHA-256.

/// Whether `text` is a private key in wallet import format: version 0x80, 32 bytes of key, at most one flag, checksum.
pub(super) fn is_wallet_key(text: &str) -> bool {
    let mut number = [0u8; 38];
    if text.len() != 51 && text.len() != 52 {
        return false;
    }
    for c in text.bytes() {
        let Some(digit) = ALPHABET.iter().position(|&a| a == c) else { return false };
        let mut carry = digit as u32;
        for byte in number.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = carry as u8;
            carry >>= 8;
        }
        if carry != 0 {
            return false;
        }
    }
    // 37 bytes without the flag, 38 with it.
    let bytes = number.strip_prefix(&[0]).unwrap_or(&number);
    let Some((payload, checksum)) = bytes.split_last_chunk::<4>() else { return false };
    payload.first() == Some(&0x80) && sha256(&sha256(payload)).starts_with(checksum)
}

/// SHA-256 (FIPS 180-4) of at most 55 bytes, which is one block; longer input is cut.
fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut block = [0u8; 64];
    let len = bytes.len().min(55);
    let padded = bytes.iter().take(len).copied().chain([0x80]);
    block.iter_mut().zip(padded).for_each(|(slot, b)| *slot = b);
    if let Some(tail) = block.last_chunk_mut::<8>() {
        *tail = (len as u64 * 8).to_be_bytes();
    }
    let mut schedule = [0u32; 16];
    for (word, four) in schedule.iter_mut().zip(block.chunks_exact(4)) {
        *word = four.iter().fold(0, |w, &b| w << 8 | u32::from(b));
    }
    let mut state = INITIAL;
    for k in ROUNDS {
        let [w0, w1, _, _, _, _, _, _, _, w9, _, _, _, _, w14, _] = schedule;
        let [a, b, c, d, e, f, g, h] = state;
        let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let t1 = h.wrapping_add(s1).wrapping_add(e & f ^ !e & g).wrapping_add(k).wrapping_add(w0);
        let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let t2 = s0.wrapping_add(a & b ^ a & c ^ b & c);
        state = [t1.wrapping_add(t2), a, b, c, d.wrapping_add(t1), e, f, g];
        let low = w1.rotate_right(7) ^ w1.rotate_right(18) ^ w1 >> 3;
        let high = w14.rotate_right(17) ^ w14.rotate_right(19) ^ w14 >> 10;
        schedule.rotate_left(1);
        let [.., last] = &mut schedule;
        *last = w0.wrapping_add(low).wrapping_add(w9).wrapping_add(high);
    }
    let mut out = [0u8; 32];
    for ((four, word), start) in out.chunks_exact_mut(4).zip(state).zip(INITIAL) {
        four.copy_from_slice(&word.wrapping_add(start).to_be_bytes());
    }
    out
}

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

#[rustfmt::skip]
const INITIAL: [u32; 8] = [
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
];

#[rustfmt::skip]
const ROUNDS: [u32; 64] = [
    0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
    0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
    0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
    0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
    0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
    0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
    0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
    0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::string::String;
    use alloc::vec::Vec;

    #[test]
    fn sha256_has_its_published_values() {
        let head = |bytes: &[u8]| u32::from_be_bytes(sha256(bytes)[..4].try_into().unwrap());
        assert_eq!(head(b""), 0xE3B0_C442);
        assert_eq!(head(b"abc"), 0xBA78_16BF);
    }

    fn wallet_key(version: u8, flag: bool) -> String {
        let mut bytes = Vec::from([version]);
        bytes.extend((0u8..32).map(|i| i.wrapping_mul(37).wrapping_add(11)));
        bytes.extend(flag.then_some(1));
        let sum = sha256(&sha256(&bytes));
        bytes.extend(&sum[..4]);
        let mut digits = Vec::new();
        while bytes.iter().any(|&b| b != 0) {
            let mut rest = 0u32;
            for b in &mut bytes {
                let n = rest * 256 + u32::from(*b);
                *b = (n / 58) as u8;
                rest = n % 58;
            }
            digits.push(ALPHABET[rest as usize]);
        }
        digits.reverse();
        String::from_utf8(digits).unwrap()
    }

    #[test]
    fn wallet_key_with_right_checksum_passes() {
        assert!(is_wallet_key(&wallet_key(0x80, true)));
        assert!(is_wallet_key(&wallet_key(0x80, false)));
        assert!(!is_wallet_key(&wallet_key(0x81, true)));
    }

    #[test]
    fn changed_wallet_key_fails() {
        let key = wallet_key(0x80, true);
        for at in 0..key.len() {
            let mut bytes = key.clone().into_bytes();
            bytes[at] = if bytes[at] == b'7' { b'8' } else { b'7' };
            assert!(!is_wallet_key(&String::from_utf8(bytes).unwrap()), "byte {at}");
        }
        assert!(!is_wallet_key(""));
        assert!(!is_wallet_key(&"z".repeat(52)));
    }
}
