//! `edgewarden-train`: trains the learned layer and writes weights and report.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use edgewarden_training::data::{self, Options};
use edgewarden_training::learn::Recipe;
use edgewarden_training::run::{self, Output};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let data = data::load(&Options {
        project: arguments.project.clone(),
        corpora: arguments.corpora,
        seed: SEED,
        mix: data::Mix::default(),
    })
    .map_err(|error| error.to_string())?;
    let Output { weights, report } = run::run(&data, &Recipe::default(), &|line| eprintln!("{line}"))?;
    write(&arguments.project.join("core/src/generated/lexical.bin"), &weights)?;
    write(&arguments.project.join("docs/training-report.md"), report.as_bytes())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    eprintln!("wrote {} ({} bytes)", path.display(), bytes.len());
    Ok(())
}

struct Arguments {
    project: PathBuf,
    corpora: PathBuf,
}

impl Arguments {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self { project: PathBuf::from("."), corpora: PathBuf::from("../shared/corpus") };
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().map(PathBuf::from).ok_or(format!("{name} needs a value"));
            match name.as_str() {
                "--project" => parsed.project = value()?,
                "--corpora" => parsed.corpora = value()?,
                _ => return Err(format!("unknown option {name}; there are --project and --corpora")),
            }
        }
        Ok(parsed)
    }
}

/// Decides every random choice of a published model.
const SEED: u64 = 20_261_121;
