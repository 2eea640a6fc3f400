//! Files of cases.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::{jwt, split};

/// One file of cases of one kind, as written: with every `{{}}`.
pub struct File {
    /// Name in the folder.
    pub name: String,
    /// What is done with the cases.
    pub kind: String,
    /// What the cases have in common, for people.
    pub about: String,
    /// The cases, in order.
    pub cases: Vec<Map<String, Value>>,
}

/// The folder of the vectors.
pub fn folder() -> PathBuf {
    // Cargo says where this package is; a program started by hand runs in the root.
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("vectors"), PathBuf::from)
}

/// Every file with cases, by name; those of tokens last.
pub fn read_all(folder: &Path) -> Result<Vec<File>, String> {
    let mut files = read_folder(folder, "")?;
    files.extend(read_folder(&folder.join(jwt::FOLDER), "jwt/")?);
    Ok(files)
}

fn read_folder(folder: &Path, prefix: &str) -> Result<Vec<File>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let name = format!("{prefix}{}", path.file_name().unwrap_or_default().to_string_lossy());
        let text = fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
        files.extend(read(name, &text)?);
    }
    Ok(files)
}

/// A file with cases; `None` for other JSON, which lies there for other readers.
pub fn read(name: String, text: &str) -> Result<Option<File>, String> {
    let mut value: Value = serde_json::from_str(text).map_err(|error| format!("{name}: {error}"))?;
    let Some(cases) = value.get_mut("cases").map(Value::take) else { return Ok(None) };
    let word = |of: &str| value.get(of).and_then(Value::as_str).map(str::to_owned);
    let (Some(kind), Some(about)) = (word("kind"), word("about")) else {
        return Err(format!("{name}: needs `kind` and `about`"));
    };
    let Value::Array(cases) = cases else { return Err(format!("{name}: `cases` is not a list")) };
    let cases: Option<Vec<Map<String, Value>>> = cases
        .into_iter()
        .map(|case| match case {
            Value::Object(case) => Some(case),
            _ => None,
        })
        .collect();
    let cases = cases.ok_or_else(|| format!("{name}: a case is not an object"))?;
    Ok(Some(File { name, kind, about, cases }))
}

impl File {
    /// The cases as they are run: without `{{}}`.
    pub fn joined(&self) -> impl Iterator<Item = Map<String, Value>> + '_ {
        self.cases.iter().map(|case| {
            let mut case = Value::Object(case.clone());
            split::join(&mut case);
            match case {
                Value::Object(case) => case,
                _ => Map::new(),
            }
        })
    }
}
