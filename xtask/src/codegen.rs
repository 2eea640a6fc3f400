//! `codegen`: writes what is generated, or says what is stale.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::root;
use crate::{nfkc, rules_doc, unicode};

/// Writes every generated file that differs and removes pages nothing stands behind any more.
///
/// A rule that fails its examples stops the rule set only: the pages are written all the same. `unchecked` leaves the
/// examples out, to look at a rule under construction.
pub fn write(unchecked: bool) -> Result<(), String> {
    let root = root();
    let mut files = prose(&root)?;
    let rule_set = rule_set(&root.join("core"), unchecked);
    let faults = rule_set.map(|set| files.push(set)).err();
    let mut written = 0;
    for Generated { path, bytes } in &files {
        if fs::read(path).is_ok_and(|old| old == *bytes) {
            continue;
        }
        let describe = |error: std::io::Error| format!("{}: {error}", path.display());
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(describe)?;
        }
        fs::write(path, bytes).map_err(describe)?;
        println!("wrote {} ({} bytes)", shown(path), bytes.len());
        written += 1;
    }
    for path in orphans(&files) {
        fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("removed {}", shown(&path));
    }
    println!("{} generated files, {written} written", files.len());
    faults.map_or(Ok(()), Err)
}

/// Fails with the list of files that `codegen` would change.
pub fn check() -> Result<(), String> {
    let root = root();
    let mut files = prose(&root)?;
    files.push(rule_set(&root.join("core"), false)?);
    let stale = files.iter().filter(|file| !fs::read(&file.path).is_ok_and(|old| old == file.bytes));
    let mut stale: Vec<String> = stale.map(|file| shown(&file.path)).collect();
    stale.extend(orphans(&files).iter().map(|path| shown(path)));
    if stale.is_empty() {
        println!("{} generated files are up to date", files.len());
        return Ok(());
    }
    Err(format!("stale, run `cargo xtask codegen`:\n  {}", stale.join("\n  ")))
}

struct Generated {
    path: PathBuf,
    bytes: Vec<u8>,
}

/// What follows from the files alone: tables of the Unicode standard, and what people read about the rules.
fn prose(root: &Path) -> Result<Vec<Generated>, String> {
    let rules = root.join("core/rules");
    let mut files = vec![
        Generated { path: root.join("core/src/generated/confusables.rs"), bytes: unicode::confusables().into_bytes() },
        Generated { path: root.join("core/src/generated/nfkc.rs"), bytes: nfkc::tables()?.into_bytes() },
        Generated {
            path: root.join("cli/src/generated/rules.json"),
            bytes: rules_doc::rules_json(&rules)?.into_bytes(),
        },
    ];
    let pages = rules_doc::rule_pages(&rules, &root.join(PAGES))?;
    files.extend(pages.into_iter().map(|(path, page)| Generated { path, bytes: page.into_bytes() }));
    Ok(files)
}

/// The binary rule set the core reads in place.
fn rule_set(core: &Path, unchecked: bool) -> Result<Generated, String> {
    let compile = if unchecked { edgewarden_rulec::compile_unchecked } else { edgewarden_rulec::compile_dir };
    match compile(core) {
        Ok(compiled) => {
            println!("{} rules in {} bytes", compiled.rules, compiled.bytes.len());
            Ok(Generated { path: core.join("src/generated/builtin.bin"), bytes: compiled.bytes })
        }
        Err(problems) => {
            let listed: Vec<String> = problems.iter().map(|problem| format!("  {problem}")).collect();
            Err(format!("{} faults in the rules:\n{}", problems.len(), listed.join("\n")).replace(&here(core), ""))
        }
    }
}

/// The part of every path that says nothing to a reader.
fn here(core: &Path) -> String {
    core.parent().map(|root| format!("{}/", root.display())).unwrap_or_default()
}

/// Pages of categories that no longer have rules.
fn orphans(files: &[Generated]) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root().join(PAGES)) else { return Vec::new() };
    let pages = entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "md"));
    pages.filter(|page| !files.iter().any(|file| file.path == *page)).collect()
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

const PAGES: &str = "docs/rules";
