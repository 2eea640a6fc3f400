//! Public names: `vectors/surface.json` says what every language offers, and this holds each against it.

mod kotlin;
mod python;
mod swift;
mod tokens;
mod typescript;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::lang::{Fault, mobile};
use crate::process::root;
use crate::suite::on_ci;

/// What a language offers: each public name with its public members. Functions and constants have none.
#[derive(Debug, Default)]
pub struct Api {
    types: BTreeMap<String, BTreeSet<String>>,
    bases: BTreeMap<String, String>,
}

impl Api {
    /// Adds a name, or members to a name.
    pub fn add(&mut self, name: &str, members: Vec<String>) {
        self.types.entry(name.to_owned()).or_default().extend(members);
    }

    /// Says what the type extends: it has the members of that type too.
    pub fn derive(&mut self, name: &str, base: Option<&str>) {
        self.bases.extend(base.map(|base| (name.to_owned(), base.to_owned())));
    }

    fn inherit(&mut self) {
        for (name, base) in &self.bases {
            let Some(members) = self.types.get(base).cloned() else { continue };
            self.types.entry(name.clone()).or_default().extend(members);
        }
    }
}

/// `surface.json`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Surface {
    #[serde(rename = "about")]
    _about: String,
    /// Types with their members, camelCase.
    types: BTreeMap<String, Vec<String>>,
    /// Enums with their values.
    enums: BTreeMap<String, Vec<String>>,
    functions: Vec<String>,
    languages: BTreeMap<String, Language>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Language {
    /// How members and functions are written.
    names: Style,
    /// How members of enums are written.
    enum_members: Style,
    /// Names of one's own for something common, by `Type`, `Type.member` or `function`.
    #[serde(default)]
    instead: BTreeMap<String, Instead>,
    /// What the language does not have, with the reason.
    #[serde(default)]
    without: BTreeMap<String, String>,
    /// What the language has beyond, with the reason; `Type.*` and `prefix*` stand for many.
    #[serde(default)]
    also: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Instead {
    name: String,
    #[serde(rename = "why")]
    _why: String,
}

#[derive(Clone, Copy, Deserialize)]
enum Style {
    #[serde(rename = "camelCase")]
    Camel,
    #[serde(rename = "PascalCase")]
    Pascal,
    #[serde(rename = "snake_case")]
    Snake,
    #[serde(rename = "UPPER_SNAKE")]
    UpperSnake,
}

/// `surface`: holds every language against the list; a missing tool is a fault in CI only.
pub fn run() -> Result<(), String> {
    match check() {
        Ok(()) => Ok(()),
        Err(Fault::Missing(what)) if !on_ci() => {
            println!("SKIPPED: {what}");
            Ok(())
        }
        Err(Fault::Missing(why) | Fault::Failed(why)) => Err(why),
    }
}

/// Holds every language against the list.
pub fn check() -> Result<(), Fault> {
    let text = read(&root().join("vectors/surface.json"))?;
    let surface: Surface = serde_json::from_str(&text).map_err(|error| format!("surface.json: {error}"))?;
    let (mut faults, mut missing) = (Vec::new(), Vec::new());
    for (name, language) in &surface.languages {
        match real(name) {
            Ok(mut api) => {
                api.inherit();
                let wrong = compare(&surface, language, &api);
                println!("{name}: {} public names, {} faults", api.types.len(), wrong.len());
                faults.extend(wrong.into_iter().map(|fault| format!("{name}: {fault}")));
            }
            Err(Fault::Missing(what)) => missing.push(format!("{name}: {what}")),
            Err(Fault::Failed(why)) => faults.push(format!("{name}: {why}")),
        }
    }
    match (faults.is_empty(), missing.is_empty()) {
        (false, _) => Err(Fault::Failed([faults, missing].concat().join("\n"))),
        (true, false) => Err(Fault::Missing(missing.join(", "))),
        (true, true) => Ok(()),
    }
}

/// What a language really has.
fn real(language: &str) -> Result<Api, Fault> {
    let root = root();
    Ok(match language {
        "javascript" => {
            let files = ["types.d.ts", "jwt.d.ts", "jwt-full.d.ts"].map(|name| root.join("npm").join(name));
            typescript::api(&files.each_ref().map(PathBuf::as_path))?
        }
        "python" => python::api(&root.join("python/python/edgewarden"))?,
        "kotlin" => kotlin::api(&sources(&generated("kotlin")?, "mobile/kotlin/src/main", "kt"))?,
        "swift" => swift::api(&sources(&generated("swift")?, "mobile/swift/Sources/Edgewarden", "swift"))?,
        _ => return Err(Fault::Failed("nobody knows where its names stand".to_owned())),
    })
}

/// Where UniFFI has just written the sources of a language.
fn generated(language: &str) -> Result<PathBuf, Fault> {
    Ok(mobile::sources(&mobile::library("demo")?, language)?)
}

/// What was generated and what was written by hand.
fn sources(generated: &Path, written: &str, extension: &str) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let mut open = vec![generated.to_path_buf(), root().join(written)];
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                all.push(path);
            }
        }
    }
    all.sort();
    all
}

