//! `results`: measures the shared corpus and keeps the page.

use std::ffi::OsString;

use crate::process::{self, build_cli, command, corpus, root};

/// Writes `docs/results.md`; further arguments go to `edgewarden eval`.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    let corpus =
        corpus("dev.jsonl").ok_or("../shared/corpus/dev.jsonl is not there; set EDGEWARDEN_CORPUS to its folder")?;
    let page = root().join("docs/results.md");
    if let Some(folder) = page.parent() {
        std::fs::create_dir_all(folder).map_err(|error| format!("docs: {error}"))?;
    }
    let cli = build_cli("demo")?;
    let mut all: Vec<OsString> = vec!["eval".into(), corpus.into(), "--markdown".into(), page.into()];
    all.extend(arguments.iter().map(OsString::from));
    process::run(command(cli, &all))
}
