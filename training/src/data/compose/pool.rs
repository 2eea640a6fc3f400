//! Rows to choose parts from, the project's own and the corpora's apart.

use std::collections::BTreeMap;

use crate::data::rng::Rng;
use crate::data::row::Row;

/// Rows by language. The corpora have many more rows than the project, so which of the two is chosen comes first.
#[derive(Default)]
pub(super) struct Pool<'a> {
    own: Shelf<'a>,
    public: Shelf<'a>,
}

#[derive(Default)]
struct Shelf<'a> {
    all: Vec<&'a Row>,
    by_lang: BTreeMap<&'a str, Vec<&'a Row>>,
}

impl<'a> Pool<'a> {
    pub(super) fn of(rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut pool = Self::default();
        for row in rows {
            let shelf = if is_own(row) { &mut pool.own } else { &mut pool.public };
            shelf.all.push(row);
            shelf.by_lang.entry(lang(row)).or_default().push(row);
        }
        pool
    }

    /// A row, mostly of the language, `own_per_mille` times in a thousand one of the project's own.
    pub(super) fn pick(&self, lang: Option<&str>, own_per_mille: u32, rng: &mut Rng) -> Option<&'a Row> {
        let own = rng.chance(own_per_mille);
        let same = rng.chance(SAME_LANGUAGE_PER_MILLE);
        let shelves = if own { [&self.own, &self.public] } else { [&self.public, &self.own] };
        let wanted = lang.filter(|_| same);
        let speaking = shelves.iter().find_map(|s| s.by_lang.get(wanted?));
        rng.pick(speaking.or_else(|| shelves.iter().map(|s| &s.all).find(|s| !s.is_empty()))?).copied()
    }
}

pub(super) fn is_own(row: &Row) -> bool {
    row.source.starts_with("own/")
}

/// The language without region. The corpora do not say; all but two are English nearly throughout.
pub(super) fn lang(row: &Row) -> &str {
    match row.lang.split('-').next().unwrap_or_default() {
        "" if row.source.ends_with("_zh") => "zh",
        "" => "en",
        lang => lang,
    }
}

const SAME_LANGUAGE_PER_MILLE: u32 = 900;

#[cfg(test)]
mod tests {
    use edgewarden::scan::Origin;

    use super::super::tests::row;
    use super::*;

    #[test]
    fn own_rows_are_chosen_as_often_as_asked_however_few_they_are() {
        let mut rows = vec![row("own", false, Origin::User, "own/a", "")];
        rows.extend((0..500).map(|i| row(&i.to_string(), false, Origin::User, "t0", "")));
        let (pool, mut rng) = (Pool::of(rows.iter()), Rng::new(1));
        let own = (0..1000).filter(|_| pool.pick(Some("en"), 500, &mut rng).unwrap().text == "own").count();
        assert!((430..570).contains(&own), "{own}");
    }

    #[test]
    fn language_is_kept_where_there_is_a_row_of_it() {
        let rows = [
            row("en", false, Origin::User, "own/a", ""),
            Row { lang: "de-AT".into(), ..row("de", false, Origin::User, "own/b", "") },
        ];
        let (pool, mut rng) = (Pool::of(rows.iter()), Rng::new(1));
        let german = (0..1000).filter(|_| pool.pick(Some("de"), 1000, &mut rng).unwrap().text == "de").count();
        assert!(german > 900, "{german}");
        assert!(pool.pick(Some("fr"), 1000, &mut rng).is_some());
        assert!(Pool::of([].iter()).pick(None, 0, &mut rng).is_none());
    }
}
