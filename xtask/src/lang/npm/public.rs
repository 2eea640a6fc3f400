//! The public vectors of tokens through the package: in Node by WebAssembly alone, in workerd with WebCrypto.

use std::path::Path;
use std::process::Command;

use super::super::Fault;
use super::assemble::{files, wasm};
use super::{PROFILE, assemble, node, workerd};

/// The runners over these cases, each with the name of its column.
pub fn runners(cases: &Path) -> Result<[(&'static str, Command); 2], Fault> {
    let js = assemble(PROFILE)?.join("js");
    // The modules that ship check no signature without a token.
    let hosted = wasm(PROFILE, "edgewarden_vectors", "vectors")?;
    let full = wasm(PROFILE, "edgewarden_vectors_full", "vectors-full")?;
    let mut in_node = node("npm/test/public-jwt.mjs", &[&js, &full, cases]);
    in_node.env("EDGEWARDEN_BACKEND", "wasm");
    let texts = files(cases)?
        .into_iter()
        .map(|file| (file.file_name().unwrap_or_default().to_string_lossy().into_owned(), file));
    let in_workerd =
        workerd::test_with(&[("js", &js), ("raw", &hosted)], "public-jwt.worker.js", &texts.collect::<Vec<_>>())?;
    Ok([("WASM in Node", in_node), ("workerd, WebCrypto", in_workerd)])
}
