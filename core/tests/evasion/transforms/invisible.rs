//! Characters nobody sees: hidden channels, joiners between letters, direction overrides, control characters.

use super::{Named, carried, map_words};

pub const ALL: &[Named] = &[
    ("tag-characters", tag_characters),
    ("variation-selectors", variation_selectors),
    ("zero-width-bits", zero_width_bits),
    ("sneaky-bits", sneaky_bits),
    ("zero-width-space", |t| between_letters(t, '\u{200B}')),
    ("zero-width-non-joiner", |t| between_letters(t, '\u{200C}')),
    ("zero-width-joiner", |t| between_letters(t, '\u{200D}')),
    ("soft-hyphen", |t| between_letters(t, '\u{AD}')),
    ("word-joiner", |t| between_letters(t, '\u{2060}')),
    ("invisible-times", |t| between_letters(t, '\u{2062}')),
    ("combining-grapheme-joiner", |t| between_letters(t, '\u{34F}')),
    ("replacement-character", |t| between_letters(t, '\u{FFFD}')),
    ("replacement-character-once-per-word", once_per_word),
    ("replacement-character-spaces", |t| t.replace(' ', "\u{FFFD}")),
    ("hangul-filler-spaces", |t| t.replace(' ', "\u{3164}")),
    ("nul-between-letters", |t| between_letters(t, '\0')),
    ("right-to-left-override", right_to_left_override),
    ("right-to-left-override-per-word", right_to_left_override_per_word),
    ("left-to-right-override", |t| format!("\u{202D}{t}\u{202C}")),
    ("left-to-right-isolates", left_to_right_isolates),
    ("backspace", |t| typed_and_deleted(t, '\u{8}')),
    ("delete", |t| typed_and_deleted(t, '\u{7F}')),
    ("ansi-colours", |t| ansi_colours(t, "\u{1B}")),
    ("ansi-colours-literal", |t| ansi_colours(t, "\\x1b")),
];

fn tag_characters(text: &str) -> String {
    let hidden: String =
        text.chars().filter_map(|c| if c.is_ascii() { char::from_u32(0xE0000 + c as u32) } else { None }).collect();
    format!("What a lovely picture of the harbour!{hidden}")
}

fn variation_selectors(text: &str) -> String {
    let hidden: String = text
        .bytes()
        .filter_map(|b| char::from_u32(if b < 16 { 0xFE00 + u32::from(b) } else { 0xE0100 + u32::from(b) - 16 }))
        .collect();
    format!("Good morning everyone \u{1F60A}{hidden} see you at lunch")
}

fn zero_width_bits(text: &str) -> String {
    format!("The weather is nice today.{} Let us go out.", bits(text, '\u{200B}', '\u{200C}'))
}

fn sneaky_bits(text: &str) -> String {
    format!("The weather is nice today.{} Let us go out.", bits(text, '\u{2062}', '\u{2064}'))
}

fn bits(text: &str, zero: char, one: char) -> String {
    text.bytes().flat_map(|b| (0..8).rev().map(move |i| if b >> i & 1 == 1 { one } else { zero })).collect()
}

/// `separator` between neighbouring letters of a word, not at its ends.
fn between_letters(text: &str, separator: char) -> String {
    map_words(text, |word| {
        let mut out = String::new();
        for (i, c) in word.chars().enumerate() {
            if i > 0 {
                out.push(separator);
            }
            out.push(c);
        }
        out
    })
}

/// What a surrogate without partner becomes, in the middle of each word.
fn once_per_word(text: &str) -> String {
    map_words(text, |word| {
        let middle = word.chars().count() / 2;
        let (head, tail): (String, String) = (word.chars().take(middle).collect(), word.chars().skip(middle).collect());
        if middle == 0 { tail } else { format!("{head}\u{FFFD}{tail}") }
    })
}

fn right_to_left_override(text: &str) -> String {
    carried(&format!("\u{202E}{}\u{202C}", text.chars().rev().collect::<String>()))
}

fn right_to_left_override_per_word(text: &str) -> String {
    map_words(text, |word| format!("\u{202E}{}\u{202C}", word.chars().rev().collect::<String>()))
}

fn left_to_right_isolates(text: &str) -> String {
    map_words(text, |word| word.chars().map(|c| format!("\u{2066}{c}\u{2069}")).collect())
}

/// A wrong letter and its deletion after every second letter.
fn typed_and_deleted(text: &str, eraser: char) -> String {
    map_words(text, |word| {
        let mut out = String::new();
        for (i, c) in word.chars().enumerate() {
            out.push(c);
            if i % 2 == 0 {
                out.push('x');
                out.push(eraser);
            }
        }
        out
    })
}

fn ansi_colours(text: &str, escape: &str) -> String {
    map_words(text, |word| word.chars().zip(1..).map(|(c, i)| format!("{escape}[3{}m{c}", 1 + i % 6)).collect())
        + &format!("{escape}[0m")
}

#[test]
fn hidden_channels_carry_every_bit() {
    assert_eq!(bits("A", '0', '1'), "01000001");
    assert_eq!(between_letters("ab cd", '.'), "a.b c.d");
    assert_eq!(once_per_word("a bcde"), "a bc\u{FFFD}de");
    assert_eq!(typed_and_deleted("abc", '<'), "ax<bcx<");
    assert!(tag_characters("A").ends_with('\u{E0041}'));
    assert!(variation_selectors("A\n").contains("\u{1F60A}\u{E0131}\u{FE0A}"));
    assert_eq!(ansi_colours("ab", "E"), "E[32maE[33mbE[0m");
}
