//! What verification costs in Node and in workerd, beside `jose`.

use std::path::{Path, PathBuf};

use super::super::{Cost, Fault, costs_of};
use super::assemble::{remove, target_dir};
use super::{PROFILE, assemble, native, node, workerd};
use crate::process::{command, packing_profile, run};
use crate::tools;

/// Nanoseconds by engine, algorithm and candidate.
pub fn jwt_bench(quick: bool) -> Result<Vec<Cost>, Fault> {
    let package = assemble(PROFILE)?;
    native::place(&package, packing_profile())?;
    let jose = tools::node_modules().map_err(Fault::Missing)?.join("jose/dist/webapi/index.js");
    let flags = quick.then_some("--quick");
    let mut rows = Vec::new();
    for (backend, name) in [("native", "Node native"), ("wasm", "WASM in Node")] {
        let mut run = node("npm/bench/jwt.mjs", &[&package.join("js"), Path::new("jwt-node.mjs"), &jose]);
        run.arg(name).args(flags).env("EDGEWARDEN_BACKEND", backend);
        rows.extend(costs_of(run)?);
    }
    let mut ask = node("npm/bench/jwt-workerd.mjs", &[&workerd::program()?, &worker(&package, &jose)?, &jose]);
    ask.args(flags);
    rows.extend(costs_of(ask)?);
    Ok(rows)
}

/// A worker that verifies, with `jose` as a deployment has it: one script.
fn worker(package: &Path, jose: &Path) -> Result<PathBuf, Fault> {
    let peer = target_dir()?.join("npm").join("peer");
    remove(&peer)?;
    let esbuild = tools::npm_bin("esbuild").map_err(Fault::Missing)?;
    let mut bundle = command(esbuild, &["--bundle", "--format=esm", "--minify", "--log-level=warning"]);
    bundle.arg(jose).arg(format!("--outfile={}", peer.join("jose.js").display()));
    run(bundle)?;
    workerd::bench_with(&[("js", &package.join("js")), ("peer", &peer)], "jwt.worker.js")
}
