//! Rule files as written by people.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Code, Problem};

/// One rule file, see `ARCHITECTURE.md` for the meaning of each field.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Stable kebab-case id, equal to the file stem.
    pub id: String,
    /// BCP 47 tags; empty when the rule depends on no language.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Harm if true.
    pub severity: String,
    /// How likely true.
    pub confidence: String,
    /// Lowest level at which the rule runs.
    #[serde(default = "standard")]
    pub strictness: String,
    /// Points, 1 to 1000; default from severity and confidence.
    pub weight: Option<u16>,
    /// Origins the rule runs for; default: all but system, all for secrets and the like.
    pub origins: Option<Vec<String>>,
    /// What the rule sees.
    pub what: String,
    /// Why that is bad.
    pub why: String,
    /// Sources.
    #[serde(default)]
    pub references: Vec<String>,
    /// Texts that must fire.
    #[serde(default)]
    pub matches: Vec<String>,
    /// Texts that must not.
    #[serde(default)]
    pub clean: Vec<String>,
    /// Sequences of words.
    #[serde(default)]
    pub patterns: Vec<String>,
    /// Sets that excuse a match.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Sets of this rule.
    #[serde(default)]
    pub sets: BTreeMap<String, Vec<String>>,
    /// Literals that anchor `regex`.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Shape of the match.
    pub regex: Option<String>,
    /// Bytes after the keyword within which the value may begin.
    pub near: Option<u8>,
    /// The match need not end at a word boundary.
    #[serde(default)]
    pub open_end: bool,
    /// Further checks of the value.
    #[serde(default)]
    pub validate: Vec<String>,
    /// Found by code.
    #[serde(default)]
    pub detector: bool,
    /// Fires only with a session, a canary, a limit or a model; `matches` are prose and not run.
    #[serde(default)]
    pub contextual: bool,
}

fn standard() -> String {
    "standard".into()
}

/// A lexicon file: the words the rules of one language are made of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LexiconFile {
    /// BCP 47 tag, equal to the file stem.
    pub language: String,
    /// Words that are also recognised when misspelt.
    #[serde(default)]
    pub fuzzy: Vec<String>,
    /// Words that are also recognised under letter ciphers.
    #[serde(default)]
    pub cipher: Vec<String>,
    /// Words by meaning.
    pub sets: BTreeMap<String, Vec<String>>,
}

/// Everything read from a core directory.
#[derive(Debug, Default)]
pub struct Source {
    /// Rules with their category (folder) and file.
    pub rules: Vec<(String, PathBuf, RuleFile)>,
    /// Lexicons by language.
    pub lexicons: BTreeMap<String, LexiconFile>,
    /// Honest texts: file, line, text.
    pub benign: Vec<(PathBuf, usize, String)>,
}

impl Source {
    /// Reads `rules/`, `lexicon/` and `benign/` under `core`.
    pub fn read(core: &Path, problems: &mut Vec<Problem>) -> Self {
        let mut source = Self::default();
        for folder in entries(&core.join("rules")) {
            let category = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            for file in entries(&folder) {
                if file.extension().is_some_and(|e| e == "toml")
                    && let Some(rule) = parse::<RuleFile>(&file, problems)
                {
                    source.rules.push((category.clone(), file, rule));
                }
            }
        }
        for file in entries(&core.join("lexicon")) {
            if file.extension().is_some_and(|e| e == "toml")
                && let Some(lexicon) = parse::<LexiconFile>(&file, problems)
            {
                source.lexicons.insert(lexicon.language.clone(), lexicon);
            }
        }
        for file in entries(&core.join("benign")) {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            for (i, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty() && !l.starts_with('#')) {
                source.benign.push((file.clone(), i + 1, line.to_owned()));
            }
        }
        source.rules.sort_by(|a, b| a.2.id.cmp(&b.2.id));
        source
    }
}

/// An example as the scanner sees it: the mark that splits test credentials is removed.
pub fn example(text: &str) -> String {
    text.replace("{{}}", "")
}

fn parse<T: for<'de> Deserialize<'de>>(file: &Path, problems: &mut Vec<Problem>) -> Option<T> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            problems.push(Problem::new(file, Code::Unreadable, error.to_string()));
            return None;
        }
    };
    match toml::from_str(&text) {
        Ok(value) => Some(value),
        Err(error) => {
            problems.push(Problem::new(file, Code::Syntax, error.to_string()));
            None
        }
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> =
        std::fs::read_dir(folder).map(|d| d.flatten().map(|e| e.path()).collect()).unwrap_or_default();
    found.sort();
    found
}
