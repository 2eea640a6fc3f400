//! What a logit means: how few honest texts of an origin reach it, and how probable an attack is then.
//!
//! Every logit here was given by a net that had not seen the text's source, so that the figures forecast texts from
//! elsewhere. The mix is stated in the report: of each public source at most [`SOURCE_MAX`] honest rows count, and the
//! project's own honest texts, which were written to look like attacks, together make up [`OWN`] of the mix.

use std::collections::BTreeMap;

use edgewarden::scan::Origin;
use edgewarden::scan::lexical::format::KNOTS;

use crate::data::{Made, Row};
use crate::learn::{Meaning, is_foreign};

/// Honest rows of one source that count for calibration.
pub const SOURCE_MAX: usize = 1000;
/// Public sources that quote attacks: weighed with the project's own.
pub const QUOTING: [&str; 1] = ["docs_security"];
/// Share of the project's own honest texts in the mix.
pub const OWN: f64 = 0.05;
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
    Origin::ALL.into_iter().map(|origin| of_origin(origin, rows, logits)).collect()
}

fn of_origin(origin: Origin, rows: &[Row], logits: &[f32]) -> Calibrated {
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut public, mut own, mut attacks) = (Vec::new(), Vec::new(), Vec::new());
    for (row, logit) in rows.iter().zip(logits) {
        if !together(origin, row.origin) || matches!(row.made, Made::Disguised | Made::Composed) {
            continue;
        }
        if row.attack {
            attacks.push(*logit);
        } else if row.source.starts_with("own/") || QUOTING.contains(&row.source.as_str()) {
            own.push(*logit);
        } else {
            let count = taken.entry(&row.source).or_default();
            *count += 1;
            if *count <= SOURCE_MAX {
                public.push(*logit);
            }
        }
    }
    let share = if public.is_empty() { 1.0 } else { OWN };
    let weighed = |logits: Vec<f32>, share: f64| {
        let weight = share / logits.len().max(1) as f64;
        logits.into_iter().map(move |logit| (logit, weight))
    };
    fit(weighed(public, 1.0 - share).chain(weighed(own, share)).collect(), attacks)
}

/// Tools and documents are measured together, and a model's answers with what users write: there are few of them.
fn together(a: Origin, b: Origin) -> bool {
    a == b || (is_foreign(a) && is_foreign(b)) || (a == Origin::Assistant && b == Origin::User)
}

/// Knots, recall and probability from honest logits with their weights in the mix, and attacks.
fn fit(mut benign: Vec<(f32, f64)>, mut attacks: Vec<f32>) -> Calibrated {
    benign.sort_by(|a, b| b.0.total_cmp(&a.0));
    attacks.sort_by(|a, b| b.total_cmp(a));
    let total: f64 = benign.iter().map(|(_, w)| w).sum();
    let mut knots = [0.0; KNOTS.len()];
    let mut last = f32::MIN;
    // Each knot lies above the one before also where there are few texts.
    for (slot, share) in knots.iter_mut().zip(SHARES) {
        let mut above = 0.0;
        let reached = benign.iter().find(|(_, weight)| {
            above += weight;
            above > total * share
        });
        *slot = reached.map_or(0.0, |(logit, _)| *logit).max(last + GAP);
        last = *slot;
    }
    if let Some(top) = knots.last_mut() {
        *top = (last + GAP).max(benign.first().map_or(0.0, |(logit, _)| *logit) + MARGIN);
    }
    let recall = core::array::from_fn(|i| {
        let over = attacks.iter().filter(|l| **l >= knots.get(i).copied().unwrap_or(0.0)).count();
        over as f64 / attacks.len().max(1) as f64
    });
    let (slope, offset) = platt(&benign, &attacks);
    Calibrated { meaning: Meaning { slope, offset, knots }, benign: benign.len(), attacks: attacks.len(), recall }
}

/// Logistic regression on the logit alone (Platt 1999), by Newton's method, with attacks weighted to their share.
fn platt(benign: &[(f32, f64)], attacks: &[f32]) -> (f32, f32) {
    if benign.is_empty() || attacks.is_empty() {
        return (1.0, -2.0);
    }
    let total: f64 = benign.iter().map(|(_, w)| w).sum();
    let attack = |logit: &f32| (f64::from(*logit), 1.0, ATTACKS / attacks.len() as f64);
    let honest = |(logit, weight): &(f32, f64)| (f64::from(*logit), 0.0, (1.0 - ATTACKS) * weight / total);
    let all: Vec<(f64, f64, f64)> = attacks.iter().map(attack).chain(benign.iter().map(honest)).collect();
    let (mut slope, mut offset) = (1.0f64, 0.0f64);
    for _ in 0..30 {
        // Gradient and curvature of the log loss, with a little pull towards slope 1.
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (1e-4 * (slope - 1.0), 0.0, 1e-4, 0.0, 1e-6);
        for (x, target, weight) in &all {
            let p = 1.0 / (1.0 + libm::exp(-(slope * x + offset)));
            let (g, h) = (weight * (p - target), weight * p * (1.0 - p));
            ga += g * x;
            gb += g;
            haa += h * x * x;
            hab += h * x;
            hbb += h;
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
        let benign: Vec<f32> = (0..10_000).map(|i| i as f32 / 10.0 - 800.0).collect();
        let fitted = fit(benign.iter().map(|l| (*l, 1.0)).collect(), vec![1.0, 3.0]);
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
