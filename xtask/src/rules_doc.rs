//! What people read about the rules, from the rule files: the pages under `docs/rules` and the prose of the command.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use edgewarden::scan::Category;
use serde::Serialize;

/// The prose of every rule as JSON, one rule per line, sorted by id. `{{}}` in examples stays.
///
/// # Errors
/// A file that cannot be read or lacks a field, with its place.
pub fn rules_json(rules_dir: &Path) -> Result<String, String> {
    let mut rules = load(rules_dir)?;
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    let lines: Result<Vec<String>, _> = rules.iter().map(serde_json::to_string).collect();
    let lines = lines.map_err(|error| error.to_string())?;
    Ok(format!("[{}\n]\n", lines.iter().map(|line| format!("\n{line}")).collect::<Vec<_>>().join(",")))
}

/// One page per category and an overview: where each belongs under `docs_dir`, and its text.
///
/// # Errors
/// As for [`rules_json`].
pub fn rule_pages(rules_dir: &Path, docs_dir: &Path) -> Result<Vec<(PathBuf, String)>, String> {
    let rules = load(rules_dir)?;
    let mut pages = vec![(docs_dir.join("README.md"), overview(&rules))];
    for category in Category::ALL {
        let of_category: Vec<&Rule> = rules.iter().filter(|rule| rule.category == category.name()).collect();
        if !of_category.is_empty() {
            pages.push((docs_dir.join(format!("{}.md", category.name())), page(category, &of_category)));
        }
    }
    Ok(pages)
}

