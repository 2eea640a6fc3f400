//! The forms an evaluation is printed in.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::Style;
use serde_json::{Value, json};

use super::Evaluation;
use super::metrics::{BINS, Metrics, Rates};

/// Tables for a terminal.
pub fn pretty(out: &mut impl Write, evaluation: &Evaluation) -> io::Result<()> {
    let rows = rows(evaluation);
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default().max("overall".len());
    writeln!(out, "{BOLD}{:width$}  {:>6}  {}  {}{BOLD:#}", "not allow", "n", RATE_HEADER, SCORE_HEADER)?;
    for (name, metrics) in &rows {
        writeln!(out, "{name:width$}  {:>6}  {}  {}", metrics.n, rates(metrics.any), scores(metrics))?;
    }
    writeln!(out, "\n{BOLD}{:width$}  {:>6}  {}{BOLD:#}", "block alone", "n", RATE_HEADER)?;
    for (name, metrics) in &rows {
        writeln!(out, "{name:width$}  {:>6}  {}", metrics.n, rates(metrics.block))?;
    }
    writeln!(out, "\n{BOLD}score         attacks   honest{BOLD:#}")?;
    let histogram = evaluation.overall.histogram;
    let most = histogram.attacks.iter().chain(&histogram.honest).copied().max().unwrap_or_default().max(1);
    for (bin, (attacks, honest)) in histogram.attacks.iter().zip(&histogram.honest).enumerate() {
        let bar = |count: usize, sign: &str| sign.repeat((count * 30).div_ceil(most));
        writeln!(out, "{:>9}  {attacks:>10} {honest:>8}  {}{}", bin_label(bin), bar(*attacks, "█"), bar(*honest, "░"))?;
    }
    writeln!(out, "           █ attacks  ░ honest")?;
    let overall = &evaluation.overall;
    writeln!(
        out,
        "\n{BOLD}µs per KB{BOLD:#}  p50 {}  p99 {}  mean {}",
        micros(overall.p50_us_per_kb),
        micros(overall.p99_us_per_kb),
        micros(overall.mean_us_per_kb)
    )?;
    if evaluation.broken > 0 {
        writeln!(out, "{} broken lines were left out", evaluation.broken)?;
    }
    Ok(())
}

/// The same as markdown.
pub fn markdown(evaluation: &Evaluation) -> String {
    let mut page = String::new();
    let version = env!("CARGO_PKG_VERSION");
    let _ = write!(
        page,
        "# Results\n\nWritten by `edgewarden eval`, version {version}, strictness `{}`. A row counts as caught when the \
         decision is not `allow`; the second table counts `block` alone. `–` stands where a source has no rows of \
         that kind. Timings are of the machine that ran it.\n\n",
        evaluation.strictness
    );
    page.push_str(
        "| source | n | attacks | recall | FPR | F1 | AUC | recall at 1 % FPR | recall at 5 % FPR | p50 µs/KB | p99 µs/KB |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for (name, m) in rows(evaluation) {
        let _ = writeln!(
            page,
            "| {name} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            m.n,
            m.attacks,
            percent(m.any.recall),
            percent(m.any.fpr),
            three(m.any.f1),
            three(m.auc),
            percent(m.recall_at_1_percent_fpr),
            percent(m.recall_at_5_percent_fpr),
            micros(m.p50_us_per_kb),
            micros(m.p99_us_per_kb),
        );
    }
    page.push_str("\n## `block` alone\n\n| source | recall | FPR | F1 |\n|---|--:|--:|--:|\n");
    for (name, m) in rows(evaluation) {
        let Rates { recall, fpr, f1 } = m.block;
        let _ = writeln!(page, "| {name} | {} | {} | {} |", percent(recall), percent(fpr), three(f1));
    }
    page.push_str("\n## Scores\n\n| score | attacks | honest |\n|--:|--:|--:|\n");
    let histogram = evaluation.overall.histogram;
    for (bin, (attacks, honest)) in histogram.attacks.iter().zip(&histogram.honest).enumerate() {
        let _ = writeln!(page, "| {} | {attacks} | {honest} |", bin_label(bin));
    }
    if evaluation.broken > 0 {
        let _ = writeln!(page, "\n{} broken lines were left out.", evaluation.broken);
    }
    page
}

/// The same as JSON; absent numbers are null.
pub fn json(evaluation: &Evaluation) -> Value {
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "strictness": evaluation.strictness,
        "broken_lines": evaluation.broken,
        "overall": evaluation.overall,
        "sources": evaluation.sources,
    })
}

fn rows(evaluation: &Evaluation) -> Vec<(&str, &Metrics)> {
    let sources = evaluation.sources.iter().map(|(name, metrics)| (name.as_str(), metrics));
    sources.chain([("overall", &evaluation.overall)]).collect()
}

fn rates(rates: Rates) -> String {
    format!("{:>7}  {:>7}  {:>5}", percent(rates.recall), percent(rates.fpr), three(rates.f1))
}

fn scores(m: &Metrics) -> String {
    let (one, five) = (percent(m.recall_at_1_percent_fpr), percent(m.recall_at_5_percent_fpr));
    let (p50, p99) = (micros(m.p50_us_per_kb), micros(m.p99_us_per_kb));
    format!("{:>5}  {one:>7}  {five:>7}  {p50:>9}  {p99:>9}", three(m.auc))
}

fn bin_label(bin: usize) -> String {
    match bin {
        0 => "0".to_owned(),
        _ if bin < BINS => format!("{}–{}", bin * 100 - 99, bin * 100),
        _ => String::new(),
    }
}

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{:.1} %", value * 100.0))
}

fn three(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

fn micros(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.1}"))
}

const BOLD: Style = Style::new().bold();
const RATE_HEADER: &str = " recall      FPR     F1";
const SCORE_HEADER: &str = "  AUC   R@1%    R@5%      p50 µs/KB  p99 µs/KB";
