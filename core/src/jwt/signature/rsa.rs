//! RSA signatures (RFC 8017), verification alone: no private key is ever handled, so nothing here has to hide its timing.
//!
//! The expected encoding is built and compared for PKCS #1 v1.5, never parsed, so there is no padding to be lenient about.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use sha2::{Digest, Sha256, Sha384, Sha512};

use super::montgomery::Modulus;
use crate::jwt::algorithm::Algorithm;

/// An RSA key ready to verify with.
#[derive(Clone)]
pub(crate) struct RsaKey {
    modulus: Modulus,
    bytes: usize,
    bits: usize,
    exponent: u32,
}

impl RsaKey {
    /// A key from a big-endian modulus without leading zeros; `None` for an even or tiny one.
    pub(crate) fn new(modulus: &[u8], exponent: u32) -> Option<Self> {
        let first = modulus.first().filter(|first| **first != 0)?;
        let bits = modulus.len() * 8 - first.leading_zeros() as usize;
        Some(Self { modulus: Modulus::new(modulus)?, bytes: modulus.len(), bits, exponent })
    }

    /// Whether `signature` is that of `message`.
    pub(crate) fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        if signature.len() != self.bytes {
            return false;
        }
        let Some(encoded) = self.modulus.power(signature, self.exponent) else { return false };
        match algorithm {
            Algorithm::Rs256 => pkcs1(&encoded, &SHA256, &Sha256::digest(message)),
            Algorithm::Rs384 => pkcs1(&encoded, &SHA384, &Sha384::digest(message)),
            Algorithm::Rs512 => pkcs1(&encoded, &SHA512, &Sha512::digest(message)),
            Algorithm::Ps256 => pss::<Sha256>(&encoded, self.bits - 1, message),
            Algorithm::Ps384 => pss::<Sha384>(&encoded, self.bits - 1, message),
            Algorithm::Ps512 => pss::<Sha512>(&encoded, self.bits - 1, message),
            _ => false,
        }
    }
}

/// Whether `encoded` is EMSA-PKCS1-v1_5 of the hash (RFC 8017 section 9.2).
fn pkcs1(encoded: &[u8], prefix: &[u8], hash: &[u8]) -> bool {
    let Some(padding) = encoded.len().checked_sub(3 + prefix.len() + hash.len()).filter(|n| *n >= 8) else {
        return false;
    };
    let mut expected: Vec<u8> = Vec::with_capacity(encoded.len());
    expected.extend([0, 1]);
    expected.resize(2 + padding, 0xff);
    expected.push(0);
    expected.extend_from_slice(prefix);
    expected.extend_from_slice(hash);
    encoded == expected
}

/// Whether `encoded` is EMSA-PSS of the message with a salt as long as the hash (RFC 8017 section 9.1.2, RFC 7518 section 3.5).
fn pss<D: Digest>(encoded: &[u8], bits: usize, message: &[u8]) -> bool {
    let hash_bytes = <D as Digest>::output_size();
    let bytes = bits.div_ceil(8);
    // A modulus of 8k + 1 bits leaves one byte in front that must be zero.
    let Some((front, encoded)) = encoded.len().checked_sub(bytes).and_then(|n| encoded.split_at_checked(n)) else {
        return false;
    };
    let Some(masked) = bytes.checked_sub(hash_bytes + 1).filter(|n| *n > hash_bytes) else { return false };
    let Some((db, rest)) = encoded.split_at_checked(masked) else { return false };
    let Some((hash, end)) = rest.split_at_checked(hash_bytes) else { return false };
    if front.iter().any(|b| *b != 0) || end != [0xbc] {
        return false;
    }
    let unused = 8 * bytes - bits;
    let keep = 0xffu8.checked_shr(unused as u32).unwrap_or(0);
    if db.first().is_some_and(|first| first & !keep != 0) {
        return false;
    }
    let mut db: Vec<u8> = db.iter().zip(mask::<D>(hash, masked)).map(|(a, b)| a ^ b).collect();
    if let Some(first) = db.first_mut() {
        *first &= keep;
    }
    let Some((padding, salt)) = db.len().checked_sub(hash_bytes).and_then(|n| db.split_at_checked(n)) else {
        return false;
    };
    let Some((one, zeros)) = padding.split_last() else { return false };
    if *one != 1 || zeros.iter().any(|b| *b != 0) {
        return false;
    }
    let again = D::new().chain_update([0; 8]).chain_update(D::digest(message)).chain_update(salt).finalize();
    again.as_slice() == hash
}

/// MGF1 (RFC 8017 appendix B.2.1) with the same hash.
fn mask<D: Digest>(seed: &[u8], bytes: usize) -> Box<[u8]> {
    let mut mask = vec![];
    for counter in 0u32.. {
        if mask.len() >= bytes {
            break;
        }
        mask.extend_from_slice(&D::new().chain_update(seed).chain_update(counter.to_be_bytes()).finalize());
    }
    mask.truncate(bytes);
    mask.into_boxed_slice()
}

/// DER of DigestInfo up to the hash (RFC 8017 section 9.2, note 1).
const SHA256: [u8; 19] = digest_info(1, 32);
const SHA384: [u8; 19] = digest_info(2, 48);
const SHA512: [u8; 19] = digest_info(3, 64);

/// `SEQUENCE { SEQUENCE { OID 2.16.840.1.101.3.4.2.arc, NULL }, OCTET STRING of hash_bytes }`.
const fn digest_info(arc: u8, hash_bytes: u8) -> [u8; 19] {
    [0x30, 17 + hash_bytes, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, arc, 5, 0, 4, hash_bytes]
}
