//! `tools`: the toolchains of the bindings, fetched once at pinned versions.
//!
//! They live in `$EDGEWARDEN_TOOLS`, else in `.tools/`. Every function here may be called again at any time: a stamp
//! that holds the pin says whether a tool is already there. An error says what is missing; the caller decides whether
//! that skips a step or fails it. Several runs may share one folder, each tool is fetched under a lock.

mod apt;
pub mod jvm;
pub mod swift;
mod table;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{command, output, root, works};

pub use jvm::kotlin_classpath;
pub use swift::swift;
pub use table::run;

/// The folder that holds every fetched tool.
pub fn tools_dir() -> PathBuf {
    // Joining an absolute path replaces the root.
    root()
        .canonicalize()
        .unwrap_or_else(|_| root())
        .join(std::env::var_os("EDGEWARDEN_TOOLS").unwrap_or(".tools".into()))
}

/// `node_modules` with everything `tools/npm/package-lock.json` names. No install script runs.
pub fn node_modules() -> Result<PathBuf, String> {
    let folder = tools_dir().join("npm");
    let modules = folder.join("node_modules");
    let pinned = root().join("tools/npm");
    let pin = ["package.json", "package-lock.json", ".npmrc"].map(|name| (name, read(&pinned.join(name))));
    let mut all = String::new();
    for (_, text) in &pin {
        all.push_str(text.as_ref()?);
    }
    once("npm", &all, &modules, || {
        let node = output(command("node", &["--version"])).unwrap_or_default();
        if node_major(&node).is_none_or(|major| major < 20) || !works("npm", &["--version"]) {
            return Err("Node.js is missing or too old: install 20.19 or later, with npm".to_owned());
        }
        println!("fetching the npm packages, about 830 MB unpacked, once");
        make_folder(&folder)?;
        for (name, text) in &pin {
            write(&folder.join(name), text.as_ref()?)?;
        }
        let mut ci = command("npm", &["ci"]);
        ci.current_dir(&folder);
        quietly(ci)?;
        place_bun(&modules)
    })?;
    Ok(modules)
}

/// A program of [`node_modules`].
pub fn npm_bin(name: &str) -> Result<PathBuf, String> {
    existing(node_modules()?.join(".bin").join(name))
}

/// A Python environment with everything `tools/python/requirements.txt` names.
pub fn venv() -> Result<PathBuf, String> {
    let folder = tools_dir().join("venv");
    let requirements = root().join("tools/python/requirements.txt");
    let python = output(command("python3", &["--version"])).map_err(|why| format!("Python 3 is missing: {why}"))?;
    let pin = python + &read(&requirements)?;
    once("venv", &pin, &folder, || {
        println!("fetching the Python packages, about 150 MB, once");
        // Debian keeps the module that makes environments in a package of its own.
        let can_make = || works("python3", &["-c", "import ensurepip"]).then(|| PathBuf::from("python3"));
        apt::provide(&["python3-venv"], can_make)?;
        make_folder(&tools_dir())?;
        let mut create = command("python3", &["-m", "venv", "--clear"]);
        create.arg(&folder);
        quietly(create)?;
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
        let mut install = command(venv_path(&folder, "python"), &install);
        install.arg(&requirements);
        quietly(install)
    })?;
    Ok(folder)
}

/// A program of [`venv`].
pub fn venv_bin(name: &str) -> Result<PathBuf, String> {
    existing(venv_path(&venv()?, name))
}

/// Chromium or Chrome: `$EDGEWARDEN_CHROMIUM`, else one of the PATH, else Debian's, installed as root.
pub fn chromium() -> Result<PathBuf, String> {
    if let Some(path) = std::env::var_os("EDGEWARDEN_CHROMIUM") {
        return existing(PathBuf::from(path));
    }
    let names = ["chromium", "chromium-browser", "google-chrome"];
    apt::provide(&["chromium"], || on_path(&names))
        .map_err(|why| format!("{why} (or set EDGEWARDEN_CHROMIUM to the program)"))
}

/// Adds a target to the Rust toolchain of this run, if it lacks it.
pub fn rust_target(target: &str) -> Result<(), String> {
    let installed = output(command("rustup", &["target", "list", "--installed"])).unwrap_or_default();
    if installed.lines().any(|line| line == target) {
        return Ok(());
    }
    println!("adding the Rust target {target}");
    quietly(command("rustup", &["target", "add", target])).map_err(|_| format!("the target {target} is missing"))
}

/// Adds the sources of the standard library to the Rust toolchain of this run.
pub fn rust_source() -> Result<(), String> {
    quietly(command("rustup", &["component", "add", "rust-src"])).map_err(|_| "rust-src is missing".to_owned())
}

/// The Rust targets the checks need.
pub const RUST_TARGETS: [&str; 2] = ["wasm32-unknown-unknown", "thumbv7em-none-eabihf"];

