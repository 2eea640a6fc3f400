//! Layer 1, envelope: what may be scanned at all, and how much work it may cost.

use crate::scan::limits::Limits;

/// Why a text was not scanned, or not to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Breach {
    /// Longer than [`Limits::input_bytes`].
    InputTooLarge,
    /// The work budget ran out.
    FuelExhausted,
    /// Decoding produced more than its budget.
    DecodingTruncated,
    /// More findings than the limit keeps: redaction would miss some.
    FindingsTruncated,
}

impl Breach {
    /// The rule that reports it.
    pub(crate) const fn rule_id(self) -> &'static str {
        match self {
            Self::InputTooLarge => "input-too-large",
            Self::FuelExhausted => "fuel-exhausted",
            Self::DecodingTruncated => "decoding-truncated",
            Self::FindingsTruncated => "findings-truncated",
        }
    }
}

/// Work that may still be done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fuel {
    left: usize,
    full: usize,
}

impl Fuel {
    pub(crate) fn new(input_bytes: usize, limits: &Limits) -> Self {
        let full = input_bytes.saturating_mul(limits.fuel_per_byte).saturating_add(FUEL_MIN);
        Self { left: full, full }
    }

    /// Takes `steps` from the budget; false when it is used up.
    #[inline]
    pub(crate) fn burn(&mut self, steps: usize) -> bool {
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                true
            }
            None => {
                self.left = 0;
                false
            }
        }
    }

    /// Steps that may still be taken.
    pub(crate) const fn left(self) -> usize {
        self.left
    }

    /// Steps taken so far.
    pub(crate) const fn spent(self) -> usize {
        self.full - self.left
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.left == 0
    }
}

/// Whether the text may be scanned.
pub(crate) fn check(text: &str, limits: &Limits) -> Result<Fuel, Breach> {
    if text.len() > limits.input_bytes {
        return Err(Breach::InputTooLarge);
    }
    Ok(Fuel::new(text.len(), limits))
}

/// Steps every scan may take: short texts with dense matches stay within it.
const FUEL_MIN: usize = 1 << 20;
