//! The sixteen layers, one module each, in the order in which they run.

pub(crate) mod canonical;
pub(crate) mod census;
pub(crate) mod decide;
pub(crate) mod egress;
pub(crate) mod envelope;
pub(crate) mod fuzzy;
pub(crate) mod hidden;
pub mod lexical;
pub(crate) mod mention;
pub(crate) mod peel;
pub(crate) mod pii;
pub(crate) mod provenance;
pub(crate) mod secret;
pub(crate) mod signature;
pub(crate) mod structure;

use crate::text::Span;

/// A hit of a detector: which rule, and where in the text it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DetectorHit {
    /// Stable rule id.
    pub rule_id: &'static str,
    /// Place in the text that was looked at.
    pub span: Span,
}

/// One of the sixteen layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Layer {
    /// Size, depth and fuel; fails closed.
    Envelope,
    /// Which rules run for which origin.
    Provenance,
    /// One pass that decides which of the costly layers are needed.
    Census,
    /// Tags, variation selectors, zero-width bits, bidirectional controls.
    Hidden,
    /// The canonical view and its relatives.
    Canonical,
    /// Encodings and ciphers, nested.
    Peel,
    /// Roles, templates, policies, comments, many-shot, literal joining.
    Structure,
    /// Sequences of words in many languages.
    Signature,
    /// Misspelt and scrambled signature words.
    Fuzzy,
    /// The learned model.
    Lexical,
    /// Use against mention: quoted and reported attacks count less.
    Mention,
    /// Credentials.
    Secret,
    /// Personal data.
    Pii,
    /// Links, hosts, commands, canaries.
    Egress,
    /// What earlier turns said.
    Session,
    /// Score and decision.
    Decide,
}

impl Layer {
    /// Every layer in order.
    pub const ALL: [Self; 16] = [
        Self::Envelope,
        Self::Provenance,
        Self::Census,
        Self::Hidden,
        Self::Canonical,
        Self::Peel,
        Self::Structure,
        Self::Signature,
        Self::Fuzzy,
        Self::Lexical,
        Self::Mention,
        Self::Secret,
        Self::Pii,
        Self::Egress,
        Self::Session,
        Self::Decide,
    ];

    /// Stable lower-case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Envelope => "envelope",
            Self::Provenance => "provenance",
            Self::Census => "census",
            Self::Hidden => "hidden",
            Self::Canonical => "canonical",
            Self::Peel => "peel",
            Self::Structure => "structure",
            Self::Signature => "signature",
            Self::Fuzzy => "fuzzy",
            Self::Lexical => "lexical",
            Self::Mention => "mention",
            Self::Secret => "secret",
            Self::Pii => "pii",
            Self::Egress => "egress",
            Self::Session => "session",
            Self::Decide => "decide",
        }
    }

    /// The layer of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.name() == name)
    }
}

/// A set of layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerSet(u16);

impl LayerSet {
    /// All sixteen.
    pub const fn all() -> Self {
        Self(u16::MAX)
    }

    /// Whether `layer` is in the set.
    pub const fn contains(self, layer: Layer) -> bool {
        self.0 >> layer as u8 & 1 == 1
    }

    /// Takes `layer` out; the envelope and the decision stay.
    pub fn remove(&mut self, layer: Layer) {
        if !matches!(layer, Layer::Envelope | Layer::Decide) {
            self.0 &= !(1 << layer as u8);
        }
    }
}

/// The byte at `at`, or 0 past the end, which no detector treats as part of anything.
pub(crate) fn byte_at(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

/// The byte before `at`, or 0 at the start.
pub(crate) fn byte_before(bytes: &[u8], at: usize) -> u8 {
    at.checked_sub(1).map_or(0, |i| byte_at(bytes, i))
}

/// A table that holds `true` for each of `bytes`.
#[allow(clippy::indexing_slicing)] // evaluated by the compiler: an index out of bounds does not build
pub(crate) const fn byte_set(bytes: &[u8]) -> [bool; 256] {
    let mut set = [false; 256];
    let mut i = 0;
    while i < bytes.len() {
        set[bytes[i] as usize] = true;
        i += 1;
    }
    set
}
