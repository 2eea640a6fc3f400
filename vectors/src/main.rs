//! The test cases that every language runs: `README.md` says what they mean.
//!
//! - `run` holds the crate `edgewarden` against every case and prints how many held,
//! - `write` fills in what the cases expect, from the crate, and writes the cases made of the rules' own examples,
//! - `check` fails when `write` would change a file,
//! - `public FOLDER` writes the public vectors of tokens as cases that every engine can run.

mod base64;
mod files;
mod jwt;
mod kinds;
mod layout;
mod options;
mod public;
mod rules;
mod split;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use files::{File, folder};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["run"] => run(),
        ["write"] => write(),
        ["check"] => check(),
        ["public", folder] => public::write(Path::new(folder)),
        _ => Err("usage: edgewarden-vectors run|write|check|public FOLDER".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Holds the crate against every case.
fn run() -> Result<(), String> {
    let mut held: BTreeMap<String, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for file in files::read_all(&folder())? {
        let (count, wrong) = kinds::run(&file);
        *held.entry(file.kind.clone()).or_default() += count;
        faults.extend(wrong);
    }
    println!("VECTORS {}", serde_json::to_string(&held).map_err(|error| error.to_string())?);
    if faults.is_empty() { Ok(()) } else { Err(format!("{}\n{} faults", faults.join("\n"), faults.len())) }
}

/// Every file as it should read, by name.
fn expected() -> Result<Vec<(String, String)>, String> {
    let mut all = Vec::new();
    for file in files::read_all(&folder())? {
        if file.kind != rules::KIND && !file.kind.starts_with(jwt::FOLDER) {
            all.push((file.name.clone(), layout::file(&kinds::answered(&file)?)));
        }
    }
    let rules: File = rules::generate(&folder().join("../core/rules"))?;
    all.push((rules.name.clone(), layout::file(&rules)));
    all.extend(jwt::generate()?.iter().map(|file| (file.name.clone(), layout::file(file))));
    Ok(all)
}

fn write() -> Result<(), String> {
    for (name, text) in expected()? {
        let path = folder().join(&name);
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        std::fs::write(&path, text).map_err(|error| format!("{name}: {error}"))?;
        println!("wrote {name}");
    }
    Ok(())
}

fn check() -> Result<(), String> {
    let mut stale = Vec::new();
    for (name, text) in expected()? {
        if std::fs::read_to_string(folder().join(&name)).ok() != Some(text) {
            stale.push(name);
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!(
        "not what the crate answers: {}; look at the difference that `cargo xtask vectors` makes",
        stale.join(", ")
    ))
}
