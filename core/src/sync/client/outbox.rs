//! Operations that are not done yet, in the order they were made in.

use alloc::vec::Vec;

use crate::sync::operation::{Ack, AckStatus, Action, Operation, OperationId};
use crate::sync::row::{Kind, Row, RowId};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outbox {
    pending: Vec<Pending>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pending {
    operation: Operation,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// In memory alone.
    New,
    /// Durable, and to be sent.
    Kept,
    /// Written by the store as that number of the row; the row was not given yet.
    Acked { seq: u64 },
    /// To be forgotten: the row was given.
    Given,
    /// To be forgotten: it will never be written.
    Dead(AckStatus),
}

impl Outbox {
    /// Operations that were kept before.
    pub fn restored(operations: Vec<Operation>) -> Self {
        let kept = |operation| Pending { operation, state: State::Kept };
        Self { pending: operations.into_iter().map(kept).collect() }
    }

    pub fn len(&self) -> usize {
        self.pending.len()
    }

    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.pending.iter().map(|pending| &pending.operation)
    }

    pub fn add(&mut self, operation: Operation) {
        self.pending.push(Pending { operation, state: State::New });
    }

    /// Whether something is to be written down or forgotten.
    pub fn is_dirty(&self) -> bool {
        self.pending.iter().any(|pending| matches!(pending.state, State::New | State::Given | State::Dead(_)))
    }

    pub fn to_keep(&self) -> Vec<Operation> {
        self.of(|state| state == State::New).map(|pending| pending.operation.clone()).collect()
    }

    pub fn to_forget(&self) -> Vec<OperationId> {
        self.of(|state| state == State::Given).map(|pending| pending.operation.operation).collect()
    }

    pub fn to_give_up(&self) -> Vec<(OperationId, AckStatus)> {
        let dead = |pending: &Pending| match pending.state {
            State::Dead(status) => Some((pending.operation.operation, status)),
            State::New | State::Kept | State::Acked { .. } | State::Given => None,
        };
        self.pending.iter().filter_map(dead).collect()
    }

    /// The next operations to send.
    pub fn to_send(&self, most: usize) -> Vec<Operation> {
        self.of(|state| state == State::Kept).take(most).map(|pending| pending.operation.clone()).collect()
    }

    pub fn has_to_send(&self) -> bool {
        self.of(|state| state == State::Kept).next().is_some()
    }

    /// The newest number under which something is written that was not given yet.
    pub fn newest_ack(&self) -> Option<u64> {
        let seq = |pending: &Pending| match pending.state {
            State::Acked { seq } => Some(seq),
            State::New | State::Kept | State::Given | State::Dead(_) => None,
        };
        self.pending.iter().filter_map(seq).max()
    }

    /// A commit is durable that kept these and forgot those; the operations that were given up, and why.
    pub fn stored(&mut self, kept: &[OperationId], forgot: &[OperationId]) -> Vec<(Operation, AckStatus)> {
        for pending in self.pending.iter_mut().filter(|pending| kept.contains(&pending.operation.operation)) {
            if pending.state == State::New {
                pending.state = State::Kept;
            }
        }
        let mut given_up = Vec::new();
        self.pending.retain(|pending| {
            let goes = forgot.contains(&pending.operation.operation);
            if let (true, State::Dead(status)) = (goes, pending.state) {
                given_up.push((pending.operation.clone(), status));
            }
            !goes
        });
        given_up
    }

    /// What a store said of an operation that was sent; `given` is the number up to which all rows are held, if that is known. False
    /// where there is no such operation.
    pub fn acked(&mut self, ack: &Ack, given: Option<u64>) -> bool {
        let sent =
            |pending: &&mut Pending| pending.operation.operation == ack.operation && pending.state == State::Kept;
        let Some(pending) = self.pending.iter_mut().find(sent) else { return false };
        pending.state = if ack.status.is_dead() {
            State::Dead(ack.status)
        } else if given.is_some_and(|given| ack.seq <= given) {
            State::Given
        } else {
            State::Acked { seq: ack.seq }
        };
        true
    }

    /// Of what is acknowledged, that which is done once this page is stored, and which a commit may forget with it: the page has the
    /// row at that number or a later one, or everything up to it. That the cursor is beyond the number is not enough: a row that
    /// changed again moves on.
    pub fn done_with(&self, rows: &[Row], all_up_to: Option<u64>) -> Vec<OperationId> {
        let is_shown = |pending: &&Pending| {
            let State::Acked { seq } = pending.state else { return false };
            let is_here = || rows.iter().any(|row| row.id == pending.operation.id && row.seq >= seq);
            all_up_to.is_some_and(|given| seq <= given) || is_here()
        };
        self.pending.iter().filter(is_shown).map(|pending| pending.operation.operation).collect()
    }

    /// Everything up to that number is stored.
    pub fn settle(&mut self, given: u64) {
        for pending in &mut self.pending {
            if matches!(pending.state, State::Acked { seq } if seq <= given) {
                pending.state = State::Given;
            }
        }
    }

    /// The store may have lost what it acknowledged: all of it is sent again.
    pub fn begin_anew(&mut self) {
        for pending in &mut self.pending {
            if matches!(pending.state, State::Acked { .. } | State::Given) {
                pending.state = State::Kept;
            }
        }
    }

    /// The row as its user should see it: with the operations that are under way.
    pub fn shown(&self, id: RowId, stored: Option<Row>) -> Option<Row> {
        let here = self.pending.iter().filter(|pending| pending.operation.id == id);
        here.fold(stored, |row, pending| joined(row, &pending.operation))
    }

    fn of(&self, is_wanted: impl Fn(State) -> bool) -> impl Iterator<Item = &Pending> {
        self.pending.iter().filter(move |pending| is_wanted(pending.state))
    }
}

/// What the store will make of the row, as far as the device can know. Operations made here are never too late for rows made here.
fn joined(row: Option<Row>, operation: &Operation) -> Option<Row> {
    let (body, created, was_final) = match (&operation.action, &row) {
        (Action::Delete, _) | (Action::Put(_), None) => return None,
        (Action::Create(body) | Action::Set(body), None) => (body, u64::MAX, false),
        (Action::Create(_), Some(_)) => return row,
        (Action::Put(body) | Action::Set(body), Some(held)) => {
            if operation.stamp <= held.stamp {
                return row;
            }
            (body, held.created, held.is_final)
        }
    };
    Some(Row {
        kind: operation.kind.clone(),
        id: operation.id,
        conversation: operation.conversation,
        seq: row.map_or(u64::MAX, |held| held.seq),
        created,
        stamp: operation.stamp,
        schema: body.schema,
        is_final: was_final || (operation.kind == Kind::Message && body.is_final),
        body: Some(body.json.clone()),
    })
}
