//! What a logit means: how few honest texts of an origin reach it, and how probable an attack is then.
//!
//! Every logit here was given by a net that had not seen the text's source, so that the figures forecast texts from
//! elsewhere. The mix is stated in the report: of each source at most [`SOURCE_MAX`] honest rows count, chosen in order.

use std::collections::BTreeMap;

use edgewarden::scan::Origin;
use edgewarden::scan::lexical::format::KNOTS;

use crate::data::{Made, Row};
use crate::learn::{Meaning, is_foreign};

/// Honest rows of one source that count for calibration.
pub const SOURCE_MAX: usize = 1000;
/// Shares of honest texts that reach the knots; the last is none.
pub const SHARES: [f64; KNOTS.len() - 1] = [0.05, 0.01, 0.005, 0.001, 0.0002];
/// Share of attacks in the mix that probabilities are stated on.
pub const ATTACKS: f64 = 0.1;

/// Calibration of one origin with what it rests on.
#[derive(Clone, Copy, Debug)]
pub struct Calibrated {
    /// For the model.
    pub meaning: Meaning,
    /// Honest texts behind it.
    pub benign: usize,
    /// Attacks behind it.
    pub attacks: usize,
    /// Share of these attacks that reach each knot.
    pub recall: [f64; SHARES.len()],
}

/// Calibrates every origin from logits of nets that had not seen the row.
pub fn calibrate(rows: &[Row], logits: &[f32]) -> Vec<Calibrated> {
    Origin::ALL
        .into_iter()
        .map(|origin| {
            let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
            let (mut benign, mut attacks) = (Vec::new(), Vec::new());
            for (row, logit) in rows.iter().zip(logits) {
                if !together(origin, row.origin) || matches!(row.made, Made::Disguised | Made::Composed) {
                    continue;
                }
                let count = taken.entry(&row.source).or_default();
                *count += 1;
                if row.attack {
                    attacks.push(*logit);
                } else if *count <= SOURCE_MAX {
                    benign.push(*logit);
                }
            }
            fit(benign, attacks)
        })
        .collect()
}

/// Tools and documents are measured together, and so are developers' prompts with users': there are few of them.
fn together(a: Origin, b: Origin) -> bool {
    a == b || (is_foreign(a) && is_foreign(b)) || (a == Origin::Assistant && b == Origin::User)
}

fn fit(mut benign: Vec<f32>, mut attacks: Vec<f32>) -> Calibrated {
    benign.sort_by(|a, b| b.total_cmp(a));
    attacks.sort_by(|a, b| b.total_cmp(a));
    let mut knots = [0.0; KNOTS.len()];
    let mut last = f32::MIN;
    // From the rarest on, so that each knot lies below the next also where there are few texts.
    for (slot, share) in knots.iter_mut().zip(SHARES) {
        let at = (benign.len() as f64 * share) as usize;
        let logit = benign.get(at).copied().unwrap_or(0.0);
        *slot = logit.max(last + GAP);
        last = *slot;
    }
    if let Some(top) = knots.last_mut() {
        *top = (last + GAP).max(benign.first().copied().unwrap_or(0.0) + MARGIN);
    }
    let recall = core::array::from_fn(|i| {
        let over = attacks.iter().filter(|l| **l >= knots.get(i).copied().unwrap_or(0.0)).count();
        over as f64 / attacks.len().max(1) as f64
    });
    let (slope, offset) = platt(&benign, &attacks);
    Calibrated { meaning: Meaning { slope, offset, knots }, benign: benign.len(), attacks: attacks.len(), recall }
}

/// Logistic regression on the logit alone (Platt 1999), by Newton's method, with attacks weighted to their share.
fn platt(benign: &[f32], attacks: &[f32]) -> (f32, f32) {
    if benign.is_empty() || attacks.is_empty() {
        return (1.0, -2.0);
    }
    let classes =
        [(attacks, 1.0, ATTACKS / attacks.len() as f64), (benign, 0.0, (1.0 - ATTACKS) / benign.len() as f64)];
    let (mut slope, mut offset) = (1.0f64, 0.0f64);
    for _ in 0..30 {
        // Gradient and curvature of the log loss, with a little pull towards slope 1.
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (1e-4 * (slope - 1.0), 0.0, 1e-4, 0.0, 1e-6);
        for (logits, target, weight) in classes {
            for logit in logits {
                let x = f64::from(*logit);
                let p = 1.0 / (1.0 + libm::exp(-(slope * x + offset)));
                let (g, h) = (weight * (p - target), weight * p * (1.0 - p));
                ga += g * x;
                gb += g;
                haa += h * x * x;
                hab += h * x;
                hbb += h;
            }
        }
        let determinant = haa * hbb - hab * hab;
        if determinant.abs() < 1e-12 {
            break;
        }
        slope -= ((hbb * ga - hab * gb) / determinant).clamp(-0.5, 0.5);
        offset -= ((haa * gb - hab * ga) / determinant).clamp(-1.0, 1.0);
    }
    (slope as f32, offset as f32)
}

/// Wilson's 95 % interval of a share, in the same unit.
pub fn interval(hits: usize, of: usize) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    let (n, p, z) = (of as f64, hits as f64 / of as f64, 1.959_964);
    let centre = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * libm::sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n));
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

/// Knots lie at least this far apart, in logits.
const GAP: f32 = 0.05;
/// The last knot lies this far above every honest text measured.
const MARGIN: f32 = 0.5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knots_rise_and_leave_the_stated_share_of_honest_texts() {
        let benign: Vec<f32> = (0..10_000).map(|i| i as f32 / 1000.0 - 8.0).collect();
        let fitted = fit(benign.clone(), vec![1.0, 3.0]);
        let knots = fitted.meaning.knots;
        assert!(knots.windows(2).all(|k| k[0] < k[1]), "{knots:?}");
        for (knot, share) in knots.iter().zip(SHARES) {
            let over = benign.iter().filter(|l| *l > knot).count() as f64;
            assert!((over - 10_000.0 * share).abs() <= 1.0, "{over} above {knot} at {share}");
        }
        assert!(fitted.meaning.slope > 0.0);
    }

    #[test]
    fn interval_of_nothing_in_many_is_narrow() {
        let (low, high) = interval(0, 1000);
        assert!(low < 1e-9 && high < 0.004);
        assert!(interval(500, 1000).0 > 0.46);
    }
}
