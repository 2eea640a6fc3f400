//! `package`: every artefact a user installs, their hashes, and what is in them.
//!
//! Everything is built on this machine for this machine; WebAssembly and the sources run elsewhere too. Entries of
//! archives carry the time of the last commit (`SOURCE_DATE_EPOCH` says otherwise).

mod crates;
mod sums;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::lang::{self, Fault};
use crate::process::{self, root};
use crate::sbom;
use crate::suite::on_ci;

pub use sums::sha256;

/// Packs into `dist/`; `--profile demo` packs without link-time optimisation, for a look; `--check` packs quickly
/// elsewhere and runs every artefact in an empty project.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    let profile = match arguments {
        [] | ["--profile", "release"] => "release",
        ["--profile", "demo"] => "demo",
        ["--check"] => return check(),
        _ => return Err("usage: cargo xtask package [--profile release|demo | --check]".to_owned()),
    };
    let dist = root().canonicalize().unwrap_or_else(|_| root()).join("dist");
    let packed = pack(&dist, profile)?;
    packed.table()?;
    match packed.complaint() {
        None => Ok(()),
        Some(why) => Err(why),
    }
}

fn check() -> Result<(), String> {
    match packages() {
        Ok((passed, 0)) => {
            println!("{passed} kinds of artefacts install and run");
            Ok(())
        }
        Ok((_, failed)) => Err(format!("{failed} kinds of artefacts failed")),
        Err(fault) => Err(why(&fault)),
    }
}

/// Packs quickly, then installs each artefact into an empty project and runs it there: kinds that worked and failed.
pub fn packages() -> Result<(usize, usize), Fault> {
    let dist = process::target_dir()?.join("packages");
    let packed = pack(&dist, "demo")?;
    let (mut passed, mut failed) = (0, packed.failed.len());
    for kind in KINDS.iter().filter(|kind| packed.names.contains(&kind.name)) {
        let began = Instant::now();
        match (kind.smoke)(&dist) {
            Ok(()) => {
                println!("{}: installed and ran in {:.1} s", kind.name, began.elapsed().as_secs_f64());
                passed += 1;
            }
            Err(fault) => {
                println!("{}: {}", kind.name, why(&fault));
                failed += 1;
            }
        }
    }
    for why in &packed.failed {
        println!("{why}");
    }
    match packed.missing.as_slice() {
        [] => Ok((passed, failed)),
        missing if failed == 0 => Err(Fault::Missing(missing.join("; "))),
        _ => Ok((passed, failed)),
    }
}

/// One kind of artefact.
struct Kind {
    name: &'static str,
    package: fn(&Path) -> Result<Vec<PathBuf>, Fault>,
    smoke: fn(&Path) -> Result<(), Fault>,
}

const KINDS: [Kind; 5] = [
    Kind { name: "crates", package: crates::package, smoke: crates::smoke },
    Kind { name: "npm", package: lang::npm::package, smoke: lang::npm::smoke },
    Kind { name: "Python", package: lang::python::package, smoke: lang::python::smoke },
    Kind { name: "Kotlin", package: lang::kotlin::package, smoke: lang::kotlin::smoke },
    Kind { name: "Swift", package: lang::swift::package, smoke: lang::swift::smoke },
];

/// What came out.
#[derive(Default)]
struct Packed {
    artefacts: Vec<PathBuf>,
    /// Kinds that were packed.
    names: Vec<&'static str>,
    missing: Vec<String>,
    failed: Vec<String>,
}

/// Empties the folder and packs every kind into it; one that fails does not hold up the others.
fn pack(dist: &Path, profile: &'static str) -> Result<Packed, String> {
    process::set_packing(profile);
    if dist.exists() {
        fs::remove_dir_all(dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    }
    fs::create_dir_all(dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    let mut packed = Packed::default();
    for kind in KINDS {
        println!("packing {} ({profile}) ...", kind.name);
        match (kind.package)(dist) {
            Ok(paths) => {
                for path in &paths {
                    println!("  {} {} bytes", file_name(path), size(path)?);
                }
                packed.artefacts.extend(paths);
                packed.names.push(kind.name);
            }
            Err(Fault::Missing(why)) => {
                println!("SKIPPED: {}: {why}", kind.name);
                packed.missing.push(format!("{}: {why}", kind.name));
            }
            Err(Fault::Failed(why)) => {
                println!("FAILED: {}: {why}", kind.name);
                packed.failed.push(format!("{} was not packed: {why}", kind.name));
            }
        }
    }
    let bill = sbom::write(dist)?;
    println!("  {} {} bytes", file_name(&bill), size(&bill)?);
    packed.artefacts.push(bill);
    sums::write(dist, &packed.artefacts)?;
    Ok(packed)
}

impl Packed {
    fn table(&self) -> Result<(), String> {
        println!("\n{:<56} {:>10}  sha256", "artefact", "bytes");
        for path in &self.artefacts {
            println!("{:<56} {:>10}  {}", file_name(path), size(path)?, sha256(path)?);
        }
        Ok(())
    }

    /// A missing tool only counts in CI, where nothing may be left out in silence.
    fn complaint(&self) -> Option<String> {
        let missing = self.missing.iter().filter(|_| on_ci());
        let all: Vec<&str> = self.failed.iter().chain(missing).map(String::as_str).collect();
        (!all.is_empty()).then(|| all.join("\n"))
    }
}

fn why(fault: &Fault) -> String {
    match fault {
        Fault::Missing(tool) => format!("missing: {tool}"),
        Fault::Failed(why) => why.clone(),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn size(path: &Path) -> Result<u64, String> {
    fs::metadata(path).map(|data| data.len()).map_err(|error| format!("{}: {error}", path.display()))
}
