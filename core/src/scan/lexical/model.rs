//! A trained model: bytes read in place, and integer arithmetic on them, so that every machine gets the same points.

use alloc::sync::Arc;
use core::fmt;

use super::features::{EXTRACTOR, FeatureKind, FeatureSink, extract};
use super::layout::{self, KNOTS, KNOTS_FOREIGN};
use crate::scan::Origin;
use crate::scan::engine::table::Table;
use crate::text::Span;

/// The learned model of layer 10. Cheap to clone and to share between scanners.
///
/// The built-in one is part of the binary; others come from `cargo xtask train` as bytes.
#[derive(Clone)]
pub struct LexicalModel {
    bytes: Bytes,
}

#[derive(Clone)]
enum Bytes {
    Static(&'static [u8]),
    Shared(Arc<[u8]>),
}

/// Why bytes are not a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelError {
    /// The bytes do not begin with the mark of a model.
    NotAModel,
    /// The model was written for another version of the format.
    UnsupportedVersion {
        /// Version found.
        found: u16,
        /// Version this library reads.
        supported: u16,
    },
    /// The model was trained on features that this library extracts differently.
    OtherExtractor {
        /// Fingerprint in the model.
        found: u32,
        /// Fingerprint of this library's extractor.
        expected: u32,
    },
    /// There are more or fewer bytes than the header says.
    WrongLength {
        /// Bytes found.
        found: usize,
        /// Bytes expected.
        expected: usize,
    },
    /// The header names a table, a layer or a block of a size that no model has.
    Inconsistent {
        /// Where in the bytes.
        offset: usize,
    },
    /// The bytes were damaged on their way.
    Damaged,
}

impl ModelError {
    /// Stable snake_case code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAModel => "model_not_recognised",
            Self::UnsupportedVersion { .. } => "model_version_unsupported",
            Self::OtherExtractor { .. } => "model_extractor_differs",
            Self::WrongLength { .. } => "model_length_wrong",
            Self::Inconsistent { .. } => "model_inconsistent",
            Self::Damaged => "model_damaged",
        }
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAModel => f.write_str("not a model"),
            Self::UnsupportedVersion { found, supported } => {
                write!(f, "model format {found}, this library reads {supported}")
            }
            Self::OtherExtractor { found, expected } => {
                write!(f, "model was trained with extractor {found:08x}, this library has {expected:08x}")
            }
            Self::WrongLength { found, expected } => write!(f, "model has {found} bytes, its header says {expected}"),
            Self::Inconsistent { offset } => write!(f, "model header says the impossible at byte {offset}"),
            Self::Damaged => f.write_str("model does not agree with its checksum"),
        }
    }
}

impl core::error::Error for ModelError {}

/// What the model says of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Probability of an attack in per mille, on the mix of texts the model card states.
    pub probability: u16,
    /// Points for the score, 0 to 1000: how few honest texts of this origin look as much like an attack.
    pub points: u16,
    /// The window of words that decided, in bytes of the view.
    pub span: Span,
    /// Logit of that window in units of 2⁻¹⁶.
    pub logit: i32,
}

impl LexicalModel {
    /// The model this version of the library was published with.
    pub fn builtin() -> Self {
        Self { bytes: Bytes::Static(BUILTIN) }
    }

    /// Knows nothing and says so: every text gets zero points.
    pub fn neutral() -> Self {
        Self { bytes: Bytes::Static(&[]) }
    }

    /// A model from the bytes that training wrote.
    ///
    /// # Errors
    /// [`ModelError`] if the bytes are no model, or one for another version of this library.
    pub fn from_bytes(bytes: impl Into<Arc<[u8]>>) -> Result<Self, ModelError> {
        let model = Self { bytes: Bytes::Shared(bytes.into()) };
        model.check()?;
        Ok(model)
    }

    /// Checksum of the model: changes whenever a weight changes. 0 for the neutral one.
    pub fn revision(&self) -> u32 {
        self.table().u32(layout::AT_CHECKSUM)
    }

    /// Whether this is the neutral model.
    pub fn is_neutral(&self) -> bool {
        self.raw().is_empty()
    }

