//! JSON (RFC 8259), strictly: as events with the way back to the document, or as a value.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{MappedText, Span, SpanMapBuilder};

/// A JSON value that owns its parts. Numbers keep their spelling: no language changes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as it was written.
    Number(String),
    /// A string with its escapes undone.
    String(String),
    /// An array.
    Array(Vec<Self>),
    /// An object, members in document order; names are unique.
    Object(Vec<(String, Self)>),
}

/// Why a text is not the JSON that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonError {
    /// Not JSON (RFC 8259).
    Invalid {
        /// Offset of the first byte that cannot follow what came before.
        offset: usize,
    },
    /// Nested too deep.
    TooDeep {
        /// Offset of the bracket that went too deep.
        offset: usize,
        /// The limit.
        depth_max: usize,
    },
    /// Two members of one object have the same name once escapes are undone; RFC 8259 section 4 leaves open which one
    /// counts, so neither does.
    DuplicateName {
        /// Offset of the end of the object.
        offset: usize,
    },
}

impl Json {
    /// The value of a whole document, nested at most `depth_max` deep.
    ///
    /// # Errors
    /// See [`JsonError`].
    pub fn parse(json: &str, depth_max: usize) -> Result<Self, JsonError> {
        let mut builder = Builder::default();
        let mut reader = Reader { json, at: 0, path: Vec::new(), depth_max };
        reader.document(&mut |_, at, event| builder.take(at, event))?;
        builder.done.ok_or(JsonError::Invalid { offset: json.len() })
    }

    /// The members, if this is an object.
    pub fn as_object(&self) -> Option<&[(String, Self)]> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// The elements, if this is an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(elements) = self { Some(elements) } else { None }
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The truth value, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// The number, if it is a whole one from 0 to 2^53 − 1: every language holds those exactly.
    pub fn as_u53(&self) -> Option<u64> {
        let Self::Number(number) = self else { return None };
        number.parse().ok().filter(|n| *n < 1 << 53)
    }

    /// The member of that name, if this is an object that has one.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }
}

impl JsonError {
    /// Byte offset of the fault.
    pub const fn offset(self) -> usize {
        match self {
            Self::Invalid { offset } | Self::TooDeep { offset, .. } | Self::DuplicateName { offset } => offset,
        }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { offset } => write!(f, "not JSON at byte {offset}"),
            Self::TooDeep { offset, depth_max } => write!(f, "JSON deeper than {depth_max} at byte {offset}"),
            Self::DuplicateName { offset } => {
                write!(f, "two members of one name in the object that ends at byte {offset}")
            }
        }
    }
}

impl core::error::Error for JsonError {}

