//! Swift: the package, its checks, and the program of a stranger who uses it.
//!
//! The native library is built on this machine. Everything of Swift happens in one folder under the target directory,
//! which is all that a compiler in a root of its own can see.

mod docs;
mod package;
mod stage;

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Bench, Counts, Fault, costs_of, size_of, vectors_of};
use crate::process::{self, root, run_lines};
use stage::{Stage, sync};

/// Runs all vectors.
pub fn vectors() -> Result<Counts, Fault> {
    let stage = built("demo")?;
    sync(&root().join("vectors"), &stage.folder.join("vectors"), |name| name.ends_with(".json"))?;
    vectors_of(stage.command("Checks/.build/release/vectors vectors"))
}

/// Runs the tests, the examples of the documentation and a million calls that may not leak: passed and failed.
pub fn tests() -> Result<(usize, usize), Fault> {
    let stage = built("demo")?;
    let mut counts = (0, 0);
    let mut shown = Vec::new();
    let ended = run_lines(stage.command("cd Checks; swift test -c release --skip-build 2>&1"), |line| {
        if let Some((executed, failed)) = executed(line) {
            // Suites are counted inside out, so the last line is of them all.
            counts = (executed - failed.min(executed), failed);
        } else if line.contains("error:") || line.contains("Fatal") {
            shown.push(line.to_owned());
        }
    })?;
    if !ended || counts.0 == 0 {
        println!("{}", shown.join("\n"));
        counts.1 = counts.1.max(1);
    }
    let steady = run_lines(stage.command("Checks/.build/release/leak"), |line| println!("{line}"))?;
    Ok(if steady { (counts.0 + 1, counts.1) } else { (counts.0, counts.1 + 1) })
}

/// Builds the package: a zip that a program on Linux can depend on.
pub fn package(dist: &Path) -> Result<Vec<PathBuf>, Fault> {
    package::package(dist)
}

/// Unpacks the zip into an empty folder and builds and runs a program there.
pub fn smoke(dist: &Path) -> Result<(), Fault> {
    package::smoke(dist)
}

/// Builds what is measured.
pub fn bench() -> Result<Bench, Fault> {
    let stage = built(process::packing_profile())?;
    let mut sizes = Vec::new();
    for zip in package(&stage.folder.join("bench"))? {
        sizes.push(size_of("zip of the package", &zip)?);
    }
    sizes.push(size_of("static library, stripped", &package::archive(&stage))?);
    let round = move |quick: bool| {
        costs_of(stage.command(&format!("Checks/.build/release/bench{}", if quick { " --quick" } else { "" })))
    };
    Ok(Bench { sizes, round: Box::new(round) })
}

/// The stage with all checks compiled, without optimising for size or time twice: all of them in release.
fn built(profile: &str) -> Result<Stage, Fault> {
    let stage = Stage::assemble(profile)?;
    let examples = docs::examples(&["docs/swift.md", "README.md"])?;
    stage.write("Checks/Tests/EdgewardenTests/Generated/DocumentationTests.swift", &examples)?;
    compile(stage.command("cd Checks; swift build -c release --build-tests 2>&1"))?;
    Ok(stage)
}

/// Builds and shows what the compiler said only if it failed or warned.
fn compile(command: Command) -> Result<(), Fault> {
    let mut said = Vec::new();
    let mut warned = false;
    let ended = run_lines(command, |line| {
        warned |= line.contains(": warning:") || line.contains(": error:");
        if !line.starts_with('[') {
            said.push(line.to_owned());
        }
    })?;
    if ended && !warned {
        return Ok(());
    }
    println!("{}", said.join("\n"));
    Err(Fault::Failed("the Swift compiler failed or warned".to_owned()))
}

/// Reads `Executed 12 tests, with 1 failure (0 unexpected) in 0.5 seconds`.
fn executed(line: &str) -> Option<(usize, usize)> {
    let mut words = line.trim().strip_prefix("Executed ")?.split(' ');
    let executed = words.next()?.parse().ok()?;
    let failed = words.nth(2)?.parse().ok()?;
    Some((executed, failed))
}

#[cfg(test)]
mod tests {
    #[test]
    fn summary_of_a_suite_is_read() {
        let line = "\t Executed 12 tests, with 1 failure (0 unexpected) in 0.5 (0.5) seconds";
        assert_eq!(super::executed(line), Some((12, 1)));
        assert_eq!(super::executed("Executed 1 test, with 0 failures (0 unexpected)"), Some((1, 0)));
        assert_eq!(super::executed("Test Case 'A.b' passed"), None);
    }
}
