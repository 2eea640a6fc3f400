//! The Python package: its wheel, its tests, and what a stranger finds who installs it.
//!
//! A wheel is tried in an environment of its own, which sees the pinned tools but not the sources of the package.

mod stranger;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Bench, Counts, Fault, costs_of, size_of, vectors_of};
use crate::process::{self, command, output, root, run, run_lines};
use crate::tools;

pub use stranger::smoke;

/// Runs all vectors.
pub fn vectors() -> Result<Counts, Fault> {
    let python = environment("vectors", &build(TEST_PROFILE)?)?;
    vectors_of(command(python, &["-B", "python/tests/vectors.py"]))
}

/// Runs the tests and the checks of types; each check counts as one test.
pub fn tests() -> Result<(usize, usize), Fault> {
    let python = environment("tests", &build(TEST_PROFILE)?)?;
    let (mut passed, mut failed) = (0, 0);
    let mut pytest = command(&python, &["-B", "-m", "pytest", "--quiet", "--color=no"]);
    pytest.current_dir(root().join("python"));
    let ended = run_lines(pytest, |line| {
        let (p, f) = pytest_counts(line);
        passed += p;
        failed += f;
        println!("{line}");
    })?;
    failed += usize::from(!ended && failed == 0);
    for check in types(&python)? {
        match run(check) {
            Ok(()) => passed += 1,
            Err(why) => {
                println!("{why}");
                failed += 1;
            }
        }
    }
    Ok((passed, failed))
}

