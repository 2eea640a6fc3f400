//! One run: from texts to weights and a report.

use std::collections::{BTreeMap, BTreeSet};

use edgewarden::scan::{LexicalModel, Policy, Preset};
use edgewarden::text::view::canonical;
use sha2::{Digest, Sha256};

use crate::calibrate::{self, Calibrated};
use crate::card;
use crate::data::{Data, Made, Row, split};
use crate::error::TrainError;
use crate::evaluate::{Tallies, Tally};
use crate::learn::{Dictionary, Labels, Recipe, Sample, export, is_foreign, samples};
use crate::progress::Progress;
use crate::report::Report;
use edgewarden::scan::lexical::format::HEADER;

/// What a run gives.
#[derive(Clone, Debug)]
pub struct Output {
    /// The model's bytes.
    pub weights: Vec<u8>,
    /// The report as a page.
    pub report: String,
    /// The figures for the model card.
    pub card: String,
}

/// Trains, calibrates and measures.
pub fn run(data: &Data, recipe: &Recipe, progress: &Progress) -> Result<Output, TrainError> {
    let rows = &data.train;
    progress.stage("choosing features", 0);
    let (dictionary, samples, groups) = prepare(rows, recipe);
    let features = dictionary.tags().iter().filter(|t| **t > 0).count();

    let parts: Vec<Vec<usize>> = rows.iter().map(parts_of).collect();
    // One net instead of an average: a little less sure of itself, and twice as fast.
    let single = Recipe { nets: 1, ..*recipe };
    progress.stage("calibrating by parts", PARTS);
    let logits = unseen(&single, &samples, &parts, PARTS, progress);
    let calibrated = calibrate::calibrate(rows, &logits);

    let names: BTreeSet<&str> = groups.iter().flatten().map(String::as_str).collect();
    let names: BTreeMap<&str, usize> = names.into_iter().enumerate().map(|(i, g)| (g, i)).collect();
    let number = |g: &String| names.get(g.as_str()).copied().unwrap_or(0);
    let numbers: Vec<Vec<usize>> = groups.iter().map(|own| own.iter().map(number).collect()).collect();
    progress.stage("leaving out one source after another", names.len());
    let left_out_logits = unseen(&single, &samples, &numbers, names.len(), progress);
    let [left_out, languages, techniques] = tell_apart(rows, &groups, &left_out_logits, &calibrated);

    progress.stage("training on all texts", 0);
    let heads = recipe.train(&samples.iter().collect::<Vec<_>>());
    let mut labels = Labels::default();
    for (slot, c) in labels.origins.iter_mut().zip(&calibrated) {
        *slot = c.meaning;
    }
    labels.data = digest_of(rows);
    let bytes = export(&dictionary, &heads, &labels);
    let model = LexicalModel::from_bytes(bytes.clone())?;
    let (dev, presets) = measure(&model, &data.dev);
    let report = Report {
        data,
        digests: vec![
            ("texts, SHA-256", hex(&labels.data)),
            ("development set, SHA-256", hex(&digest_of(&data.dev))),
            ("dictionary and weights, SHA-256", hex(&Sha256::digest(bytes.get(HEADER..).unwrap_or(&[])))),
        ],
        features,
        recipe: *recipe,
        calibrated: &calibrated,
        dev,
        presets,
        left_out,
        languages,
        techniques,
    };
    let page = report.markdown();
    labels.report = Sha256::digest(page.as_bytes()).into();
    let weights = export(&dictionary, &heads, &labels);
    let card = card::figures(&report, &weights)?;
    Ok(Output { weights, report: page, card })
}

/// The dictionary, the texts in its terms, and the groups of each.
pub fn prepare(rows: &[Row], recipe: &Recipe) -> (Dictionary, Vec<Sample>, Vec<Vec<String>>) {
    let mut samples = samples(rows, recipe.weights);
    let groups: Vec<Vec<String>> = rows.iter().map(split::groups).collect();
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    // What is composed or disguised repeats other texts and would make their features look common.
    let (mut plain, mut of_plain) = (Vec::new(), Vec::new());
    for ((row, sample), own) in rows.iter().zip(&samples).zip(&groups) {
        if matches!(row.made, Made::Written | Made::Expanded) {
            let fresh = numbers.len() as u32;
            plain.push(sample);
            of_plain.push(*numbers.entry(own.first().map_or("", String::as_str)).or_insert(fresh));
        }
    }
    let (texts, sources) = recipe.shared;
    let dictionary = Dictionary::choose(&plain, &of_plain, recipe.bucket_bits, texts, sources);
    for sample in &mut samples {
        sample.doc = dictionary.known(&sample.doc);
    }
    (dictionary, samples, groups)
}

/// For each row the logit of a model that was trained without the part that decides the row's label.
fn unseen(recipe: &Recipe, samples: &[Sample], parts: &[Vec<usize>], count: usize, progress: &Progress) -> Vec<f32> {
    let holds = |row: usize, part: usize| parts.get(row).is_some_and(|own| own.contains(&part));
    let decides = |row: usize, part: usize| parts.get(row).is_some_and(|own| own.first() == Some(&part));
    let judged = recipe.without_each(
        samples,
        holds,
        count,
        |part, heads| {
            let own = samples.iter().enumerate().filter(|(i, _)| decides(*i, part));
            own.map(|(i, sample)| (i, heads.logit(sample))).collect::<Vec<_>>()
        },
        || progress.step(),
    );
    let mut logits = vec![0.0; samples.len()];
    for (i, logit) in judged.into_iter().flatten() {
        if let Some(slot) = logits.get_mut(i) {
            *slot = logit;
        }
    }
    logits
}

/// By source, and for the project's own texts by language and by technique.
fn tell_apart(rows: &[Row], groups: &[Vec<String>], logits: &[f32], calibrated: &[Calibrated]) -> [Tallies; 3] {
    let mut all: [Tallies; 3] = Default::default();
    for ((row, own), logit) in rows.iter().zip(groups).zip(logits) {
        if matches!(row.made, Made::Disguised | Made::Composed) {
            continue;
        }
        let Some(c) = calibrated.get(row.origin as usize) else { continue };
        let alarm = *logit >= c.meaning.knots[2];
        let [sources, languages, techniques] = &mut all;
        sources.entry(own.first().cloned().unwrap_or_default()).or_default().count(row.attack, alarm);
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

/// The parts of the calibration that a row's sources belong to: whole corpora and whole files, the attacks and honest
/// texts of one language together.
pub(crate) fn parts_of(row: &Row) -> Vec<usize> {
    let part = |source: &str| {
        let family = split::family(source);
        let unit = if source.starts_with("own/languages/") { family.as_str() } else { source };
        Sha256::digest(unit.as_bytes()).first().map_or(0, |b| usize::from(*b) % PARTS)
    };
    row.source.split('+').map(part).collect()
}

/// SHA-256 of rows with everything that learning uses.
pub fn digest_of(rows: &[Row]) -> [u8; 32] {
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

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Decides every random choice of a published model.
pub const SEED: u64 = 20_261_121;
/// Parts of the calibration.
const PARTS: usize = 5;
