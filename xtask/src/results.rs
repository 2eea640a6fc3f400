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
    let text = fs::read_to_string(&page).unwrap_or_default();
    let kept = SECTIONS.iter().filter_map(|name| Some((*name, section(&text, name)?.to_owned())));
    let kept: Vec<(&str, String)> = kept.collect();
    let cli = build_cli("demo")?;
    let mut all: Vec<OsString> = vec!["eval".into(), corpus.into(), "--markdown".into(), page.clone().into()];
    all.extend(arguments.iter().map(OsString::from));
    process::run(command(cli, &all))?;
    kept.iter().try_for_each(|(name, body)| write_section(name, body))
}

/// Writes what another command measured into its section of `docs/results.md`, which is one of [`SECTIONS`].
pub fn write_section(name: &str, body: &str) -> Result<(), String> {
    let page = page();
    let text = fs::read_to_string(&page).unwrap_or_default();
    fs::write(&page, with_section(&text, name, body)).map_err(|error| format!("{}: {error}", page.display()))
}

fn page() -> PathBuf {
    root().join("docs/results.md")
}

/// What stands between the marks of a section.
fn section<'p>(page: &'p str, name: &str) -> Option<&'p str> {
    let [begin, end] = marks(name);
    let (_, rest) = page.split_once(&begin)?;
    rest.split_once(&end).map(|(body, _)| body.trim_matches('\n'))
}

/// The page with its section replaced, or added at the end.
fn with_section(page: &str, name: &str, body: &str) -> String {
    let [begin, end] = marks(name);
    let around = page.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let (before, after) = around.unwrap_or((page, ""));
    let (before, body, after) = (before.trim_end(), body.trim_matches('\n'), after.trim());
    let gap = if after.is_empty() { "" } else { "\n\n" };
    format!("{before}\n\n{begin}\n{body}\n{end}{gap}{after}\n").trim_start().to_owned()
}

fn marks(name: &str) -> [String; 2] {
    ["begin", "end"].map(|mark| format!("<!-- {name}:{mark} -->"))
}

/// Sections that other commands write.
const SECTIONS: [&str; 2] = ["bindings", "tokens"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_is_added_once_and_replaced() {
        let page = with_section("# Results\n\ntext\n", "bindings", "\n## Bindings\n\n| a |\n");
        assert_eq!(section(&page, "bindings"), Some("## Bindings\n\n| a |"));
        assert!(page.starts_with("# Results\n\ntext\n\n<!--") && page.ends_with("-->\n"));
        assert_eq!(with_section(&page, "bindings", "## Bindings\n\n| a |"), page);
        let changed = with_section(&(page + "\nafter\n"), "bindings", "b");
        assert_eq!(section(&changed, "bindings"), Some("b"));
        assert!(changed.ends_with("\nb\n<!-- bindings:end -->\n\nafter\n"));
        assert_eq!(changed.matches("bindings:begin").count(), 1);
        let both = with_section(&changed, "tokens", "c");
        assert_eq!((section(&both, "bindings"), section(&both, "tokens")), (Some("b"), Some("c")));
    }
}
