//! A device: the client, and the store beside it that survives the client.

use std::collections::BTreeMap;

use edgewarden::sync::{
    AckStatus, ClientPolicy, Commit, Digest, Kind, Operation, OperationId, PageLimits, Row, RowId, Stamp, SyncClient,
    row_digest,
};

use crate::store::feed;

/// What is written down.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    pub rows: BTreeMap<RowId, (Row, u32)>,
    pub kept: Vec<Operation>,
    /// Rows of operations that were given up.
    pub dead: BTreeMap<RowId, AckStatus>,
    pub record: Option<Vec<u8>>,
}

/// A device in a world.
#[derive(Debug)]
pub struct Device {
    pub number: u32,
    pub disk: Disk,
    /// `None` while the app is not running.
    pub client: Option<SyncClient>,
    /// What the app was told to write down and has not yet.
    pub commit: Option<Commit>,
    /// Counts lives of the app: answers to an earlier one do not come.
    pub life: u32,
    /// How far its clock is off, in milliseconds.
    pub skew: i64,
    pub wake_at: u64,
    pub is_online: bool,
    /// The last stamp that this device wrote to a row and has not lost since.
    pub own: BTreeMap<RowId, Stamp>,
    pub backup: Option<Disk>,
}

impl Disk {
    /// Carries a commit out and says what the sum over all rows is then.
    pub fn apply(&mut self, commit: &Commit) -> Digest {
        for row in &commit.rows {
            let whole_is_there = self.rows.get(&RowId::of(row.id.id)).is_some_and(|(whole, _)| whole.is_final);
            if row.kind == Kind::Part && whole_is_there {
                continue;
            }
            let held = self.rows.get(&row.id);
            if held.is_some_and(|(held, generation)| *generation == commit.generation && held.seq >= row.seq) {
                continue;
            }
            match row.body {
                Some(_) => drop(self.rows.insert(row.id, (row.clone(), commit.generation))),
                None => drop(self.rows.remove(&row.id)),
            }
            if row.is_final {
                self.rows.retain(|id, (other, _)| other.kind != Kind::Part || id.id != row.id.id);
            }
        }
        if commit.sweeps {
            self.rows.retain(|_, (_, generation)| *generation == commit.generation);
        }
        self.kept.extend(commit.keeps.iter().cloned());
        for (dead, status) in &commit.gives_up {
            let operation = self.kept.iter().find(|operation| operation.operation == *dead);
            self.dead.extend(operation.map(|operation| (operation.id, *status)));
        }
        let goes = |id: &OperationId| commit.forgets.contains(id) || commit.gives_up.iter().any(|(dead, _)| dead == id);
        self.kept.retain(|operation| !goes(&operation.operation));
        self.record = Some(commit.record.clone());
        self.rows.values().fold(Digest::default(), |sum, (row, _)| sum.with(row_digest(row)))
    }
}

impl Device {
    pub fn new(number: u32, skew: i64) -> Self {
        Self {
            number,
            disk: Disk::default(),
            client: None,
            commit: None,
            life: 0,
            skew,
            wake_at: u64::MAX,
            is_online: false,
            own: BTreeMap::new(),
            backup: None,
        }
    }

    /// Starts the app from what is written down.
    pub fn start(&mut self, page_rows: usize, seed: u64) {
        let policy = ClientPolicy {
            page: PageLimits { rows: page_rows, ..PageLimits::default() },
            outbox_operations: OUTBOX_MAX,
            ..ClientPolicy::default()
        };
        let client = match &self.disk.record {
            None => SyncClient::new(feed(), self.number, policy, seed),
            Some(record) => match SyncClient::restore(record, self.disk.kept.clone(), policy, seed) {
                Ok(client) => client,
                Err(error) => panic!("{error}"),
            },
        };
        self.client = Some(client);
        self.life += 1;
        self.wake_at = 0;
    }

    /// The app ends, wherever it was. What it was about to write down is written, or not.
    pub fn crash(&mut self, is_written: bool) {
        if let Some(commit) = self.commit.take()
            && is_written
        {
            self.disk.apply(&commit);
        }
        self.client = None;
        self.is_online = false;
        let kept = |row: &RowId, stamp: &Stamp| {
            !self.disk.dead.contains_key(row)
                && self.disk.kept.iter().any(|operation| operation.id == *row && operation.stamp == *stamp)
                || self.disk.rows.get(row).is_some_and(|(held, _)| held.stamp >= *stamp)
        };
        let lost: Vec<RowId> = self.own.iter().filter(|(row, stamp)| !kept(row, stamp)).map(|(row, _)| *row).collect();
        self.own.retain(|row, _| !lost.contains(row));
    }

    /// The device is put back to an earlier backup, or another is made from it.
    pub fn put_back(&mut self) {
        let Some(backup) = self.backup.clone() else { return };
        self.crash(false);
        self.disk = backup;
        self.own.clear();
    }
}

pub const OUTBOX_MAX: usize = 40;
