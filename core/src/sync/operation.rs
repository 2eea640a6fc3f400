//! What a client wants written, and what became of it.

use alloc::string::String;
use core::fmt;

use super::id::Id;
use super::row::{Kind, RowId};
use super::stamp::Stamp;

/// The name of an operation: random, made once, and the same however often it is sent. Not a counter: a device that is put back to
/// an earlier state would count on from there, and what it writes then would pass for what was written before.
pub type OperationId = Id;

/// One write. All of them are joins: sent again, or in another order, they lead to the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its name.
    pub operation: OperationId,
    /// What the row is.
    pub kind: Kind,
    /// The row.
    pub id: RowId,
    /// The conversation that the row belongs to.
    pub conversation: Id,
    /// Order among the writes to the row.
    pub stamp: Stamp,
    /// When it was made, milliseconds since 1970 of the client's clock.
    pub made_at: u64,
    /// What is to be done.
    pub action: Action,
}

/// What is to be done to a row.
#[derive(Clone, PartialEq, Eq)]
pub enum Action {
    /// Make a row; where it is there already, nothing. Only this makes messages: whatever else names one that is not there is too
    /// late, because it may have been deleted and forgotten.
    Create(Body),
    /// Write a row anew that is there.
    Put(Body),
    /// Write a mark, or a group of fields, whether it is there or not. Those are never deleted by themselves.
    Set(Body),
    /// Delete a row, for good.
    Delete,
}

impl Action {
    /// What it writes.
    pub const fn body(&self) -> Option<&Body> {
        match self {
            Self::Create(body) | Self::Put(body) | Self::Set(body) => Some(body),
            Self::Delete => None,
        }
    }
}

/// What a row says.
#[derive(Clone, PartialEq, Eq)]
pub struct Body {
    /// A JSON value, kept as it is written, members that nobody here knows included.
    pub json: String,
    /// Version of its schema.
    pub schema: u8,
    /// For a message: that it is whole, so that its parts can go. For any other kind it says nothing.
    pub is_final: bool,
}

/// What became of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ack {
    /// Which one.
    pub operation: OperationId,
    /// What became of it.
    pub status: AckStatus,
    /// The number of the row's last change, as the store has it; 0 where there is no row.
    pub seq: u64,
}

/// What became of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AckStatus {
    /// The row says now what the operation says.
    Applied,
    /// Another write to the row won.
    Lost,
    /// The row is deleted, or was never there.
    Gone,
    /// Made too long ago: what was deleted since may be forgotten, so it could bring back the dead.
    Expired,
    /// Not to be written at all.
    Rejected(Rejection),
}

/// Why an operation is not to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// The body is longer than [`BODY_BYTES_MAX`].
    BodyTooLarge,
    /// The body is not JSON (RFC 8259), or nested too deep.
    BodyNotJson,
    /// The body has a character that not every store keeps: U+0000, or half of a surrogate pair. PostgreSQL refuses the first in
    /// JSON, SQLite cuts a text there.
    BodyNotPortable,
    /// A row of that kind has no such name: a part without a number, or a message with one.
    BadName,
    /// A row of that kind and name is not written like that: see [`Action`].
    BadAction,
    /// Made further in the future than clocks differ.
    FromTheFuture,
    /// The host said no: its permission, quota or scan.
    ByHost,
}

impl AckStatus {
    /// Stable snake_case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Lost => "lost",
            Self::Gone => "gone",
            Self::Expired => "expired",
            Self::Rejected(_) => "rejected",
        }
    }

    /// Whether the client is done with the operation without its being written: it says so to its user, and keeps it for that.
    pub const fn is_dead(self) -> bool {
        matches!(self, Self::Gone | Self::Expired | Self::Rejected(_))
    }
}

impl Rejection {
    /// Stable snake_case name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::BodyTooLarge => "body_too_large",
            Self::BodyNotJson => "body_not_json",
            Self::BodyNotPortable => "body_not_portable",
            Self::BadName => "bad_row_name",
            Self::BadAction => "bad_action",
            Self::FromTheFuture => "from_the_future",
            Self::ByHost => "refused_by_host",
        }
    }
}

impl fmt::Debug for Operation {
    /// Shows sizes, no body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("operation", &self.operation)
            .field("kind", &self.kind)
            .field("id", &self.id)
            .field("stamp", &self.stamp)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create(body) => write!(f, "Create({body:?})"),
            Self::Put(body) => write!(f, "Put({body:?})"),
            Self::Set(body) => write!(f, "Set({body:?})"),
            Self::Delete => f.write_str("Delete"),
        }
    }
}

impl fmt::Debug for Body {
    /// Shows sizes, no text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("bytes", &self.json.len())
            .field("is_final", &self.is_final)
            .finish_non_exhaustive()
    }
}

/// Bytes of the longest body: below the row of 2 MB that D1 takes, and a page with one such row is still a response.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
