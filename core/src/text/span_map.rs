//! Alignment of a derived text with the text it was derived from.
//!
//! A map is a list of runs. A *copied* run has the same length on both sides, so positions inside it map one to one;
//! a *replaced* run (a decoded byte group, a folded character) maps as a whole. Neighbouring copied runs merge, so an
//! unchanged text costs one run whatever its length.

use alloc::string::String;
use alloc::vec::Vec;

use super::Span;

/// One piece of alignment: `len` derived bytes starting at `at` came from `source`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    at: u32,
    len: u32,
    source: u32,
    source_len: u32,
    copied: bool,
}

/// Maps spans of a derived text back to spans of its source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanMap {
    runs: Vec<Run>,
}

impl SpanMap {
    /// The source span that produced the derived span.
    ///
    /// A replaced run that is touched at all maps as a whole, so the answer never cuts through a decoded group. An
    /// empty derived span maps to an empty source span.
    pub fn to_source(&self, derived: Span) -> Span {
        if derived.is_empty() {
            let at = self.edge(derived.start);
            return Span::new(at, at);
        }
        let first = self.runs.partition_point(|r| (r.at + r.len) as usize <= derived.start);
        let last = self.runs.partition_point(|r| (r.at as usize) < derived.end);
        let Some(runs) = self.runs.get(first..last.max(first)) else { return Span::default() };
        // Reordered text (reversed, flipped) makes later runs point to earlier bytes: cover them all.
        let mut out: Option<Span> = None;
        for run in runs {
            let piece = run.source_of(derived);
            out = Some(out.map_or(piece, |o| o.cover(piece)));
        }
        out.unwrap_or_else(|| {
            let at = self.edge(derived.start);
            Span::new(at, at)
        })
    }

    /// Number of runs held; an unchanged text has one.
    pub fn run_count(&self) -> usize {
        self.runs.len()
    }

    fn edge(&self, at: usize) -> usize {
        let i = self.runs.partition_point(|r| (r.at + r.len) as usize <= at);
        match (self.runs.get(i), self.runs.last()) {
            (Some(r), _) => r.source as usize,
            (None, Some(r)) => (r.source + r.source_len) as usize,
            (None, None) => 0,
        }
    }
}

impl Run {
    fn source_of(&self, derived: Span) -> Span {
        let (source, source_len) = (self.source as usize, self.source_len as usize);
        if !self.copied {
            return Span::new(source, source + source_len);
        }
        let from = derived.start.saturating_sub(self.at as usize);
        let to = (derived.end - self.at as usize).min(self.len as usize);
        Span::new(source + from, source + to)
    }
}

/// A derived text together with its alignment.
#[derive(Clone, Default)]
pub struct MappedText {
    /// The derived text.
    pub text: String,
    /// Its alignment with the source.
    pub map: SpanMap,
}

impl core::fmt::Debug for MappedText {
    /// Shows sizes only: the text may be a user's.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("MappedText").field("bytes", &self.text.len()).field("runs", &self.map.runs.len()).finish()
    }
}

/// Builds a derived text piece by piece, recording where each piece came from.
#[derive(Default)]
pub struct SpanMapBuilder {
    text: String,
    runs: Vec<Run>,
}

impl SpanMapBuilder {
    /// A builder with room for `bytes` of derived text.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), runs: Vec::new() }
    }

    /// Appends `piece`, which stands unchanged at byte `source` of the source.
    pub fn copy(&mut self, piece: &str, source: usize) {
        if piece.is_empty() {
            return;
        }
        let len = piece.len() as u32;
        let at = self.text.len() as u32;
        self.text.push_str(piece);
        if let Some(last) = self.runs.last_mut()
            && last.copied
            && (last.source + last.source_len) as usize == source
        {
            last.len += len;
            last.source_len += len;
            return;
        }
        self.runs.push(Run { at, len, source: source as u32, source_len: len, copied: true });
    }

    /// Appends `piece`, which stands for the source bytes `source`.
    pub fn replace(&mut self, piece: &str, source: Span) {
        if piece.is_empty() {
            return;
        }
        let at = self.text.len() as u32;
        self.text.push_str(piece);
        self.runs.push(Run {
            at,
            len: piece.len() as u32,
            source: source.start as u32,
            source_len: source.len() as u32,
            copied: false,
        });
    }

    /// Appends one character that stands for the source bytes `source`.
    pub fn replace_char(&mut self, c: char, source: Span) {
        self.replace(c.encode_utf8(&mut [0; 4]), source);
    }

    /// Appends another text derived from the same source.
    pub fn append(&mut self, other: &MappedText) {
        let at = self.text.len() as u32;
        self.text.push_str(&other.text);
        self.runs.extend(other.map.runs.iter().map(|run| Run { at: run.at + at, ..*run }));
    }

    /// The derived text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Number of derived bytes so far.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether nothing was appended yet.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The finished text and map.
    pub fn finish(self) -> MappedText {
        MappedText { text: self.text, map: SpanMap { runs: self.runs } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_runs_merge_and_map_one_to_one() {
        let mut b = SpanMapBuilder::default();
        b.copy("ab", 3);
        b.copy("cd", 5);
        let t = b.finish();
        assert_eq!(t.map.run_count(), 1);
        assert_eq!(t.map.to_source(Span::new(1, 3)), Span::new(4, 6));
    }

    #[test]
    fn replaced_run_maps_as_a_whole() {
        let mut b = SpanMapBuilder::default();
        b.copy("x", 0);
        b.replace("hello", Span::new(1, 9));
        b.copy("y", 9);
        let t = b.finish();
        assert_eq!(t.map.to_source(Span::new(2, 3)), Span::new(1, 9));
        assert_eq!(t.map.to_source(Span::new(0, 7)), Span::new(0, 10));
        assert_eq!(t.map.to_source(Span::new(7, 7)), Span::new(10, 10));
    }

    #[test]
    fn reordered_text_maps_to_the_covering_span() {
        let mut b = SpanMapBuilder::default();
        b.replace_char('b', Span::new(1, 2));
        b.replace_char('a', Span::new(0, 1));
        assert_eq!(b.finish().map.to_source(Span::new(0, 2)), Span::new(0, 2));
    }
}
