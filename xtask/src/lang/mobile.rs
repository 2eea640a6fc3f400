//! The library that Swift and Kotlin share, and the sources that are generated from it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Fault;
use crate::process::{cargo, run, run_lines};
use crate::tools;

/// Builds the native library of this machine and returns where it is.
pub fn library(profile: &str) -> Result<PathBuf, String> {
    let file = file_name();
    artefact(cargo(&["build", "--package", "edgewarden-mobile", "--profile", profile]), &file)
}

/// Name of the native library on this machine.
pub fn file_name() -> String {
    format!("{}edgewarden_mobile{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}

/// A folder of the target directory for what is made of the library there.
pub fn folder(library: &Path, name: &str) -> PathBuf {
    let target = library.parent().and_then(Path::parent).unwrap_or(library);
    target.join("mobile").join(name)
}

/// Generates the sources of `kotlin` or `swift` for a library and returns their folder.
pub fn sources(library: &Path, language: &str) -> Result<PathBuf, String> {
    let out = folder(library, language);
    if out.exists() {
        // What an older generator wrote must not be compiled along.
        fs::remove_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    }
    let mut bindgen = cargo(&["run", "--quiet", "--package", "edgewarden-bindgen", "--", "uniffi"]);
    bindgen.arg(library).arg(language).arg(&out);
    run(bindgen)?;
    Ok(out)
}

/// Compiles the static libraries for phones, unoptimised: that they compile is what is asked. They need no SDK; what links them
/// does.
pub fn static_libraries() -> Result<(usize, usize), Fault> {
    for target in PHONES {
        static_library(target, "dev")?;
    }
    Ok((PHONES.len(), 0))
}

/// Compiles the static library for one target and returns where it is.
pub fn static_library(target: &str, profile: &str) -> Result<PathBuf, Fault> {
    let has_std = tools::rust_target(target).is_ok();
    if !has_std {
        println!("{target}: the channel has no standard library, so it is built from its sources");
        tools::rust_source().map_err(Fault::Missing)?;
    }
    let mut arguments = vec![
        "rustc",
        "--package",
        "edgewarden-mobile",
        "--lib",
        "--crate-type",
        "staticlib",
        "--profile",
        profile,
        "--target",
        target,
    ];
    if !has_std {
        arguments.push("-Zbuild-std=std,panic_unwind");
    }
    let mut build = cargo(&arguments);
    if !has_std {
        // The option is not stable; what it builds is the library of this very toolchain.
        build.env("RUSTC_BOOTSTRAP", "1");
    }
    let path = artefact(build, "libedgewarden_mobile.a")?;
    let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    if !bytes.windows(SYMBOL.len()).any(|window| window == SYMBOL) {
        return Err(Fault::Failed(format!("{} holds no scanner", path.display())));
    }
    Ok(path)
}

/// Runs cargo and returns the file of that name that it made of the library.
fn artefact(mut build: Command, file: &str) -> Result<PathBuf, String> {
    let mut found = None;
    build.arg("--message-format=json-render-diagnostics");
    let done = run_lines(build, |line| {
        let message: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
        for path in message["filenames"].as_array().into_iter().flatten().filter_map(|path| path.as_str()) {
            if Path::new(path).file_name().is_some_and(|name| name == file) {
                found = Some(PathBuf::from(path));
            }
        }
    })?;
    match found {
        Some(path) if done => Ok(path),
        _ => Err(format!("{file} did not build")),
    }
}

/// Devices and simulators. Only the XCFramework and the AAR, which need their own kits, hold further ones.
pub const PHONES: [&str; 4] =
    ["aarch64-apple-ios", "aarch64-apple-ios-sim", "aarch64-linux-android", "x86_64-linux-android"];

/// What no library for phones may lack.
const SYMBOL: &[u8] = b"uniffi_edgewarden_mobile_fn_method_promptscanner_scan";
