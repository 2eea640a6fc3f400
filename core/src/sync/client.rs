//! The side of a device: events in, orders out, in three lanes over one record.
//!
//! One lane pulls, one pushes, one stores. Each is an enum whose states say what is waited for; nothing is polled. The host carries
//! out the orders in their sequence and says what came of them. Whatever it does not say, because it crashed, is as if it had
//! failed: [`SyncClient::restore`] goes on from the last commit that was durable.

mod backoff;
mod event;
mod outbox;
mod record;

use alloc::vec::Vec;
use core::mem;

use backoff::{Backoff, Random};
pub use event::{Commit, Instruction, Page, PullOrder, PullReply, PushOrder, SyncEvent};
use outbox::Outbox;
use record::Record;
pub use record::RecordError;

use super::cursor::cursor_mark;
use super::digest::Digest;
use super::id::Id;
use super::operation::{Ack, Action, Operation, OperationId, Rejection};
use super::page::{PageLimits, ResyncReason};
use super::push::{OPERATIONS_MAX, check_body};
use super::row::{Kind, Row, RowId};
use super::stamp::{Stamp, StampClock};
use crate::time::Timestamp;

/// How a client behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientPolicy {
    /// Milliseconds between pulls when nothing happens. Announcements may be lost, so there is always a next pull. Default 30,000.
    pub pull_every_ms: u64,
    /// Milliseconds that an answer is waited for. Default 20,000.
    pub answer_ms: u64,
    /// Operations that the outbox holds before it says [`Busy`](WriteError::Busy). Default 1,000.
    pub outbox_operations: usize,
    /// How much a page may hold.
    pub page: PageLimits,
    /// Schema of the rows that the app reads.
    pub schema: u8,
}

/// What a user wants written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What the row is.
    pub kind: Kind,
    /// The row.
    pub id: RowId,
    /// The conversation that it belongs to.
    pub conversation: Id,
    /// What is to be done.
    pub action: Action,
    /// For a mark: how far somebody has read, the greatest [`created`](Row::created).
    pub number: u64,
}

/// Why nothing was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// The outbox is full: wait until some of it is written.
    Busy {
        /// Operations it holds.
        operations: usize,
    },
    /// No store would take it.
    Rejected(Rejection),
}

/// The client of one feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncClient {
    policy: ClientPolicy,
    record: Record,
    clock: StampClock,
    outbox: Outbox,
    pull: PullLane,
    push: PushLane,
    store: StoreLane,
    /// A page that is to be stored.
    page: Option<Page>,
    /// Everything up to this number is stored, and it was all there was.
    caught_up: Option<u64>,
    /// Times in a row that the sums differed.
    faults: u8,
    is_online: bool,
    pull_backoff: Backoff,
    push_backoff: Backoff,
    store_backoff: Backoff,
    random: Random,
    numbers: u32,
    /// The time last asked for.
    wake_at: u64,
}

/// What the pull lane waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PullLane {
    /// The time for the next pull.
    Idle { due: u64 },
    /// An answer.
    Waiting { request: u32, until: u64 },
    /// That the page is durable.
    Storing,
}

/// What the push lane waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PushLane {
    /// Something to send, and that time.
    Idle { due: u64 },
    /// An answer.
    Waiting { request: u32, until: u64 },
}

/// What the store lane waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum StoreLane {
    /// Something to write down, and that time.
    Idle { due: u64 },
    /// That a commit is durable.
    Storing { commit: u32, staged: Staged },
}

/// What is true once a commit is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Staged {
    record: Record,
    kept: Vec<OperationId>,
    forgot: Vec<OperationId>,
    /// For a commit with a page: the number up to which all is given, and the sum if nothing was left.
    page: Option<(u64, Option<Digest>)>,
}

impl SyncClient {
    /// The client of a feed on a device that holds nothing of it. `client` is a random number of the device, `seed` another.
    pub fn new(feed: Id, client: u32, policy: ClientPolicy, seed: u64) -> Self {
        Self::of(Record::new(feed, client), Outbox::default(), policy, seed)
    }

