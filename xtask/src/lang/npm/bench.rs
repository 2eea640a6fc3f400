//! What calls cost in Node with each backend, what a worker costs on workerd, and what the package weighs.

use std::path::Path;

use super::super::{Bench, Cost, costs_of, size_of};
use super::assemble::{remove, target_dir, wasm};
use super::{Fault, PROFILE, assemble, native, node, project, workerd};
use crate::process::{command, packing_profile, root};

/// Builds the package with the addon in it, and two workers: one that scans and one that does nothing.
pub fn bench() -> Result<Bench, Fault> {
    let package = assemble(PROFILE)?;
    let addon = native::place(&package, packing_profile())?;
    let scratch = target_dir()?.join("npm").join("bench");
    remove(&scratch)?;
    let js = package.join("js");
    let path = wasm(PROFILE, "edgewarden_jwt", "jwt-path")?;
    let mut sizes = costs_of(node("npm/bench/sizes.mjs", &[&js, &path]))?;
    sizes.push(size_of("native addon", &addon)?);
    sizes.push(size_of("tarball with the addon of one machine", &project::pack(&package, &scratch)?)?);
    // The module that ships has no loop to measure with.
    let looped = wasm(PROFILE, "edgewarden", "overhead")?;
    let program = workerd::program()?;
    let workers = [workerd::bench(&package, "empty.js")?, workerd::bench(&package, "scanner.js")?];
    let round = move |quick: bool| {
        let run = |entry: &str, backend: &str| {
            let mut run = node("npm/bench/overhead.mjs", &[&js, Path::new(entry), &looped]);
            run.args(quick.then_some("--quick")).env("EDGEWARDEN_BACKEND", backend);
            let rows = costs_of(run)?.into_iter();
            let engine = if backend == "wasm" { "WASM in Node" } else { "Node native" };
            Ok::<Vec<Cost>, Fault>(rows.map(|(what, value, unit)| (format!("{engine}: {what}"), value, unit)).collect())
        };
        let mut rows = run("node.mjs", "native")?;
        rows.extend(run("file.js", "wasm")?);
        let times = if quick { "7" } else { "15" };
        let mut cold = command("python3", &["-B"]);
        cold.arg(root().join("npm/bench/cold.py")).arg(&program).args(&workers).arg(times);
        rows.extend(costs_of(cold)?);
        let mut first = node("npm/bench/first.mjs", &[&program]);
        first.args(&workers).arg(times);
        rows.extend(costs_of(first)?);
        Ok(rows)
    };
    Ok(Bench { sizes, round: Box::new(round) })
}
