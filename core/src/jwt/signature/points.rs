//! Whether the numbers of a key are a point on its curve: the curve's equation, in the arithmetic that RSA uses. All numbers are
//! public, so nothing here has to hide its timing; there is no group law, as nothing is computed with the points.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use super::montgomery::{Limb, Modulus};
use crate::jwt::key::Curve;

/// Whether x and y, big-endian, are below the prime and fulfil y² = x³ − 3x + b (SP 800-186 section 3.2.1). The order is prime, so
/// that every point is in the group.
pub(super) fn is_on_curve(curve: Curve, x: &[u8], y: &[u8]) -> bool {
    let (prime, b): (&[u8], &[u8]) = match curve {
        Curve::P256 => (&P256_PRIME, &P256_B),
        Curve::P384 => (&P384_PRIME, &P384_B),
    };
    let equation = || {
        let mut field = Field::new(prime)?;
        let (x, y, b) = (field.element(x)?, field.element(y)?, field.element(b)?);
        let square = field.product(&x, &x);
        let cube = field.product(&square, &x);
        // With the subtraction on the other side.
        let (left, right) = (field.product(&y, &y), field.sum(&cube, &b));
        let left = [(); 3].iter().fold(left, |sum, ()| field.sum(&sum, &x));
        Some(left == right)
    };
    equation().unwrap_or(false)
}

/// Whether some x goes with the y of this encoding (RFC 8032 section 5.1.3). Says nothing of its order, nor of x = 0, where
/// the sign must be 0: those are of small order.
///
/// x² = (y² − 1) / (dy² + 1) has a solution where the product w of numerator and denominator is a square, which it is where
/// w^((p − 1) / 2) = 1 (Euler). (p − 1) / 2 = 2^254 − 10, so that is w^(2^254) = w^10. The denominator is never 0, as −1/d is no
/// square.
pub(super) fn is_on_edwards25519(encoding: &[u8; 32]) -> bool {
    let mut y = *encoding;
    y[31] &= 0x7f;
    y.reverse();
    let euler = || {
        let mut field = Field::new(&ED25519_PRIME)?;
        let (y, d, minus_one) = (field.element(&y)?, field.element(&ED25519_D)?, field.element(&ED25519_MINUS_ONE)?);
        let one = field.product(&minus_one, &minus_one);
        let square = field.product(&y, &y);
        let denominator = field.product(&square, &d);
        let denominator = field.sum(&denominator, &one);
        let numerator = field.sum(&square, &minus_one);
        let w = field.product(&numerator, &denominator);
        let mut power = w.clone();
        field.squares(&mut power, 1);
        let second = power.clone();
        field.squares(&mut power, 2);
        let tenth = field.product(&power, &second);
        field.squares(&mut power, 251);
        Some(power == tenth && w.iter().any(|limb| *limb != 0))
    };
    euler().unwrap_or(false)
}

/// Numbers modulo a prime, in Montgomery's form; equal ones have equal limbs.
struct Field {
    modulus: Modulus,
    wide: Vec<Limb>,
}

impl Field {
    fn new(prime: &[u8]) -> Option<Self> {
        let modulus = Modulus::new(prime)?;
        let wide = vec![0; 2 * modulus.len()];
        Some(Self { modulus, wide })
    }

    /// `None` for another length than the prime's, and for what is not below it.
    fn element(&mut self, bytes: &[u8]) -> Option<Box<[Limb]>> {
        self.modulus.enter(bytes, &mut self.wide)
    }

    fn product(&mut self, a: &[Limb], b: &[Limb]) -> Box<[Limb]> {
        let mut product = vec![0; a.len()];
        self.modulus.product(a, b, &mut self.wide, &mut product);
        product.into()
    }

    fn sum(&self, a: &[Limb], b: &[Limb]) -> Box<[Limb]> {
        self.modulus.sum(a, b)
    }

    /// Squares a number so many times.
    fn squares(&mut self, number: &mut Box<[Limb]>, times: u32) {
        let mut square = number.clone();
        for _ in 0..times {
            self.modulus.product(number, number, &mut self.wide, &mut square);
            number.copy_from_slice(&square);
        }
    }
}

/// 2^256 − 2^224 + 2^192 + 2^96 − 1 (SP 800-186 section 3.2.1.3); all numbers here are big-endian.
const P256_PRIME: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
];
const P256_B: [u8; 32] = [
    0x5a, 0xc6, 0x35, 0xd8, 0xaa, 0x3a, 0x93, 0xe7, 0xb3, 0xeb, 0xbd, 0x55, 0x76, 0x98, 0x86, 0xbc, 0x65, 0x1d, 0x06,
    0xb0, 0xcc, 0x53, 0xb0, 0xf6, 0x3b, 0xce, 0x3c, 0x3e, 0x27, 0xd2, 0x60, 0x4b,
];
/// 2^384 − 2^128 − 2^96 + 2^32 − 1 (SP 800-186 section 3.2.1.4).
const P384_PRIME: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff,
];
const P384_B: [u8; 48] = [
    0xb3, 0x31, 0x2f, 0xa7, 0xe2, 0x3e, 0xe7, 0xe4, 0x98, 0x8e, 0x05, 0x6b, 0xe3, 0xf8, 0x2d, 0x19, 0x18, 0x1d, 0x9c,
    0x6e, 0xfe, 0x81, 0x41, 0x12, 0x03, 0x14, 0x08, 0x8f, 0x50, 0x13, 0x87, 0x5a, 0xc6, 0x56, 0x39, 0x8d, 0x8a, 0x2e,
    0xd1, 0x9d, 0x2a, 0x85, 0xc8, 0xed, 0xd3, 0xec, 0x2a, 0xef,
];
/// 2^255 − 19 (RFC 8032 section 5.1).
const ED25519_PRIME: [u8; 32] = below_2_255(0xed);
const ED25519_MINUS_ONE: [u8; 32] = below_2_255(0xec);
const ED25519_D: [u8; 32] = [
    0x52, 0x03, 0x6c, 0xee, 0x2b, 0x6f, 0xfe, 0x73, 0x8c, 0xc7, 0x40, 0x79, 0x77, 0x79, 0xe8, 0x98, 0x00, 0x70, 0x0a,
    0x4d, 0x41, 0x41, 0xd8, 0xab, 0x75, 0xeb, 0x4d, 0xca, 0x13, 0x59, 0x78, 0xa3,
];

/// 2^255 − 256 and the lowest byte.
const fn below_2_255(lowest: u8) -> [u8; 32] {
    let mut bytes = [0xff; 32];
    bytes[0] = 0x7f;
    bytes[31] = lowest;
    bytes
}

#[cfg(all(test, feature = "software-signatures"))]
#[allow(clippy::unwrap_used)]
mod tests;