    /// First bytes of the SHA-256 of the texts and of the report of the run that trained the model.
    pub fn provenance(&self) -> (u64, u64) {
        let half = |at| u64::from(self.table().u32(at)) | u64::from(self.table().u32(at + 4)) << 32;
        (half(layout::AT_DATA), half(layout::AT_REPORT))
    }

    /// What the model says of `view`, the canonical view of a text that `origin` produced.
    pub fn judge(&self, view: &str, origin: Origin) -> Judgement {
        if self.is_neutral() {
            return Judgement::default();
        }
        let mut reader = Reader::new(self.net(origin));
        extract(view, &mut reader);
        let (logit, span) = reader.finish();
        let calibration = self.calibration(origin);
        Judgement { probability: calibration.probability(logit), points: calibration.points(logit), span, logit }
    }

    fn calibration(&self, origin: Origin) -> Calibration<'_> {
        Calibration {
            table: self.table(),
            at: layout::AT_ORIGINS + origin as usize * layout::ORIGIN,
            knots: if is_foreign(origin) { &KNOTS_FOREIGN } else { &KNOTS },
        }
    }

    fn net(&self, origin: Origin) -> Net<'_> {
        let table = self.table();
        let foreign = is_foreign(origin);
        let sizes = Sizes::of(table);
        Net {
            linear: table.slice(layout::HEADER, sizes.linear()),
            embed: table.slice(layout::HEADER + sizes.linear(), sizes.embed()),
            hidden: Table(table.slice(layout::HEADER + sizes.linear() + sizes.embed(), sizes.net())),
            sizes,
            linear_kinds: table.u16(layout::AT_LINEAR_KINDS),
            embed_kinds: table.u16(layout::AT_EMBED_KINDS),
            block: u32::from(table.u8(layout::AT_BLOCK)).max(1),
            linear_scale: i64::from(table.i32(layout::AT_LINEAR_SCALE)),
            net_scale: i64::from(table.i32(layout::AT_NET_SCALE)),
            bias: table.i32(layout::AT_BIAS + 4 * usize::from(foreign)),
        }
    }

    fn table(&self) -> Table<'_> {
        Table(self.raw())
    }

    fn raw(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Static(bytes) => bytes,
            Bytes::Shared(bytes) => bytes,
        }
    }

    fn check(&self) -> Result<(), ModelError> {
        let (raw, table) = (self.raw(), self.table());
        if !raw.starts_with(&layout::MAGIC) || raw.len() < layout::HEADER {
            return Err(ModelError::NotAModel);
        }
        let found = table.u16(layout::AT_FORMAT);
        if found != layout::FORMAT {
            return Err(ModelError::UnsupportedVersion { found, supported: layout::FORMAT });
        }
        let found = table.u32(layout::AT_EXTRACTOR);
        if found != EXTRACTOR {
            return Err(ModelError::OtherExtractor { found, expected: EXTRACTOR });
        }
        let limits = [
            (layout::AT_LINEAR_BITS, layout::BITS_MAX),
            (layout::AT_EMBED_BITS, layout::BITS_MAX),
            (layout::AT_WIDTH, layout::WIDTH_MAX),
            (layout::AT_HIDDEN, layout::WIDTH_MAX),
        ];
        if let Some((offset, _)) = limits.into_iter().find(|(at, max)| table.u8(*at) > *max) {
            return Err(ModelError::Inconsistent { offset });
        }
        if table.u8(layout::AT_BLOCK) == 0 {
            return Err(ModelError::Inconsistent { offset: layout::AT_BLOCK });
        }
        let expected = layout::HEADER + Sizes::of(table).total();
        if raw.len() != expected {
            return Err(ModelError::WrongLength { found: raw.len(), expected });
        }
        let rest = raw.get(layout::AT_CHECKSUM + 4..).unwrap_or(&[]);
        if layout::checksum(rest) != self.revision() { Err(ModelError::Damaged) } else { Ok(()) }
    }
}

impl fmt::Debug for LexicalModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LexicalModel({:08x}, {} bytes)", self.revision(), self.raw().len())
    }
}

impl Default for LexicalModel {
    fn default() -> Self {
        Self::builtin()
    }
}

/// Whether what `origin` produced comes from outside: it gives no orders.
const fn is_foreign(origin: Origin) -> bool {
    matches!(origin, Origin::Tool | Origin::Retrieved)
}

