//! Classical ciphers, codes and reversals.

use super::{Named, carried, map_chars, map_words};

pub const ALL: &[Named] = &[
    ("rot13", |t| rotate(t, 13)),
    ("rot13-carried", |t| carried(&rotate(t, 13))),
    ("caesar-3", |t| rotate(t, 3)),
    ("caesar-7", |t| rotate(t, 7)),
    ("caesar-20", |t| rotate(t, 20)),
    ("atbash", atbash),
    ("reversed-text", |t| t.chars().rev().collect()),
    ("reversed-letters-per-word", |t| map_words(t, |w| w.chars().rev().collect())),
    ("reversed-word-order", |t| t.split(' ').rev().collect::<Vec<_>>().join(" ")),
    ("rot13-of-reversed", |t| rotate(&t.chars().rev().collect::<String>(), 13)),
    ("morse", |t| carried(&coded(t, " ", " / ", |c| MORSE.get(index(c)?).copied()))),
    ("braille", |t| map_chars(&t.to_ascii_lowercase(), braille)),
    ("nato", |t| carried(&coded(t, " ", " / ", |c| NATO.get(index(c)?).copied()))),
    ("pig-latin", pig_latin),
    ("a1z26", |t| carried(&coded(t, "-", " ", |c| NUMBERS.get(index(c)?).copied()))),
];

/// Shared with the chains of the encodings.
pub fn rotate(text: &str, by: u8) -> String {
    map_chars(text, |c| match c {
        'a'..='z' => char::from((c as u8 - b'a' + by) % 26 + b'a'),
        'A'..='Z' => char::from((c as u8 - b'A' + by) % 26 + b'A'),
        _ => c,
    })
}

fn atbash(text: &str) -> String {
    map_chars(text, |c| match c {
        'a'..='z' => char::from(b'z' - (c as u8 - b'a')),
        'A'..='Z' => char::from(b'Z' - (c as u8 - b'A')),
        _ => c,
    })
}

fn index(c: char) -> Option<usize> {
    c.is_ascii_alphabetic().then(|| (c.to_ascii_lowercase() as u8 - b'a') as usize)
}

/// Letters through a code table; what the table lacks is dropped.
fn coded(text: &str, separator: &str, gap: &str, code: impl Fn(char) -> Option<&'static str>) -> String {
    text.split(' ')
        .map(|word| word.chars().filter_map(&code).collect::<Vec<_>>().join(separator))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(gap)
}

fn braille(c: char) -> char {
    index(c).and_then(|i| BRAILLE.chars().nth(i)).unwrap_or(c)
}

fn pig_latin(text: &str) -> String {
    map_words(text, |word| {
        let word = word.to_ascii_lowercase();
        match word.find(|c| "aeiou".contains(c)) {
            Some(0) => word + "way",
            Some(at) => format!("{}{}ay", &word[at..], &word[..at]),
            None => word + "ay",
        }
    })
}

const BRAILLE: &str = "⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵";
const MORSE: [&str; 26] = [
    ".-", "-...", "-.-.", "-..", ".", "..-.", "--.", "....", "..", ".---", "-.-", ".-..", "--", "-.", "---", ".--.",
    "--.-", ".-.", "...", "-", "..-", "...-", ".--", "-..-", "-.--", "--..",
];
const NATO: [&str; 26] = [
    "Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliett", "Kilo", "Lima",
    "Mike", "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Uniform", "Victor", "Whiskey", "Xray",
    "Yankee", "Zulu",
];
const NUMBERS: [&str; 26] = [
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20",
    "21", "22", "23", "24", "25", "26",
];

#[test]
fn ciphers_agree_with_their_tables() {
    assert_eq!(rotate(&rotate("Ignore", 13), 13), "Ignore");
    assert_eq!(rotate("xyz", 3), "abc");
    assert_eq!(atbash("Az"), "Za");
    assert_eq!(pig_latin("Ignore the string"), "ignoreway ethay ingstray");
    assert_eq!(coded("So it.", " ", " / ", |c| MORSE.get(index(c)?).copied()), "... --- / .. -");
    assert_eq!(BRAILLE.chars().count(), 26);
}
