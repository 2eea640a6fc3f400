//! The public vectors as cases that every engine can run, each with the verdict of the core on this machine.
//!
//! The vectors lie in `../shared/vectors/jwt`, or in `jwt` of the folder that `EDGEWARDEN_VECTORS` names. Nothing of them
//! becomes a part of the project: what is written here goes to the folder that cargo builds into. A case is
//!
//! ```json
//! {"id": "unique in its file", "labelled": true, "verdict": "ok or a code", "jws": {}}
//! ```
//!
//! with one of `jws` (`token`, `keys`, `secret`) and `signature` (`algorithm`, `keys`, `secret`, `message`, `signature`),
//! which go through form, header, key and signature alone, because what is signed is no claims set; `token` (`options`,
//! `secret`?, `keys`?, `request`?, `text`, `now`) and `document` (`jwk` or `jwks`), which go through the public interface.
//! Bytes are base64url. `labelled` is what whoever made the vector says of it, held to what we support.

mod documents;
mod json;
#[path = "../../wasm/src/vectors/raw.rs"]
mod raw;
mod signatures;
mod tokens;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Map, Value, json};

/// Writes every file into an empty folder, and fails where the core does not answer as the vectors are labelled.
pub fn write(into: &Path) -> Result<(), String> {
    let source = Source::find()?;
    let at = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    if into.exists() {
        fs::remove_dir_all(into).map_err(|error| at(into, error))?;
    }
    fs::create_dir_all(into).map_err(|error| at(into, error))?;
    let mut files = signatures::files(&source)?;
    files.extend(tokens::files(&source)?);
    files.extend(documents::files(&source)?);
    files.push(json::file(&source)?);
    let (mut rows, mut faults) = (Map::new(), Vec::new());
    for file in &files {
        rows.insert(file.name.clone(), file.row());
        faults.extend(file.fault());
        let path = into.join(file.name.replace(['/', ' '], "-") + ".json");
        let text = serde_json::to_string(file).map_err(|error| error.to_string())?;
        fs::write(&path, text).map_err(|error| at(&path, error))?;
    }
    println!("VERDICTS {}", Value::Object(rows));
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// Cases of one file of vectors.
#[derive(Serialize)]
struct File {
    name: String,
    /// Cases whose label is known to be wrong, or to ask for what we refuse on purpose.
    pinned: Vec<String>,
    /// How many are accepted, where that is known and labels are not.
    #[serde(skip)]
    accepted: Option<usize>,
    cases: Vec<Case>,
}

#[derive(Serialize)]
struct Case {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    labelled: Option<bool>,
    verdict: String,
    #[serde(flatten)]
    ask: Ask,
}

/// How a case is asked.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Ask {
    Jws(Value),
    Signature(Value),
    Token(Value),
    Document(Value),
}

impl File {
    fn new(name: impl Into<String>, cases: Vec<Case>) -> Self {
        Self { name: name.into(), pinned: Vec::new(), accepted: None, cases }
    }

    /// How many cases there are, and what the core says of them.
    fn row(&self) -> Value {
        let count = |holds: fn(&&Case) -> bool| self.cases.iter().filter(holds).count();
        let labelled = count(|case| case.labelled.is_some());
        json!({
            "cases": self.cases.len(),
            "labelled": labelled,
            "as_labelled": labelled - count(|case| case.is_otherwise()),
            "accepted": count(|case| case.is_accepted()),
            "pinned": self.pinned,
        })
    }

    /// What the core says otherwise than the labels, but for the pinned cases.
    fn fault(&self) -> Option<String> {
        let otherwise: BTreeSet<&str> =
            self.cases.iter().filter(|case| case.is_otherwise()).map(|case| case.id.as_str()).collect();
        let pinned: BTreeSet<&str> = self.pinned.iter().map(String::as_str).collect();
        if otherwise != pinned {
            return Some(format!("{}: not as labelled: {otherwise:?}, which should be {pinned:?}", self.name));
        }
        let accepted = self.cases.iter().filter(|case| case.is_accepted()).count();
        let expected = self.accepted.filter(|expected| *expected != accepted);
        expected.map(|expected| format!("{}: {accepted} accepted, which should be {expected}", self.name))
    }
}

