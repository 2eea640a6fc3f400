//! One page of changes, as a function of one snapshot of a feed.
//!
//! The state of the feed and its rows have to come from one snapshot: one statement on PostgreSQL, one batch on D1. A state read
//! before or after the rows loses what happened between.

use alloc::vec::Vec;

use super::cursor::Position;
use super::digest::Digest;
use super::row::Row;

/// What a store says of a feed, in the snapshot that the rows are from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeedState {
    /// The life of the store: of what it keeps itself and of what its deployment says, so that one that is put back to an earlier
    /// state can be told from the one before.
    pub epoch: u64,
    /// Number of the last change.
    pub seq: u64,
    /// The last change whose tombstone was swept away: who stands before it cannot be told what is gone.
    pub floor: u64,
    /// The sum over all live rows.
    pub digest: Digest,
}

/// Whether what a store knows is all there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreRole {
    /// Every write goes here.
    Primary,
    /// Follows the primary, at any distance.
    Replica,
}

/// What a client asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PullRequest {
    /// Where it stands; `None` to begin.
    pub position: Option<Position>,
    /// The newest state that it knows of, by a page or by a write of its own that a store took: its epoch and its number. A page has
    /// to be as new.
    pub at_least: Option<(u64, u64)>,
    /// Schema that the client reads.
    pub schema: u8,
    /// How much a page may hold.
    pub limits: PageLimits,
}

/// How much a page may hold. At least one row is given in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLimits {
    /// Rows, 1 to [`PageLimits::ROWS_MAX`].
    pub rows: usize,
    /// Bytes of bodies.
    pub bytes: usize,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeBatch {
    /// The life of the store.
    pub epoch: u64,
    /// Rows that are new, changed or deleted, in the order of `seq`.
    pub rows: Vec<Row>,
    /// Where the client stands with this page.
    pub next: Position,
    /// The last change that the store knows of.
    pub head: u64,
    /// For a client that is caught up, what the sum over its rows must be. Until then what it holds is no state that the store was
    /// ever in: a row that changed is missing until its new place comes.
    pub caught_up: Option<Digest>,
}

/// What a store answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PullAnswer {
    /// A page.
    Page(ChangeBatch),
    /// This store is older than what the client has seen: ask the primary, or later.
    Behind,
    /// Begin anew. The outbox stays.
    Resync(ResyncReason),
}

/// Why a client has to begin anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResyncReason {
    /// Tombstones that it has not seen were swept away.
    Floor,
    /// The store began another life.
    Epoch,
    /// It reads another schema than before.
    Schema,
    /// Its cursor is none.
    Cursor,
    /// It has seen more than the store has: the store lost something.
    Ahead,
}

impl FeedState {
    /// The first row number to read for this request, or why there is no page. Rows are to be read in the order of `seq`, all above
    /// this number, one more than [`rows`](PageLimits::rows) of them.
    ///
    /// # Errors
    /// The answer, where it is not a page.
    pub fn plan(&self, request: &PullRequest, role: StoreRole) -> Result<Position, PullAnswer> {
        let known = request.at_least.filter(|(epoch, _)| *epoch == self.epoch).map_or(0, |(_, seq)| seq);
        let Some(position) = request.position else {
            return if self.seq < known { Err(PullAnswer::Behind) } else { Ok(self.beginning(request.schema)) };
        };
        // What it has seen of the store, and not only what it was given: an older snapshot may lack rows that moved on.
        let seen = position.seq.max(position.seen).max(position.base.unwrap_or(0));
        let is_primary = role == StoreRole::Primary;
        let fault = if position.epoch != self.epoch {
            is_primary.then_some(ResyncReason::Epoch)
        } else if self.seq < seen {
            is_primary.then_some(ResyncReason::Ahead)
        } else if self.seq < known {
            None
        } else if position.schema != request.schema {
            Some(ResyncReason::Schema)
        } else if self.floor > position.base.map_or(position.seq, |base| base.max(position.seq)) {
            Some(ResyncReason::Floor)
        } else {
            return Ok(position);
        };
        Err(fault.map_or(PullAnswer::Behind, PullAnswer::Resync))
    }

    /// The answer to a request, with the rows that [`plan`](Self::plan) asks for.
    pub fn answer(&self, request: &PullRequest, role: StoreRole, rows: Vec<Row>) -> PullAnswer {
        match self.plan(request, role) {
            Ok(position) => PullAnswer::Page(self.page(position, request.limits, rows)),
            Err(answer) => answer,
        }
    }

    fn page(&self, position: Position, limits: PageLimits, rows: Vec<Row>) -> ChangeBatch {
        let found = rows.len();
        let taken = limits.taken(&rows);
        let mut given: Vec<Row> = rows.into_iter().take(taken).collect();
        let caught_up = taken == found;
        let last = given.last().map_or(position.seq, |row| row.seq);
        // Who begins needs no word of what was gone before.
        given.retain(|row| row.body.is_some() || position.base.is_none_or(|base| row.seq > base));
        let next = Position {
            seq: if caught_up { self.seq } else { last },
            seen: position.seen.max(self.seq),
            base: position.base.filter(|_| !caught_up),
            ..position
        };
        let caught_up = caught_up.then_some(self.digest);
        ChangeBatch { epoch: self.epoch, rows: given, next, head: self.seq, caught_up }
    }

    fn beginning(&self, schema: u8) -> Position {
        Position { epoch: self.epoch, seq: 0, seen: self.seq, base: Some(self.seq), schema }
    }
}

impl PageLimits {
    /// The most rows of a page.
    pub const ROWS_MAX: usize = 200;

    /// The most bytes of bodies of a page, as long as it has more than one row: a response that a worker builds and a phone reads
    /// within a moment.
    pub const BYTES_MAX: usize = 256 * 1024;

    /// How many of these rows a page holds.
    fn taken(self, rows: &[Row]) -> usize {
        let mut bytes = 0;
        let fits = |row: &&Row| {
            bytes += row.body.as_ref().map_or(0, |body| body.len());
            bytes <= self.bytes.min(Self::BYTES_MAX)
        };
        let fitting = rows.iter().take(self.rows.clamp(1, Self::ROWS_MAX)).take_while(fits).count();
        fitting.max(1).min(rows.len())
    }
}

impl Default for PageLimits {
    fn default() -> Self {
        Self { rows: Self::ROWS_MAX, bytes: Self::BYTES_MAX }
    }
}

impl ResyncReason {
    /// Stable snake_case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Epoch => "epoch",
            Self::Schema => "schema",
            Self::Cursor => "cursor",
            Self::Ahead => "ahead",
        }
    }
}

#[cfg(test)]
#[path = "page/tests.rs"]
mod tests;
