//! The numbers of a key: decoded, in range, and not of a generator known to be weak.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::super::algorithm::Algorithm;
use super::super::base64url;
use super::super::error::Code;
use super::super::key::{Curve, KeyMaterial};

/// An RSA key (RFC 7518 section 6.3.1): from 2,048 bits to `bytes_max`, exponent odd and from 3 to 2^32 − 1. Lengths and exponent
/// come first: they cost nothing.
///
/// Some libraries put the sign octet of their big integers before n, as section 6.3.1.1 warns; that one is dropped.
pub(super) fn rsa(n: &str, e: &str, bytes_max: usize) -> Result<KeyMaterial, Code> {
    if n.len() > bytes_max * 2 || e.len() > bytes_max * 2 {
        return Err(Code::WeakKey);
    }
    let mut modulus = decode(n)?;
    if matches!(modulus.as_slice(), [0, 0x80..=0xFF, ..]) {
        modulus.remove(0);
    }
    let exponent = decode(e)?;
    if !is_minimal(&modulus) || !is_minimal(&exponent) {
        return Err(Code::BadKey);
    }
    let exponent = exponent.iter().try_fold(0u32, |value, byte| Some(value.checked_mul(256)? | u32::from(*byte)));
    let exponent = exponent.filter(|e| *e >= 3 && e % 2 == 1).ok_or(Code::WeakKey)?;
    let long_enough = modulus.len() > RSA_BYTES_MIN
        || modulus.len() == RSA_BYTES_MIN && modulus.first().is_some_and(|first| first & 0x80 != 0);
    let odd = modulus.last().is_some_and(|last| last & 1 == 1);
    if !long_enough || modulus.len() > bytes_max || !odd || is_roca(&modulus) {
        return Err(Code::WeakKey);
    }
    Ok(KeyMaterial::Rsa { modulus: modulus.into(), exponent })
}

/// A point on P-256 or P-384 (RFC 7518 section 6.2.1), both coordinates of the curve's full length. That it is on the curve
/// is checked when the key is prepared.
pub(super) fn ec(crv: &str, x: &str, y: &str) -> Result<KeyMaterial, Code> {
    let curve = match crv {
        "P-256" => Curve::P256,
        "P-384" => Curve::P384,
        _ => return Err(Code::KeyUnsupported),
    };
    let coordinate = |text: &str| decode(text).ok().filter(|c| c.len() == curve.field_bytes()).ok_or(Code::BadKey);
    let (x, y) = (coordinate(x)?, coordinate(y)?);
    Ok(KeyMaterial::Ec { curve, x: x.into(), y: y.into() })
}

/// An Ed25519 key (RFC 8037 section 2). X25519 and X448 agree on keys and sign nothing.
pub(super) fn okp(crv: &str, x: &str) -> Result<KeyMaterial, Code> {
    if crv != "Ed25519" {
        return Err(Code::KeyUnsupported);
    }
    let point: [u8; 32] = decode(x)?.try_into().map_err(|_| Code::BadKey)?;
    Ok(KeyMaterial::Ed25519(point))
}

/// A shared secret (RFC 7518 section 6.4).
pub(super) fn secret(k: &str) -> Result<KeyMaterial, Code> {
    if k.len() > SECRET_BYTES_MAX * 2 {
        return Err(Code::TooLarge);
    }
    KeyMaterial::secret(decode(k)?.into())
}

impl KeyMaterial {
    /// A shared secret, at most [`SECRET_BYTES_MAX`] long.
    pub(in super::super) fn secret(secret: Box<[u8]>) -> Result<Self, Code> {
        if secret.len() > SECRET_BYTES_MAX { Err(Code::TooLarge) } else { Ok(Self::Secret(secret)) }
    }

    /// Whether a key like this can verify signatures of `algorithm` at all.
    pub(in super::super) fn fits(&self, algorithm: Algorithm) -> bool {
        match algorithm {
            Algorithm::Rs256
            | Algorithm::Rs384
            | Algorithm::Rs512
            | Algorithm::Ps256
            | Algorithm::Ps384
            | Algorithm::Ps512 => matches!(self, Self::Rsa { .. }),
            Algorithm::Es256 => matches!(self, Self::Ec { curve: Curve::P256, .. }),
            Algorithm::Es384 => matches!(self, Self::Ec { curve: Curve::P384, .. }),
            Algorithm::EdDsa => matches!(self, Self::Ed25519(_)),
            Algorithm::Hs256 => self.is_secret_of(32),
            Algorithm::Hs384 => self.is_secret_of(48),
            Algorithm::Hs512 => self.is_secret_of(64),
        }
    }

    fn is_secret_of(&self, bytes_min: usize) -> bool {
        matches!(self, Self::Secret(secret) if secret.len() >= bytes_min)
    }
}

