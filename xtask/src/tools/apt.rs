//! Packages of Debian and its relatives.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::{on_path, quietly};
use crate::process::{command, output};

/// What `find` finds, after installing packages if it finds nothing at first. One call at a time; only root on a
/// machine with apt can install, anyone else is told what to install.
pub fn provide(packages: &[&str], find: impl Fn() -> Option<PathBuf>) -> Result<PathBuf, String> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    if let Some(found) = find() {
        return Ok(found);
    }
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    // The call before this one may have brought it.
    if let Some(found) = find() {
        return Ok(found);
    }
    install(packages)?;
    find().ok_or_else(|| format!("installed, but not found: {}", packages.join(" ")))
}

fn install(packages: &[&str]) -> Result<(), String> {
    let wanted = packages.join(" ");
    if !is_root() || on_path(&["apt-get"]).is_none() {
        return Err(format!("install these packages first: {wanted}"));
    }
    println!("installing {wanted}, once");
    let attempt = || {
        let mut install = command("apt-get", &["install", "--yes", "--quiet", "--no-install-recommends"]);
        // Another program may be installing something; waiting is better than failing.
        install.args(["--option", "DPkg::Lock::Timeout=600"]).args(packages).env("DEBIAN_FRONTEND", "noninteractive");
        quietly(install)
    };
    if attempt().is_ok() {
        return Ok(());
    }
    // The list of packages may be absent or too old.
    quietly(command("apt-get", &["update", "--quiet"]))?;
    attempt()
}

/// Whether this process is root, as far as `id` knows.
pub fn is_root() -> bool {
    on_path(&["id"]).is_some() && output(command("id", &["-u"])).is_ok_and(|id| id.trim() == "0")
}

/// The address of the Debian mirror this machine uses.
pub fn debian_mirror() -> Result<String, String> {
    let apt = Path::new("/etc/apt");
    let listed = fs::read_dir(apt.join("sources.list.d")).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = listed.collect();
    files.sort();
    files.insert(0, apt.join("sources.list"));
    let mirrors = files.iter().filter_map(|file| {
        let text = fs::read_to_string(file).ok()?;
        match file.extension()?.to_str()? {
            "list" => mirror_of_lines(&text),
            "sources" => mirror_of_stanzas(&text),
            _ => None,
        }
    });
    mirrors.into_iter().next().ok_or_else(|| "apt names no Debian mirror".to_owned())
}

/// Reads `deb [options] address suite components...`.
fn mirror_of_lines(text: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let rest = line.trim().strip_prefix("deb ")?.trim_start();
        let rest = if rest.starts_with('[') { rest.split_once(']')?.1 } else { rest };
        let mut words = rest.split_whitespace();
        let address = words.next()?;
        let _suite = words.next()?;
        is_main_archive(address, words).then(|| address.to_owned())
    })
}

/// Reads stanzas of `URIs:`, `Suites:` and `Components:`, with an empty line between two.
fn mirror_of_stanzas(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).map(str::trim_end).collect();
    lines.split(|line| line.is_empty()).find_map(|stanza| {
        let field = |name: &str| {
            stanza.iter().find_map(|line| {
                let (key, value) = line.split_once(':')?;
                key.eq_ignore_ascii_case(name).then_some(value)
            })
        };
        if !field("Types")?.split_whitespace().any(|kind| kind == "deb")
            || field("Enabled").map(str::trim) == Some("no")
        {
            return None;
        }
        let address = field("URIs")?.split_whitespace().next()?;
        is_main_archive(address, field("Components")?.split_whitespace()).then(|| address.to_owned())
    })
}

/// Debian's main archive lies in a folder `debian`; its security archive and other publishers lie elsewhere.
fn is_main_archive<'a>(address: &str, mut components: impl Iterator<Item = &'a str>) -> bool {
    address.trim_end_matches('/').ends_with("/debian") && components.any(|component| component == "main")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirror_is_read_from_lines() {
        let text = "# deb http://old.example/debian bookworm main\n\
                    deb-src http://src.example/debian bookworm main\n\
                    deb http://a.example/debian-security bookworm-security main\n\
                    deb [arch=amd64 signed-by=/k.gpg] http://a.example/debian bookworm main contrib\n";
        assert_eq!(mirror_of_lines(text).as_deref(), Some("http://a.example/debian"));
        assert_eq!(mirror_of_lines("deb http://a.example/apt stable main"), None);
        assert_eq!(mirror_of_lines("deb [arch=amd64"), None);
    }

    #[test]
    fn mirror_is_read_from_stanzas() {
        let text = "Types: deb\nURIs: http://a.example/debian-security\nSuites: x\nComponents: main\n\n\
                    Types: deb\nEnabled: no\nURIs: http://off.example/debian\nSuites: x\nComponents: main\n\n\
                    Types: deb deb-src\n# a note: with a colon\nURIs: http://a.example/debian/ http://b.example/\n\
                    Suites: x x-updates\nComponents: main\n";
        assert_eq!(mirror_of_stanzas(text).as_deref(), Some("http://a.example/debian/"));
        assert_eq!(mirror_of_stanzas("Types: deb\nURIs: http://a.example/debian\n"), None);
    }
}
