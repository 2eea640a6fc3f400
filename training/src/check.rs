//! Whether the published weights are what the texts give: the quick proof that a run can be repeated.

use edgewarden::scan::lexical::format;

use crate::data::Data;
use crate::error::TrainError;
use crate::learn::{Labels, Recipe, export};
use crate::progress::Progress;
use crate::run::{digest_of, prepare};

/// Trains the final model alone and compares it with `published`. Calibration is left out, since it takes the models that
/// were trained for it, and so is the fingerprint of the report.
///
/// # Errors
/// [`TrainError::Stale`] with the parts that differ.
pub fn check(data: &Data, recipe: &Recipe, published: &[u8], progress: &Progress) -> Result<(), TrainError> {
    progress.stage("choosing features", 0);
    let (dictionary, samples, _) = prepare(&data.train, recipe);
    progress.stage("training", 0);
    let heads = recipe.train(&samples.iter().collect::<Vec<_>>());
    let labels = Labels { data: digest_of(&data.train), ..Labels::default() };
    match differences(&export(&dictionary, &heads, &labels), published) {
        parts if parts.is_empty() => Ok(()),
        parts => Err(TrainError::Stale(parts)),
    }
}

fn differences(fresh: &[u8], published: &[u8]) -> Vec<&'static str> {
    let part = |bytes: &[u8], (from, to): (usize, usize)| bytes.get(from..to.min(bytes.len())).map(<[u8]>::to_vec);
    let differs = |range| part(fresh, range) != part(published, range);
    PARTS.iter().filter(|(_, range)| differs(*range)).map(|(name, _)| *name).collect()
}

const PARTS: [(&str, (usize, usize)); 5] = [
    ("format", (0, format::AT_CHECKSUM)),
    ("extractor", (format::AT_EXTRACTOR, format::AT_DATA)),
    ("texts", (format::AT_DATA, format::AT_REPORT)),
    ("scales and biases", (format::AT_KINDS, format::AT_ORIGINS)),
    ("dictionary and weights", (format::HEADER, usize::MAX)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named() {
        let one = vec![7u8; format::HEADER + 24];
        assert!(differences(&one, &one).is_empty());
        let mut other = one.clone();
        other[format::AT_DATA] = 1;
        other[format::HEADER + 3] = 1;
        assert_eq!(differences(&one, &other), ["texts", "dictionary and weights"]);
        assert_eq!(differences(&one, &one[..format::HEADER + 12]), ["dictionary and weights"]);
        assert_eq!(differences(&one, &[]).len(), PARTS.len());
    }

    #[test]
    fn calibration_checksum_and_report_may_differ() {
        let one = vec![7u8; format::HEADER + 24];
        let mut other = one.clone();
        for at in [format::AT_CHECKSUM, format::AT_REPORT, format::AT_ORIGINS] {
            other[at] = 1;
        }
        assert!(differences(&one, &other).is_empty());
    }
}
