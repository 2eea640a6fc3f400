//! Character classes the views and decoders share.
//!
//! The classes are coarse on purpose: they serve matching, not typography, and cost the WASM build a few kilobytes.

#[path = "../generated/confusables.rs"]
mod tables;

/// Writing system of a letter, as coarse as the views need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Script {
    /// Digits, punctuation, signs, marks, and whatever belongs to no script.
    Common,
    /// Latin, with phonetic letters.
    Latin,
    /// Greek and Coptic.
    Greek,
    /// Cyrillic.
    Cyrillic,
    /// Armenian.
    Armenian,
    /// Hebrew.
    Hebrew,
    /// Arabic, also as written for Persian and Urdu.
    Arabic,
    /// Devanagari.
    Devanagari,
    /// Bengali to Sinhala.
    OtherIndic,
    /// Thai.
    Thai,
    /// Lao.
    Lao,
    /// Khmer.
    Khmer,
    /// Myanmar.
    Myanmar,
    /// Han ideographs.
    Han,
    /// Hiragana, Katakana and Bopomofo.
    Kana,
    /// Hangul.
    Hangul,
    /// Georgian.
    Georgian,
    /// Ethiopic.
    Ethiopic,
    /// Every other script.
    Other,
}

/// The writing system of `c`.
pub fn script(c: char) -> Script {
    if c.is_ascii() {
        return if c.is_ascii_alphabetic() { Script::Latin } else { Script::Common };
    }
    let at = SCRIPTS.partition_point(|&(_, end, _)| (end as u32) < c as u32);
    match SCRIPTS.get(at) {
        Some(&(start, _, script)) if start <= c => script,
        _ if c.is_alphabetic() => Script::Other,
        _ => Script::Common,
    }
}

/// Whether words of the script of `c` are written without spaces between them.
pub fn is_unspaced(c: char) -> bool {
    c >= '\u{e00}'
        && matches!(
            script(c),
            Script::Han | Script::Kana | Script::Thai | Script::Lao | Script::Khmer | Script::Myanmar
        )
}

/// Whether `c` can be part of a word: a letter, a digit, or a mark on one, in any script.
pub fn is_word_char(c: char) -> bool {
    match c as u32 {
        0..0x80 => c.is_ascii_alphanumeric(),
        // The letters most texts are made of, for which the tables of the standard library need not be searched.
        0xd8..=0xf6 | 0xf8..=0x24f | 0x3a3..=0x3e1 | 0x400..=0x481 | 0x48a..=0x52f | 0x5d0..=0x5ea => true,
        0x620..=0x669 | 0x66e..=0x6d3 | 0x900..=0x963 | 0xe01..=0xe3a | 0xe40..=0xe4e => true,
        0x3041..=0x3096 | 0x30a1..=0x30fa | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xac00..=0xd7a3 => true,
        _ => c.is_alphanumeric() || is_mark(c),
    }
}

/// Whether `c` shows nothing: zero-widths, soft hyphen, joiners, fillers, variation selectors, tags, direction controls.
pub fn is_invisible(c: char) -> bool {
    match c as u32 {
        0..=0xac => false,
        0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f => true,
        0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0x3164 => true,
        0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xfffb => true,
        0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff => true,
        _ => false,
    }
}

