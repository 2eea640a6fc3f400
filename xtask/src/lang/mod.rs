//! The bindings: what is built, tested, packed and measured for each language, and the table that compares them.
//!
//! A runner reads the files of `vectors/`, goes through the public interface of its language, and prints one line
//! `VECTORS {"scan": 120, ...}` with the cases that held. All runners must hold the same cases.

pub mod kotlin;
pub mod mobile;
pub mod npm;
pub mod python;
pub mod swift;

use std::collections::BTreeMap;
use std::process::Command;

use crate::process::run_lines;

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
    /// Runs all vectors.
    pub run: fn() -> Result<Counts, Fault>,
}

/// Every runner, in the order of the table.
pub const RUNNERS: [Runner; 8] = [
    Runner { name: "Rust", run: rust },
    Runner { name: "WASM in Node", run: npm::vectors_wasm_node },
    Runner { name: "WASM in workerd", run: npm::vectors_workerd },
    Runner { name: "WASM in Chromium", run: npm::vectors_chromium },
    Runner { name: "Node native", run: npm::vectors_native },
    Runner { name: "Python", run: python::vectors },
    Runner { name: "Kotlin/JVM", run: kotlin::vectors },
    Runner { name: "Swift/Linux", run: swift::vectors },
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

/// One step for one language, for work on that language.
pub fn run(what: &str, name: &str) -> Result<(), String> {
    let dist = crate::process::root().join("dist");
    let done = match (what, name) {
        ("vectors", "npm") => npm::vectors_wasm_node().map(|counts| println!("{counts:?}")),
        ("vectors", "node") => npm::vectors_native().map(|counts| println!("{counts:?}")),
        ("tests", "node") => npm::tests_native().map(|(passed, failed)| println!("{passed} passed, {failed} failed")),
        ("tests", "npm") => npm::tests().map(|(passed, failed)| println!("{passed} passed, {failed} failed")),
        ("package", "npm") => npm::package(&dist).map(|files| println!("{files:?}")),
        ("smoke", "npm") => npm::smoke(&dist),
        ("bench", "npm") => npm::bench().map(|rows| rows.iter().for_each(|row| println!("{row:?}"))),
        ("vectors", "workerd") => npm::vectors_workerd().map(|counts| println!("{counts:?}")),
        ("vectors", "chromium") => npm::vectors_chromium().map(|counts| println!("{counts:?}")),
        _ => Err(Fault::Failed(format!("there is no {what} of {name}"))),
    };
    done.map_err(|fault| match fault {
        Fault::Missing(why) => format!("{why} is missing"),
        Fault::Failed(why) => why,
    })
}

fn rust() -> Result<Counts, Fault> {
    vectors_of(crate::process::cargo(&["run", "--quiet", "--package", "edgewarden-vectors", "--", "run"]))
}
