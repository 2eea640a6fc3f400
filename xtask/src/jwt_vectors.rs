//! `jwt-vectors`: the public vectors of tokens, vector by vector: the core on this machine, WebAssembly in Node, workerd
//! with WebCrypto. All three must give the same verdict on each.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::process::Command;

use serde::Deserialize;

use crate::fuzz_corpus;
use crate::lang::{Fault, npm, vectors_crate};
use crate::process::{run_lines, target_dir};
use crate::suite::on_ci;

/// Runs them and prints the table. Where they are absent it says so.
pub fn run() -> Result<(), String> {
    match compare() {
        Ok(Some(table)) if table.different() == 0 => Ok(()),
        Ok(Some(table)) => Err(format!("{} verdicts are different", table.different())),
        Ok(None) => {
            println!("{ABSENT}");
            Ok(())
        }
        Err(Fault::Missing(tool)) if !on_ci() => {
            println!("SKIPPED: {tool} is missing");
            Ok(())
        }
        Err(Fault::Missing(tool)) => Err(format!("{tool} is missing")),
        Err(Fault::Failed(why)) => Err(why),
    }
}

/// The table, which is printed as well; `None` where the vectors are absent.
pub fn compare() -> Result<Option<Table>, Fault> {
    if fuzz_corpus::vectors().is_none() {
        return Ok(None);
    }
    let cases = cases()?;
    let mut write = vectors_crate("public");
    write.arg(&cases);
    let mut table = Table { native: verdicts(write)?, engines: Vec::new() };
    for (name, runner) in npm::public_jwt(&cases)? {
        println!("public vectors: {name}");
        let rows: BTreeMap<String, Row> = verdicts(runner)?;
        rows.values().flat_map(|row| &row.different).for_each(|different| println!("{name}: {different}"));
        table.engines.push((name, rows));
    }
    println!("\n{table}");
    Ok(Some(table))
}

/// Where the cases are written: nothing of the vectors becomes a part of the project.
fn cases() -> Result<PathBuf, String> {
    Ok(target_dir()?.join("jwt-public"))
}

/// Runs a program that prints a line `VERDICTS {...}`, rows by file; everything else it prints is shown.
fn verdicts<T: for<'de> Deserialize<'de>>(command: Command) -> Result<T, Fault> {
    let mut rows = None;
    let ended = run_lines(command, |line| match line.strip_prefix("VERDICTS ") {
        Some(json) => rows = serde_json::from_str(json).ok(),
        None => println!("{line}"),
    })?;
    rows.filter(|_| ended).ok_or_else(|| Fault::Failed("the runner of the public vectors failed".to_owned()))
}

/// What every engine says of each file.
pub struct Table {
    native: BTreeMap<String, Native>,
    engines: Vec<(&'static str, BTreeMap<String, Row>)>,
}

/// A file, as the core on this machine has it.
#[derive(Default, Deserialize)]
struct Native {
    cases: usize,
    labelled: usize,
    as_labelled: usize,
    accepted: usize,
    /// Those that are not as labelled, on purpose.
    pinned: Vec<String>,
}

/// The same file in an engine.
#[derive(Default, Deserialize)]
struct Row {
    accepted: usize,
    refused: usize,
    /// Cases whose verdict is not that of the core.
    different: Vec<String>,
}

impl Table {
    /// Verdicts of engines that are that of the core.
    pub fn same(&self) -> usize {
        self.rows().map(|row| row.accepted + row.refused - row.different.len()).sum()
    }

    /// Verdicts that are not, or that were never given.
    pub fn different(&self) -> usize {
        let asked: usize = self.native.values().map(|file| file.cases).sum();
        (asked * self.engines.len()).saturating_sub(self.same())
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.engines.iter().flat_map(|(_, rows)| rows.values())
    }

    fn line(f: &mut fmt::Formatter<'_>, name: &str, native: &Native, engines: &[(usize, usize, usize)]) -> fmt::Result {
        let Native { cases, labelled, as_labelled, accepted, .. } = native;
        let label = if *labelled == 0 { "–".to_owned() } else { format!("{as_labelled} of {labelled}") };
        write!(f, "{name:<WIDTH$} {cases:>5} {label:>12} {accepted:>9} {:>7}", cases - accepted)?;
        engines
            .iter()
            .try_for_each(|(accepted, refused, different)| write!(f, " {accepted:>9} {refused:>7} {different:>9}"))?;
        writeln!(f)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<WIDTH$} {:>5} {:>12} {:>17}", "", "", "", "the core")?;
        self.engines.iter().try_for_each(|(name, _)| write!(f, " {name:>27}"))?;
        write!(f, "\n{:<WIDTH$} {:>5} {:>12} {:>9} {:>7}", "file", "cases", "as labelled", "accepted", "refused")?;
        self.engines.iter().try_for_each(|_| write!(f, " {:>9} {:>7} {:>9}", "accepted", "refused", "different"))?;
        writeln!(f)?;
        let mut all = Native::default();
        let mut sums = vec![(0, 0, 0); self.engines.len()];
        for (name, file) in &self.native {
            let mut cells = Vec::new();
            for ((_, rows), sum) in self.engines.iter().zip(&mut sums) {
                let cell =
                    rows.get(name).map_or((0, 0, file.cases), |row| (row.accepted, row.refused, row.different.len()));
                *sum = (sum.0 + cell.0, sum.1 + cell.1, sum.2 + cell.2);
                cells.push(cell);
            }
            all.cases += file.cases;
            all.labelled += file.labelled;
            all.as_labelled += file.as_labelled;
            all.accepted += file.accepted;
            Self::line(f, name, file, &cells)?;
        }
        Self::line(f, "all", &all, &sums)?;
        let mut pinned = self.native.iter().filter(|(_, file)| !file.pinned.is_empty());
        pinned
            .try_for_each(|(name, file)| writeln!(f, "not as labelled, on purpose: {name}: {}", file.pinned.join(", ")))
    }
}

/// Said where there is nothing to run.
pub const ABSENT: &str = "../shared/vectors is not there; set EDGEWARDEN_VECTORS to its folder";
const WIDTH: usize = 48;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_that_differ_or_are_missing_count() {
        let native = serde_json::from_str(
            r#"{"a": {"cases": 3, "labelled": 3, "as_labelled": 2, "accepted": 1, "pinned": ["y"]},
                "b": {"cases": 2, "labelled": 0, "as_labelled": 0, "accepted": 2, "pinned": []}}"#,
        );
        let whole = r#"{"a": {"accepted": 2, "refused": 1, "different": ["x"]}, "b": {"accepted": 2, "refused": 0, "different": []}}"#;
        let half = r#"{"a": {"accepted": 1, "refused": 2, "different": []}}"#;
        let engines = [("one", whole), ("two", half)].map(|(name, rows)| (name, serde_json::from_str(rows).unwrap()));
        let table = Table { native: native.unwrap(), engines: engines.into() };
        assert_eq!((table.same(), table.different()), (7, 3));
        let shown = table.to_string();
        let (rows, pinned) = shown.trim_end().rsplit_once('\n').unwrap();
        assert_eq!(pinned, "not as labelled, on purpose: a: y");
        let cells: Vec<&str> = rows.lines().last().unwrap().split_whitespace().collect();
        assert_eq!(cells, ["all", "5", "2", "of", "3", "3", "2", "4", "1", "1", "1", "2", "2"]);
    }
}
