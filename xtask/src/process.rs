//! Runs other programs in the root of the repository.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The root of the repository.
pub fn root() -> PathBuf {
    // Cargo says where this package is; a program started by hand runs in the root.
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("./xtask"), PathBuf::from);
    here.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// `cargo` with these arguments, in the root.
pub fn cargo<S: AsRef<OsStr>>(arguments: &[S]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    command(program, arguments)
}

/// A program with these arguments, in the root, free of what cargo told this process about itself.
pub fn command<S: AsRef<OsStr>>(program: impl AsRef<OsStr>, arguments: &[S]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    if PACKING.get().is_some()
        && let Some(seconds) = source_date()
    {
        command.env("SOURCE_DATE_EPOCH", seconds.to_string());
    }
    command
}

/// The folder cargo builds into.
pub fn target_dir() -> Result<PathBuf, String> {
    let root = root().canonicalize().map_err(|error| format!("the root of the repository: {error}"))?;
    Ok(root.join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or("target".into())))
}

/// From now on artefacts are built with this cargo profile, and archives carry [`source_date`].
pub fn set_packing(profile: &'static str) {
    let _ = PACKING.set(profile);
}

/// The cargo profile of native artefacts that are packed or measured: `release`, unless a quick look is wanted.
pub fn packing_profile() -> &'static str {
    PACKING.get().copied().unwrap_or("release")
}

static PACKING: OnceLock<&str> = OnceLock::new();

/// Seconds since 1970 that archives carry: `SOURCE_DATE_EPOCH`, else the time of the last commit.
pub fn source_date() -> Option<u64> {
    static DATE: OnceLock<Option<u64>> = OnceLock::new();
    *DATE.get_or_init(|| {
        let given = std::env::var("SOURCE_DATE_EPOCH").ok();
        let committed = || {
            let log = Command::new("git").args(["log", "-1", "--format=%ct"]).current_dir(root()).output().ok()?;
            String::from_utf8(log.stdout).ok()
        };
        given.or_else(committed)?.trim().parse().ok()
    })
}

/// Runs to the end with the terminal of this process.
pub fn run(mut command: Command) -> Result<(), String> {
    let name = name(&command);
    let status = command.status().map_err(|error| format!("{name}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name} failed ({status})")) }
}

/// Whether the program can be started with these arguments and ends well; its output is thrown away.
pub fn works(program: &str, arguments: &[&str]) -> bool {
    let mut command = command(program, arguments);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Runs to the end, hands each line of standard output to `each`, and returns whether the program ended well.
pub fn run_lines(mut command: Command, mut each: impl FnMut(&str)) -> Result<bool, String> {
    let name = name(&command);
    let describe = |error: std::io::Error| format!("{name}: {error}");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(describe)?;
    if let Some(stdout) = child.stdout.take() {
        let mut reader = BufReader::new(stdout);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).map_err(describe)? > 0 {
            each(String::from_utf8_lossy(&line).trim_end());
            line.clear();
        }
    }
    Ok(child.wait().map_err(describe)?.success())
}

/// Standard output of a program that has to end well.
pub fn output(mut command: Command) -> Result<String, String> {
    let name = name(&command);
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| format!("{name}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{name} failed ({})", output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{name} did not write UTF-8"))
}

/// Builds the command `edgewarden` and returns where it is.
pub fn build_cli(profile: &str) -> Result<PathBuf, String> {
    executable(&["--package", "edgewarden-cli", "--profile", profile])
}

/// Builds the program that these arguments of `cargo build` name and returns where it is.
pub fn executable(arguments: &[&str]) -> Result<PathBuf, String> {
    let mut executable = None;
    let fixed = ["build", "--message-format=json-render-diagnostics"];
    let done = run_lines(cargo(&[&fixed, arguments].concat()), |line| {
        let message: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
        if let Some(path) = message.get("executable").and_then(|path| path.as_str()) {
            executable = Some(PathBuf::from(path));
        }
    })?;
    match executable {
        Some(path) if done => Ok(path),
        _ => Err(format!("{} did not build", arguments.join(" "))),
    }
}

/// The labelled texts that several repositories share, if they are there.
pub fn corpus(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("EDGEWARDEN_CORPUS").map_or_else(|| root().join("../shared/corpus"), PathBuf::from);
    Some(folder.join(name)).filter(|path| path.is_file())
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let arguments = command.get_args().take(3).map(OsStr::to_string_lossy);
    let words: Vec<_> = std::iter::once(program.to_string_lossy()).chain(arguments).collect();
    words.join(" ")
}