fn decode(text: &str) -> Result<Vec<u8>, Code> {
    base64url::decode(text).map_err(|_| Code::BadKey)
}

/// RFC 7518 section 2, Base64urlUInt: the fewest octets that hold the number.
fn is_minimal(number: &[u8]) -> bool {
    number.first().is_some_and(|first| *first != 0)
}

/// Whether a modulus has the fingerprint of the RSALib generator, whose keys can be factored: both primes are
/// k·M + (65537^a mod M) for a product M of small primes, so the modulus is a power of 65537 modulo each of these primes
/// (Nemec, Sys, Svenda, Klinec, Matyas, "The Return of Coppersmith's Attack", CCS 2017; CVE-2017-15361). Another modulus
/// passes by chance about once in 2^28.
fn is_roca(modulus: &[u8]) -> bool {
    ROCA_PRIMES.into_iter().all(|prime| {
        let prime = u32::from(prime);
        let residue = modulus.iter().fold(0, |residue, byte| (residue << 8 | u32::from(*byte)) % prime);
        let mut power = 1;
        loop {
            if power == residue {
                return true;
            }
            power = power * 65537 % prime;
            if power == 1 {
                return false;
            }
        }
    })
}

/// The primes after 2 whose product is M for the shortest keys of the generator; longer keys use these and more.
const ROCA_PRIMES: [u8; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
    113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

const RSA_BYTES_MIN: usize = 2048 / 8;

/// Longest modulus in bytes: 8,192 bits.
pub(in super::super) const RSA_BYTES_MAX: usize = 8192 / 8;

/// Longest shared secret in bytes.
const SECRET_BYTES_MAX: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b6_modulus_made_of_powers_of_the_generator_is_weak() {
        // A number that is 65537^5 modulo each prime: the power itself, brought to 2,048 bits by adding multiples of M.
        let mut modulus = alloc::vec![0u8; 256];
        let product = ROCA_PRIMES.iter().fold(alloc::vec![1u8], |product, prime| times(&product, *prime));
        // 65537^5 = 0x1_0005_000A_000A_0005_0001, and 3 · 2^k · M with k = 2^11 bits less the length of M.
        let power = [1, 0, 5, 0, 10, 0, 10, 0, 5, 0, 1];
        let at = modulus.len() - product.len();
        modulus[..product.len()].copy_from_slice(&product);
        assert!(at > power.len());
        let tail = modulus.len() - power.len();
        modulus[tail..].copy_from_slice(&power);
        assert!(is_roca(&modulus));
        modulus[255] ^= 2;
        assert!(!is_roca(&modulus));
    }

    #[test]
    fn b5_small_large_even_and_strange_exponents_are_weak() {
        let rsa = |n: &str, e: &str| rsa(n, e, RSA_BYTES_MAX);
        let text = base64url::encode;
        let modulus = |len: usize, first: u8, last: u8| {
            let mut bytes = alloc::vec![0xa5; len];
            (bytes[0], bytes[len - 1]) = (first, last);
            text(&bytes)
        };
        let usual = modulus(256, 0x80, 1);
        assert!(rsa(&usual, "AQAB").is_ok() && rsa(&modulus(1024, 0xff, 3), "Aw").is_ok());
        let embedded = |len: usize| super::rsa(&modulus(len, 0xff, 3), "AQAB", 512).err();
        assert_eq!((embedded(512), embedded(513)), (None, Some(Code::WeakKey)));
        assert_eq!(rsa(&modulus(257, 0, 1), "AQAB").err(), None, "sign octet of a big integer");
        for (n, e) in [
            (modulus(255, 0xff, 1), "AQAB"),
            (modulus(256, 0x7f, 1), "AQAB"),
            (modulus(1025, 0x01, 1), "AQAB"),
            (modulus(256, 0x80, 2), "AQAB"),
            (usual.clone(), "AQ"),
            (usual.clone(), "AQAC"),
            (usual.clone(), "AQAAAAE"),
            (text(&alloc::vec![1; 1 << 16]), "AQAB"),
        ] {
            assert_eq!(rsa(&n, e).err(), Some(Code::WeakKey), "{} {e}", n.len());
        }
        for (n, e) in [(usual.as_str(), ""), (&usual, "AAEAAQ"), (&usual, "AQAB="), ("", "AQAB"), ("AAAA", "AQAB")] {
            assert_eq!(rsa(n, e).err(), Some(Code::BadKey), "{} {e}", n.len());
        }
    }

    /// Big-endian bytes times a small number.
    fn times(number: &[u8], factor: u8) -> Vec<u8> {
        let mut carry = 0u16;
        let mut out: Vec<u8> = Vec::new();
        for byte in number.iter().rev() {
            carry += u16::from(*byte) * u16::from(factor);
            out.push(carry as u8);
            carry >>= 8;
        }
        if carry > 0 {
            out.push(carry as u8);
        }
        out.reverse();
        out
    }
}
