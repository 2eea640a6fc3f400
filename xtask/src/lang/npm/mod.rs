//! The npm package: built, tested, packed and measured.

mod assemble;
mod native;
mod workerd;

use std::path::Path;

pub use assemble::assemble;
pub use native::{tests as tests_native, vectors_native};

use super::{Counts, Fault, vectors_of};
use crate::process::{command, root};
use crate::tools;

/// All vectors through the WebAssembly module in Node.
pub fn vectors_wasm_node() -> Result<Counts, Fault> {
    let package = assemble(PROFILE)?;
    vectors_of(node("npm/test/vectors.mjs", &[&package.join("js/file.js")]))
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

/// Node with a script of the repository.
fn node(script: &str, arguments: &[&Path]) -> std::process::Command {
    let mut node = command("node", &["--expose-gc"]);
    node.arg(root().join(script)).args(arguments);
    node
}

/// Tells a script of `npm/test` where the browser is and what drives it.
fn browser(node: &mut std::process::Command) -> Result<(), Fault> {
    node.env("EDGEWARDEN_CHROMIUM", tools::chromium().map_err(Fault::Missing)?);
    node.env("EDGEWARDEN_NODE_MODULES", tools::node_modules().map_err(Fault::Missing)?);
    Ok(())
}

/// The profile of the package that tests use; it is the one that ships.
const PROFILE: &str = "wasm";
