//! `bench bindings`: what a call costs in each language over the same call in Rust, and what the artefacts weigh.
//!
//! The baseline and the languages take turns over several rounds, because the machine is not quiet: a row is compared
//! with the baseline of its own round, and the median over the rounds counts.

mod goals;

use std::collections::BTreeMap;
use std::time::Instant;

use crate::lang::{self, Bench, Fault};
use crate::process;
use crate::results;
use crate::suite::on_ci;

/// Measures, prints the table, and keeps it in `docs/results.md`. A missed goal is an error; with `--quick` there is
/// one round with the quick builds, nothing is kept, and a missed goal is only shown.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    let quick = match arguments {
        [] => false,
        ["--quick"] => true,
        _ => return Err("usage: cargo xtask bench bindings [--quick]".to_owned()),
    };
    process::set_packing(if quick { "demo" } else { "release" });
    let mut table = Table::default();
    let mut missing: BTreeMap<&str, String> = BTreeMap::new();
    let mut benches: Vec<(&'static str, Bench)> = Vec::new();
    for (language, build) in LANGUAGES {
        let began = Instant::now();
        println!("building: {language}");
        match build() {
            Ok(bench) => benches.push((language, bench)),
            Err(Fault::Failed(why)) => return Err(format!("{language}: {why}")),
            Err(Fault::Missing(why)) => {
                println!("SKIPPED: {language}: {why}");
                missing.insert(language, why);
            }
        }
        println!("          {:.0} s", began.elapsed().as_secs_f64());
    }
    let rounds = if quick { 1 } else { ROUNDS };
    for round in 0..rounds {
        for (language, bench) in &benches {
            let began = Instant::now();
            println!("round {} of {rounds}: {language}", round + 1);
            let rows = (bench.round)(quick).map_err(|fault| match fault {
                Fault::Failed(why) | Fault::Missing(why) => format!("{language}: {why}"),
            })?;
            rows.into_iter().for_each(|(what, value, unit)| table.add(round, language, what, value, unit));
            println!("          {:.0} s", began.elapsed().as_secs_f64());
        }
    }
    for (language, bench) in benches {
        bench.sizes.into_iter().for_each(|(what, value, unit)| table.add(0, language, what, value, unit));
    }
    table.rows.sort_by_key(|row| LANGUAGES.iter().position(|(language, _)| *language == row.language));
    let verdicts = goals::judge(&table);
    let text = table.markdown(&verdicts);
    println!("\n{text}");
    let missed = verdicts.iter().filter(|verdict| !verdict.is_met(missing.contains_key(verdict.language))).count();
    if quick {
        return Ok(());
    }
    results::write_section("bindings", &text)?;
    if !missing.is_empty() && on_ci() {
        return Err(format!("not measured: {missing:?}"));
    }
    if missed == 0 { Ok(()) } else { Err(format!("{missed} goals missed")) }
}

type Build = fn() -> Result<Bench, Fault>;

/// The first one is what the others are compared with.
const LANGUAGES: [(&str, Build); 5] = [
    ("Rust", baseline),
    ("JavaScript", lang::npm::bench),
    ("Python", lang::python::bench),
    ("Kotlin", lang::kotlin::bench),
    ("Swift", lang::swift::bench),
];

/// The same scans in Rust.
fn baseline() -> Result<Bench, Fault> {
    let package = ["--package", "edgewarden-bindings", "--example", "overhead"];
    let program = process::executable(&[&package, &["--profile", process::packing_profile()][..]].concat())?;
    let round = move |quick: bool| {
        let arguments: &[&str] = if quick { &["--quick"] } else { &[] };
        lang::costs_of(process::command(&program, arguments))
    };
    Ok(Bench { sizes: Vec::new(), round: Box::new(round) })
}

/// Everything that was measured, in the order it came.
#[derive(Default)]
struct Table {
    rows: Vec<Row>,
}

struct Row {
    language: &'static str,
    what: String,
    unit: &'static str,
    /// By round.
    values: BTreeMap<usize, f64>,
}

impl Table {
    fn add(&mut self, round: usize, language: &'static str, what: String, value: f64, unit: &'static str) {
        // Times are compared in microseconds and shown so, whatever a language measures in.
        let (factor, unit) = match unit {
            "ns" => (1e-3, "µs"),
            "us" | "µs" => (1.0, "µs"),
            "bytes" | "B" => (1e-3, "KB"),
            unit => (1.0, unit),
        };
        let found = self.rows.iter_mut().find(|row| row.language == language && row.what == what);
        let row = match found {
            Some(row) => row,
            None => {
                self.rows.push(Row { language, what, unit, values: BTreeMap::new() });
                let Some(row) = self.rows.last_mut() else { return };
                row
            }
        };
        row.values.insert(round, value * factor);
    }

    /// The row of a language with that name.
    fn row(&self, language: &str, what: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.language == language && row.what == what)
    }

    fn markdown(&self, verdicts: &[goals::Verdict]) -> String {
        let mut text = INTRODUCTION.to_owned();
        text += "\n| language | measure | median |\n|---|---|--:|\n";
        for row in &self.rows {
            text += &format!("| {} | {} | {} |\n", row.language, row.what, shown(row.median(), row.unit));
        }
        text += "\n| language | goal | value | limit | |\n|---|---|--:|--:|---|\n";
        for verdict in verdicts {
            text += &verdict.markdown();
        }
        text
    }
}

impl Row {
    fn median(&self) -> f64 {
        median(self.values.values().copied())
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = values.collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A figure with three digits that count.
fn shown(value: f64, unit: &str) -> String {
    let digits = if value.abs() < 10.0 { 2 } else { usize::from(value.abs() < 100.0) };
    format!("{value:.digits$} {unit}")
}

const ROUNDS: usize = 5;

const INTRODUCTION: &str = "\
## Bindings

Written by `cargo xtask bench bindings`. A call is one scan of a clean prompt of 100 bytes or of 1 KB with default options.
Rust and the languages took turns over five rounds on one machine. Within a round a figure is the time on the wall of the
fastest of many batches of 2 ms, for other work only adds; a garbage collector at work between them does not count. The
median over the rounds is shown. *Over Rust* is the difference to the same scan through the crate `edgewarden-bindings` in
the same round: with WebAssembly that holds the slower scan too, while *over the scan inside* is the boundary alone. The rows
of workerd are medians over fresh processes, each compared with one of an empty worker: the cold start is the processor time
of the process with all its threads, the requests came one by one over loopback. KB are 1000 bytes.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_become_one_and_the_median_counts() {
        let mut table = Table::default();
        for (round, value) in [3000.0, 1000.0, 2000.0].into_iter().enumerate() {
            table.add(round, "Rust", "facade 100 B".to_owned(), value, "ns");
        }
        let row = table.row("Rust", "facade 100 B").unwrap();
        assert_eq!((row.median(), row.unit), (2.0, "µs"));
        assert_eq!(shown(2.0, "µs"), "2.00 µs");
        assert_eq!(shown(123.4, "KB"), "123 KB");
    }
}
