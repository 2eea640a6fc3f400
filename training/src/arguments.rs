//! The options of the trainer.

use std::path::PathBuf;

use edgewarden_training::TrainError;

/// What to do, and with which files.
#[derive(Debug, PartialEq, Eq)]
pub struct Arguments {
    /// The root of the project.
    pub project: PathBuf,
    /// The folder of the corpora.
    pub corpora: PathBuf,
    /// What to do.
    pub task: Task,
}

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Task {
    /// Train the published model and write it with its report and the figures of its card.
    Publish,
    /// Compare the published model with what the texts give.
    Check,
    /// Try models of other shapes and write the page about them.
    Candidates,
    /// Train with further rows and write a model elsewhere, its report beside it.
    Elsewhere {
        /// Files of further rows.
        data: Vec<PathBuf>,
        /// Where the model goes.
        out: PathBuf,
    },
}

impl Arguments {
    /// Reads the options.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, TrainError> {
        let (mut project, mut corpora) = (PathBuf::from("."), PathBuf::from("../shared/corpus"));
        let (mut check, mut candidates, mut data, mut out) = (false, false, Vec::new(), None);
        while let Some(name) = arguments.next() {
            let mut value =
                || arguments.next().map(PathBuf::from).ok_or_else(|| wrong(&format!("{name} needs a file or folder")));
            match name.as_str() {
                "--project" => project = value()?,
                "--corpora" => corpora = value()?,
                "--check" => check = true,
                "--candidates" => candidates = true,
                "--data" => data.push(value()?),
                "--out" => out = Some(value()?),
                _ => return Err(wrong(&format!("unknown option {name}; {OPTIONS}"))),
            }
        }
        let task = match (check, candidates, out) {
            (true, false, None) if data.is_empty() => Task::Check,
            (false, true, None) if data.is_empty() => Task::Candidates,
            (false, false, None) if data.is_empty() => Task::Publish,
            (false, false, Some(out)) if out.extension().is_some_and(|e| e == "md") => {
                return Err(wrong("--out names the model; its report is written beside it and ends in .md"));
            }
            (false, false, Some(out)) => Task::Elsewhere { data, out },
            (false, false, None) => {
                return Err(wrong("--data needs --out: the built-in model is that of the project's texts alone"));
            }
            _ => return Err(wrong(&format!("these options do not go together; {OPTIONS}"))),
        };
        Ok(Self { project, corpora, task })
    }
}

fn wrong(what: &str) -> TrainError {
    TrainError::Options(what.to_owned())
}

const OPTIONS: &str =
    "there are --check, --candidates, --data FILE (more than once) with --out FILE, --project and --corpora";

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Task, String> {
        let words = line.split_whitespace().map(str::to_owned);
        Arguments::parse(words).map(|a| a.task).map_err(|e| e.to_string())
    }

    #[test]
    fn without_options_the_published_model_is_trained() {
        assert_eq!(parse(""), Ok(Task::Publish));
        assert_eq!(parse("--check --corpora x"), Ok(Task::Check));
        assert_eq!(parse("--candidates"), Ok(Task::Candidates));
    }

    #[test]
    fn further_rows_never_overwrite_the_built_in_model() {
        assert!(parse("--data a.jsonl").unwrap_err().contains("--out"));
        let data = vec!["a.jsonl".into(), "b.jsonl".into()];
        assert_eq!(
            parse("--data a.jsonl --out m.bin --data b.jsonl"),
            Ok(Task::Elsewhere { data, out: "m.bin".into() })
        );
        assert!(parse("--out m.bin").is_ok());
    }

    #[test]
    fn options_that_say_nothing_together_are_refused() {
        for line in [
            "--check --candidates",
            "--check --data a --out b",
            "--candidates --out b",
            "--data",
            "--quick",
            "--out a.md",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
