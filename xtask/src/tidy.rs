//! `tidy`: what no compiler checks.
//!
//! Each check reads the tracked files and returns one line per fault, with its place.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use edgewarden::scan::Category;

use crate::process::{command, output, root};
use crate::rules_doc::rule_files;

/// Runs every check and fails with everything found.
pub fn run() -> Result<(), String> {
    let root = root();
    let mut faults = rule_ids(&root.join("core/rules"))?;
    let files = tracked(&root)?;
    for file in &files {
        // A tracked file may be gone from the working tree, and binary files have nothing to check.
        let Ok(text) = fs::read_to_string(root.join(file)) else { continue };
        faults.extend(size(file, &text));
        faults.extend(places(file, &text, &root));
        faults.extend(leftovers(file, &text));
        let is_test = file.file_stem().is_some_and(|stem| stem == "tests");
        if file.starts_with("core/src/") && has_extension(file, "rs") && !is_test {
            faults.extend(direction(file, &text));
            faults.extend(outside_world(file, &text));
        }
    }
    if faults.is_empty() {
        println!("{} files are tidy", files.len());
        return Ok(());
    }
    faults.sort();
    Err(format!("{}\n{} faults", faults.join("\n"), faults.len()))
}

/// Files git knows or would add, relative to the root.
fn tracked(root: &Path) -> Result<Vec<PathBuf>, String> {
    if !root.join(".git").exists() {
        return Ok(walk(root));
    }
    let listed = output(command("git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
    Ok(listed.split('\0').filter(|path| !path.is_empty()).map(PathBuf::from).collect())
}

/// Every file, for a source archive without git.
fn walk(root: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if !matches!(name.as_str(), "target" | "node_modules" | "dist" | ".tools") {
                    folders.push(path);
                }
            } else if let Ok(relative) = path.strip_prefix(root) {
                files.push(relative.to_path_buf());
            }
        }
    }
    files
}

/// Inside the core, `text` and `time` know nothing of what stands on them, `time` nothing of `text`, and `scan`, `jwt` and `sync`
/// nothing of each other.
fn direction(file: &Path, text: &str) -> Vec<String> {
    let forbidden: &[&str] = if file.starts_with("core/src/text") {
        &["crate::scan", "crate::jwt", "crate::sync", "super::super::scan"]
    } else if file.starts_with("core/src/time") || file == Path::new("core/src/time.rs") {
        &["crate::scan", "crate::jwt", "crate::sync", "crate::text"]
    } else if file.starts_with("core/src/scan") {
        &["crate::jwt", "crate::sync"]
    } else if file.starts_with("core/src/jwt") {
        &["crate::scan", "crate::sync"]
    } else if file.starts_with("core/src/sync") {
        &["crate::scan", "crate::jwt"]
    } else {
        &[]
    };
    code_lines(text)
        .flat_map(|(number, line)| {
            let edges = forbidden.iter().filter(move |edge| line.contains(**edge));
            edges.map(move |edge| {
                format!("{}:{number}: {edge} is used against the direction of dependencies", file.display())
            })
        })
        .collect()
}

/// The core has no standard library, so no clock, environment, file or network.
fn outside_world(file: &Path, text: &str) -> Vec<String> {
    code_lines(text)
        .filter(|(_, line)| contains_path(line, "std::") || line.contains("extern crate std") && !is_test_only(text))
        .map(|(number, _)| format!("{}:{number}: the core uses the standard library", file.display()))
        .collect()
}

fn is_test_only(text: &str) -> bool {
    text.contains("#[cfg(test)]\nextern crate std")
}

/// Whether `path` stands in the line as the start of a path: `std::`, not `mystd::`.
fn contains_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// Lines with code, numbered from 1: no comments, and nothing from the test module on.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| !line.starts_with("mod tests {"))
        .map(|(i, line)| (i + 1, line.trim_start()))
        .filter(|(_, line)| !line.starts_with("//"))
}

/// Tests at the end of a file do not count.
fn size(file: &Path, text: &str) -> Option<String> {
    let lines = text.lines().take_while(|line| !line.starts_with("mod tests {")).count();
    let is_source = ["rs", "py", "ts", "js", "swift", "kt"].iter().any(|extension| has_extension(file, extension));
    let too_long = is_source && !is_generated(file) && lines > LINES_MAX;
    too_long.then(|| format!("{}: {lines} lines, at most {LINES_MAX}; look for the second noun", file.display()))
}

