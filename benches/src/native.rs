//! The scanner on this machine.

use std::env;
use std::fmt::Write;
use std::process::Command;
use std::time::Instant;

use cpu_time::ThreadTime;
use edgewarden::scan::{Category, Decision, Input, Layer, Origin, PromptScanner, ScanReport};

use crate::measure::{self, Effort};
use crate::peers::{self, Floor};
use crate::table::Table;
use crate::texts::{self, FILLERS, KB};

/// Argument that makes this program measure one cold start of its own and print it.
pub const READY_PROBE: &str = "--ready-probe";

pub type Texts = Vec<(String, String)>;

/// Fills in everything that runs natively but the fillers.
pub fn measure(effort: Effort, table: &mut Table) -> Result<(), String> {
    let (ascii, other) = (texts::honest("ascii-")?, texts::honest("other-")?);
    let scanner = scanner()?;
    for (name, text) in ascii.iter().chain(&other) {
        let report = scan(&scanner, text);
        if report.decision() != Decision::Allow {
            eprintln!("honest text {name} is not clean: {:?} {:?}", report.decision(), rule_ids(&report));
        }
    }
    let ours = per_kb(effort, &ascii, |text| scan(&scanner, text));
    let ours_other = per_kb(effort, &other, |text| scan(&scanner, text));
    table.goal("Clean ASCII 1 KB, all layers, median", ours / 1e3, "µs", 25.0);
    table.goal("Non-ASCII 1 KB, of ASCII", ours_other / ours, "×", 3.0);
    table.plain("Non-ASCII 1 KB, median", ours_other / 1e3, "µs");
    let allocations = ascii.iter().map(|(_, t)| measure::allocations(|| scan(&scanner, t))).max();
    table.goal("Allocations per clean scan, most of all texts", allocations.unwrap_or_default() as f64, "", 8.0);
    ready(effort, table)?;
    floor(effort, &ascii, &other, ours, ours_other, table)?;
    for peer in peers::all() {
        let on_ascii = per_kb(effort, &ascii, |text| (peer.scan)(text));
        let on_other = per_kb(effort, &other, |text| (peer.scan)(text));
        table.beside(format!("{}: ASCII 1 KB", peer.name), on_ascii / 1e3, "µs", ours / 1e3);
        table.beside(format!("{}: non-ASCII 1 KB", peer.name), on_other / 1e3, "µs", ours_other / 1e3);
    }
    Ok(())
}

/// One cold start in this process: prints wall and CPU nanoseconds.
pub fn ready_probe() -> Result<(), String> {
    let (_, text) = texts::honest("ascii-")?.into_iter().next().ok_or("benches/texts is empty")?;
    let (wall, cpu) = (Instant::now(), ThreadTime::now());
    let report = scan(&scanner()?, &text);
    let (cpu, wall) = (cpu.elapsed(), wall.elapsed());
    println!("{} {} {}", wall.as_nanos(), cpu.as_nanos(), report.score());
    Ok(())
}

/// Where the time goes: µs per layer and KB, as a Markdown table.
pub fn layers(effort: Effort) -> Result<String, String> {
    let scanner = scanner()?;
    let ascii = layer_micros(effort, &scanner, &texts::honest("ascii-")?);
    let other = layer_micros(effort, &scanner, &texts::honest("other-")?);
    let mut text = String::from("| Layer | ASCII µs/KB | non-ASCII µs/KB |\n|---|---:|---:|\n");
    for ((layer, on_ascii), on_other) in Layer::ALL.into_iter().zip(ascii).zip(other) {
        let _ = writeln!(text, "| {} | {on_ascii:.2} | {on_other:.2} |", layer.name());
    }
    text.push_str("\nRead with a clock between layers, which itself costs some 30 ns per reading.\n");
    Ok(text)
}

