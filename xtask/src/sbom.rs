//! The bill of materials: what is compiled into the artefacts, under which licence, in CycloneDX 1.6.
//!
//! Only what ships is listed: the normal dependencies of the shipped crates on their target, without procedural macros
//! and build scripts, which stay on the machine that builds. The npm package and the wheel have no dependencies at all.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::process::{self, cargo, output, root};

/// Writes `edgewarden.cdx.json` into `dist`; fails when a licence is not allowed.
pub fn write(dist: &Path) -> Result<PathBuf, String> {
    let crates = shipped()?;
    check_licences(&crates)?;
    let path = dist.join("edgewarden.cdx.json");
    let text = serde_json::to_string_pretty(&bill(&crates)).map_err(|error| error.to_string())?;
    fs::write(&path, text + "\n").map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

/// A crate that ships.
#[derive(Default)]
struct Shipped {
    name: String,
    version: String,
    licence: String,
    /// SHA-256 of its archive; none for the crates of this repository.
    checksum: Option<String>,
    depends_on: BTreeSet<String>,
}

/// Crates by package URL, for every root on the target its artefact is built for.
fn shipped() -> Result<BTreeMap<String, Shipped>, String> {
    let checksums = checksums(&fs::read_to_string(root().join("Cargo.lock")).map_err(|error| error.to_string())?)?;
    let mut all = BTreeMap::new();
    for name in SHIPPED {
        // Alone, so that no other crate of the workspace adds features.
        let mut tree = cargo(&["tree", "--locked", "--package", name, "--edges", "normal,no-proc-macro"]);
        tree.args(["--no-dedupe", "--prefix", "depth", "--format", "|{p}|{l}"]);
        if name == "edgewarden-wasm" {
            tree.args(["--target", "wasm32-unknown-unknown"]);
        }
        collect(&output(tree)?, &checksums, &mut all)?;
    }
    Ok(all)
}

/// Reads a tree whose lines are `depth|name version ...|licence`.
fn collect(
    tree: &str,
    checksums: &BTreeMap<(String, String), String>,
    all: &mut BTreeMap<String, Shipped>,
) -> Result<(), String> {
    let mut above: Vec<String> = Vec::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let read = || {
            let (depth, rest) = line.split_once('|')?;
            let (package, licence) = rest.split_once('|')?;
            let (name, rest) = package.split_once(" v")?;
            let version = rest.split_whitespace().next()?;
            Some((depth.parse::<usize>().ok()?, name.to_owned(), version.to_owned(), licence.replace('/', " OR ")))
        };
        let (depth, name, version, licence) = read().ok_or_else(|| format!("cargo tree said {line:?}"))?;
        let purl = format!("pkg:cargo/{name}@{version}");
        above.truncate(depth);
        if let Some(parent) = above.last().and_then(|parent| all.get_mut(parent)) {
            parent.depends_on.insert(purl.clone());
        }
        above.push(purl.clone());
        let checksum = checksums.get(&(name.clone(), version.clone())).cloned();
        all.entry(purl).or_insert(Shipped { name, version, licence, checksum, ..Shipped::default() });
    }
    Ok(())
}

