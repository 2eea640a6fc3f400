//! What stands next to us in the table: one automaton over our own words as the floor, and other scanners.

use std::fs;
use std::path::{Path, PathBuf};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use ironclaw_safety::{LeakDetector, Sanitizer};
use llm_security::{DetectionEngine, LLMSecurityConfig};
use toml::{Table, Value};

/// The words of all lexicons and rules in one automaton.
pub struct Floor {
    /// The automaton.
    pub automaton: AhoCorasick,
    /// How many words it holds.
    pub words: usize,
}

impl Floor {
    /// Reads the words of `core/lexicon` and `core/rules`.
    pub fn words() -> Result<Vec<String>, String> {
        let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core");
        let mut words = Vec::new();
        for path in toml_files(&core.join("lexicon"))?.into_iter().chain(toml_files(&core.join("rules"))?) {
            let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            let table: Table = text.parse().map_err(|e| format!("{}: {e}", path.display()))?;
            if let Some(Value::Table(sets)) = table.get("sets") {
                sets.values().for_each(|set| strings(set, &mut words));
            }
            if let Some(keywords) = table.get("keywords") {
                strings(keywords, &mut words);
            }
        }
        words.sort();
        words.dedup();
        Ok(words)
    }

    /// Builds the automaton.
    pub fn build(words: &[String]) -> Result<Self, String> {
        let automaton =
            AhoCorasickBuilder::new().ascii_case_insensitive(true).build(words).map_err(|e| e.to_string())?;
        Ok(Self { automaton, words: words.len() })
    }

    /// Number of words in `text`, overlapping ones included.
    pub fn count(&self, text: &str) -> usize {
        self.automaton.find_overlapping_iter(text).count()
    }
}

/// Another scanner: a name, and what it takes for an answer (how many things it found).
pub struct Peer {
    /// Crate and what is called of it.
    pub name: &'static str,
    /// One scan.
    pub scan: Box<dyn Fn(&str) -> usize>,
}

/// Peers with their default settings. Constructing them compiles patterns, for some not before the first scan.
pub fn all() -> Vec<Peer> {
    let sanitizer = Sanitizer::new();
    let leaks = LeakDetector::new();
    let engine = DetectionEngine::new(LLMSecurityConfig { log_attacks: false, ..LLMSecurityConfig::default() });
    let config = promptfirewall::ScanConfig::default();
    vec![
        Peer {
            name: "ironclaw_safety 0.2 (detect + leaks)",
            scan: Box::new(move |text| sanitizer.detect(text).len() + leaks.scan(text).matches.len()),
        },
        Peer {
            name: "llm-security 0.1 (injection)",
            scan: Box::new(move |text| engine.detect_prompt_injection(text).detected_patterns.len()),
        },
        Peer {
            name: "promptfirewall 0.2 (PII + injection)",
            scan: Box::new(move |text| {
                let result = promptfirewall::scan(text, &config);
                result.pii_findings.len() + result.injection_labels.len()
            }),
        },
    ]
}

fn strings(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::String(word) => words.push(word.trim_end_matches('*').to_owned()),
        Value::Array(values) => values.iter().for_each(|v| strings(v, words)),
        _ => {}
    }
    words.retain(|w| !w.is_empty());
}

fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        let path = entry.map_err(|e| e.to_string())?.path();
        if path.is_dir() {
            found.extend(toml_files(&path)?);
        } else if path.extension().is_some_and(|e| e == "toml") {
            found.push(path);
        }
    }
    Ok(found)
}