/// Cost per KB of each filler from 1 KB up, as a Markdown table; the worst ratio goes to `table`.
pub fn fillers(effort: Effort, table: &mut Table) -> Result<String, String> {
    let scanner = scanner()?;
    let sizes: Vec<usize> = [1, 10, 100, 1024].into_iter().filter(|&kb| kb <= effort.filler_kb_max).collect();
    let mut text = String::from("| Filler, µs/KB |");
    sizes.iter().for_each(|kb| {
        let _ = write!(text, " {kb} KB |");
    });
    text.push_str(" largest/smallest | |\n|---|");
    text.push_str(&"---:|".repeat(sizes.len() + 1));
    text.push_str("---|\n");
    let (mut worst, mut worst_name, mut slowest) = (0.0_f64, "", 0.0_f64);
    for &(name, unit) in FILLERS {
        let _ = write!(text, "| {name} |");
        let (mut least, mut most, mut limited) = (f64::INFINITY, 0.0_f64, Vec::new());
        for &kb in &sizes {
            let filler = texts::filled(unit, kb * KB);
            let repeats = (effort.batches * 4 / kb).max(3);
            let micros = measure::nanos_least(repeats, || scan(&scanner, &filler)) / 1e3 / kb as f64;
            (least, most) = (least.min(micros), most.max(micros));
            let _ = write!(text, " {micros:.1} |");
            if let Some(f) = scan(&scanner, &filler).findings().iter().find(|f| f.category == Category::Limit) {
                limited.push(format!("{kb} KB: {}", f.rule_id));
            }
        }
        let ratio = most / least;
        let flag = if ratio > LINEAR { "**NOT LINEAR** " } else { "" };
        let _ = writeln!(text, " {ratio:.2} | {flag}{} |", limited.join(", "));
        if ratio > worst {
            (worst, worst_name) = (ratio, name);
        }
        slowest = slowest.max(most);
    }
    let most = sizes.last().copied().unwrap_or_default();
    let what = format!("{} fillers, 1 to {most} KB: worst largest/smallest cost per KB ({worst_name})", FILLERS.len());
    table.goal(what, worst, "×", LINEAR);
    table.plain("Slowest filler at any size, per KB", slowest, "µs");
    Ok(text)
}

fn scanner() -> Result<PromptScanner, String> {
    PromptScanner::builder().build().map_err(|e| e.to_string())
}

fn scan(scanner: &PromptScanner, text: &str) -> ScanReport {
    scanner.scan(Input::new(text).origin(Origin::User))
}

/// Median over texts of the nanoseconds per KB.
pub fn per_kb<T>(effort: Effort, texts: &Texts, mut work: impl FnMut(&str) -> T) -> f64 {
    let mut each: Vec<f64> =
        texts.iter().map(|(_, text)| measure::nanos(effort, || work(text)) * KB as f64 / text.len() as f64).collect();
    measure::median(&mut each)
}

fn ready(effort: Effort, table: &mut Table) -> Result<(), String> {
    let program = env::current_exe().map_err(|e| e.to_string())?;
    let (mut wall, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..effort.starts {
        let output = Command::new(&program).arg(READY_PROBE).output().map_err(|e| e.to_string())?;
        let line = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut figures = line.split_whitespace().filter_map(|f| f.parse::<f64>().ok());
        wall.extend(figures.next().map(|nanos| nanos / 1e6));
        cpu.extend(figures.next().map(|nanos| nanos / 1e6));
    }
    table.goal("Ready: build and first scan, fresh process, wall, median", measure::median(&mut wall), "ms", 5.0);
    table.plain("Ready: the same, CPU", measure::median(&mut cpu), "ms");
    let build = measure::nanos(effort, scanner);
    table.plain("Ready: build alone, warm", build / 1e3, "µs");
    Ok(())
}

fn floor(
    effort: Effort,
    ascii: &Texts,
    other: &Texts,
    ours: f64,
    ours_other: f64,
    table: &mut Table,
) -> Result<(), String> {
    let words = Floor::words()?;
    let built = measure::nanos_least(3, || Floor::build(&words)) / 1e6;
    let floor = Floor::build(&words)?;
    let name = format!("Floor: aho-corasick 1, our {} words", floor.words);
    let on_ascii = per_kb(effort, ascii, |text| floor.count(text));
    let on_other = per_kb(effort, other, |text| floor.count(text));
    table.beside(format!("{name}: ASCII 1 KB"), on_ascii / 1e3, "µs", ours / 1e3);
    table.beside(format!("{name}: non-ASCII 1 KB"), on_other / 1e3, "µs", ours_other / 1e3);
    table.plain("Floor: build at start-up (ours is read in place)", built, "ms");
    table.plain("Floor: memory", floor.automaton.memory_usage() as f64 / KB as f64, "KB");
    Ok(())
}

fn layer_micros(effort: Effort, scanner: &PromptScanner, texts: &Texts) -> [f64; 16] {
    let start = Instant::now();
    let clock = move || start.elapsed().as_nanos() as u64;
    let mut sums = [0.0; 16];
    for (_, text) in texts {
        let mut samples: [Vec<f64>; 16] = Default::default();
        for _ in 0..effort.batches * 5 {
            let report = scanner.scan_timed(Input::new(text).origin(Origin::User), &clock);
            for (samples, (_, nanos)) in samples.iter_mut().zip(report.timings()) {
                samples.push(*nanos as f64);
            }
        }
        for (sum, samples) in sums.iter_mut().zip(&mut samples) {
            *sum += measure::median(samples) / 1e3 * KB as f64 / text.len() as f64 / texts.len() as f64;
        }
    }
    sums
}

fn rule_ids(report: &ScanReport) -> Vec<&str> {
    report.findings().iter().map(|f| f.rule_id.as_ref()).collect()
}

/// Largest cost per KB over smallest that still counts as linear: caches and fixed costs are in it.
const LINEAR: f64 = 4.0;