    /// The client of the device's last commit: its record, and the operations that were kept and not forgotten, in the order they
    /// were kept in.
    ///
    /// # Errors
    /// See [`RecordError`]. A device without its record begins with [`new`](Self::new) and the operations that it finds.
    pub fn restore(
        record: &[u8],
        operations: Vec<Operation>,
        policy: ClientPolicy,
        seed: u64,
    ) -> Result<Self, RecordError> {
        Ok(Self::of(Record::from_bytes(record)?, Outbox::restored(operations), policy, seed))
    }

    fn of(record: Record, outbox: Outbox, policy: ClientPolicy, seed: u64) -> Self {
        Self {
            policy,
            clock: StampClock::restored(record.stamp),
            record,
            outbox,
            pull: PullLane::Idle { due: 0 },
            push: PushLane::Idle { due: 0 },
            store: StoreLane::Idle { due: 0 },
            page: None,
            caught_up: None,
            faults: 0,
            is_online: false,
            pull_backoff: Backoff::default(),
            push_backoff: Backoff::default(),
            store_backoff: Backoff::default(),
            random: Random(seed),
            // Answers to a client before this one are not for it.
            numbers: (seed >> 32) as u32,
            wake_at: u64::MAX,
        }
    }

    /// The feed.
    pub fn feed(&self) -> Id {
        self.record.feed
    }

    /// Operations that are not done.
    pub fn pending(&self) -> usize {
        self.outbox.len()
    }

    /// Rows that operations under way touch.
    pub fn pending_rows(&self) -> impl Iterator<Item = RowId> {
        self.outbox.operations().map(|operation| operation.id)
    }

    /// A row as its user should see it: `stored` is what the device holds of it, and the operations under way come on top.
    pub fn shown(&self, id: RowId, stored: Option<Row>) -> Option<Row> {
        self.outbox.shown(id, stored)
    }

    /// Takes something that a user wrote. It is shown at once, and sent when it is durable. `operation` is a new random id.
    ///
    /// # Errors
    /// See [`WriteError`]; nothing changed then.
    pub fn write(
        &mut self,
        draft: Draft,
        operation: OperationId,
        now: Timestamp,
    ) -> Result<Vec<Instruction>, WriteError> {
        let operations = self.outbox.len();
        if operations >= self.policy.outbox_operations {
            return Err(WriteError::Busy { operations });
        }
        draft.action.body().map_or(Ok(()), check_body).map_err(WriteError::Rejected)?;
        let stamp = match draft.kind {
            Kind::Mark => Stamp::of_number(draft.number, self.clock.client()),
            Kind::Conversation | Kind::Message | Kind::Member | Kind::Part | Kind::Other(_) => self.clock.tick(now),
        };
        let Draft { kind, id, conversation, action, number: _ } = draft;
        let made_at = now.as_millis();
        self.outbox.add(Operation { operation, kind, id, conversation, stamp, made_at, action });
        let mut orders = alloc::vec![Instruction::Refresh { caught_up: false }];
        self.proceed(made_at, &mut orders);
        Ok(orders)
    }

    /// Takes note of what happened and says what is to be done.
    pub fn handle(&mut self, event: SyncEvent, now: Timestamp) -> Vec<Instruction> {
        let now = now.as_millis();
        let mut orders = Vec::new();
        match event {
            SyncEvent::ConnectionFound => self.connected(now),
            SyncEvent::ConnectionLost => self.disconnected(now),
            SyncEvent::TimePassed => self.time_passed(now),
            SyncEvent::ChangesAnnounced => self.pull_soon(now),
            SyncEvent::PullAnswered { request, answer } => self.pull_answered(request, answer, now, &mut orders),
            SyncEvent::PullFailed { request } => self.pull_failed(request, now),
            SyncEvent::PushAnswered { request, epoch, acks } => self.push_answered(request, epoch, &acks, now),
            SyncEvent::PushFailed { request } => self.push_failed(request, now),
            SyncEvent::Stored { commit, digest } => self.stored(commit, digest, now, &mut orders),
            SyncEvent::StoreFailed { commit } => self.store_failed(commit, now),
        }
        self.proceed(now, &mut orders);
        orders
    }

