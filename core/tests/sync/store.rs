//! What every store does with plans and requests, without one: the joins that SQL states otherwise.

use std::collections::{BTreeMap, BTreeSet};

use edgewarden::sync::{
    Ack, CursorKeys, CursorScope, Digest, FeedState, Id, Kind, Operation, Page, PullAnswer, PullOrder, PullReply,
    PullRequest, PushPlan, ResyncReason, Row, RowId, StoreRole, Stored, TOMBSTONE_AGE_MS_MIN, Write, cursor_mark,
};
use edgewarden::time::Timestamp;

/// A feed in a store.
#[derive(Clone, Debug, Default)]
pub struct Store {
    pub epoch: u64,
    pub seq: u64,
    pub floor: u64,
    pub digest: Digest,
    /// Rows with what they add to the digest, and when they were deleted.
    pub rows: BTreeMap<RowId, (Row, u64, u64)>,
    /// Rows that were ever deleted here.
    pub deleted: BTreeSet<RowId>,
}

impl Store {
    pub fn push(&mut self, operations: &[Operation], now: u64) -> Vec<Ack> {
        let plan = PushPlan::new(operations, Timestamp::from_millis(now));
        plan.writes.iter().for_each(|write| self.join(write, now));
        let stored = plan.writes.iter().map(|write| self.rows.get(&write.row.id));
        let stored = stored.map(|held| {
            held.map(|(row, ..)| Stored { seq: row.seq, stamp: row.stamp, is_deleted: row.body.is_none() })
        });
        plan.acks(operations, &stored.collect::<Vec<_>>())
    }

    fn join(&mut self, write: &Write, now: u64) {
        self.seq += 1;
        let row = &write.row;
        let whole = || self.rows.get(&RowId::of(row.id.id));
        if row.kind == Kind::Part && whole().is_none_or(|(whole, ..)| whole.is_final) {
            return;
        }
        let was_final = self.rows.get(&row.id).is_some_and(|(held, ..)| held.is_final);
        let created = match self.rows.get(&row.id) {
            None if !write.creates => return,
            None => self.seq,
            Some((held, ..))
                if !write.changes || held.body.is_none() || (row.body.is_some() && row.stamp <= held.stamp) =>
            {
                return;
            }
            Some((held, digest, _)) => {
                self.digest = self.digest.without(*digest);
                held.created
            }
        };
        if row.body.is_none() {
            self.deleted.insert(row.id);
        }
        self.digest = self.digest.with(write.digest);
        self.rows.insert(
            row.id,
            (Row { seq: self.seq, created, is_final: was_final || row.is_final, ..row.clone() }, write.digest, now),
        );
        if row.is_final {
            self.rows.retain(|id, (other, ..)| other.kind != Kind::Part || id.id != row.id.id);
        }
    }

    /// Forgets what was deleted long ago.
    pub fn sweep(&mut self, now: u64) {
        let floor = &mut self.floor;
        self.rows.retain(|_, (row, _, at)| {
            let goes = row.body.is_none() && *at + TOMBSTONE_AGE_MS_MIN < now;
            *floor = if goes { row.seq.max(*floor) } else { *floor };
            !goes
        });
    }

    pub fn pull(&self, order: &PullOrder, role: StoreRole, keys: &CursorKeys, scope: &CursorScope<'_>) -> PullReply {
        let position = match order.cursor.as_deref().map(|cursor| keys.open(cursor, scope)).transpose() {
            Ok(position) => position,
            Err(_) => return PullReply::Resync { reason: ResyncReason::Cursor, after_ms: 0 },
        };
        let request = PullRequest { position, at_least: order.at_least, schema: order.schema, limits: order.limits };
        let state = FeedState { epoch: self.epoch, seq: self.seq, floor: self.floor, digest: self.digest };
        let rows = match state.plan(&request, role) {
            Ok(position) => self.after(position.seq, order.limits.rows + 1),
            Err(_) => Vec::new(),
        };
        match state.answer(&request, role, rows) {
            PullAnswer::Page(batch) => PullReply::Page(Page {
                follows: cursor_mark(order.cursor.as_deref()),
                epoch: batch.epoch,
                next: keys.seal(&batch.next, scope),
                given: batch.next.seq,
                head: batch.head,
                rows: batch.rows,
                caught_up: batch.caught_up,
            }),
            PullAnswer::Behind => PullReply::Behind,
            PullAnswer::Resync(reason) => PullReply::Resync { reason, after_ms: 0 },
        }
    }

    fn after(&self, seq: u64, most: usize) -> Vec<Row> {
        let mut rows: Vec<Row> = self.rows.values().map(|(row, ..)| row).filter(|row| row.seq > seq).cloned().collect();
        rows.sort_by_key(|row| row.seq);
        rows.truncate(most);
        rows
    }

    /// Live rows, with what a device must hold of them.
    pub fn live(&self) -> BTreeMap<RowId, Row> {
        let live = self.rows.iter().filter(|(_, (row, ..))| row.body.is_some());
        live.map(|(id, (row, ..))| (*id, row.clone())).collect()
    }
}

/// The feed of all tests.
pub fn feed() -> Id {
    Id::from_bytes([7; 16])
}
