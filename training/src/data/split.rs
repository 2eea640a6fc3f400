//! Leave one source out: whether what is learned from some people's texts holds for the texts of others.

use std::collections::{BTreeMap, BTreeSet};

use super::row::{Made, Row};

/// Rows of one group held back, and the rows to learn from meanwhile, both as places in the list they came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The group, such as `safeguard` or `own/attack/direct-override`.
    pub group: String,
    /// Rows whose label comes from the group, without disguised copies.
    pub held: Vec<usize>,
    /// Rows without any part from the group.
    pub rest: Vec<usize>,
}

/// One split for each group with at least `least` rows to hold back, in the order of their names. A row composed with the
/// group's texts as mere surroundings is in neither part.
pub fn leave_one_out(rows: &[Row], least: usize) -> Vec<Split> {
    let parts: Vec<Vec<String>> = rows.iter().map(groups).collect();
    let mut held: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, (row, parts)) in rows.iter().zip(&parts).enumerate() {
        if let Some(first) = parts.first().filter(|_| row.made != Made::Disguised) {
            held.entry(first).or_default().push(i);
        }
    }
    held.into_iter()
        .filter(|(_, held)| held.len() >= least)
        .map(|(group, held)| {
            let without = |(i, parts): (usize, &Vec<String>)| (!parts.iter().any(|p| p == group)).then_some(i);
            Split { group: group.to_owned(), held, rest: parts.iter().enumerate().filter_map(without).collect() }
        })
        .collect()
}

/// The groups a row's texts come from, the one that decides its label first: a corpus is a group, and so are the project's
/// files whose names differ in a number at most.
pub fn groups(row: &Row) -> Vec<String> {
    let mut seen = BTreeSet::new();
    row.source.split('+').map(family).filter(|g| seen.insert(g.clone())).collect()
}

/// The group of one source.
pub fn family(source: &str) -> String {
    let Some(own) = source.strip_prefix("own/") else { return source.to_owned() };
    let (folder, file) = own.split_once('/').unwrap_or((own, ""));
    let mut parts = file.split('-').filter(|part| !part.bytes().all(|b| b.is_ascii_digit()));
    // Attacks and honest texts of one language, and the files of one kind of pairs or carriers, have one author.
    let family: Vec<&str> = match folder {
        "languages" | "pairs" | "carriers" => parts.by_ref().take(1).collect(),
        _ => parts.by_ref().take(2).collect(),
    };
    format!("own/{folder}/{}", family.join("-"))
}

#[cfg(test)]
mod tests {
    use edgewarden::scan::Origin;

    use super::*;

    fn row(source: &str, made: Made) -> Row {
        Row {
            text: "t".into(),
            attack: true,
            origin: Origin::User,
            source: source.into(),
            technique: String::new(),
            lang: String::new(),
            carrier: String::new(),
            made,
        }
    }

    #[test]
    fn numbered_files_are_one_group_and_corpora_keep_their_names() {
        assert_eq!(groups(&row("own/attack/direct-override-2", Made::Written)), ["own/attack/direct-override"]);
        assert_eq!(groups(&row("own/pairs/work", Made::Written)), ["own/pairs/work"]);
        assert_eq!(groups(&row("set-2", Made::Written)), ["set-2"]);
        assert_eq!(groups(&row("own/pairs/a-1+own/pairs/a-2+b", Made::Composed)), ["own/pairs/a", "b"]);
    }

    #[test]
    fn nothing_of_the_group_is_left_to_learn_from() {
        let rows = [
            row("a", Made::Written),
            row("b", Made::Written),
            row("a+b", Made::Composed),
            row("b+a", Made::Composed),
            row("a", Made::Disguised),
        ];
        let splits = leave_one_out(&rows, 1);
        assert_eq!(splits.len(), 2);
        assert_eq!((splits[0].held.as_slice(), splits[0].rest.as_slice()), (&[0, 2][..], &[1][..]));
        assert_eq!((splits[1].held.as_slice(), splits[1].rest.as_slice()), (&[1, 3][..], &[0, 4][..]));
    }

    #[test]
    fn small_groups_are_never_held_back() {
        assert!(leave_one_out(&[row("a", Made::Written)], 2).is_empty());
    }
}