/// Builds the wheel and the source distribution for people into `dist`.
///
/// With `EDGEWARDEN_MANYLINUX=1` the wheel is linked by Zig, which has to be installed beside maturin, for glibc 2.17;
/// else it needs the glibc of this machine.
pub fn package(dist: &Path) -> Result<Vec<PathBuf>, Fault> {
    let mut before = built(dist);
    for path in before.drain(..) {
        fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let mut wheel = maturin("build")?;
    wheel.args(["--profile", process::packing_profile(), "--out"]).arg(dist);
    if std::env::var("EDGEWARDEN_MANYLINUX").is_ok_and(|value| value == "1") {
        wheel.args(["--zig", "--compatibility", "manylinux2014"]);
    }
    run(wheel)?;
    let mut sdist = maturin("sdist")?;
    sdist.arg("--out").arg(dist);
    run(sdist)?;
    Ok(built(dist))
}

/// Builds and installs what is measured.
pub fn bench() -> Result<Bench, Fault> {
    let wheel = build(process::packing_profile())?;
    let python = environment("bench", &wheel)?;
    let round = move |quick: bool| {
        let mut run = command(&python, &["-B", "python/bench/overhead.py"]);
        run.args(quick.then_some("--quick"));
        costs_of(run)
    };
    Ok(Bench { sizes: vec![size_of("wheel", &wheel)?], round: Box::new(round) })
}

/// Builds the wheel with a profile of Cargo and returns where it is.
pub fn build(profile: &str) -> Result<PathBuf, Fault> {
    let folder = scratch().join(profile);
    remove(&folder)?;
    let mut maturin = maturin("build")?;
    maturin.args(["--quiet", "--profile", profile, "--out"]).arg(&folder);
    run(maturin)?;
    built(&folder).pop().ok_or_else(|| Fault::Failed("maturin built no wheel".to_owned()))
}

/// A new environment with the wheel and the pinned tools; returns its interpreter.
fn environment(name: &str, wheel: &Path) -> Result<PathBuf, Fault> {
    let tools = tools::venv().map_err(Fault::Missing)?;
    let folder = scratch().join(format!("venv-{name}"));
    let python = new_venv(&tools.join(BIN).join("python"), &folder)?;
    install(&python, wheel)?;
    // A path file adds the packages of the tools after those of the environment.
    let site = |python: &Path| -> Result<PathBuf, String> {
        let ask = command(python, &["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]);
        output(ask).map(|path| PathBuf::from(path.trim()))
    };
    let tools_site = site(&tools.join(BIN).join("python"))?;
    let link = site(&python)?.join("tools.pth");
    fs::write(&link, format!("{}\n", tools_site.display())).map_err(|e| format!("{}: {e}", link.display()))?;
    Ok(python)
}

/// The checkers of types, over the package as installed and over what a user writes.
fn types(python: &Path) -> Result<Vec<Command>, Fault> {
    let folder = scratch().join("types");
    remove(&folder)?;
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let place = "import edgewarden, pathlib; print(pathlib.Path(edgewarden.__file__).parent)";
    let package = output(command(python, &["-B", "-c", place]))?;
    // pyright only checks what lies below its configuration.
    let (package, sample) = (Path::new(package.trim()), root().join("python/tests/typed.py"));
    let package = package.strip_prefix(scratch()).map_err(|_| format!("{} is not ours", package.display()))?;
    fs::copy(&sample, folder.join("typed.py")).map_err(|error| format!("{}: {error}", sample.display()))?;
    let config = serde_json::json!({
        "include": [package, "types/typed.py"],
        "exclude": [],
        "typeCheckingMode": "strict",
        "pythonVersion": "3.9",
    });
    let place = scratch().join("pyrightconfig.json");
    fs::write(&place, config.to_string()).map_err(|error| format!("{}: {error}", place.display()))?;
    let mut pyright = Command::new(tools::npm_bin("pyright").map_err(Fault::Missing)?);
    pyright.arg("--project").arg(&place).arg("--pythonpath").arg(python).current_dir(scratch());
    let module = |arguments: &[&str]| {
        let mut command = command(python, &[&["-B", "-m"], arguments].concat());
        command.current_dir(&folder);
        command
    };
    let mut typed = module(&["mypy", "--strict"]);
    typed.arg(&sample);
    Ok(vec![
        module(&["mypy", "--strict", "-p", "edgewarden"]),
        typed,
        module(&["mypy.stubtest", "edgewarden"]),
        pyright,
    ])
}

fn maturin(what: &str) -> Result<Command, Fault> {
    let program = tools::venv_bin("maturin").map_err(Fault::Missing)?;
    let mut maturin = command(program, &[what, "--manifest-path", "python/Cargo.toml"]);
    // What Cargo told this process about itself would tell maturin's Cargo to build everything anew.
    for name in ["CARGO", "RUSTUP_TOOLCHAIN", "CARGO_TARGET_TMPDIR"] {
        maturin.env_remove(name);
    }
    Ok(maturin)
}

/// A new environment without any package but pip; returns its interpreter.
fn new_venv(python: &Path, folder: &Path) -> Result<PathBuf, Fault> {
    let mut create = command(python, &["-m", "venv", "--clear"]);
    create.arg(folder);
    run(create)?;
    Ok(folder.join(BIN).join("python"))
}

/// Installs one file without asking an index.
fn install(python: &Path, wheel: &Path) -> Result<(), Fault> {
    let arguments = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"];
    let mut install = command(python, &arguments);
    install.arg(wheel);
    Ok(run(install)?)
}

/// Wheels, then source distributions, of the package in a folder.
fn built(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("edgewarden-") && (name.ends_with(".whl") || name.ends_with(".tar.gz"))
    };
    let mut files: Vec<PathBuf> = entries.filter(is_ours).collect();
    files.sort_by_key(|path| (path.extension().is_none_or(|e| e != "whl"), path.clone()));
    files
}

/// Reads `3 failed, 12 passed in 0.50s`.
fn pytest_counts(line: &str) -> (usize, usize) {
    let (mut passed, mut failed) = (0, 0);
    let Some((counts, _)) = line.split_once(" in ") else { return (0, 0) };
    for part in counts.split(", ") {
        match part.split_once(' ').and_then(|(n, what)| Some((n.parse::<usize>().ok()?, what))) {
            Some((n, "passed")) => passed += n,
            Some((n, "failed" | "error" | "errors")) => failed += n,
            _ => {}
        }
    }
    (passed, failed)
}

fn remove(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(format!("{}: {error}", folder.display())),
        _ => Ok(()),
    }
}

/// Where wheels and environments go: beside what Cargo builds.
fn scratch() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or("target".into());
    // Joining an absolute path replaces the root.
    root().canonicalize().unwrap_or_else(|_| root()).join(target).join("python")
}

const TEST_PROFILE: &str = "demo";
const BIN: &str = if cfg!(windows) { "Scripts" } else { "bin" };

#[cfg(test)]
mod tests {
    #[test]
    fn pytest_counts_are_read() {
        assert_eq!(super::pytest_counts("3 failed, 12 passed, 1 warning in 0.50s"), (12, 3));
        assert_eq!(super::pytest_counts("576 passed in 2.37s"), (576, 0));
        assert_eq!(super::pytest_counts("12 passed tests are nice"), (0, 0));
    }
}
