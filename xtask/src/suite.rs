//! `test`: everything CI runs, as numbered steps with a table at the end.
//!
//! A missing tool fails the run in CI (`CI=true`); elsewhere its step is skipped loudly. Fuzzing and the shared corpus
//! are extras: without them their steps are skipped everywhere.

use std::process::Command;
use std::time::Instant;

use crate::lang::Fault;
use crate::process::{build_cli, cargo, command, corpus, output, root, run, run_lines, works};
use crate::{codegen, fuzz_corpus, jwt_vectors, lang, package, surface, tidy, tools, train};

/// Runs the steps; `fast` leaves out targets, other languages and fuzzing.
pub fn run_steps(fast: bool) -> Result<(), String> {
    let steps: Vec<&Step> = STEPS.iter().filter(|step| !fast || step.in_fast).collect();
    let mut results = Vec::new();
    for (i, step) in steps.iter().enumerate() {
        println!("[{}/{}] {}", i + 1, steps.len(), step.name);
        let began = Instant::now();
        let result = (step.run)();
        let seconds = began.elapsed().as_secs_f64();
        match &result.status {
            Status::Passed => {}
            Status::Failed(why) => println!("{why}\nFAILED: {}", step.name),
            Status::Skipped(why) => println!("SKIPPED: {}: {why}", step.name),
        }
        results.push((step.name, result, seconds));
    }
    summary(&results)
}

struct Step {
    name: &'static str,
    in_fast: bool,
    run: fn() -> StepResult,
}

struct StepResult {
    status: Status,
    /// Tests that passed and failed, where the step counts tests.
    tests: Option<(usize, usize)>,
}

enum Status {
    Passed,
    Failed(String),
    Skipped(String),
}

const STEPS: [Step; 23] = [
    Step { name: "formatting", in_fast: true, run: formatting },
    Step { name: "clippy", in_fast: true, run: clippy },
    Step { name: "generated files", in_fast: true, run: generated },
    Step { name: "tidy", in_fast: true, run: tidied },
    Step { name: "core tests", in_fast: true, run: core_tests },
    Step { name: "workspace tests", in_fast: true, run: workspace_tests },
    Step { name: "documentation tests", in_fast: true, run: doc_tests },
    Step { name: "core for wasm and bare metal", in_fast: false, run: targets },
    Step { name: "command line end to end", in_fast: true, run: cli_tests },
    Step { name: "vectors up to date", in_fast: true, run: vectors_checked },
    Step { name: "vectors in every language", in_fast: false, run: vectors },
    Step { name: "tokens, vector by vector", in_fast: false, run: public_vectors },
    Step { name: "public names", in_fast: false, run: public_names },
    Step { name: "JavaScript", in_fast: false, run: javascript },
    Step { name: "Node native and servers", in_fast: false, run: node },
    Step { name: "Python", in_fast: false, run: python },
    Step { name: "Kotlin", in_fast: false, run: kotlin },
    Step { name: "Swift", in_fast: false, run: swift },
    Step { name: "libraries for phones", in_fast: false, run: phones },
    Step { name: "packages install and run", in_fast: false, run: packages },
    Step { name: "shared corpus", in_fast: true, run: corpus_smoke },
    Step { name: "weights from texts", in_fast: false, run: weights },
    Step { name: "fuzzing", in_fast: false, run: fuzz_smoke },
];

/// Packages without a test in Rust, whose test programs take minutes to build all the same: bindings are tested in their
/// languages, and what they and the benchmarks are made of is checked by clippy.
const WITHOUT_TESTS: [&str; 6] = [
    "edgewarden-wasm",
    "edgewarden-node",
    "edgewarden-python",
    "edgewarden-mobile",
    "edgewarden-benches",
    "edgewarden-wasm-probe",
];

fn formatting() -> StepResult {
    if !works("cargo", &["fmt", "--version"]) {
        return missing("rustfmt");
    }
    checked(run(cargo(&["fmt", "--all", "--check"])))
}

fn clippy() -> StepResult {
    if !works("cargo", &["clippy", "--version"]) {
        return missing("clippy");
    }
    let clippy = |what: &[&str]| run(cargo(&[&["clippy", "--quiet"], what, &["--", "-D", "warnings"]].concat()));
    let without = ["--package", "edgewarden-bindings", "--package", "edgewarden-wasm", "--no-default-features"];
    checked(
        clippy(&["--workspace", "--all-targets"])
            // What only a build without the checks of signatures compiles.
            .and_then(|()| clippy(&[&without[..], &["--features", "edgewarden-wasm/jwt"]].concat())),
    )
}

fn generated() -> StepResult {
    checked(codegen::check())
}

fn tidied() -> StepResult {
    checked(tidy::run())
}

fn core_tests() -> StepResult {
    tests(&["--package", "edgewarden", "--lib", "--tests"])
}

fn workspace_tests() -> StepResult {
    let mut arguments = vec!["--workspace", "--lib", "--bins", "--tests"];
    let elsewhere = ["edgewarden", "edgewarden-cli"];
    arguments.extend(elsewhere.iter().chain(&WITHOUT_TESTS).flat_map(|package| ["--exclude", *package]));
    tests(&arguments)
}

