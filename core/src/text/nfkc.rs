//! Normalisation form KC (Unicode UAX #15), from tables that are a quarter of the usual size on the wire.

use alloc::vec::Vec;

#[path = "../generated/nfkc.rs"]
mod tables;

/// Calls `emit` with each character of the compatibility decomposition, in canonical order.
pub(crate) fn decompose(c: char, mut emit: impl FnMut(char)) {
    if let Some(units) = mapping(c) {
        return char::decode_utf16(units.iter().copied()).flatten().for_each(emit);
    }
    let index = (c as u32).wrapping_sub(SYLLABLES);
    if index >= LEADS * VOWELS * TAILS {
        return emit(c);
    }
    let tail = index % TAILS;
    let tail = (tail > 0).then_some(TAIL + tail);
    let jamo = [Some(LEAD + index / TAILS / VOWELS), Some(VOWEL + index / TAILS % VOWELS), tail];
    jamo.into_iter().flatten().filter_map(char::from_u32).for_each(emit);
}

/// What a character decomposes into, as UTF-16.
fn mapping(c: char) -> Option<&'static [u16]> {
    let code = c as usize;
    let row = usize::from(*tables::ROWS.get(code >> 8)?);
    let mut at = usize::from(*tables::BLOCKS.get(row << 4 | (code >> 4 & 15))?);
    let mapped = *tables::UNITS.get(at)?;
    let bit = 1_u16 << (code & 15);
    if mapped & bit == 0 {
        return None;
    }
    at += 1;
    for _ in 0..(mapped & (bit - 1)).count_ones() {
        at += 1 + length(at);
    }
    match length(at) {
        0 => tables::UNITS.get(at..at + 1),
        length => tables::UNITS.get(at + 1..at + 1 + length),
    }
}

/// Units that follow the one at `at`: a unit for private use counts them, any other is a character by itself.
fn length(at: usize) -> usize {
    match tables::UNITS.get(at) {
        Some(unit @ 0xe000..=0xf8ff) => usize::from(unit & 0xff),
        _ => 0,
    }
}

/// The canonical combining class.
pub(crate) fn combining_class(c: char) -> u8 {
    let runs = tables::CLASSES.partition_point(|run| run >> 8 <= c as u32);
    // The low byte.
    runs.checked_sub(1).and_then(|run| tables::CLASSES.get(run)).map_or(0, |run| *run as u8)
}

/// The character that two are composed to.
pub(crate) fn compose(first: char, second: char) -> Option<char> {
    let (a, b) = (first as u32, second as u32);
    if let (lead @ 0..LEADS, vowel @ 0..VOWELS) = (a.wrapping_sub(LEAD), b.wrapping_sub(VOWEL)) {
        return char::from_u32(SYLLABLES + (lead * VOWELS + vowel) * TAILS);
    }
    if let (syllable @ 0..SYLLABLES_END, tail @ 1..TAILS) = (a.wrapping_sub(SYLLABLES), b.wrapping_sub(TAIL)) {
        return if syllable % TAILS == 0 { char::from_u32(a + tail) } else { None };
    }
    let run = tables::SECONDS.binary_search_by_key(&b, |run| run >> 11).ok()?;
    let start = |run: usize| tables::SECONDS.get(run).map_or(tables::FIRSTS.len(), |run| *run as usize & 0x7ff);
    let firsts = tables::FIRSTS.get(start(run)..start(run + 1))?;
    let composed = tables::COMPOSED.get(start(run) + firsts.binary_search(&a).ok()?)?;
    char::from_u32(a & !0xffff | u32::from(*composed))
}

/// Whether a character that does not decompose may attach to what stands before it: reordered or composed with it.
pub(crate) fn attaches(c: char) -> bool {
    let jamo = (VOWEL..VOWEL + VOWELS).contains(&(c as u32)) || (TAIL + 1..TAIL + TAILS).contains(&(c as u32));
    jamo || combining_class(c) != 0 || tables::SECONDS.binary_search_by_key(&(c as u32), |run| run >> 11).is_ok()
}