/// Sizes of the tables.
#[derive(Clone, Copy)]
struct Sizes {
    linear_bits: u32,
    embed_bits: u32,
    width: usize,
    hidden: usize,
}

impl Sizes {
    fn of(table: Table<'_>) -> Self {
        let bits = |at| u32::from(table.u8(at).clamp(1, layout::BITS_MAX));
        Self {
            linear_bits: bits(layout::AT_LINEAR_BITS),
            embed_bits: bits(layout::AT_EMBED_BITS),
            width: table.u8(layout::AT_WIDTH).min(layout::WIDTH_MAX) as usize,
            hidden: table.u8(layout::AT_HIDDEN).min(layout::WIDTH_MAX) as usize,
        }
    }

    const fn linear(self) -> usize {
        1 << self.linear_bits
    }

    const fn embed(self) -> usize {
        if self.width == 0 { 0 } else { self.width << self.embed_bits }
    }

    /// For each unit a bias (`i32`), the weights of its inputs and the weight of its output.
    const fn net(self) -> usize {
        if self.width == 0 { 0 } else { self.hidden * (4 + self.width + 1) }
    }

    const fn total(self) -> usize {
        self.linear() + self.embed() + self.net()
    }
}

/// The tables of a model, for one origin.
#[derive(Clone, Copy)]
struct Net<'m> {
    linear: &'m [u8],
    embed: &'m [u8],
    hidden: Table<'m>,
    sizes: Sizes,
    linear_kinds: u16,
    embed_kinds: u16,
    block: u32,
    linear_scale: i64,
    net_scale: i64,
    bias: i32,
}

/// Sums over the features of some words.
#[derive(Clone, Copy, Default)]
struct Sums {
    linear: i32,
    linear_count: u32,
    embed: [i32; layout::WIDTH_MAX as usize],
    embed_count: u32,
}

impl Sums {
    fn plus(&self, other: &Self) -> Self {
        let mut sum = *self;
        sum.linear += other.linear;
        sum.linear_count += other.linear_count;
        sum.embed_count += other.embed_count;
        for (a, b) in sum.embed.iter_mut().zip(&other.embed) {
            *a += b;
        }
        sum
    }
}

impl Net<'_> {
    #[inline]
    fn add(&self, sums: &mut Sums, kind: FeatureKind, hash: u32) {
        if self.linear_kinds >> kind as u16 & 1 == 1 {
            let weight = self.linear.get((hash >> (32 - self.sizes.linear_bits)) as usize).copied().unwrap_or(0);
            sums.linear += i32::from(weight as i8);
            sums.linear_count += 1;
        }
        if self.embed_kinds >> kind as u16 & 1 == 1 && self.sizes.width > 0 {
            let at = (hash >> (32 - self.sizes.embed_bits)) as usize * self.sizes.width;
            let row = self.embed.get(at..at + self.sizes.width).unwrap_or(&[]);
            for (sum, weight) in sums.embed.iter_mut().zip(row) {
                *sum += i32::from(*weight as i8);
            }
            sums.embed_count += 1;
        }
    }

    /// The logit of a window in units of 2⁻¹⁶.
    fn logit(&self, sums: &Sums) -> i32 {
        let linear = i64::from(sums.linear) * inverse_root(sums.linear_count + 8);
        let mut logit = i64::from(self.bias) + (linear * self.linear_scale >> 24);
        if self.sizes.width > 0 {
            let norm = inverse_root(sums.embed_count + 4);
            let record = 4 + self.sizes.width + 1;
            let mut net = 0i64;
            for unit in 0..self.sizes.hidden {
                let at = unit * record;
                let weights = self.hidden.slice(at + 4, self.sizes.width);
                let inputs = sums.embed.iter().zip(weights).map(|(s, w)| i64::from(*s) * i64::from(*w as i8));
                let active = i64::from(self.hidden.i32(at)) + (inputs.sum::<i64>() * norm >> 10);
                let out = self.hidden.u8(at + 4 + self.sizes.width) as i8;
                net += active.max(0) * i64::from(out);
            }
            logit += net * self.net_scale >> 24;
        }
        logit.clamp(-LOGIT_MAX, LOGIT_MAX) as i32
    }
}

