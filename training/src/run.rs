//! One run: from texts to weights and a report.

use std::collections::{BTreeMap, BTreeSet};

use edgewarden::scan::{LexicalModel, Policy, Preset};
use edgewarden::text::view::canonical;
use sha2::{Digest, Sha256};

use crate::calibrate::{self, Calibrated};
use crate::data::{Data, Made, Row};
use crate::evaluate::{Tallies, Tally};
use crate::learn::{Labels, Net, Recipe, Sample, export, is_foreign, samples};
use crate::report::Report;
use edgewarden::scan::lexical::format::HEADER;

/// What a run gives.
#[derive(Clone, Debug)]
pub struct Output {
    /// The model's bytes.
    pub weights: Vec<u8>,
    /// The report as a page.
    pub report: String,
}

/// Trains, calibrates and measures; `progress` hears of each step.
pub fn run(data: &Data, progress: &mut dyn FnMut(String)) -> Result<Output, String> {
    let recipe = Recipe::default();
    let rows = &data.train;
    progress(format!("{} texts", rows.len()));
    let samples = samples(rows, recipe.weights);

    let parts: Vec<usize> = rows.iter().map(|row| part_of(&row.source)).collect();
    let logits = unseen(&recipe, &samples, &parts, PARTS);
    let calibrated = calibrate::calibrate(rows, &logits);
    progress(format!("calibrated on {PARTS} parts"));

    let groups: BTreeSet<&str> = rows.iter().map(|r| group_of(&r.source)).collect();
    let groups: BTreeMap<&str, usize> = groups.into_iter().enumerate().map(|(i, g)| (g, i)).collect();
    let of_row: Vec<usize> = rows.iter().map(|r| groups.get(group_of(&r.source)).copied().unwrap_or(0)).collect();
    let left_out_logits = unseen(&recipe, &samples, &of_row, groups.len());
    progress(format!("left out each of {} sources", groups.len()));
    let [left_out, languages, techniques] = tell_apart(rows, &left_out_logits, &calibrated);

    let all: Vec<&Sample> = samples.iter().collect();
    let net = recipe.train(&all);
    let mut labels = Labels::default();
    for (slot, c) in labels.origins.iter_mut().zip(&calibrated) {
        *slot = c.meaning;
    }
    labels.data = digest_of(rows);
    let model = model(&net, &labels)?;
    let (dev, presets) = measure(&model, &data.dev);
    let tables = export(&net, &labels).split_off(HEADER);
    let report = Report {
        data,
        digests: vec![
            ("texts, SHA-256", hex(&labels.data)),
            ("development set, SHA-256", hex(&digest_of(&data.dev))),
            ("tables of the weights, SHA-256", hex(&Sha256::digest(&tables))),
        ],
        recipe,
        calibrated: &calibrated,
        dev,
        presets,
        left_out,
        languages,
        techniques,
    }
    .markdown();
    labels.report = Sha256::digest(report.as_bytes()).into();
    Ok(Output { weights: export(&net, &labels), report })
}

/// For each row the logit of a net that was trained without the row's group.
fn unseen(recipe: &Recipe, samples: &[Sample], groups: &[usize], count: usize) -> Vec<f32> {
    let parts = recipe.without_each(samples, groups, count, |group, net: &Net| {
        let own = samples.iter().zip(groups).enumerate().filter(|(_, (_, g))| **g == group);
        own.map(|(i, (s, _))| (i, net.logit(&s.doc, s.foreign))).collect::<Vec<_>>()
    });
    let mut logits = vec![0.0; samples.len()];
    for (i, logit) in parts.into_iter().flatten() {
        if let Some(slot) = logits.get_mut(i) {
            *slot = logit;
        }
    }
    logits
}

/// By source, and for the project's own texts by language and by technique.
fn tell_apart(rows: &[Row], logits: &[f32], calibrated: &[Calibrated]) -> [Tallies; 3] {
    let mut all: [Tallies; 3] = Default::default();
    for (row, logit) in rows.iter().zip(logits) {
        if matches!(row.made, Made::Disguised | Made::Composed) {
            continue;
        }
        let Some(c) = calibrated.get(row.origin as usize) else { continue };
        let alarm = *logit >= c.meaning.knots[2];
        let [sources, languages, techniques] = &mut all;
        sources.entry(group_of(&row.source).to_owned()).or_default().count(row.attack, alarm);
        if row.source.starts_with("own/") {
            languages.entry(row.lang.clone()).or_default().count(row.attack, alarm);
            techniques.entry(row.technique.clone()).or_default().count(row.attack, alarm);
        }
    }
    all
}

/// The development set by source at the balanced preset, and as a whole at each preset.
fn measure(model: &LexicalModel, dev: &[Row]) -> (Tallies, Vec<(&'static str, Tally)>) {
    let mut sources = Tallies::new();
    let presets = [Preset::Strict, Preset::Balanced, Preset::Relaxed];
    let mut all: Vec<(&'static str, Tally)> = presets.iter().map(|p| (p.name(), Tally::default())).collect();
    for row in dev {
        let view = canonical(&row.text);
        let points = model.judge(view.as_ref().map_or(&row.text, |v| &v.text), row.origin).points;
        for (preset, (_, tally)) in presets.into_iter().zip(&mut all) {
            let alarm = points >= Policy::preset(preset).thresholds_for(row.origin).flag;
            tally.count(row.attack, alarm);
            if preset == Preset::Balanced {
                sources.entry(row.source.clone()).or_default().count(row.attack, alarm);
            }
        }
    }
    (sources, all)
}

fn model(net: &Net, labels: &Labels) -> Result<LexicalModel, String> {
    LexicalModel::from_bytes(export(net, labels)).map_err(|error| error.to_string())
}

/// The group that is left out together: a public source, or a family of the project's own files.
fn group_of(source: &str) -> &str {
    source.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-')
}

/// The part of the calibration a source belongs to.
fn part_of(source: &str) -> usize {
    let hash = Sha256::digest(group_of(source).as_bytes());
    hash.first().map_or(0, |b| usize::from(*b) % PARTS)
}

/// SHA-256 of rows with everything that learning uses.
fn digest_of(rows: &[Row]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for row in rows {
        hash.update((row.text.len() as u64).to_le_bytes());
        hash.update(&row.text);
        hash.update([u8::from(row.attack), row.origin as u8, u8::from(is_foreign(row.origin))]);
        hash.update((row.source.len() as u64).to_le_bytes());
        hash.update(&row.source);
    }
    hash.finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Parts of the calibration.
const PARTS: usize = 5;
