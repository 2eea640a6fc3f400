//! `bench jwt`: verification of tokens beside other crates, and in JavaScript beside `jose`, as ratios of one run.

use std::fmt::Write;
use std::fs;

use crate::lang::{Cost, Fault, npm};
use crate::process::{self, target_dir};
use crate::suite::on_ci;
use crate::{bench, results};

/// Measures, prints the tables, and keeps them in `docs/results.md`. A missed goal is an error; with `--quick` nothing is
/// kept, and a missed goal is only shown.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    let quick = match arguments {
        [] => false,
        ["--quick"] => true,
        _ => return Err("usage: cargo xtask bench jwt [--quick]".to_owned()),
    };
    process::set_packing(if quick { "demo" } else { "release" });
    let file = target_dir()?.join("bench-jwt.md");
    let kept = file.to_string_lossy().into_owned();
    if !quick {
        // What is timed is right first.
        process::run(bench::tokens("test", &["--quiet"]))?;
    }
    let crates = process::run(bench::tokens("run", &[&["--markdown", &kept], arguments].concat()));
    let crates_table = match (&crates, fs::read_to_string(&file)) {
        (_, Ok(text)) => text,
        (Err(why), _) => return Err(why.clone()),
        (_, Err(error)) => return Err(format!("{kept}: {error}")),
    };
    let rows = match npm::jwt_bench(quick) {
        Ok(rows) => rows,
        Err(Fault::Missing(tool)) if !on_ci() => return skipped(&tool, crates),
        Err(Fault::Missing(why) | Fault::Failed(why)) => return Err(why),
    };
    let measured = judge(&rows);
    let table = markdown(&measured);
    println!("\n{table}");
    if quick {
        return Ok(());
    }
    results::write_section("tokens", &format!("{INTRODUCTION}\n{crates_table}\n{BESIDE_JOSE}\n{table}"))?;
    let missed = measured.iter().filter(|row| row.note() == "MISSED").count();
    if missed == 0 { crates } else { Err(format!("{missed} goals missed in JavaScript")) }
}

fn skipped(tool: &str, crates: Result<(), String>) -> Result<(), String> {
    println!("SKIPPED: JavaScript: {tool} is missing");
    crates
}

/// A candidate beside the peer in the same engine and with the same algorithm.
struct Row {
    what: String,
    nanos: f64,
    /// Over the peer; `None` for the peer itself.
    ratio: Option<f64>,
    goal: Option<f64>,
}

fn judge(costs: &[Cost]) -> Vec<Row> {
    let peer_of = |what: &str| {
        let (kind, name) = what.rsplit_once(": ")?;
        let peer = format!("{kind}: {PEER}");
        costs.iter().find(|(what, ..)| name != PEER && *what == peer).map(|(_, nanos, _)| *nanos)
    };
    let goal_of = |what: &str| GOALS.iter().find(|(name, _)| *name == what).map(|(_, goal)| *goal);
    let row = |(what, nanos, _): &Cost| Row {
        what: what.clone(),
        nanos: *nanos,
        ratio: peer_of(what).map(|peer| nanos / peer),
        goal: goal_of(what),
    };
    let mut rows: Vec<Row> = costs.iter().map(row).collect();
    // A goal that nothing was measured for is missed.
    let missing = GOALS.iter().filter(|(name, _)| !costs.iter().any(|(what, ..)| what == name));
    rows.extend(missing.map(|(name, goal)| Row {
        what: (*name).to_owned(),
        nanos: f64::NAN,
        ratio: None,
        goal: Some(*goal),
    }));
    rows
}

impl Row {
    fn note(&self) -> &'static str {
        match (self.goal, self.ratio) {
            (None, _) => "",
            (Some(goal), Some(ratio)) if ratio <= goal => "ok",
            _ => "MISSED",
        }
    }
}

fn markdown(rows: &[Row]) -> String {
    let mut text = "| measure | median | of jose | goal | |\n|---|--:|--:|--:|---|\n".to_owned();
    let times = |ratio: Option<f64>| ratio.map_or_else(String::new, |ratio| format!("{ratio:.2} ×"));
    for row in rows {
        let goal = row.goal.map_or_else(String::new, |goal| format!("≤ {goal:.2} ×"));
        let micros = row.nanos / 1e3;
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {} | {micros:.1} µs | {} | {goal} | {} |", row.what, times(row.ratio), row.note());
    }
    text
}

const PEER: &str = "jose";

const GOALS: [(&str, f64); 6] = [
    ("workerd: RS256: verify", 0.80),
    ("workerd: ES256: verify", 0.85),
    ("workerd: EdDSA: verify", 0.88),
    ("workerd: HS256: verify", 0.38),
    ("workerd: RS256: cache hit", 0.19),
    ("workerd: ES256: cache hit", 0.06),
];

const INTRODUCTION: &str = "\
## Tokens

Written by `cargo xtask bench jwt`. From a token of twelve claims to its claims, beside other libraries in the same run.

### In Rust
";

const BESIDE_JOSE: &str = "\
### In JavaScript

Beside `jose` 6.2 with an imported key. *verify* is `TokenVerifier.verify` with a key set at hand: in workerd WebCrypto checks
the signature, but for HS256, which WebAssembly does; in Node the addon or WebAssembly does all. *cache hit* is
`JwksVerifier.verify` with a token that it has verified before. Each reads a claim, so that claims are parsed. All candidates of
an algorithm take turns, and medians over the rounds are shown. Figures are CPU time of all threads of the process. That of workerd is
read from outside, because its clock stands still while a worker computes: one request verifies many times, and what a request
that verifies nothing takes is left out.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_are_held_against_the_peer_of_their_engine_and_algorithm() {
        let cost = |what: &str, nanos| (what.to_owned(), nanos, "ns");
        let rows = judge(&[
            cost("Node native: RS256: jose", 100.0),
            cost("workerd: RS256: jose", 50.0),
            cost("workerd: RS256: verify", 39.0),
            cost("workerd: RS256: cache hit", 10.0),
            cost("workerd: HS256: verify", 1.0),
        ]);
        let notes: Vec<(Option<f64>, &str)> = rows.iter().take(5).map(|row| (row.ratio, row.note())).collect();
        let expected = [(None, ""), (None, ""), (Some(0.78), "ok"), (Some(0.2), "MISSED"), (None, "MISSED")];
        assert_eq!(notes, expected);
        assert_eq!(rows.iter().filter(|row| row.note() == "MISSED").count(), 5, "three were not measured");
        assert!(markdown(&rows).contains("| workerd: RS256: verify | 0.0 µs | 0.78 × | ≤ 0.80 × | ok |"));
    }
}