    fn connected(&mut self, now: u64) {
        self.is_online = true;
        self.pull_soon(now);
        if let PushLane::Idle { due } = &mut self.push {
            *due = (*due).min(now);
        }
    }

    /// Answers will not come. What was sent may have been written all the same.
    fn disconnected(&mut self, now: u64) {
        self.is_online = false;
        if let PullLane::Waiting { .. } = self.pull {
            self.pull = PullLane::Idle { due: now };
        }
        if let PushLane::Waiting { .. } = self.push {
            self.push = PushLane::Idle { due: now };
        }
    }

    fn time_passed(&mut self, now: u64) {
        if let PullLane::Waiting { request, until } = self.pull
            && until <= now
        {
            self.pull_failed(request, now);
        }
        if let PushLane::Waiting { request, until } = self.push
            && until <= now
        {
            self.push_failed(request, now);
        }
    }

    fn pull_soon(&mut self, now: u64) {
        if let PullLane::Idle { due } = &mut self.pull {
            *due = (*due).min(now);
        }
    }

    fn pull_answered(&mut self, request: u32, answer: PullReply, now: u64, orders: &mut Vec<Instruction>) {
        if !matches!(self.pull, PullLane::Waiting { request: awaited, .. } if awaited == request) {
            return;
        }
        match answer {
            PullReply::Page(page) => {
                let follows = page.follows == cursor_mark(self.record.cursor.as_deref());
                let is_of_this_life = self.record.cursor.is_none() || self.record.epoch == Some(page.epoch);
                if !follows || !is_of_this_life {
                    return self.pull_again_later(now);
                }
                self.pull_backoff.succeed();
                self.pull = PullLane::Storing;
                self.page = Some(page);
            }
            PullReply::Behind => self.pull_again_later(now),
            PullReply::Resync { after_ms, reason } => {
                self.begin_anew();
                if matches!(reason, ResyncReason::Epoch | ResyncReason::Ahead) {
                    // What was seen is no more.
                    self.record.seen = None;
                }
                self.pull_again_later(now.saturating_add(after_ms.min(RESYNC_AFTER_MS_MAX)));
            }
            PullReply::Upgrade => {
                orders.push(Instruction::AskForUpgrade);
                self.pull_again_later(now);
            }
        }
    }

    fn pull_failed(&mut self, request: u32, now: u64) {
        if matches!(self.pull, PullLane::Waiting { request: awaited, .. } if awaited == request) {
            self.pull_again_later(now);
        }
    }

    fn pull_again_later(&mut self, now: u64) {
        let wait = self.pull_backoff.fail(&mut self.random);
        self.pull = PullLane::Idle { due: now.saturating_add(wait) };
    }

    /// Rows stay, and are shown, until all have come anew. Until the first page says which life the store is in, what it
    /// acknowledges cannot be told from what it acknowledged in another.
    fn begin_anew(&mut self) {
        self.record.cursor = None;
        self.record.epoch = None;
        self.record.generation = self.record.generation.wrapping_add(1);
        self.record.is_beginning = true;
        self.caught_up = None;
        self.outbox.begin_anew();
    }

    fn push_answered(&mut self, request: u32, epoch: u64, acks: &[Ack], now: u64) {
        if !matches!(self.push, PushLane::Waiting { request: awaited, .. } if awaited == request) {
            return;
        }
        if self.record.epoch != Some(epoch) {
            // Numbers of another life say nothing here. The next page says which one it is.
            self.pull_soon(now);
            return self.push_again_later(now);
        }
        let taken = acks.iter().filter(|ack| self.outbox.acked(ack, self.caught_up)).count();
        if taken == 0 {
            return self.push_again_later(now);
        }
        self.push_backoff.succeed();
        self.push = PushLane::Idle { due: now };
        if self.outbox.newest_ack().is_some() {
            self.pull_soon(now);
        }
    }

