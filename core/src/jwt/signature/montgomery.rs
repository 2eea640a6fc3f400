//! Powers modulo an odd number of any length (Montgomery 1985), in limbs of the machine's width.
//!
//! Products are taken whole and then reduced (separated operand scanning: Koç, Acar, Kaliski 1996), so that a square costs half a
//! product. Everything but a few limbs goes through [`add_multiple`].

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

#[cfg(target_pointer_width = "64")]
mod limb {
    pub(in super::super) type Limb = u64;
    pub(super) type Wide = u128;
}
// Products of 64-bit limbs would be calls into a library on 32-bit WASM.
#[cfg(not(target_pointer_width = "64"))]
mod limb {
    pub(in super::super) type Limb = u32;
    pub(super) type Wide = u64;
}
pub(super) use limb::Limb;
use limb::Wide;

/// Bytes of two limbs: numbers have an even number of them.
const PAIR_BYTES: usize = 2 * size_of::<Limb>();

/// An odd modulus with what multiplying by it needs.
#[derive(Clone)]
pub(super) struct Modulus {
    /// Limbs, the lowest first.
    limbs: Box<[Limb]>,
    /// −n⁻¹ modulo the limb's range.
    inverse: Limb,
    /// R² mod n, with R the first power of the limb's range above n.
    r_squared: Box<[Limb]>,
    /// Its bytes.
    bytes: usize,
}

impl Modulus {
    /// From big-endian bytes; `None` if it is even or less than 3.
    pub(super) fn new(bytes: &[u8]) -> Option<Self> {
        let limbs = limbs_of(bytes, bytes.len().div_ceil(PAIR_BYTES) * 2);
        let lowest = limbs.first().copied().filter(|l| l & 1 == 1)?;
        if limbs.iter().skip(1).all(|l| *l == 0) && lowest < 3 {
            return None;
        }
        // Newton: each step doubles the bits that are right, beginning with 3.
        let inverse = (0..6).fold(lowest, |x, _| x.wrapping_mul((2 as Limb).wrapping_sub(lowest.wrapping_mul(x))));
        let r_squared = r_squared(&limbs);
        Some(Self { limbs, inverse: inverse.wrapping_neg(), r_squared, bytes: bytes.len() })
    }

    /// Limbs of a number.
    pub(super) fn len(&self) -> usize {
        self.limbs.len()
    }

    /// The number in Montgomery's form; `None` if it has another length than the modulus or is not below it. `wide` has twice
    /// as many limbs as a number, here and below, and means nothing before and after.
    pub(super) fn enter(&self, number: &[u8], wide: &mut [Limb]) -> Option<Box<[Limb]>> {
        let mut limbs = limbs_of(number, self.len());
        if number.len() != self.bytes || !less(&limbs, &self.limbs) {
            return None;
        }
        multiply(&limbs, &self.r_squared, wide);
        self.reduce(wide, &mut limbs);
        Some(limbs)
    }

    /// `out` = a · b, all in Montgomery's form.
    pub(super) fn product(&self, a: &[Limb], b: &[Limb], wide: &mut [Limb], out: &mut [Limb]) {
        multiply(a, b, wide);
        self.reduce(wide, out);
    }

    /// a + b, of numbers below the modulus.
    pub(super) fn sum(&self, a: &[Limb], b: &[Limb]) -> Box<[Limb]> {
        let mut carry = 0;
        let limbs = a.iter().zip(b).map(|(a, b)| {
            let sum = Wide::from(*a) + Wide::from(*b) + Wide::from(carry);
            carry = (sum >> Limb::BITS) as Limb;
            sum as Limb
        });
        let mut sum: Box<[Limb]> = limbs.collect();
        if carry == 1 || !less(&sum, &self.limbs) {
            subtract(&mut sum, &self.limbs);
        }
        sum
    }

    /// `base` to the power of `exponent`, as long as the modulus; `None` if `base` is not below the modulus, or the
    /// exponent not an odd number from 3.
    #[cfg(feature = "software-signatures")]
    pub(super) fn power(&self, base: &[u8], exponent: u32) -> Option<Vec<u8>> {
        let len = self.limbs.len();
        let base = limbs_of(base, len);
        if base.len() != len || !less(&base, &self.limbs) || exponent < 3 || exponent & 1 == 0 {
            return None;
        }
        let mut wide = vec![0; 2 * len];
        let mut factor = vec![0; len];
        multiply(&base, &self.r_squared, &mut wide);
        self.reduce(&mut wide, &mut factor);
        let mut result = factor.clone();
        for bit in (0..exponent.ilog2()).rev() {
            square(&result, &mut wide);
            self.reduce(&mut wide, &mut result);
            if exponent >> bit & 1 == 1 {
                // The last factor is the base as it came, which takes the result out of Montgomery's form.
                multiply(&result, if bit == 0 { &base } else { &factor }, &mut wide);
                self.reduce(&mut wide, &mut result);
            }
        }
        Some(self.to_bytes(&result))
    }