/// What a document is made of, in order.
pub(crate) enum Event<'e, 'j> {
    OpenObject,
    OpenArray,
    Close,
    Name(&'e MappedText),
    String(&'e MappedText),
    Number(&'j str),
    Bool(bool),
    Null,
}

/// One step of the way to a value; a name with its escapes undone.
pub(crate) enum Place<'j> {
    Index(usize),
    Name(Cow<'j, str>),
}

type Visit<'v, 'j> = dyn FnMut(&[Place<'j>], usize, Event<'_, 'j>) -> Result<(), JsonError> + 'v;

/// Reads a whole document, nested at most `depth_max` deep, and tells `visit` each event with its path and where
/// it ends.
pub(crate) fn read<'j>(json: &'j str, depth_max: usize, visit: &mut Visit<'_, 'j>) -> Result<(), JsonError> {
    Reader { json, at: 0, path: Vec::new(), depth_max }.document(visit)
}

/// Puts events together. Open containers wait on the stack with the name they will have.
#[derive(Default)]
struct Builder {
    open: Vec<(Json, String)>,
    name: String,
    done: Option<Json>,
}

impl Builder {
    fn take(&mut self, at: usize, event: Event<'_, '_>) -> Result<(), JsonError> {
        let value = match event {
            Event::OpenObject => {
                self.open.push((Json::Object(Vec::new()), core::mem::take(&mut self.name)));
                return Ok(());
            }
            Event::OpenArray => {
                self.open.push((Json::Array(Vec::new()), core::mem::take(&mut self.name)));
                return Ok(());
            }
            Event::Name(name) => {
                self.name.clone_from(&name.text);
                return Ok(());
            }
            Event::Close => {
                let Some((value, name)) = self.open.pop() else { return Ok(()) };
                self.name = name;
                value
            }
            Event::String(text) => Json::String(text.text.clone()),
            Event::Number(number) => Json::Number(number.into()),
            Event::Bool(value) => Json::Bool(value),
            Event::Null => Json::Null,
        };
        if value.as_object().is_some_and(has_duplicate) {
            return Err(JsonError::DuplicateName { offset: at });
        }
        match self.open.last_mut() {
            Some((Json::Array(elements), _)) => elements.push(value),
            Some((Json::Object(members), _)) => members.push((core::mem::take(&mut self.name), value)),
            _ => self.done = Some(value),
        }
        Ok(())
    }
}

fn has_duplicate(members: &[(String, Json)]) -> bool {
    let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| matches!(pair, [a, b] if a == b))
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
                    visit(&self.path, self.at, Event::String(&text))?;
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
        let start = self.at + 1;
        let text = self.string()?;
        let raw = self.json.get(start..self.at - 1).unwrap_or("");
        if let Some(last) = self.path.last_mut() {
            *last = Place::Name(if raw.contains('\\') { Cow::Owned(text.text.clone()) } else { Cow::Borrowed(raw) });
        }
        visit(&self.path, self.at, Event::Name(&text))?;
        self.space();
        if self.peek() != Some(b':') {
            return Err(self.fault());
        }
        self.at += 1;
        self.space();
        Ok(())
    }

    /// A string with its escapes undone, aligned with the document.
    fn string(&mut self) -> Result<MappedText, JsonError> {
        self.at += 1;
        let mut text = SpanMapBuilder::default();
        loop {
            let rest = self.json.get(self.at..).unwrap_or("");
            let plain = rest.bytes().position(|b| b == b'"' || b == b'\\' || b < 0x20).ok_or_else(|| self.fault())?;
            text.copy(rest.get(..plain).unwrap_or(""), self.at);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text.finish());
                }
                Some(b'\\') => {
                    let start = self.at;
                    let c = self.escape()?;
                    text.replace_char(c, Span::new(start, self.at));
                }
                _ => return Err(self.fault()),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        self.at += 1;
        let c = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.fault()),
        };
        self.at += 1;
        Ok(c)
    }

    /// `\uXXXX`, two of them for a supplementary character. A lone surrogate reads as U+FFFD, as hosts do.
    fn unicode(&mut self) -> Result<char, JsonError> {
        let high = self.hex4()?;
        if let Some(c) = char::from_u32(high) {
            return Ok(c);
        }
        let before = self.at;
        if (0xD800..0xDC00).contains(&high) && self.json.get(self.at..).is_some_and(|r| r.starts_with("\\u")) {
            self.at += 1;
            let low = self.hex4()?;
            if (0xDC00..0xE000).contains(&low) {
                let value = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                return Ok(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let digits = self.json.get(self.at + 1..self.at + 5).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let value = digits.and_then(|d| u32::from_str_radix(d, 16).ok()).ok_or_else(|| self.fault())?;
        self.at += 5;
        Ok(value)
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

    fn word(&mut self) -> Result<Event<'static, 'static>, JsonError> {
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
        JsonError::Invalid { offset: self.at.min(self.json.len()) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn value_is_built_with_names_in_order() {
        let value =
            Json::parse(r#" {"b": [1, -2.5e3, {}, []], "a": {"\u0063": "d\n", "e": null}, "f": true} "#, 8).unwrap();
        let object = value.as_object().unwrap();
        assert_eq!(object.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["b", "a", "f"]);
        let b = value.get("b").unwrap().as_array().unwrap();
        assert_eq!(b.len(), 4);
        assert_eq!(b[1], Json::Number("-2.5e3".into()));
        assert_eq!(value.get("a").unwrap().get("c").and_then(Json::as_str), Some("d\n"));
        assert_eq!(value.get("f").and_then(Json::as_bool), Some(true));
    }

    #[test]
    fn whole_numbers_stop_where_doubles_stop_being_exact() {
        let number = |text: &str| Json::parse(text, 1).unwrap().as_u53();
        assert_eq!(number("9007199254740991"), Some((1 << 53) - 1));
        assert_eq!(number("9007199254740993"), None);
        assert_eq!(number("-1"), None);
        assert_eq!(number("1.0"), None);
    }

    #[test]
    fn faults_say_where() {
        assert_eq!(Json::parse("[1,]", 8), Err(JsonError::Invalid { offset: 3 }));
        assert_eq!(Json::parse("[[1]]", 1), Err(JsonError::TooDeep { offset: 1, depth_max: 1 }));
        assert_eq!(Json::parse(r#"{"a":1,"\u0061":2}"#, 8), Err(JsonError::DuplicateName { offset: 18 }));
        assert_eq!(Json::parse("", 8), Err(JsonError::Invalid { offset: 0 }));
        assert_eq!(Json::parse("1 2", 8), Err(JsonError::Invalid { offset: 2 }));
    }
}
