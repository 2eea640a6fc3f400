//! Second pass of the canonical view: normalisation segment by segment, then folding letter by letter, then the
//! decision per word whether its foreign letters imitate Latin ones.

use alloc::vec::Vec;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, compose, decompose_canonical, decompose_compatible};
use unicode_normalization::{IsNormalized, is_nfkc_quick};

use super::super::chars::{Script, digit, is_mark, is_unspaced, is_word_char, look_alike, script};
use super::super::{MappedText, Span, SpanMapBuilder};
use super::erase::{Survey, is_filler, letter_sign, regional};

/// The folded text, or `None` if folding changes nothing.
pub(super) fn fold(text: &str, survey: &Survey) -> Option<MappedText> {
    let mut folder = Folder {
        text,
        spelling: survey.spelling,
        has_latin: None,
        segment: Segment::default(),
        word: Word::default(),
        out: Writer { text, out: SpanMapBuilder::default(), kept: Span::default() },
    };
    let mut at = 0;
    for gap in survey.erased.iter().copied().chain([Span::new(text.len(), text.len())]) {
        folder.stretch(at, gap.start);
        at = gap.end;
    }
    folder.finish()
}

struct Folder<'a> {
    text: &'a str,
    spelling: bool,
    /// Whether the text has an ASCII letter, once it was asked for.
    has_latin: Option<bool>,
    segment: Segment,
    word: Word,
    out: Writer<'a>,
}

/// Where a character came from, and whether it still is the source's own character.
#[derive(Clone, Copy)]
struct From {
    span: Span,
    same: bool,
}

