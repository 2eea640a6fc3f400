//! Rows written in the disguises of the evasion suite, of both labels alike, so that a disguise alone proves nothing.

use std::collections::BTreeMap;

use super::rng::Rng;
use super::row::{Made, Row};

// The suite is the one place where disguises are defined; the trainer learns from the same code that the core is tested with.
#[path = "../../../core/tests/evasion/transforms/mod.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod transforms;

/// Adds a disguised copy of about `per_mille` rows in a thousand and says how many there are of each disguise. Long rows
/// and rows that a transform leaves alone get none.
pub fn add(rows: &mut Vec<Row>, per_mille: u32, seed: u64) -> BTreeMap<&'static str, usize> {
    let all = transforms::all();
    let (mut counts, mut copies) = (BTreeMap::new(), Vec::new());
    for row in rows.iter().filter(|row| row.text.len() <= LONGEST_BYTES) {
        let mut rng = Rng::keyed(seed, &["disguise", &row.text]);
        if !rng.chance(per_mille) {
            continue;
        }
        let Some(transform) = rng.pick(&all) else { continue };
        let text = (transform.apply)(&row.text);
        if text != row.text {
            *counts.entry(transform.name).or_default() += 1;
            copies.push(Row { text, made: Made::Disguised, ..row.clone() });
        }
    }
    rows.extend(copies);
    counts
}

/// Some disguises multiply a text by eight.
const LONGEST_BYTES: usize = 1200;

#[cfg(test)]
mod tests {
    use edgewarden::scan::Origin;

    use super::*;

    fn rows() -> Vec<Row> {
        (0..2000)
            .map(|i| Row {
                text: format!("Please water plant number {i} tomorrow."),
                attack: i % 2 == 0,
                origin: Origin::User,
                source: "s".into(),
                technique: "t".into(),
                lang: "en".into(),
                carrier: String::new(),
                made: Made::Written,
            })
            .collect()
    }

    #[test]
    fn share_is_the_same_for_both_labels() {
        let mut all = rows();
        let counts = add(&mut all, 100, 1);
        let (attacks, benign): (Vec<_>, Vec<_>) =
            all.iter().filter(|r| r.made == Made::Disguised).partition(|r| r.attack);
        assert!(
            (60..140).contains(&attacks.len()) && (60..140).contains(&benign.len()),
            "{} {}",
            attacks.len(),
            benign.len()
        );
        assert!(counts.len() > 50);
        assert_eq!(all.len(), 2000 + attacks.len() + benign.len());
    }

    #[test]
    fn copy_keeps_everything_but_the_text() {
        let mut all = rows();
        add(&mut all, 100, 1);
        let (plain, copies) = all.split_at(2000);
        assert!(copies.iter().all(|c| c.technique == "t" && c.lang == "en" && plain.iter().all(|p| p.text != c.text)));
    }

    #[test]
    fn same_seed_gives_the_same_copies_and_another_seed_others() {
        let texts = |seed| {
            let mut all = rows();
            add(&mut all, 50, seed);
            all.split_off(2000).into_iter().map(|r| r.text).collect::<Vec<_>>()
        };
        assert_eq!(texts(1), texts(1));
        assert_ne!(texts(1), texts(2));
    }

    #[test]
    fn long_rows_stay_plain() {
        let mut all: Vec<_> = rows().into_iter().map(|r| Row { text: r.text.repeat(40), ..r }).collect();
        assert!(add(&mut all, 1000, 1).is_empty());
    }
}
