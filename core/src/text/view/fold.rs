//! Second pass of the canonical view: normalisation segment by segment, then folding letter by letter, then the
//! decision per word whether its foreign letters imitate Latin ones.

use alloc::vec::Vec;

use super::super::chars::{Script, digit, is_unspaced, is_word_char, look_alike, script};
use super::super::nfkc::{compose, nfkc};
use super::super::{MappedText, Span, SpanMapBuilder};
use super::classes::{
    Class, base_of, class, is_dropped_mark, is_inert, is_kept, is_plainly_cyrillic, kept_mark, may_compose,
    punctuation, small,
};
use super::erase::{Survey, is_filler, letter_sign, regional};
use super::word::{Around, From, Reading, Unit, Word, Writer, to_cyrillic};

/// The folded text, or `None` if folding changes nothing.
pub(super) fn fold(text: &str, survey: &Survey) -> Option<MappedText> {
    let mut folder = Folder {
        text,
        spelling: survey.spelling,
        around: Around::default(),
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
    around: Around,
    segment: Segment,
    word: Word,
    out: Writer<'a>,
}

impl Folder<'_> {
    /// Reads `text[at..end]`; ASCII is copied in one go but for the words it shares with other characters.
    fn stretch(&mut self, mut at: usize, end: usize) {
        while at < end {
            let Some(rest) = self.text.get(at..end) else { return };
            let ascii = rest.bytes().position(|b| !b.is_ascii()).unwrap_or(rest.len());
            if ascii > 0 {
                self.ascii(at, at + ascii, rest.get(ascii..).and_then(|r| r.chars().next()));
                at += ascii;
                continue;
            }
            let kept = self.kept_run(at, rest);
            let kept = if kept == 0 { self.cyrillic_word(at, rest) } else { kept };
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

    /// Keeps a Cyrillic word, small but for its first letter, that has a letter nobody takes for a Latin one and that
    /// ends at an ASCII sign; returns its length. Every other word is read letter by letter.
    fn cyrillic_word(&mut self, at: usize, rest: &str) -> usize {
        if !self.segment.is_empty() || !self.word.units.is_empty() {
            return 0;
        }
        let (mut len, mut own) = (0, false);
        let mut capital = None;
        for c in rest.chars() {
            match c {
                'а'..='я' => own |= is_plainly_cyrillic(c),
                'А'..='Я' if len == 0 => capital = Some(c),
                _ if c.is_ascii() && !c.is_ascii_alphanumeric() => break,
                _ => return 0,
            }
            len += c.len_utf8();
        }
        if !own || (len == rest.len() && at + len < self.text.len()) {
            return 0;
        }
        let first = capital.map_or(0, char::len_utf8);
        if let Some(c) = capital {
            self.out.unit(small(c), From { span: Span::new(at, at + first), same: false });
        }
        self.out.keep(Span::new(at + first, at + len));
        len
    }

    fn ascii(&mut self, start: usize, end: usize, next: Option<char>) {
        let bytes = self.text.as_bytes().get(start..end).unwrap_or(&[]);
        let mut head = 0;
        if !self.word.units.is_empty() || !self.segment.is_empty() {
            head = bytes.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(bytes.len());
        }
        let mut tail = bytes.len();
        if end < self.text.len() {
            // What follows may be a mark on the last sign, or another letter of the last word.
            let last = || bytes.iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
            let shared = match next {
                Some(c) if is_kept(c) => 0,
                Some(c) if is_inert(c) => last(),
                _ => last().max(1),
            };
            tail = tail.saturating_sub(shared).max(head);
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
            let mut segment = core::mem::take(&mut self.segment);
            match segment.accented() {
                Some((c, from)) => self.emit(c, from),
                None => normalise(&mut segment, |c, from| self.emit(c, from)),
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
            'ά'..='ώ' => {
                let base = if c == 'ς' { 'σ' } else { base_of(c) };
                return self.letter(base, base, Script::Greek, From { same: base == c && from.same, ..from });
            }
            'ё' => return self.letter('е', 'е', Script::Cyrillic, From { same: false, ..from }),
            'ي' | 'ى' | 'ك' | 'أ' | 'إ' | 'آ' => {
                let base = match c {
                    'ي' | 'ى' => 'ی',
                    'ك' => 'ک',
                    _ => 'ا',
                };
                self.flush_word();
                return self.out.unit(base, From { same: false, ..from });
            }
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
        let reading = self.word.reading(self.text, &mut self.around);
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
    /// The form KC of a segment that is not stable.
    normal: Vec<(u8, char)>,
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
fn normalise(segment: &mut Segment, mut emit: impl FnMut(char, From)) {
    let Segment { chars, normal, .. } = &mut *segment;
    nfkc(chars.iter().map(|&(c, _)| c), normal);
    if chars.iter().map(|(c, _)| c).eq(normal.iter().map(|(_, c)| c)) {
        for &(c, from) in &segment.chars {
            emit(c, from);
        }
        return;
    }
    let start = segment.chars.first().map_or(0, |(_, from)| from.span.start);
    let from = From { span: Span::new(start, segment.end), same: false };
    for &(_, c) in &segment.normal {
        emit(c, from);
    }
}

const SEGMENT_CHARS_MAX: usize = 64;
const WORD_UNITS_MAX: usize = 256;

/// The NFKC stage alone.
#[cfg(test)]
pub(super) fn nfkc_of(text: &str) -> alloc::string::String {
    let mut out = alloc::string::String::new();
    let mut segment = Segment::default();
    for (at, c) in text.char_indices() {
        let class = class(c);
        if class != Class::Attaches {
            normalise(&mut segment, |c, _| out.push(c));
            segment = segment.cleared();
        }
        let c = if let Class::Becomes(plain) = class { plain } else { c };
        segment.push(c, From { span: Span::new(at, at + c.len_utf8()), same: true });
    }
    normalise(&mut segment, |c, _| out.push(c));
    out
}