impl Folder<'_> {
    /// Reads `text[at..end]`; ASCII is copied in one go but for the words it shares with other characters.
    fn stretch(&mut self, mut at: usize, end: usize) {
        while at < end {
            let Some(rest) = self.text.get(at..end) else { return };
            let ascii = rest.bytes().position(|b| !b.is_ascii()).unwrap_or(rest.len());
            if ascii > 0 {
                self.ascii(at, at + ascii);
                at += ascii;
                continue;
            }
            let kept = self.kept_run(at, rest);
            if kept > 0 {
                at += kept;
                continue;
            }
            let Some(c) = rest.chars().next() else { return };
            let span = Span::new(at, at + c.len_utf8());
            match self.sign(c) {
                Some(plain) => self.feed(plain, From { span, same: false }),
                None => self.feed(c, From { span, same: true }),
            }
            at = span.end;
        }
    }

    /// Keeps letters that neither NFKC nor folding nor their word changes; returns the bytes kept.
    fn kept_run(&mut self, at: usize, rest: &str) -> usize {
        let (mut len, mut last_start, mut last_class, mut last) = (0, 0, 0, '\0');
        for c in rest.chars() {
            if is_kept(c) {
                last_start = len;
                last_class = 0;
            } else if let Some(class) = kept_mark(c)
                && len > 0
                && class >= last_class
                && (!may_compose(c) || compose(last, c).is_none())
            {
                last_class = class;
            } else {
                if !is_inert(c) {
                    // It may attach to the letter before it.
                    len = last_start;
                }
                break;
            }
            len += c.len_utf8();
            last = c;
        }
        if at + len < self.text.len() && len == rest.len() {
            len = last_start;
        }
        if len > 0 {
            self.flush_segment();
            self.flush_word();
            self.out.keep(Span::new(at, at + len));
        }
        len
    }

    fn ascii(&mut self, start: usize, end: usize) {
        let bytes = self.text.as_bytes().get(start..end).unwrap_or(&[]);
        let mut head = 0;
        if !self.word.units.is_empty() || !self.segment.is_empty() {
            head = bytes.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(bytes.len());
        }
        let mut tail = bytes.len();
        if end < self.text.len() {
            // What follows may be a mark on the last sign, or another letter of the last word.
            let last = bytes.iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count().max(1);
            tail = tail.saturating_sub(last).max(head);
        }
        self.feed_ascii(bytes, start, 0, head);
        if head < tail {
            self.flush_segment();
            self.flush_word();
            self.out.keep(Span::new(start + head, start + tail));
        }
        self.feed_ascii(bytes, start, tail.max(head), bytes.len());
    }

    fn feed_ascii(&mut self, bytes: &[u8], base: usize, from: usize, to: usize) {
        for (i, &b) in bytes.iter().enumerate().take(to).skip(from) {
            self.flush_segment();
            self.segment.push(char::from(b), From { span: Span::new(base + i, base + i + 1), same: true });
            self.segment.stable = true;
        }
    }

    /// Signs read as something else than their compatibility decomposition.
    fn sign(&self, c: char) -> Option<char> {
        match c as u32 {
            0x1f1e6..=0x1f1ff if self.spelling => regional(c).map(char::from),
            0x249c..=0x24b5 | 0x1f110..=0x1f189 => letter_sign(c),
            0xb4 | 0x2b9 | 0x2bc | 0x2c8 | 0x2cb => Some('\''),
            0xa8 | 0xaf | 0xb8 | 0x2d8..=0x2dd => Some(' '),
            0x85 | 0x2028 | 0x2029 | 0x2800 => Some(' '),
            0x1100.. if is_filler(c) => Some(' '),
            _ => None,
        }
    }

    fn feed(&mut self, c: char, from: From) {
        let (c, from, stable) = match class(c) {
            Class::Stable => (c, from, true),
            Class::Becomes(plain) => (plain, From { same: false, ..from }, true),
            Class::Starts => (c, from, false),
            Class::Attaches => {
                self.segment.stable = false;
                return self.segment.push(c, from);
            }
        };
        self.flush_segment();
        self.segment.stable = stable;
        self.segment.push(c, from);
    }

    fn flush_segment(&mut self) {
        if self.segment.stable {
            self.segment.stable = false;
            if let Some((c, from)) = self.segment.chars.pop() {
                self.emit(c, from);
            }
        } else if !self.segment.is_empty() {
            let segment = core::mem::take(&mut self.segment);
            match segment.accented() {
                Some((c, from)) => self.emit(c, from),
                None => normalise(&segment, |c, from| self.emit(c, from)),
            }
            self.segment = segment.cleared();
        }
    }

    /// One character of the NFKC form of the text.
    fn emit(&mut self, c: char, from: From) {
        if c.is_ascii() {
            let c = if from.same { c } else { c.to_ascii_lowercase() };
            let script = if c.is_ascii_alphabetic() { Script::Latin } else { Script::Common };
            return self.unit(Unit { c, cased: c, script, from });
        }
        if is_kept(c) {
            self.flush_word();
            return self.out.unit(c, from);
        }
        match c {
            'À'..='Ö' | 'Ø'..='ö' | 'ø'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => return self.latin(c, from),
            'а'..='я' | 'і' => return self.letter(c, c, Script::Cyrillic, from),
            'А'..='Я' => return self.capital(c, Script::Cyrillic, from),
            'α'..='ρ' | 'σ'..='ω' => return self.letter(c, c, Script::Greek, from),
            'ά'..='ώ' | 'ς' => {
                let base = if c == 'ς' { 'σ' } else { base_of(c) };
                return self.letter(base, base, Script::Greek, From { same: base == c && from.same, ..from });
            }
            'ё' => return self.letter('е', 'е', Script::Cyrillic, From { same: false, ..from }),
            'ي' | 'ى' | 'أ' | 'إ' | 'آ' | 'ك' => return self.base_letter(c, Script::Arabic, from),
            'ա'..='ֆ' => return self.letter(c, c, Script::Armenian, from),
            _ => {}
        }
        if is_dropped_mark(c) {
            return;
        }
        if let Some(plain) = punctuation(c) {
            return self.plain(plain, from);
        }
        if let Some(d) = digit(c) {
            return self.plain(char::from(b'0' + d), from);
        }
        match script(c) {
            Script::Latin => self.latin(c, from),
            Script::Greek => self.base_letter(c, Script::Greek, from),
            Script::Cyrillic => self.base_letter(c, Script::Cyrillic, from),
            s @ (Script::Hebrew | Script::Arabic) => self.base_letter(c, s, from),
            s if is_word_char(c) && !is_unspaced(c) => self.small_letter(c, c, s, from),
            _ => {
                self.flush_word();
                self.out.unit(c, from);
            }
        }
    }

    fn plain(&mut self, c: char, from: From) {
        self.unit(Unit { c, cased: c, script: Script::Common, from: From { same: false, ..from } });
    }

    fn latin(&mut self, c: char, from: From) {
        let base = base_of(c);
        let small = small(base);
        let (first, second) = match small {
            'ß' => ('s', Some('s')),
            'æ' => ('a', Some('e')),
            'œ' | 'ɶ' => ('o', Some('e')),
            'þ' => ('t', Some('h')),
            _ if small.is_ascii() => (small, None),
            _ => (look_alike(small).or_else(|| look_alike(base)).unwrap_or(small), None),
        };
        self.letter(first, first, Script::Latin, From { same: from.same && first == c, ..from });
        if let Some(second) = second {
            self.letter(second, second, Script::Latin, From { same: false, ..from });
        }
    }

    fn base_letter(&mut self, c: char, script: Script, from: From) {
        let base = match c {
            '\u{640}' => return,
            // Letters in their own right, not marked ones.
            'й' | 'ї' | 'ў' | 'Й' | 'Ї' | 'Ў' => c,
            _ => match base_of(c) {
                // Persian and Arabic keyboards write the same letter with two codes.
                'ي' | 'ى' => 'ی',
                'ك' => 'ک',
                'ς' => 'σ',
                base => base,
            },
        };
        if is_word_char(base) {
            self.small_letter(base, c, script, from);
        } else {
            self.flush_word();
            self.out.unit(base, From { same: from.same && base == c, ..from });
        }
    }

    fn capital(&mut self, c: char, script: Script, from: From) {
        self.letter(small(c), c, script, From { same: false, ..from });
    }

    fn small_letter(&mut self, base: char, source: char, script: Script, from: From) {
        let c = small(base);
        self.letter(c, base, script, From { same: from.same && c == source, ..from });
    }

    fn letter(&mut self, c: char, cased: char, script: Script, from: From) {
        self.word.units.push(Unit { c, cased, script, from });
        if self.word.units.len() >= WORD_UNITS_MAX {
            self.flush_word();
        }
    }

    fn unit(&mut self, unit: Unit) {
        if unit.c.is_ascii_alphanumeric() {
            self.letter(unit.c, unit.cased, unit.script, unit.from);
        } else {
            self.flush_word();
            self.out.unit(unit.c, unit.from);
        }
    }

    fn flush_word(&mut self) {
        if self.word.units.is_empty() {
            return;
        }
        let reading = self.word.reading(self.text, &mut self.has_latin);
        for unit in &self.word.units {
            let read = match reading {
                Reading::AsWritten => None,
                Reading::Latin => unit.imitated().filter(|&a| a != unit.c),
                Reading::Cyrillic => to_cyrillic(unit.c),
            };
            match read {
                Some(c) => self.out.unit(c, From { same: false, ..unit.from }),
                None => self.out.unit(unit.c, unit.from),
            }
        }
        self.word.units.clear();
    }

    fn finish(mut self) -> Option<MappedText> {
        self.flush_segment();
        self.flush_word();
        self.out.finish()
    }
}

