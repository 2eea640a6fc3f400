//! A small model for tests, which knows the words it is told.

use alloc::vec;
use alloc::vec::Vec;

use super::features::{EXTRACTOR, FeatureKind, FeatureSink, extract};
use super::layout;
use super::model::LexicalModel;

/// A model in which every feature of each text has these weights, in a window and in the text.
pub(crate) fn model_of(texts: &[(&str, [i8; 2])]) -> LexicalModel {
    let mut bytes = vec![0; layout::HEADER + (layout::BUCKET << BITS)];
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    put(0, &layout::MAGIC);
    put(layout::AT_FORMAT, &layout::FORMAT.to_le_bytes());
    put(layout::AT_BUCKET_BITS, &[BITS as u8]);
    put(layout::AT_BLOCK, &[4]);
    put(layout::AT_EXTRACTOR, &EXTRACTOR.to_le_bytes());
    put(layout::AT_KINDS, &0x7F_u16.to_le_bytes());
    let heads: [[i32; 5]; 3] = [
        [200_000, -90_000, -70_000, 60_000, 61_000],
        [150_000, -5_000, -3_000, 20_000, 21_000],
        [190_000, -90_000, -70_000, 60_000, 61_000],
    ];
    for (i, value) in heads.iter().flatten().enumerate() {
        put(layout::AT_HEADS + 4 * i, &value.to_le_bytes());
    }
    let calibration: [i32; 8] = [1 << 16, -20_000, 0, 1 << 15, 1 << 16, 2 << 16, 3 << 16, 4 << 16];
    for origin in 0..5 {
        for (i, value) in calibration.iter().enumerate() {
            put(layout::AT_ORIGINS + origin * layout::ORIGIN + 4 * i, &value.to_le_bytes());
        }
    }
    for (text, weights) in texts {
        let mut told = Told(Vec::new());
        extract(text, &mut told);
        for hash in told.0 {
            let at = layout::HEADER + layout::bucket(hash, BITS) * layout::BUCKET;
            let Some(slot) = (0..layout::SLOTS).find(|s| bytes[at + s] == 0 || bytes[at + s] == layout::tag(hash))
            else {
                continue;
            };
            bytes[at + slot] = layout::tag(hash);
            bytes[at + layout::SLOTS + slot] = weights[0] as u8;
            bytes[at + 2 * layout::SLOTS + slot] = weights[1] as u8;
            bytes[at + 3 * layout::SLOTS + slot] = weights[0] as u8;
        }
    }
    let checksum = layout::checksum(&bytes[layout::AT_CHECKSUM + 4..]);
    bytes[layout::AT_CHECKSUM..layout::AT_CHECKSUM + 4].copy_from_slice(&checksum.to_le_bytes());
    LexicalModel::from_bytes(bytes).unwrap()
}

struct Told(Vec<u32>);

impl FeatureSink for Told {
    fn word(&mut self, _start: usize, _end: usize) {}

    fn feature(&mut self, _kind: FeatureKind, hash: u32) {
        self.0.push(hash);
    }
}

const BITS: u32 = 12;
