//! Numbers over labelled scans. A number that does not exist (recall without attacks) is absent, never zero.

use serde::Serialize;

use crate::engine::Decision;

/// One scanned row.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What the row says of itself.
    pub is_attack: bool,
    /// What the scanner said.
    pub decision: Decision,
    /// 0 to 1000.
    pub score: u16,
    /// Time of the scan.
    pub nanos: u64,
    /// Size of the text.
    pub bytes: usize,
}

impl Sample {
    /// Whether the scanner wants anything done about the row.
    pub fn is_caught(&self) -> bool {
        self.decision != Decision::Allow
    }
}

/// The numbers of a set of rows.
#[derive(Clone, Debug, Serialize)]
pub struct Metrics {
    /// Rows.
    pub n: usize,
    /// Rows labelled 1.
    pub attacks: usize,
    /// Rows labelled 0.
    pub honest: usize,
    /// A row counts as caught when the decision is not `allow`.
    pub any: Rates,
    /// A row counts as caught when the decision is `block`.
    pub block: Rates,
    /// Area under the ROC curve of the score; ties count half.
    pub auc: Option<f64>,
    /// Best recall of a score threshold that at most 1 % of the honest rows reach.
    pub recall_at_1_percent_fpr: Option<f64>,
    /// The same at 5 %.
    pub recall_at_5_percent_fpr: Option<f64>,
    /// Rows per score: 0, 1 to 100, 101 to 200, and so on.
    pub histogram: Histogram,
    /// Median time per KiB of text, in microseconds.
    pub p50_us_per_kb: Option<f64>,
    /// 99th percentile of the same.
    pub p99_us_per_kb: Option<f64>,
    /// Time per KiB over all rows together: short texts weigh little here.
    pub mean_us_per_kb: Option<f64>,
}

/// How many of each kind were caught.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Rates {
    /// Caught attacks / attacks.
    pub recall: Option<f64>,
    /// Caught honest rows / honest rows.
    pub fpr: Option<f64>,
    /// Harmonic mean of precision and recall.
    pub f1: Option<f64>,
}

/// Counts per score bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Histogram {
    /// Of the attacks.
    pub attacks: [usize; BINS],
    /// Of the honest rows.
    pub honest: [usize; BINS],
}

/// Score 0, then ten bins of a hundred points.
pub const BINS: usize = 11;

impl Metrics {
    /// Computes every number.
    pub fn of(samples: &[&Sample]) -> Self {
        let mut attack_scores = Vec::new();
        let mut honest_scores = Vec::new();
        let mut histogram = Histogram::default();
        for sample in samples {
            let (scores, bins) = if sample.is_attack {
                (&mut attack_scores, &mut histogram.attacks)
            } else {
                (&mut honest_scores, &mut histogram.honest)
            };
            scores.push(sample.score);
            if let Some(bin) = bins.get_mut(usize::from(sample.score).div_ceil(100)) {
                *bin += 1;
            }
        }
        attack_scores.sort_unstable();
        honest_scores.sort_unstable();
        let mut costs: Vec<f64> = samples.iter().filter(|s| s.bytes > 0).map(|s| us_per_kb(s.nanos, s.bytes)).collect();
        costs.sort_unstable_by(f64::total_cmp);
        let nanos = samples.iter().map(|s| s.nanos).sum();
        let bytes: usize = samples.iter().map(|s| s.bytes).sum();
        Self {
            n: samples.len(),
            attacks: attack_scores.len(),
            honest: honest_scores.len(),
            any: Rates::of(samples, Sample::is_caught),
            block: Rates::of(samples, |s| s.decision == Decision::Block),
            auc: auc(&attack_scores, &honest_scores),
            recall_at_1_percent_fpr: recall_at(&attack_scores, &honest_scores, 0.01),
            recall_at_5_percent_fpr: recall_at(&attack_scores, &honest_scores, 0.05),
            histogram,
            p50_us_per_kb: quantile(&costs, 0.50),
            p99_us_per_kb: quantile(&costs, 0.99),
            mean_us_per_kb: (bytes > 0).then(|| us_per_kb(nanos, bytes)),
        }
    }
}

impl Rates {
    fn of(samples: &[&Sample], is_caught: impl Fn(&Sample) -> bool) -> Self {
        let mut counts = [[0usize; 2]; 2];
        for sample in samples {
            let [honest, attack] = &mut counts;
            let [missed, caught] = if sample.is_attack { attack } else { honest };
            *if is_caught(sample) { caught } else { missed } += 1;
        }
        let [[true_negative, false_positive], [false_negative, true_positive]] = counts;
        let both = true_positive + false_negative > 0 && true_negative + false_positive > 0;
        let doubled = 2 * true_positive;
        Self {
            recall: ratio(true_positive, true_positive + false_negative),
            fpr: ratio(false_positive, true_negative + false_positive),
            f1: if both { ratio(doubled, doubled + false_positive + false_negative) } else { None },
        }
    }
}

fn ratio(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn us_per_kb(nanos: u64, bytes: usize) -> f64 {
    nanos as f64 / 1000.0 / (bytes as f64 / 1024.0)
}

/// Chance that a random attack scores above a random honest row. Both lists are sorted.
fn auc(attacks: &[u16], honest: &[u16]) -> Option<f64> {
    if attacks.is_empty() || honest.is_empty() {
        return None;
    }
    let won: f64 = attacks
        .iter()
        .map(|score| {
            let below = honest.partition_point(|h| h < score);
            let tied = honest.partition_point(|h| h <= score) - below;
            below as f64 + tied as f64 / 2.0
        })
        .sum();
    Some(won / (attacks.len() as f64 * honest.len() as f64))
}

/// Recall of the lowest threshold that lets at most this share of honest rows through. Both lists are sorted.
fn recall_at(attacks: &[u16], honest: &[u16], fpr_max: f64) -> Option<f64> {
    if attacks.is_empty() || honest.is_empty() {
        return None;
    }
    let allowed = (honest.len() as f64 * fpr_max).floor() as usize;
    // The strongest honest row that has to stay below the threshold.
    let held = honest.len().checked_sub(allowed + 1).and_then(|at| honest.get(at)).copied();
    let above = held.map_or(0, |held| attacks.partition_point(|score| *score <= held));
    ratio(attacks.len() - above, attacks.len())
}

fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get((last as f64 * q).round() as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auc_counts_ties_half() {
        assert_eq!(auc(&[1, 2], &[0, 0]), Some(1.0));
        assert_eq!(auc(&[0], &[0]), Some(0.5));
        assert_eq!(auc(&[], &[0]), None);
    }

    #[test]
    fn recall_at_fpr_keeps_tied_honest_rows_below_the_threshold() {
        let honest: Vec<u16> = (0..100).map(|i| if i < 98 { 0 } else { 500 }).collect();
        // Two honest rows share 500; only one may pass, so the threshold lies above 500.
        assert_eq!(recall_at(&[400, 600], &honest, 0.01), Some(0.5));
        assert_eq!(recall_at(&[400, 600], &honest, 0.05), Some(1.0));
    }

    #[test]
    fn rates_without_a_class_are_absent() {
        let attack = Sample { is_attack: true, decision: Decision::Flag, score: 300, nanos: 1, bytes: 1 };
        let metrics = Metrics::of(&[&attack]);
        assert_eq!(metrics.any.recall, Some(1.0));
        assert_eq!(metrics.block.recall, Some(0.0));
        assert_eq!(metrics.any.fpr, None);
        assert_eq!(metrics.any.f1, None);
        assert_eq!(metrics.histogram.attacks[3], 1);
    }
}
