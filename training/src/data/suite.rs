//! The honest texts that the scanner itself is tested with, read from where the tests have them.
//!
//! No published model is to accuse one of them, so they are learned from; what a model says of them is no forecast.

use std::fs;
use std::path::Path;

use edgewarden::scan::Origin;

use super::error::{Code, DataError};
use super::row::{Made, Row};

#[path = "../../../core/tests/honest/texts/mod.rs"]
#[allow(missing_docs, unreachable_pub, dead_code)]
mod texts;

/// What sources of these texts begin with.
pub const SOURCE: &str = "own/suite/";

/// The texts of the honest suite, and the lines that rules are held against (`core/benign`).
///
/// # Errors
/// [`Code::Unreadable`] if a file of `core/benign` cannot be read.
pub fn rows(project: &Path) -> Result<Vec<Row>, DataError> {
    let groups = [
        (ANYWHERE, texts::anywhere(), Origin::User),
        ("user", texts::from_user(), Origin::User),
        ("system", texts::from_system(), Origin::System),
    ];
    let mut rows: Vec<Row> = Vec::new();
    for (group, texts, origin) in groups {
        rows.extend(texts.into_iter().map(|(_, text)| row("honest", group, text, origin)));
    }
    for name in ["english", "languages"] {
        let path = project.join("core/benign").join(name).with_extension("txt");
        let text =
            fs::read_to_string(&path).map_err(|error| DataError::new(Code::Unreadable, &path, 0, error.to_string()))?;
        let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        rows.extend(lines.map(|line| row("benign", "user", line, Origin::User)));
    }
    Ok(rows)
}

/// The same texts as documents, where they may stand in one.
pub fn as_documents(rows: &[Row]) -> Vec<Row> {
    let anywhere = rows.iter().filter(|row| row.source.starts_with(SOURCE) && row.technique == ANYWHERE);
    anywhere.map(|row| Row { origin: Origin::Retrieved, ..row.clone() }).collect()
}

fn row(file: &str, group: &str, text: &str, origin: Origin) -> Row {
    Row {
        text: text.to_owned(),
        attack: false,
        origin,
        source: format!("{SOURCE}{file}"),
        technique: group.into(),
        lang: String::new(),
        carrier: String::new(),
        made: Made::Written,
    }
}

/// Texts that a person may send and a document may hold.
const ANYWHERE: &str = "anywhere";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suite_keeps_the_origins_its_tests_give_it() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let rows = rows(&root).unwrap();
        assert!(rows.len() > 800 && rows.iter().all(|row| !row.attack));
        assert!(rows.iter().any(|row| row.origin == Origin::System));
        assert!(as_documents(&rows).iter().all(|row| row.origin == Origin::Retrieved));
    }
}
