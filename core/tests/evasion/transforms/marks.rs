//! Marks on letters and changes of case.

use super::{Named, map_words, next_random};

pub const ALL: &[Named] = &[
    ("diacritics", |t| marked(t, 1, |i| ACCENTS[i % ACCENTS.len()])),
    ("diacritics-precomposed", precomposed),
    ("zalgo", |t| marked(t, 5, |i| ZALGO[i % ZALGO.len()])),
    ("underline-marks", |t| marked(t, 1, |_| '\u{332}')),
    ("strikethrough-marks", |t| marked(t, 1, |_| '\u{336}')),
    ("slash-marks", |t| marked(t, 1, |_| '\u{338}')),
    ("enclosing-circle-marks", |t| marked(t, 1, |_| '\u{20DD}')),
    ("alternating-case", alternating_case),
    ("random-case", random_case),
    ("upper-case", |t| t.to_uppercase()),
];

fn marked(text: &str, per_letter: usize, mark: impl Fn(usize) -> char) -> String {
    let mut n = 0;
    map_words(text, |word| {
        let mut out = String::new();
        for c in word.chars() {
            out.push(c);
            for _ in 0..per_letter {
                out.push(mark(n));
                n += 1;
            }
        }
        out
    })
}

fn precomposed(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'a' => 'á',
            'e' => 'ë',
            'i' => 'ì',
            'o' => 'ö',
            'u' => 'û',
            'n' => 'ñ',
            's' => 'š',
            'r' => 'ř',
            'y' => 'ý',
            'I' => 'Î',
            'A' => 'Å',
            'E' => 'É',
            'O' => 'Õ',
            _ => c,
        })
        .collect()
}

fn alternating_case(text: &str) -> String {
    text.chars()
        .enumerate()
        .map(|(i, c)| if i % 2 == 0 { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() })
        .collect()
}

fn random_case(text: &str) -> String {
    let mut state = 7;
    text.chars()
        .map(|c| if next_random(&mut state) & 1 == 0 { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() })
        .collect()
}

const ACCENTS: &[char] = &['\u{301}', '\u{308}', '\u{300}', '\u{302}', '\u{303}', '\u{30A}'];
const ZALGO: &[char] = &[
    '\u{30D}', '\u{330}', '\u{35C}', '\u{336}', '\u{342}', '\u{316}', '\u{35F}', '\u{489}', '\u{33F}', '\u{347}',
    '\u{313}',
];

#[test]
fn marks_follow_their_letters() {
    assert_eq!(marked("ab c", 1, |_| '\u{332}'), "a\u{332}b\u{332} c\u{332}");
    assert_eq!(alternating_case("ignore"), "iGnOrE");
}
