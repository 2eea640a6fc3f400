//! Letters that look like other letters.

use super::{Named, map_chars, map_words};

pub const ALL: &[Named] = &[
    ("homoglyphs-cyrillic", |t| swap(t, CYRILLIC)),
    ("homoglyphs-cyrillic-every-other", cyrillic_every_other),
    ("homoglyphs-greek", |t| swap(t, GREEK)),
    ("homoglyphs-armenian-cherokee", |t| swap(t, ARMENIAN_CHEROKEE)),
    ("fullwidth", fullwidth),
    ("math-bold", |t| offset(t, 0x1D400, 0x1D41A, &[])),
    ("math-italic", |t| offset(t, 0x1D434, 0x1D44E, &[('h', '\u{210E}')])),
    ("math-script", |t| offset(t, 0x1D49C, 0x1D4B6, SCRIPT_HOLES)),
    ("math-fraktur", |t| offset(t, 0x1D504, 0x1D51E, FRAKTUR_HOLES)),
    ("math-double-struck", |t| offset(t, 0x1D538, 0x1D552, DOUBLE_STRUCK_HOLES)),
    ("math-monospace", |t| offset(t, 0x1D670, 0x1D68A, &[])),
    ("math-sans", |t| offset(t, 0x1D5A0, 0x1D5BA, &[])),
    ("math-sans-bold-italic", |t| offset(t, 0x1D63C, 0x1D656, &[])),
    ("circled", |t| offset(t, 0x24B6, 0x24D0, &[])),
    ("circled-negative", |t| offset(&t.to_ascii_uppercase(), 0x1F150, 0x1F150, &[])),
    ("squared", |t| offset(&t.to_ascii_uppercase(), 0x1F130, 0x1F130, &[])),
    ("squared-negative", |t| offset(&t.to_ascii_uppercase(), 0x1F170, 0x1F170, &[])),
    ("parenthesised", |t| offset(&t.to_ascii_lowercase(), 0x249C, 0x249C, &[])),
    ("regional-indicators", |t| offset(&t.to_ascii_uppercase(), 0x1F1E6, 0x1F1E6, &[])),
    ("small-caps", |t| table(t, SMALL_CAPS)),
    ("superscript", |t| table(t, SUPERSCRIPT)),
    ("upside-down", upside_down),
    ("leet-light", |t| swap(t, LEET_LIGHT)),
    ("leet-heavy", |t| swap(t, LEET_HEAVY)),
    ("leet-full", |t| swap(t, LEET_FULL)),
];

type Pairs = &'static [(char, char)];

fn swap(text: &str, pairs: Pairs) -> String {
    map_chars(text, |c| pairs.iter().find(|p| p.0 == c).map_or(c, |p| p.1))
}

fn cyrillic_every_other(text: &str) -> String {
    let mut n = 0;
    map_words(text, |word| {
        n += 1;
        if n % 2 == 1 { swap(word, CYRILLIC) } else { word.to_owned() }
    })
}

fn fullwidth(text: &str) -> String {
    map_chars(text, |c| match c {
        ' ' => '\u{3000}',
        '!'..='~' => char::from_u32(c as u32 + 0xFEE0).unwrap_or(c),
        _ => c,
    })
}

/// Letters of a block that repeats the alphabet, save the letters encoded elsewhere (`holes`).
fn offset(text: &str, upper: u32, lower: u32, holes: &[(char, char)]) -> String {
    map_chars(text, |c| {
        if let Some(hole) = holes.iter().find(|h| h.0 == c) {
            return hole.1;
        }
        let base = match c {
            'A'..='Z' => upper + c as u32 - 'A' as u32,
            'a'..='z' => lower + c as u32 - 'a' as u32,
            _ => return c,
        };
        char::from_u32(base).unwrap_or(c)
    })
}

fn table(text: &str, letters: &str) -> String {
    map_chars(text, |c| {
        let low = c.to_ascii_lowercase();
        if low.is_ascii_lowercase() { letters.chars().nth((low as u8 - b'a') as usize).unwrap_or(c) } else { c }
    })
}

fn upside_down(text: &str) -> String {
    table(text, UPSIDE_DOWN).replace('.', "\u{2D9}").chars().rev().collect()
}

