//! The project's own texts: `training/data/*/**/*.txt`, one example per line.
//!
//! A line that starts with `@` sets an attribute for the lines after it: `@label attack`, `@origin user`,
//! `@technique override`, `@lang en`, `@carrier email` (`none` resets the last three). `\n`, `\t`, `\\`, `\@` and `\#`
//! are escapes; a backslash before anything else is itself. Blank lines and lines that start with `# ` are skipped.
//!
//! `@slot name: one || two` names a list that holds for the whole file; a line with `<<name>>` is a template and gives
//! `@expand` rows (default 3), the same entry wherever the name stands in one row. `<<x>>` without such a list is text.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use edgewarden::scan::Origin;

use super::error::{Code, DataError};
use super::rng::Rng;
use super::row::{Made, Row};

/// Every row of every text file in the folders under `root`, in the order of paths and lines. Files directly in `root`
/// are tables of the trainer, not examples.
pub fn read(root: &Path, seed: u64) -> Result<Vec<Row>, DataError> {
    let mut files = Vec::new();
    for folder in entries(root)?.into_iter().filter(|p| p.is_dir()) {
        collect(&folder, &mut files)?;
    }
    let mut rows = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|e| DataError::new(Code::Unreadable, &file, 0, e.to_string()))?;
        rows.extend(parse(&file, &source(root, &file), &text, seed)?);
    }
    Ok(rows)
}

/// The rows of one file. `source` is what they are called in [`Row::source`].
pub fn parse(file: &Path, source: &str, text: &str, seed: u64) -> Result<Vec<Row>, DataError> {
    let fault = |code, line, detail: &str| DataError::new(code, file, line, detail);
    let lines = || text.lines().map(str::trim).zip(1..);
    let mut slots = BTreeMap::new();
    // A list may stand below its templates, so the first of each name counts from the start.
    for (line, number) in lines() {
        if let Some(rest) = attribute(line, "slot") {
            let (name, list) = slot(rest).ok_or_else(|| fault(Code::Slot, number, SLOT))?;
            slots.entry(name).or_insert(list);
        }
    }
    let mut state = State { attack: None, origin: Origin::User, technique: "", lang: "", carrier: "", expand: 3 };
    let mut rows = Vec::new();
    for (line, number) in lines() {
        if line.is_empty() || line == "#" || line.starts_with("# ") {
            continue;
        }
        if let Some(rest) = attribute(line, "slot") {
            slots.extend(slot(rest));
        } else if line.starts_with('@') {
            state.set(line).map_err(|(code, detail)| fault(code, number, detail))?;
        } else {
            let attack = state.attack.ok_or_else(|| fault(Code::MissingLabel, number, "put @label above the texts"))?;
            let mut rng = Rng::keyed(seed, &[source, line]);
            let (texts, made) = expand(line, &slots, state.expand, &mut rng);
            rows.extend(texts.into_iter().map(|text| Row {
                text: unescape(&text),
                attack,
                origin: state.origin,
                source: source.to_owned(),
                technique: state.technique.to_owned(),
                lang: state.lang.to_owned(),
                carrier: state.carrier.to_owned(),
                made,
            }));
        }
    }
    Ok(rows)
}

/// The attributes that hold for the next line.
struct State<'a> {
    attack: Option<bool>,
    origin: Origin,
    technique: &'a str,
    lang: &'a str,
    carrier: &'a str,
    expand: usize,
}

impl<'a> State<'a> {
    fn set(&mut self, line: &'a str) -> Result<(), (Code, &'static str)> {
        let (name, value) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let value = value.trim();
        let word = if value == "none" { "" } else { value };
        match name {
            "@label" => {
                self.attack = Some(match value {
                    "attack" => true,
                    "benign" => false,
                    _ => return Err((Code::UnknownValue, "@label is attack or benign")),
                });
            }
            "@origin" => {
                self.origin = Origin::ALL
                    .into_iter()
                    .find(|o| o.name() == value)
                    .ok_or((Code::UnknownValue, "@origin is system, user, assistant, tool or retrieved"))?;
            }
            "@technique" => self.technique = word,
            "@lang" => self.lang = word,
            "@carrier" => self.carrier = word,
            "@expand" => {
                let count = value.parse().ok().filter(|n| (1..=100).contains(n));
                self.expand = count.ok_or((Code::Expand, "@expand takes a number from 1 to 100"))?;
            }
            _ => return Err((Code::UnknownAttribute, "a text that starts with @ is written \\@")),
        }
        Ok(())
    }
}

/// A template's rows, or the line itself.
fn expand(line: &str, slots: &BTreeMap<&str, Vec<&str>>, count: usize, rng: &mut Rng) -> (Vec<String>, Made) {
    let used: Vec<_> = slots.iter().filter(|(name, _)| line.contains(&format!("<<{name}>>"))).collect();
    if used.is_empty() {
        return (vec![line.to_owned()], Made::Written);
    }
    let choices = used.iter().fold(1_usize, |n, (_, list)| n.saturating_mul(list.len()));
    let orders: Vec<Vec<usize>> = used
        .iter()
        .map(|(_, list)| {
            let mut order: Vec<_> = (0..list.len()).collect();
            rng.shuffle(&mut order);
            order
        })
        .collect();
    let (mut seen, mut out) = (BTreeSet::new(), Vec::new());
    while out.len() < count.min(choices) {
        // Each list in its own order first, so that no entry comes twice before every entry came once.
        let turn = out.len();
        let mut pick: Vec<_> = orders.iter().map(|order| order.get(turn % order.len()).copied().unwrap_or(0)).collect();
        while !seen.insert(pick.clone()) {
            pick = used.iter().map(|(_, list)| rng.below(list.len())).collect();
        }
        let text = used.iter().zip(&pick).fold(line.to_owned(), |text, ((name, list), i)| {
            text.replace(&format!("<<{name}>>"), list.get(*i).copied().unwrap_or_default())
        });
        out.push(text);
    }
    (out, Made::Expanded)
}