fn bill(crates: &BTreeMap<String, Shipped>) -> Value {
    let (npm, wheel) = (format!("pkg:npm/edgewarden@{VERSION}"), format!("pkg:pypi/edgewarden@{VERSION}"));
    let own = |name: &str| format!("pkg:cargo/{name}@{VERSION}");
    let component = |purl: &str, name: &str, version: &str, licence: &str| {
        json!({
            "type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
            "licenses": [licence_of(licence)],
        })
    };
    let mut components = Vec::new();
    let mut dependencies = Vec::new();
    for (purl, shipped) in crates {
        let mut one = component(purl, &shipped.name, &shipped.version, &shipped.licence);
        if let Some(checksum) = &shipped.checksum {
            one["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
        }
        components.push(one);
        dependencies.push(json!({ "ref": purl, "dependsOn": shipped.depends_on }));
    }
    for (purl, made_of) in [(&npm, &["edgewarden-node", "edgewarden-wasm"][..]), (&wheel, &["edgewarden-python"])] {
        components.push(component(purl, "edgewarden", VERSION, LICENCE));
        dependencies
            .push(json!({ "ref": purl, "dependsOn": made_of.iter().map(|name| own(name)).collect::<Vec<_>>() }));
    }
    let product = "edgewarden-artefacts";
    let roots = [own("edgewarden-bindings"), own("edgewarden-mobile"), npm, wheel];
    dependencies.push(json!({ "ref": product, "dependsOn": roots }));
    let mut metadata = json!({
        "component": {
            "type": "library", "bom-ref": product, "name": "edgewarden", "version": VERSION,
            "licenses": [licence_of(LICENCE)],
        },
    });
    if let Some(time) = process::source_date().and_then(utc) {
        metadata["timestamp"] = json!(time);
    }
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": metadata, "components": components, "dependencies": dependencies,
    })
}

/// One licence by its id, several as an expression, as the format wants it.
fn licence_of(licence: &str) -> Value {
    if licence.contains(' ') { json!({ "expression": licence }) } else { json!({ "license": { "id": licence } }) }
}

fn check_licences(crates: &BTreeMap<String, Shipped>) -> Result<(), String> {
    let refused = crates.iter().filter(|(_, shipped)| !is_allowed(&shipped.licence));
    let refused: Vec<String> = refused.map(|(purl, shipped)| format!("{purl}: {:?}", shipped.licence)).collect();
    if refused.is_empty() { Ok(()) } else { Err(format!("licences that are not allowed:\n{}", refused.join("\n"))) }
}

/// Whether an SPDX expression can be met with allowed licences: `OR` needs one side, `AND` both. What cannot be read is
/// not allowed.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    any_of(&mut words) == Some(true) && words.next().is_none()
}

type Words<'w> = std::iter::Peekable<std::str::SplitWhitespace<'w>>;

fn any_of(words: &mut Words<'_>) -> Option<bool> {
    let mut allowed = all_of(words)?;
    while words.next_if_eq(&"OR").is_some() {
        allowed |= all_of(words)?;
    }
    Some(allowed)
}

fn all_of(words: &mut Words<'_>) -> Option<bool> {
    let mut allowed = one_of(words)?;
    while words.next_if_eq(&"AND").is_some() {
        allowed &= one_of(words)?;
    }
    Some(allowed)
}

fn one_of(words: &mut Words<'_>) -> Option<bool> {
    let licence = words.next()?;
    if licence == "(" {
        let allowed = any_of(words)?;
        return words.next_if_eq(&")").map(|_| allowed);
    }
    if words.next_if_eq(&"WITH").is_some() {
        // An exception only adds rights, but an unknown word is no exception.
        return Some(words.next()? == "LLVM-exception" && ALLOWED.contains(&licence));
    }
    Some(ALLOWED.contains(&licence))
}

/// Checksums of a lock file by name and version.
fn checksums(lock: &str) -> Result<BTreeMap<(String, String), String>, String> {
    let lock: toml::Table = lock.parse().map_err(|error| format!("Cargo.lock: {error}"))?;
    let packages = lock.get("package").and_then(toml::Value::as_array).into_iter().flatten();
    let read = |package: &toml::Value| {
        let field = |name: &str| package.get(name).and_then(toml::Value::as_str).map(str::to_owned);
        Some(((field("name")?, field("version")?), field("checksum")?))
    };
    Ok(packages.filter_map(read).collect())
}

/// Seconds since 1970 as `2026-11-21T11:40:57Z`.
fn utc(seconds: u64) -> Option<String> {
    let (mut days, rest) = (seconds / 86_400, seconds % 86_400);
    let is_leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    for (month, length) in (1..).zip(lengths) {
        if days < length {
            let (hours, minutes) = (rest / 3600, rest / 60 % 60);
            return Some(format!("{year}-{month:02}-{:02}T{hours:02}:{minutes:02}:{:02}Z", days + 1, rest % 60));
        }
        days -= length;
    }
    None
}

