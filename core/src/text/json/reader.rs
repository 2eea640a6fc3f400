//! Reads JSON as events, without recursion.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::super::{MappedText, Span, SpanMapBuilder};
use super::JsonError;

/// What a document is made of, in order.
pub(crate) enum Event<'j> {
    OpenObject,
    OpenArray,
    Close,
    Name(Quoted<'j>),
    String(Quoted<'j>),
    Number(&'j str),
    Bool(bool),
    Null,
}

/// One step of the way to a value; a name with its escapes undone.
pub(crate) enum Place<'j> {
    Index(usize),
    Name(Cow<'j, str>),
}

/// What stands between two quotation marks; its escapes are well formed and not undone yet.
#[derive(Clone, Copy)]
pub(crate) struct Quoted<'j> {
    raw: &'j str,
    at: usize,
    escapes: bool,
    lone_surrogate: bool,
}

impl<'j> Quoted<'j> {
    /// Whether an escape names half of a surrogate pair, which is no character.
    pub(crate) const fn has_lone_surrogate(self) -> bool {
        self.lone_surrogate
    }

    /// The text with its escapes undone.
    pub(crate) fn text(self) -> Cow<'j, str> {
        if !self.escapes {
            return Cow::Borrowed(self.raw);
        }
        let mut text = String::with_capacity(self.raw.len());
        self.pieces(|piece| match piece {
            Piece::Plain(plain, _) => text.push_str(plain),
            Piece::Char(c, _) => text.push(c),
        });
        Cow::Owned(text)
    }

    /// The text with its escapes undone, aligned with the document.
    pub(crate) fn mapped(self) -> MappedText {
        let mut text = SpanMapBuilder::default();
        self.pieces(|piece| match piece {
            Piece::Plain(plain, at) => text.copy(plain, at),
            Piece::Char(c, span) => text.replace_char(c, span),
        });
        text.finish()
    }

    fn pieces(self, mut take: impl FnMut(Piece<'j>)) {
        let mut at = 0;
        while let Some(rest) = self.raw.get(at..).filter(|rest| !rest.is_empty()) {
            let plain = rest.find('\\').unwrap_or(rest.len());
            take(Piece::Plain(rest.get(..plain).unwrap_or(""), self.at + at));
            at += plain;
            let Some(escape) = escape(self.raw, at) else { return };
            take(Piece::Char(escape.c, Span::new(self.at + at, self.at + escape.end)));
            at = escape.end;
        }
    }
}

enum Piece<'j> {
    Plain(&'j str, usize),
    Char(char, Span),
}

type Visit<'v, 'j> = dyn FnMut(&[Place<'j>], usize, Event<'j>) -> Result<(), JsonError> + 'v;

/// Reads a whole document, nested at most `depth_max` deep, and tells `visit` each event with its path and where
/// it ends.
pub(crate) fn read<'j>(json: &'j str, depth_max: usize, visit: &mut Visit<'_, 'j>) -> Result<(), JsonError> {
    Reader { json, at: 0, path: Vec::new(), depth_max }.document(visit)
}

/// Reads JSON without recursion: the path is the stack.
struct Reader<'j> {
    json: &'j str,
    at: usize,
    path: Vec<Place<'j>>,
    depth_max: usize,
}

impl<'j> Reader<'j> {
    fn document(&mut self, visit: &mut Visit<'_, 'j>) -> Result<(), JsonError> {
        self.space();
        loop {
            // A value is due.
            match self.peek() {
                Some(b'{') => {
                    self.open()?;
                    visit(&self.path, self.at, Event::OpenObject)?;
                    self.space();
                    if self.peek() == Some(b'}') {
                        self.at += 1;
                        visit(&self.path, self.at, Event::Close)?;
                    } else {
                        self.path.push(Place::Name(Cow::Borrowed("")));
                        self.name(visit)?;
                        continue;
                    }
                }
                Some(b'[') => {
                    self.open()?;
                    visit(&self.path, self.at, Event::OpenArray)?;
                    self.space();
                    if self.peek() == Some(b']') {
                        self.at += 1;
                        visit(&self.path, self.at, Event::Close)?;
                    } else {
                        self.path.push(Place::Index(0));
                        continue;
                    }
                }
                Some(b'"') => {
                    let text = self.string()?;
                    visit(&self.path, self.at, Event::String(text))?;
                }
                Some(b'-' | b'0'..=b'9') => {
                    let start = self.at;
                    self.number()?;
                    visit(&self.path, self.at, Event::Number(self.json.get(start..self.at).unwrap_or("")))?;
                }
                Some(_) => {
                    let event = self.word()?;
                    visit(&self.path, self.at, event)?;
                }
                None => return Err(self.fault()),
            }
            // A value ended: close what ends with it.
            loop {
                self.space();
                match (self.peek(), self.path.last_mut()) {
                    (None, None) => return Ok(()),
                    (Some(b','), Some(Place::Index(index))) => {
                        *index += 1;
                        self.at += 1;
                        self.space();
                        break;
                    }
                    (Some(b','), Some(Place::Name(_))) => {
                        self.at += 1;
                        self.space();
                        self.name(visit)?;
                        break;
                    }
                    (Some(b']'), Some(Place::Index(_))) | (Some(b'}'), Some(Place::Name(_))) => {
                        self.at += 1;
                        self.path.pop();
                        visit(&self.path, self.at, Event::Close)?;
                    }
                    _ => return Err(self.fault()),
                }
            }
        }
    }

    fn open(&mut self) -> Result<(), JsonError> {
        if self.path.len() >= self.depth_max {
            return Err(JsonError::TooDeep { offset: self.at, depth_max: self.depth_max });
        }
        self.at += 1;
        Ok(())
    }

