//! Swift 6: the one on the PATH, else the one of Debian 13 in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{apt, at, make_folder, on_path, once, quietly, tools_dir};
use crate::process::{command, output, root as repository, works};

/// A Swift compiler, version 6 or later.
pub enum Swift {
    /// The one on the PATH.
    System,
    /// A Debian system in this folder that holds it.
    Root(PathBuf),
}

/// The compiler of the PATH if it is new enough, else [`swift_root`].
pub fn swift() -> Result<Swift, String> {
    let is_new = on_path(&["swiftc"]).is_some()
        && output(command("swiftc", &["--version"])).is_ok_and(|said| major(&said).is_some_and(|major| major >= 6));
    if is_new { Ok(Swift::System) } else { swift_root().map(Swift::Root) }
}

/// A folder with Debian 13 and its Swift: only root can make it.
pub fn swift_root() -> Result<PathBuf, String> {
    let folder = tools_dir().join("swift");
    let pin = format!("{SUITE} {PACKAGES} without {}", LEFT_OUT.join(" "));
    once("swift", &pin, &folder, || {
        if !apt::is_root() || on_path(&["apt-get"]).is_none() {
            return Err("Swift 6 is missing: install it, or run as root on Debian".to_owned());
        }
        apt::provide(&["mmdebstrap"], || on_path(&["mmdebstrap"]))?;
        let mirror = apt::debian_mirror()?;
        println!("fetching the Swift toolchain, about 600 MB (2 GB unpacked), once");
        // A run that was ended early leaves its half there.
        let unfinished = tools_dir().join("swift.unfinished");
        for old in [&unfinished, &folder] {
            if old.exists() {
                fs::remove_dir_all(old).map_err(|error| at(old, error))?;
            }
        }
        let mut make = command("mmdebstrap", &["--variant=minbase", &format!("--include={PACKAGES}")]);
        make.args(LEFT_OUT.map(|pattern| format!("--dpkgopt=path-exclude={pattern}")));
        make.arg(SUITE).arg(&unfinished).arg(format!("deb {mirror} {SUITE} main"));
        quietly(make)?;
        make_folder(&unfinished.join("t"))?;
        fs::rename(&unfinished, &folder).map_err(|error| at(&folder, error))
    })?;
    Ok(folder)
}

impl Swift {
    /// A bash script that runs in `folder` with `swiftc` at hand. In a root of its own the script sees that folder
    /// as `/t` and nothing else of this machine, so it names files relative to `$PWD`.
    pub fn command(&self, folder: &Path, script: &str) -> Command {
        let folder = repository().join(folder);
        let Self::Root(root) = self else {
            let mut bash = command("bash", &["-euo", "pipefail", "-c", script]);
            bash.current_dir(folder);
            return bash;
        };
        let mut unshare = command("unshare", namespaces());
        unshare.args(["bash", "-euo", "pipefail", "-c", ENTER, "enter"]).arg(root).arg(folder).arg(script);
        unshare.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("HOME", "/tmp").env("LC_ALL", "C.UTF-8");
        unshare.env_remove("TMPDIR").env_remove("LD_LIBRARY_PATH");
        unshare
    }
}

/// Root may mount in a namespace of its own; where that is forbidden, root of a user namespace often still may.
fn namespaces() -> &'static [&'static str] {
    const AS_ROOT: &[&str] = &["--mount", "--pid", "--fork", "--kill-child"];
    const AS_USER: &[&str] = &["--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child"];
    if works("unshare", &[AS_ROOT, &["true"]].concat()) { AS_ROOT } else { AS_USER }
}

/// Reads the major version out of `Swift version 6.0.3 (...)`.
fn major(said: &str) -> Option<u32> {
    let version = said.split_once("Swift version ")?.1;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Makes the folder `$2` appear as `/t` in the root `$1`, and runs the script `$3` there. Without `/proc` the compiler
/// does not find its own libraries.
const ENTER: &str = r#"mount -t proc proc "$1/proc"
mount --bind "$2" "$1/t"
exec chroot "$1" /bin/bash -euo pipefail -c 'cd /t; eval "$1"' script "$3""#;

const SUITE: &str = "trixie";
const PACKAGES: &str = "swiftlang,libc6-dev,libstdc++-14-dev";
/// What no compilation needs: half of the installed size.
const LEFT_OUT: [&str; 7] = [
    "/usr/share/doc/*",
    "/usr/share/man/*",
    "/usr/libexec/swift/lib/swift_static/*",
    "/usr/libexec/swift/bin/*lldb*",
    "/usr/libexec/swift/lib/liblldb*",
    "/usr/libexec/swift/bin/sourcekit-lsp",
    "/usr/libexec/swift/bin/clangd",
];

#[cfg(test)]
mod tests {
    #[test]
    fn major_version_is_read() {
        assert_eq!(super::major("Swift version 6.0.3 (swift-6.0.3-RELEASE)\nTarget: x86_64"), Some(6));
        assert_eq!(super::major("Apple Swift version 10.1 (x)"), Some(10));
        assert_eq!(super::major("swiftc: not found"), None);
    }
}
