//! From the operations of a client to the rows that a store is asked to write, and back to what became of them.
//!
//! The store does the join, in one transaction for all rows of a push, because only it sees the rows. What is decided here needs
//! no store: what is too old, too large or not text, the order of stamps, and that each row is named once.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::digest::row_digest;
use super::operation::{Ack, AckStatus, Action, BODY_BYTES_MAX, Body, Operation, Rejection};
use super::row::{Join, Kind, Row, RowId};
use super::stamp::{AHEAD_MS_MAX, Stamp};
use crate::text::json::{Json, JsonLimits};
use crate::time::Timestamp;

/// What a store is asked to do for one push.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PushPlan {
    /// Rows to join into the feed, in this order, each named once.
    pub writes: Vec<Write>,
    /// For each operation what is known already, or which write it went into.
    outcomes: Vec<Outcome>,
}

/// One row to join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The row. Its numbers are the store's to give.
    pub row: Row,
    /// Whether the row may be made, where it is not there.
    pub creates: bool,
    /// Whether the row may be changed, where it is there and not deleted: it is if it is deleted by this, or written with a greater
    /// stamp. A row that is [final](Row::is_final) stays so.
    pub changes: bool,
    /// What the row adds to the digest.
    pub digest: u64,
}

/// A row as the store has it after a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Number of its last change.
    pub seq: u64,
    /// Order of its last write.
    pub stamp: Stamp,
    /// Whether it is deleted.
    pub is_deleted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Known(AckStatus),
    /// The write, and what the operation itself wanted there.
    Written {
        write: usize,
        stamp: Stamp,
        deletes: bool,
    },
}

impl PushPlan {
    /// The plan for the operations of one push. `now` is the store's clock.
    pub fn new(operations: &[Operation], now: Timestamp) -> Self {
        let mut plan = Self::default();
        let mut named = BTreeMap::new();
        for operation in operations {
            let outcome = match judge(operation, now) {
                Err(status) => Outcome::Known(status),
                Ok(()) => plan.add(operation, now, &mut named),
            };
            plan.outcomes.push(outcome);
        }
        plan
    }

    fn add(&mut self, operation: &Operation, now: Timestamp, named: &mut BTreeMap<RowId, usize>) -> Outcome {
        let stamp = match (operation.kind.join(), &operation.kind) {
            // Never after the one that is there.
            (Join::First, _) => Stamp::FIRST,
            (Join::Last, Kind::Mark) => operation.stamp,
            (Join::Last, _) => operation.stamp.not_after(Timestamp::from_millis(ahead(now))),
        };
        let write = *named.entry(operation.id).or_insert(self.writes.len());
        match self.writes.get_mut(write) {
            Some(earlier) => earlier.join(&operation.action, stamp),
            None => self.writes.push(Write::of(operation, stamp)),
        }
        Outcome::Written { write, stamp, deletes: operation.action == Action::Delete }
    }

    /// What became of each operation, in their order. `stored` says for each of [`writes`](Self::writes) how the store has the row
    /// after the transaction.
    pub fn acks(&self, operations: &[Operation], stored: &[Option<Stored>]) -> Vec<Ack> {
        let outcomes = operations.iter().zip(&self.outcomes);
        let ack = |(operation, outcome): (&Operation, &Outcome)| {
            let (status, seq) = match *outcome {
                Outcome::Known(status) => (status, 0),
                Outcome::Written { write, stamp, deletes } => {
                    became(stored.get(write).copied().flatten(), stamp, deletes)
                }
            };
            Ack { operation: operation.operation, status, seq }
        };
        outcomes.map(ack).collect()
    }
}

/// What became of an operation on a row that is stored like that.
fn became(stored: Option<Stored>, stamp: Stamp, deletes: bool) -> (AckStatus, u64) {
    let Some(stored) = stored else {
        // Nothing to delete is what a delete wants.
        return (if deletes { AckStatus::Applied } else { AckStatus::Gone }, 0);
    };
    let status = match (stored.is_deleted, deletes) {
        (true, true) => AckStatus::Applied,
        (true, false) => AckStatus::Gone,
        (false, _) if stored.stamp == stamp => AckStatus::Applied,
        (false, _) => AckStatus::Lost,
    };
    (status, stored.seq)
}

impl Write {
    fn of(operation: &Operation, stamp: Stamp) -> Self {
        let row = Row {
            kind: operation.kind.clone(),
            id: operation.id,
            conversation: operation.conversation,
            seq: 0,
            created: 0,
            stamp,
            schema: 0,
            is_final: false,
            body: None,
        };
        let mut write = Self { row, creates: false, changes: false, digest: 0 };
        write.set(&operation.action, stamp);
        write
    }