/// Replaces `out` by the normalisation form KC, each character behind its class. Takes time square to the longest run of
/// marks.
pub(crate) fn nfkc(chars: impl Iterator<Item = char>, out: &mut Vec<(u8, char)>) {
    out.clear();
    for c in chars {
        decompose(c, |d| match combining_class(d) {
            0 => out.push((0, d)),
            class => {
                let at = out.iter().rposition(|part| part.0 <= class).map_or(0, |before| before + 1);
                out.insert(at, (class, d));
            }
        });
    }
    let (mut len, mut starter, mut last) = (0, None, 0);
    for at in 0..out.len() {
        let Some(&(class, c)) = out.get(at) else { break };
        if let Some(base) = starter
            && (len == base + 1 || last < class)
            && let Some((_, base)) = out.get_mut(base)
            && let Some(composed) = compose(*base, c)
        {
            *base = composed;
            continue;
        }
        if class == 0 {
            starter = Some(len);
        }
        last = class;
        if let Some(free) = out.get_mut(len) {
            *free = (class, c);
        }
        len += 1;
    }
    out.truncate(len);
}

// Hangul (Unicode Standard, section 3.12): syllables by arithmetic.
const SYLLABLES: u32 = 0xac00;
const SYLLABLES_END: u32 = LEADS * VOWELS * TAILS;
const LEAD: u32 = 0x1100;
const LEADS: u32 = 19;
const VOWEL: u32 = 0x1161;
const VOWELS: u32 = 21;
/// Before the first tail, so that zero is none.
const TAIL: u32 = 0x11a7;
const TAILS: u32 = 28;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use unicode_normalization::char as reference;
    use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

    fn whole(text: &[char]) -> Vec<char> {
        let mut out = vec![];
        nfkc(text.iter().copied(), &mut out);
        out.into_iter().map(|(_, c)| c).collect()
    }

    #[test]
    fn characters_equal_those_of_the_reference() {
        for c in '\0'..=char::MAX {
            let (mut ours, mut theirs) = (vec![], vec![]);
            decompose(c, |d| ours.push(d));
            reference::decompose_compatible(c, |d| theirs.push(d));
            assert_eq!(ours, theirs, "{c:?}");
            assert_eq!(combining_class(c), reference::canonical_combining_class(c), "{c:?}");
            let quick = is_nfkc_quick(core::iter::once(c));
            let attached = reference::canonical_combining_class(c) != 0 || quick == IsNormalized::Maybe;
            assert!(attaches(c) == attached || ours != [c], "{c:?}");
            assert!(whole(&[c]).into_iter().eq(core::iter::once(c).nfkc()), "{c:?}");
        }
    }

    #[test]
    fn pairs_equal_those_of_the_reference() {
        let mut starters = vec![];
        for c in '\0'..=char::MAX {
            let mut parts = 0;
            reference::decompose_canonical(c, |_| parts += 1);
            // Whatever composes is a part of something, or composed itself.
            if parts > 1 {
                starters.push(c);
                reference::decompose_canonical(c, |d| starters.push(d));
            }
        }
        starters.sort_unstable();
        starters.dedup();
        let seconds: Vec<char> = ('\0'..=char::MAX).filter(|&c| attaches(c)).chain("aé가漢𝐀".chars()).collect();
        for &a in starters.iter().filter(|c| !('\u{ac40}'..'\u{d780}').contains(*c)) {
            for &b in &seconds {
                assert_eq!(compose(a, b), reference::compose(a, b), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn texts_equal_those_of_the_reference() {
        let attached: Vec<char> = ('\0'..=char::MAX).filter(|&c| attaches(c)).collect();
        let bases: Vec<char> = "aeoqz1 Åéßﬁⅳｶがかは가각ᄀ㌀ﷺǆẛΩΐवक़ৰେொ𑄱𑒹𝅗≠½丽\u{f73}".chars().collect();
        let mut seed = 7_u64;
        for round in 0..60_000 {
            let mut text = vec![];
            for i in 0..1 + round % 9 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let pool = if seed >> 62 == 0 || i == 0 { &bases } else { &attached };
                text.extend(pool.get((seed >> 33) as usize % pool.len()));
            }
            assert!(whole(&text).into_iter().eq(text.iter().copied().nfkc()), "{text:?}");
        }
    }
}
