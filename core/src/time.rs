//! Time as a value. The core never reads a clock: the host says what time it is.

/// Milliseconds since 1970-01-01T00:00:00Z, supplied by the host.
///
/// Range: 0 to 2^53 − 1 when the value crosses into JavaScript.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// A time from milliseconds since the Unix epoch.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// A time from whole seconds since the Unix epoch; saturates at the largest value.
    pub const fn from_secs(secs: u64) -> Self {
        // `saturating_mul` would be a product of 128 bits in WASM.
        Self(if secs > u64::MAX / 1000 { u64::MAX } else { secs * 1000 })
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> u64 {
        self.0
    }
}
