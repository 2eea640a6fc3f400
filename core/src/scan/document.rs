//! The texts of one scan: the original, its views and everything read out of them, each with its way home.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::finding::Chain;
use super::limits::Limits;
use crate::text::decode::Step;
use crate::text::{MappedText, Span, SpanMap, SpanMapBuilder};

/// What a text is to the scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The original, or something decoded: may hide more, has views of its own.
    Text,
    /// The canonical view of a text: everything matches against it.
    View,
    /// A view with words read through where they have a hole: it repeats all else, so nothing further is derived from it.
    Mended,
    /// A further reading of a view (leetspeak, joined letters): only words are looked for.
    Reading,
}

/// One text of the scan.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) kind: Kind,
    pub(crate) chain: Chain,
    pub(crate) depth: usize,
    /// Whether nobody need have meant this reading: the text has holes, runs backwards, or was pieced together.
    pub(crate) doubtful: bool,
    parent: usize,
    map: Option<SpanMap>,
    /// Where the message begins in a text that joins it with the one before.
    seam: Option<usize>,
}

/// All texts of one scan; the first is the original.
#[derive(Debug)]
pub(crate) struct Documents<'a> {
    all: Vec<Document<'a>>,
    bytes_left: usize,
    count_max: usize,
    depth_max: usize,
    refused: bool,
}

impl<'a> Documents<'a> {
    pub(crate) fn new(text: &'a str, limits: &Limits) -> Self {
        let root = Document {
            text: Cow::Borrowed(text),
            kind: Kind::Text,
            chain: Chain::default(),
            depth: 0,
            doubtful: false,
            parent: 0,
            map: None,
            seam: None,
        };
        Self {
            all: alloc::vec![root],
            bytes_left: text.len().saturating_mul(limits.derived_per_byte).saturating_add(limits.derived_bytes_min),
            count_max: limits.documents,
            depth_max: limits.depth,
            refused: false,
        }
    }

    pub(crate) fn get(&self, id: usize) -> Option<&Document<'a>> {
        self.all.get(id)
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Bytes that derived texts may still take.
    pub(crate) fn bytes_left(&self) -> usize {
        self.bytes_left
    }

    /// Texts that may still be added.
    pub(crate) fn count_left(&self) -> usize {
        self.count_max.saturating_sub(self.all.len())
    }

    /// Whether a text had to be refused for lack of budget.
    pub(crate) fn refused(&self) -> bool {
        self.refused
    }

    /// Notes that a text was refused elsewhere.
    pub(crate) fn refuse(&mut self) {
        self.refused = true;
    }

    /// Takes the text of `id` for reading while others are added; give it back with [`put_back`](Self::put_back).
    pub(crate) fn take(&mut self, id: usize) -> Cow<'a, str> {
        self.all.get_mut(id).map(|d| core::mem::take(&mut d.text)).unwrap_or_default()
    }

    pub(crate) fn put_back(&mut self, id: usize, text: Cow<'a, str>) {
        if let Some(document) = self.all.get_mut(id) {
            document.text = text;
        }
    }

    /// Notes that nobody need have meant text `id` as it reads; what is derived from it later inherits that.
    pub(crate) fn doubt(&mut self, id: usize) {
        if let Some(document) = self.all.get_mut(id) {
            document.doubtful = true;
        }
    }

    /// Adds a text derived from `parent`. One that says nothing new is dropped; one that goes too deep or for which there
    /// is no budget is refused, which the report tells.
    pub(crate) fn add(&mut self, parent: usize, step: Step, kind: Kind, derived: MappedText) {
        let Some(from) = self.all.get(parent) else { return };
        let depth = from.depth + usize::from(kind == Kind::Text);
        let doubtful = from.doubtful || step == Step::JoinedLiterals;
        let chain = from.chain.then(step).filter(|_| depth <= self.depth_max);
        if self.all.iter().any(|d| d.text == derived.text.as_str()) {
            return;
        }
        let Some(chain) = chain.filter(|_| derived.text.len() <= self.bytes_left && self.all.len() < self.count_max)
        else {
            self.refused = true;
            return;
        };
        self.bytes_left -= derived.text.len();
        self.all.push(Document {
            text: Cow::Owned(derived.text),
            kind,
            chain,
            depth,
            doubtful,
            parent,
            map: Some(derived.map),
            seam: None,
        });
    }

    /// Adds the end of the message before, joined with the beginning of this one.
    pub(crate) fn add_seam(&mut self, tail: &str, head_bytes: usize) {
        let Some(original) = self.all.first().map(|d| d.text.as_ref()) else { return };
        let head = Span::new(0, head_bytes.min(original.len())).snapped(original);
        let mut text = SpanMapBuilder::with_capacity(tail.len() + head.len() + 1);
        text.replace(tail, Span::new(0, 0));
        text.replace(" ", Span::new(0, 0));
        let seam = text.len();
        text.copy(head.slice(original).unwrap_or(""), 0);
        let derived = text.finish();
        self.add(0, Step::Seam, Kind::View, derived);
        if let Some(last) = self.all.last_mut().filter(|d| d.chain.steps().next() == Some(Step::Seam)) {
            last.seam = Some(seam);
        }
    }

    /// Every text, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Document<'a>> {
        self.all.iter()
    }

    /// The bytes of the original that `span` of text `id` came from, on character boundaries. None if it lies wholly on
    /// one side of a seam: that side was or will be scanned on its own.
    pub(crate) fn home(&self, id: usize, span: Span, original: &str) -> Option<Span> {
        let (mut id, mut span) = (id, span);
        // A parent always stands before its children, so this ends.
        while let Some(document) = self.all.get(id)
            && let Some(map) = &document.map
        {
            if document.seam.is_some_and(|at| span.end <= at || span.start >= at) {
                return None;
            }
            span = map.to_source(span);
            id = document.parent;
        }
        Some(span.snapped(original))
    }
}
