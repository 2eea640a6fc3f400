//! What a feed holds: rows that are written anew whenever they change.

use alloc::string::{String, ToString};
use core::fmt;

use super::id::Id;
use super::stamp::Stamp;

/// What a row is. Its join follows from that: see [`Kind::join`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A conversation, and each group of its fields as a facet of its own, so that one who renames and one who archives do not
    /// overwrite each other.
    Conversation,
    /// A message.
    Message,
    /// How far somebody has read a conversation.
    Mark,
    /// That somebody belongs to a conversation, in the feed of that person.
    Member,
    /// A piece of a message that is still being written; gone when the message is there.
    Part,
    /// A kind of a later version or of the host, at most [`Kind::NAME_BYTES_MAX`] letters: kept, handed on, and not interpreted.
    Other(String),
}

/// How two writes to one row become one. Every join gives the same whatever the order, and the same again when repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// The first write stays.
    First,
    /// The write with the greater [`Stamp`] stays. For marks that is the greater number: they have stamps
    /// [of a number](Stamp::of_number).
    Last,
}

/// The name of a row: an id, and for parts and groups of fields the number within it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId {
    /// The id.
    pub id: Id,
    /// The number of a part, or of a group of fields.
    pub facet: Option<u16>,
}

/// One row, as a page brings it.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub id: RowId,
    /// The conversation that it belongs to.
    pub conversation: Id,
    /// Number of its last change in the feed.
    pub seq: u64,
    /// Number of its first change: the order in which history is shown. Never changes.
    pub created: u64,
    /// Order of its last write.
    pub stamp: Stamp,
    /// Version of the body's schema, for hosts.
    pub schema: u8,
    /// For a message: that it is whole, or deleted, so that its parts go.
    pub is_final: bool,
    /// The body, a JSON value as it was written; `None` for a row that was deleted.
    pub body: Option<String>,
}

impl Kind {
    /// Letters of the longest name.
    pub const NAME_BYTES_MAX: usize = 16;

    /// The kind of that name; `None` where the text is no name: `a`–`z`, digits and `_`, a letter first.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "conv" => Self::Conversation,
            "msg" => Self::Message,
            "mark" => Self::Mark,
            "member" => Self::Member,
            "part" => Self::Part,
            other => {
                let is_name = other.len() <= Self::NAME_BYTES_MAX
                    && other.starts_with(|first: char| first.is_ascii_lowercase())
                    && other.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
                return is_name.then(|| Self::Other(other.to_string()));
            }
        })
    }

    /// Its name in stores and on the wire.
    pub fn name(&self) -> &str {
        match self {
            Self::Conversation => "conv",
            Self::Message => "msg",
            Self::Mark => "mark",
            Self::Member => "member",
            Self::Part => "part",
            Self::Other(name) => name,
        }
    }

    /// How two writes become one.
    pub const fn join(&self) -> Join {
        match self {
            Self::Part => Join::First,
            Self::Conversation | Self::Message | Self::Mark | Self::Member | Self::Other(_) => Join::Last,
        }
    }

    /// Whether rows of this kind are part of the [`Digest`](super::Digest). Parts are not: they go without a trace.
    pub const fn is_digested(&self) -> bool {
        !matches!(self, Self::Part)
    }
}

impl RowId {
    /// The row of an id.
    pub const fn of(id: Id) -> Self {
        Self { id, facet: None }
    }

    /// A part of it, or a group of its fields.
    pub const fn facet(id: Id, facet: u16) -> Self {
        Self { id, facet: Some(facet) }
    }

    /// The name that `text` spells, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let Some((id, facet)) = text.split_once('.') else { return Id::parse(text).map(Self::of) };
        let is_spelling = facet.len() == 4 && facet.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let facet = u16::from_str_radix(facet, 16).ok().filter(|_| is_spelling)?;
        Some(Self::facet(Id::parse(id)?, facet))
    }
}

impl fmt::Display for RowId {
    /// The letters of the id; for a facet a full stop and four hexadecimal digits more.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.facet {
            None => fmt::Display::fmt(&self.id, f),
            Some(facet) => write!(f, "{}.{facet:04x}", self.id),
        }
    }
}

impl fmt::Debug for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RowId({self})")
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Row {
    /// Shows the size of the body, not the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row")
            .field("kind", &self.kind)
            .field("id", &self.id)
            .field("seq", &self.seq)
            .field("created", &self.created)
            .field("stamp", &self.stamp)
            .field("body_bytes", &self.body.as_ref().map(String::len))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    #[test]
    fn names_of_rows_lead_back_and_sort_by_facet() {
        let id = Id::new(Timestamp::from_millis(7), [3; 10]);
        let ids =
            [RowId::of(id), RowId::facet(id, 0), RowId::facet(id, 9), RowId::facet(id, 10), RowId::facet(id, 0xFFFF)];
        assert!(ids.is_sorted());
        let texts = ids.map(|id| id.to_string());
        assert!(texts.is_sorted());
        for (id, text) in ids.into_iter().zip(texts) {
            assert_eq!(RowId::parse(&text), Some(id));
        }
        for facet in ["", "1", "00001", "00AB", "+001", "000 "] {
            assert_eq!(RowId::parse(&alloc::format!("{id}.{facet}")), None, "{facet:?}");
        }
    }

    #[test]
    fn unknown_kinds_are_kept_under_their_name() {
        for name in ["conv", "msg", "mark", "member", "part", "card_2"] {
            assert_eq!(Kind::from_name(name).map(|kind| kind.name().to_string()).as_deref(), Some(name));
        }
        for name in ["", "Msg", "2", "_a", "a b", "abcdefghijklmnopq", "é"] {
            assert_eq!(Kind::from_name(name), None, "{name:?}");
        }
    }

    #[test]
    fn debug_shows_no_body() {
        let id = Id::new(Timestamp::from_millis(7), [3; 10]);
        let row = Row {
            kind: Kind::Message,
            id: RowId::of(id),
            conversation: id,
            seq: 1,
            created: 1,
            stamp: Stamp::FIRST,
            schema: 1,
            is_final: true,
            body: Some("\"hush\"".to_string()),
        };
        let shown = alloc::format!("{row:?}");
        assert!(shown.contains("body_bytes: Some(6)") && !shown.contains("hush"), "{shown}");
    }
}
