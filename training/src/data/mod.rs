//! Texts to learn from: the project's own under `training/data`, and the public corpora beside the project.

pub mod compose;
pub mod corpus;
pub mod dedup;
pub mod disguise;
mod error;
pub mod own;
pub mod review;
pub mod rng;
mod row;
pub mod split;
pub mod suite;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use compose::Mix;
pub use error::{Code, DataError};
pub use row::{Made, Row};

use review::Review;

/// Where the data is and how it is mixed.
#[derive(Clone, Debug)]
pub struct Options {
    /// The root of the project; the texts lie in its `training/data`.
    pub project: PathBuf,
    /// The folder with `train.jsonl`, `dev.jsonl` and `SOURCES.md`.
    pub corpora: PathBuf,
    /// Files of further rows, see [`corpus::further`].
    pub further: Vec<PathBuf>,
    /// Decides every random choice.
    pub seed: u64,
    /// How many rows are composed and disguised.
    pub mix: Mix,
}

/// The data of one run.
#[derive(Clone, Debug)]
pub struct Data {
    /// Rows to learn from, in a stable order.
    pub train: Vec<Row>,
    /// Rows to measure with.
    pub dev: Vec<Row>,
    /// What each step left, for the report.
    pub steps: Vec<Step>,
    /// What the review of labels did, rule by rule.
    pub review: Vec<review::Applied>,
    /// Which near-duplicates left.
    pub removed: dedup::Removed,
    /// How many rows there are of each disguise.
    pub disguises: BTreeMap<&'static str, usize>,
}

/// How many rows a step gave or left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was done.
    pub name: &'static str,
    /// Attacks.
    pub attacks: usize,
    /// Honest texts.
    pub benign: usize,
}

/// Reads and prepares everything; the same files and the same seed give the same rows in the same order.
pub fn load(options: &Options) -> Result<Data, DataError> {
    let mut steps = Vec::new();
    let tables = options.project.join("training").join("data");
    let mut train = Vec::new();
    // They come first, so that of two texts alike theirs stays.
    for file in &options.further {
        train.extend(corpus::further(file)?);
    }
    if !options.further.is_empty() {
        steps.push(step("further texts", &train));
    }
    let suite = suite::rows(&options.project)?;
    steps.push(step("the scanner's honest texts", &suite));
    train.extend(suite);
    let own = own::read(&tables, options.seed)?;
    steps.push(step("own texts", &own));
    train.extend(own);
    let public = corpus::train(&options.corpora)?;
    steps.push(step("corpora", &public));
    let (public, review) = Review::read(&tables.join("review.toml"))?.apply(public);
    train.extend(public);
    steps.push(step("all of these, the corpora reviewed", &train));
    let dev = corpus::dev(&options.corpora)?;
    let (mut train, removed) = dedup::remove(train, &dev);
    train.extend(suite::as_documents(&train));
    steps.push(step("without near-duplicates", &train));
    // Composed after that, so that no part of a composed row is near a measured one.
    let composed = compose::compose(&train, &tables.join("frames.txt"), &options.mix, options.seed)?;
    for (name, rows) in ["planted", "joined", "framed"].into_iter().zip(composed) {
        steps.push(step(name, &rows));
        train.extend(rows);
    }
    let disguises = disguise::add(&mut train, options.mix.disguised_per_mille, options.seed);
    steps.push(step("all, with disguised copies", &train));
    Ok(Data { train, dev, steps, review, removed, disguises })
}

fn step(name: &'static str, rows: &[Row]) -> Step {
    let attacks = rows.iter().filter(|r| r.attack).count();
    Step { name, attacks, benign: rows.len() - attacks }
}
