//! Where what stands in a model's bytes. All numbers are little-endian.

/// First bytes of a model.
pub const MAGIC: [u8; 4] = *b"EWLM";
/// Version of the layout and of the arithmetic on it.
pub const FORMAT: u16 = 1;
/// Bytes before the tables.
pub const HEADER: usize = 320;
/// `u16`: the format.
pub const AT_FORMAT: usize = 4;
/// `u8`: bits of an index into the linear table.
pub const AT_LINEAR_BITS: usize = 6;
/// `u8`: bits of an index into the table of embeddings.
pub const AT_EMBED_BITS: usize = 7;
/// `u32`: [`checksum`] of everything behind it.
pub const AT_CHECKSUM: usize = 8;
/// `u32`: fingerprint of the extractor the model was trained with.
pub const AT_EXTRACTOR: usize = 12;
/// 8 bytes: beginning of the SHA-256 of the texts it was trained on.
pub const AT_DATA: usize = 16;
/// 8 bytes: beginning of the SHA-256 of the report of the training run.
pub const AT_REPORT: usize = 24;
/// `u8`: width of an embedding, 0 for none.
pub const AT_WIDTH: usize = 32;
/// `u8`: units of the hidden layer.
pub const AT_HIDDEN: usize = 33;
/// `u8`: words of a block; a window is two blocks.
pub const AT_BLOCK: usize = 34;
/// `u16`: kinds of features with a linear weight, one bit each.
pub const AT_LINEAR_KINDS: usize = 36;
/// `u16`: kinds of features with an embedding.
pub const AT_EMBED_KINDS: usize = 38;
/// `i32`: what a linear sum is multiplied with, in 2⁻²⁰ logits.
pub const AT_LINEAR_SCALE: usize = 40;
/// `i32`: what the output of the net is multiplied with, in 2⁻³⁰ logits.
pub const AT_NET_SCALE: usize = 44;
/// `i32` each: bias for the user's side, and for documents and tools, in 2⁻¹⁶ logits.
pub const AT_BIAS: usize = 48;
/// Calibration of each origin: slope and offset of the probability, then a logit for each of [`KNOTS`], all `i32`.
pub const AT_ORIGINS: usize = 64;
/// Bytes of the calibration of one origin.
pub const ORIGIN: usize = 4 * (2 + KNOTS.len());
/// Points of a finding at the calibrated logits; between them points grow evenly. In the order of the knots: one honest
/// text in 20, 100, 200, 1,000 and 5,000 scores that high, and none of those measured, with a margin. The second, third
/// and fourth are the flag thresholds of the presets strict, balanced and relaxed.
pub const KNOTS: [u16; 6] = [100, 200, 300, 450, 650, 900];
/// The same for documents and tools, whose thresholds are lower.
pub const KNOTS_FOREIGN: [u16; 6] = [75, 150, 250, 400, 550, 900];
/// Largest table: 2²⁰ weights.
pub const BITS_MAX: u8 = 20;
/// Widest embedding and hidden layer.
pub const WIDTH_MAX: u8 = 32;

/// Checksum of `bytes`; tells damage, not intent.
pub fn checksum(bytes: &[u8]) -> u32 {
    let mut lanes = [0x811C_9DC5_u32, 0x9E37_79B1, 0x85EB_CA6B, 0xC2B2_AE35];
    for chunk in bytes.chunks(16) {
        for (lane, word) in lanes.iter_mut().zip(chunk.chunks(4)) {
            let word = word.iter().rev().fold(word.len() as u32, |w, b| w << 8 | u32::from(*b));
            *lane = (*lane ^ word).wrapping_mul(0x0100_0193).rotate_left(13);
        }
    }
    lanes.iter().fold(bytes.len() as u32, |h, lane| (h ^ lane).wrapping_mul(0x0100_0193).rotate_left(7))
}
