//! workerd without anything around it: `workerd test` with a configuration written here.

use std::collections::BTreeSet;
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
    let mut config = HEAD.to_owned();
    let tests = root().join("npm/test");
    place(&folder, &[("test", &tests), ("js", &package.join("js"))], &format!("test/{script}"), &mut config)?;
    config.push_str("  ],\n  bindings = [\n");
    for (name, file) in vectors()? {
        make_folder(&folder.join(&name).with_file_name(""))?;
        copy(&file, &folder.join(&name))?;
        let _ = writeln!(config, "    (name = \"{name}\", text = embed \"{name}\"),");
    }
    config.push_str("  ],\n);\n");
    write(&folder.join("config.capnp"), &config)?;
    let mut workerd = command(tools::npm_bin("workerd").map_err(Fault::Missing)?, &["test", "config.capnp"]);
    workerd.current_dir(&folder);
    Ok(workerd)
}

/// Copies a script and what it imports into `folder`, from the sources of each of its parts, and lists all as modules.
/// workerd would have to parse whatever else were listed.
fn place(folder: &Path, sources: &[(&str, &Path)], script: &str, config: &mut String) -> Result<(), Fault> {
    let mut modules = vec![script.to_owned()];
    let mut next = 0;
    while let Some(module) = modules.get(next).cloned() {
        next += 1;
        let source = sources.iter().find_map(|(part, at)| Some(at.join(module.strip_prefix(part)?.strip_prefix('/')?)));
        let source = source.ok_or_else(|| format!("`{module}` is imported, and nobody knows from where"))?;
        make_folder(&folder.join(&module).with_file_name(""))?;
        copy(&source, &folder.join(&module))?;
        let kind = if module.ends_with(".wasm") { "wasm" } else { "esModule" };
        let _ = writeln!(config, "    (name = \"{module}\", {kind} = embed \"{module}\"),");
        if kind == "esModule" {
            let text = std::fs::read_to_string(&source).map_err(|error| format!("{}: {error}", source.display()))?;
            let imports: Vec<String> = imports(&text).map(|import| beside(&module, import)).collect();
            modules.extend(imports.into_iter().filter(|import| !modules.contains(import)).collect::<BTreeSet<_>>());
        }
    }
    Ok(())
}

/// What a script imports from files.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    let starts = ["import ", "} from ", "export { ", "export * "];
    let statements = text.lines().filter(move |line| starts.iter().any(|start| line.starts_with(start)));
    let names = statements.filter_map(|line| line.rsplit_once("from \"")?.1.split('"').next());
    names.filter(|name| name.starts_with('.'))
}

/// The module that `module` calls `import`.
fn beside(module: &str, import: &str) -> String {
    let mut path: Vec<&str> = module.split('/').collect();
    path.pop();
    for step in import.split('/') {
        match step {
            "." => {}
            ".." => drop(path.pop()),
            name => path.push(name),
        }
    }
    path.join("/")
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
    let mut config = SERVE.to_owned();
    let benches = root().join("npm/bench");
    place(&folder, &[("bench", &benches), ("js", &package.join("js"))], &format!("bench/{script}"), &mut config)?;
    config.push_str("  ],\n);\n");
    write(&folder.join("config.capnp"), &config)?;
    Ok(folder.canonicalize().map_err(|error| format!("{}: {error}", folder.display()))?)
}

/// The files of vectors with their names, those of tokens in their folder.
fn vectors() -> Result<Vec<(String, PathBuf)>, Fault> {
    let mut all = Vec::new();
    for (folder, prefix) in [("vectors", ""), ("vectors/jwt", "jwt/")] {
        for file in files(&root().join(folder))? {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.ends_with(".json") {
                all.push((format!("{prefix}{name}"), file));
            }
        }
    }
    Ok(all)
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_of_a_script_are_followed() {
        let text = "import a from \"./a.wasm\";\nimport {\n  b,\n} from \"../b/c.js\";\nimport x from \"node:fs\";\nconst from = \"./d.js\";\n";
        let found: Vec<String> = imports(text).map(|import| beside("js/jwt/e.js", import)).collect();
        assert_eq!(found, ["js/jwt/a.wasm", "js/b/c.js"]);
    }
}
