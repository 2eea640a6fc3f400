//! A trained model: bytes read in place, and integer arithmetic on them, so that every machine gets the same points.

use alloc::sync::Arc;
use core::fmt;

use super::error::ModelError;
use super::features::{EXTRACTOR, extract};
use super::layout::{self, KNOTS, KNOTS_FOREIGN};
use super::weights::{Head, Reader, Weights};
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
        let mut reader = Reader::new(self.weights(origin));
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

    pub(super) fn weights(&self, origin: Origin) -> Weights<'_> {
        let table = self.table();
        let bits = u32::from(table.u8(layout::AT_BUCKET_BITS).clamp(1, layout::BUCKET_BITS_MAX));
        let side = usize::from(is_foreign(origin));
        let head = |at: usize| Head {
            scale: i64::from(table.i32(at)),
            bias: i64::from(table.i32(at + 4 + 4 * side)),
            share: i64::from(table.i32(at + 12 + 4 * side)),
        };
        Weights {
            buckets: table.slice(layout::HEADER, layout::BUCKET << bits).as_chunks().0,
            bits,
            kinds: table.u16(layout::AT_KINDS),
            block: u32::from(table.u8(layout::AT_BLOCK)).max(1),
            heads: [head(layout::AT_HEADS + 2 * side * layout::HEAD), head(layout::AT_HEADS + layout::HEAD)],
            foreign: side == 1,
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

    pub(super) fn check(&self) -> Result<(), ModelError> {
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
        let bits = table.u8(layout::AT_BUCKET_BITS);
        if bits == 0 || bits > layout::BUCKET_BITS_MAX {
            return Err(ModelError::Inconsistent { offset: layout::AT_BUCKET_BITS });
        }
        if table.u8(layout::AT_BLOCK) == 0 {
            return Err(ModelError::Inconsistent { offset: layout::AT_BLOCK });
        }
        let expected = layout::HEADER + (layout::BUCKET << bits);
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
        logistic(((i64::from(logit) * slope) >> 16) + offset)
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

const BUILTIN: &[u8] = include_bytes!("../../generated/lexical.bin");
