//! Derives the character tables of the core from the Unicode data the unicode-rs crates carry.

use std::collections::BTreeMap;
use std::fmt::Write;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};
use unicode_security::confusable_detection::skeleton;

/// The source of `core/src/generated/confusables.rs`: look-alikes of ASCII letters, marks, and decimal digits.
pub fn confusables() -> String {
    let (a, b, c) = unicode_security::UNICODE_VERSION;
    let (d, e, f) = unicode_normalization::UNICODE_VERSION;
    let mut out = format!(
        "//! Character tables. Written by `cargo run -p xtask -- unicode`; do not edit.\n//!\n\
         //! Look-alikes: UTS #39 confusables, Unicode {a}.{b}.{c}, single ASCII letters as targets only, with phonetic\n\
         //! and small-capital letters added. Marks and digits: general categories, Unicode {d}.{e}.{f}.\n\n"
    );
    let pairs: Vec<u32> = look_alikes().into_iter().map(|(c, a)| (c as u32) << 8 | a as u32).collect();
    table(&mut out, "LOOK_ALIKES", "Sorted `code point << 8 | ASCII letter`.", &pairs);
    let marks = ranges(is_combining_mark);
    table(&mut out, "MARKS", "Sorted `first code point << 11 | length` of ranges of combining marks.", &marks);
    let digits: Vec<u32> = ranges(|c| c.general_category() == GeneralCategory::DecimalNumber)
        .into_iter()
        .flat_map(|r| (0..(r & 0x7ff) / 10).map(move |i| (r >> 11) + i * 10))
        .filter(|&z| z >= 0x80)
        .collect();
    table(&mut out, "DIGIT_ZEROS", "Code points of the zeros of decimal digits; nine digits follow each.", &digits);
    out
}

fn table(out: &mut String, name: &str, doc: &str, values: &[u32]) {
    let _ = writeln!(out, "/// {doc}\n#[rustfmt::skip]\npub(super) static {name}: [u32; {}] = [", values.len());
    for row in values.chunks(12) {
        let row: Vec<String> = row.iter().map(|v| format!("{v:#x}")).collect();
        let _ = writeln!(out, "    {},", row.join(", "));
    }
    let _ = writeln!(out, "];");
}

fn ranges(holds: impl Fn(char) -> bool) -> Vec<u32> {
    let mut out: Vec<u32> = Vec::new();
    for c in '\0'..=char::MAX {
        if !holds(c) {
            continue;
        }
        match out.last_mut() {
            Some(r) if (*r >> 11) + (*r & 0x7ff) == c as u32 && (*r & 0x7ff) < 0x7ff => *r += 1,
            _ => out.push((c as u32) << 11 | 1),
        }
    }
    out
}

/// Letters that look like one ASCII letter and that NFKC leaves alone.
fn look_alikes() -> BTreeMap<char, char> {
    let mut shapes: BTreeMap<char, char> = BTreeMap::new();
    for (base, forms) in LATIN_FORMS {
        shapes.extend(forms.chars().map(|f| (f, base)));
    }
    let mut out = BTreeMap::new();
    for c in ('\u{80}'..=char::MAX).filter(|&c| c.is_alphabetic() && SCRIPTS.contains(&c.script())) {
        let folded: String = c.to_string().nfkd().collect();
        if folded != c.to_string() {
            continue;
        }
        if let Some(ascii) = shape(c, &shapes) {
            out.insert(c, ascii);
        }
    }
    out.retain(|c, _| !FAR.contains(c));
    out.extend(NEAR);
    // UTS #39 draws capital I as l; a capital whose small letter is an i is an i.
    for (c, ascii) in out.clone() {
        let mut lower = c.to_lowercase();
        if ascii == 'l'
            && let (Some(l), None) = (lower.next(), lower.next())
            && out.get(&l) == Some(&'i')
        {
            out.insert(c, 'i');
        }
    }
    out
}

fn shape(c: char, shapes: &BTreeMap<char, char>) -> Option<char> {
    if let Some(&a) = shapes.get(&c) {
        return Some(a);
    }
    let drawn: String =
        skeleton(&c.to_string()).collect::<String>().nfkd().filter(|&m| !is_combining_mark(m)).collect();
    if drawn == "rn" {
        return Some('m');
    }
    let mut letters = drawn.chars();
    let (first, rest) = (letters.next()?, letters.next());
    if rest.is_some() {
        return None;
    }
    match first {
        'a'..='z' | 'A'..='Z' => Some(first.to_ascii_lowercase()),
        _ => shapes.get(&first).copied(),
    }
}

/// Scripts whose letters are used to imitate Latin.
const SCRIPTS: [Script; 10] = [
    Script::Latin,
    Script::Greek,
    Script::Cyrillic,
    Script::Armenian,
    Script::Cherokee,
    Script::Lisu,
    Script::Deseret,
    Script::Coptic,
    Script::Osage,
    Script::Canadian_Aboriginal,
];

/// Look-alikes by way of a turned letter: nobody reads them so, and whole words of Russian consist of them.
const FAR: [char; 6] = ['И', 'и', 'Я', 'я', 'Ш', 'ш'];

/// Letters whose usual imitation differs from their skeleton or has none.
const NEAR: [(char, char); 7] = [('м', 'm'), ('ε', 'e'), ('ω', 'w'), ('β', 'b'), ('μ', 'u'), ('χ', 'x'), ('ꓲ', 'i')];

/// Phonetic, small-capital, hooked and turned letters that UTS #39 keeps apart, by the letter a reader takes them for.
const LATIN_FORMS: [(char, &str); 26] = [
    ('a', "ᴀɐɑɒʌᶏⱥ"),
    ('b', "ʙɓƀƃᴃ"),
    ('c', "ᴄƈɕȼↄ"),
    ('d', "ᴅɖɗđðƌᴆ"),
    ('e', "ᴇəɛǝɘɜɇᴈ"),
    ('f', "ꜰƒɟ"),
    ('g', "ɢɡɠǥᵷɣᵹ"),
    ('h', "ʜɦɧħɥⱨ"),
    ('i', "ɪıɨɩᴉ"),
    ('j', "ᴊȷʝɉ"),
    ('k', "ᴋƙʞⱪĸ"),
    ('l', "ʟłƚɫɬɭɮⱡ"),
    ('m', "ᴍɱɯᴟ"),
    ('n', "ɴɲɳŋƞᴎ"),
    ('o', "ᴏɔøɵɷᴐꝋ"),
    ('p', "ᴘƥᵽ"),
    ('q', "ǫɋʠꞯ"),
    ('r', "ʀʁɹɺɻɼɽɾɿɍᴙᴚ"),
    ('s', "ꜱʂʃȿ"),
    ('t', "ᴛŧƭʈʇⱦƫ"),
    ('u', "ᴜʉʊᵾ"),
    ('v', "ᴠʋⱱⱴ"),
    ('w', "ᴡʍⱳ"),
    ('x', "ꭓᶍ"),
    ('y', "ʏʎƴɏ"),
    ('z', "ᴢƶȥʐʑʒɀⱬ"),
];