/// Characters that may interact under NFKC: one that starts a segment and those that attach to it.
#[derive(Default)]
struct Segment {
    chars: Vec<(char, From)>,
    /// Whether NFKC is known to leave the segment alone.
    stable: bool,
    /// Marks beyond the longest segment that is normalised; they only lengthen what the segment stands for.
    end: usize,
}

impl Segment {
    fn is_empty(&self) -> bool {
        self.chars.is_empty()
    }

    fn push(&mut self, c: char, from: From) {
        self.end = from.span.end;
        if self.chars.len() < SEGMENT_CHARS_MAX {
            self.chars.push((c, from));
        }
    }

    /// The letter of a segment that is one ASCII letter with marks: they are dropped whether they compose or not.
    fn accented(&self) -> Option<(char, From)> {
        let (&(base, from), marks) = self.chars.split_first()?;
        let plain = base.is_ascii_alphanumeric() && marks.iter().all(|&(c, _)| is_dropped_mark(c));
        plain.then_some((base, From { span: Span::new(from.span.start, self.end), same: false }))
    }

    fn cleared(mut self) -> Self {
        self.chars.clear();
        self.stable = false;
        self
    }
}

/// Calls `emit` with each character of the NFKC form of `segment`.
fn normalise(segment: &Segment, mut emit: impl FnMut(char, From)) {
    let chars = || segment.chars.iter().map(|&(c, _)| c);
    if is_nfkc_quick(chars()) == IsNormalized::Yes || chars().nfkc().eq(chars()) {
        for &(c, from) in &segment.chars {
            emit(c, from);
        }
        return;
    }
    let start = segment.chars.first().map_or(0, |(_, from)| from.span.start);
    let from = From { span: Span::new(start, segment.end), same: false };
    for c in chars().nfkc() {
        emit(c, from);
    }
}

/// The letter under the marks of a precomposed one.
fn base_of(c: char) -> char {
    let mut base = None;
    decompose_canonical(c, |d| {
        if !is_dropped_mark(d) {
            base.get_or_insert(d);
        }
    });
    base.unwrap_or(c)
}

fn small(c: char) -> char {
    let mut small = c.to_lowercase();
    match (small.next(), small.next()) {
        (Some(s), None) => s,
        _ => c,
    }
}