/// Runs `fetch` unless `place` is there and the stamp of this tool holds `pin`; only success writes the stamp.
fn once(tool: &str, pin: &str, place: &Path, fetch: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    once_in(&tools_dir(), tool, pin, place, fetch)
}

fn once_in(
    folder: &Path,
    tool: &str,
    pin: &str,
    place: &Path,
    fetch: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    let stamp = folder.join(format!("{tool}.stamp"));
    let is_there = || place.exists() && fs::read_to_string(&stamp).is_ok_and(|held| held == pin);
    if is_there() {
        return Ok(());
    }
    make_folder(folder)?;
    let path = folder.join(format!("{tool}.lock"));
    // Each call opens the file anew, so the lock holds between threads too.
    let lock = File::create(&path).map_err(|error| at(&path, error))?;
    lock.lock().map_err(|error| at(&path, error))?;
    if is_there() {
        return Ok(());
    }
    if stamp.exists() {
        fs::remove_file(&stamp).map_err(|error| at(&stamp, error))?;
    }
    fetch()?;
    write(&stamp, pin)
}

/// Puts Bun's program where its launcher is, which its install script would do.
fn place_bun(modules: &Path) -> Result<(), String> {
    let builds = fs::read_dir(modules.join("@oven")).map_err(|error| at(modules, error))?;
    let mut builds: Vec<PathBuf> = builds.flatten().map(|entry| entry.path().join("bin")).collect();
    // The plain build is faster than the baseline one and sorts before it.
    builds.sort();
    let programs = builds.iter().flat_map(|folder| [folder.join("bun"), folder.join("bun.exe")]);
    let starts = |program: &PathBuf| program.is_file() && works(&program.to_string_lossy(), &["--version"]);
    let Some(program) = programs.into_iter().find(starts) else {
        return Err("no build of Bun starts on this machine".to_owned());
    };
    for launcher in ["bun/bin/bun.exe", "bun/bin/bunx.exe"].map(|path| modules.join(path)) {
        fs::remove_file(&launcher).map_err(|error| at(&launcher, error))?;
        fs::hard_link(&program, &launcher).map_err(|error| at(&launcher, error))?;
    }
    Ok(())
}

/// Reads the major version out of `v20.19.0`.
fn node_major(said: &str) -> Option<u32> {
    said.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Runs to the end; what it writes is shown only if it fails.
fn quietly(mut command: Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command.output().map_err(|error| format!("{name}: {error}"))?;
    if done.status.success() {
        return Ok(());
    }
    let said = [done.stdout, done.stderr].concat();
    Err(format!("{}\n{name} failed ({})", String::from_utf8_lossy(&said).trim_end(), done.status))
}

/// The first of these programs that a folder of the PATH holds.
fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let places = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.into_iter().find(|place| place.is_file())
}

fn venv_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(if cfg!(windows) { "Scripts" } else { "bin" }).join(name)
}

fn existing(path: PathBuf) -> Result<PathBuf, String> {
    if path.exists() { Ok(path) } else { Err(format!("{} is missing", path.display())) }
}

fn make_folder(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| at(folder, error))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| at(path, error))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| at(path, error))
}

fn at(path: &Path, error: std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An empty folder of this test.
    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("edgewarden-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn tool_is_fetched_once_per_pin() {
        let folder = scratch("once");
        let mut fetched = 0;
        for pin in ["a 1", "a 1", "a 2", "a 2"] {
            once_in(&folder, "a", pin, &folder, || {
                fetched += 1;
                Ok(())
            })
            .unwrap();
        }
        assert_eq!(fetched, 2);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn deleted_tool_is_fetched_again() {
        let folder = scratch("deleted");
        let place = folder.join("a");
        for _ in 0..2 {
            once_in(&folder, "a", "1", &place, || write(&place, "")).unwrap();
            fs::remove_file(&place).unwrap();
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn failed_fetch_leaves_no_stamp() {
        let folder = scratch("failed");
        once_in(&folder, "a", "1", &folder, || Ok(())).unwrap();
        assert_eq!(once_in(&folder, "a", "2", &folder, || Err("no network".to_owned())), Err("no network".to_owned()));
        // The old pin may be half overwritten, so it does not count either.
        let mut again = false;
        once_in(&folder, "a", "1", &folder, || {
            again = true;
            Ok(())
        })
        .unwrap();
        assert!(again);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn lock_file_names_no_registry() {
        let lock = read(&root().join("tools/npm/package-lock.json")).unwrap();
        assert!(!lock.contains("\"resolved\""));
    }

    #[test]
    fn python_packages_are_pinned() {
        let requirements = read(&root().join("tools/python/requirements.txt")).unwrap();
        for line in requirements.lines().filter(|line| !line.starts_with('#')) {
            assert!(line.contains("=="), "{line}");
        }
    }
}
