//! The prose of the rules: what they see, why that is bad, examples. Decides nothing.
//!
//! The scanner itself carries no prose, so that it stays small on a phone; the command has it from a file that
//! `cargo xtask codegen` writes.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::OnceLock;

use anstyle::Style;
use serde::{Deserialize, Serialize};

use crate::args::{RulesListArguments, RulesShowArguments};
use crate::failure::{Failure, Status};

/// One rule as its file describes it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Rule {
    pub id: String,
    pub category: String,
    pub kind: String,
    /// Empty for rules that depend on no language.
    pub languages: Vec<String>,
    pub severity: String,
    pub confidence: String,
    pub strictness: String,
    /// Absent when it follows from severity and confidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<u16>,
    /// Absent for the default of the category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origins: Option<Vec<String>>,
    pub what: String,
    pub why: String,
    pub references: Vec<String>,
    pub matches: Vec<String>,
    pub clean: Vec<String>,
}

/// The rule of that id.
pub fn find(id: &str) -> Option<Rule> {
    let rules = all();
    rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok().and_then(|at| rules.get(at)).cloned()
}

/// `rules list`.
pub fn list(arguments: &RulesListArguments) -> Result<Status, Failure> {
    let language = arguments.language.as_deref();
    let rules: Vec<&Rule> = all()
        .iter()
        .filter(|rule| arguments.category.is_none_or(|category| rule.category == category.name()))
        .filter(|rule| language.is_none_or(|language| rule.languages.iter().any(|l| l == language)))
        .collect();
    let per_category = count(rules.iter().map(|rule| rule.category.as_str()));
    let per_language = count(rules.iter().flat_map(|rule| language_names(rule)));
    let mut out = anstream::stdout().lock();
    if arguments.json {
        let rules = if arguments.counts { None } else { Some(&rules) };
        let mut document = serde_json::json!({
            "total": rules.map_or_else(|| per_category.values().sum(), |rules| rules.len()),
            "categories": per_category,
            "languages": per_language,
        });
        if let (Some(rules), Some(object)) = (rules, document.as_object_mut()) {
            object.insert("rules".to_owned(), serde_json::json!(rules));
        }
        writeln!(out, "{document:#}")?;
        return Ok(Status::Clean);
    }
    if !arguments.counts {
        write_table(&mut out, &rules)?;
    }
    write_counts(&mut out, "category", &per_category)?;
    write_counts(&mut out, "language", &per_language)?;
    writeln!(out, "{} rules", rules.len())?;
    Ok(Status::Clean)
}

/// `rules show`.
pub fn show(arguments: &RulesShowArguments) -> Result<Status, Failure> {
    let Some(rule) = find(&arguments.id) else {
        let near = nearest(&arguments.id).map(|id| format!("; did you mean {id}?")).unwrap_or_default();
        return Err(Failure::Usage(format!("no rule has this id{near}")));
    };
    let mut out = anstream::stdout().lock();
    if arguments.json {
        writeln!(out, "{:#}", serde_json::json!(rule))?;
        return Ok(Status::Clean);
    }
    writeln!(out, "{BOLD}{}{BOLD:#}  {} · {}", rule.id, rule.category, rule.kind)?;
    let weight = rule.weight.map(|weight| format!(", {weight} points")).unwrap_or_default();
    writeln!(out, "{} severity, {} confidence{weight}, from {}", rule.severity, rule.confidence, rule.strictness)?;
    if !rule.languages.is_empty() {
        writeln!(out, "languages: {}", rule.languages.join(", "))?;
    }
    if let Some(origins) = &rule.origins {
        writeln!(out, "origins: {}", origins.join(", "))?;
    }
    writeln!(out, "\n{BOLD}Sees{BOLD:#}\n  {}", rule.what)?;
    writeln!(out, "{BOLD}Why{BOLD:#}\n  {}", rule.why)?;
    write_examples(&mut out, "Fires on", &rule.matches)?;
    write_examples(&mut out, "Does not fire on", &rule.clean)?;
    if !rule.references.is_empty() {
        writeln!(out, "{BOLD}References{BOLD:#}")?;
        for reference in &rule.references {
            writeln!(out, "  {reference}")?;
        }
    }
    Ok(Status::Clean)
}

fn all() -> &'static [Rule] {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    RULES.get_or_init(|| {
        let mut rules: Vec<Rule> = serde_json::from_str(include_str!("generated/rules.json")).unwrap_or_default();
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        rules
    })
}

fn language_names(rule: &Rule) -> impl Iterator<Item = &str> {
    let independent = rule.languages.is_empty().then_some("any");
    rule.languages.iter().map(String::as_str).chain(independent)
}

fn count<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    counts
}

fn write_table(out: &mut impl Write, rules: &[&Rule]) -> io::Result<()> {
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let mut rules = rules.to_vec();
    rules.sort_by(|a, b| (&a.category, &a.id).cmp(&(&b.category, &b.id)));
    let mut category = "";
    for rule in rules {
        if rule.category != category {
            category = &rule.category;
            writeln!(out, "{BOLD}{category}{BOLD:#}")?;
        }
        writeln!(out, "  {:width$}  {DIM}{:<8} {:<9}{DIM:#} {}", rule.id, rule.severity, rule.strictness, rule.what)?;
    }
    writeln!(out)
}

fn write_counts(out: &mut impl Write, title: &str, counts: &BTreeMap<&str, usize>) -> io::Result<()> {
    writeln!(out, "{BOLD}rules per {title}{BOLD:#}")?;
    for (name, count) in counts {
        writeln!(out, "  {name:<18} {count:>5}")?;
    }
    writeln!(out)
}

fn write_examples(out: &mut impl Write, title: &str, examples: &[String]) -> io::Result<()> {
    writeln!(out, "{BOLD}{title}{BOLD:#}")?;
    for example in examples {
        writeln!(out, "  {}", crate::output::text::safe(&joined(example)).replace('\n', "\n  "))?;
    }
    Ok(())
}

/// Test credentials are kept split in files, so that nothing takes them for live ones.
fn joined(example: &str) -> String {
    example.replace("{{}}", "")
}

/// The id that shares the most letter pairs with a mistyped one, if they share half of them.
fn nearest(id: &str) -> Option<&'static str> {
    let pairs = |text: &str| -> Vec<(u8, u8)> { text.bytes().zip(text.bytes().skip(1)).collect() };
    let wanted = pairs(id);
    let shared = |rule: &Rule| {
        let have = pairs(&rule.id);
        let both = wanted.iter().filter(|pair| have.contains(pair)).count();
        (both * 100).checked_div(wanted.len().max(have.len())).unwrap_or_default()
    };
    all()
        .iter()
        .map(|rule| (shared(rule), rule))
        .filter(|(score, _)| *score >= 50)
        .max_by_key(|(score, _)| *score)
        .map(|(_, rule)| rule.id.as_str())
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
