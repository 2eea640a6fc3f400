//! Little-endian reads that answer zero outside the slice, so that a damaged rule set finds nothing instead of panicking.

/// A read-only table inside a rule set.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Table<'a>(pub(crate) &'a [u8]);

impl<'a> Table<'a> {
    #[inline]
    pub(crate) fn u8(self, at: usize) -> u8 {
        self.0.get(at).copied().unwrap_or(0)
    }

    #[inline]
    pub(crate) fn u16(self, at: usize) -> u16 {
        match self.0.get(at..at.saturating_add(2)) {
            Some([a, b]) => u16::from_le_bytes([*a, *b]),
            _ => 0,
        }
    }

    #[inline]
    pub(crate) fn u32(self, at: usize) -> u32 {
        match self.0.get(at..at.saturating_add(4)) {
            Some([a, b, c, d]) => u32::from_le_bytes([*a, *b, *c, *d]),
            _ => 0,
        }
    }

    #[inline]
    pub(crate) fn i32(self, at: usize) -> i32 {
        self.u32(at) as i32
    }

    pub(crate) fn slice(self, start: usize, len: usize) -> &'a [u8] {
        self.0.get(start..start.saturating_add(len)).unwrap_or(&[])
    }

    pub(crate) fn text(self, start: usize, len: usize) -> &'a str {
        core::str::from_utf8(self.slice(start, len)).unwrap_or("")
    }
}
