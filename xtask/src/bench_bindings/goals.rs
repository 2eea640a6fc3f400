//! What a binding may cost.

use super::{Row, Table, median, shown};

/// One goal, judged.
pub struct Verdict {
    pub language: &'static str,
    goal: &'static str,
    /// None when it was not measured.
    value: Option<f64>,
    limit: f64,
    unit: &'static str,
    at_least: bool,
}

struct Goal {
    language: &'static str,
    goal: &'static str,
    measure: Measure,
    limit: f64,
    unit: &'static str,
}

/// Rows are named by words that their names hold.
enum Measure {
    /// A row minus a row of the baseline.
    OverRust(&'static [&'static str], &'static str),
    /// A row as it is.
    Value(&'static [&'static str]),
    /// A row minus another one of the same language.
    Over(&'static [&'static str], &'static [&'static str]),
    /// One row by another one of the same language: at most.
    Ratio(&'static [&'static str], &'static [&'static str]),
    /// A row of the baseline by a row: the throughput beside that of Rust, at least.
    Throughput(&'static [&'static str], &'static str),
}

/// Compares every goal with what was measured.
pub fn judge(table: &Table) -> Vec<Verdict> {
    let judged = |goal: &Goal| {
        let find = |words: &[&str]| {
            let holds = |row: &&Row| words.iter().all(|word| has_word(&row.what, word));
            // The shortest name is the plainest one.
            table.rows.iter().filter(|row| row.language == goal.language).filter(holds).min_by_key(|row| row.what.len())
        };
        let rust = |what: &str| table.row("Rust", what);
        let value = match goal.measure {
            Measure::OverRust(words, base) => each(find(words), rust(base), |row, base| row - base),
            Measure::Over(words, by) => each(find(words), find(by), |row, by| row - by),
            Measure::Value(words) => find(words).map(Row::median),
            Measure::Ratio(words, by) => each(find(words), find(by), |row, by| row / by),
            Measure::Throughput(words, base) => each(find(words), rust(base), |row, base| base / row),
        };
        let at_least = matches!(goal.measure, Measure::Throughput(..));
        Verdict { language: goal.language, goal: goal.goal, value, limit: goal.limit, unit: goal.unit, at_least }
    };
    GOALS.iter().map(judged).collect()
}

/// Whether a name has that word: case, colons and commas aside.
fn has_word(name: &str, word: &str) -> bool {
    name.to_lowercase().split([' ', ':', ',']).any(|part| part == word)
}

/// Median over the rounds that both rows have.
fn each(row: Option<&Row>, other: Option<&Row>, compare: impl Fn(f64, f64) -> f64) -> Option<f64> {
    let (row, other) = (row?, other?);
    let rounds = row.values.iter().filter_map(|(round, value)| Some((value, other.values.get(round)?)));
    let all: Vec<f64> = rounds.map(|(value, other)| compare(*value, *other)).collect();
    (!all.is_empty()).then(|| median(all.into_iter()))
}

impl Verdict {
    /// Whether the goal is reached; one that was not measured only counts as reached where a tool is missing.
    pub fn is_met(&self, is_missing: bool) -> bool {
        self.value.map_or(is_missing, |value| if self.at_least { value >= self.limit } else { value <= self.limit })
    }

    pub fn markdown(&self) -> String {
        let value = self.value.map_or_else(|| "not measured".to_owned(), |value| shown(value, self.unit));
        let relation = if self.at_least { "≥" } else { "≤" };
        let note = if self.is_met(false) { "ok" } else { "MISSED" };
        let limit = shown(self.limit, self.unit);
        format!("| {} | {} | {value} | {relation} {limit} | {note} |\n", self.language, self.goal)
    }
}

const fn goal(language: &'static str, goal: &'static str, measure: Measure, limit: f64, unit: &'static str) -> Goal {
    Goal { language, goal, measure, limit, unit }
}

