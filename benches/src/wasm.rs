//! Builds the WASM probe and has Node measure it.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::texts;

/// Figures by name, in the unit the name ends with.
pub type Figures = BTreeMap<String, f64>;

/// What Node measured.
pub struct Measured {
    /// Median times and gzip sizes.
    pub figures: Figures,
    /// Cold starts in milliseconds, one fresh process each.
    pub cold_ms: Vec<f64>,
    /// Whether `wasm-opt` went over the file.
    pub optimised: bool,
}

/// Builds and measures; the error says why there are no figures.
pub fn measure(starts: usize, quick: bool) -> Result<Measured, String> {
    output(Command::new("node").arg("--version")).map_err(|_| "node is not installed".to_owned())?;
    let plain = build()?;
    let (wasm, optimised) = match optimise(&plain) {
        Ok(optimised) => (optimised, true),
        Err(reason) => {
            eprintln!("wasm-opt SKIPPED, sizes are those of the plain build: {reason}");
            (plain, false)
        }
    };
    let texts = texts::folder();
    let rules = workspace().join("core/src/generated/builtin.bin");
    let mut figures = node("size", &wasm, &[&rules, &model()], false)?;
    figures.append(&mut node("speed", &wasm, &[&texts], quick)?);
    let mut cold_ms = Vec::new();
    for _ in 0..starts {
        cold_ms.extend(node("cold", &wasm, &[&texts], quick)?.into_values());
    }
    Ok(Measured { figures, cold_ms, optimised })
}

/// The built-in weights.
pub fn model() -> PathBuf {
    workspace().join("core/src/generated/lexical.bin")
}

fn build() -> Result<PathBuf, String> {
    let target = env::current_exe()
        .ok()
        .and_then(|exe| exe.ancestors().nth(2).map(Path::to_path_buf))
        .ok_or("the target directory is unknown")?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    output(
        Command::new(cargo)
            .current_dir(workspace())
            .args(["build", "--quiet", "--package", "edgewarden-wasm-probe", "--profile", "wasm"])
            .args(["--target", "wasm32-unknown-unknown", "--target-dir"])
            .arg(&target),
    )?;
    Ok(target.join("wasm32-unknown-unknown/wasm/edgewarden_wasm_probe.wasm"))
}

fn optimise(plain: &Path) -> Result<PathBuf, String> {
    let tools = workspace().join(".tools");
    let wasm_opt = tools.join("node_modules/binaryen/bin/wasm-opt");
    if !wasm_opt.is_file() {
        output(Command::new("npm").args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(&tools).arg(BINARYEN))?;
    }
    let optimised = plain.with_extension("opt.wasm");
    output(Command::new("node").arg(wasm_opt).args(WASM_OPT).arg(plain).arg("-o").arg(&optimised))?;
    Ok(optimised)
}

fn node(mode: &str, wasm: &Path, extra: &[&Path], quick: bool) -> Result<Figures, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("wasm-probe/run.mjs");
    let mut command = Command::new("node");
    command.arg(script).arg(mode).arg(wasm).args(extra);
    if quick {
        command.arg("quick");
    }
    let lines = output(&mut command)?;
    Ok(lines
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?)))
        .collect())
}

fn output(command: &mut Command) -> Result<String, String> {
    let name = Path::new(command.get_program()).file_name().unwrap_or(OsStr::new("?")).to_string_lossy().into_owned();
    let output = command.output().map_err(|e| format!("{name}: {e}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{name}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr).trim_end()))
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

const BINARYEN: &str = "binaryen@132.0.0";
const WASM_OPT: &[&str] = &[
    "-Os",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--strip-debug",
    "--strip-producers",
];
