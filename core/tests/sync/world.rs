//! Devices, a primary, replicas and a bad network under one clock and one seed.

use std::collections::BTreeMap;

use edgewarden::sync::{
    AHEAD_MS_MAX, Action, Body, CursorKeys, CursorScope, Draft, Id, Instruction, Kind, OperationId, PullOrder,
    PushOrder, Row, RowId, StoreRole, SyncEvent,
};
use edgewarden::time::Timestamp;

use crate::device::{Device, OUTBOX_MAX};
use crate::store::{Store, feed};

/// What goes wrong in this world.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    pub loss: bool,
    pub doubles: bool,
    pub delays: bool,
    pub partitions: bool,
    pub crashes: bool,
    pub failing_disks: bool,
    pub skew: bool,
    pub wrong_years: bool,
    pub replicas: bool,
    pub sweeps: bool,
    pub store_restores: bool,
    pub device_restores: bool,
}

/// What happened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub steps: u64,
    pub writes: u64,
    pub lost: u64,
    pub doubled: u64,
    pub crashes: u64,
    pub failed_commits: u64,
    pub sweeps: u64,
    pub store_restores: u64,
    pub device_restores: u64,
    pub resyncs: u64,
    pub given_up: u64,
}

impl Tally {
    pub fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        self.writes += other.writes;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.crashes += other.crashes;
        self.failed_commits += other.failed_commits;
        self.sweeps += other.sweeps;
        self.store_restores += other.store_restores;
        self.device_restores += other.device_restores;
        self.resyncs += other.resyncs;
        self.given_up += other.given_up;
    }
}

pub struct World {
    random: Random,
    faults: Faults,
    pub tally: Tally,
    now: u64,
    primary: Store,
    replicas: [Store; 2],
    backup: Store,
    devices: Vec<Device>,
    network: Vec<(u64, Letter)>,
    rows: Vec<RowId>,
    page_rows: usize,
    is_calm: bool,
}