impl Case {
    fn new(id: impl ToString, labelled: Option<bool>, ask: Ask, verdict: impl Into<String>) -> Self {
        Self { id: id.to_string(), labelled, verdict: verdict.into(), ask }
    }

    fn is_accepted(&self) -> bool {
        self.verdict.starts_with(OK)
    }

    fn is_otherwise(&self) -> bool {
        self.labelled.is_some_and(|labelled| labelled != self.is_accepted())
    }
}

/// The folder of the vectors.
struct Source(PathBuf);

impl Source {
    fn find() -> Result<Self, String> {
        let folder = std::env::var_os("EDGEWARDEN_VECTORS")
            .map_or_else(|| crate::files::folder().join("../../shared/vectors"), PathBuf::from)
            .join("jwt");
        if folder.is_dir() { Ok(Self(folder)) } else { Err(format!("{}: no public vectors", folder.display())) }
    }

    /// A file without its ending.
    fn json(&self, name: &str) -> Result<Value, String> {
        let bytes = self.bytes(&format!("{name}.json"))?;
        serde_json::from_slice(&bytes).map_err(|error| format!("{name}: {error}"))
    }

    fn text(&self, name: &str) -> Result<String, String> {
        String::from_utf8(self.bytes(&format!("{name}.json"))?).map_err(|error| format!("{name}: {error}"))
    }

    fn bytes(&self, name: &str) -> Result<Vec<u8>, String> {
        fs::read(self.0.join(name)).map_err(|error| format!("{name}: {error}"))
    }

    /// Names of the JSON files in a folder, without their ending, in order.
    fn names(&self, folder: &str) -> Result<Vec<String>, String> {
        let entries = fs::read_dir(self.0.join(folder)).map_err(|error| format!("{folder}: {error}"))?;
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter_map(|name| Some(name.strip_suffix(".json")?.to_owned())).collect();
        names.sort();
        Ok(names)
    }
}

/// A string that must be there.
fn text<'v>(value: &'v Value, name: &str) -> Result<&'v str, String> {
    value.get(name).and_then(Value::as_str).ok_or_else(|| format!("no string {name}"))
}

/// A list that must be there.
fn list<'v>(value: &'v Value, name: &str) -> Result<&'v [Value], String> {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).ok_or_else(|| format!("no list {name}"))
}

/// A member that must be there.
fn member<'v>(value: &'v Value, name: &str) -> Result<&'v Value, String> {
    value.get(name).ok_or_else(|| format!("no member {name}"))
}

/// The tests of all groups of a file, each with its group.
fn tests(file: &Value) -> Result<impl Iterator<Item = (&Value, &Value)>, String> {
    let groups = list(file, "testGroups")?;
    let lists: Vec<(&Value, &[Value])> =
        groups.iter().map(|group| Ok::<_, String>((group, list(group, "tests")?))).collect::<Result<_, _>>()?;
    Ok(lists.into_iter().flat_map(|(group, tests)| tests.iter().map(move |test| (group, test))))
}

fn is_valid(test: &Value) -> bool {
    test.get("result").and_then(Value::as_str) == Some("valid")
}

/// Keys as a document: one, or a set.
fn document(keys: &Value) -> String {
    if keys.get("keys").is_some() { keys.to_string() } else { json!({ "keys": [keys] }).to_string() }
}

/// The verdict that accepts.
const OK: &str = "ok";

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_held_but_for_the_pinned() {
        let case =
            |id: &str, labelled: bool, verdict: &str| Case::new(id, Some(labelled), Ask::Jws(Value::Null), verdict);
        let mut file = File::new("a", vec![case("1", true, "ok"), case("2", false, "ok"), case("3", true, "bad_key")]);
        assert!(file.fault().unwrap().contains(r#"{"2", "3"}"#));
        file.pinned = vec!["2".to_owned(), "3".to_owned()];
        assert_eq!(file.fault(), None);
        file.accepted = Some(1);
        assert!(file.fault().unwrap().contains("2 accepted, which should be 1"));
        file.pinned.push("1".to_owned());
        assert!(file.fault().unwrap().contains("not as labelled"));
    }
}
