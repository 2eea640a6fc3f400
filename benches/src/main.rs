//! Speed and size against their goals, with a floor and peers in the same run. Prints one table.
//!
//! `--quick` measures less often and up to 100 KB, `--markdown FILE` also writes what is printed to a file.
//! Ends with status 1 when a goal is missed, unless the run was quick.

mod lexical;
mod measure;
mod native;
mod peers;
mod table;
mod texts;
mod wasm;

use std::process::ExitCode;
use std::{env, fs};

use measure::{Counting, Effort};
use table::Table;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (mut quick, mut markdown) = (false, None);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            native::READY_PROBE => return finish(native::ready_probe().map(|()| true)),
            "--quick" => quick = true,
            "--markdown" => markdown = rest.next(),
            _ => return finish(Err(format!("unknown argument {argument}; known: --quick, --markdown FILE"))),
        }
    }
    finish(run(quick).and_then(|(text, held)| {
        print!("{text}");
        if let Some(file) = markdown {
            fs::write(file, text).map_err(|e| format!("{file}: {e}"))?;
        }
        Ok(held || quick)
    }))
}

fn finish(result: Result<bool, String>) -> ExitCode {
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(quick: bool) -> Result<(String, bool), String> {
    let effort = if quick { Effort::QUICK } else { Effort::FULL };
    let mut table = Table::default();
    native::measure(effort, &mut table)?;
    lexical::measure(effort, &mut table)?;
    wasm_rows(effort, quick, &mut table);
    let layers = native::layers(effort)?;
    let fillers = native::fillers(effort, &mut table)?;
    let text = format!("{}\n{layers}\n{fillers}", table.markdown());
    Ok((text, table.missed() == 0))
}

fn wasm_rows(effort: Effort, quick: bool, table: &mut Table) {
    let mut measured = match wasm::measure(effort.starts, quick) {
        Ok(measured) => measured,
        Err(reason) => return table.skipped("WASM", &reason),
    };
    let figure = |name: &str| measured.figures.get(name).copied().unwrap_or(f64::NAN);
    let kb = |name: &str| figure(name) / 1024.0;
    table.goal("WASM: clean ASCII 1 KB, all layers, median", figure("ascii_us"), "µs", 60.0);
    table.goal("WASM: non-ASCII 1 KB, of ASCII", figure("other_us") / figure("ascii_us"), "×", 3.0);
    table.plain("WASM: non-ASCII 1 KB, median", figure("other_us"), "µs");
    let how = if measured.optimised { "wasm-opt -Os" } else { "without wasm-opt" };
    // The model has a budget of its own, as those who bring another one do not pay for it.
    table.goal(format!("WASM: gzip without weights, all rules, {how}"), kb("gzip") - kb("model"), "KB", 380.0);
    lexical::wasm_rows(&measured.figures, table);
    table.plain("WASM: gzip, all of it", kb("gzip"), "KB");
    table.plain("WASM: of that, code", kb("code"), "KB");
    table.plain("WASM: of that, rules", kb("rules"), "KB");
    table.plain("WASM: of that, other data (Unicode, text)", kb("data") - kb("rules") - kb("model"), "KB");
    table.plain("WASM: before gzip", kb("raw"), "KB");
    table.goal("WASM: compile, instantiate, first scan, median", measure::median(&mut measured.cold_ms), "ms", 25.0);
    table.plain("WASM: the same, best", measured.cold_ms.iter().copied().fold(f64::INFINITY, f64::min), "ms");
}
