//! The npm package: built, tested, packed and measured.

mod assemble;
mod native;

use std::path::Path;

pub use assemble::assemble;
pub use native::{tests as tests_native, vectors_native};

use super::{Counts, Fault, vectors_of};
use crate::process::{command, root};

/// All vectors through the WebAssembly module in Node.
pub fn vectors_wasm_node() -> Result<Counts, Fault> {
    let package = assemble(PROFILE)?;
    vectors_of(node("npm/test/vectors.mjs", &[&package.join("js/file.js")]))
}

pub fn vectors_workerd() -> Result<Counts, Fault> {
    Err(Fault::Failed("not built yet".to_owned()))
}

pub fn vectors_chromium() -> Result<Counts, Fault> {
    Err(Fault::Failed("not built yet".to_owned()))
}

/// Node with a script of the repository.
fn node(script: &str, arguments: &[&Path]) -> std::process::Command {
    let mut node = command("node", &["--expose-gc"]);
    node.arg(root().join(script)).args(arguments);
    node
}

/// The profile of the package that tests use; it is the one that ships.
const PROFILE: &str = "wasm";
