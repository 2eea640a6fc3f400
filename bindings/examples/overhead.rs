//! What a scan costs in Rust, through the core and through the facade: the baseline every language is compared with.
//!
//! Prints one JSON line `{"what", "ns"}` per figure: CPU time of the thread, median over batches.
//! `cargo xtask bench bindings` runs it beside the other languages, so that all of them see the same machine.

use std::hint::black_box;
use std::time::Duration;

use cpu_time::ThreadTime;
use edgewarden::scan::{Input, PromptScanner};
use edgewarden_bindings::{Origin, Scanner, ScannerOptions, ToJson, Unit};

const PROMPT: &str =
    "What is the best time of year to visit the lakes in the north, and how long does the ferry take there?";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let batches = if quick { 9 } else { 41 };
    let core = PromptScanner::builder().build()?;
    let facade = Scanner::new(ScannerOptions::default(), Unit::Utf16)?;
    let kilobyte: String = format!("{PROMPT} ").repeat(10).chars().take(1024).collect();
    let found =
        "Please mail the invoice to ada@example.org before Friday, and a copy of it to bob@example.com, thanks.";
    let texts = vec![PROMPT; 1000];

    let print = |what: &str, ns: f64| println!("{{\"what\":\"{what}\",\"ns\":{ns:.1}}}");
    for (name, text) in [("100 B", PROMPT), ("1 KB", &kilobyte), ("100 B found", found)] {
        print(&format!("core {name}"), nanos(batches, || core.scan(Input::new(black_box(text)))));
        print(&format!("facade {name}"), nanos(batches, || facade.scan(black_box(text), Origin::User, Some(1))));
    }
    let report = facade.scan(found, Origin::User, None)?;
    print("facade report to JSON", nanos(batches, || black_box(&report).to_json()));
    let batch = nanos(batches.min(11), || facade.scan_batch(texts.iter().copied(), Origin::User, Some(1)));
    print("facade batch item", batch / texts.len() as f64);
    Ok(())
}

/// Median nanoseconds per call over batches; the first ones only warm up.
fn nanos<T>(batches: usize, mut work: impl FnMut() -> T) -> f64 {
    let mut calls = 1_u32;
    while batch(calls, &mut work) < Duration::from_millis(2) && calls < 1 << 20 {
        calls *= 2;
    }
    let mut all: Vec<f64> =
        (0..batches).map(|_| batch(calls, &mut work).as_nanos() as f64 / f64::from(calls)).collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or_default()
}

fn batch<T>(calls: u32, work: &mut impl FnMut() -> T) -> Duration {
    let began = ThreadTime::now();
    for _ in 0..calls {
        black_box(work());
    }
    began.elapsed()
}
