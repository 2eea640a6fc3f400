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
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{cargo, output, root, run_lines};
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

/// What else can be done with a language.
pub struct Language {
    /// As `cargo xtask lang` calls it.
    pub name: &'static str,
    /// Runs its own tests: passed and failed.
    pub tests: fn() -> Result<(usize, usize), Fault>,
    /// Builds what is published, into a folder.
    pub package: fn(&Path) -> Result<Vec<PathBuf>, Fault>,
    /// Installs what was built into an empty project and runs it there.
    pub smoke: fn(&Path) -> Result<(), Fault>,
    /// Builds what is measured.
    pub bench: fn() -> Result<Bench, Fault>,
}

/// What something costs: what, how much, in which unit.
pub type Cost = (String, f64, &'static str);

/// A language that is built and ready to be measured.
pub struct Bench {
    /// What no round changes: sizes.
    pub sizes: Vec<Cost>,
    /// Measures what calls cost; the quick form takes less time for each.
    pub round: Box<dyn Fn(bool) -> Result<Vec<Cost>, Fault>>,
}

/// Every language.
pub const LANGUAGES: [Language; 5] = [
    Language { name: "npm", tests: npm::tests, package: npm::package, smoke: npm::smoke, bench: npm::bench },
    Language { name: "node", tests: npm::native::tests, package: npm::package, smoke: npm::smoke, bench: npm::bench },
    Language {
        name: "python",
        tests: python::tests,
        package: python::package,
        smoke: python::smoke,
        bench: python::bench,
    },
    Language {
        name: "kotlin",
        tests: kotlin::tests,
        package: kotlin::package,
        smoke: kotlin::smoke,
        bench: kotlin::bench,
    },
    Language { name: "swift", tests: swift::tests, package: swift::package, smoke: swift::smoke, bench: swift::bench },
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

/// What a program measures that prints a line `{"what": ..., "ns": ...}` for each; also in `ms` or `bytes`.
pub fn costs_of(command: Command) -> Result<Vec<Cost>, Fault> {
    let said = output(command)?;
    let rows = said.lines().map(|line| cost(line).ok_or_else(|| Fault::Failed(format!("the benchmark said {line:?}"))));
    rows.collect()
}

fn cost(line: &str) -> Option<Cost> {
    let row: serde_json::Value = serde_json::from_str(line).ok()?;
    let (unit, value) = ["ns", "ms", "bytes"].iter().find_map(|unit| Some((*unit, row.get(unit)?.as_f64()?)))?;
    Some((row.get("what")?.as_str()?.to_owned(), value, unit))
}

/// The size of a file.
pub fn size_of(what: &str, file: &Path) -> Result<Cost, Fault> {
    let size = std::fs::metadata(file).map_err(|error| format!("{}: {error}", file.display()))?.len();
    Ok((what.to_owned(), size as f64, "bytes"))
}

/// The program of `vectors/`.
pub fn vectors_crate(command: &str) -> Command {
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
    if what == "vectors" && RUNNERS.iter().any(|runner| runner.language == name) {
        return compare(|runner| runner.language == name).result();
    }
    let language = LANGUAGES.iter().find(|language| language.name == name);
    let language = language.ok_or_else(|| format!("there is no `lang {what} {name}`"))?;
    let dist = root().join("dist");
    let done = match what {
        "tests" => (language.tests)().and_then(|(passed, failed)| {
            println!("{name}: {passed} passed, {failed} failed");
            if failed == 0 { Ok(()) } else { Err(Fault::Failed("tests failed".to_owned())) }
        }),
        "package" => (language.package)(&dist).map(|made| made.iter().for_each(|path| println!("{}", path.display()))),
        "smoke" => (language.smoke)(&dist),
        "bench" => (language.bench)().and_then(|bench| {
            let rows = bench.sizes.into_iter().chain((bench.round)(false)?);
            rows.for_each(|(what, value, unit)| println!("{what:<70} {value:>12.1} {unit}"));
            Ok(())
        }),
        _ => Err(Fault::Failed(format!("there is no `lang {what}`"))),
    };
    match done {
        Err(Fault::Missing(tool)) if !on_ci() => {
            println!("SKIPPED: {name}: {tool} is missing");
            Ok(())
        }
        Err(Fault::Missing(tool)) => Err(format!("{name}: {tool} is missing")),
        Err(Fault::Failed(why)) => Err(format!("{name}: {why}")),
        Ok(()) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn costs_are_read_with_their_units() {
        assert_eq!(super::cost(r#"{"what": "a call", "ns": 1.5}"#), Some(("a call".to_owned(), 1.5, "ns")));
        assert_eq!(super::cost(r#"{"what": "wheel", "bytes": 12}"#), Some(("wheel".to_owned(), 12.0, "bytes")));
        assert_eq!(super::cost(r#"{"what": "a call", "ns": null}"#), None);
        assert_eq!(super::cost("Finished"), None);
    }
}
