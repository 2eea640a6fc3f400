//! Channels a reader cannot see: tag characters, variation selectors, zero-width bits.
//!
//! [`find`] reads what they carry; [`signals`] points at channels in use whether or not they carry readable text.
//! Scripts and emoji that need invisible characters to be spelt right are exempt from both.

use alloc::vec::Vec;

use super::gate::{Bytes, Gate, from_bits};
use super::{Children, Step};
use crate::text::{Span, SpanMapBuilder};

/// Invisible channels in use, the first of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HiddenSignals {
    /// A bidirectional override, embedding or isolate that is never closed or that acts on Latin text only.
    pub unmatched_bidi: Option<Span>,
    /// Tag characters outside a subdivision flag.
    pub tag_run: Option<Span>,
    /// Two or more variation selectors in a row.
    pub vs_run: Option<Span>,
    /// Eight or more zero-width characters in a row.
    pub zero_width_run: Option<Span>,
    /// Four or more combining marks on one Latin, Greek or Cyrillic letter.
    pub marks_stack: Option<Span>,
    /// A control character other than tab and line breaks.
    pub control: Option<Span>,
}

impl HiddenSignals {
    /// Whether no channel is in use.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Finds text carried by invisible characters.
pub fn find(text: &str, out: &mut Children) {
    let mut zero_width: Vec<(char, u32)> = Vec::new();
    let mut read_runs = false;
    let mut it = text.char_indices().peekable();
    let mut before = '\0';
    while let Some((at, c)) = it.next() {
        if out.is_full() {
            return;
        }
        if is_tag(c) {
            let mut child = SpanMapBuilder::default();
            let mut end = at;
            let mut next = Some((at, c));
            let flag = before == '\u{1F3F4}';
            let mut closed = false;
            while let Some((i, t)) = next {
                end = i + t.len_utf8();
                closed = t == '\u{E007F}';
                if let Some(ascii) = tag_ascii(t) {
                    child.replace_char(ascii, Span::new(i, end));
                }
                next = it.next_if(|n| is_tag(n.1) && !(flag && closed));
            }
            if !(flag && closed && child.len() <= 6) {
                out.push(Step::Tags, Span::new(at, end), child.finish());
            }
        } else if selector(c).is_some() {
            let mut read = Bytes::default();
            let mut end = at;
            let mut next = Some((at, c));
            while let Some((i, v)) = next {
                end = i + v.len_utf8();
                read.push(selector(v).unwrap_or(0), i, end);
                next = it.next_if(|n| selector(n.1).is_some());
            }
            if read.len() >= 2
                && let Some(child) = read.read(Gate::Printable(80))
            {
                out.push(Step::VariationSelectors, Span::new(at, end), child);
            }
        } else if is_bit(c) {
            let first = zero_width.len();
            zero_width.push((c, at as u32));
            while let Some((i, z)) = it.next_if(|n| is_bit(n.1)) {
                zero_width.push((z, i as u32));
            }
            let run = zero_width.get(first..).unwrap_or_default();
            if run.len() >= BITS_MIN {
                read_runs |= bits(run, out);
            }
        }
        before = c;
    }
    // Bits strewn between visible letters.
    if !read_runs && zero_width.len() >= 2 * BITS_MIN {
        bits(&zero_width, out);
    }
}

/// Points at invisible channels, readable or not.
pub fn signals(text: &str) -> HiddenSignals {
    let mut s = HiddenSignals { unmatched_bidi: super::bidi::suspicious(text), ..HiddenSignals::default() };
    let mut it = text.char_indices().peekable();
    let mut before = '\0';
    let mut stack = (0usize, 0usize);
    while let Some((at, c)) = it.next() {
        let end = at + c.len_utf8();
        if c.is_ascii() {
            if c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r') {
                s.control.get_or_insert(Span::new(at, end));
            }
        } else if is_tag(c) {
            let (stop, count) = run(&mut it, end, is_tag);
            let flag =
                before == '\u{1F3F4}' && count <= 7 && text.get(..stop).is_some_and(|t| t.ends_with('\u{E007F}'));
            if !flag {
                s.tag_run.get_or_insert(Span::new(at, stop));
            }
        } else if selector(c).is_some() {
            let (stop, count) = run(&mut it, end, |c| selector(c).is_some());
            if count >= 2 {
                s.vs_run.get_or_insert(Span::new(at, stop));
            }
        } else if is_bit(c) {
            let (stop, count) = run(&mut it, end, is_bit);
            if count >= BITS_MIN {
                s.zero_width_run.get_or_insert(Span::new(at, stop));
            }
        }
        if matches!(c, '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}')
        {
            stack.1 += 1;
            if stack.1 >= 4 {
                s.marks_stack.get_or_insert(Span::new(stack.0, end));
            }
        } else {
            // Marks on letters of other scripts stack by right, so they never reach the count.
            stack = (at, 0);
        }
        before = c;
    }
    s
}

fn run(
    it: &mut core::iter::Peekable<core::str::CharIndices<'_>>,
    end: usize,
    same: impl Fn(char) -> bool,
) -> (usize, usize) {
    let (mut stop, mut count) = (end, 1);
    while let Some((i, c)) = it.next_if(|n| same(n.1)) {
        stop = i + c.len_utf8();
        count += 1;
    }
    (stop, count)
}