#[derive(Clone, Debug)]
enum Letter {
    Pull { device: usize, life: u32, order: PullOrder },
    Push { device: usize, life: u32, order: PushOrder },
    Answer { device: usize, life: u32, event: SyncEvent },
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let mut faults = Faults::default();
        let mut switch = |of| random.below(of) == 0;
        faults.loss = switch(2);
        faults.doubles = switch(2);
        faults.delays = switch(2);
        faults.partitions = switch(2);
        faults.crashes = switch(2);
        faults.failing_disks = switch(3);
        faults.skew = switch(2);
        faults.wrong_years = switch(8);
        faults.replicas = switch(2);
        faults.sweeps = switch(3);
        faults.store_restores = switch(6);
        faults.device_restores = switch(4);
        let skews = [0, -30_000, 30_000, 12_000];
        let devices = (0..2 + random.below(3))
            .map(|number| {
                let off = if faults.skew { skews[number as usize % 4] } else { 0 };
                let off = if faults.wrong_years && number == 1 { 3_600_000 } else { off };
                Device::new(number as u32 + 1, off)
            })
            .collect();
        let primary = Store { epoch: 1, ..Store::default() };
        let page_rows = 1 + random.below(16) as usize;
        Self {
            random,
            faults,
            tally: Tally::default(),
            now: 1_700_000_000_000,
            replicas: [primary.clone(), primary.clone()],
            backup: primary.clone(),
            primary,
            devices,
            network: Vec::new(),
            rows: Vec::new(),
            page_rows,
            is_calm: false,
        }
    }

    /// Lets things happen, then calms down and looks whether all have the same.
    pub fn run(&mut self, steps: u64) -> Result<(), String> {
        for _ in 0..steps {
            self.step()?;
        }
        self.calm_down()
    }

    fn step(&mut self) -> Result<(), String> {
        self.tally.steps += 1;
        let device = self.random.below(self.devices.len() as u64) as usize;
        match self.random.below(100) {
            0..30 => self.deliver(),
            30..45 => self.write_down(device),
            45..60 => self.write(device),
            60..75 => {
                let millis = 1 + self.random.below(2_000);
                self.pass(millis);
            }
            75..80 => {
                let millis = self.random.below(40_000);
                self.pass(millis);
            }
            80..83 => self.tell(device, SyncEvent::ChangesAnnounced),
            83..88 => self.start(device),
            88..90 => {
                let on = self.devices[device].is_online && self.faults.partitions;
                self.connect(device, !on);
            }
            90..93 => self.connect(device, true),
            93 if self.faults.crashes => {
                self.tally.crashes += 1;
                let is_written = self.random.below(2) == 0;
                self.devices[device].crash(is_written);
            }
            94..96 if self.faults.replicas => {
                let which = self.random.below(2) as usize;
                self.replicas[which] = self.primary.clone();
            }
            96 if self.faults.sweeps => {
                let days = [1, 31, 95][self.random.below(3) as usize];
                self.pass(days * 86_400_000);
                self.primary.sweep(self.now);
                self.tally.sweeps += 1;
            }
            97 if self.faults.store_restores => self.restore_store(),
            98 if self.faults.device_restores => {
                if self.random.below(3) > 0 {
                    self.devices[device].backup = Some(self.devices[device].disk.clone());
                } else {
                    self.tally.device_restores += 1;
                    self.devices[device].put_back();
                }
            }
            _ => self.deliver(),
        }
        self.look(device)
    }

    fn pass(&mut self, millis: u64) {
        self.now += millis;
        for device in 0..self.devices.len() {
            if self.devices[device].wake_at <= self.local(device) {
                self.devices[device].wake_at = u64::MAX;
                self.tell(device, SyncEvent::TimePassed);
            }
        }
    }

    fn start(&mut self, device: usize) {
        if self.devices[device].client.is_none() {
            let seed = self.random.next();
            self.devices[device].start(self.page_rows, seed);
        }
    }

    fn connect(&mut self, device: usize, on: bool) {
        if self.devices[device].client.is_some() {
            self.devices[device].is_online = on;
            self.tell(device, if on { SyncEvent::ConnectionFound } else { SyncEvent::ConnectionLost });
        }
    }

    /// The life of a store: its own, and that of its deployment.
    fn restore_store(&mut self) {
        if self.random.below(4) > 0 {
            self.backup = self.primary.clone();
            return;
        }
        self.tally.store_restores += 1;
        let epoch = self.primary.epoch + 1;
        let deleted = std::mem::take(&mut self.primary.deleted);
        self.primary = Store { epoch, ..self.backup.clone() };
        self.primary.deleted.extend(deleted);
        self.devices.iter_mut().for_each(|device| device.own.clear());
    }

    fn write(&mut self, device: usize) {
        if self.devices[device].client.is_none() {
            return;
        }
        let draft = self.draft();
        let operation = self.id();
        let now = Timestamp::from_millis(self.local(device));
        let at = &mut self.devices[device];
        let client = at.client.as_mut().unwrap();
        let row = draft.id;
        let is_delete = draft.action == Action::Delete;
        let stored = |at: &Device| at.disk.rows.get(&row).map(|(row, _)| row.clone());
        let (before, is_part) = (client.pending(), draft.kind == Kind::Part);
        match client.write(draft, operation, now) {
            Ok(orders) => {
                self.tally.writes += 1;
                let shown = at.client.as_ref().unwrap().shown(row, stored(at));
                match shown {
                    _ if is_part => {}
                    Some(row) if !is_delete => drop(at.own.insert(row.id, row.stamp)),
                    _ => drop(at.own.remove(&row)),
                }
                self.carry_out(device, orders);
            }
            Err(_) => assert!(before >= OUTBOX_MAX),
        }
    }

    fn draft(&mut self) -> Draft {
        let conversation = feed();
        let body = |world: &mut Self, is_final| {
            let json = format!("{{\"n\":{},\"new\":null}}", world.random.below(1_000));
            Body { json, schema: 1, is_final }
        };
        let known = (!self.rows.is_empty()).then(|| self.rows[self.random.below(self.rows.len() as u64) as usize]);
        let (kind, id, action) = match (self.random.below(10), known) {
            (0..3, _) | (_, None) => {
                let id = RowId::of(self.id());
                self.rows.push(id);
                let is_final = self.random.below(3) > 0;
                (Kind::Message, id, Action::Create(body(self, is_final)))
            }
            (3..6, Some(id)) => (Kind::Message, id, Action::Put(body(self, true))),
            (6, Some(id)) => (Kind::Message, id, Action::Delete),
            (7, Some(id)) => {
                let part = RowId::facet(id.id, self.random.below(4) as u16);
                (Kind::Part, part, Action::Create(body(self, false)))
            }
            _ => {
                // How far somebody has read: one row for each of three people.
                let id = RowId::of(Id::from_bytes([self.random.below(3) as u8 + 1; 16]));
                (Kind::Mark, id, Action::Set(body(self, false)))
            }
        };
        Draft { kind, id, conversation, action, number: self.random.below(500) }
    }

    fn id(&mut self) -> OperationId {
        let mut entropy = [0; 10];
        entropy[..8].copy_from_slice(&self.random.next().to_be_bytes());
        Id::new(Timestamp::from_millis(self.now), entropy)
    }

    fn tell(&mut self, device: usize, event: SyncEvent) {
        let now = Timestamp::from_millis(self.local(device));
        if let Some(client) = &mut self.devices[device].client {
            let orders = client.handle(event, now);
            self.carry_out(device, orders);
        }
    }

    fn carry_out(&mut self, device: usize, orders: Vec<Instruction>) {
        let life = self.devices[device].life;
        for order in orders {
            match order {
                Instruction::Commit(commit) => {
                    let before = self.devices[device].commit.replace(commit);
                    assert!(before.is_none(), "two commits at once");
                }
                Instruction::Pull(order) => self.send(Letter::Pull { device, life, order }),
                Instruction::Push(order) => self.send(Letter::Push { device, life, order }),
                Instruction::WakeAt(at) => self.devices[device].wake_at = at.as_millis(),
                Instruction::Refresh { .. } => {}
                Instruction::GiveUp { operation, .. } => {
                    self.tally.given_up += 1;
                    self.devices[device].own.remove(&operation.id);
                }
                Instruction::ReportFault => panic!("a false alarm"),
                Instruction::AskForUpgrade => {}
            }
        }
    }

    fn send(&mut self, letter: Letter) {
        if self.faults.loss && !self.is_calm && self.random.below(5) == 0 {
            self.tally.lost += 1;
            return;
        }
        let copies = if self.faults.doubles && !self.is_calm && self.random.below(6) == 0 { 2 } else { 1 };
        self.tally.doubled += copies - 1;
        for _ in 0..copies {
            let delay = if self.faults.delays && !self.is_calm { self.random.below(30_000) } else { 20 };
            self.network.push((self.now + delay, letter.clone()));
        }
    }

    /// One letter that has come, any of them.
    fn deliver(&mut self) {
        let come: Vec<usize> = (0..self.network.len()).filter(|i| self.network[*i].0 <= self.now).collect();
        if come.is_empty() {
            return self.pass(20);
        }
        let which = come[self.random.below(come.len() as u64) as usize];
        let (_, letter) = self.network.swap_remove(which);
        match letter {
            Letter::Pull { device, life, order } => {
                let at_replica = self.faults.replicas && self.random.below(2) == 0;
                let (store, role) = match at_replica {
                    true => (&self.replicas[self.random.below(2) as usize], StoreRole::Replica),
                    false => (&self.primary, StoreRole::Primary),
                };
                let scope = CursorScope { principal: "ada", audience: "chat", feed: feed() };
                let answer = store.pull(&order, role, &keys(), &scope);
                self.tally.resyncs += u64::from(matches!(answer, edgewarden::sync::PullReply::Resync { .. }));
                let event = SyncEvent::PullAnswered { request: order.request, answer };
                self.send(Letter::Answer { device, life, event });
            }
            Letter::Push { device, life, order } => {
                let acks = self.primary.push(&order.operations, self.now);
                let event = SyncEvent::PushAnswered { request: order.request, epoch: self.primary.epoch, acks };
                self.send(Letter::Answer { device, life, event });
            }
            Letter::Answer { device, life, event } => {
                if self.devices[device].life == life && self.devices[device].is_online {
                    self.tell(device, event);
                }
            }
        }
    }

    /// The device's store gets to its work.
    fn write_down(&mut self, device: usize) {
        let Some(commit) = self.devices[device].commit.take() else { return };
        let number = commit.number;
        if self.faults.failing_disks && !self.is_calm && self.random.below(5) == 0 {
            self.tally.failed_commits += 1;
            return self.tell(device, SyncEvent::StoreFailed { commit: number });
        }
        let digest = self.devices[device].disk.apply(&commit);
        self.tell(device, SyncEvent::Stored { commit: number, digest });
    }

    /// What holds at any time.
    fn look(&self, device: usize) -> Result<(), String> {
        let at = &self.devices[device];
        let Some(client) = &at.client else { return Ok(()) };
        if client.pending() > OUTBOX_MAX {
            return Err("I10: the outbox is over its limit".to_owned());
        }
        // I6: what somebody wrote does not go from view by itself.
        for (id, stamp) in at.own.iter().filter(|_| !self.faults.wrong_years && !self.faults.store_restores) {
            let shown = client.shown(*id, at.disk.rows.get(id).map(|(row, _)| row.clone()));
            if shown.as_ref().is_none_or(|row| row.stamp < *stamp) && !self.primary.deleted.contains(id) {
                return Err(format!("I6: {id} of device {} is {shown:?}, written as {stamp:?}", at.number));
            }
        }
        let ahead = self.primary.rows.values().map(|(row, ..)| row).filter(|row| row.kind != Kind::Mark);
        match ahead.map(|row| row.stamp.millis()).max() {
            Some(latest) if latest > self.now + AHEAD_MS_MAX => Err("I12: a stamp of the future".to_owned()),
            _ => Ok(()),
        }
    }

    /// Nothing goes wrong any more: in the end all hold what the store holds, and owe nothing.
    fn calm_down(&mut self) -> Result<(), String> {
        self.is_calm = true;
        for device in 0..self.devices.len() {
            self.start(device);
            self.connect(device, true);
        }
        for _ in 0..20_000 {
            self.replicas = [self.primary.clone(), self.primary.clone()];
            (0..self.devices.len()).for_each(|device| self.write_down(device));
            self.deliver();
            if self.network.is_empty() && self.devices.iter().all(|device| device.commit.is_none()) {
                if self.difference().is_none() {
                    break;
                }
                self.pass(10_000);
            }
            self.pass(5);
        }
        self.difference().map_or(Ok(()), Err)
    }

    fn difference(&self) -> Option<String> {
        let live = self.primary.live();
        for device in &self.devices {
            let held: BTreeMap<RowId, Row> = device.disk.rows.iter().map(|(id, (row, _))| (*id, row.clone())).collect();
            let pending = device.client.as_ref().map_or(0, edgewarden::sync::SyncClient::pending);
            if held != live {
                let odd =
                    live.iter().find(|(id, row)| held.get(*id) != Some(*row)).map(|(id, row)| (id, row, held.get(id)));
                let more = held.keys().find(|id| !live.contains_key(*id));
                return Some(format!("I1: device {} differs: {odd:?}, or more: {more:?}", device.number));
            }
            if pending > 0 || !device.disk.kept.is_empty() {
                return Some(format!("I1: device {} owes {pending}, {} kept", device.number, device.disk.kept.len()));
            }
        }
        None
    }

    fn local(&self, device: usize) -> u64 {
        self.now.saturating_add_signed(self.devices[device].skew)
    }
}

fn keys() -> CursorKeys {
    CursorKeys::new(1, &[5; 32]).unwrap()
}

/// SplitMix64 (Steele, Lea, Flood, 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }
}