fn attribute<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.strip_prefix('@')?.strip_prefix(name)?.strip_prefix(char::is_whitespace)
}

fn slot(rest: &str) -> Option<(&str, Vec<&str>)> {
    let (name, list) = rest.split_once(':')?;
    let list: Vec<_> = list.split("||").map(str::trim).collect();
    let sound = !name.trim().is_empty() && list.iter().all(|entry| !entry.is_empty());
    sound.then_some((name.trim(), list))
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let plain = match (c, chars.peek()) {
            ('\\', Some('n')) => '\n',
            ('\\', Some('t')) => '\t',
            ('\\', Some(&next @ ('\\' | '@' | '#'))) => next,
            _ => {
                out.push(c);
                continue;
            }
        };
        chars.next();
        out.push(plain);
    }
    out
}

/// Text files below a folder in the order of their paths.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), DataError> {
    for path in entries(folder)? {
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "txt") {
            files.push(path);
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let fault = |e: std::io::Error| DataError::new(Code::Unreadable, folder, 0, e.to_string());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(fault)? {
        paths.push(entry.map_err(fault)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn source(root: &Path, file: &Path) -> String {
    let inner = file.strip_prefix(root).unwrap_or(file).with_extension("");
    let parts: Vec<_> = inner.iter().map(|p| p.to_string_lossy()).collect();
    format!("own/{}", parts.join("/"))
}

const SLOT: &str = "@slot takes a name, a colon and entries with || between them";

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Row> {
        parse(Path::new("a.txt"), "own/a", text, 1).unwrap()
    }

    fn fault(text: &str) -> (Code, usize) {
        let error = parse(Path::new("a.txt"), "own/a", text, 1).unwrap_err();
        (error.code, error.line)
    }

    #[test]
    fn attributes_hold_for_the_lines_after_them() {
        let rows = rows(
            "# about\n\n@label attack\n@origin tool\n@carrier email\n@technique override\n@lang de\nA\n@label benign\n\
             @carrier none\nB\n",
        );
        let seen: Vec<_> = rows.iter().map(|r| (r.text.as_str(), r.attack, r.carrier.as_str())).collect();
        assert_eq!(seen, [("A", true, "email"), ("B", false, "")]);
        assert!(rows.iter().all(|r| r.origin == Origin::Tool && r.technique == "override" && r.lang == "de"));
        assert!(rows.iter().all(|r| r.made == Made::Written && r.source == "own/a"));
    }

    #[test]
    fn escapes_give_line_breaks_and_the_signs_of_the_format() {
        let rows = rows("@label benign\na\\nb\\tc\\\\n\n\\@me\n\\# title\nC:\\dir\n#tag\n");
        let texts: Vec<_> = rows.iter().map(|r| r.text.as_str()).collect();
        assert_eq!(texts, ["a\nb\tc\\n", "@me", "# title", "C:\\dir", "#tag"]);
    }

    #[test]
    fn template_gives_as_many_rows_as_asked_without_repetition() {
        let rows =
            rows("@slot x: a || b || c || d\n@expand 3\n@label benign\nuse <<x>> and <<x>>\nplain\n<<y>> stays\n");
        assert_eq!(rows.len(), 5);
        let texts: BTreeSet<_> = rows[..3].iter().map(|r| r.text.clone()).collect();
        assert_eq!(texts.len(), 3);
        assert!(rows[..3].iter().all(|r| r.made == Made::Expanded && r.text[4..5] == r.text[10..11]));
        assert_eq!(rows[4].text, "<<y>> stays");
        assert_eq!(rows[4].made, Made::Written);
    }

    #[test]
    fn template_with_few_entries_gives_each_combination_once() {
        let texts: BTreeSet<_> =
            rows("@label benign\n<<x>><<y>>\n@slot x: a||b\n@slot y: c||d\n@expand 9\n<<x>>-<<y>>\n")
                .into_iter()
                .map(|r| r.text)
                .collect();
        assert!(["a-c", "a-d", "b-c", "b-d"].iter().all(|t| texts.contains(*t)), "{texts:?}");
        assert_eq!(texts.len(), 4 + 3);
    }

    #[test]
    fn expansion_depends_on_the_seed_and_not_on_other_lines() {
        let text = "@label benign\n@slot x: a||b||c||d||e||f||g||h\n<<x>> z\n";
        let one = rows(text);
        let two = rows(&text.replace("<<x>> z", "new\n<<x>> z"));
        assert_eq!(one[0].text, two[1].text);
        let seeds: BTreeSet<_> =
            (0..9).map(|s| parse(Path::new("a"), "own/a", text, s).unwrap()[0].text.clone()).collect();
        assert!(seeds.len() > 1);
    }

    #[test]
    fn faults_name_their_line() {
        assert_eq!(fault("text\n"), (Code::MissingLabel, 1));
        assert_eq!(fault("@label attack\n@colour red\n"), (Code::UnknownAttribute, 2));
        assert_eq!(fault("@label maybe\n"), (Code::UnknownValue, 1));
        assert_eq!(fault("\n@origin mars\n"), (Code::UnknownValue, 2));
        assert_eq!(fault("@slot x a || b\n"), (Code::Slot, 1));
        assert_eq!(fault("@slot x: a || \n"), (Code::Slot, 1));
        assert_eq!(fault("@expand 0\n"), (Code::Expand, 1));
    }

    #[test]
    fn source_is_the_path_without_its_ending() {
        assert_eq!(source(Path::new("/d"), Path::new("/d/attack/direct-override.txt")), "own/attack/direct-override");
    }
}