    fn push_failed(&mut self, request: u32, now: u64) {
        if matches!(self.push, PushLane::Waiting { request: awaited, .. } if awaited == request) {
            self.push_again_later(now);
        }
    }

    fn push_again_later(&mut self, now: u64) {
        let wait = self.push_backoff.fail(&mut self.random);
        self.push = PushLane::Idle { due: now.saturating_add(wait) };
    }

    fn stored(&mut self, commit: u32, digest: Digest, now: u64, orders: &mut Vec<Instruction>) {
        let staged = match mem::replace(&mut self.store, StoreLane::Idle { due: now }) {
            StoreLane::Storing { commit: awaited, staged } if awaited == commit => staged,
            other => {
                self.store = other;
                return;
            }
        };
        self.store_backoff.succeed();
        let given_up = self.outbox.stored(&staged.kept, &staged.forgot);
        orders.extend(given_up.into_iter().map(|(operation, status)| Instruction::GiveUp { operation, status }));
        let Some((given, sum)) = staged.page else {
            orders.push(Instruction::Refresh { caught_up: false });
            return;
        };
        self.record = staged.record;
        let is_fault = sum.is_some_and(|sum| sum != digest);
        orders.push(Instruction::Refresh { caught_up: sum.is_some() && !is_fault });
        self.pull = PullLane::Idle { due: now };
        if is_fault {
            self.faults += 1;
            if self.faults >= FAULTS_MAX {
                self.faults = 0;
                orders.push(Instruction::ReportFault);
                self.begin_anew();
                self.pull_again_later(now);
            }
        } else if sum.is_some() {
            self.faults = 0;
            self.caught_up = Some(given);
            self.outbox.settle(given);
            self.pull = PullLane::Idle { due: now.saturating_add(self.policy.pull_every_ms) };
        } else {
            self.caught_up = None;
        }
    }

    fn store_failed(&mut self, commit: u32, now: u64) {
        if !matches!(self.store, StoreLane::Storing { commit: awaited, .. } if awaited == commit) {
            return;
        }
        let wait = self.store_backoff.fail(&mut self.random);
        self.store = StoreLane::Idle { due: now.saturating_add(wait) };
        if self.pull == PullLane::Storing {
            // The page is asked for again.
            self.page = None;
            self.pull_again_later(now);
        }
    }

    /// Gives the orders that are due.
    fn proceed(&mut self, now: u64, orders: &mut Vec<Instruction>) {
        self.commit(now, orders);
        if let PullLane::Idle { due } = self.pull
            && self.is_online
            && due <= now
        {
            let (request, until) = (self.number(), now.saturating_add(self.policy.answer_ms));
            self.pull = PullLane::Waiting { request, until };
            orders.push(Instruction::Pull(PullOrder {
                request,
                cursor: self.record.cursor.clone(),
                at_least: self.newest_known(),
                schema: self.policy.schema,
                limits: self.policy.page,
                deadline: Timestamp::from_millis(until),
            }));
        }
        if let PushLane::Idle { due } = self.push
            && self.is_online
            && self.record.epoch.is_some()
            && due <= now
        {
            let operations = self.outbox.to_send(OPERATIONS_MAX);
            if !operations.is_empty() {
                let (request, until) = (self.number(), now.saturating_add(self.policy.answer_ms));
                self.push = PushLane::Waiting { request, until };
                let deadline = Timestamp::from_millis(until);
                orders.push(Instruction::Push(PushOrder { request, operations, deadline }));
            }
        }
        let wake_at = self.deadline();
        if wake_at != self.wake_at && wake_at != u64::MAX {
            orders.push(Instruction::WakeAt(Timestamp::from_millis(wake_at)));
        }
        self.wake_at = wake_at;
    }

