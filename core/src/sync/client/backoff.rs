//! When to try again, and the chance that keeps clients apart.

/// Numbers from a seed: SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). For spreading load
/// and nothing that anybody must not guess.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Random(pub u64);

impl Random {
    /// A number below `end`, or 0.
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        ((u128::from(z) * u128::from(end)) >> 64) as u64
    }
}

/// Failures in a row of one lane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Milliseconds to wait after one failure more: any number up to a bound that doubles ("full jitter", Brooker: "Exponential
    /// backoff and jitter", 2015), and a little in any case.
    pub fn fail(&mut self, random: &mut Random) -> u64 {
        let bound = FIRST_MS.saturating_mul(1 << self.failures.min(20)).min(LONGEST_MS);
        self.failures = self.failures.saturating_add(1);
        LEAST_MS + random.below(bound - LEAST_MS + 1)
    }

    pub fn succeed(&mut self) {
        self.failures = 0;
    }
}

const LEAST_MS: u64 = 250;
const FIRST_MS: u64 = 1_000;
const LONGEST_MS: u64 = 5 * 60_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_their_bound_and_differ() {
        let mut random = Random(1);
        let mut backoff = Backoff::default();
        for failure in 0..40 {
            let bound = (FIRST_MS << failure.min(20)).min(LONGEST_MS);
            let wait = backoff.fail(&mut random);
            assert!((LEAST_MS..=bound).contains(&wait), "{failure}: {wait}");
        }
        backoff.succeed();
        assert!(backoff.fail(&mut random) <= FIRST_MS);
        let mut others: alloc::vec::Vec<u64> =
            (0..100).map(|seed| Backoff::default().fail(&mut Random(seed))).collect();
        others.sort_unstable();
        others.dedup();
        assert!(others.len() > 80);
    }
}
