//! How long each layer took, by a clock that the host brings.

use alloc::vec::Vec;

use super::layers::Layer;

/// A clock of the host. The core has none of its own.
pub trait Clock {
    /// Nanoseconds since any fixed moment; must not go backwards.
    fn nanos(&self) -> u64;
}

impl<F: Fn() -> u64> Clock for F {
    fn nanos(&self) -> u64 {
        self()
    }
}

/// Sums laps per layer; does nothing without a clock.
pub(crate) struct Timings<'c> {
    clock: Option<&'c dyn Clock>,
    last: u64,
    sums: [u64; 16],
}

impl<'c> Timings<'c> {
    pub(crate) fn new(clock: Option<&'c dyn Clock>) -> Self {
        Self { clock, last: clock.map_or(0, Clock::nanos), sums: [0; 16] }
    }

    /// Books the time since the last lap to `layer`.
    #[inline]
    pub(crate) fn lap(&mut self, layer: Layer) {
        let Some(clock) = self.clock else { return };
        let now = clock.nanos();
        if let Some(sum) = self.sums.get_mut(layer as usize) {
            *sum += now.saturating_sub(self.last);
        }
        self.last = now;
    }

    pub(crate) fn into_list(self) -> Vec<(Layer, u64)> {
        if self.clock.is_none() {
            return Vec::new();
        }
        Layer::ALL.into_iter().zip(self.sums).collect()
    }
}