/// How NFKC treats a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Left alone; attaches to nothing before it.
    Stable,
    /// Becomes one character that is stable.
    Becomes(char),
    /// Becomes several characters, the first of which attaches to nothing before it.
    Starts,
    /// May attach to what stands before it.
    Attaches,
}

fn class(c: char) -> Class {
    if is_inert(c) || is_kept(c) {
        return Class::Stable;
    }
    let (mut first, mut count) = (None, 0);
    decompose_compatible(c, |d| {
        first.get_or_insert(d);
        count += 1;
    });
    let first = first.unwrap_or(c);
    if !first.is_ascii()
        && (canonical_combining_class(first) != 0 || is_nfkc_quick(core::iter::once(first)) == IsNormalized::Maybe)
    {
        return Class::Attaches;
    }
    match count {
        1 if first == c => Class::Stable,
        1 => Class::Becomes(first),
        _ => Class::Starts,
    }
}

/// Common letters that NFKC leaves alone and that attach to nothing before them: spares the tables.
fn is_inert(c: char) -> bool {
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
fn is_kept(c: char) -> bool {
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
fn may_compose(c: char) -> bool {
    matches!(c, '\u{93c}' | '\u{9be}' | '\u{bbe}')
}

/// The combining class of a mark that stays.
fn kept_mark(c: char) -> Option<u8> {
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
fn is_dropped_mark(c: char) -> bool {
    matches!(c as u32,
        0x300..=0x36f | 0x483..=0x489 | 0x591..=0x5bd | 0x5bf | 0x5c1..=0x5c2 | 0x5c4..=0x5c5 | 0x5c7
        | 0x610..=0x61a | 0x64b..=0x65f | 0x670 | 0x6d6..=0x6dc | 0x6df..=0x6e4 | 0x6e7..=0x6e8 | 0x6ea..=0x6ed
        | 0x8d3..=0x8e1 | 0x8e3..=0x8ff | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff | 0xfe20..=0xfe2f)
}

/// The ASCII sign for spaces, dashes and quotation marks.
fn punctuation(c: char) -> Option<char> {
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

#[derive(Clone, Copy)]
struct Unit {
    c: char,
    /// The letter before case was folded: capitals and small letters imitate different shapes.
    cased: char,
    script: Script,
    from: From,
}

impl Unit {
    fn imitated(&self) -> Option<char> {
        if self.c.is_ascii() { Some(self.c) } else { look_alike(self.c).or_else(|| look_alike(self.cased)) }
    }
}

#[derive(Default)]
struct Word {
    units: Vec<Unit>,
}

enum Reading {
    AsWritten,
    /// Foreign look-alikes are the Latin letters they imitate.
    Latin,
    /// Latin look-alikes are the Cyrillic letters they imitate.
    Cyrillic,
}

impl Word {
    fn reading(&self, text: &str, has_latin: &mut Option<bool>) -> Reading {
        if self.units.iter().all(|u| u.c.is_ascii()) {
            return Reading::AsWritten;
        }
        let (mut latin, mut cyrillic) = (0, 0);
        let mut foreign: Option<Script> = None;
        let mut mixed = false;
        for unit in &self.units {
            match unit.script {
                Script::Latin => latin += 1,
                Script::Common => {}
                s => {
                    mixed |= foreign.is_some_and(|f| f != s);
                    foreign = Some(s);
                    cyrillic += usize::from(s == Script::Cyrillic);
                }
            }
        }
        let Some(foreign) = foreign else { return Reading::AsWritten };
        if !matches!(foreign, Script::Greek | Script::Cyrillic | Script::Armenian | Script::Other) && !mixed {
            return Reading::AsWritten;
        }
        let unlike = |u: &Unit| u.imitated().is_none();
        if latin > 0 && !mixed && cyrillic >= latin && self.units.iter().any(unlike) {
            let all = self.units.iter().filter(|u| u.c.is_ascii_alphabetic()).all(|u| to_cyrillic(u.c).is_some());
            return if all { Reading::Cyrillic } else { Reading::AsWritten };
        }
        if latin > 0 || mixed {
            return Reading::Latin;
        }
        // A text without a Latin letter needs no look around each word.
        let among_latin = !self.units.iter().any(unlike)
            && *has_latin.get_or_insert_with(|| text.bytes().any(|b| b.is_ascii_alphabetic()))
            && self.stands_among_latin(text);
        if among_latin { Reading::Latin } else { Reading::AsWritten }
    }

    /// Whether the text around the word is Latin: a word of look-alikes only is then no word of its own script.
    fn stands_among_latin(&self, text: &str) -> bool {
        let (Some(first), Some(last)) = (self.units.first(), self.units.last()) else { return false };
        let (start, end) = (first.from.span.start, last.from.span.end);
        let before = Span::new(start.saturating_sub(CONTEXT_BYTES), start).snapped(text);
        let after = Span::new(end, end.saturating_add(CONTEXT_BYTES)).snapped(text);
        let around = [before, after].map(|span| span.slice(text).unwrap_or(""));
        let letters = around.iter().flat_map(|s| s.bytes()).filter(u8::is_ascii_alphabetic).count();
        let foreign = |c: &char| {
            !c.is_ascii() && is_word_char(*c) && script(*c) != Script::Latin && look_alike(*c).is_none()
        };
        letters >= 3 && letters > 3 * around.iter().flat_map(|s| s.chars()).filter(foreign).count()
    }
}

fn to_cyrillic(c: char) -> Option<char> {
    Some(match c.to_ascii_lowercase() {
        'a' => 'а',
        'b' => 'в',
        'c' => 'с',
        'e' => 'е',
        'h' => 'н',
        'i' => 'і',
        'k' => 'к',
        'm' => 'м',
        'o' => 'о',
        'p' => 'р',
        't' => 'т',
        'x' => 'х',
        'y' => 'у',
        _ => return None,
    })
}

/// Puts kept source ranges and replaced characters together; a text that is kept whole is never copied.
struct Writer<'a> {
    text: &'a str,
    out: SpanMapBuilder,
    kept: Span,
}

impl Writer<'_> {
    fn unit(&mut self, c: char, from: From) {
        if from.same {
            return self.keep(from.span);
        }
        self.flush();
        self.kept = Span::new(from.span.end, from.span.end);
        self.out.replace_char(c, from.span);
    }

    fn keep(&mut self, span: Span) {
        if self.kept.end != span.start {
            self.flush();
            self.kept = span;
        } else {
            self.kept.end = span.end;
        }
    }

    fn flush(&mut self) {
        if self.kept.is_empty() {
            return;
        }
        if self.out.is_empty() {
            self.out = SpanMapBuilder::with_capacity(self.text.len());
        }
        if let Some(piece) = self.kept.slice(self.text) {
            self.out.copy(piece, self.kept.start);
        }
        self.kept.start = self.kept.end;
    }

    fn finish(mut self) -> Option<MappedText> {
        if self.out.is_empty() && self.kept == Span::new(0, self.text.len()) {
            return None;
        }
        self.flush();
        Some(self.out.finish())
    }
}

const SEGMENT_CHARS_MAX: usize = 64;
const WORD_UNITS_MAX: usize = 256;
const CONTEXT_BYTES: usize = 96;

/// The NFKC stage alone.
#[cfg(test)]
pub(super) fn nfkc(text: &str) -> alloc::string::String {
    let mut out = alloc::string::String::new();
    let mut segment = Segment::default();
    for (at, c) in text.char_indices() {
        let class = class(c);
        if class != Class::Attaches {
            normalise(&segment, |c, _| out.push(c));
            segment = segment.cleared();
        }
        let c = if let Class::Becomes(plain) = class { plain } else { c };
        segment.push(c, From { span: Span::new(at, at + c.len_utf8()), same: true });
    }
    normalise(&segment, |c, _| out.push(c));
    out
}

/// Checks what [`class`] says of one character alone against the normaliser.
#[cfg(test)]
pub(super) fn check_class(c: char) {
    match class(c) {
        Class::Stable => assert!(core::iter::once(c).nfkc().eq([c]), "{c:?}"),
        Class::Becomes(plain) => assert!(core::iter::once(c).nfkc().eq([plain]), "{c:?}"),
        Class::Starts | Class::Attaches => {}
    }
    if let Some(class) = kept_mark(c) {
        assert_eq!(canonical_combining_class(c), class, "{c:?}");
        assert_eq!(is_nfkc_quick(core::iter::once(c)) == IsNormalized::Maybe, may_compose(c), "{c:?}");
    }
    if is_kept(c) {
        assert!(digit(c).is_none() && !is_dropped_mark(c) && punctuation(c).is_none(), "{c:?}");
    }
    if is_inert(c) || is_kept(c) {
        assert_eq!(canonical_combining_class(c), 0, "{c:?}");
        assert!(is_nfkc_quick(core::iter::once(c)) == IsNormalized::Yes, "{c:?}");
    }
}
