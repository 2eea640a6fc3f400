//! The zip of the package, and the check that it serves a stranger.

use std::fs;
use std::path::{Path, PathBuf};

use super::stage::{ARCHIVE, LIBRARY_FOLDER, Stage, sync};
use super::{Fault, compile};
use crate::process::{self, command, output, root, run, works};
use crate::tools;

pub fn package(dist: &Path) -> Result<Vec<PathBuf>, Fault> {
    let stage = Stage::assemble(process::packing_profile())?;
    let whole = stage.folder.join("package");
    let folder = whole.join(NAME);
    empty(&whole)?;
    for part in ["Sources", LIBRARY_FOLDER] {
        sync(&stage.folder.join(part), &folder.join(part), |_| true)?;
    }
    let files = ["Package.swift", "README.md"].map(|name| stage.folder.join(name));
    let licences = ["LICENSE-APACHE", "LICENSE-MIT"].map(|name| root().join(name));
    for file in files.iter().chain(&licences) {
        super::stage::place(file, &folder.join(file.file_name().unwrap_or_default()))?;
    }
    // Rust's own debug information is most of a static library.
    let mut strip = command("strip", &["--strip-debug"]);
    strip.arg(archive(&stage));
    if works("strip", &["--version"]) {
        run(strip)?;
    } else {
        println!("strip is missing: the static library keeps its debug information and is larger");
    }
    fs::create_dir_all(dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    let zip = zip_in(dist);
    let _ = fs::remove_file(&zip);
    // Python writes the zip, for it is on every machine that builds the other packages.
    let mut make = command("python3", &["-m", "zipfile", "-c"]);
    make.arg(absolute(&zip)?).arg(NAME).current_dir(&whole);
    run(make)?;
    Ok(vec![zip])
}

/// The static library inside the package that was made last.
pub fn archive(stage: &Stage) -> PathBuf {
    stage.folder.join("package").join(NAME).join(LIBRARY_FOLDER).join(ARCHIVE)
}

pub fn smoke(dist: &Path) -> Result<(), Fault> {
    let swift = tools::swift().map_err(Fault::Missing)?;
    let folder = std::env::temp_dir().join(format!("edgewarden-swift-{}", std::process::id()));
    empty(&folder)?;
    let mut unpack = command("python3", &["-m", "zipfile", "-e"]);
    unpack.arg(absolute(&zip_in(dist))?).arg(&folder);
    run(unpack)?;
    sync(&root().join("mobile/swift/Examples/Consumer"), &folder.join("Consumer"), |_| true)?;
    compile(swift.command(&folder, "cd Consumer; swift build -c release 2>&1"))?;
    let said = output(swift.command(&folder, "Consumer/.build/release/consumer"))?;
    let _ = fs::remove_dir_all(&folder);
    print!("{said}");
    if said.contains(EXPECTED) { Ok(()) } else { Err(Fault::Failed(format!("the program did not say `{EXPECTED}`"))) }
}

fn zip_in(dist: &Path) -> PathBuf {
    dist.join(format!("edgewarden-swift-{}.zip", env!("CARGO_PKG_VERSION")))
}

fn empty(folder: &Path) -> Result<(), Fault> {
    let describe = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(describe)?;
    }
    Ok(fs::create_dir_all(folder).map_err(describe)?)
}

fn absolute(path: &Path) -> Result<PathBuf, Fault> {
    Ok(std::path::absolute(path).map_err(|error| format!("{}: {error}", path.display()))?)
}

/// The folder inside the zip: programs name it in their `Package.swift`.
const NAME: &str = "Edgewarden";
/// What the consumer prints at its end.
const EXPECTED: &str = "Please write to [email-address] about it.";