const GOALS: [Goal; 13] = [
    goal("Python", "scan 100 B, over Rust", Measure::OverRust(&["100", "b", "scan"], CALL), 1.0, "µs"),
    goal("JavaScript", "native: scan 100 B, over Rust", Measure::OverRust(&["native", "100", "b"], CALL), 1.5, "µs"),
    goal("JavaScript", "WASM: scan 100 B, over Rust", Measure::OverRust(&["wasm", "100", "b"], CALL), 1.5, "µs"),
    goal(
        "JavaScript",
        "WASM: scan 100 B, over the scan inside",
        Measure::Over(&["wasm", "100", "b"], INSIDE),
        1.5,
        "µs",
    ),
    goal("Swift", "scan 100 B, over Rust", Measure::OverRust(&["100", "b", "scan"], CALL), 2.5, "µs"),
    goal("Kotlin", "scan 100 B, over Rust", Measure::OverRust(&["100", "b", "scan"], CALL), 30.0, "µs"),
    goal("JavaScript", "WASM: 1 KB, of native", Measure::Ratio(&["wasm", "1", "kb"], &["native", "1", "kb"]), 2.5, "×"),
    goal("Python", "batch, of Rust's throughput", Measure::Throughput(&["batch"], "facade batch item"), 0.9, "×"),
    goal("JavaScript", "WASM with glue, without weights, gzip", Measure::Over(FULL, WEIGHTS), 420.0, "KB"),
    goal("JavaScript", "WASM: weights of the learned model, gzip", Measure::Value(WEIGHTS), 400.0, "KB"),
    goal(
        "JavaScript",
        "WASM: two-phase path of tokens, gzip",
        Measure::Value(&["wasm", "gzip", "two-phase"]),
        20.0,
        "KB",
    ),
    goal("JavaScript", "workerd cold start, CPU", Measure::Value(&["workerd", "cold"]), 60.0, "ms"),
    goal("JavaScript", "workerd first request", Measure::Value(&["workerd", "first"]), 1.0, "ms"),
];

const CALL: &str = "facade 100 B";
/// The same scan in a loop that never leaves the module.
const INSIDE: &[&str] = &["wasm", "100", "b", "inside"];
const FULL: &[&str] = &["wasm", "gzip", "full"];
/// In each module, with a budget of their own.
const WEIGHTS: &[&str] = &["wasm", "gzip", "weights"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_words_and_judged() {
        let mut table = Table::default();
        for round in 0..3 {
            table.add(round, "Rust", "facade 100 B".to_owned(), 1000.0, "ns");
            table.add(round, "Rust", "facade batch item".to_owned(), 900.0, "ns");
            table.add(round, "Python", "Python: 100 B clean scan of bytes".to_owned(), 9000.0, "ns");
            table.add(round, "Python", "Python: 100 B clean scan".to_owned(), 1900.0 + round as f64, "ns");
            table.add(round, "Python", "batch of 1000 x 100 B, per text".to_owned(), 1100.0, "ns");
            table.add(round, "JavaScript", "WASM: clean 100 B, inside the module".to_owned(), 6000.0, "ns");
            table.add(round, "JavaScript", "WASM: clean 100 B".to_owned(), 7200.0, "ns");
            table.add(round, "Kotlin", "scan of 100 B".to_owned(), 40_000.0, "ns");
        }
        let verdicts = judge(&table);
        let line = |language: &str| verdicts.iter().find(|v| v.language == language).map(Verdict::markdown);
        assert_eq!(line("Python").as_deref(), Some("| Python | scan 100 B, over Rust | 0.90 µs | ≤ 1.00 µs | ok |\n"));
        assert_eq!(
            line("Kotlin").as_deref(),
            Some("| Kotlin | scan 100 B, over Rust | 39.0 µs | ≤ 30.0 µs | MISSED |\n")
        );
        let inside = verdicts.iter().find(|v| v.goal.ends_with("inside")).and_then(|v| v.value);
        assert!(inside.is_some_and(|value| (value - 1.2).abs() < 1e-9), "{inside:?}");
        let batch = verdicts.iter().find(|v| v.goal.starts_with("batch")).map(|v| v.is_met(true));
        assert_eq!(batch, Some(false));
        let swift = verdicts.iter().find(|v| v.language == "Swift").map(|v| (v.is_met(false), v.is_met(true)));
        assert_eq!(swift, Some((false, true)));
    }
}
