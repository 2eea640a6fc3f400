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

/// The engine itself: what npm calls `workerd` is a script, whose own time would count and which outlives its end.
pub fn program() -> Result<PathBuf, Fault> {
    let packages = tools::node_modules().map_err(Fault::Missing)?.join("@cloudflare");
    let entries = std::fs::read_dir(&packages).map_err(|error| format!("{}: {error}", packages.display()))?;
    let programs = entries.flatten().map(|entry| entry.path().join("bin").join("workerd"));
    let mut programs: Vec<PathBuf> = programs.filter(|path| path.is_file()).collect();
    programs.pop().ok_or_else(|| Fault::Missing("workerd".to_owned()))
}

/// A folder with a configuration that serves `npm/bench/<script>` on a free port of this machine.
pub fn bench(package: &Path, script: &str) -> Result<PathBuf, Fault> {
    let folder = target_dir()?.join("npm").join("workerd").join(script);
    remove(&folder)?;
    make_folder(&folder.join("js"))?;
    make_folder(&folder.join("bench"))?;
    let source = root().join("npm/bench").join(script);
    let text = std::fs::read_to_string(&source).map_err(|error| format!("{}: {error}", source.display()))?;
    copy(&source, &folder.join("bench").join(script))?;
    let mut config = SERVE.to_owned();
    let _ = writeln!(config, "    (name = \"bench/{script}\", esModule = embed \"bench/{script}\"),");
    for name in WORKER_FILES.iter().filter(|name| text.contains("import") && !name.contains("scan")) {
        let from = package.join("js").join(name);
        if from.exists() {
            copy(&from, &folder.join("js").join(name))?;
            let kind = if name.ends_with(".wasm") { "wasm" } else { "esModule" };
            let _ = writeln!(config, "    (name = \"js/{name}\", {kind} = embed \"js/{name}\"),");
        }
    }
    config.push_str("  ],\n);\n");
    write(&folder.join("config.capnp"), &config)?;
    Ok(folder.canonicalize().map_err(|error| format!("{}: {error}", folder.display()))?)
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

const SERVE: &str = "using Workerd = import \"/workerd/workerd.capnp\";

const config :Workerd.Config = (
  services = [(name = \"main\", worker = .main)],
  sockets = [(name = \"http\", address = \"127.0.0.1:0\", http = (), service = \"main\")],
);

const main :Workerd.Worker = (
  compatibilityDate = \"2026-10-01\",
  modules = [
";