/// Paths of the machine somebody works on.
fn places(file: &Path, text: &str, root: &Path) -> Vec<String> {
    let here = [Some(root.to_path_buf()), home(), std::env::var_os("CARGO_HOME").map(PathBuf::from)];
    // A short path such as /root or /work may be an honest word of a text; a longer one is no coincidence.
    let here = here.into_iter().flatten().filter(|path| path.components().count() > 2);
    let needles: Vec<String> = here.map(|path| path.display().to_string()).collect();
    // A name follows a home; a pattern such as `/home/*` names nobody.
    let names_home = |line: &str| {
        let named =
            |home: &&str| line.split(*home).skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
        !is_data(file) && HOMES.iter().any(named)
    };
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| needles.iter().any(|needle| line.contains(needle)) || names_home(line));
    lines.map(|(i, _)| format!("{}:{}: names a path of one machine", file.display(), i + 1)).collect()
}

fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").map(PathBuf::from)
}

/// Notes to oneself that were not kept.
fn leftovers(file: &Path, text: &str) -> Vec<String> {
    if is_data(file) {
        return Vec::new();
    }
    let is_word =
        |line: &str, word: &str| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|part| part == word);
    let lines = text.lines().enumerate().filter(|(_, line)| LEFTOVERS.iter().any(|word| is_word(line, word)));
    lines.map(|(i, _)| format!("{}:{}: a note to oneself", file.display(), i + 1)).collect()
}

/// A rule's id is its file's name, its folder a category, and no two rules share an id.
fn rule_ids(rules: &Path) -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    let mut seen: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in rule_files(rules)? {
        let shown = path.strip_prefix(rules).unwrap_or(&path).to_path_buf();
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", shown.display()))?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let id = text.parse::<toml::Table>().ok().and_then(|table| table.get("id")?.as_str().map(str::to_owned));
        if id.as_deref() != Some(stem.as_str()) {
            faults.push(format!("core/rules/{}: the id is not the file's name", shown.display()));
        }
        let folder = shown.parent().unwrap_or(Path::new("")).to_string_lossy().into_owned();
        if Category::from_name(&folder).is_none() {
            faults.push(format!("core/rules/{}: {folder} is no category", shown.display()));
        }
        if let Some(other) = seen.insert(stem, shown.clone()) {
            faults.push(format!("core/rules/{}: {} has the same id", shown.display(), other.display()));
        }
    }
    Ok(faults)
}

/// Texts the scanner is about: they may speak of anything.
fn is_data(file: &Path) -> bool {
    let folders = ["core/rules", "core/lexicon", "core/benign", "core/src/generated", "cli/src/generated"];
    let folders = folders.iter().chain(&["demo", "training/data", "docs/rules", "fuzz/seeds", "vectors"]);
    folders.clone().any(|folder| file.starts_with(folder)) || file.components().any(|part| part.as_os_str() == "tests")
}

fn is_generated(file: &Path) -> bool {
    file.components().any(|part| part.as_os_str() == "generated")
}

fn has_extension(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|e| e == extension)
}

const LINES_MAX: usize = 600;
const HOMES: [&str; 3] = [concat!("/", "home/"), concat!("/", "Users/"), concat!("C:\\", "Users\\")];
const LEFTOVERS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_may_not_use_scan() {
        let file = Path::new("core/src/text/view.rs");
        assert_eq!(direction(file, "//! See [`crate::scan`].\nuse crate::scan::Finding;\n").len(), 1);
        assert!(direction(Path::new("core/src/scan/mod.rs"), "use crate::scan::Finding;").is_empty());
        assert_eq!(direction(Path::new("core/src/sync/mod.rs"), "use crate::jwt::KeySet;\n").len(), 1);
    }

    #[test]
    fn standard_library_is_seen_outside_tests_only() {
        let file = Path::new("core/src/a.rs");
        assert_eq!(outside_world(file, "use std::fs;\n").len(), 1);
        assert!(outside_world(file, "#[cfg(test)]\nmod tests {\n use std::fs;\n}").is_empty());
        assert!(outside_world(file, "// std::fs\nmystd::f();\n#[cfg(test)]\nextern crate std;").is_empty());
    }

    #[test]
    fn notes_are_whole_words() {
        let note = concat!("// TO", "DO: later");
        assert_eq!(leftovers(Path::new("a.rs"), note).len(), 1);
        assert!(leftovers(Path::new("a.rs"), "const METHODO: u8 = 1;").is_empty());
        assert!(leftovers(Path::new("core/benign/en.txt"), note).is_empty());
    }
}
