//! Empty projects with the packed package in them, as a stranger would have it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::Fault;
use super::assemble::{make_folder, remove, target_dir};
use crate::process::{command, output, root, run};
use crate::tools;

/// Packs the package at `package` into the folder `dist` and returns the tarball.
pub fn pack(package: &Path, dist: &Path) -> Result<PathBuf, Fault> {
    make_folder(dist)?;
    let mut npm = command("npm", &["pack", "--silent", "--pack-destination"]);
    npm.arg(dist).current_dir(package);
    let name = output(npm)?;
    Ok(dist.join(name.trim()))
}

/// A project of the files in `npm/test/<name>`, with the tarball installed. What else the project needs (`linked`) comes
/// from the fetched tools, so that nothing is downloaded.
pub fn project(name: &str, tarball: &Path, linked: &[&str]) -> Result<PathBuf, Fault> {
    let folder = target_dir()?.join("npm").join("projects").join(name);
    remove(&folder)?;
    make_folder(&folder)?;
    copy_folder(&root().join("npm/test").join(name), &folder)?;
    if !folder.join("package.json").exists() {
        super::assemble::write(&folder.join("package.json"), "{ \"private\": true }\n")?;
    }
    let flags = ["install", "--silent", "--no-audit", "--no-fund", "--offline", "--no-package-lock"];
    let mut npm = command("npm", &flags);
    npm.arg(tarball).current_dir(&folder);
    run(npm)?;
    let tools = tools::node_modules().map_err(Fault::Missing)?;
    for name in linked {
        let place = folder.join("node_modules").join(name);
        if let Some(parent) = place.parent() {
            make_folder(parent)?;
        }
        link(&tools.join(name), &place)?;
    }
    Ok(folder)
}

/// A program inside a project.
pub fn inside(folder: &Path, program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
    let mut command = command(program, arguments);
    command.current_dir(folder);
    command
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Fault> {
    make_folder(to)?;
    let entries = fs::read_dir(from).map_err(|error| format!("{}: {error}", from.display()))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        let place = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_folder(&path, &place)?;
        } else {
            super::assemble::copy(&path, &place)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> Result<(), Fault> {
    std::os::unix::fs::symlink(from, to).map_err(|error| Fault::Failed(format!("{}: {error}", to.display())))
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> Result<(), Fault> {
    copy_folder(from, to)
}
