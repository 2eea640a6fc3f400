//! Which features a model knows: those that enough texts of enough sources share, as many as fit the buckets.

use std::collections::BTreeMap;

use edgewarden::scan::lexical::format;

use super::corpus::{Doc, Sample};

/// The tags of a model's buckets. A look-up here and in the core give the same slot, wrong hits included.
#[derive(Clone, Debug)]
pub struct Dictionary {
    bits: u32,
    tags: Vec<u8>,
}

/// How common a feature is.
#[derive(Clone, Copy, Debug, Default)]
struct Use {
    texts: u32,
    last_text: u32,
    groups: u32,
    last_group: u32,
    attacks: u32,
}

impl Dictionary {
    /// Chooses among the features of `docs`; `groups` says where each comes from, in runs of equal numbers.
    ///
    /// A feature that few texts or sources share says more about them than about attacks. Of a bucket with too many, those
    /// stay that are spread most unevenly over attacks and honest texts.
    pub fn choose(samples: &[&Sample], groups: &[u32], bits: u32, texts_min: u32, groups_min: u32) -> Self {
        let mut uses: BTreeMap<u32, Use> = BTreeMap::new();
        let mut all: Vec<Seen> = Vec::new();
        for (i, (sample, group)) in samples.iter().zip(groups).enumerate() {
            all.extend(sample.doc.hashes.iter().map(|h| (*h, i as u32 + 1, group + 1, sample.attack)));
            if all.len() > BATCH {
                count(&mut all, &mut uses);
            }
        }
        count(&mut all, &mut uses);
        let attacks = samples.iter().filter(|s| s.attack).count() as f32;
        let benign = samples.len() as f32 - attacks;
        let mut buckets: Vec<Vec<(u32, u8)>> = vec![Vec::new(); 1 << bits];
        for (hash, u) in uses {
            if u.texts >= texts_min && u.groups >= groups_min {
                let (a, b) = (u.attacks as f32 / attacks, (u.texts - u.attacks) as f32 / benign);
                let uneven = (a - b) * (a - b) / (a + b);
                buckets[format::bucket(hash, bits)].push(((uneven * 1e9) as u32, format::tag(hash)));
            }
        }
        let mut tags = vec![0u8; format::SLOTS << bits];
        for (bucket, slots) in buckets.iter_mut().zip(tags.chunks_mut(format::SLOTS)) {
            bucket.sort_unstable_by(|a, b| b.cmp(a));
            let mut seen = [false; 256];
            bucket.retain(|(_, tag)| !core::mem::replace(&mut seen[usize::from(*tag)], true));
            for (slot, (_, tag)) in slots.iter_mut().zip(bucket) {
                *slot = *tag;
            }
        }
        Self { bits, tags }
    }

    /// The slot of a feature, if its tag is known.
    pub fn slot(&self, hash: u32) -> Option<usize> {
        let at = format::bucket(hash, self.bits) * format::SLOTS;
        let found = self.tags[at..at + format::SLOTS].iter().position(|t| *t == format::tag(hash))?;
        Some(at + found)
    }

    /// The text with its known features alone, named by their slots.
    pub fn known(&self, doc: &Doc) -> Doc {
        let mut known = Doc::default();
        for pair in doc.words.windows(2) {
            known.words.push(known.hashes.len() as u32);
            for i in pair[0] as usize..pair[1] as usize {
                if let Some(slot) = self.slot(doc.hashes[i]) {
                    known.hashes.push((slot as u32) << (32 - self.slot_bits()));
                    known.kinds.push(doc.kinds[i]);
                }
            }
        }
        known.words.push(known.hashes.len() as u32);
        known
    }

    /// Bits of a slot's number.
    pub fn slot_bits(&self) -> u32 {
        self.bits + format::SLOTS.trailing_zeros()
    }

    /// Bits of a bucket's number.
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// The tags, bucket by bucket; 0 for a free slot.
    pub fn tags(&self) -> &[u8] {
        &self.tags
    }
}

/// A feature's hash, its text, the text's group, and whether that is an attack.
type Seen = (u32, u32, u32, bool);

/// Adds a batch, which is in the order of texts for each hash once sorted.
fn count(all: &mut Vec<Seen>, uses: &mut BTreeMap<u32, Use>) {
    all.sort_unstable();
    for (hash, text, group, attack) in all.drain(..) {
        let u = uses.entry(hash).or_default();
        if u.last_text != text {
            u.last_text = text;
            u.texts += 1;
            u.attacks += u32::from(attack);
        }
        if u.last_group != group {
            u.last_group = group;
            u.groups += 1;
        }
    }
}

/// Features counted at a time.
const BATCH: usize = 8_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::doc_of;

    #[test]
    fn a_feature_of_one_source_is_not_known() {
        let texts = ["alpha beta", "alpha gamma", "alpha delta", "beta beta"].map(|t| Sample {
            doc: doc_of(t, 10),
            attack: true,
            foreign: false,
            weight: 1.0,
        });
        let samples: Vec<&Sample> = texts.iter().collect();
        let dictionary = Dictionary::choose(&samples, &[0, 1, 1, 0], 10, 2, 2);
        let knows = |t: &str| dictionary.slot(doc_of(t, 1).hashes[0]).is_some();
        assert!(knows("alpha") && !knows("beta") && !knows("gamma"));
    }
}
