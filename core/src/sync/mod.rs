//! Chat history by cursor: the same on a device, at the edge and at the origin.
//!
//! A feed is the unit of order and of permission: one per user, and one for each conversation that is shared. It holds [rows](Row)
//! that are written anew, under the next number of the feed, whenever they change; there is no log beside them. A client asks for
//! what is above its [cursor](CursorKeys), and a page is a function of one snapshot of the feed ([`FeedState::answer`]).
//!
//! What is here: names and stamps, rows and their joins, cursors, pages, the digest. Not yet here: pushes, the client, statements
//! for stores.

mod cursor;
mod digest;
mod id;
mod page;
mod row;
mod sortable;
mod stamp;

pub use cursor::{CursorError, CursorKeyError, CursorKeys, CursorScope, KEY_BYTES_MIN, KEYS_MAX, Position};
pub use digest::{Digest, row_digest};
pub use id::Id;
pub use page::{ChangeBatch, FeedState, PageLimits, PullAnswer, PullRequest, ResyncReason, StoreRole};
pub use row::{Join, Kind, Row, RowId};
pub use stamp::{AHEAD_MS_MAX, Stamp, StampClock};
