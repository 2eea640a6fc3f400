//! Texts to learn from: the project's own under `training/data`, and the public corpora beside the project.

pub mod corpus;
mod error;
pub mod own;
pub mod rng;
mod row;

use std::path::PathBuf;

pub use error::{Code, DataError};
pub use row::{Made, Row};

/// Where the data is and how it is mixed.
#[derive(Clone, Debug)]
pub struct Options {
    /// The root of the project; the texts lie in its `training/data`.
    pub project: PathBuf,
    /// The folder with `train.jsonl`, `dev.jsonl` and `SOURCES.md`.
    pub corpora: PathBuf,
    /// Decides every random choice.
    pub seed: u64,
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
}

/// How many rows there are after a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was done.
    pub name: &'static str,
    /// Attacks to learn from after it.
    pub attacks: usize,
    /// Honest texts to learn from after it.
    pub benign: usize,
}

/// Reads and prepares everything; the same files and the same seed give the same rows in the same order.
pub fn load(options: &Options) -> Result<Data, DataError> {
    let mut steps = Vec::new();
    let mut train = own::read(&options.project.join("training").join("data"), options.seed)?;
    steps.push(step("own texts", &train));
    train.extend(corpus::train(&options.corpora)?);
    steps.push(step("corpora", &train));
    let dev = corpus::dev(&options.corpora)?;
    Ok(Data { train, dev, steps })
}

fn step(name: &'static str, rows: &[Row]) -> Step {
    let attacks = rows.iter().filter(|r| r.attack).count();
    Step { name, attacks, benign: rows.len() - attacks }
}
