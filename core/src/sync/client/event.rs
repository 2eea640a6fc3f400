//! What a client is told, and what it orders.

use alloc::string::String;
use alloc::vec::Vec;

use crate::sync::digest::Digest;
use crate::sync::operation::{Ack, AckStatus, Operation, OperationId};
use crate::sync::page::{PageLimits, ResyncReason};
use crate::sync::row::Row;
use crate::time::Timestamp;

/// What happened. Facts: the client decides what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncEvent {
    /// The network can be used.
    ConnectionFound,
    /// It cannot.
    ConnectionLost,
    /// The time that was asked for has come, or any other.
    TimePassed,
    /// Somebody says that the feed changed. To lose this costs time alone.
    ChangesAnnounced,
    /// A pull was answered.
    PullAnswered {
        /// Of which order.
        request: u32,
        /// The answer.
        answer: PullReply,
    },
    /// A pull brought nothing that can be read.
    PullFailed {
        /// Of which order.
        request: u32,
    },
    /// A push was answered.
    PushAnswered {
        /// Of which order.
        request: u32,
        /// The life of the store.
        epoch: u64,
        /// What became of each operation.
        acks: Vec<Ack>,
    },
    /// A push brought nothing that can be read. What was sent may have been written.
    PushFailed {
        /// Of which order.
        request: u32,
    },
    /// A commit is durable, as a whole.
    Stored {
        /// Which one.
        commit: u32,
        /// The sum over all live rows that the device holds.
        digest: Digest,
    },
    /// A commit was not made, as a whole.
    StoreFailed {
        /// Which one.
        commit: u32,
    },
}

/// What a store answers to a pull, as it comes over the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PullReply {
    /// A page.
    Page(Page),
    /// The store that was asked is too old.
    Behind,
    /// Begin anew, after so many milliseconds.
    Resync {
        /// Why.
        reason: ResyncReason,
        /// How long to wait, so that not all clients come at once.
        after_ms: u64,
    },
    /// This client is too old for the store.
    Upgrade,
}

/// A page, with the cursor that the store made of its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The mark of the cursor that it follows: see [`cursor_mark`](crate::sync::cursor_mark).
    pub follows: u64,
    /// The life of the store.
    pub epoch: u64,
    /// The rows.
    pub rows: Vec<Row>,
    /// Where the client stands with it.
    pub next: String,
    /// The number that everything up to which was given with it.
    pub given: u64,
    /// The last change that the store knew of.
    pub head: u64,
    /// If nothing is left, what the sum over all rows must be.
    pub caught_up: Option<Digest>,
}

/// What is to be done. Orders, in this sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instruction {
    /// Write all of it in one transaction, then say [`Stored`](SyncEvent::Stored).
    Commit(Commit),
    /// Ask the store for what is new.
    Pull(PullOrder),
    /// Send operations to the store.
    Push(PushOrder),
    /// Say [`TimePassed`](SyncEvent::TimePassed) then. Replaces the time asked for before.
    WakeAt(Timestamp),
    /// What is shown may have changed.
    Refresh {
        /// Whether it is a state that the store was in. Between that, rows that changed may be missing for a moment.
        caught_up: bool,
    },
    /// An operation will not be written, and why. It is no longer in the outbox: whoever wrote it should be told.
    GiveUp {
        /// The operation.
        operation: Operation,
        /// Why.
        status: AckStatus,
    },
    /// What the device holds is not what the store has, although it should be. The client begins anew by itself; this is for whoever
    /// looks after the stores.
    ReportFault,
    /// The app has to be renewed before it can go on.
    AskForUpgrade,
}

/// One transaction of the device's store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its number.
    pub number: u32,
    /// The generation of the rows: a row that is held is replaced if it is of an older one, or has a smaller `seq`.
    pub generation: u32,
    /// Rows to take. A row without a body is deleted; a message that is [final](Row::is_final) takes its parts with it, and a part
    /// of a message that is final, or deleted, is not taken.
    pub rows: Vec<Row>,
    /// Delete, after that, every row of an older generation.
    pub sweeps: bool,
    /// Operations to keep.
    pub keeps: Vec<Operation>,
    /// Operations to forget: their rows are here.
    pub forgets: Vec<OperationId>,
    /// Operations to move to where the user finds what was not written, and why.
    pub gives_up: Vec<(OperationId, AckStatus)>,
    /// The client's own record, to be handed to [`SyncClient::restore`](super::SyncClient::restore) with the operations kept.
    pub record: Vec<u8>,
}

/// A request for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullOrder {
    /// Its number, to be named in the answer.
    pub request: u32,
    /// Where the client stands.
    pub cursor: Option<String>,
    /// The newest state that the client knows of, which the page must be from or be newer: epoch and number.
    pub at_least: Option<(u64, u64)>,
    /// Schema that it reads.
    pub schema: u8,
    /// How much it takes.
    pub limits: PageLimits,
    /// From then on the answer is not waited for.
    pub deadline: Timestamp,
}

/// A request to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushOrder {
    /// Its number, to be named in the answer.
    pub request: u32,
    /// The operations, in the order they were made in.
    pub operations: Vec<Operation>,
    /// From then on the answer is not waited for.
    pub deadline: Timestamp,
}
