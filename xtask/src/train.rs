//! `train`: builds the trainer and runs it on the corpora.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::process::{self, command, corpus, executable, root};

/// Trains; the arguments are the trainer's, with files relative to where the command was given.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    let corpora = corpora(corpus)?;
    let here = std::env::current_dir().map_err(|error| format!("the current folder: {error}"))?;
    let arguments = absolute(arguments, &here);
    let trainer = executable(&["--package", "edgewarden-training", "--profile", "release"])?;
    let fixed = ["--project".into(), root().into(), "--corpora".into(), corpora.into()];
    process::run(command(trainer, &[&fixed[..], &arguments].concat()))
}

/// The folder of the corpora, if every file is there.
fn corpora(corpus: impl Fn(&str) -> Option<PathBuf>) -> Result<PathBuf, String> {
    let (there, missing): (Vec<_>, Vec<_>) =
        FILES.into_iter().map(|name| (name, corpus(name))).partition(|(_, path)| path.is_some());
    let folder = there.into_iter().find_map(|(_, path)| Some(path?.parent()?.to_path_buf()));
    match folder {
        Some(folder) if missing.is_empty() => Ok(folder),
        _ => {
            let names: Vec<&str> = missing.into_iter().map(|(name, _)| name).collect();
            Err(format!("missing_corpus: the folder of the corpora lacks {}\n{HELP}", names.join(" and ")))
        }
    }
}

/// The arguments with the files that follow an option of [`WITH_FILES`] made absolute: the trainer runs in the root.
fn absolute(arguments: &[&str], here: &Path) -> Vec<OsString> {
    let before = std::iter::once("").chain(arguments.iter().copied());
    let whole = |(before, argument): (&str, &&str)| match WITH_FILES.contains(&before) {
        true => here.join(argument).into(),
        false => OsString::from(argument),
    };
    before.zip(arguments).map(whole).collect()
}

const FILES: [&str; 2] = ["train.jsonl", "dev.jsonl"];
const WITH_FILES: [&str; 2] = ["--data", "--out"];
const HELP: &str = "\
The weights are trained on the texts in training/data and on rows of public sources, which are not part of the project.
docs/model-card.md lists these sources and their licences, and training/README.md the form of the files. Put them into
../shared/corpus, or set EDGEWARDEN_CORPUS to their folder.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_corpora_are_named_with_the_page_that_lists_their_sources() {
        let there = |name: &str| Some(Path::new("/c").join(name));
        assert_eq!(corpora(there), Ok(PathBuf::from("/c")));
        let error = corpora(|name| there(name).filter(|_| name == "dev.jsonl")).unwrap_err();
        assert!(error.contains("train.jsonl") && !error.contains("dev.jsonl"), "{error}");
        assert!(error.contains("docs/model-card.md") && error.contains("EDGEWARDEN_CORPUS"), "{error}");
        assert!(corpora(|_| None).unwrap_err().contains("train.jsonl and dev.jsonl"));
    }

    #[test]
    fn card_lists_the_sources_and_readme_the_form() {
        let page = |name| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)).unwrap();
        assert!(page("docs/model-card.md").contains("CC BY-NC 4.0"));
        assert!(page("training/README.md").contains("train.jsonl"));
    }

    #[test]
    fn files_are_found_from_where_the_command_was_given() {
        let all = absolute(&["--data", "a.jsonl", "--data", "/b.jsonl", "--out", "m.bin"], Path::new("/from"));
        assert_eq!(all, ["--data", "/from/a.jsonl", "--data", "/b.jsonl", "--out", "/from/m.bin"]);
        assert_eq!(absolute(&["--check"], Path::new("/from")), ["--check"]);
    }
}