    /// Joins a later operation of the same push into the row, as the store would.
    fn join(&mut self, action: &Action, stamp: Stamp) {
        let is_deleted = self.row.body.is_none();
        // What would be made by the push alone is there already for a making; for what may be there it comes first.
        let is_made_again = matches!(action, Action::Create(_)) && self.creates;
        if !is_deleted && !is_made_again && (*action == Action::Delete || stamp > self.row.stamp) {
            self.set(action, stamp);
        }
        self.creates |= matches!(action, Action::Create(_));
    }

    fn set(&mut self, action: &Action, stamp: Stamp) {
        self.creates |= matches!(action, Action::Create(_) | Action::Set(_));
        self.changes |= !matches!(action, Action::Create(_));
        self.row.stamp = stamp;
        self.row.schema = action.body().map_or(self.row.schema, |body| body.schema);
        self.row.is_final |= self.row.kind == Kind::Message && action.body().is_none_or(|body| body.is_final);
        self.row.body = action.body().map(|body| body.json.clone());
        self.digest = row_digest(&self.row);
    }
}

/// What can be said of an operation without a store.
fn judge(operation: &Operation, now: Timestamp) -> Result<(), AckStatus> {
    let rejected = |why| Err(AckStatus::Rejected(why));
    let now_ms = now.as_millis();
    if operation.made_at < now_ms.saturating_sub(OPERATION_AGE_MS_MAX) {
        return Err(AckStatus::Expired);
    }
    // The clamp of stamps takes care of clocks that are ahead; what is ahead by more than the horizon cannot be told from old.
    if operation.made_at > now_ms.saturating_add(OPERATION_AGE_MS_MAX) {
        return rejected(Rejection::FromTheFuture);
    }
    let (kind, action, facet) = (&operation.kind, &operation.action, operation.id.facet);
    let has_fitting_name = match kind {
        Kind::Part => facet.is_some(),
        Kind::Message | Kind::Mark | Kind::Member => facet.is_none(),
        Kind::Conversation | Kind::Other(_) => true,
    };
    if !has_fitting_name {
        return rejected(Rejection::BadName);
    }
    let is_field = *kind == Kind::Mark || facet.is_some();
    let is_fitting = match action {
        Action::Create(_) => !is_field || *kind == Kind::Part,
        Action::Set(_) => is_field && *kind != Kind::Part,
        Action::Put(_) | Action::Delete => !is_field,
    };
    if !is_fitting {
        return rejected(Rejection::BadAction);
    }
    action.body().map_or(Ok(()), |body| check_body(body).or_else(rejected))
}

/// Whether every store and every language keeps this body as it is.
///
/// # Errors
/// Why not.
pub fn check_body(body: &Body) -> Result<(), Rejection> {
    if body.json.len() > BODY_BYTES_MAX {
        return Err(Rejection::BodyTooLarge);
    }
    let value = Json::parse_within(&body.json, BODY_LIMITS).map_err(|_| Rejection::BodyNotJson)?;
    if has_null(&value) { Err(Rejection::BodyNotPortable) } else { Ok(()) }
}

/// Whether a string or a name in it holds U+0000. Depth is bounded by [`BODY_LIMITS`].
fn has_null(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
        Json::String(text) => text.contains('\0'),
        Json::Array(elements) => elements.iter().any(has_null),
        Json::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || has_null(value)),
    }
}

fn ahead(now: Timestamp) -> u64 {
    now.as_millis().saturating_add(AHEAD_MS_MAX)
}

/// Operations of one push: with their rows they fit into one statement of any store.
pub const OPERATIONS_MAX: usize = 100;

/// How old an operation may be, in milliseconds: 30 days. Less than [`TOMBSTONE_AGE_MS_MIN`], so that a row that was deleted is
/// known to be for as long as somebody may still write to it.
pub const OPERATION_AGE_MS_MAX: u64 = 30 * 86_400_000;

/// How long it is known that a row was deleted, in milliseconds: 90 days.
pub const TOMBSTONE_AGE_MS_MIN: u64 = 90 * 86_400_000;

const BODY_LIMITS: JsonLimits = JsonLimits { depth: 32, members: 4096, values: 16_384 };

#[cfg(test)]
#[path = "push/tests.rs"]
mod tests;
