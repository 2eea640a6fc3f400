//! Where what stands in a model's bytes. All numbers are little-endian.

/// First bytes of a model.
pub const MAGIC: [u8; 4] = *b"EWLM";
/// Version of the layout and of the arithmetic on it.
pub const FORMAT: u16 = 1;
/// Bytes before the dictionary.
pub const HEADER: usize = 320;
/// `u16`: the format.
pub const AT_FORMAT: usize = 4;
/// `u8`: bits of the number of buckets.
pub const AT_BUCKET_BITS: usize = 6;
/// `u8`: words of a block; a window is two blocks.
pub const AT_BLOCK: usize = 7;
/// `u32`: [`checksum`] of everything behind it.
pub const AT_CHECKSUM: usize = 8;
/// `u32`: fingerprint of the extractor the model was trained with.
pub const AT_EXTRACTOR: usize = 12;
/// 8 bytes: beginning of the SHA-256 of the texts it was trained on.
pub const AT_DATA: usize = 16;
/// 8 bytes: beginning of the SHA-256 of the report of the training run.
pub const AT_REPORT: usize = 24;
/// `u16`: kinds of features that are looked up, one bit each.
pub const AT_KINDS: usize = 32;
/// The heads, [`HEAD`] bytes each: windows of what users and models write, whole texts, windows of documents and tools.
pub const AT_HEADS: usize = 36;
/// Of a head: what a sum is multiplied with in 2⁻²⁰ logits, its bias for the user's side and for documents and tools in
/// 2⁻¹⁶ logits, and its share on either side in 2⁻¹⁶; five `i32`.
pub const HEAD: usize = 20;
/// Calibration of each origin: slope and offset of the probability, then a logit for each of [`KNOTS`], all `i32`.
pub const AT_ORIGINS: usize = 96;
/// Bytes of the calibration of one origin.
pub const ORIGIN: usize = 4 * (2 + KNOTS.len());
/// Features of a bucket.
pub const SLOTS: usize = 4;
/// Bytes of a bucket: for each slot a tag, then for each the weight in each head.
pub const BUCKET: usize = 4 * SLOTS;
/// Most buckets: 2¹⁸.
pub const BUCKET_BITS_MAX: u8 = 18;
/// Points of a finding at the calibrated logits; between them points grow evenly. In the order of the knots: one honest
/// text in 20, 100, 200, 1,000 and 5,000 scores that high, and none of those measured, with a margin. The second, third
/// and fourth are the flag thresholds of the presets strict, balanced and relaxed.
pub const KNOTS: [u16; 6] = [100, 200, 300, 450, 650, 900];
/// The same for documents and tools, whose thresholds are lower.
pub const KNOTS_FOREIGN: [u16; 6] = [75, 150, 250, 400, 550, 900];
/// The bucket of a feature, among 2 to the power of `bits`.
#[inline]
pub const fn bucket(hash: u32, bits: u32) -> usize {
    (hash >> (32 - bits)) as usize
}

/// What tells a feature from the others of its bucket. Never 0, which marks a free slot.
#[inline]
pub const fn tag(hash: u32) -> u8 {
    let tag = hash as u8;
    if tag == 0 { 1 } else { tag }
}

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
