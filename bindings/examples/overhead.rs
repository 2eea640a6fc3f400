//! What a scan costs in Rust, through the core and through the facade: the baseline every language is compared with.
//!
//! Prints one JSON line `{"what", "ns"}` per figure; `--quick` takes less time for each. `cargo xtask bench bindings` runs
//! it in turn with the other languages, which measure in the same way.

use std::hint::black_box;
use std::time::{Duration, Instant};

use edgewarden::scan::{Input, PromptScanner};
use edgewarden_bindings::{Origin, Scanner, ScannerOptions, ToJson, Unit};

const PROMPT: &str =
    "What is the best time of year to visit the lakes in the north, and how long does the ferry take there?";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let time = Duration::from_millis(if quick { 300 } else { 1000 });
    let core = PromptScanner::builder().build()?;
    let facade = Scanner::new(ScannerOptions::default(), Unit::Utf16)?;
    let kilobyte: String = format!("{PROMPT} ").repeat(10).chars().take(1024).collect();
    let found =
        "Please mail the invoice to ada@example.org before Friday, and a copy of it to bob@example.com, thanks.";
    let texts = vec![PROMPT; 1000];

    let print = |what: &str, ns: f64| println!("{{\"what\":\"{what}\",\"ns\":{ns:.1}}}");
    for (name, text) in [("100 B", PROMPT), ("1 KB", &kilobyte), ("100 B found", found)] {
        print(&format!("core {name}"), nanos(time, || core.scan(Input::new(black_box(text)))));
        print(&format!("facade {name}"), nanos(time, || facade.scan(black_box(text), Origin::User, Some(1))));
    }
    // What is left of a scan when there is nothing to scan.
    print("facade empty", nanos(time, || facade.scan(black_box(""), Origin::User, Some(1))));
    let report = facade.scan(found, Origin::User, None)?;
    print("facade report to JSON", nanos(time, || black_box(&report).to_json()));
    let batch = nanos(time, || facade.scan_batch(texts.iter().copied(), Origin::User, Some(1)));
    print("facade batch item", batch / texts.len() as f64);
    Ok(())
}

/// Nanoseconds per call in the fastest of many batches of at least 2 ms: other work on the machine only ever adds.
fn nanos<T>(time: Duration, mut work: impl FnMut() -> T) -> f64 {
    let mut calls = 1_u32;
    while batch(calls, &mut work) < Duration::from_millis(2) && calls < 1 << 20 {
        calls *= 2;
    }
    let began = Instant::now();
    let mut best = Duration::MAX;
    while began.elapsed() < time {
        best = best.min(batch(calls, &mut work));
    }
    best.as_nanos() as f64 / f64::from(calls)
}

fn batch<T>(calls: u32, work: &mut impl FnMut() -> T) -> Duration {
    let began = Instant::now();
    for _ in 0..calls {
        black_box(work());
    }
    began.elapsed()
}