fn doc_tests() -> StepResult {
    tests(&["--workspace", "--doc"])
}

fn cli_tests() -> StepResult {
    tests(&["--package", "edgewarden-cli"])
}

/// The core has to build where there is no operating system.
fn targets() -> StepResult {
    for target in tools::RUST_TARGETS {
        if tools::rust_target(target).is_err() {
            return missing(&format!("the target {target}"));
        }
        // With the checks of signatures and without.
        for features in [&[][..], &["--no-default-features"]] {
            let build = ["build", "--quiet", "--package", "edgewarden", "--target", target];
            if let Err(why) = run(cargo(&[&build[..], features].concat())) {
                return checked(Err(why));
            }
        }
    }
    checked(Ok(()))
}

fn vectors_checked() -> StepResult {
    checked(lang::check_vectors())
}

/// Every language gives the same answers to the same texts.
fn vectors() -> StepResult {
    let table = lang::compare(|_| true);
    let (faults, without) = (table.faults(), table.missing());
    let result = match (faults.is_empty(), without.is_empty()) {
        (false, _) => checked(Err(faults.join("\n"))),
        (true, false) => missing(&without.join(", ")),
        (true, true) => checked(Ok(())),
    };
    StepResult { tests: Some((table.held(), faults.len())), ..result }
}

/// The public vectors of tokens get the same verdict in Rust, by WebAssembly, and with WebCrypto.
fn public_vectors() -> StepResult {
    match jwt_vectors::compare() {
        Ok(None) => skipped(jwt_vectors::ABSENT),
        Ok(Some(table)) => tested(Ok((table.same(), table.different()))),
        Err(fault) => tested(Err(fault)),
    }
}

/// Every language has the same public names.
fn public_names() -> StepResult {
    match surface::check() {
        Ok(()) => checked(Ok(())),
        Err(Fault::Missing(what)) => missing(&what),
        Err(Fault::Failed(why)) => checked(Err(why)),
    }
}

fn javascript() -> StepResult {
    tested(lang::npm::tests())
}

fn node() -> StepResult {
    tested(lang::npm::native::tests())
}

fn python() -> StepResult {
    tested(lang::python::tests())
}

fn kotlin() -> StepResult {
    tested(lang::kotlin::tests())
}

fn swift() -> StepResult {
    tested(lang::swift::tests())
}

/// What iOS and Android link, compiled but not run.
fn phones() -> StepResult {
    tested(lang::mobile::static_libraries())
}

fn packages() -> StepResult {
    tested(package::packages())
}

/// Tests of another language that passed and failed.
fn tested(result: Result<(usize, usize), Fault>) -> StepResult {
    match result {
        Ok((passed, 0)) => StepResult { tests: Some((passed, 0)), ..checked(Ok(())) },
        Ok((passed, failed)) => {
            StepResult { tests: Some((passed, failed)), ..checked(Err(format!("{failed} failed"))) }
        }
        Err(Fault::Missing(tool)) => missing(&tool),
        Err(Fault::Failed(why)) => checked(Err(why)),
    }
}

/// Every row of the shared texts goes through the scanner; the numbers belong to `cargo xtask results`.
fn corpus_smoke() -> StepResult {
    let Some(corpus) = corpus("dev.jsonl") else {
        return skipped("../shared/corpus is not there; set EDGEWARDEN_CORPUS to its folder");
    };
    let evaluate = || -> Result<(), String> {
        let cli = build_cli("demo")?;
        let mut eval = Command::new(cli);
        eval.args(["eval", "--format", "json"]).arg(corpus);
        let result: serde_json::Value = serde_json::from_str(&output(eval)?).map_err(|error| error.to_string())?;
        let number = |name: &str| result.pointer(name).map_or_else(|| "–".to_owned(), ToString::to_string);
        println!(
            "{} texts, recall {}, false positives {}, AUC {}",
            number("/overall/n"),
            number("/overall/any/recall"),
            number("/overall/any/fpr"),
            number("/overall/auc")
        );
        Ok(())
    };
    checked(evaluate())
}

/// The published weights are what the texts give, byte for byte.
fn weights() -> StepResult {
    if corpus("train.jsonl").is_none() {
        return skipped("../shared/corpus is not there; set EDGEWARDEN_CORPUS to its folder");
    }
    checked(train::run(&["--check"]))
}

