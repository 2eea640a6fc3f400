//! From a net in floating point to the bytes that the core reads.

use edgewarden::scan::lexical::{EXTRACTOR, format};

use super::dictionary::Dictionary;
use super::recipe::Heads;

/// What the logits of one origin mean: slope and offset of the probability, and the logits of the knots.
#[derive(Clone, Copy, Debug)]
pub struct Meaning {
    /// Slope of the probability over the logit.
    pub slope: f32,
    /// Offset of the probability.
    pub offset: f32,
    /// Logits at which a finding gets the points of the knots.
    pub knots: [f32; format::KNOTS.len()],
}

/// What a model carries besides its weights.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    /// SHA-256 of the texts.
    pub data: [u8; 32],
    /// SHA-256 of the report.
    pub report: [u8; 32],
    /// Calibration of each origin, in order.
    pub origins: [Meaning; 5],
}

impl Default for Meaning {
    /// One point for everything: for models that are only asked for logits.
    fn default() -> Self {
        Self { slope: 1.0, offset: 0.0, knots: [0.0, 1.0, 2.0, 3.0, 4.0, 5.0] }
    }
}

/// The bytes of a model.
pub fn export(dictionary: &Dictionary, heads: &Heads, labels: &Labels) -> Vec<u8> {
    let mut bytes = vec![0u8; format::HEADER];
    put(&mut bytes, 0, &format::MAGIC);
    put(&mut bytes, format::AT_FORMAT, &format::FORMAT.to_le_bytes());
    put(&mut bytes, format::AT_BUCKET_BITS, &[dictionary.bits() as u8]);
    put(&mut bytes, format::AT_BLOCK, &[heads.window.shape.block as u8]);
    put(&mut bytes, format::AT_EXTRACTOR, &EXTRACTOR.to_le_bytes());
    put(&mut bytes, format::AT_DATA, labels.data.get(..8).unwrap_or(&[]));
    put(&mut bytes, format::AT_REPORT, labels.report.get(..8).unwrap_or(&[]));
    put(&mut bytes, format::AT_KINDS, &(heads.window.shape.linear_kinds as u16).to_le_bytes());
    let (window, window_unit) = quantise(&heads.window.linear);
    let (text, text_unit) = quantise(&heads.text.linear);
    let (foreign, foreign_unit) = quantise(&heads.foreign.linear);
    let parts = [
        (window_unit, heads.window.bias, [1.0; 2]),
        (text_unit, heads.text.bias, heads.share),
        (foreign_unit, heads.foreign.bias, [1.0; 2]),
    ];
    for (i, (unit, bias, share)) in parts.into_iter().enumerate() {
        let at = format::AT_HEADS + i * format::HEAD;
        put(&mut bytes, at, &fixed(unit, 20).to_le_bytes());
        for side in 0..2 {
            put(&mut bytes, at + 4 + 4 * side, &fixed(bias[side], 16).to_le_bytes());
            put(&mut bytes, at + 12 + 4 * side, &fixed(share[side], 16).to_le_bytes());
        }
    }
    for (i, origin) in labels.origins.iter().enumerate() {
        let at = format::AT_ORIGINS + i * format::ORIGIN;
        put(&mut bytes, at, &fixed(origin.slope, 16).to_le_bytes());
        put(&mut bytes, at + 4, &fixed(origin.offset, 16).to_le_bytes());
        for (k, knot) in origin.knots.iter().enumerate() {
            put(&mut bytes, at + 8 + 4 * k, &fixed(*knot, 16).to_le_bytes());
        }
    }
    let columns = [dictionary.tags(), &window, &text, &foreign];
    for at in (0..dictionary.tags().len()).step_by(format::SLOTS) {
        for column in columns {
            bytes.extend(column.get(at..at + format::SLOTS).unwrap_or(&[]));
        }
    }
    let checksum = format::checksum(bytes.get(format::AT_CHECKSUM + 4..).unwrap_or(&[]));
    put(&mut bytes, format::AT_CHECKSUM, &checksum.to_le_bytes());
    bytes
}

/// Whole numbers from -[`LEVELS`] to [`LEVELS`] and what one of them stands for. The few largest weights are cut, which costs less
/// than a coarser unit for all.
pub(crate) fn quantise(weights: &[f32]) -> (Vec<u8>, f32) {
    let mut sizes: Vec<f32> = weights.iter().map(|w| w.abs()).filter(|w| *w > 0.0).collect();
    sizes.sort_by(f32::total_cmp);
    let cut = (sizes.len() as f64 * 0.99995) as usize;
    let largest = sizes.get(cut).or(sizes.last()).copied().unwrap_or(1.0);
    let unit = largest / LEVELS;
    (weights.iter().map(|w| libm::roundf(w / unit).clamp(-LEVELS, LEVELS) as i8 as u8).collect(), unit)
}

fn fixed(value: f32, bits: u32) -> i32 {
    let scaled = f64::from(value) * f64::from(1u32 << bits);
    libm::round(scaled).clamp(f64::from(i32::MIN), f64::from(i32::MAX)) as i32
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at + value.len()) {
        place.copy_from_slice(value);
    }
}

/// Largest weight. Finer steps change no decision worth mentioning and make the weights longer on the wire.
const LEVELS: f32 = 31.0;