    /// `out` = `wide` · R⁻¹ mod n, for `wide` below n · R. What is left in `wide` means nothing.
    fn reduce(&self, wide: &mut [Limb], out: &mut [Limb]) {
        let len = self.limbs.len();
        let [n0, n1, ..] = *self.limbs else { return };
        let mut top = 0;
        for at in (0..len).step_by(2) {
            let Some((low, [high0, high1, ..])) = wide.get_mut(at..).and_then(|w| w.split_at_mut_checked(len)) else {
                return;
            };
            let [w0, w1, ..] = *low else { return };
            // Multiples of n that make the two lowest limbs zero.
            let first = w0.wrapping_mul(self.inverse);
            let (_, carry) = multiply_add(first, n0, w0, 0);
            let (w1, _) = multiply_add(first, n1, w1, carry);
            let second = w1.wrapping_mul(self.inverse);
            let [carry0, carry1] = add_multiple(low, &self.limbs, [first, second], 0);
            let sum0 = Wide::from(*high0) + Wide::from(carry0) + Wide::from(top);
            let sum1 = Wide::from(*high1) + Wide::from(carry1) + (sum0 >> Limb::BITS);
            (*high0, *high1, top) = (sum0 as Limb, sum1 as Limb, (sum1 >> Limb::BITS) as Limb);
        }
        let Some(high) = wide.get(len..) else { return };
        out.copy_from_slice(high);
        if top == 1 || !less(out, &self.limbs) {
            subtract(out, &self.limbs);
        }
    }

    #[cfg(feature = "software-signatures")]
    fn to_bytes(&self, limbs: &[Limb]) -> Vec<u8> {
        let mut bytes: Vec<u8> = limbs.iter().flat_map(|l| l.to_le_bytes()).collect();
        bytes.truncate(self.bytes);
        bytes.resize(self.bytes, 0);
        bytes.reverse();
        bytes
    }
}

/// `wide` = a · b, for numbers of the same even length.
fn multiply(a: &[Limb], b: &[Limb], wide: &mut [Limb]) {
    wide.fill(0);
    for (at, pair) in b.chunks_exact(2).enumerate() {
        let &[b0, b1] = pair else { continue };
        let Some((low, high)) = wide.get_mut(2 * at..).and_then(|w| w.split_at_mut_checked(a.len())) else { return };
        let carries = add_multiple(low, a, [b0, b1], 0);
        if let Some(high) = high.first_chunk_mut() {
            *high = carries;
        }
    }
}

/// `wide` = a², for a number of even length: each product of two different limbs once, doubled, then the squares of limbs.
#[cfg(feature = "software-signatures")]
fn square(a: &[Limb], wide: &mut [Limb]) {
    wide.fill(0);
    for at in (0..a.len()).step_by(2) {
        let Some([a0, a1, rest @ ..]) = a.get(at..) else { return };
        let Some([cross, window @ ..]) = wide.get_mut(2 * at + 1..) else { return };
        let carry;
        (*cross, carry) = multiply_add(*a0, *a1, *cross, 0);
        let Some((low, high)) = window.split_at_mut_checked(rest.len()) else { return };
        let carries = add_multiple(low, rest, [*a0, *a1], carry);
        if let Some(high) = high.first_chunk_mut() {
            *high = carries;
        }
    }
    let (mut bit, mut carry) = (0, 0);
    for (pair, a) in wide.chunks_exact_mut(2).zip(a) {
        let [low, high] = pair else { continue };
        let (square_low, square_high) = multiply_add(*a, *a, 0, 0);
        for (limb, square) in [(low, square_low), (high, square_high)] {
            let sum = Wide::from(*limb << 1 | bit) + Wide::from(square) + Wide::from(carry);
            bit = *limb >> (Limb::BITS - 1);
            (*limb, carry) = (sum as Limb, (sum >> Limb::BITS) as Limb);
        }
    }
}

/// `sum` += `number` · `factors` + `carry`, for a factor of two limbs, the lower first; returns what does not fit into
/// `sum`, which is as long as `number`. Two limbs at once, as their chains of carries can run beside each other.
fn add_multiple(sum: &mut [Limb], number: &[Limb], factors: [Limb; 2], carry: Limb) -> [Limb; 2] {
    let [first, second] = factors;
    let (mut carry0, mut carry1, mut below) = (carry, 0, 0);
    for (sum, limb) in sum.iter_mut().zip(number) {
        let low;
        (low, carry0) = multiply_add(first, *limb, *sum, carry0);
        (*sum, carry1) = multiply_add(second, below, low, carry1);
        below = *limb;
    }
    let (low, high) = multiply_add(second, below, carry0, carry1);
    [low, high]
}

