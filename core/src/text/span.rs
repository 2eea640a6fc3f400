//! A half-open byte range.

use core::ops::Range;

/// Half-open byte range `[start, end)`.
///
/// In a [`Finding`](crate::scan::Finding) it always refers to the caller's original text and lies on character
/// boundaries of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte; never smaller than `start`.
    pub end: usize,
}

impl Span {
    /// A span; a reversed pair becomes an empty span at `start`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end: if end < start { start } else { end } }
    }

    /// Number of bytes.
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the span covers no byte.
    pub const fn is_empty(self) -> bool {
        self.end == self.start
    }

    /// The same span as a standard range.
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// Whether the two spans share at least one byte.
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies inside this span.
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that covers both.
    pub const fn cover(self, other: Self) -> Self {
        let start = if self.start < other.start { self.start } else { other.start };
        let end = if self.end > other.end { self.end } else { other.end };
        Self { start, end }
    }

    /// The slice of `text` under this span, if it lies inside and on character boundaries.
    pub fn slice(self, text: &str) -> Option<&str> {
        text.get(self.range())
    }

    /// Grown outwards to character boundaries of `text`, clamped to its length.
    pub fn snapped(self, text: &str) -> Self {
        let mut start = self.start.min(text.len());
        let mut end = self.end.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        Self::new(start, end)
    }
}
