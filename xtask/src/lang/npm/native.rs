//! The native addon for Node: built, put into the package, and tested there beside its WebAssembly twin.

use std::env::consts;
use std::path::{Path, PathBuf};

use super::assemble::{assemble, copy, files, make_folder, remove, target_dir};
use super::{Counts, Fault, PROFILE, node, vectors_of};
use crate::process::{cargo, root, run, run_lines};
use crate::tools;

/// Builds the addon for this machine and puts it into an assembled package.
pub fn place(package: &Path, profile: &str) -> Result<PathBuf, Fault> {
    run(cargo(&["build", "--quiet", "--package", "edgewarden-node", "--profile", profile]))?;
    let library = format!("{}edgewarden_node{}", consts::DLL_PREFIX, consts::DLL_SUFFIX);
    let folder = package.join("native");
    make_folder(&folder)?;
    let addon = folder.join(file_name());
    copy(&target_dir()?.join(profile).join(library), &addon)?;
    Ok(addon)
}

/// All vectors through the addon in Node.
pub fn vectors_native() -> Result<Counts, Fault> {
    let package = assemble(PROFILE)?;
    place(&package, TEST_PROFILE)?;
    let js = package.join("js");
    let mut runner = node("npm/test/vectors.mjs", &[&js.join("node.mjs"), &js.join("jwt-node.mjs")]);
    runner.env("EDGEWARDEN_BACKEND", "native");
    vectors_of(runner)
}

/// The tests of `npm/test/node`, once with each backend, against the package as a project finds it. Passed and failed.
pub fn tests() -> Result<(usize, usize), Fault> {
    let package = assemble(PROFILE)?;
    place(&package, TEST_PROFILE)?;
    let project = project(&package)?;
    // The tests run elsewhere, where a relative root means nothing.
    let root = root().canonicalize().map_err(|error| error.to_string())?;
    let tests = files(&project)?.into_iter().filter(|file| file.to_string_lossy().ends_with(".test.mjs"));
    let tests: Vec<PathBuf> = tests.collect();
    let (mut passed, mut failed) = (0, 0);
    for backend in ["native", "wasm"] {
        let mut command = crate::process::command("node", &["--expose-gc", "--test", "--test-reporter=tap"]);
        // Memory and time are measured, so nothing else may run beside them.
        command.arg("--test-concurrency=1").args(&tests);
        command.env("EDGEWARDEN_BACKEND", backend).env("EDGEWARDEN_ROOT", &root).current_dir(&project);
        for (name, program) in [("EDGEWARDEN_BUN", "bun"), ("EDGEWARDEN_DENO", "deno")] {
            command.env(name, tools::npm_bin(program).map_err(Fault::Missing)?);
        }
        let (mut said, failed_before) = (Vec::new(), failed);
        let ended = run_lines(command, |line| {
            let count = |name: &str| line.strip_prefix(name).and_then(|count| count.trim().parse::<usize>().ok());
            passed += count("# pass ").unwrap_or(0);
            failed += count("# fail ").unwrap_or(0) + count("# cancelled ").unwrap_or(0);
            said.push(line.to_owned());
        })?;
        if !ended && failed == failed_before {
            failed += 1;
        }
        if failed > failed_before {
            println!("with the backend {backend}:\n{}", said.join("\n"));
        }
        for line in said.iter().filter(|line| line.contains(" MiB before")) {
            println!("{}", line.trim_start_matches("# "));
        }
    }
    Ok((passed, failed))
}

/// An empty project with the tests in it, the package and the servers among its modules.
fn project(package: &Path) -> Result<PathBuf, Fault> {
    let folder = target_dir()?.join("npm").join("project");
    let modules = folder.join("node_modules");
    remove(&folder)?;
    make_folder(&modules)?;
    let tools = tools::node_modules().map_err(Fault::Missing)?;
    link(package, &modules.join("edgewarden"))?;
    for name in ["express", "hono", "@hono", "@types", "typescript", "undici-types"] {
        link(&tools.join(name), &modules.join(name))?;
    }
    for file in files(&root().join("npm/test/node"))? {
        copy(&file, &folder.join(file.file_name().unwrap_or_default()))?;
    }
    Ok(folder)
}

#[cfg(unix)]
fn link(to: &Path, at: &Path) -> Result<(), Fault> {
    std::os::unix::fs::symlink(to, at).map_err(|error| Fault::Failed(format!("{}: {error}", at.display())))
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> Result<(), Fault> {
    Err(Fault::Missing("a system with symbolic links".to_owned()))
}

/// What `npm/src/native.js` looks for on this machine.
fn file_name() -> String {
    let platform = match consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    let arch = match consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        "x86" => "ia32",
        other => other,
    };
    let libc = match (consts::OS, cfg!(target_env = "musl")) {
        ("linux", true) => "-musl",
        ("linux", false) => "-gnu",
        _ => "",
    };
    format!("edgewarden.{platform}-{arch}{libc}.node")
}

/// Quick to link; what ships is built with `release`.
const TEST_PROFILE: &str = "demo";

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn every_exported_function_catches_panics() {
        let mut functions = 0;
        let folders = ["node/src", "node/src/jwt"].map(|folder| fs::read_dir(root().join(folder)).unwrap());
        let paths = folders.into_iter().flatten().map(|file| file.unwrap().path());
        for path in paths.filter(|path| path.is_file()) {
            let source = fs::read_to_string(&path).unwrap();
            let lines: Vec<&str> = source.lines().map(str::trim).collect();
            for (i, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("#[napi")) {
                let item = lines[i + 1..].iter().find(|line| !line.starts_with("#[")).unwrap();
                if item.contains("fn ") {
                    functions += 1;
                    assert!(line.contains("catch_unwind"), "{}: {item}", path.display());
                } else {
                    assert!(item.starts_with("pub struct ") || item.starts_with("impl "), "{}: {item}", path.display());
                }
            }
        }
        assert!(functions > 25, "{functions}");
    }
}
