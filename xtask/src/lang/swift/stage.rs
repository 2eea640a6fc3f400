//! The folder in which the Swift package is put together.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Fault;
use crate::lang::mobile;
use crate::process::root;
use crate::tools;
use crate::tools::swift::Swift;

/// The package as a program would depend on it, with its checks beside it.
pub struct Stage {
    /// `swift/<profile>` in the target directory; holds `Package.swift`.
    pub folder: PathBuf,
    swift: Swift,
}

impl Stage {
    /// Builds the native library and puts the package together.
    pub fn assemble(profile: &str) -> Result<Self, Fault> {
        let swift = tools::swift().map_err(Fault::Missing)?;
        let library = mobile::library(profile)?;
        // Cargo puts both forms of the library side by side: the generator reads one, programs link the other.
        let archive = library.with_file_name(ARCHIVE);
        let target = library.parent().and_then(Path::parent);
        let target = target.ok_or_else(|| "the library is in no target directory".to_owned())?;
        let stage = Self { folder: target.join("swift").join(profile), swift };
        let source = root().join("mobile/swift");
        for part in ["Sources/Edgewarden", "Sources/EdgewardenFFI", "Checks"] {
            sync(&source.join(part), &stage.folder.join(part), |_| true)?;
        }
        for file in ["Package.swift", "README.md"] {
            place(&source.join(file), &stage.folder.join(file))?;
        }
        let linked = stage.folder.join(LIBRARY_FOLDER).join(ARCHIVE);
        if fs::read(&linked).ok() != fs::read(&archive).ok() {
            stage.unlink();
        }
        place(&archive, &linked)?;
        stage.generate(&library)?;
        Ok(stage)
    }

    /// A script that runs in the stage with Swift at hand.
    pub fn command(&self, script: &str) -> Command {
        self.swift.command(&self.folder, script)
    }

    /// Writes a file of the stage, unless it reads so already: what is not touched is not compiled again.
    pub fn write(&self, path: &str, text: &str) -> Result<(), Fault> {
        write(&self.folder.join(path), text.as_bytes())
    }

    /// Removes what was linked: SwiftPM does not see that the library it links has changed.
    fn unlink(&self) {
        for product in PRODUCTS {
            let _ = fs::remove_file(self.folder.join("Checks/.build/release").join(product));
        }
    }

    fn generate(&self, library: &Path) -> Result<(), Fault> {
        let out = mobile::sources(library, "swift")?;
        let include = self.folder.join("Sources/EdgewardenFFI/include");
        place(&out.join("EdgewardenFFI.h"), &include.join("EdgewardenFFI.h"))?;
        place(&out.join("EdgewardenFFI.modulemap"), &include.join("module.modulemap"))?;
        place(&out.join("Edgewarden.swift"), &self.folder.join("Sources/Edgewarden/Generated/Edgewarden.swift"))
    }
}

/// Makes `to` hold what `from` holds, as far as `wanted` agrees to the names of files. What was generated or built
/// there stays.
pub fn sync(from: &Path, to: &Path, wanted: fn(&str) -> bool) -> Result<(), Fault> {
    let names = |folder: &Path| -> Vec<String> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    let present = names(from);
    for name in &present {
        let path = from.join(name);
        if name == ".build" {
            continue;
        } else if path.is_dir() {
            sync(&path, &to.join(name), wanted)?;
        } else if wanted(name) {
            place(&path, &to.join(name))?;
        }
    }
    for name in names(to) {
        let path = to.join(&name);
        if !present.contains(&name) && path.is_file() && name != "Package.resolved" && !is_made_here(&path) {
            fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Ok(())
}

fn is_made_here(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
    folder == "Generated" || folder == "include"
}

/// Copies a file unless its copy reads the same.
pub fn place(from: &Path, to: &Path) -> Result<(), Fault> {
    let content = fs::read(from).map_err(|error| format!("{}: {error}", from.display()))?;
    write(to, &content)
}

fn write(to: &Path, content: &[u8]) -> Result<(), Fault> {
    if fs::read(to).is_ok_and(|there| there == content) {
        return Ok(());
    }
    let describe = |error: std::io::Error| format!("{}: {error}", to.display());
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(describe)?;
    }
    fs::write(to, content).map_err(describe)?;
    Ok(())
}

/// What the package of the checks is linked to.
const PRODUCTS: [&str; 4] = ["vectors", "bench", "leak", "EdgewardenChecksPackageTests.xctest"];
/// As `Package.swift` names it.
pub const LIBRARY_FOLDER: &str = if cfg!(target_arch = "aarch64") { "lib/linux-aarch64" } else { "lib/linux-x86_64" };
/// The static library, as cargo names it wherever there is Swift.
pub const ARCHIVE: &str = "libedgewarden_mobile.a";
