//! Folders that workerd runs: a script with everything it imports, and a configuration written here.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::super::Fault;
use super::assemble::{copy, files, make_folder, remove, target_dir, write};

/// A folder that is being filled: `js/` holds the package.
pub struct Layout {
    folder: PathBuf,
    texts: Vec<String>,
}

impl Layout {
    /// An empty folder of that name with the scripts of the package.
    pub fn new(name: &str, package: &Path) -> Result<Self, Fault> {
        let folder = target_dir()?.join("npm").join("workerd").join(name);
        remove(&folder)?;
        let layout = Self { folder, texts: Vec::new() };
        layout.add_all("js", &package.join("js"))?;
        Ok(layout)
    }

    /// Adds the files of a folder, and of its folders, under that name.
    pub fn add_all(&self, name: &str, from: &Path) -> Result<(), Fault> {
        let entries = fs::read_dir(from).map_err(|error| format!("{}: {error}", from.display()))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            let place = format!("{name}/{}", path.file_name().unwrap_or_default().to_string_lossy());
            if path.is_dir() { self.add_all(&place, &path)? } else { self.add(&place, &path)? }
        }
        Ok(())
    }

    /// Adds a file.
    pub fn add(&self, place: &str, from: &Path) -> Result<(), Fault> {
        let to = self.path(place);
        if let Some(parent) = to.parent() {
            make_folder(parent)?;
        }
        copy(from, &to)
    }

    /// Adds the files of a folder as texts that the worker finds in its environment.
    pub fn add_texts(&mut self, from: &Path) -> Result<(), Fault> {
        for file in files(from)? {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            self.add(&name, &file)?;
            self.texts.push(name);
        }
        Ok(())
    }

    /// Where a file lies.
    pub fn path(&self, place: &str) -> PathBuf {
        self.folder.join(place)
    }

    /// Writes the configuration for the worker `entry`, `main` in it, and returns the folder.
    pub fn finish(self, head: &str, entry: &str) -> Result<PathBuf, Fault> {
        let mut config = head.to_owned();
        for module in self.modules(entry)? {
            let kind = if module.ends_with(".wasm") { "wasm" } else { "esModule" };
            let _ = writeln!(config, "    (name = \"{module}\", {kind} = embed \"{module}\"),");
        }
        config.push_str("  ],\n  bindings = [\n");
        for name in &self.texts {
            let _ = writeln!(config, "    (name = \"{name}\", text = embed \"{name}\"),");
        }
        config.push_str("  ],\n);\n");
        write(&self.path("config.capnp"), &config)?;
        Ok(self.folder.canonicalize().map_err(|error| format!("{}: {error}", self.folder.display()))?)
    }

    /// The script and what it imports, however deep: workerd would also have to parse anything else.
    fn modules(&self, entry: &str) -> Result<Vec<String>, Fault> {
        let mut modules = vec![entry.to_owned()];
        let mut seen = BTreeSet::from([entry.to_owned()]);
        let mut at = 0;
        while let Some(module) = modules.get(at).cloned() {
            at += 1;
            if !module.ends_with(".js") {
                continue;
            }
            let path = self.path(&module);
            let source = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            modules.extend(imports(&module, &source).filter(|import| seen.insert(import.clone())));
        }
        Ok(modules)
    }
}

/// What a script imports by a relative address.
fn imports<'s>(module: &'s str, source: &'s str) -> impl Iterator<Item = String> + 's {
    let addresses = [" from \"", "\nimport \""].into_iter().flat_map(|before| source.split(before).skip(1));
    addresses.filter_map(|rest| rest.split('"').next()).filter(|address| address.starts_with('.')).map(|address| {
        let mut parts: Vec<String> = module.split('/').map(str::to_owned).collect();
        parts.pop();
        for part in Path::new(address).components() {
            match part {
                Component::ParentDir => drop(parts.pop()),
                Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
                _ => {}
            }
        }
        parts.join("/")
    })
}

/// A worker whose function `test` runs once.
pub const TEST: &str = "using Workerd = import \"/workerd/workerd.capnp\";

const config :Workerd.Config = (services = [(name = \"main\", worker = .main)]);

const main :Workerd.Worker = (
  compatibilityDate = \"2026-10-01\",
  modules = [
";

/// A worker that answers on a free port of this machine.
pub const SERVE: &str = "using Workerd = import \"/workerd/workerd.capnp\";

const config :Workerd.Config = (
  services = [(name = \"main\", worker = .main)],
  sockets = [(name = \"http\", address = \"127.0.0.1:0\", http = (), service = \"main\")],
);

const main :Workerd.Worker = (
  compatibilityDate = \"2026-10-01\",
  modules = [
";

#[cfg(test)]
mod tests {
    #[test]
    fn imports_are_followed_from_where_they_stand() {
        let source = "import * as api from \"../js/a.js\";\nimport \"./b.js\";\nexport { c } from \"./d/c.js\";\nimport x from \"x\";";
        let found: Vec<String> = super::imports("test/e.js", source).collect();
        assert_eq!(found, ["js/a.js", "test/d/c.js", "test/b.js"]);
    }
}