fn fuzz_smoke() -> StepResult {
    let folder = root().join("fuzz");
    if !folder.join("Cargo.toml").is_file() {
        return skipped("there is no fuzz/");
    }
    if !works("rustup", &["run", "nightly", "rustc", "--version"]) {
        return skipped("libFuzzer needs the nightly toolchain (rustup toolchain install nightly)");
    }
    let tools = tools::tools_dir();
    if !tools.join("bin/cargo-fuzz").is_file() {
        let install = ["install", "cargo-fuzz", "--version", CARGO_FUZZ, "--locked", "--quiet", "--root"];
        let mut install = cargo(&install);
        install.arg(&tools);
        if run(install).is_err() {
            return missing(&format!("cargo-fuzz {CARGO_FUZZ}"));
        }
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", tools.join("bin").display());
    let fuzz = |arguments: &[&str]| {
        let mut fuzz = command("rustup", &[&["run", "nightly", "cargo", "fuzz"], arguments].concat());
        // The toolchain of this run would win over the one asked for.
        fuzz.current_dir(&folder)
            .env("PATH", &path)
            .env_remove("RUSTUP_TOOLCHAIN")
            .env_remove("CARGO")
            .env_remove("RUSTC");
        fuzz
    };
    let targets = match output(fuzz(&["list"])) {
        Ok(targets) => targets,
        Err(why) => return checked(Err(why)),
    };
    if let Err(why) = fuzz_corpus::run() {
        return checked(Err(why));
    }
    let time = format!("-max_total_time={FUZZ_SECONDS}");
    for target in targets.lines() {
        // libFuzzer keeps what it finds in the first folder and only reads the others.
        let folders = ["corpus", "seeds", "regressions"].map(|folder| format!("{folder}/{target}"));
        if let Err(why) = std::fs::create_dir_all(folder.join("corpus").join(target)) {
            return checked(Err(why.to_string()));
        }
        let present = folders.iter().map(String::as_str).filter(|f| folder.join(f).is_dir());
        let mut arguments = vec!["run", "--sanitizer", "none", target];
        arguments.extend(present);
        arguments.extend(["--", &time, "-dict=dict.txt", "-max_len=4096", "-timeout=20", "-verbosity=0"]);
        if let Err(why) = run(fuzz(&arguments)) {
            return checked(Err(why));
        }
    }
    checked(Ok(()))
}

/// `cargo test` with these arguments; only summaries and failures are shown.
fn tests(arguments: &[&str]) -> StepResult {
    let (mut passed, mut failed) = (0, 0);
    let mut shown = Vec::new();
    let mut ended = run_lines(cargo(&[&["test", "--no-fail-fast"], arguments].concat()), |line| {
        if let Some((p, f)) = counts(line) {
            passed += p;
            failed += f;
        } else if !line.is_empty() && !line.starts_with("running ") && !line.ends_with(" ... ok") {
            shown.push(line.to_owned());
        }
    });
    if let Ok(false) = ended {
        ended = Err(shown.join("\n"));
    }
    StepResult { tests: Some((passed, failed)), ..checked(ended.map(|_| ())) }
}

/// Reads `test result: ok. 12 passed; 0 failed; ...`.
fn counts(line: &str) -> Option<(usize, usize)> {
    let mut parts = line.strip_prefix("test result: ")?.split(';');
    let passed = parts.next()?.trim().strip_suffix(" passed")?.rsplit(' ').next()?.parse().ok()?;
    let failed = parts.next()?.trim().strip_suffix(" failed")?.parse().ok()?;
    Some((passed, failed))
}

fn checked(result: Result<(), String>) -> StepResult {
    StepResult { status: result.map_or_else(Status::Failed, |()| Status::Passed), tests: None }
}

fn skipped(why: &str) -> StepResult {
    StepResult { status: Status::Skipped(why.to_owned()), tests: None }
}

fn missing(tool: &str) -> StepResult {
    let why = format!("{tool} is missing");
    if on_ci() { checked(Err(why)) } else { skipped(&why) }
}

/// Whether everything has to be there.
pub fn on_ci() -> bool {
    std::env::var("CI").is_ok_and(|ci| ci == "true")
}

fn summary(results: &[(&str, StepResult, f64)]) -> Result<(), String> {
    println!("\n{:<30} {:<8} {:>6} {:>8}", "step", "status", "tests", "seconds");
    let (mut passed, mut failed) = (0, 0);
    for (name, result, seconds) in results {
        let status = match result.status {
            Status::Passed => "ok",
            Status::Failed(_) => "FAILED",
            Status::Skipped(_) => "skipped",
        };
        let tests = result.tests.map_or_else(|| "–".to_owned(), |(p, f)| (p + f).to_string());
        println!("{name:<30} {status:<8} {tests:>6} {seconds:>8.1}");
        let (p, f) = result.tests.unwrap_or_default();
        passed += p;
        // A step that fails without a failing test (it did not build) counts as one.
        failed += f.max(usize::from(matches!(result.status, Status::Failed(_))));
    }
    println!("\n{passed} passed, {failed} failed");
    if failed == 0 { Ok(()) } else { Err("the tests failed".to_owned()) }
}

/// The version of cargo-fuzz that is installed where it is missing.
const CARGO_FUZZ: &str = "0.13.2";
const FUZZ_SECONDS: u32 = 6;

#[cfg(test)]
mod tests {
    #[test]
    fn counts_are_read_from_the_result_line() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(super::counts(line), Some((12, 3)));
        assert_eq!(super::counts("test a ... ok"), None);
    }
}
