//! Caps with their defaults: every collection and every loop of a scan is bounded by one of these.

/// Caps on what one scan may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest text, in bytes. Default: 8 MiB. A longer one is not scanned at all.
    pub input_bytes: usize,
    /// Most texts one scan looks at: the original, its views and what was decoded from it. Default: 128.
    /// One more is refused, and the scan fails closed.
    pub documents: usize,
    /// Bytes of derived text per byte of input, beside [`derived_bytes_min`](Self::derived_bytes_min). Default: 6.
    pub derived_per_byte: usize,
    /// Bytes of derived text that are always allowed. Default: 16 KiB.
    pub derived_bytes_min: usize,
    /// Most decoders on top of each other. Default: 4. A deeper text is refused, and the scan fails closed.
    pub depth: usize,
    /// Most findings kept. Further ones are counted, and the scan fails closed. Default: 1,024.
    pub findings: usize,
    /// Steps of work per byte of input, beside 1 MiB that is always allowed. Default: 96.
    pub fuel_per_byte: usize,
    /// Deepest JSON that [`scan_json`](super::PromptScanner::scan_json) follows. Default: 128.
    pub json_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            input_bytes: 8 << 20,
            documents: 128,
            derived_per_byte: 6,
            derived_bytes_min: 16 << 10,
            depth: 4,
            findings: 1024,
            fuel_per_byte: 96,
            json_depth: 128,
        }
    }
}
