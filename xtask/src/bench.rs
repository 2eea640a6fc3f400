//! `bench`: hands over to the benchmarks.

use std::process::Command;

use crate::process::{self, cargo, root};

/// Runs the benchmarks with these arguments.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    process::run(command(arguments).ok_or("benches/ has no program yet")?)
}

/// The benchmark program, if there is one.
pub fn command(arguments: &[&str]) -> Option<Command> {
    let has_program = root().join("benches/src/main.rs").is_file();
    let fixed = ["run", "--release", "--package", "edgewarden-benches", "--"];
    has_program.then(|| cargo(&fixed.iter().chain(arguments).collect::<Vec<_>>()))
}

/// The benchmarks of tokens, or with `test` what holds RSA against other crates: a workspace of its own.
pub fn tokens(what: &str, arguments: &[&str]) -> Command {
    let fixed = [what, "--release", "--manifest-path", "benches/jwt/Cargo.toml", "--"];
    cargo(&fixed.iter().chain(arguments).collect::<Vec<_>>())
}