/// 2²⁰ ÷ √n.
#[inline]
fn inverse_root(n: u32) -> i64 {
    // √n in units of 2⁻⁸, which is exact enough: the error is below a thousandth from the first word on.
    (1 << 28) / i64::from(((u64::from(n)) << 16).isqrt() as u32).max(1)
}

/// Reads a text and keeps its highest window.
struct Reader<'m> {
    net: Net<'m>,
    before: Sums,
    block: Sums,
    words: u32,
    starts: [usize; 2],
    end: usize,
    blocks: u32,
    best: Option<(i32, Span)>,
}

impl<'m> Reader<'m> {
    fn new(net: Net<'m>) -> Self {
        Self {
            net,
            before: Sums::default(),
            block: Sums::default(),
            words: 0,
            starts: [0, 0],
            end: 0,
            blocks: 0,
            best: None,
        }
    }

    /// The window of the last two blocks.
    fn close(&mut self) {
        let logit = self.net.logit(&self.before.plus(&self.block));
        if self.best.is_none_or(|(best, _)| logit > best) {
            self.best = Some((logit, Span::new(self.starts[0], self.end)));
        }
    }

    fn finish(mut self) -> (i32, Span) {
        if self.words > 0 || self.blocks == 0 {
            self.close();
        }
        self.best.unwrap_or_default()
    }
}

impl FeatureSink for Reader<'_> {
    #[inline]
    fn word(&mut self, start: usize, end: usize) {
        if self.words == self.net.block {
            if self.blocks > 0 {
                self.close();
                self.starts[0] = self.starts[1];
            }
            self.before = core::mem::take(&mut self.block);
            self.starts[1] = start;
            self.blocks += 1;
            self.words = 0;
        } else if self.words == 0 && self.blocks == 0 {
            self.starts = [start, start];
        }
        self.words += 1;
        self.end = end;
    }

    #[inline]
    fn feature(&mut self, kind: FeatureKind, hash: u32) {
        self.net.add(&mut self.block, kind, hash);
    }
}

/// What the logits of one origin mean.
struct Calibration<'m> {
    table: Table<'m>,
    at: usize,
    knots: &'static [u16; 6],
}

impl Calibration<'_> {
    /// Per mille: the logistic function of the logit, stretched and shifted.
    fn probability(&self, logit: i32) -> u16 {
        let slope = i64::from(self.table.i32(self.at));
        let offset = i64::from(self.table.i32(self.at + 4));
        logistic((i64::from(logit) * slope >> 16) + offset)
    }

    fn points(&self, logit: i32) -> u16 {
        let knot = |i: usize| self.table.i32(self.at + 8 + 4 * i);
        let mut below: Option<(i32, u16)> = None;
        for (i, &points) in self.knots.iter().enumerate() {
            let at = knot(i);
            if logit < at {
                let Some((from, base)) = below else { return 0 };
                let (way, all) = (i64::from(logit) - i64::from(from), (i64::from(at) - i64::from(from)).max(1));
                return base + (way * i64::from(points - base) / all) as u16;
            }
            below = Some((at, points));
        }
        self.knots[5]
    }
}

/// Per mille of the logistic function at `x` in units of 2⁻¹⁶, from a table with straight lines between its entries.
fn logistic(x: i64) -> u16 {
    let (negative, x) = (x < 0, x.unsigned_abs());
    let at = (x >> 15) as usize;
    let rest = (x & 0x7FFF) as u32;
    let low = LOGISTIC.get(at).copied().unwrap_or(1000);
    let high = LOGISTIC.get(at + 1).copied().unwrap_or(1000);
    let value = low + ((u32::from(high - low) * rest) >> 15) as u16;
    if negative { 1000 - value } else { value }
}

/// 1000 ÷ (1 + e⁻ˣ) at each half, rounded.
const LOGISTIC: [u16; 16] = [500, 622, 731, 818, 881, 924, 953, 971, 982, 989, 993, 996, 998, 998, 999, 999];
/// Logits beyond ±64 say nothing more.
const LOGIT_MAX: i64 = 64 << 16;

const BUILTIN: &[u8] = include_bytes!("../../generated/lexical.bin");
