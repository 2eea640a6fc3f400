//! The bindings: what is built, tested, packed and measured for each language, and the table that compares them.
//!
//! A runner reads the files of `vectors/`, goes through the public interface of its language, and prints one line
//! `VECTORS {"scan": 120, ...}` with the cases that held. All runners must hold the same cases.

pub mod kotlin;
pub mod mobile;
pub mod npm;
pub mod python;
pub mod swift;
mod table;

use std::collections::BTreeMap;
use std::process::Command;

use crate::process::{cargo, run_lines};
use crate::suite::on_ci;

pub use table::Table;

/// Cases that held, by kind of vector.
pub type Counts = BTreeMap<String, usize>;

/// Why something did not come about.
pub enum Fault {
    /// A tool is not on this machine and cannot be brought in.
    Missing(String),
    /// It ran and failed.
    Failed(String),
}

impl From<String> for Fault {
    fn from(why: String) -> Self {
        Self::Failed(why)
    }
}

/// One language in one engine.
pub struct Runner {
    /// As the table calls it.
    pub name: &'static str,
    /// As `cargo xtask lang` calls it.
    pub language: &'static str,
    /// Runs all vectors.
    pub run: fn() -> Result<Counts, Fault>,
}

/// Every runner, in the order of the table.
pub const RUNNERS: [Runner; 8] = [
    Runner { name: "Rust", language: "rust", run: rust },
    Runner { name: "WASM in Node", language: "npm", run: npm::vectors_wasm_node },
    Runner { name: "WASM in workerd", language: "npm", run: npm::vectors_workerd },
    Runner { name: "WASM in Chromium", language: "npm", run: npm::vectors_chromium },
    Runner { name: "Node native", language: "node", run: npm::vectors_native },
    Runner { name: "Python", language: "python", run: python::vectors },
    Runner { name: "Kotlin/JVM", language: "kotlin", run: kotlin::vectors },
    Runner { name: "Swift/Linux", language: "swift", run: swift::vectors },
];

/// Runs a program that prints a `VECTORS` line; everything else it prints is shown.
pub fn vectors_of(command: Command) -> Result<Counts, Fault> {
    let mut counts = None;
    let ended = run_lines(command, |line| match line.strip_prefix("VECTORS ") {
        Some(json) => counts = serde_json::from_str(json).ok(),
        None => println!("{line}"),
    })?;
    match counts {
        Some(counts) if ended => Ok(counts),
        _ => Err(Fault::Failed("the runner failed".to_owned())),
    }
}

/// What the crate `edgewarden` holds.
fn rust() -> Result<Counts, Fault> {
    vectors_of(vectors_crate("run"))
}

/// The program of `vectors/`.
fn vectors_crate(command: &str) -> Command {
    cargo(&["run", "--quiet", "--package", "edgewarden-vectors", "--", command])
}

/// Fails when `cargo xtask vectors` would change a file.
pub fn check_vectors() -> Result<(), String> {
    crate::process::run(vectors_crate("check"))
}

/// `vectors`: fills in what cases expect, then runs them in every language.
pub fn vectors() -> Result<(), String> {
    crate::process::run(vectors_crate("write"))?;
    compare(|_| true).result()
}

/// Runs the vectors in the languages that `wanted` names, with Rust to compare them with, and prints the table.
pub fn compare(wanted: impl Fn(&Runner) -> bool) -> Table {
    let mut table = Table::default();
    for runner in RUNNERS.iter().filter(|runner| runner.language == "rust" || wanted(runner)) {
        println!("vectors: {}", runner.name);
        table.add(runner.name, (runner.run)());
    }
    println!("\n{table}");
    table
}

/// `lang`: one thing of one language.
pub fn run(what: &str, name: &str) -> Result<(), String> {
    if !RUNNERS.iter().any(|runner| runner.language == name) {
        return Err(format!("there is no language `{name}`"));
    }
    match what {
        "vectors" => compare(|runner| runner.language == name).result(),
        _ => Err(format!("there is no `lang {what} {name}`")),
    }
}