/// Every rule file below `rules_dir`, sorted by path.
pub fn rule_files(rules_dir: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    let mut folders = vec![rules_dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.map_err(|error| format!("{}: {error}", folder.display()))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[derive(Debug, Serialize)]
struct Rule {
    id: String,
    category: String,
    kind: &'static str,
    languages: Vec<String>,
    severity: String,
    confidence: String,
    strictness: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origins: Option<Vec<String>>,
    what: String,
    why: String,
    references: Vec<String>,
    matches: Vec<String>,
    clean: Vec<String>,
}

fn load(rules_dir: &Path) -> Result<Vec<Rule>, String> {
    let mut rules = Vec::new();
    for path in rule_files(rules_dir)? {
        let shown = path.strip_prefix(rules_dir).unwrap_or(&path).display();
        let text = fs::read_to_string(&path).map_err(|error| format!("{shown}: {error}"))?;
        let table: toml::Table = text.parse().map_err(|error| format!("{shown}: {error}"))?;
        let category = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let rule = parse(&table, category.unwrap_or_default()).map_err(|field| format!("{shown}: {field}"))?;
        rules.push(rule);
    }
    Ok(rules)
}

fn parse(table: &toml::Table, category: String) -> Result<Rule, String> {
    let word = |name: &str| {
        table.get(name).and_then(toml::Value::as_str).map(str::to_owned).ok_or_else(|| format!("no `{name}`"))
    };
    let words = |name: &str| -> Result<Option<Vec<String>>, String> {
        let Some(value) = table.get(name) else { return Ok(None) };
        let list = value.as_array().ok_or_else(|| format!("`{name}` is not a list"))?;
        let words: Option<Vec<String>> = list.iter().map(|word| word.as_str().map(str::to_owned)).collect();
        words.map(Some).ok_or_else(|| format!("`{name}` holds something else than strings"))
    };
    let kind = if table.contains_key("patterns") {
        "sequence of words"
    } else if table.contains_key("regex") {
        "anchored pattern"
    } else {
        "detector"
    };
    Ok(Rule {
        id: word("id")?,
        category,
        kind,
        languages: words("languages")?.unwrap_or_default(),
        severity: word("severity")?,
        confidence: word("confidence")?,
        strictness: word("strictness")?,
        weight: table.get("weight").and_then(toml::Value::as_integer),
        origins: words("origins")?,
        what: word("what")?,
        why: word("why")?,
        references: words("references")?.unwrap_or_default(),
        matches: words("matches")?.unwrap_or_default(),
        clean: words("clean")?.unwrap_or_default(),
    })
}

fn overview(rules: &[Rule]) -> String {
    let mut page = format!(
        "# Rules\n\n{GENERATED}\n\n{} rules. A rule that depends on no language counts as `any`; a rule of several \
         languages counts for each.\n\n## Per category\n\n| category | rules | critical | high | medium | low |\n\
         |---|--:|--:|--:|--:|--:|\n",
        rules.len()
    );
    for category in Category::ALL {
        let of_category: Vec<&Rule> = rules.iter().filter(|rule| rule.category == category.name()).collect();
        if of_category.is_empty() {
            continue;
        }
        let severity = |name: &str| of_category.iter().filter(|rule| rule.severity == name).count();
        let _ = writeln!(
            page,
            "| [{name}]({name}.md) | {} | {} | {} | {} | {} |",
            of_category.len(),
            severity("critical"),
            severity("high"),
            severity("medium"),
            severity("low"),
            name = category.name(),
        );
    }
    let mut languages: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in rules {
        if rule.languages.is_empty() {
            *languages.entry("any").or_default() += 1;
        }
        for language in &rule.languages {
            *languages.entry(language).or_default() += 1;
        }
    }
    page.push_str("\n## Per language\n\n| language | rules |\n|---|--:|\n");
    for (language, count) in languages {
        let _ = writeln!(page, "| {language} | {count} |");
    }
    page
}

fn page(category: Category, rules: &[&Rule]) -> String {
    let mut page =
        format!("# Rules: {}\n\n{GENERATED}\n\n{} rules; [all categories](README.md).\n", category.name(), rules.len());
    for rule in rules {
        let languages =
            if rule.languages.is_empty() { String::new() } else { format!(" · {}", rule.languages.join(", ")) };
        let weight = rule.weight.map(|weight| format!(" · {weight} points")).unwrap_or_default();
        let origins = rule.origins.as_ref().map(|o| format!(" · only from {}", o.join(", "))).unwrap_or_default();
        let _ = write!(
            page,
            "\n## `{}`\n\n{} severity · {} confidence{weight} · runs from {} · {}{languages}{origins}\n\n{}\n\n*Why:* {}\n",
            rule.id, rule.severity, rule.confidence, rule.strictness, rule.kind, rule.what, rule.why
        );
        examples(&mut page, "Fires on", &rule.matches);
        examples(&mut page, "Does not fire on", &rule.clean);
        if !rule.references.is_empty() {
            let _ = write!(page, "\nReferences: {}\n", rule.references.join(" · "));
        }
    }
    page
}

fn examples(page: &mut String, title: &str, examples: &[String]) {
    let Some(example) = examples.first() else { return };
    let shown: String = visible(example);
    let fence = if shown.contains("```") { "~~~~" } else { "```" };
    let _ = write!(page, "\n{title}:\n\n{fence}text\n{}\n{fence}\n", shown.trim_end_matches('\n'));
}

/// A page is read by people: what they cannot see is written as an escape.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        let hidden = match c {
            '\n' | '\t' => false,
            '\u{FE0F}' => false,
            _ => c.is_control() || is_invisible(c),
        };
        if hidden {
            let _ = write!(shown, "\\u{{{:04X}}}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    shown
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0E}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E0FFF}')
}

const GENERATED: &str = "<!-- Written by `cargo xtask codegen` from core/rules. -->";

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = r#"
        id = "override-xx"
        languages = ["xx"]
        severity = "high"
        confidence = "medium"
        strictness = "standard"
        what = "An order."
        why = "It is not ours."
        references = ["OWASP LLM01:2025"]
        patterns = ["@a"]
        matches = ["AK{{}}IA \u200b"]
        clean = ["fine"]
    "#;

    #[test]
    fn page_shows_examples_split_and_invisibles_named() {
        let rule = parse(&RULE.parse().unwrap(), "prompt-injection".to_owned()).unwrap();
        assert_eq!(rule.kind, "sequence of words");
        let text = page(Category::PromptInjection, &[&rule]);
        assert!(text.contains("## `override-xx`") && text.contains("AK{{}}IA \\u{200B}"), "{text}");
        assert!(overview(&[rule]).contains("| xx | 1 |"));
    }

    #[test]
    fn missing_field_is_named() {
        let table: toml::Table = RULE.replace("why =", "whyever =").parse().unwrap();
        assert_eq!(parse(&table, String::new()).unwrap_err(), "no `why`");
    }

    #[test]
    fn no_rules_make_an_empty_list() {
        assert_eq!(rules_json(Path::new("no/such/folder")).unwrap(), "[\n]\n");
    }
}
