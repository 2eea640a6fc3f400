//! The npm package: built, tested, packed and measured.

mod assemble;
mod bench;
pub mod native;
mod project;
mod smoke;
mod workerd;

use std::path::{Path, PathBuf};
use std::process::Command;

pub use assemble::assemble;
pub use bench::bench;
pub use native::vectors_native;
pub use smoke::smoke;

use super::{Counts, Fault, vectors_of};
use crate::process::{command, packing_profile, root, run_lines};
use crate::tools;

/// All vectors through the WebAssembly modules in Node.
pub fn vectors_wasm_node() -> Result<Counts, Fault> {
    let js = assemble(PROFILE)?.join("js");
    let mut runner = node("npm/test/vectors.mjs", &[&js.join("file.js"), &js.join("jwt-node.mjs")]);
    runner.env("EDGEWARDEN_BACKEND", "wasm");
    vectors_of(runner)
}

/// All vectors in workerd.
pub fn vectors_workerd() -> Result<Counts, Fault> {
    vectors_of(workerd::test(&assemble(PROFILE)?, "vectors.worker.js")?)
}

/// All vectors in a page of Chromium.
pub fn vectors_chromium() -> Result<Counts, Fault> {
    let mut node = node("npm/test/vectors.chromium.mjs", &[&assemble(PROFILE)?]);
    browser(&mut node)?;
    vectors_of(node)
}

/// The tests of the package: passed and failed.
pub fn tests() -> Result<(usize, usize), Fault> {
    let package = assemble(PROFILE)?;
    let mut tests = node_tests(&package)?;
    browser(&mut tests)?;
    let (mut passed, mut failed) = (0, 0);
    let mut shown = Vec::new();
    let ended = run_lines(tests, |line| {
        let number = |name: &str| line.strip_prefix(name).and_then(|number| number.trim().parse::<usize>().ok());
        if let Some(number) = number("# pass ") {
            passed += number;
        } else if let Some(number) = number("# fail ").or_else(|| number("# cancelled ")) {
            failed += number;
        } else if !["# ", "ok ", "  ---", "  ...", "  duration_ms", "  type"]
            .iter()
            .any(|noise| line.starts_with(noise))
        {
            shown.push(line.to_owned());
        }
    })?;
    if failed > 0 {
        println!("{}", shown.join("\n"));
    }
    if passed == 0 || ended == (failed > 0) {
        return Err(Fault::Failed(format!("{}\nthe tests of the npm package did not run", shown.join("\n"))));
    }
    Ok((passed, failed))
}

/// Node's test runner over every test of `npm/test`.
fn node_tests(package: &Path) -> Result<Command, Fault> {
    let mut tests = command("node", &["--expose-gc", "--test", "--test-reporter=tap"]);
    tests.env("EDGEWARDEN_PACKAGE", package);
    let bin = |name| tools::npm_bin(name).map_err(Fault::Missing);
    tests
        .env("EDGEWARDEN_DENO", bin("deno")?)
        .env("EDGEWARDEN_BUN", bin("bun")?)
        .env("EDGEWARDEN_WORKERD", bin("workerd")?);
    let is_test = |path: &PathBuf| path.to_string_lossy().ends_with(".test.mjs");
    Ok(with_files(tests, assemble::files(&root().join("npm/test"))?.into_iter().filter(is_test)))
}

fn with_files(mut command: Command, files: impl Iterator<Item = PathBuf>) -> Command {
    command.args(files);
    command
}

/// The tarball for the registry, in `dist`: WebAssembly for every engine, the addon for this machine.
pub fn package(dist: &Path) -> Result<Vec<PathBuf>, Fault> {
    let package = assemble(PROFILE)?;
    native::place(&package, packing_profile())?;
    Ok(vec![project::pack(&package, dist)?])
}

/// Node with a script of the repository.
fn node(script: &str, arguments: &[&Path]) -> Command {
    let mut node = command("node", &["--expose-gc"]);
    node.arg(root().join(script)).args(arguments);
    node
}

/// Tells a script of `npm/test` where the browser is and what drives it.
fn browser(node: &mut Command) -> Result<(), Fault> {
    node.env("EDGEWARDEN_CHROMIUM", tools::chromium().map_err(Fault::Missing)?);
    node.env("EDGEWARDEN_NODE_MODULES", tools::node_modules().map_err(Fault::Missing)?);
    Ok(())
}

/// The profile of the package that tests use; it is the one that ships.
const PROFILE: &str = "wasm";
