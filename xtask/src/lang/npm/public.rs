//! The public vectors of tokens through the package: in Node by WebAssembly alone, in workerd with WebCrypto.

use std::path::Path;
use std::process::Command;

use super::super::Fault;
use super::assemble::wasm;
use super::layout::{Layout, TEST};
use super::{PROFILE, assemble, node};
use crate::process::{command, root};
use crate::tools;

/// The runners over these cases, each with the name of its column.
pub fn runners(cases: &Path) -> Result<[(&'static str, Command); 2], Fault> {
    let package = assemble(PROFILE)?;
    // The modules that ship check no signature without a token.
    let module = wasm(PROFILE, MODULE, "vectors")?;
    let in_node = node("npm/test/public-jwt.mjs", &[&package.join("js"), &module, cases]);
    Ok([("WASM in Node", in_node), ("workerd, WebCrypto", in_workerd(&package, &module, cases)?)])
}

fn in_workerd(package: &Path, module: &Path, cases: &Path) -> Result<Command, Fault> {
    let mut layout = Layout::new("public-jwt", package)?;
    for name in ["public-jwt.worker.js", "run-public-jwt.js"] {
        layout.add(&format!("test/{name}"), &root().join("npm/test").join(name))?;
    }
    for name in [format!("{MODULE}.js"), format!("{MODULE}_bg.wasm")] {
        layout.add(&format!("raw/{name}"), &module.join(&name))?;
    }
    layout.add_texts(cases)?;
    let folder = layout.finish(TEST, "test/public-jwt.worker.js")?;
    let mut workerd = command(tools::npm_bin("workerd").map_err(Fault::Missing)?, &["test", "config.capnp"]);
    workerd.current_dir(folder);
    Ok(workerd)
}

const MODULE: &str = "edgewarden_vectors";
