//! `edgewarden-train`: trains the learned layer and writes weights, report and the figures of the model card.

mod arguments;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use arguments::{Arguments, Task};
use edgewarden_training::data::{self, Mix, Options};
use edgewarden_training::learn::Recipe;
use edgewarden_training::progress::Progress;
use edgewarden_training::run::{self, Output, SEED};
use edgewarden_training::{TrainError, candidates, card, check};

fn main() -> ExitCode {
    let progress = Progress::shown();
    let done = Arguments::parse(std::env::args().skip(1)).and_then(|arguments| run(arguments, &progress));
    progress.end();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(Arguments { project, corpora, task }: Arguments, progress: &Progress) -> Result<(), TrainError> {
    let further = if let Task::Elsewhere { data, .. } = &task { data.clone() } else { Vec::new() };
    let weights = project.join("core/src/generated/lexical.bin");
    progress.stage("reading texts", 0);
    let options = Options { project: project.clone(), corpora, further, seed: SEED, mix: Mix::default() };
    let (data, recipe) = (data::load(&options)?, Recipe::default());
    match task {
        Task::Publish => {
            let card_page = project.join("docs/model-card.md");
            let page = String::from_utf8_lossy(&read(&card_page)?).into_owned();
            let marks = || TrainError::Options(format!("{} has no marks for the figures", card_page.display()));
            card::with_figures(&page, "").ok_or_else(marks)?;
            let Output { weights: bytes, report, card } = run::run(&data, &recipe, progress)?;
            progress.end();
            write(&weights, &bytes)?;
            write(&project.join("docs/training-report.md"), report.as_bytes())?;
            let page = card::with_figures(&page, &card).ok_or_else(marks)?;
            write(&card_page, page.as_bytes())
        }
        Task::Elsewhere { out, .. } => {
            let Output { weights: bytes, report, .. } = run::run(&data, &recipe, progress)?;
            progress.end();
            write(&out, &bytes)?;
            write(&out.with_extension("md"), report.as_bytes())
        }
        Task::Check => {
            check::check(&data, &recipe, &read(&weights)?, progress)?;
            progress.end();
            eprintln!("the texts give the published dictionary and weights, byte for byte");
            Ok(())
        }
        Task::Candidates => {
            let page = candidates::run(&data, &recipe, progress)?;
            progress.end();
            write(&project.join("docs/training-candidates.md"), page.as_bytes())
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TrainError> {
    fs::read(path).map_err(|error| TrainError::file(path, error))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), TrainError> {
    fs::write(path, bytes).map_err(|error| TrainError::file(path, error))?;
    eprintln!("wrote {} ({} bytes)", path.display(), bytes.len());
    Ok(())
}
