//! `results`: measures the shared corpus and keeps the page.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use crate::process::{self, build_cli, command, corpus, root};

/// Writes `docs/results.md`; further arguments go to `edgewarden eval`. What other commands measured stays.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    let corpus =
        corpus("dev.jsonl").ok_or("../shared/corpus/dev.jsonl is not there; set EDGEWARDEN_CORPUS to its folder")?;
    let page = page();
    if let Some(folder) = page.parent() {
        fs::create_dir_all(folder).map_err(|error| format!("docs: {error}"))?;
    }
    let bindings = fs::read_to_string(&page).ok().and_then(|text| section(&text).map(str::to_owned));
    let cli = build_cli("demo")?;
    let mut all: Vec<OsString> = vec!["eval".into(), corpus.into(), "--markdown".into(), page.clone().into()];
    all.extend(arguments.iter().map(OsString::from));
    process::run(command(cli, &all))?;
    bindings.map_or(Ok(()), |bindings| write_bindings(&bindings))
}

/// Writes what the bindings measured into its section of `docs/results.md`.
pub fn write_bindings(body: &str) -> Result<(), String> {
    let page = page();
    let text = fs::read_to_string(&page).unwrap_or_default();
    fs::write(&page, with_section(&text, body)).map_err(|error| format!("{}: {error}", page.display()))
}

fn page() -> PathBuf {
    root().join("docs/results.md")
}

/// What stands between the marks.
fn section(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once(BEGIN)?;
    rest.split_once(END).map(|(body, _)| body.trim_matches('\n'))
}

/// The page with its section replaced, or added at the end.
fn with_section(page: &str, body: &str) -> String {
    let around = page.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = around.unwrap_or((page, ""));
    let (before, body, after) = (before.trim_end(), body.trim_matches('\n'), after.trim());
    let gap = if after.is_empty() { "" } else { "\n\n" };
    format!("{before}\n\n{BEGIN}\n{body}\n{END}{gap}{after}\n").trim_start().to_owned()
}

const BEGIN: &str = "<!-- bindings:begin -->";
const END: &str = "<!-- bindings:end -->";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_is_added_once_and_replaced() {
        let page = with_section("# Results\n\ntext\n", "\n## Bindings\n\n| a |\n");
        assert_eq!(section(&page), Some("## Bindings\n\n| a |"));
        assert!(page.starts_with("# Results\n\ntext\n\n<!--") && page.ends_with("-->\n"));
        assert_eq!(with_section(&page, "## Bindings\n\n| a |"), page);
        let changed = with_section(&(page + "\nafter\n"), "b");
        assert_eq!(section(&changed), Some("b"));
        assert!(changed.ends_with("\nb\n<!-- bindings:end -->\n\nafter\n"));
        assert_eq!(changed.matches(BEGIN).count(), 1);
    }
}