fn compare(surface: &Surface, language: &Language, api: &Api) -> Vec<String> {
    let mut faults = Vec::new();
    let mut expected: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let mut resolve = |path: &str, style: Option<Style>| -> Option<String> {
        if let Some((path, _)) = language.without.get_key_value(path) {
            used.insert(path);
            return None;
        }
        if let Some((path, instead)) = language.instead.get_key_value(path) {
            used.insert(path);
            return Some(instead.name.clone());
        }
        let name = path.rsplit('.').next().unwrap_or(path);
        Some(style.map_or_else(|| name.to_owned(), |style| style.apply(name)))
    };
    for (all, style) in [(&surface.types, language.names), (&surface.enums, language.enum_members)] {
        for (name, members) in all {
            let Some(real) = resolve(name, None) else { continue };
            let members = members.iter().filter_map(|member| resolve(&format!("{name}.{member}"), Some(style)));
            let members: Vec<String> = members.collect();
            expected.entry(real).or_default().extend(members);
        }
    }
    for function in &surface.functions {
        expected.extend(resolve(function, Some(language.names)).map(|name| (name, BTreeSet::new())));
    }
    let unused = language.without.keys().chain(language.instead.keys()).filter(|path| !used.contains(path.as_str()));
    faults.extend(unused.map(|path| format!("the exception `{path}` is about no common name")));

    let mut reasons: BTreeSet<&str> = BTreeSet::new();
    let mut excused = |path: &str| {
        let reason = language.also.keys().find(|reason| covers(reason, path));
        reasons.extend(reason.map(String::as_str));
        reason.is_some()
    };
    for (name, members) in &expected {
        let Some(real) = api.types.get(name) else {
            faults.push(format!("`{name}` is missing"));
            continue;
        };
        faults.extend(members.difference(real).map(|member| format!("`{name}.{member}` is missing")));
        let more = real.difference(members).filter(|member| !excused(&format!("{name}.{member}")));
        faults.extend(more.map(|member| format!("`{name}.{member}` is not a common name")));
    }
    let more = api.types.keys().filter(|name| !expected.contains_key(*name) && !excused(name));
    faults.extend(more.map(|name| format!("`{name}` is not a common name")));
    let idle = language.also.keys().filter(|reason| !reasons.contains(reason.as_str()));
    faults.extend(idle.map(|reason| format!("the exception `{reason}` excuses nothing")));
    faults
}

fn covers(reason: &str, path: &str) -> bool {
    match reason.split_once('*') {
        Some((before, after)) => {
            path.len() >= before.len() + after.len() && path.starts_with(before) && path.ends_with(after)
        }
        None => reason == path,
    }
}

impl Style {
    /// A camelCase or kebab-case name in this style.
    fn apply(self, name: &str) -> String {
        let mut words: Vec<String> = vec![String::new()];
        for c in name.chars() {
            if c == '-' || (c.is_ascii_uppercase() && words.last().is_some_and(|word| !word.is_empty())) {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut().filter(|_| c != '-') {
                word.push(c.to_ascii_lowercase());
            }
        }
        let capital = |word: &String| {
            let mut chars = word.chars();
            chars.next().map_or_else(String::new, |c| c.to_ascii_uppercase().to_string() + chars.as_str())
        };
        match self {
            Self::Snake => words.join("_"),
            Self::UpperSnake => words.join("_").to_ascii_uppercase(),
            Self::Pascal => words.iter().map(capital).collect(),
            Self::Camel => words.iter().take(1).cloned().chain(words.iter().skip(1).map(capital)).collect(),
        }
    }
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_in_each_style() {
        let styles = [Style::Camel, Style::Pascal, Style::Snake, Style::UpperSnake];
        let of = |name: &str| styles.map(|style| style.apply(name));
        assert_eq!(of("scanInSession"), ["scanInSession", "ScanInSession", "scan_in_session", "SCAN_IN_SESSION"]);
        assert_eq!(
            of("prompt-injection"),
            ["promptInjection", "PromptInjection", "prompt_injection", "PROMPT_INJECTION"]
        );
    }

    #[test]
    fn missing_further_and_idle_names_are_faults() {
        let surface: Surface = serde_json::from_str(
            r#"{"about": "", "types": {"A": ["oneTwo", "three"], "B": []}, "enums": {"E": ["x-y"]}, "functions": ["fooBar"],
            "languages": {"l": {"names": "snake_case", "enum_members": "UPPER_SNAKE", "without": {"B": "it needs none"},
            "instead": {"A.three": {"name": "drei", "why": "taste"}}, "also": {"A.to_*": "for printing", "z": "nothing"}}}}"#,
        )
        .unwrap();
        let mut api = Api::default();
        api.add("A", ["one_two", "drei", "to_dict", "more"].map(str::to_owned).to_vec());
        api.add("E", vec!["X_Y".to_owned()]);
        let faults = compare(&surface, &surface.languages["l"], &api);
        assert_eq!(
            faults,
            ["`A.more` is not a common name", "`foo_bar` is missing", "the exception `z` excuses nothing"]
        );
    }
}