/// Whether `c` is a pictograph (`Extended_Pictographic`, without the letter-like © ® ™ ℹ Ⓜ), or a skin tone.
pub fn is_pictograph(c: char) -> bool {
    match c as u32 {
        0..=0x203b => false,
        0x203c | 0x2049 | 0x2194..=0x2199 | 0x21a9..=0x21aa | 0x231a..=0x231b | 0x2328 | 0x2388 | 0x23cf => true,
        0x23e9..=0x23f3 | 0x23f8..=0x23fa | 0x25aa..=0x25ab | 0x25b6 | 0x25c0 | 0x25fb..=0x25fe => true,
        0x2600..=0x2605 | 0x2607..=0x2612 | 0x2614..=0x2685 | 0x2690..=0x2705 | 0x2708..=0x2712 => true,
        0x2714 | 0x2716 | 0x271d | 0x2721 | 0x2728 | 0x2733..=0x2734 | 0x2744 | 0x2747 | 0x274c | 0x274e => true,
        0x2753..=0x2755 | 0x2757 | 0x2763..=0x2767 | 0x2795..=0x2797 | 0x27a1 | 0x27b0 | 0x27bf => true,
        0x2934..=0x2935 | 0x2b05..=0x2b07 | 0x2b1b..=0x2b1c | 0x2b50 | 0x2b55 | 0x3030 | 0x303d => true,
        0x3297 | 0x3299 | 0x1f000..=0x1f0ff | 0x1f10d..=0x1f10f | 0x1f12f | 0x1f16c..=0x1f16f => true,
        0x1f18e | 0x1f191..=0x1f19a | 0x1f1ad..=0x1f1e5 | 0x1f201..=0x1f20f | 0x1f21a | 0x1f22f => true,
        0x1f232..=0x1f23a | 0x1f23c..=0x1f23f | 0x1f249..=0x1f53d | 0x1f546..=0x1f64f => true,
        0x1f680..=0x1f6ff | 0x1f774..=0x1f77f | 0x1f7d5..=0x1f7ff | 0x1f80c..=0x1f80f => true,
        0x1f848..=0x1f84f | 0x1f85a..=0x1f85f | 0x1f888..=0x1f88f | 0x1f8ae..=0x1f8ff => true,
        0x1f90c..=0x1f93a | 0x1f93c..=0x1f945 | 0x1f947..=0x1faff | 0x1fc00..=0x1fffd => true,
        _ => false,
    }
}

/// Whether `c` is a combining mark: nonspacing, spacing or enclosing.
pub fn is_mark(c: char) -> bool {
    if c < '\u{300}' {
        return false;
    }
    let code = c as u32;
    let at = tables::MARKS.partition_point(|&range| range >> 11 <= code);
    at.checked_sub(1).and_then(|i| tables::MARKS.get(i)).is_some_and(|&range| code - (range >> 11) < (range & 0x7ff))
}

/// The value of a decimal digit of any script.
pub(crate) fn digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.to_digit(10).map(|d| d as u8);
    }
    let code = c as u32;
    let at = tables::DIGIT_ZEROS.partition_point(|&zero| zero <= code);
    let zero = tables::DIGIT_ZEROS.get(at.checked_sub(1)?)?;
    u8::try_from(code - zero).ok().filter(|&d| d < 10)
}

/// The small ASCII letter a reader takes `c` for, if `c` is a known look-alike.
pub(crate) fn look_alike(c: char) -> Option<char> {
    let at = tables::LOOK_ALIKES.binary_search_by_key(&(c as u32), |&pair| pair >> 8).ok()?;
    tables::LOOK_ALIKES.get(at).map(|&pair| char::from((pair & 0xff) as u8))
}

