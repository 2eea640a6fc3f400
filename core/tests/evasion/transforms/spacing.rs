//! Letters pulled apart and words pushed together.

use super::{Named, map_words};

pub const ALL: &[Named] = &[
    ("spaced-letters", |t| spread(t, " ", "   ")),
    ("spaced-letters-flat", |t| spread(t, " ", " ")),
    ("dotted-letters", |t| spread(t, ".", " ")),
    ("hyphenated-letters", |t| spread(t, "-", " ")),
    ("underscored-letters", |t| spread(t, "_", " ")),
    ("starred-letters", |t| spread(t, "*", " ")),
    ("tabbed-letters", |t| spread(t, "\t", "\t\t\t")),
    ("slashed-letters", |t| spread(t, "/", " ")),
    ("emoji-between-letters", |t| spread(t, "\u{1F525}", " ")),
    ("newline-per-letter", |t| spread(t, "\n", "\n\n")),
    ("no-spaces", |t| t.replace(' ', "")),
    ("camel-case", camel_case),
    ("under-scores", |t| t.replace(' ', "_")),
    ("hyphened-words", |t| t.replace(' ', "-")),
    ("dotted-words", |t| t.replace(' ', ".")),
    ("plus-words", |t| t.replace(' ', "+")),
    ("pipe-words", |t| t.replace(' ', " | ")),
    ("newline-per-word", |t| t.replace(' ', "\n")),
    ("blank-lines-per-word", |t| t.replace(' ', "\r\n\r\n")),
    ("tabs", |t| t.replace(' ', "\t\t")),
    ("no-break-spaces", |t| t.replace(' ', "\u{A0}")),
    ("ideographic-spaces", |t| t.replace(' ', "\u{3000}")),
    ("wide-gaps", |t| t.replace(' ', &" ".repeat(12))),
    ("emoji-between-words", |t| t.replace(' ', "\u{1F680}")),
    ("emoji-beside-words", |t| t.replace(' ', " \u{1F31F} ")),
    ("words-broken-by-spaces", broken_words),
    ("hyphenated-line-breaks", line_breaks),
];

fn spread(text: &str, separator: &str, gap: &str) -> String {
    text.split(' ')
        .map(|word| word.chars().map(String::from).collect::<Vec<_>>().join(separator))
        .collect::<Vec<_>>()
        .join(gap)
}

fn camel_case(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
    let mut out = String::new();
    for (i, word) in words.enumerate() {
        let low = word.to_ascii_lowercase();
        let (first, rest) = low.split_at(1);
        out.push_str(&if i == 0 { low.clone() } else { first.to_ascii_uppercase() + rest });
    }
    out
}

fn broken_words(text: &str) -> String {
    map_words(text, |word| {
        let (a, b) = word.split_at(word.len() / 2);
        if word.len() < 5 { word.to_owned() } else { format!("{a} {b}") }
    })
}

/// The typesetter's line break inside every long word.
fn line_breaks(text: &str) -> String {
    map_words(text, |word| {
        let (a, b) = word.split_at(word.len() / 2);
        if word.len() < 6 { word.to_owned() } else { format!("{a}-\n{b}") }
    })
}

#[test]
fn spacing_keeps_the_letters() {
    assert_eq!(spread("ab cd", "-", " "), "a-b c-d");
    assert_eq!(camel_case("Ignore all, now."), "ignoreAllNow");
    assert_eq!(broken_words("all previous"), "all prev ious");
}
