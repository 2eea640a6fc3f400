//! JSON (RFC 8259), strictly: as events with the way back to the document, or as a value.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

mod reader;

pub(crate) use reader::{Event, Place, Quoted, read};

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

/// Bounds on a document that a stranger wrote and that is read as a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonLimits {
    /// Objects and arrays open at once.
    pub depth: usize,
    /// Members of the outermost object, or elements of the outermost array.
    pub members: usize,
    /// Values of every kind at every depth; names do not count.
    pub values: usize,
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
    /// More values, or more members of the outermost object, than the limit.
    TooMany {
        /// Offset of the end of the first value too many.
        offset: usize,
        /// The limit.
        max: usize,
    },
}

impl Json {
    /// The value of a whole document, nested at most `depth_max` deep.
    ///
    /// # Errors
    /// See [`JsonError`].
    pub fn parse(json: &str, depth_max: usize) -> Result<Self, JsonError> {
        let mut builder = Builder::default();
        read(json, depth_max, &mut |_, at, event| builder.take(at, event))?;
        builder.done.ok_or(JsonError::Invalid { offset: json.len() })
    }

    /// The value of a whole document within limits. Stricter than [`parse`](Self::parse): an escape that names half of a
    /// surrogate pair is a fault, because hosts disagree on what it stands for (RFC 8259 section 8.2).
    ///
    /// # Errors
    /// See [`JsonError`]. Nothing after the first value too many is read.
    pub fn parse_within(json: &str, limits: JsonLimits) -> Result<Self, JsonError> {
        let mut builder = Builder::default();
        let (mut members, mut values) = (0, 0);
        read(json, limits.depth, &mut |path, at, event| {
            if let Event::Name(text) | Event::String(text) = &event
                && text.has_lone_surrogate()
            {
                return Err(JsonError::Invalid { offset: at });
            }
            if !matches!(event, Event::Name(_) | Event::Close) {
                values += 1;
                members += usize::from(path.len() == 1);
            }
            if members > limits.members {
                return Err(JsonError::TooMany { offset: at, max: limits.members });
            }
            if values > limits.values {
                return Err(JsonError::TooMany { offset: at, max: limits.values });
            }
            builder.take(at, event)
        })?;
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

impl Json {
    /// Gives back the room that a container reserved and did not need, if it is worth a copy.
    fn shrink(&mut self) {
        let is_loose = |len: usize, capacity: usize| capacity - len > len / 4;
        match self {
            Self::Array(elements) if is_loose(elements.len(), elements.capacity()) => elements.shrink_to_fit(),
            Self::Object(members) if is_loose(members.len(), members.capacity()) => members.shrink_to_fit(),
            _ => {}
        }
    }
}

impl JsonError {
    /// Byte offset of the fault.
    pub const fn offset(self) -> usize {
        match self {
            Self::Invalid { offset }
            | Self::TooDeep { offset, .. }
            | Self::DuplicateName { offset }
            | Self::TooMany { offset, .. } => offset,
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
            Self::TooMany { offset, max } => write!(f, "more than {max} values in JSON at byte {offset}"),
        }
    }
}

impl core::error::Error for JsonError {}

/// Puts events together. Open containers wait on the stack with the name they will have.
#[derive(Default)]
struct Builder {
    open: Vec<(Json, String)>,
    name: String,
    done: Option<Json>,
}

impl Builder {
    fn take(&mut self, at: usize, event: Event<'_>) -> Result<(), JsonError> {
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
                self.name = name.text().into_owned();
                return Ok(());
            }
            Event::Close => {
                let Some((mut value, name)) = self.open.pop() else { return Ok(()) };
                self.name = name;
                value.shrink();
                value
            }
            Event::String(text) => Json::String(text.text().into_owned()),
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
    if members.len() <= FEW {
        let mut rest = members.iter();
        while let Some((name, _)) = rest.next() {
            if rest.clone().any(|(other, _)| other == name) {
                return true;
            }
        }
        return false;
    }
    #[cfg_attr(target_family = "wasm", allow(unused_mut))]
    let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    // A heap sorts in a third of the code; elsewhere speed counts more.
    #[cfg(target_family = "wasm")]
    let names = alloc::collections::BinaryHeap::from(names).into_sorted_vec();
    #[cfg(not(target_family = "wasm"))]
    names.sort_unstable();
    names.windows(2).any(|pair| matches!(pair, [a, b] if a == b))
}

/// Up to so many names are compared each with each, which is quicker than sorting them.
const FEW: usize = 16;

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
    #[test]
    fn limits_stop_at_the_first_value_too_many() {
        let limits = JsonLimits { depth: 4, members: 2, values: 4 };
        let read = |json| Json::parse_within(json, limits);
        assert!(read(r#"{"a":[1,2],"b":null}"#).is_err_and(|e| e == JsonError::TooMany { offset: 19, max: 4 }));
        assert!(read(r#"{"a":[1],"b":null}"#).is_ok());
        assert_eq!(read(r#"{"a":1,"b":2,"c":3}"#), Err(JsonError::TooMany { offset: 18, max: 2 }));
        assert_eq!(read("[1,2,3]"), Err(JsonError::TooMany { offset: 6, max: 2 }));
    }

    #[test]
    fn half_a_surrogate_pair_is_a_fault_within_limits_and_a_replacement_without() {
        let limits = JsonLimits { depth: 4, members: 2, values: 4 };
        for json in
            [r#"["\ud800"]"#, r#"["\udc00\ud800"]"#, r#"{"\uD83D":1}"#, r#"["\ud800\n"]"#, r#"["\ud800\ud800"]"#]
        {
            assert!(Json::parse(json, 4).is_ok(), "{json}");
            assert!(matches!(Json::parse_within(json, limits), Err(JsonError::Invalid { .. })), "{json}");
        }
        let whole = Json::parse_within(r#"["\ud83d\ude00 \u00e9"]"#, limits).unwrap();
        assert_eq!(whole.as_array().unwrap()[0].as_str(), Some("\u{1f600} \u{e9}"));
    }
}
