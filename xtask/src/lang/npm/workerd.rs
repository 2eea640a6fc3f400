//! workerd without anything around it: `workerd test` with a configuration written here.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::Fault;
use super::assemble::{copy, files, make_folder, remove, target_dir, write};
use crate::process::{command, root};
use crate::tools;

/// A run of `npm/test/<script>` inside workerd, next to the package's `js/`, with the vectors as text bindings.
pub fn test(package: &Path, script: &str) -> Result<Command, Fault> {
    let folder = target_dir()?.join("npm").join("workerd").join(script);
    remove(&folder)?;
    make_folder(&folder.join("js"))?;
    make_folder(&folder.join("test"))?;
    let tests = root().join("npm/test");
    let mut modules = vec![format!("test/{script}")];
    copy(&tests.join(script), &folder.join("test").join(script))?;
    for file in files(&package.join("js"))?.into_iter().chain([tests.join("run-vectors.js")]) {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let place = if file.starts_with(&tests) { format!("test/{name}") } else { format!("js/{name}") };
        // Only what the worker's entries import: workerd would also have to parse the others.
        if WORKER_FILES.contains(&name.as_str()) {
            copy(&file, &folder.join(&place))?;
            modules.push(place);
        }
    }
    let mut config = HEAD.to_owned();
    for module in &modules {
        let kind = if module.ends_with(".wasm") { "wasm" } else { "esModule" };
        let _ = writeln!(config, "    (name = \"{module}\", {kind} = embed \"{module}\"),");
    }
    config.push_str("  ],\n  bindings = [\n");
    for file in vectors()? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        copy(&file, &folder.join(&name))?;
        let _ = writeln!(config, "    (name = \"{name}\", text = embed \"{name}\"),");
    }
    config.push_str("  ],\n);\n");
    write(&folder.join("config.capnp"), &config)?;
    let mut workerd = command(tools::npm_bin("workerd").map_err(Fault::Missing)?, &["test", "config.capnp"]);
    workerd.current_dir(&folder);
    Ok(workerd)
}

fn vectors() -> Result<Vec<PathBuf>, Fault> {
    let files = files(&root().join("vectors"))?;
    Ok(files.into_iter().filter(|file| file.extension().is_some_and(|e| e == "json")).collect())
}

const WORKER_FILES: [&str; 13] = [
    "answers.js",
    "api.js",
    "check.js",
    "edgewarden.js",
    "edgewarden_bg.wasm",
    "edgewarden_scan.js",
    "edgewarden_scan_bg.wasm",
    "errors.js",
    "instance.js",
    "names.js",
    "run-vectors.js",
    "scan-worker.js",
    "worker.js",
];

const HEAD: &str = "using Workerd = import \"/workerd/workerd.capnp\";

const config :Workerd.Config = (services = [(name = \"main\", worker = .test)]);

const test :Workerd.Worker = (
  compatibilityDate = \"2026-10-01\",
  modules = [
";
