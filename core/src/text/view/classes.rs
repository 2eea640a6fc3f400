//! How NFKC and folding treat single characters.

use super::super::nfkc::{attaches, decompose};

/// The letter under the marks of a precomposed one that NFKC leaves alone.
pub(super) fn base_of(c: char) -> char {
    let mut base = None;
    decompose(c, |d| {
        if !is_dropped_mark(d) {
            base.get_or_insert(d);
        }
    });
    base.unwrap_or(c)
}

/// Whether a small Russian letter imitates no Latin one.
pub(super) fn is_plainly_cyrillic(c: char) -> bool {
    matches!(c, 'б' | 'д' | 'ж' | 'и' | 'й' | 'л' | 'п' | 'ф' | 'ц'..='я')
}

pub(super) fn small(c: char) -> char {
    if let 'А'..='Я' = c {
        return char::from_u32(c as u32 + 32).unwrap_or(c);
    }
    let mut small = c.to_lowercase();
    match (small.next(), small.next()) {
        (Some(s), None) => s,
        _ => c,
    }
}

/// How NFKC treats a character.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Left alone; attaches to nothing before it.
    Stable,
    /// Becomes one character that is stable.
    Becomes(char),
    /// Becomes several characters, the first of which attaches to nothing before it.
    Starts,
    /// May attach to what stands before it.
    Attaches,
}

pub(super) fn class(c: char) -> Class {
    if is_inert(c) || is_kept(c) {
        return Class::Stable;
    }
    let (mut first, mut count) = (None, 0);
    decompose(c, |d| {
        first.get_or_insert(d);
        count += 1;
    });
    let first = first.unwrap_or(c);
    if !first.is_ascii() && attaches(first) {
        return Class::Attaches;
    }
    match count {
        1 if first == c => Class::Stable,
        1 => Class::Becomes(first),
        _ => Class::Starts,
    }
}

/// Common letters that NFKC leaves alone and that attach to nothing before them: spares the tables.
pub(super) fn is_inert(c: char) -> bool {
    matches!(c as u32,
        0..=0x7f | 0xc0..=0x131 | 0x134..=0x13e | 0x141..=0x148 | 0x14a..=0x17e | 0x180..=0x1c3 | 0x1cd..=0x1f0
        | 0x1f4..=0x2af | 0x386 | 0x388..=0x38a | 0x38c | 0x38e..=0x3a1 | 0x3a3..=0x3ce | 0x400..=0x482
        | 0x48a..=0x52f | 0x531..=0x556 | 0x561..=0x586 | 0x5d0..=0x5ea | 0x620..=0x64a | 0x660..=0x669
        | 0x671..=0x674 | 0x679..=0x6d3 | 0x6f0..=0x6f9 | 0x904..=0x939 | 0x93e..=0x94c | 0x966..=0x96f
        | 0xe01..=0xe32 | 0xe34..=0xe37 | 0xe40..=0xe47 | 0x1ea0..=0x1ef9 | 0x2018..=0x201d | 0x2013..=0x2014
        | 0x3001..=0x3002 | 0x3041..=0x3096 | 0x30a1..=0x30fa | 0x30fc | 0x3400..=0x4dbf | 0x4e00..=0x9fff
        | 0xac00..=0xd7a3 | 0x1f300..=0x1f64f)
}

/// Letters the view keeps whatever stands around them, unless a mark composes with them.
pub(super) fn is_kept(c: char) -> bool {
    matches!(c as u32,
        0x5d0..=0x5ea | 0x621 | 0x627..=0x63a | 0x641..=0x642 | 0x644..=0x648 | 0x67e | 0x686 | 0x688 | 0x691
        | 0x698 | 0x6a9 | 0x6af | 0x6ba | 0x6be | 0x6c1 | 0x6cc | 0x6d2
        | 0x900..=0x939 | 0x93e..=0x94c | 0x964..=0x965 | 0x981..=0x983 | 0x985..=0x9b9 | 0x9bf..=0x9c4
        | 0x9c7..=0x9cc | 0xa05..=0xa32 | 0xa35 | 0xa38..=0xa39 | 0xa3e..=0xa4c | 0xa70..=0xa71
        | 0xa85..=0xab9 | 0xabe..=0xacc | 0xb85..=0xbb9 | 0xbbf..=0xbcc | 0xc05..=0xc39 | 0xc3e..=0xc4c
        | 0xe01..=0xe32 | 0xe34..=0xe37 | 0xe40..=0xe47 | 0x3041..=0x3096 | 0x30a1..=0x30fa | 0x30fc
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xac00..=0xd7a3)
}

