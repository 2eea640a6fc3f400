//! Words spelt wrongly, yet readable.

use super::{Named, map_words, next_random};

pub const ALL: &[Named] = &[
    ("typoglycemia", typoglycemia),
    ("typo-dropped-letter", |t| long_words(t, dropped)),
    ("typo-swapped-letters", |t| long_words(t, |c| swapped(c))),
    ("typo-doubled-letter", |t| long_words(t, |c| c.insert(c.len() / 2, c[c.len() / 2]))),
    ("typo-neighbour-key", |t| long_words(t, |c| neighbour_key(c))),
    ("stretched-vowels", stretched_vowels),
    ("polite-wrap", |t| format!("Hello there! Would you be so kind as to do this for me: {t} Many thanks!")),
    ("shouted-with-marks", |t| t.to_ascii_uppercase().replace(' ', "!! ")),
];

/// Inner letters shuffled; the same word always shuffles the same way.
fn typoglycemia(text: &str) -> String {
    map_words(text, |word| {
        let mut letters: Vec<char> = word.chars().collect();
        let last = letters.len() - 1;
        if last < 3 {
            return word.to_owned();
        }
        let mut state = word.bytes().fold(11, |s: u64, b| s.wrapping_mul(31).wrapping_add(u64::from(b)));
        for i in (2..last).rev() {
            letters.swap(i, 1 + next_random(&mut state) as usize % i);
        }
        letters.into_iter().collect()
    })
}

/// One edit in each word of five letters or more.
fn long_words(text: &str, edit: impl Fn(&mut Vec<char>)) -> String {
    map_words(text, |word| {
        let mut letters: Vec<char> = word.chars().collect();
        if letters.len() >= 5 {
            edit(&mut letters);
        }
        letters.into_iter().collect()
    })
}

fn dropped(letters: &mut Vec<char>) {
    letters.remove(letters.len() / 2);
}

fn swapped(letters: &mut [char]) {
    let middle = letters.len() / 2;
    letters.swap(middle - 1, middle);
}

fn neighbour_key(letters: &mut [char]) {
    let middle = letters.len() / 2;
    let at = "qwertyuiopasdfghjklzxcvbnm".find(letters[middle].to_ascii_lowercase()).unwrap_or(0);
    letters[middle] = "wertyuioplsdfghjklkxcvbnmn".as_bytes()[at].into();
}

fn stretched_vowels(text: &str) -> String {
    text.chars().flat_map(|c| std::iter::repeat_n(c, if "aeiou".contains(c) { 3 } else { 1 })).collect()
}

#[test]
fn typos_stay_within_one_edit() {
    assert_eq!(long_words("ignore all", dropped), "ignre all");
    assert_eq!(long_words("ignore", |c| swapped(c)), "igonre");
    assert_eq!(long_words("ignore", |c| neighbour_key(c)), "ignpre");
    let shuffled = typoglycemia("instructions");
    let sorted = |t: &str| {
        let mut c: Vec<char> = t.chars().collect();
        c.sort_unstable();
        c
    };
    assert_eq!(sorted(&shuffled), sorted("instructions"));
    assert!(shuffled.starts_with('i') && shuffled.ends_with('s'));
}
