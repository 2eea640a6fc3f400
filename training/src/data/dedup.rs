//! Near-duplicates: rows that say the same but for a name, a number or a full stop.
//!
//! Texts are compared by their runs of eight letters and digits. MinHash finds candidates, and the exact share of common
//! runs decides, so a candidate found by chance costs time and nothing else.

use std::collections::{BTreeMap, HashMap};

use super::row::{Made, Row};

/// What left, by source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Rows near a row that the trainer measures with, or mostly a part of one.
    pub near_dev: BTreeMap<String, usize>,
    /// Rows with the same letters and digits as an earlier row.
    pub exact: BTreeMap<String, usize>,
    /// Rows near an earlier row of the same label.
    pub near: BTreeMap<String, usize>,
}

/// Drops rows that are near a row of `dev`, then rows near an earlier row of the same label: a twin with the other label is
/// what a model learns most from. Of expanded templates only exact copies leave the second step, since their likeness is
/// meant; the first step knows no exception.
pub fn remove(rows: Vec<Row>, dev: &[Row]) -> (Vec<Row>, Removed) {
    let mut removed = Removed::default();
    let measured = Measured::of(dev);
    let mut seen = Index::default();
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let shape = Shape::of(&row.text);
        let left = if measured.holds(&shape) {
            Some(&mut removed.near_dev)
        } else if seen.whole.contains_key(&shape.whole) {
            Some(&mut removed.exact)
        } else if row.made != Made::Expanded && seen.near(&shape, Some(row.attack)) {
            Some(&mut removed.near)
        } else {
            None
        };
        match left {
            Some(count) => *count.entry(row.source).or_default() += 1,
            None => {
                seen.add(shape, row.attack);
                out.push(row);
            }
        }
    }
    (out, removed)
}

/// A text as it is compared.
struct Shape {
    /// Hash of all letters and digits.
    whole: u64,
    /// Hashes of the runs, ascending, each once.
    runs: Vec<u32>,
    /// Least value of the runs under each permutation.
    least: [u32; PERMUTATIONS],
}

impl Shape {
    fn of(text: &str) -> Self {
        let letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let mut runs: Vec<u32> = match letters.len() {
            0..=RUN => vec![hash(&letters) as u32],
            _ => letters.windows(RUN).map(|run| hash(run) as u32).collect(),
        };
        runs.sort_unstable();
        runs.dedup();
        let mut least = [u32::MAX; PERMUTATIONS];
        for run in &runs {
            for (i, least) in (0_u32..).zip(&mut least) {
                // Odd factors permute the 32-bit numbers.
                let factor = (i.wrapping_mul(0x9E37_79B1) ^ 0x85EB_CA6B) | 1;
                *least = (*least).min(run.wrapping_mul(factor).rotate_left(15).wrapping_mul(0xC2B2_AE35 ^ (i << 1)));
            }
        }
        Self { whole: hash(&letters), runs, least }
    }

    fn bands(&self) -> impl Iterator<Item = (usize, u64)> {
        self.least
            .chunks(ROWS_PER_BAND)
            .enumerate()
            .map(|(i, band)| (i, band.iter().fold(FNV_START, |h, n| (h ^ u64::from(*n)).wrapping_mul(FNV_FACTOR))))
    }
}

/// Rows seen so far, to find those near a new one.
#[derive(Default)]
struct Index {
    whole: HashMap<u64, ()>,
    buckets: HashMap<(usize, u64), Vec<usize>>,
    runs: Vec<(Vec<u32>, bool)>,
}

impl Index {
    fn add(&mut self, shape: Shape, attack: bool) {
        self.whole.insert(shape.whole, ());
        for band in shape.bands() {
            self.buckets.entry(band).or_default().push(self.runs.len());
        }
        self.runs.push((shape.runs, attack));
    }

    /// Whether a row of that label, or of any, shares enough runs.
    fn near(&self, shape: &Shape, attack: Option<bool>) -> bool {
        let mut candidates: Vec<_> =
            shape.bands().filter_map(|band| self.buckets.get(&band)).flatten().copied().collect();
        candidates.sort_unstable();
        candidates.dedup();
        candidates.iter().filter_map(|i| self.runs.get(*i)).any(|(runs, label)| {
            let common = common(runs, &shape.runs);
            let all = runs.len() + shape.runs.len() - common;
            attack.is_none_or(|a| a == *label) && common * 100 >= all * NEAR_PERCENT
        })
    }
}

/// The rows that the trainer measures with. They are few, so that a part of one can be found as well.
struct Measured {
    index: Index,
    /// Which rows hold a run.
    holders: HashMap<u32, Vec<u32>>,
    /// Whether any run begins with these bits, so that most lookups end before the map.
    known: Vec<bool>,
}

impl Measured {
    fn of(dev: &[Row]) -> Self {
        let (mut index, mut holders, mut known) = (Index::default(), HashMap::new(), vec![false; 1 << KNOWN_BITS]);
        for (row, number) in dev.iter().zip(0..) {
            let shape = Shape::of(&row.text);
            for run in &shape.runs {
                holders.entry(*run).or_insert_with(Vec::new).push(number);
                known.get_mut((run >> (32 - KNOWN_BITS)) as usize).into_iter().for_each(|k| *k = true);
            }
            index.add(shape, row.attack);
        }
        Self { index, holders, known }
    }