const SHIPPED: [&str; 6] = [
    "edgewarden",
    "edgewarden-bindings",
    "edgewarden-wasm",
    "edgewarden-node",
    "edgewarden-python",
    "edgewarden-mobile",
];
const VERSION: &str = env!("CARGO_PKG_VERSION");
const LICENCE: &str = "MIT OR Apache-2.0";
/// Permissive ones, and MPL-2.0, which asks for the source of the files under it alone (UniFFI).
const ALLOWED: [&str; 9] =
    ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Zlib", "Unicode-3.0", "MPL-2.0", "0BSD"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_met_by_what_is_allowed() {
        for good in [
            "MIT",
            "MIT OR GPL-3.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR MIT",
            "GPL-2.0-only OR (MIT AND (Zlib OR GPL-3.0-only))",
        ] {
            assert!(is_allowed(good), "{good}");
        }
        for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "MIT MIT", "(MIT", "MIT OR", "AGPL-3.0 WITH MIT", "mit"] {
            assert!(!is_allowed(bad), "{bad}");
        }
    }

    #[test]
    fn time_is_written_as_the_format_wants_it() {
        assert_eq!(utc(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(utc(951_782_400).as_deref(), Some("2000-02-29T00:00:00Z"));
        assert_eq!(utc(1_795_261_257).as_deref(), Some("2026-11-21T11:40:57Z"));
    }

    #[test]
    fn a_tree_becomes_crates_and_edges() {
        let tree = "0|root v1.0.0 (here)|MIT\n1|used v2.1.0|MIT/Apache-2.0\n2|deep v0.1.0|Zlib\n1|deep v0.1.0|Zlib\n";
        let checksums = BTreeMap::from([(("used".to_owned(), "2.1.0".to_owned()), "ab".to_owned())]);
        let mut all = BTreeMap::new();
        collect(tree, &checksums, &mut all).unwrap();
        let names = ["pkg:cargo/deep@0.1.0", "pkg:cargo/root@1.0.0", "pkg:cargo/used@2.1.0"];
        assert_eq!(all.keys().collect::<Vec<_>>(), names);
        assert_eq!(all[names[1]].depends_on.iter().collect::<Vec<_>>(), [names[0], names[2]]);
        assert_eq!(all[names[2]].depends_on.iter().collect::<Vec<_>>(), [names[0]]);
        let bill = bill(&all);
        assert_eq!(bill["components"][2]["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(bill["components"][2]["hashes"][0]["content"], "ab");
        assert_eq!(bill["components"].as_array().map(Vec::len), Some(5));
        assert!(collect("0|nonsense|MIT", &checksums, &mut BTreeMap::new()).is_err());
    }

    #[test]
    fn what_ships_is_allowed() {
        let crates = shipped().unwrap();
        assert!(crates.len() > 20);
        assert_eq!(check_licences(&crates), Ok(()));
        // Everything that is not of this repository can be checked against its registry.
        let unchecked = crates.values().filter(|shipped| shipped.checksum.is_none());
        assert!(unchecked.clone().all(|shipped| shipped.name.starts_with("edgewarden")));
    }

    #[test]
    fn npm_package_and_wheel_depend_on_nothing() {
        let npm = fs::read_to_string(root().join("npm/package.json")).unwrap();
        let npm: Value = serde_json::from_str(&npm).unwrap();
        for kind in ["dependencies", "optionalDependencies", "bundledDependencies"] {
            assert_eq!(npm.get(kind), None, "list it in the bill of materials");
        }
        let wheel: toml::Table = fs::read_to_string(root().join("python/pyproject.toml")).unwrap().parse().unwrap();
        let needs = wheel["project"].get("dependencies").and_then(toml::Value::as_array);
        assert!(needs.is_none_or(Vec::is_empty), "list it in the bill of materials");
    }
}
