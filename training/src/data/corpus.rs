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

fn read(file: &Path) -> Result<Vec<Row>, DataError> {
    let text = fs::read_to_string(file)
        .map_err(|e| DataError::new(Code::MissingCorpus, file, 0, format!("{e}; {MISSING}")))?;
    text.lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty())
        .map(|(line, number)| row(line).ok_or_else(|| DataError::new(Code::CorpusRow, file, number, FIELDS)))
        .collect()
}

fn row(line: &str) -> Option<Row> {
    let value: Value = serde_json::from_str(line).ok()?;
    let field = |name| value.get(name)?.as_str();
    Some(Row {
        text: field("text")?.to_owned(),
        attack: match value.get("label")?.as_u64()? {
            0 => false,
            1 => true,
            _ => return None,
        },
        origin: Origin::ALL.into_iter().find(|o| Some(o.name()) == field("origin"))?,
        source: field("src")?.to_owned(),
        technique: String::new(),
        lang: String::new(),
        carrier: String::new(),
        made: Made::Written,
    })
}

const MISSING: &str = "the folder of the corpora holds train.jsonl, dev.jsonl and SOURCES.md, which lists the public \
    sources the rows come from and their licences";
const FIELDS: &str = "a row is an object with the texts text, src and origin and the number label, 0 or 1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_of_a_corpus_is_taken_as_it_stands() {
        let row = row(r#"{"text": "a\nb", "label": 1, "src": "s", "origin": "retrieved"}"#).unwrap();
        assert_eq!((row.text.as_str(), row.attack, row.source.as_str()), ("a\nb", true, "s"));
        assert_eq!((row.origin, row.made), (Origin::Retrieved, Made::Written));
    }

    #[test]
    fn row_that_lacks_a_field_is_refused() {
        for line in ["", "{}", "[1]", r#"{"text":"a","label":2,"src":"s","origin":"user"}"#] {
            assert!(row(line).is_none(), "{line}");
        }
        assert!(row(r#"{"text":"a","label":0,"src":"s","origin":"moon"}"#).is_none());
    }

    #[test]
    fn missing_corpus_says_what_is_missing_and_where_to_get_it() {
        let error = train(Path::new("/nowhere")).unwrap_err();
        assert_eq!(error.code, Code::MissingCorpus);
        let text = error.to_string();
        assert!(text.contains("train.jsonl") && text.contains("SOURCES.md"), "{text}");
    }
}
