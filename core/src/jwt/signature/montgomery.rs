//! Powers modulo an odd number of any length (Montgomery 1985), in limbs of the machine's width.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

#[cfg(target_pointer_width = "64")]
mod limb {
    pub(super) type Limb = u64;
    pub(super) type Wide = u128;
}
// Products of 64-bit limbs would be calls into a library on 32-bit WASM.
#[cfg(not(target_pointer_width = "64"))]
mod limb {
    pub(super) type Limb = u32;
    pub(super) type Wide = u64;
}
use limb::{Limb, Wide};

/// An odd modulus with what multiplying by it needs.
#[derive(Clone)]
pub(super) struct Modulus {
    /// Limbs, the lowest first.
    limbs: Box<[Limb]>,
    /// −n⁻¹ modulo the limb's range.
    inverse: Limb,
    /// R² mod n, with R the first power of the limb's range above n.
    r_squared: Box<[Limb]>,
    /// Bytes of a result.
    bytes: usize,
}

impl Modulus {
    /// From big-endian bytes; `None` if it is even or less than 3.
    pub(super) fn new(bytes: &[u8]) -> Option<Self> {
        let limbs = limbs_of(bytes);
        let lowest = limbs.first().copied().filter(|l| l & 1 == 1)?;
        if limbs.iter().skip(1).all(|l| *l == 0) && lowest < 3 {
            return None;
        }
        // Newton: each step doubles the bits that are right, beginning with 3.
        let inverse = (0..6).fold(lowest, |x, _| x.wrapping_mul((2 as Limb).wrapping_sub(lowest.wrapping_mul(x))));
        let r_squared = r_squared(&limbs);
        Some(Self { limbs, inverse: inverse.wrapping_neg(), r_squared, bytes: bytes.len() })
    }

    /// `base` to the power of `exponent`, as long as the modulus; `None` if `base` is not below the modulus.
    pub(super) fn power(&self, base: &[u8], exponent: u32) -> Option<Vec<u8>> {
        let mut base = limbs_of(base);
        if base.len() > self.limbs.len() && base.iter().skip(self.limbs.len()).any(|l| *l != 0) {
            return None;
        }
        let mut padded = base.into_vec();
        padded.resize(self.limbs.len(), 0);
        base = padded.into_boxed_slice();
        if !less(&base, &self.limbs) || exponent == 0 {
            return None;
        }
        let mut scratch = vec![0; self.limbs.len() + 2];
        let (mut factor, mut next) = (vec![0; self.limbs.len()], vec![0; self.limbs.len()]);
        self.multiply(&base, &self.r_squared, &mut scratch, &mut factor);
        let mut result = factor.clone();
        for bit in (0..exponent.ilog2()).rev() {
            self.multiply(&result, &result, &mut scratch, &mut next);
            core::mem::swap(&mut result, &mut next);
            if exponent >> bit & 1 == 1 {
                self.multiply(&result, &factor, &mut scratch, &mut next);
                core::mem::swap(&mut result, &mut next);
            }
        }
        let mut one = vec![0; self.limbs.len()];
        if let Some(lowest) = one.first_mut() {
            *lowest = 1;
        }
        self.multiply(&result, &one, &mut scratch, &mut next);
        Some(self.to_bytes(&next))
    }

    /// `out` = a · b · R⁻¹ mod n, coarsely integrated operand scanning (Koç, Acar, Kaliski 1996).
    fn multiply(&self, a: &[Limb], b: &[Limb], sum: &mut [Limb], out: &mut [Limb]) {
        let len = self.limbs.len();
        sum.fill(0);
        for b in b {
            let mut carry: Wide = 0;
            for (sum, a) in sum.iter_mut().zip(a) {
                let wide = Wide::from(*a) * Wide::from(*b) + Wide::from(*sum) + carry;
                *sum = wide as Limb;
                carry = wide >> Limb::BITS;
            }
            if let [high, top] = sum.get_mut(len..).unwrap_or_default() {
                let wide = Wide::from(*high) + carry;
                (*high, *top) = (wide as Limb, (wide >> Limb::BITS) as Limb);
            }
            let factor = sum.first().map_or(0, |lowest| lowest.wrapping_mul(self.inverse));
            let mut limbs = self.limbs.iter();
            let lowest = Wide::from(sum.first().copied().unwrap_or(0));
            let mut carry =
                (Wide::from(factor) * Wide::from(limbs.next().copied().unwrap_or(0)) + lowest) >> Limb::BITS;
            let mut below = 0;
            // Each limb moves down by one while it is added to.
            for n in limbs {
                let [to, from, ..] = sum.get_mut(below..).unwrap_or_default() else { break };
                let wide = Wide::from(factor) * Wide::from(*n) + Wide::from(*from) + carry;
                *to = wide as Limb;
                carry = wide >> Limb::BITS;
                below += 1;
            }
            if let [to, high, top] = sum.get_mut(len - 1..).unwrap_or_default() {
                let wide = Wide::from(*high) + carry;
                *to = wide as Limb;
                *high = *top + (wide >> Limb::BITS) as Limb;
                *top = 0;
            }
        }
        let (low, high) = sum.split_at(len);
        let below = high.first().is_none_or(|h| *h == 0) && less(low, &self.limbs);
        out.copy_from_slice(low);
        if !below {
            subtract(out, &self.limbs);
        }
    }

    fn to_bytes(&self, limbs: &[Limb]) -> Vec<u8> {
        let mut bytes: Vec<u8> = limbs.iter().flat_map(|l| l.to_le_bytes()).collect();
        bytes.truncate(self.bytes);
        bytes.resize(self.bytes, 0);
        bytes.reverse();
        bytes
    }
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

fn limbs_of(bytes: &[u8]) -> Box<[Limb]> {
    let limb = |chunk: &[u8]| chunk.iter().fold(0, |limb: Limb, byte| limb << 8 | Limb::from(*byte));
    bytes.rchunks(size_of::<Limb>()).map(limb).collect()
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

#[cfg(test)]
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
            let exponent = 1 + round % 40;
            let power = machine.power(&base.to_be_bytes()[skip..], exponent).unwrap();
            let value = power.iter().fold(0u128, |v, b| v << 8 | u128::from(*b));
            assert_eq!(value, reference(base, exponent, modulus), "{base} ^ {exponent} mod {modulus}");
        }
    }

    #[test]
    fn even_modulus_and_base_out_of_range_are_refused() {
        assert!(Modulus::new(&[1, 0]).is_none() && Modulus::new(&[1]).is_none() && Modulus::new(&[]).is_none());
        let seven = Modulus::new(&[7]).unwrap();
        assert!(seven.power(&[7], 3).is_none() && seven.power(&[1, 1], 3).is_none());
        assert_eq!(seven.power(&[3], 2), Some(alloc::vec![2]));
    }
}