    fn holds(&self, shape: &Shape) -> bool {
        self.index.whole.contains_key(&shape.whole) || self.index.near(shape, None) || self.overlaps(shape)
    }

    /// Whether most of the shorter text stands in the longer one. Short texts are left out: what they share is idiom.
    fn overlaps(&self, shape: &Shape) -> bool {
        let mut shared: HashMap<u32, usize> = HashMap::new();
        let known = |run: &&u32| self.known.get((**run >> (32 - KNOWN_BITS)) as usize) == Some(&true);
        for holder in shape.runs.iter().filter(known).filter_map(|run| self.holders.get(run)).flatten() {
            *shared.entry(*holder).or_default() += 1;
        }
        shared.into_iter().any(|(number, shared)| {
            let other = self.index.runs.get(number as usize).map_or(0, |(runs, _)| runs.len());
            let shorter = other.min(shape.runs.len());
            shorter >= LEAST_RUNS_OF_A_PART && shared * 100 >= shorter * NEAR_PERCENT
        })
    }
}

/// How many numbers two ascending lists share.
fn common(a: &[u32], b: &[u32]) -> usize {
    let (mut a, mut b, mut count) = (a.iter().peekable(), b.iter().peekable(), 0);
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                count += 1;
                a.next();
                b.next();
            }
        }
    }
    count
}

/// FNV-1a over the code points, its upper half folded into the lower.
fn hash(letters: &[char]) -> u64 {
    let h = letters.iter().fold(FNV_START, |h, c| (h ^ u64::from(u32::from(*c))).wrapping_mul(FNV_FACTOR));
    h ^ (h >> 32)
}

const RUN: usize = 8;
const PERMUTATIONS: usize = 64;
/// Sixteen bands of four find a pair with 80 % in common 9,998 times of 10,000.
const ROWS_PER_BAND: usize = 4;
const NEAR_PERCENT: usize = 80;
const LEAST_RUNS_OF_A_PART: usize = 40;
const KNOWN_BITS: u32 = 22;
const FNV_START: u64 = 0xCBF2_9CE4_8422_2325;
const FNV_FACTOR: u64 = 0x0100_0000_01B3;

#[cfg(test)]
mod tests {
    use edgewarden::scan::Origin;

    use super::*;

    fn row(text: &str, attack: bool, made: Made) -> Row {
        Row {
            text: text.into(),
            attack,
            origin: Origin::User,
            source: "s".into(),
            technique: String::new(),
            lang: String::new(),
            carrier: String::new(),
            made,
        }
    }

    fn left(rows: &[Row], dev: &[Row]) -> Vec<String> {
        remove(rows.to_vec(), dev).0.into_iter().map(|r| r.text).collect()
    }

    const LONG: &str = "The committee met on Thursday to talk about the new bridge, and nobody could say who would pay for \
        the lamps along the river, the benches under the trees or the small ferry that still runs in summer.";

    #[test]
    fn case_and_punctuation_do_not_make_a_text_new() {
        let rows = [row("Hello, you!", false, Made::Written), row("hello YOU", false, Made::Expanded)];
        assert_eq!(left(&rows, &[]), ["Hello, you!"]);
        assert_eq!(remove(rows.to_vec(), &[]).1.exact["s"], 1);
    }

    #[test]
    fn text_with_one_word_changed_is_near_and_another_text_is_not() {
        let rows = [
            row(LONG, false, Made::Written),
            row(&LONG.replace("Thursday", "Monday"), false, Made::Written),
            row("Somebody has to water the plants while we are away.", false, Made::Written),
        ];
        assert_eq!(left(&rows, &[]).len(), 2);
        assert_eq!(remove(rows.to_vec(), &[]).1.near["s"], 1);
    }

    #[test]
    fn twin_with_the_other_label_stays() {
        let twin = LONG.replace("Thursday", "Monday");
        assert_eq!(left(&[row(LONG, false, Made::Written), row(&twin, true, Made::Written)], &[]).len(), 2);
    }

    #[test]
    fn expansions_of_a_template_stay_beside_each_other_but_not_beside_measured_rows() {
        let rows = ["Monday", "Tuesday"].map(|d| row(&LONG.replace("Thursday", d), false, Made::Expanded));
        assert_eq!(left(&rows, &[]).len(), 2);
        assert_eq!(left(&rows, &[row(LONG, true, Made::Written)]).len(), 0);
    }

    #[test]
    fn part_of_a_measured_row_leaves_and_so_does_a_row_around_one() {
        let part = row(LONG.split(',').next().unwrap(), false, Made::Written);
        let whole = row(LONG, false, Made::Written);
        let around =
            row(&format!("Minutes of the meeting in full. {LONG} The next one is in May."), false, Made::Written);
        assert!(left(std::slice::from_ref(&part), std::slice::from_ref(&whole)).is_empty());
        assert!(left(std::slice::from_ref(&around), std::slice::from_ref(&whole)).is_empty());
    }

    #[test]
    fn share_of_common_runs_is_found_by_the_bands() {
        let words: Vec<String> = (0..400).map(|i| format!("w{}", i * 7919 % 10007)).collect();
        for skip in 0..20 {
            let (a, b) = (words.join(" "), words.iter().skip(skip).cloned().collect::<Vec<_>>().join(" "));
            let mut index = Index::default();
            index.add(Shape::of(&a), true);
            assert!(index.near(&Shape::of(&b), Some(true)), "{skip}");
        }
    }
}
