//! Cases made of the rules' own examples.

use std::fs;
use std::path::{Path, PathBuf};

use edgewarden::scan::Origin;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::files::File;
use crate::kinds;

/// The kind of these cases.
pub const KIND: &str = "rules";

#[derive(Deserialize)]
struct Rule {
    id: String,
    origins: Option<Vec<String>>,
    #[serde(default)]
    contextual: bool,
    matches: Vec<String>,
    clean: Vec<String>,
}

/// The file of all rules: of each its first two examples that fire and its first that does not.
pub fn generate(folder: &Path) -> Result<File, String> {
    let mut cases = Vec::new();
    for path in rule_files(folder)? {
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let rule: Rule = toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        // What a contextual rule fires on is prose.
        let matches = rule.matches.iter().take(if rule.contextual { 0 } else { 2 });
        for text in matches.chain(rule.clean.first()) {
            let case = json!({"id": rule.id, "text": text, "origin": origin(&rule).name()});
            let Value::Object(case) = case else { continue };
            cases.push(case);
        }
    }
    let about = "Examples of the rules, written from core/rules; scanned with the default options.";
    let file = File { name: "rules.json".to_owned(), kind: KIND.to_owned(), about: about.to_owned(), cases };
    kinds::answered(&file)
}

/// User if the rule runs for it, else the first origin it names.
fn origin(rule: &Rule) -> Origin {
    let named = |o: &Origin| rule.origins.as_ref().is_none_or(|names| names.iter().any(|n| n == o.name()));
    [Origin::User].into_iter().chain(Origin::ALL).find(named).unwrap_or_default()
}

/// Every rule file, by id.
fn rule_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(rule_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