/// Sorted ranges of letters. Marks and signs inside a range carry its script, which does no harm.
static SCRIPTS: [(char, char, Script); 52] = [
    ('\u{aa}', '\u{aa}', Script::Latin),
    ('\u{b5}', '\u{b5}', Script::Greek),
    ('\u{ba}', '\u{ba}', Script::Latin),
    ('\u{c0}', '\u{d6}', Script::Latin),
    ('\u{d8}', '\u{f6}', Script::Latin),
    ('\u{f8}', '\u{2af}', Script::Latin),
    ('\u{370}', '\u{3ff}', Script::Greek),
    ('\u{400}', '\u{52f}', Script::Cyrillic),
    ('\u{531}', '\u{58a}', Script::Armenian),
    ('\u{591}', '\u{5f4}', Script::Hebrew),
    ('\u{610}', '\u{6ff}', Script::Arabic),
    ('\u{750}', '\u{77f}', Script::Arabic),
    ('\u{8a0}', '\u{8ff}', Script::Arabic),
    ('\u{900}', '\u{963}', Script::Devanagari),
    ('\u{966}', '\u{97f}', Script::Devanagari),
    ('\u{980}', '\u{dff}', Script::OtherIndic),
    ('\u{e01}', '\u{e3a}', Script::Thai),
    ('\u{e40}', '\u{e5b}', Script::Thai),
    ('\u{e80}', '\u{eff}', Script::Lao),
    ('\u{1000}', '\u{109f}', Script::Myanmar),
    ('\u{10a0}', '\u{10ff}', Script::Georgian),
    ('\u{1100}', '\u{11ff}', Script::Hangul),
    ('\u{1200}', '\u{139f}', Script::Ethiopic),
    ('\u{1780}', '\u{17ff}', Script::Khmer),
    ('\u{19e0}', '\u{19ff}', Script::Khmer),
    ('\u{1c80}', '\u{1c8f}', Script::Cyrillic),
    ('\u{1c90}', '\u{1cbf}', Script::Georgian),
    ('\u{1d00}', '\u{1dbf}', Script::Latin),
    ('\u{1e00}', '\u{1eff}', Script::Latin),
    ('\u{1f00}', '\u{1fff}', Script::Greek),
    ('\u{2c60}', '\u{2c7f}', Script::Latin),
    ('\u{2c80}', '\u{2cff}', Script::Greek),
    ('\u{2d00}', '\u{2d2f}', Script::Georgian),
    ('\u{2d80}', '\u{2ddf}', Script::Ethiopic),
    ('\u{2de0}', '\u{2dff}', Script::Cyrillic),
    ('\u{3005}', '\u{3007}', Script::Han),
    ('\u{3041}', '\u{30ff}', Script::Kana),
    ('\u{3105}', '\u{312f}', Script::Kana),
    ('\u{3131}', '\u{318e}', Script::Hangul),
    ('\u{31f0}', '\u{31ff}', Script::Kana),
    ('\u{3400}', '\u{4dbf}', Script::Han),
    ('\u{4e00}', '\u{9fff}', Script::Han),
    ('\u{a640}', '\u{a69f}', Script::Cyrillic),
    ('\u{a722}', '\u{a7ff}', Script::Latin),
    ('\u{a960}', '\u{a97f}', Script::Hangul),
    ('\u{a9e0}', '\u{a9ff}', Script::Myanmar),
    ('\u{aa60}', '\u{aa7f}', Script::Myanmar),
    ('\u{ab30}', '\u{ab6f}', Script::Latin),
    ('\u{ac00}', '\u{d7ff}', Script::Hangul),
    ('\u{f900}', '\u{faff}', Script::Han),
    ('\u{fb50}', '\u{fefc}', Script::Arabic),
    ('\u{20000}', '\u{323af}', Script::Han),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_sorted() {
        assert!(SCRIPTS.windows(2).all(|w| w[0].1 < w[1].0));
        assert!(tables::LOOK_ALIKES.windows(2).all(|w| w[0] >> 8 < w[1] >> 8));
        assert!(tables::MARKS.windows(2).all(|w| w[0] < w[1]));
        assert!(tables::DIGIT_ZEROS.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn marks_equal_those_of_the_unicode_tables() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_mark(c), unicode_normalization::char::is_combining_mark(c), "{c:?}");
        }
    }

    #[test]
    fn word_characters_are_letters_digits_and_marks_of_every_script() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_word_char(c), c.is_alphanumeric() || is_mark(c), "{c:?}");
        }
    }

    #[test]
    fn vowel_signs_and_viramas_are_word_characters() {
        for c in "किताब विद्या বাংলা தமிழ் ภาษาไทย ខ្មែរ မြန်မာ עִבְרִית".chars().filter(|c| *c != ' ')
        {
            assert!(is_word_char(c), "{c:?}");
        }
        assert!(!is_word_char('。') && !is_word_char('\u{200b}') && !is_word_char('_'));
    }

    #[test]
    fn scripts_of_common_letters() {
        for (c, s) in [('a', Script::Latin), ('ж', Script::Cyrillic), ('漢', Script::Han), ('ก', Script::Thai)] {
            assert_eq!(script(c), s);
        }
        assert_eq!(script('1'), Script::Common);
        assert_eq!(digit('۳'), Some(3));
        assert_eq!(digit('९'), Some(9));
        assert_eq!(look_alike('а'), Some('a'));
    }
}