    /// One commit at a time: a later one would make a record durable whose rows an earlier one may yet fail to write.
    fn commit(&mut self, now: u64, orders: &mut Vec<Instruction>) {
        let StoreLane::Idle { due } = self.store else { return };
        let is_page_ready = self.page.is_some() && self.pull == PullLane::Storing;
        if due > now || !(is_page_ready || self.outbox.is_dirty()) {
            return;
        }
        let page = self.page.take().filter(|_| is_page_ready);
        let mut record = self.record.clone();
        record.stamp = self.clock.last();
        let mut staged_page = None;
        let (mut rows, mut sweeps, mut done) = (Vec::new(), false, Vec::new());
        if let Some(page) = page {
            for row in page.rows.iter().filter(|row| row.kind != Kind::Mark) {
                self.clock.observe(row.stamp, Timestamp::from_millis(now));
            }
            record.epoch = Some(page.epoch);
            record.cursor = Some(page.next);
            record.seen = Some((page.epoch, page.head));
            sweeps = record.is_beginning && page.caught_up.is_some();
            record.is_beginning &= page.caught_up.is_none();
            done = self.outbox.done_with(&page.rows, page.caught_up.map(|_| page.given));
            staged_page = Some((page.given, page.caught_up));
            rows = page.rows;
        }
        let keeps = self.outbox.to_keep();
        let mut forgets = self.outbox.to_forget();
        forgets.extend(done);
        let gives_up = self.outbox.to_give_up();
        let number = self.number();
        let staged = Staged {
            record: record.clone(),
            kept: keeps.iter().map(|operation| operation.operation).collect(),
            forgot: forgets.iter().copied().chain(gives_up.iter().map(|(operation, _)| *operation)).collect(),
            page: staged_page,
        };
        self.store = StoreLane::Storing { commit: number, staged };
        let (generation, record) = (record.generation, record.to_bytes());
        orders.push(Instruction::Commit(Commit { number, generation, rows, sweeps, keeps, forgets, gives_up, record }));
    }

    /// The newest state that the store is known to have been in.
    fn newest_known(&self) -> Option<(u64, u64)> {
        let written = self.record.epoch.zip(self.outbox.newest_ack());
        match (self.record.seen, written) {
            (Some(seen), Some(written)) if seen.0 == written.0 => Some(seen.max(written)),
            (seen, written) => written.or(seen),
        }
    }

    /// The next time at which something is due.
    fn deadline(&self) -> u64 {
        let pull = match self.pull {
            PullLane::Idle { due } if self.is_online => due,
            PullLane::Waiting { until, .. } => until,
            PullLane::Idle { .. } | PullLane::Storing => u64::MAX,
        };
        let push = match self.push {
            PushLane::Idle { due } if self.is_online && self.record.epoch.is_some() && self.outbox.has_to_send() => due,
            PushLane::Waiting { until, .. } => until,
            PushLane::Idle { .. } => u64::MAX,
        };
        let store = match self.store {
            StoreLane::Idle { due } if self.page.is_some() || self.outbox.is_dirty() => due,
            StoreLane::Idle { .. } | StoreLane::Storing { .. } => u64::MAX,
        };
        pull.min(push).min(store)
    }

    fn number(&mut self) -> u32 {
        self.numbers = self.numbers.wrapping_add(1);
        self.numbers
    }
}

impl Default for ClientPolicy {
    fn default() -> Self {
        Self {
            pull_every_ms: 30_000,
            answer_ms: 20_000,
            outbox_operations: 1_000,
            page: PageLimits::default(),
            schema: 1,
        }
    }
}

/// Sums that may differ in a row before the client begins anew: the first may be a row that came by another way than by a page.
const FAULTS_MAX: u8 = 2;

/// The longest wait that a store may ask for before a client begins anew: 10 minutes.
const RESYNC_AFTER_MS_MAX: u64 = 600_000;
