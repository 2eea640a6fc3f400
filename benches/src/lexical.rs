//! Layer 10 alone: the learned model on views, without the layers around it.

use std::fs;

use edgewarden::scan::{LexicalModel, Origin};

use crate::measure::{self, Effort};
use crate::native::per_kb;
use crate::table::Table;
use crate::texts::{self, KB};
use crate::wasm::{self, Figures};

/// Kinds of text: the prefix of their files, and how they are called.
pub const KINDS: [(&str, &str); 3] = [("ascii-", "prose"), ("code-", "code"), ("other-", "non-ASCII")];

/// Time, allocations, growth and size of the built-in model.
pub fn measure(effort: Effort, table: &mut Table) -> Result<(), String> {
    let model = LexicalModel::builtin();
    let judge = |text: &str| model.judge(text, Origin::User);
    let mut allocations = 0;
    for (prefix, name) in KINDS {
        let texts = texts::honest(prefix)?;
        table.goal(format!("Layer 10: {name} 1 KB, median"), per_kb(effort, &texts, judge) / 1e3, "µs", NATIVE_US);
        allocations = texts.iter().map(|(_, text)| measure::allocations(|| judge(text))).fold(allocations, u64::max);
    }
    table.goal("Layer 10: allocations, most of all texts", allocations as f64, "", 0.0);
    growth(effort, table, judge)?;
    let bytes = fs::metadata(wasm::model()).map_err(|e| format!("lexical.bin: {e}"))?.len();
    table.goal("Layer 10: weights, raw", bytes as f64 / KB as f64, "KB", RAW_KB);
    Ok(())
}

/// The same in the WASM probe.
pub fn wasm_rows(figures: &Figures, table: &mut Table) {
    let figure = |name: &str| figures.get(name).copied().unwrap_or(f64::NAN);
    for (prefix, name) in KINDS {
        let micros = figure(&format!("judge_{}us", prefix.replace('-', "_")));
        table.goal(format!("WASM: layer 10, {name} 1 KB, median"), micros, "µs", WASM_US);
    }
    table.goal("WASM: gzip of the weights of layer 10", figure("model") / KB as f64, "KB", GZIP_KB);
}

/// Cost per KB of a megabyte of prose over that of a kilobyte.
fn growth<T>(effort: Effort, table: &mut Table, judge: impl Fn(&str) -> T) -> Result<(), String> {
    let mut worst = 0.0_f64;
    for (_, text) in texts::honest("ascii-")?.iter().chain(&texts::honest("other-")?) {
        let long = texts::filled(text, KB * KB);
        let short = measure::nanos(effort, || judge(text)) * KB as f64 / text.len() as f64;
        let per_kb = measure::nanos_least(effort.batches.min(15), || judge(&long)) * KB as f64 / long.len() as f64;
        worst = worst.max(per_kb / short);
    }
    table.goal("Layer 10: cost per KB of 1 MB over that of 1 KB, worst of all texts", worst, "×", LINEAR);
    Ok(())
}

/// Budgets of the learned layer.
const NATIVE_US: f64 = 12.0;
const WASM_US: f64 = 30.0;
const RAW_KB: f64 = 600.0;
const GZIP_KB: f64 = 400.0;
/// More than this per KB is not linear: the rest is caches and fixed cost.
const LINEAR: f64 = 1.5;
