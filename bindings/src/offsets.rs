//! Offsets in the unit of the host's strings, converted once per report.

use edgewarden::text::Span;

/// What a host's string offsets count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// UTF-8 bytes: Rust.
    #[default]
    Utf8,
    /// UTF-16 code units: JavaScript, Kotlin, Java; `NSString` and `String.utf16` in Swift.
    Utf16,
    /// Unicode code points: Python.
    CodePoint,
}

impl Unit {
    /// Length of `text` in this unit.
    pub fn len(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
            Self::CodePoint => text.chars().count(),
        }
    }
}

/// Converts between byte offsets of one text and a host's unit, in any order: the text is counted through once, as far
/// as it is asked for, and every further answer costs a bounded walk.
pub struct Offsets<'t> {
    text: &'t str,
    unit: Unit,
    /// Ends of characters that the host holds as two code points: bytes, in order.
    joined: &'t [usize],
    is_ascii: bool,
    /// The last place asked for.
    at: Place,
    /// Places about every [`STRIDE_BYTES`], as far as the text was counted.
    marks: Vec<Place>,
}

/// A place in the text, on a character boundary.
#[derive(Clone, Copy, Default)]
struct Place {
    bytes: usize,
    units: usize,
}

impl<'t> Offsets<'t> {
    /// A converter for `text`.
    pub fn new(text: &'t str, unit: Unit) -> Self {
        let is_ascii = unit == Unit::Utf8 || text.is_ascii();
        Self { text, unit, joined: &[], is_ascii, at: Place::default(), marks: Vec::new() }
    }

    /// What is counted.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// The place `bytes` in the host's unit. Inside a character: its start. Beyond the end: the end.
    pub fn to_host(&mut self, bytes: usize) -> usize {
        if self.is_ascii {
            return bytes.min(self.text.len());
        }
        self.walk(bytes, |place| place.bytes).units
    }

    /// The span in the host's unit, as start and end.
    pub fn span(&mut self, span: Span) -> (usize, usize) {
        let start = self.to_host(span.start);
        (start, self.to_host(span.end))
    }

    /// The byte at place `units` of the host. Inside a character: its start. Beyond the end: the end.
    pub fn to_bytes(&mut self, units: usize) -> usize {
        if self.is_ascii {
            return units.min(self.text.len());
        }
        self.walk(units, |place| place.units).bytes
    }

    /// The last place that `measure` puts at `wanted` or before it.
    fn walk(&mut self, wanted: usize, measure: impl Fn(Place) -> usize) -> Place {
        let known = self.marks.partition_point(|mark| measure(*mark) <= wanted);
        let mark = known.checked_sub(1).and_then(|i| self.marks.get(i)).copied().unwrap_or_default();
        let is_nearer = measure(self.at) <= wanted && self.at.bytes > mark.bytes;
        let mut place = if is_nearer { self.at } else { mark };
        for c in self.text.get(place.bytes..).unwrap_or("").chars() {
            let bytes = place.bytes + c.len_utf8();
            let next = Place { bytes, units: place.units + self.width(c, bytes) };
            if measure(next) > wanted {
                break;
            }
            place = next;
            let marked = self.marks.last().copied().unwrap_or_default().bytes;
            if bytes >= marked + STRIDE_BYTES {
                self.marks.push(place);
            }
        }
        self.at = place;
        place
    }

    /// Units of the character that ends at byte `end`.
    fn width(&self, c: char, end: usize) -> usize {
        match self.unit {
            Unit::Utf8 => c.len_utf8(),
            Unit::Utf16 => c.len_utf16(),
            Unit::CodePoint => 1 + usize::from(!self.joined.is_empty() && self.joined.binary_search(&end).is_ok()),
        }
    }
}

/// A host string that may hold halves of surrogate pairs, made fit for scanning.
///
/// A pair that stands as two code points is joined, so that nothing hides in it; a lone half becomes U+FFFD, as
/// JavaScript's encoders do. Offsets still count what the host counts.
pub struct HostText {
    /// The text to scan.
    pub text: String,
    /// Ends of joined pairs: bytes, in order.
    joined: Vec<usize>,
}

impl HostText {
    /// From the code points of a Python string.
    pub fn from_code_points(points: impl IntoIterator<Item = u32>) -> Self {
        let mut out = Self { text: String::new(), joined: Vec::new() };
        let mut points = points.into_iter().peekable();
        while let Some(point) = points.next() {
            let low = points.peek().copied().filter(|low| (0xD800..0xDC00).contains(&point) && is_low(*low));
            match low.and_then(|low| char::from_u32(0x1_0000 + ((point - 0xD800) << 10) + (low - 0xDC00))) {
                Some(c) => {
                    points.next();
                    out.text.push(c);
                    out.joined.push(out.text.len());
                }
                None => out.text.push(char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER)),
            }
        }
        out
    }

    /// A converter between bytes of the text and code points of the host's string.
    pub fn offsets(&self) -> Offsets<'_> {
        Offsets { joined: &self.joined, ..Offsets::new(&self.text, Unit::CodePoint) }
    }
}

fn is_low(point: u32) -> bool {
    (0xDC00..0xE000).contains(&point)
}

/// One mark is 16 bytes, so marks weigh little beside the text.
const STRIDE_BYTES: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_what_the_host_counts() {
        let text = "aé😀z";
        let places = [(0, 0, 0), (1, 1, 1), (3, 2, 2), (7, 4, 3), (8, 5, 4)];
        for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0]] {
            let (mut utf16, mut points) = (Offsets::new(text, Unit::Utf16), Offsets::new(text, Unit::CodePoint));
            for i in order {
                let (bytes, units, point) = places[i];
                assert_eq!((utf16.to_host(bytes), points.to_host(bytes)), (units, point));
                assert_eq!((utf16.to_bytes(units), points.to_bytes(point)), (bytes, bytes));
            }
        }
        assert_eq!(Offsets::new(text, Unit::Utf16).to_host(99), 5);
        assert_eq!(Offsets::new(text, Unit::Utf16).to_bytes(3), 3);
        assert_eq!(Offsets::new("abc", Unit::Utf16).to_host(99), 3);
    }

    #[test]
    fn split_pairs_are_joined_and_counted_as_two() {
        let host = HostText::from_code_points([0x61, 0xD83D, 0xDE00, 0x62, 0xD83D, 0x63, 0x1F600]);
        assert_eq!(host.text, "a😀b\u{FFFD}c😀");
        let mut offsets = host.offsets();
        for (bytes, points) in [(0, 0), (1, 1), (5, 3), (6, 4), (9, 5), (10, 6), (14, 7)] {
            assert_eq!((offsets.to_host(bytes), offsets.to_bytes(points)), (points, bytes));
        }
    }
}