/// Reads a run over exactly two kinds of characters as bits, in the order and width that give text.
fn bits(run: &[(char, u32)], out: &mut Children) -> bool {
    let Some(zero) = run.first().map(|r| r.0) else { return false };
    let Some(one) = run.iter().map(|r| r.0).find(|c| *c != zero) else { return false };
    if run.iter().any(|r| r.0 != zero && r.0 != one) {
        return false;
    }
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return false };
    let span = Span::new(first.1 as usize, last.1 as usize + last.0.len_utf8());
    for unit in [8, 7] {
        for swap in [false, true] {
            let values: Vec<(u8, u32, u32)> =
                run.iter().map(|(c, at)| (u8::from((*c == one) != swap), *at, *at + c.len_utf8() as u32)).collect();
            for mirror in [false, true] {
                let mut read = from_bits(&values, 1, unit);
                if mirror {
                    read.map_bytes(|b| b.reverse_bits() >> (8 - unit));
                }
                if let Some(child) = read.read(Gate::Printable(90)).filter(|c| readable(&c.text)) {
                    out.push(Step::ZeroWidthBits, span, child);
                    return true;
                }
            }
        }
    }
    false
}

/// Of the eight ways to read a run, several may be printable; only letters and spaces are text.
fn readable(text: &str) -> bool {
    let all = text.chars().count();
    let good = text.chars().filter(|c| c.is_alphanumeric() || *c == ' ').count();
    good * 100 >= all * 75
}

const fn is_tag(c: char) -> bool {
    matches!(c, '\u{E0000}'..='\u{E007F}')
}

fn tag_ascii(c: char) -> Option<char> {
    matches!(c, '\u{E0020}'..='\u{E007E}').then(|| char::from((c as u32 - 0xE0000) as u8))
}

const fn selector(c: char) -> Option<u8> {
    match c {
        '\u{FE00}'..='\u{FE0F}' => Some((c as u32 - 0xFE00) as u8),
        '\u{E0100}'..='\u{E01EF}' => Some((c as u32 - 0xE0100 + 16) as u8),
        _ => None,
    }
}

const fn is_bit(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{2062}'..='\u{2064}' | '\u{FEFF}')
}

const BITS_MIN: usize = 8;

#[cfg(test)]
mod tests {
    use super::super::gate::tests::{PLAIN, reads, silent, texts};
    use super::*;
    use std::string::String;

    fn tags(text: &str) -> String {
        text.chars().filter_map(|c| char::from_u32(0xE0000 + c as u32)).collect()
    }

    fn selectors(text: &str) -> String {
        let one = |b: u8| char::from_u32(if b < 16 { 0xFE00 } else { 0xE00F0 } + u32::from(b));
        text.bytes().filter_map(one).collect()
    }

    fn zero_width(text: &str, unit: u32, mirror: bool, pair: [char; 2]) -> String {
        let mut out = String::new();
        for b in text.bytes() {
            for i in 0..unit {
                let bit = if mirror { b >> i } else { b >> (unit - 1 - i) } & 1;
                out.push(pair[usize::from(bit)]);
            }
        }
        out
    }

    #[test]
    fn tags_and_selectors_are_read() {
        reads(find, "Nice weather today", &tags(PLAIN), " indeed");
        reads(find, "Nice \u{1F600}", &selectors(PLAIN), " indeed");
    }

    #[test]
    fn zero_width_bits_in_every_order() {
        for unit in [7, 8] {
            for mirror in [false, true] {
                for pair in [['\u{200B}', '\u{200C}'], ['\u{2064}', '\u{2062}'], ['\u{FEFF}', '\u{200D}']] {
                    reads(find, "Hello", &zero_width(PLAIN, unit, mirror, pair), " there");
                }
            }
        }
    }

    #[test]
    fn bits_strewn_between_letters_are_read() {
        let mut text = String::new();
        for z in zero_width("ignore", 8, false, ['\u{200B}', '\u{200C}']).chars() {
            text.push('x');
            text.push(z);
        }
        assert_eq!(texts(find, &text), ["ignore"]);
    }

    const HONEST: &[&str] = &[
        "family \u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} and a heart \u{2764}\u{FE0F}",
        "\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F} plays \u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
        "\u{0645}\u{06CC}\u{200C}\u{062E}\u{0648}\u{0627}\u{0647}\u{0645} \u{06A9}\u{062A}\u{0627}\u{0628}\u{200C}\u{0647}\u{0627} \u{0631}\u{0627} \u{0628}\u{0628}\u{06CC}\u{0646}\u{0645}",
        "\u{0915}\u{094D}\u{200D}\u{0937} \u{0915}\u{094D}\u{200C}\u{0937}",
        "\u{845B}\u{E0100}\u{57CE} and \u{8FBB}\u{E0101}",
        "\u{FEFF}id,name\n1,Ann",
        "co\u{AD}op\u{AD}er\u{AD}a\u{AD}tion",
        "Vi\u{1EC7}t e\u{302}\u{301} a\u{306}\u{323} o\u{31B}\u{300}",
        "\u{0E17}\u{0E35}\u{0E48} \u{05D1}\u{05BC}\u{05B8}\u{05B0} \u{0628}\u{0651}\u{064E}\u{0670}",
        "\u{1F3F3}\u{FE0F}\u{200D}\u{1F308} flag",
    ];

    #[test]
    fn honest_texts_stay_silent() {
        silent(find, HONEST);
        for text in HONEST {
            assert!(signals(text).is_empty(), "{text:?} {:?}", signals(text));
        }
    }

    #[test]
    fn signals_point_at_unreadable_channels() {
        assert!(signals(&tags("hi")).tag_run.is_some());
        assert!(signals("a\u{FE01}\u{FE02}\u{FE03}").vs_run.is_some());
        assert!(signals(&"\u{200B}".repeat(8)).zero_width_run.is_some());
        assert_eq!(signals("xe\u{301}\u{302}\u{303}\u{304}").marks_stack, Some(Span::new(1, 10)));
        assert_eq!(signals("a\u{1b}[31m").control, Some(Span::new(1, 2)));
        assert!(signals("\u{202E}abc").unmatched_bidi.is_some());
    }
}
