//! What is refused before a signature is checked, because implementations answer it differently.

use super::super::algorithm::{Algorithm, Family};
use super::super::error::{Code, Evidence, Place, VerifyError};
use super::super::key::{KeyMaterial, VerificationKey};

/// Refuses signatures about which implementations disagree: a wrong length, an RSA value not below the modulus, r or s
/// zero or not below the order (CVE-2022-21449), S of Ed25519 not below the order (RFC 8032 section 5.1.7), and R not
/// canonical or in one of the fourteen encodings of points of small order.
///
/// # Errors
/// [`Code::BadSignatureLength`] or [`Code::BadSignature`].
pub fn precheck(algorithm: Algorithm, key: &VerificationKey, signature: &[u8]) -> Result<(), VerifyError> {
    let expected = match (algorithm, key.material()) {
        (Algorithm::Hs256, _) => 32,
        (Algorithm::Hs384, _) => 48,
        (Algorithm::Hs512, _) => 64,
        (Algorithm::Es256 | Algorithm::EdDsa, _) => 64,
        (Algorithm::Es384, _) => 96,
        (_, KeyMaterial::Rsa { modulus, .. }) => modulus.len(),
        _ => 0,
    };
    if signature.len() != expected {
        let length = Evidence::Length { found: signature.len(), expected };
        return Err(VerifyError::new(Code::BadSignatureLength, Place::Signature).because(length));
    }
    let (first, second) = signature.split_at_checked(expected / 2).unwrap_or((signature, &[]));
    let fits = match (algorithm.family(), key.material()) {
        (Family::Rsa, KeyMaterial::Rsa { modulus, .. }) => *signature < **modulus,
        (Family::Ecdsa, _) => {
            let order: &[u8] = if algorithm == Algorithm::Es256 { &P256_ORDER } else { &P384_ORDER };
            [first, second].iter().all(|half| half.iter().any(|b| *b != 0) && *half < order)
        }
        (Family::Ed25519, _) => second.iter().rev().lt(ED25519_ORDER.iter().rev()) && !is_weak_or_loose(first),
        (Family::Hmac, _) => true,
        _ => false,
    };
    if fits { Ok(()) } else { Err(VerifyError::new(Code::BadSignature, Place::Signature)) }
}

/// Whether the encoding is one of the fourteen of points of small order, canonical or not, or another that is not canonical.
/// Verifiers that follow RFC 8032 loosely accept the former, so that one signature fits many messages, and reduce the latter
/// where section 5.1.3 refuses them; without both all verifiers agree with the strict one.
pub(super) fn is_weak_or_loose(encoding: &[u8]) -> bool {
    let Some((top, low)) = encoding.split_last() else { return false };
    let is_small = |small: &[u8; 32]| small.split_last().is_some_and(|(last, rest)| rest == low && top & 0x7f == *last);
    // y from p = 2^255 - 19 on: nothing but ones above the lowest byte.
    let is_reducible = top & 0x7f == 0x7f
        && low.split_first().is_some_and(|(lowest, rest)| *lowest >= 0xed && rest.iter().all(|byte| *byte == 0xff));
    is_reducible || SMALL_ORDER.iter().any(is_small)
}

/// y of the points of small order on Ed25519, little-endian: 0, 1, −1, the two of order 8, and 0 and 1 once more as p and
/// p + 1. Each stands for two encodings, with and without the sign of x.
const SMALL_ORDER: [[u8; 32]; 7] = [
    [0; 32],
    little(1, 0, 0),
    little(0xec, 0xff, 0x7f),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
        0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
        0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
    little(0xed, 0xff, 0x7f),
    little(0xee, 0xff, 0x7f),
];

/// 32 bytes: the lowest, thirty alike, the highest.
const fn little(lowest: u8, between: u8, highest: u8) -> [u8; 32] {
    let mut bytes = [between; 32];
    bytes[0] = lowest;
    bytes[31] = highest;
    bytes
}

/// Order of P-256, big-endian (FIPS 186-5, SP 800-186 section 3.2.1.3).
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
/// Order of P-384, big-endian (SP 800-186 section 3.2.1.4).
const P384_ORDER: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0,
    0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
];
/// Order of the base point of Ed25519, little-endian (RFC 8032 section 5.1).
const ED25519_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

#[cfg(all(test, feature = "software-signatures"))]
mod tests {
    use p256::elliptic_curve::Curve as _;
    use p256::elliptic_curve::bigint::Encoding;

    use super::*;

    #[test]
    fn orders_are_those_of_the_curves() {
        assert_eq!(p256::NistP256::ORDER.to_be_bytes(), P256_ORDER);
        assert_eq!(p384::NistP384::ORDER.to_be_bytes(), P384_ORDER);
    }

    #[test]
    fn every_encoding_that_is_not_canonical_is_refused_as_a_key() {
        for lowest in 0..=0xff {
            for top in [0x7f, 0xff] {
                let mut encoding = [0xff; 32];
                (encoding[0], encoding[31]) = (lowest, top);
                // p - 1 = ...ec is canonical, but of order 2.
                assert_eq!(is_weak_or_loose(&encoding), lowest >= 0xec);
                assert!(lowest < 0xed || !super::super::is_key(&KeyMaterial::Ed25519(encoding)));
            }
        }
    }

    #[test]
    fn every_encoding_of_small_order_is_refused_as_a_key() {
        for y in SMALL_ORDER {
            for sign in [0, 0x80] {
                let mut encoding = y;
                encoding[31] |= sign;
                assert!(is_weak_or_loose(&encoding));
                assert!(!super::super::is_key(&KeyMaterial::Ed25519(encoding)));
                // What decodes at all is weak, so nothing honest is lost.
                let weak = ed25519_dalek::VerifyingKey::from_bytes(&encoding).map(|key| key.is_weak());
                assert!(weak.unwrap_or(true), "{encoding:?}");
            }
        }
    }
}