/// a · b + c + d, which always fits into two limbs: the lower and the higher.
fn multiply_add(a: Limb, b: Limb, c: Limb, d: Limb) -> (Limb, Limb) {
    let wide = Wide::from(a) * Wide::from(b) + Wide::from(c) + Wide::from(d);
    (wide as Limb, (wide >> Limb::BITS) as Limb)
}

/// R² mod n by doubling, beginning with the highest power of two below n.
fn r_squared(limbs: &[Limb]) -> Box<[Limb]> {
    let bits = limbs.iter().rposition(|l| *l != 0).map_or(0, |top| {
        let zeros = limbs.get(top).map_or(0, |l| l.leading_zeros());
        (top + 1) * Limb::BITS as usize - zeros as usize
    });
    let mut value = vec![0; limbs.len()];
    let start = bits.saturating_sub(1);
    if let Some(slot) = value.get_mut(start / Limb::BITS as usize) {
        *slot = 1 << (start % Limb::BITS as usize);
    }
    for _ in start..2 * limbs.len() * Limb::BITS as usize {
        let mut carry = 0;
        for limb in &mut value {
            (*limb, carry) = (*limb << 1 | carry, *limb >> (Limb::BITS - 1));
        }
        if carry == 1 || !less(&value, limbs) {
            subtract(&mut value, limbs);
        }
    }
    value.into_boxed_slice()
}

/// At least `len` limbs of big-endian bytes.
fn limbs_of(bytes: &[u8], len: usize) -> Box<[Limb]> {
    let limb = |chunk: &[u8]| chunk.iter().fold(0, |limb: Limb, byte| limb << 8 | Limb::from(*byte));
    let mut limbs: Vec<Limb> = bytes.rchunks(size_of::<Limb>()).map(limb).collect();
    limbs.resize(limbs.len().max(len), 0);
    limbs.into_boxed_slice()
}

/// Whether a < b; both have the same length.
fn less(a: &[Limb], b: &[Limb]) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// a −= b; a borrow out of the top is the caller's carry.
fn subtract(a: &mut [Limb], b: &[Limb]) {
    let mut borrow = false;
    for (a, b) in a.iter_mut().zip(b) {
        let (difference, first) = a.overflowing_sub(*b);
        let (difference, second) = difference.overflowing_sub(Limb::from(borrow));
        *a = difference;
        borrow = first | second;
    }
}

#[cfg(all(test, feature = "software-signatures"))]
mod tests {
    use super::*;

    fn reference(base: u128, exponent: u32, modulus: u128) -> u128 {
        let product = |mut a: u128, mut b: u128| {
            let mut sum = 0u128;
            while b > 0 {
                if b & 1 == 1 {
                    sum = (sum + a) % modulus;
                }
                a = (a << 1) % modulus;
                b >>= 1;
            }
            sum
        };
        (0..exponent).fold(1, |power, _| product(power, base))
    }

    #[test]
    fn powers_are_those_of_plain_arithmetic() {
        let mut seed = 0x9e37_79b9_7f4a_7c15u128;
        for round in 0..2000u32 {
            seed = seed.wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645).wrapping_add(0x1405_7b7e_f767_814f);
            // Below 2^127, so that the reference cannot overflow.
            let modulus = (seed >> (1 + round % 120)) | 1;
            if modulus < 3 {
                continue;
            }
            let base = seed.rotate_left(64) % modulus;
            let bytes = modulus.to_be_bytes();
            let skip = bytes.iter().take_while(|b| **b == 0).count();
            let machine = Modulus::new(&bytes[skip..]).unwrap();
            let exponent = 3 + round % 40 / 2 * 2;
            let power = machine.power(&base.to_be_bytes()[skip..], exponent).unwrap();
            let value = power.iter().fold(0u128, |v, b| v << 8 | u128::from(*b));
            assert_eq!(value, reference(base, exponent, modulus), "{base} ^ {exponent} mod {modulus}");
        }
    }

    #[test]
    fn even_modulus_even_exponent_and_base_out_of_range_are_refused() {
        assert!(Modulus::new(&[1, 0]).is_none() && Modulus::new(&[1]).is_none() && Modulus::new(&[]).is_none());
        let seven = Modulus::new(&[7]).unwrap();
        assert!(seven.power(&[7], 3).is_none() && seven.power(&[1, 1], 3).is_none());
        assert_eq!(seven.power(&[3], 3), Some(alloc::vec![6]));
        assert!([0, 1, 2, 4, u32::MAX - 1].iter().all(|exponent| seven.power(&[3], *exponent).is_none()));
    }
}
