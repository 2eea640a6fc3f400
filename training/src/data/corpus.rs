//! The public corpora, which lie beside the project and are never copied into it.

use std::fs;
use std::path::Path;

use edgewarden::scan::Origin;
use serde_json::Value;

use super::error::{Code, DataError};
use super::row::{Made, Row};

/// The rows of `train.jsonl` in the folder.
pub fn train(folder: &Path) -> Result<Vec<Row>, DataError> {
    read(&folder.join("train.jsonl"))
}

/// The rows of `dev.jsonl` in the folder: only for measuring, never for learning.
pub fn dev(folder: &Path) -> Result<Vec<Row>, DataError> {
    read(&folder.join("dev.jsonl"))
}

/// Rows of somebody's own: one object to a line with `text`, `label` (1 for an attack, 0 for an honest text) and, unless it
/// is `user`, `origin`. Their source is `data/` and the name of the file.
pub fn further(file: &Path) -> Result<Vec<Row>, DataError> {
    let text = fs::read_to_string(file).map_err(|e| DataError::new(Code::Unreadable, file, 0, e.to_string()))?;
    // A plus joins the sources of composed rows.
    let source = format!("data/{}", file.file_stem().unwrap_or_default().to_string_lossy().replace('+', "-"));
    rows(file, &text, FURTHER_FIELDS, |line| row(line, Some(&source)))
}

fn read(file: &Path) -> Result<Vec<Row>, DataError> {
    let text = fs::read_to_string(file)
        .map_err(|e| DataError::new(Code::MissingCorpus, file, 0, format!("{e}; {MISSING}")))?;
    rows(file, &text, FIELDS, |line| row(line, None))
}

fn rows(file: &Path, text: &str, fields: &str, row: impl Fn(&str) -> Option<Row>) -> Result<Vec<Row>, DataError> {
    text.lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty())
        .map(|(line, number)| row(line).ok_or_else(|| DataError::new(Code::CorpusRow, file, number, fields)))
        .collect()
}

/// A row of a corpus, or of a file that is a source of its own: there the origin may be missing.
fn row(line: &str, source: Option<&str>) -> Option<Row> {
    let value: Value = serde_json::from_str(line).ok()?;
    let field = |name| value.get(name)?.as_str();
    Some(Row {
        text: field("text")?.to_owned(),
        attack: match value.get("label")?.as_u64()? {
            0 => false,
            1 => true,
            _ => return None,
        },
        origin: match value.get("origin") {
            None if source.is_some() => Origin::User,
            origin => Origin::ALL.into_iter().find(|o| origin.and_then(Value::as_str) == Some(o.name()))?,
        },
        source: source.or_else(|| field("src"))?.to_owned(),
        technique: String::new(),
        lang: String::new(),
        carrier: String::new(),
        made: Made::Written,
    })
}

const MISSING: &str = "the folder of the corpora holds train.jsonl, dev.jsonl and SOURCES.md, which lists the public \
    sources the rows come from and their licences; docs/model-card.md lists them too";
const FIELDS: &str = "a row is an object with the texts text, src and origin and the number label, 0 or 1";
const FURTHER_FIELDS: &str = "a row is an object with the text text, the number label, 0 or 1, and at will the text origin: \
    system, user, assistant, tool or retrieved";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_of_a_corpus_is_taken_as_it_stands() {
        let row = row(r#"{"text": "a\nb", "label": 1, "src": "s", "origin": "retrieved"}"#, None).unwrap();
        assert_eq!((row.text.as_str(), row.attack, row.source.as_str()), ("a\nb", true, "s"));
        assert_eq!((row.origin, row.made), (Origin::Retrieved, Made::Written));
    }

    #[test]
    fn row_that_lacks_a_field_is_refused() {
        for line in ["", "{}", "[1]", r#"{"text":"a","label":2,"src":"s","origin":"user"}"#] {
            assert!(row(line, None).is_none(), "{line}");
        }
        assert!(row(r#"{"text":"a","label":0,"src":"s","origin":"moon"}"#, None).is_none());
    }

    #[test]
    fn row_of_somebody_s_own_needs_no_origin_but_a_known_one() {
        let further = |line| row(line, Some("data/mine"));
        let plain = further(r#"{"text":"a","label":1,"src":"elsewhere"}"#).unwrap();
        assert_eq!((plain.origin, plain.source.as_str()), (Origin::User, "data/mine"));
        assert_eq!(further(r#"{"text":"a","label":0,"origin":"tool"}"#).unwrap().origin, Origin::Tool);
        assert!(further(r#"{"text":"a","label":0,"origin":"moon"}"#).is_none());
        assert!(further(r#"{"text":"a"}"#).is_none());
    }

    #[test]
    fn fault_in_a_file_of_further_rows_names_its_line() {
        let file = Path::new("mine+yours.jsonl");
        let error = rows(file, "\n{}\n", FURTHER_FIELDS, |line| row(line, Some("s"))).unwrap_err();
        assert_eq!((error.code, error.line), (Code::CorpusRow, 2));
        assert!(error.to_string().contains("label"));
        assert_eq!(further(Path::new("/nowhere.jsonl")).unwrap_err().code, Code::Unreadable);
    }

    #[test]
    fn missing_corpus_says_what_is_missing_and_where_to_get_it() {
        let error = train(Path::new("/nowhere")).unwrap_err();
        assert_eq!(error.code, Code::MissingCorpus);
        let text = error.to_string();
        assert!(text.contains("train.jsonl") && text.contains("SOURCES.md"), "{text}");
    }
}