const CYRILLIC: Pairs = &[
    ('a', 'а'),
    ('c', 'с'),
    ('e', 'е'),
    ('i', 'і'),
    ('j', 'ј'),
    ('o', 'о'),
    ('p', 'р'),
    ('s', 'ѕ'),
    ('x', 'х'),
    ('y', 'у'),
    ('d', 'ԁ'),
    ('h', 'һ'),
    ('I', 'І'),
    ('A', 'А'),
    ('O', 'О'),
    ('P', 'Р'),
    ('S', 'Ѕ'),
    ('T', 'Т'),
];
const GREEK: Pairs = &[
    ('a', 'α'),
    ('e', 'ε'),
    ('i', 'ι'),
    ('k', 'κ'),
    ('o', 'ο'),
    ('p', 'ρ'),
    ('t', 'τ'),
    ('u', 'υ'),
    ('v', 'ν'),
    ('y', 'γ'),
    ('I', 'Ι'),
    ('A', 'Α'),
    ('O', 'Ο'),
    ('P', 'Ρ'),
    ('T', 'Τ'),
    ('N', 'Ν'),
    ('E', 'Ε'),
];
const ARMENIAN_CHEROKEE: Pairs = &[
    ('g', 'ց'),
    ('h', 'հ'),
    ('n', 'ո'),
    ('o', 'օ'),
    ('u', 'ս'),
    ('i', 'Ꭵ'),
    ('s', 'ꮪ'),
    ('v', 'ꮩ'),
    ('w', 'ꮃ'),
    ('A', 'Ꭺ'),
    ('D', 'Ꭰ'),
    ('E', 'Ꭼ'),
    ('P', 'Ꮲ'),
    ('R', 'Ꭱ'),
    ('S', 'Ꮪ'),
    ('T', 'Ꭲ'),
];
const SCRIPT_HOLES: Pairs = &[
    ('B', 'ℬ'),
    ('E', 'ℰ'),
    ('F', 'ℱ'),
    ('H', 'ℋ'),
    ('I', 'ℐ'),
    ('L', 'ℒ'),
    ('M', 'ℳ'),
    ('R', 'ℛ'),
    ('e', 'ℯ'),
    ('g', 'ℊ'),
    ('o', 'ℴ'),
];
const FRAKTUR_HOLES: Pairs = &[('C', 'ℭ'), ('H', 'ℌ'), ('I', 'ℑ'), ('R', 'ℜ'), ('Z', 'ℨ')];
const DOUBLE_STRUCK_HOLES: Pairs =
    &[('C', 'ℂ'), ('H', 'ℍ'), ('N', 'ℕ'), ('P', 'ℙ'), ('Q', 'ℚ'), ('R', 'ℝ'), ('Z', 'ℤ')];
const SMALL_CAPS: &str = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡxʏᴢ";
const SUPERSCRIPT: &str = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖqʳˢᵗᵘᵛʷˣʸᶻ";
const UPSIDE_DOWN: &str = "ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz";
const LEET_LIGHT: Pairs = &[('a', '4'), ('e', '3'), ('i', '1'), ('o', '0'), ('I', '1'), ('A', '4'), ('O', '0')];
const LEET_HEAVY: Pairs = &[
    ('a', '@'),
    ('b', '8'),
    ('e', '3'),
    ('i', '!'),
    ('o', '0'),
    ('s', '$'),
    ('t', '7'),
    ('A', '@'),
    ('B', '8'),
    ('E', '3'),
    ('I', '!'),
    ('O', '0'),
    ('S', '$'),
    ('T', '7'),
];
// One digit for two letters (1 is i and l): what people really write.
const LEET_FULL: Pairs = &[
    ('a', '4'),
    ('b', '8'),
    ('e', '3'),
    ('g', '9'),
    ('i', '1'),
    ('l', '1'),
    ('o', '0'),
    ('s', '5'),
    ('t', '7'),
    ('A', '4'),
    ('E', '3'),
    ('I', '1'),
    ('O', '0'),
    ('S', '5'),
    ('T', '7'),
];

#[test]
fn alphabets_are_complete() {
    for letters in [SMALL_CAPS, SUPERSCRIPT, UPSIDE_DOWN] {
        assert_eq!(letters.chars().count(), 26, "{letters}");
    }
    assert_eq!(offset("Az", 0x1D400, 0x1D41A, &[]), "𝐀𝐳");
    assert_eq!(offset("AZ", 0x1F1E6, 0x1F1E6, &[]), "🇦🇿");
    assert_eq!(offset("az", 0x249C, 0x249C, &[]), "⒜⒵");
    assert_eq!(fullwidth("Az !"), "Ａｚ\u{3000}！");
    assert_eq!(upside_down("no."), "˙ou");
    assert_eq!(swap("leet", LEET_HEAVY), "l337");
}
