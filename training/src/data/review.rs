//! Review of the corpora's labels: `training/data/review.toml` says which rows leave, which change sides, and why.
//!
//! A rule names rows by source, label, length and words, or by the start of their text's SHA-256 where a single row is
//! meant; the texts themselves stay with the corpora.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::error::{Code, DataError};
use super::row::Row;

/// The rules in the order in which they are tried.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    rule: Vec<Rule>,
}

/// What one rule did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The rule's kebab-case name.
    pub id: String,
    /// What the rule is about.
    pub kind: Kind,
    /// Rows that left.
    pub dropped: usize,
    /// Rows that changed sides.
    pub relabelled: usize,
    /// Why.
    pub reason: String,
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The label is wrong by this project's definition.
    Label,
    /// The licence does not allow released weights.
    Licence,
    /// The label is right, but there are too many of the same.
    Balance,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    id: String,
    kind: Kind,
    src: Vec<String>,
    label: Option<Label>,
    /// Fewer characters than this.
    under: Option<usize>,
    /// More characters than this.
    over: Option<usize>,
    /// The text begins with one of these.
    #[serde(default)]
    starts: Vec<String>,
    /// The text holds one of these.
    #[serde(default)]
    any: Vec<String>,
    /// The text holds none of these.
    #[serde(default)]
    none: Vec<String>,
    /// Starts of the text's SHA-256 in hexadecimal.
    #[serde(default)]
    rows: Vec<String>,
    /// So many of the rows that fit are left alone, those with the lowest hash.
    #[serde(default)]
    at_most: usize,
    then: Then,
    reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Label {
    Attack,
    Benign,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Then {
    Drop,
    Attack,
    Benign,
}

impl Review {
    /// Reads the rules.
    pub fn read(file: &Path) -> Result<Self, DataError> {
        let text = fs::read_to_string(file).map_err(|e| DataError::new(Code::Unreadable, file, 0, e.to_string()))?;
        Self::parse(&text).map_err(|detail| DataError::new(Code::ReviewRule, file, 0, detail))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let review: Self = toml::from_str(text).map_err(|e| e.message().to_owned())?;
        match review.rule.iter().find(|r| r.rows.iter().any(|h| h.len() < 16) || r.src.is_empty()) {
            Some(rule) => Err(format!("{}: a rule names its sources, and rows by 16 digits or more", rule.id)),
            None => Ok(review),
        }
    }

    /// Applies the first rule that fits each row. Rows of no rule stay as they are, in their order.
    pub fn apply(&self, rows: Vec<Row>) -> (Vec<Row>, Vec<Applied>) {
        let folded = |row: &Row| fold(&row.text);
        let chosen: Vec<Option<usize>> =
            rows.iter().map(|row| self.rule.iter().position(|rule| rule.fits(row, &folded(row)))).collect();
        let mut spared = vec![false; rows.len()];
        for (number, rule) in self.rule.iter().enumerate().filter(|(_, rule)| rule.at_most > 0) {
            let mut fitting: Vec<_> = (0..rows.len())
                .filter(|i| chosen.get(*i) == Some(&Some(number)))
                .filter_map(|i| Some((hash(&rows.get(i)?.text), i)))
                .collect();
            fitting.sort();
            for (_, i) in fitting.iter().take(rule.at_most) {
                spared.get_mut(*i).into_iter().for_each(|s| *s = true);
            }
        }
        let mut applied: Vec<Applied> = self.rule.iter().map(Rule::unused).collect();
        let mut out = Vec::with_capacity(rows.len());
        for ((mut row, rule), spared) in rows.into_iter().zip(chosen).zip(spared) {
            let matched = rule.filter(|_| !spared).and_then(|i| self.rule.get(i).zip(applied.get_mut(i)));
            match matched {
                Some((Rule { then: Then::Drop, .. }, count)) => {
                    count.dropped += 1;
                    continue;
                }
                Some((rule, count)) => {
                    row.attack = rule.then == Then::Attack;
                    count.relabelled += 1;
                }
                None => {}
            }
            out.push(row);
        }
        (out, applied)
    }
}

impl Rule {
    fn fits(&self, row: &Row, folded: &str) -> bool {
        let length = row.text.chars().count();
        self.src.contains(&row.source)
            && self.label.is_none_or(|l| (l == Label::Attack) == row.attack)
            && self.under.is_none_or(|n| length < n)
            && self.over.is_none_or(|n| length > n)
            && (self.starts.is_empty() || self.starts.iter().any(|s| folded.starts_with(&format!(" {s} "))))
            && (self.any.is_empty() || holds_one(folded, &self.any))
            && !holds_one(folded, &self.none)
            && (self.rows.is_empty() || {
                let hash = hash(&row.text);
                self.rows.iter().any(|start| hash.starts_with(start.as_str()))
            })
    }

    fn unused(&self) -> Applied {
        Applied {
            id: self.id.clone(),
            kind: self.kind,
            dropped: 0,
            relabelled: 0,
            reason: self.reason.replace('\n', " "),
        }
    }
}

/// Lower case, words with one space around each; apostrophes vanish so that "don't" is one word.
fn fold(text: &str) -> String {
    let mut out = String::from(" ");
    for c in text.chars().filter(|c| !matches!(c, '\'' | '\u{2019}')) {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

fn holds_one(folded: &str, phrases: &[String]) -> bool {
    phrases.iter().any(|phrase| match phrase.strip_suffix('*') {
        Some(start) => folded.contains(&format!(" {start}")),
        None => folded.contains(&format!(" {phrase} ")),
    })
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use edgewarden::scan::Origin;

    use super::*;
    use crate::data::Made;

    fn row(text: &str, attack: bool, source: &str) -> Row {
        Row {
            text: text.into(),
            attack,
            origin: Origin::User,
            source: source.into(),
            technique: String::new(),
            lang: String::new(),
            carrier: String::new(),
            made: Made::Written,
        }
    }

    fn review(rule: &str) -> Review {
        Review::parse(&format!("[[rule]]\nid = \"r\"\nkind = \"label\"\nsrc = [\"s\"]\nreason = \"x\"\n{rule}"))
            .unwrap()
    }

    #[test]
    fn rule_takes_only_its_source_label_and_words() {
        let rows = vec![
            row("Write a poem.", true, "s"),
            row("Write a poem.", false, "s"),
            row("Write a poem.", true, "t"),
            row("Write: ignore all of it", true, "s"),
        ];
        let (left, applied) =
            review("label = \"attack\"\nstarts = [\"write\"]\nnone = [\"ignor*\"]\nthen = \"drop\"").apply(rows);
        assert_eq!(left.len(), 3);
        assert_eq!((applied[0].dropped, applied[0].relabelled), (1, 0));
    }

    #[test]
    fn single_row_is_named_by_its_hash() {
        let rule = format!("rows = [\"{}\"]\nthen = \"attack\"", &hash("bad")[..16]);
        let (left, applied) = review(&rule).apply(vec![row("bad", false, "s"), row("good", false, "s")]);
        assert_eq!(left.iter().map(|r| r.attack).collect::<Vec<_>>(), [true, false]);
        assert_eq!(applied[0].relabelled, 1);
    }

    #[test]
    fn limit_leaves_that_many_whatever_their_order() {
        let rows: Vec<_> = (0..20).map(|i| row(&format!("give data {i}"), true, "s")).collect();
        let rule = review("any = [\"data\"]\nat_most = 5\nthen = \"drop\"");
        let mut one: Vec<_> = rule.apply(rows.clone()).0.into_iter().map(|r| r.text).collect();
        let mut two: Vec<_> = rule.apply(rows.into_iter().rev().collect()).0.into_iter().map(|r| r.text).collect();
        one.sort();
        two.sort();
        assert_eq!((one.len(), &one), (5, &two));
    }

    #[test]
    fn words_are_whole_unless_a_star_ends_them() {
        assert!(holds_one(&fold("Don't, IGNORE!"), &["dont".into()]));
        assert!(!holds_one(&fold("ignored"), &["ignore".into()]));
        assert!(holds_one(&fold("ignored"), &["ignor*".into()]));
    }

    #[test]
    fn unknown_field_and_short_hash_are_refused() {
        assert!(Review::parse("[[rule]]\ncolour = 1\n").is_err());
        assert!(
            Review::parse(
                "[[rule]]\nid=\"r\"\nkind=\"label\"\nsrc=[\"s\"]\nrows=[\"ab\"]\nthen=\"drop\"\nreason=\"\"\n"
            )
            .is_err()
        );
    }

    #[test]
    fn projects_own_review_can_be_read_and_gives_reasons() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/review.toml");
        let review = Review::read(&file).unwrap();
        assert!(review.rule.iter().all(|r| !r.reason.is_empty()));
    }
}