    /// A member name and its colon; the name becomes the last place of the path.
    fn name(&mut self, visit: &mut Visit<'_, 'j>) -> Result<(), JsonError> {
        if self.peek() != Some(b'"') {
            return Err(self.fault());
        }
        let quoted = self.string()?;
        if let Some(last) = self.path.last_mut() {
            *last = Place::Name(quoted.text());
        }
        visit(&self.path, self.at, Event::Name(quoted))?;
        self.space();
        if self.peek() != Some(b':') {
            return Err(self.fault());
        }
        self.at += 1;
        self.space();
        Ok(())
    }

    /// A string, its escapes checked.
    fn string(&mut self) -> Result<Quoted<'j>, JsonError> {
        self.at += 1;
        let start = self.at;
        let (mut escapes, mut lone_surrogate) = (false, false);
        loop {
            let rest = self.json.as_bytes().get(self.at..).unwrap_or(&[]);
            let plain = plain_bytes(rest);
            if plain == rest.len() {
                return Err(self.fault());
            }
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    let raw = self.json.get(start..self.at).unwrap_or("");
                    self.at += 1;
                    return Ok(Quoted { raw, at: start, escapes, lone_surrogate });
                }
                Some(b'\\') => {
                    let escape = escape(self.json, self.at).ok_or_else(|| self.fault_at(self.at + 1))?;
                    self.at = escape.end;
                    escapes = true;
                    lone_surrogate |= escape.lone_surrogate;
                }
                _ => return Err(self.fault()),
            }
        }
    }

    fn number(&mut self) -> Result<(), JsonError> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        // No digit may follow a leading zero: it stands where a comma or a bracket is due.
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else if self.digits() == 0 {
            return Err(self.fault());
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return Err(self.fault());
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(self.fault());
            }
        }
        Ok(())
    }

    fn digits(&mut self) -> usize {
        let rest = self.json.as_bytes().get(self.at..).unwrap_or(&[]);
        let count = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        self.at += count;
        count
    }

    fn word(&mut self) -> Result<Event<'static>, JsonError> {
        let rest = self.json.get(self.at..).unwrap_or("");
        let words = [("true", Event::Bool(true)), ("false", Event::Bool(false)), ("null", Event::Null)];
        let (word, event) = words.into_iter().find(|(w, _)| rest.starts_with(w)).ok_or_else(|| self.fault())?;
        self.at += word.len();
        Ok(event)
    }

    fn space(&mut self) {
        let rest = self.json.as_bytes().get(self.at..).unwrap_or(&[]);
        self.at += rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
    }

    fn peek(&self) -> Option<u8> {
        self.json.as_bytes().get(self.at).copied()
    }

    fn fault(&self) -> JsonError {
        self.fault_at(self.at)
    }

    fn fault_at(&self, at: usize) -> JsonError {
        JsonError::Invalid { offset: at.min(self.json.len()) }
    }
}

/// How many bytes stand before the first quotation mark, backslash or control character; eight at a time where it can.
fn plain_bytes(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 0xFF;
    const TOPS: u64 = ONES << 7;
    let mut plain = 0;
    for chunk in bytes.chunks_exact(8) {
        let word = u64::from_le_bytes(chunk.try_into().unwrap_or_default());
        // Marks each byte that is 0, and perhaps some after the first: the first is what counts.
        let zero = |word: u64| word.wrapping_sub(ONES) & !word;
        let special =
            zero(word ^ (ONES * 0x22)) | zero(word ^ (ONES * 0x5C)) | (word.wrapping_sub(ONES * 0x20) & !word);
        let special = special & TOPS;
        if special != 0 {
            return plain + special.trailing_zeros() as usize / 8;
        }
        plain += 8;
    }
    let rest = bytes.get(plain..).unwrap_or(&[]);
    plain + rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..0x20)).unwrap_or(rest.len())
}

struct Escape {
    c: char,
    /// Offset of the first byte after it.
    end: usize,
    lone_surrogate: bool,
}

/// The escape that starts with the backslash at `at`. Half of a surrogate pair reads as U+FFFD, as hosts do.
fn escape(json: &str, at: usize) -> Option<Escape> {
    let c = match json.as_bytes().get(at + 1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(json, at),
        _ => return None,
    };
    Some(Escape { c, end: at + 2, lone_surrogate: false })
}

/// `\uXXXX`, two of them for a supplementary character.
fn unicode(json: &str, at: usize) -> Option<Escape> {
    let high = hex4(json, at + 2)?;
    if let Some(c) = char::from_u32(high) {
        return Some(Escape { c, end: at + 6, lone_surrogate: false });
    }
    let low = json.get(at + 6..at + 8).filter(|next| *next == "\\u").and_then(|_| hex4(json, at + 8));
    if let Some(low) = low.filter(|low| high < 0xDC00 && (0xDC00..0xE000).contains(low)) {
        let value = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
        let c = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
        return Some(Escape { c, end: at + 12, lone_surrogate: false });
    }
    Some(Escape { c: char::REPLACEMENT_CHARACTER, end: at + 6, lone_surrogate: true })
}

fn hex4(json: &str, at: usize) -> Option<u32> {
    let digits = json.get(at..at + 4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_bytes_are_found_at_every_place_among_every_other() {
        for special in [b'"', b'\\', 0, 0x1F] {
            for other in (0x20..=0xFF).filter(|other| !matches!(other, b'"' | b'\\')) {
                let mut bytes = [other; 19];
                assert_eq!(plain_bytes(&bytes), 19, "{other}");
                for at in (0..19).rev() {
                    bytes[at] = special;
                    assert_eq!(plain_bytes(&bytes), at, "{special} among {other}");
                }
            }
        }
    }
}
