//! Chat history by cursor: the same on a device, at the edge and at the origin.
//!
//! A feed is the unit of order and of permission: one per user, and one for each conversation that is shared. It holds [rows](Row)
//! that are written anew, under the next number of the feed, whenever they change; there is no log beside them. A client asks for
//! what is above its [cursor](CursorKeys), and a page is a function of one snapshot of the feed ([`FeedState::answer`]).
//!
//! A client writes by [operations](Operation), each a join: sent again, or in another order, they lead to the same state.
//! [`PushPlan`] turns them into rows for a store to join in one transaction, and what the store says back into acknowledgements.
//!
//! [`SyncClient`] is the side of the device: events in, orders out. `docs/sync.md` says what both promise each other.
//! Not yet here: statements for stores, and other languages.

mod client;
mod cursor;
mod digest;
mod id;
mod operation;
mod page;
mod push;
mod row;
mod sortable;
mod stamp;

pub use client::{
    ClientPolicy, Commit, Draft, Instruction, Page, PullOrder, PullReply, PushOrder, RecordError, SyncClient,
    SyncEvent, WriteError,
};
pub use cursor::{
    CursorError, CursorKeyError, CursorKeys, CursorScope, KEY_BYTES_MIN, KEYS_MAX, Position, cursor_mark,
};
pub use digest::{Digest, row_digest};
pub use id::Id;
pub use operation::{Ack, AckStatus, Action, BODY_BYTES_MAX, Body, Operation, OperationId, Rejection};
pub use page::{ChangeBatch, FeedState, PageLimits, PullAnswer, PullRequest, ResyncReason, StoreRole};
pub use push::{OPERATION_AGE_MS_MAX, OPERATIONS_MAX, PushPlan, Stored, TOMBSTONE_AGE_MS_MIN, Write, check_body};
pub use row::{Join, Kind, Row, RowId};
pub use stamp::{AHEAD_MS_MAX, Stamp, StampClock};