/// Whether a kept mark composes with some letter.
pub(super) fn may_compose(c: char) -> bool {
    matches!(c, '\u{93c}' | '\u{9be}' | '\u{bbe}')
}

/// The combining class of a mark that stays.
pub(super) fn kept_mark(c: char) -> Option<u8> {
    match c as u32 {
        0x9be | 0xbbe => Some(0),
        0x93c | 0x9bc => Some(7),
        0x94d | 0x9cd | 0xa4d | 0xacd | 0xbcd | 0xc4d => Some(9),
        0xe38..=0xe39 => Some(103),
        0xe48..=0xe4b => Some(107),
        _ => None,
    }
}

/// Marks nobody reads: accents, strokes, enclosures, vowel points of Arabic and Hebrew.
pub(super) fn is_dropped_mark(c: char) -> bool {
    matches!(c as u32,
        0x300..=0x36f | 0x483..=0x489 | 0x591..=0x5bd | 0x5bf | 0x5c1..=0x5c2 | 0x5c4..=0x5c5 | 0x5c7
        | 0x610..=0x61a | 0x64b..=0x65f | 0x670 | 0x6d6..=0x6dc | 0x6df..=0x6e4 | 0x6e7..=0x6e8 | 0x6ea..=0x6ed
        | 0x8d3..=0x8e1 | 0x8e3..=0x8ff | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff | 0xfe20..=0xfe2f)
}

/// The ASCII sign for spaces, dashes and quotation marks.
pub(super) fn punctuation(c: char) -> Option<char> {
    Some(match c as u32 {
        0xa0 | 0x1680 | 0x2000..=0x200a | 0x202f | 0x205f | 0x3000 => ' ',
        0x58a | 0x5be | 0x2010..=0x2015 | 0x2043 | 0x2212 | 0x2e3a..=0x2e3b | 0x30a0 => '-',
        0x2018..=0x201b | 0x2032 | 0x2035 | 0x2039 | 0x203a => '\'',
        0xab | 0xbb | 0x201c..=0x201f | 0x2033 | 0x2036 | 0x301d..=0x301f => '"',
        0x2044 | 0x2215 => '/',
        0x3001 | 0x60c => ',',
        0x3002 => '.',
        0x37e | 0x61b => ';',
        0x61f => '?',
        _ => return None,
    })
}

/// Checks what [`class`] says of one character alone against the normaliser.
#[cfg(test)]
pub(super) fn check_class(c: char) {
    use super::super::chars::{digit, look_alike};
    use unicode_normalization::char::{canonical_combining_class, decompose_canonical};
    use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};
    match class(c) {
        Class::Stable => assert!(core::iter::once(c).nfkc().eq([c]), "{c:?}"),
        Class::Becomes(plain) => assert!(core::iter::once(c).nfkc().eq([plain]), "{c:?}"),
        Class::Starts | Class::Attaches => {}
    }
    if core::iter::once(c).nfkc().eq([c]) {
        let mut base = None;
        decompose_canonical(c, |d| base = base.or_else(|| (!is_dropped_mark(d)).then_some(d)));
        assert_eq!(base_of(c), base.unwrap_or(c), "{c:?}");
    }
    if let Some(class) = kept_mark(c) {
        assert_eq!(canonical_combining_class(c), class, "{c:?}");
        assert_eq!(is_nfkc_quick(core::iter::once(c)) == IsNormalized::Maybe, may_compose(c), "{c:?}");
    }
    if ('а'..='я').contains(&c) {
        assert_eq!(is_plainly_cyrillic(c), look_alike(c).is_none(), "{c:?}");
    }
    if is_kept(c) {
        assert!(digit(c).is_none() && !is_dropped_mark(c) && punctuation(c).is_none(), "{c:?}");
    }
    if is_inert(c) || is_kept(c) {
        assert_eq!(canonical_combining_class(c), 0, "{c:?}");
        assert!(is_nfkc_quick(core::iter::once(c)) == IsNormalized::Yes, "{c:?}");
    }
}
