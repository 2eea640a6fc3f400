//! From a net in floating point to the bytes that the core reads.

use edgewarden::scan::lexical::{EXTRACTOR, format};

use super::net::Net;

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
#[derive(Clone, Debug)]
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

impl Default for Labels {
    fn default() -> Self {
        Self { data: [0; 32], report: [0; 32], origins: [Meaning::default(); 5] }
    }
}

/// The bytes of a model.
pub fn export(net: &Net, labels: &Labels) -> Vec<u8> {
    let shape = &net.shape;
    let (linear, linear_unit) = quantise(&net.linear);
    let (embed, embed_unit) = quantise(&net.embed);
    let (hidden, out, biases, net_unit) = hidden(net, embed_unit);
    let mut bytes = vec![0u8; format::HEADER];
    put(&mut bytes, 0, &format::MAGIC);
    put(&mut bytes, format::AT_FORMAT, &format::FORMAT.to_le_bytes());
    put(&mut bytes, format::AT_LINEAR_BITS, &[shape.linear_bits as u8]);
    put(&mut bytes, format::AT_EMBED_BITS, &[shape.embed_bits as u8]);
    put(&mut bytes, format::AT_EXTRACTOR, &EXTRACTOR.to_le_bytes());
    put(&mut bytes, format::AT_DATA, labels.data.get(..8).unwrap_or(&[]));
    put(&mut bytes, format::AT_REPORT, labels.report.get(..8).unwrap_or(&[]));
    put(&mut bytes, format::AT_WIDTH, &[shape.width as u8]);
    put(&mut bytes, format::AT_HIDDEN, &[if shape.width > 0 { shape.hidden as u8 } else { 0 }]);
    put(&mut bytes, format::AT_BLOCK, &[if shape.block > 0 { shape.block as u8 } else { 255 }]);
    put(&mut bytes, format::AT_LINEAR_KINDS, &(shape.linear_kinds as u16).to_le_bytes());
    put(&mut bytes, format::AT_EMBED_KINDS, &(shape.embed_kinds as u16).to_le_bytes());
    put(&mut bytes, format::AT_LINEAR_SCALE, &fixed(linear_unit, 20).to_le_bytes());
    put(&mut bytes, format::AT_NET_SCALE, &fixed(net_unit, 30).to_le_bytes());
    for (i, bias) in net.bias.iter().enumerate() {
        put(&mut bytes, format::AT_BIAS + 4 * i, &fixed(*bias, 16).to_le_bytes());
    }
    for (i, origin) in labels.origins.iter().enumerate() {
        let at = format::AT_ORIGINS + i * format::ORIGIN;
        put(&mut bytes, at, &fixed(origin.slope, 16).to_le_bytes());
        put(&mut bytes, at + 4, &fixed(origin.offset, 16).to_le_bytes());
        for (k, knot) in origin.knots.iter().enumerate() {
            put(&mut bytes, at + 8 + 4 * k, &fixed(*knot, 16).to_le_bytes());
        }
    }
    bytes.extend(linear.iter().map(|w| *w as u8));
    bytes.extend(embed.iter().map(|w| *w as u8));
    if shape.width > 0 {
        for (j, bias) in biases.iter().enumerate() {
            bytes.extend(bias.to_le_bytes());
            let row = hidden.get(j * shape.width..(j + 1) * shape.width).unwrap_or(&[]);
            bytes.extend(row.iter().map(|w| *w as u8));
            bytes.push(out.get(j).copied().unwrap_or(0) as u8);
        }
    }
    let checksum = format::checksum(bytes.get(format::AT_CHECKSUM + 4..).unwrap_or(&[]));
    put(&mut bytes, format::AT_CHECKSUM, &checksum.to_le_bytes());
    bytes
}

/// The hidden layer: weights, outputs, biases, and the unit of the sum of all.
fn hidden(net: &Net, embed_unit: f32) -> (Vec<i8>, Vec<i8>, Vec<i32>, f32) {
    let width = net.shape.width;
    if width == 0 {
        return (vec![], vec![], vec![], 0.0);
    }
    let rows = net.hidden.chunks_exact(width + 1);
    let weights: Vec<f32> = rows.clone().flat_map(|r| r.iter().take(width).copied()).collect();
    let (weights, unit) = quantise(&weights);
    let (out, out_unit) = quantise(&net.out);
    let scale = 1024.0 / (embed_unit * unit);
    let biases = rows.map(|r| (r.last().copied().unwrap_or(0.0) * scale) as i32).collect();
    (weights, out, biases, out_unit * unit * embed_unit)
}

/// Whole numbers from -127 to 127 and what one of them stands for. The few largest weights are cut, which costs less
/// than a coarser unit for all.
fn quantise(weights: &[f32]) -> (Vec<i8>, f32) {
    let mut sizes: Vec<f32> = weights.iter().map(|w| w.abs()).filter(|w| *w > 0.0).collect();
    sizes.sort_by(f32::total_cmp);
    let cut = (sizes.len() as f64 * 0.9998) as usize;
    let largest = sizes.get(cut).or(sizes.last()).copied().unwrap_or(1.0);
    let unit = largest / 127.0;
    (weights.iter().map(|w| libm::roundf(w / unit).clamp(-127.0, 127.0) as i8).collect(), unit)
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
