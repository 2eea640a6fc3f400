//! Last step of the canonical view: whether the foreign letters of a word imitate Latin ones, and the writing of it.

use alloc::vec::Vec;

use super::super::chars::{Script, is_word_char, look_alike, script};
use super::super::{MappedText, Span, SpanMapBuilder};

/// Where a character came from, and whether it still is the source's own character.
#[derive(Clone, Copy)]
pub(super) struct From {
    pub(super) span: Span,
    pub(super) same: bool,
}

#[derive(Clone, Copy)]
pub(super) struct Unit {
    pub(super) c: char,
    /// The letter before case was folded: capitals and small letters imitate different shapes.
    pub(super) cased: char,
    pub(super) script: Script,
    pub(super) from: From,
}

impl Unit {
    pub(super) fn imitated(&self) -> Option<char> {
        if self.c.is_ascii() { Some(self.c) } else { look_alike(self.cased).or_else(|| look_alike(self.c)) }
    }
}

/// What is known of the text around a word, so that many such words do not cost a look each.
#[derive(Default)]
pub(super) struct Around {
    /// Whether the text has an ASCII letter, once it was asked for.
    has_latin: Option<bool>,
    /// The last answer and up to where it is used again.
    latin: bool,
    holds_until: usize,
}

#[derive(Default)]
pub(super) struct Word {
    pub(super) units: Vec<Unit>,
}

pub(super) enum Reading {
    AsWritten,
    /// Foreign look-alikes are the Latin letters they imitate.
    Latin,
    /// Latin look-alikes are the Cyrillic letters they imitate.
    Cyrillic,
}

impl Word {
    pub(super) fn reading(&self, text: &str, around: &mut Around) -> Reading {
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
            && *around.has_latin.get_or_insert_with(|| text.bytes().any(|b| b.is_ascii_alphabetic()))
            && self.stands_among_latin(text, around);
        if among_latin { Reading::Latin } else { Reading::AsWritten }
    }

    /// Whether the text around the word is Latin: a word of look-alikes only is then no word of its own script.
    pub(super) fn stands_among_latin(&self, text: &str, around: &mut Around) -> bool {
        let (Some(first), Some(last)) = (self.units.first(), self.units.last()) else { return false };
        let (start, end) = (first.from.span.start, last.from.span.end);
        if start < around.holds_until {
            return around.latin;
        }
        let before = Span::new(start.saturating_sub(CONTEXT_BYTES), start).snapped(text);
        let after = Span::new(end, end.saturating_add(CONTEXT_BYTES)).snapped(text);
        let sides = [before, after].map(|span| span.slice(text).unwrap_or(""));
        let letters = sides.iter().flat_map(|s| s.bytes()).filter(u8::is_ascii_alphabetic).count();
        let foreign =
            |c: &char| !c.is_ascii() && is_word_char(*c) && script(*c) != Script::Latin && look_alike(*c).is_none();
        around.holds_until = start.saturating_add(CONTEXT_BYTES / 2);
        around.latin = letters >= 3 && letters > 3 * sides.iter().flat_map(|s| s.chars()).filter(foreign).count();
        around.latin
    }
}

pub(super) fn to_cyrillic(c: char) -> Option<char> {
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
pub(super) struct Writer<'a> {
    pub(super) text: &'a str,
    pub(super) out: SpanMapBuilder,
    pub(super) kept: Span,
}

impl Writer<'_> {
    pub(super) fn unit(&mut self, c: char, from: From) {
        if from.same {
            return self.keep(from.span);
        }
        self.flush();
        self.kept = Span::new(from.span.end, from.span.end);
        self.out.replace_char(c, from.span);
    }

    pub(super) fn keep(&mut self, span: Span) {
        if self.kept.end != span.start {
            self.flush();
            self.kept = span;
        } else {
            self.kept.end = span.end;
        }
    }

    pub(super) fn flush(&mut self) {
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

    pub(super) fn finish(mut self) -> Option<MappedText> {
        if self.out.is_empty() && self.kept == Span::new(0, self.text.len()) {
            return None;
        }
        self.flush();
        Some(self.out.finish())
    }
}

/// How far around a word its neighbours are looked at.
const CONTEXT_BYTES: usize = 96;
