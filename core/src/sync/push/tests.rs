use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};

use super::*;
use crate::sync::{Digest, Id};

const NOW: u64 = 1_700_000_000_000;

#[test]
fn a_push_names_each_row_once_and_says_what_became_of_each_operation() {
    let mut store = Store::default();
    let operations =
        [create(1, 10), put(1, 12), put(1, 11), put(2, 10), delete(3, 10), create(4, 10), delete(4, 11), put(4, 99)];
    let plan = PushPlan::new(&operations, now());
    assert_eq!(plan.writes.len(), 4);
    let statuses: Vec<AckStatus> = store.push(&operations, NOW).iter().map(|ack| ack.status).collect();
    use AckStatus::{Applied, Gone, Lost};
    assert_eq!(statuses, [Lost, Applied, Lost, Gone, Applied, Gone, Applied, Gone]);
    assert_eq!(store.live(), [id(1)]);
    // A row that was made and deleted leaves a tombstone: its making may come again.
    assert!(store.rows.contains_key(&id(4)) && !store.rows.contains_key(&id(3)));
}

#[test]
fn a16_a_push_that_comes_again_changes_nothing() {
    let mut store = Store::default();
    let operations = [create(1, 10), put(1, 12), create(2, 10), delete(2, 11)];
    let first = store.push(&operations, NOW);
    let before = store.clone();
    let again = store.push(&operations, NOW);
    assert_eq!(store.rows, before.rows);
    assert_eq!(
        first.iter().map(|ack| ack.seq).collect::<Vec<_>>(),
        again.iter().map(|ack| ack.seq).collect::<Vec<_>>()
    );
}

#[test]
fn operations_are_joins_whatever_their_order_cut_and_number() {
    // The makings come first: what names a row before it is made is too late on purpose.
    for seed in 0..2_000 {
        let mut random = Random(seed);
        let made: Vec<Operation> = (0..4).map(|row| create(row, 1)).collect();
        let mut later: Vec<Operation> = (0..12)
            .map(|i| match random.below(4) {
                0 => delete(random.below(4), 20 + i),
                _ => put(random.below(4), 10 + random.below(9)),
            })
            .collect();
        let mut one = Store::default();
        one.push(&made, NOW);
        later.iter().for_each(|operation| drop(one.push(core::slice::from_ref(operation), NOW)));
        let mut other = Store::default();
        other.push(&made, NOW);
        for i in (1..later.len()).rev() {
            later.swap(i, usize::try_from(random.below(i as u64 + 1)).unwrap());
        }
        later.push(later[0].clone());
        for some in later.chunks(1 + usize::try_from(random.below(5)).unwrap()) {
            other.push(some, NOW);
        }
        other.push(&made, NOW);
        assert_eq!(one.states(), other.states(), "seed {seed}");
        assert_eq!(other.digest, other.recomputed(), "seed {seed}");
    }
}

#[test]
fn a15_nothing_but_a_making_makes_and_nothing_brings_back() {
    let mut store = Store::default();
    assert_eq!(store.push(&[put(1, 10)], NOW)[0].status, AckStatus::Gone);
    store.push(&[create(1, 10), delete(1, 11)], NOW);
    for operation in [create(1, 99), put(1, 99)] {
        assert_eq!(store.push(&[operation], NOW)[0].status, AckStatus::Gone);
    }
    assert!(store.live().is_empty());
}

#[test]
fn what_is_too_old_is_refused_before_it_can_bring_back_the_forgotten() {
    let old = |age| Operation { made_at: NOW - age, ..create(1, 10) };
    assert_eq!(status(&old(OPERATION_AGE_MS_MAX)), AckStatus::Applied);
    assert_eq!(status(&old(OPERATION_AGE_MS_MAX + 1)), AckStatus::Expired);
    let ahead = |by| Operation { made_at: NOW + by, ..create(1, 10) };
    assert_eq!(status(&ahead(3_600_000)), AckStatus::Applied);
    assert_eq!(status(&ahead(OPERATION_AGE_MS_MAX + 1)), AckStatus::Rejected(Rejection::FromTheFuture));
    const { assert!(OPERATION_AGE_MS_MAX < TOMBSTONE_AGE_MS_MIN) };
}

#[test]
fn a23_a_stamp_from_the_future_is_brought_to_within_a_minute() {
    let mut store = Store::default();
    let far = Operation { stamp: Stamp::new(NOW + 80 * 365 * 86_400_000, 0, 1), ..create(1, 0) };
    assert_eq!(store.push(&[far], NOW)[0].status, AckStatus::Applied);
    assert!(store.rows[&id(1)].0.stamp.millis() <= NOW + AHEAD_MS_MAX);
    let next = Operation { stamp: Stamp::new(NOW + AHEAD_MS_MAX + 1, 0, 2), ..put(1, 0) };
    assert_eq!(store.push(&[next], NOW + 1)[0].status, AckStatus::Applied);
}

#[test]
fn marks_move_on_and_never_back() {
    let mut store = Store::default();
    let action = Action::Set(body("{}"));
    let mark = |number, client| Operation {
        kind: Kind::Mark,
        stamp: Stamp::of_number(number, client),
        action: action.clone(),
        ..create(1, 0)
    };
    store.push(&[mark(40, 1)], NOW);
    store.push(&[mark(12, 2)], NOW + 5);
    assert_eq!(store.rows[&id(1)].0.stamp.number(), 40);
    store.push(&[mark(41, 2)], NOW);
    assert_eq!(store.rows[&id(1)].0.stamp.number(), 41);
}

#[test]
fn a28_parts_stay_as_they_are_and_go_with_the_whole() {
    let mut store = Store::default();
    let part = |row, number, text: &str| Operation {
        kind: Kind::Part,
        id: RowId::facet(id(row).id, number),
        action: Action::Create(body(&format!("\"{text}\""))),
        ..create(row, 10)
    };
    let open = Operation { action: Action::Create(Body { is_final: false, ..body("\"\"") }), ..create(1, 10) };
    store.push(&[open, part(1, 0, "Hel"), part(1, 1, "lo")], NOW);
    store.push(&[part(1, 1, "p!")], NOW);
    let number = |store: &Store| store.rows.values().filter(|(row, _)| row.kind == Kind::Part).count();
    assert_eq!((number(&store), store.digest), (2, store.recomputed()));
    assert_eq!(store.rows[&RowId::facet(id(1).id, 1)].0.body.as_deref(), Some("\"lo\""));
    store.push(&[put(1, 12)], NOW);
    assert_eq!(number(&store), 0);
    // A part that is late does not come back.
    assert_eq!(store.push(&[part(1, 1, "lo")], NOW)[0].status, AckStatus::Gone);
    assert_eq!((number(&store), store.digest), (0, store.recomputed()));
}

#[test]
fn a29_a_body_is_json_that_every_store_keeps() {
    let long = format!("\"{}\"", "a".repeat(BODY_BYTES_MAX));
    let deep = format!("{}1{}", "[".repeat(33), "]".repeat(33));
    for (json, expected) in [
        ("{\"text\":\"grüße 😀\",\"new\":{\"kept\":[1,2.50]}}", None),
        ("null", None),
        (long.as_str(), Some(Rejection::BodyTooLarge)),
        (deep.as_str(), Some(Rejection::BodyNotJson)),
        ("", Some(Rejection::BodyNotJson)),
        ("{\"a\":1,\"a\":2}", Some(Rejection::BodyNotJson)),
        ("\"\\ud800\"", Some(Rejection::BodyNotJson)),
        ("\"a\\u0000b\"", Some(Rejection::BodyNotPortable)),
        ("{\"\\u0000\":1}", Some(Rejection::BodyNotPortable)),
        ("[[\"\\u0000\"]]", Some(Rejection::BodyNotPortable)),
    ] {
        assert_eq!(check_body(&body(json)).err(), expected, "{json:.40}");
    }
}

#[test]
fn rows_have_names_that_fit_their_kind() {
    let facet = |kind, facet| Operation { kind, id: RowId { facet, ..id(1) }, ..create(1, 10) };
    for (kind, number, is_fitting) in [
        (Kind::Part, None, false),
        (Kind::Part, Some(0), true),
        (Kind::Message, Some(0), false),
        (Kind::Mark, Some(0), false),
        (Kind::Member, Some(0), false),
        (Kind::Conversation, Some(2), true),
        (Kind::Other("card".to_string()), Some(2), true),
    ] {
        let is_named_badly = status(&facet(kind.clone(), number)) == AckStatus::Rejected(Rejection::BadName);
        assert_eq!(!is_named_badly, is_fitting, "{kind:?} {number:?}");
    }
}

#[test]
fn debug_shows_no_body() {
    let operation = Operation { action: Action::Create(body("\"hush\"")), ..create(1, 1) };
    let plan = PushPlan::new(core::slice::from_ref(&operation), now());
    let shown = format!("{operation:?} {plan:?}");
    assert!(!shown.contains("hush"), "{shown}");
}

/// What every store does with a plan, without one.
#[derive(Clone, Default)]
struct Store {
    seq: u64,
    digest: Digest,
    /// Rows with their digests.
    rows: BTreeMap<RowId, (Row, u64)>,
}

impl Store {
    fn push(&mut self, operations: &[Operation], at: u64) -> Vec<Ack> {
        let plan = PushPlan::new(operations, Timestamp::from_millis(at));
        plan.writes.iter().for_each(|write| self.join(write));
        let stored = plan.writes.iter().map(|write| self.rows.get(&write.row.id));
        let stored = stored
            .map(|row| row.map(|(row, _)| Stored { seq: row.seq, stamp: row.stamp, is_deleted: row.body.is_none() }));
        plan.acks(operations, &stored.collect::<Vec<_>>())
    }

    fn join(&mut self, write: &Write) {
        self.seq += 1;
        let row = &write.row;
        if row.kind == Kind::Part && self.rows.get(&RowId::of(row.id.id)).is_none_or(|(whole, _)| whole.is_final) {
            return;
        }
        let was_final = self.rows.get(&row.id).is_some_and(|(held, ..)| held.is_final);
        let created = match self.rows.get(&row.id) {
            None if !write.creates => return,
            None => self.seq,
            Some((held, _))
                if !write.changes || held.body.is_none() || (row.body.is_some() && row.stamp <= held.stamp) =>
            {
                return;
            }
            Some((held, digest)) => {
                self.digest = self.digest.without(*digest);
                held.created
            }
        };
        self.digest = self.digest.with(write.digest);
        self.rows.insert(
            row.id,
            (Row { seq: self.seq, created, is_final: was_final || row.is_final, ..row.clone() }, write.digest),
        );
        if row.is_final {
            self.rows.retain(|id, (other, _)| other.kind != Kind::Part || id.id != row.id.id);
        }
    }

    fn live(&self) -> Vec<RowId> {
        self.rows.iter().filter(|(_, (row, _))| row.body.is_some()).map(|(id, _)| *id).collect()
    }

    /// Without the numbers, which depend on the order.
    fn states(&self) -> Vec<(RowId, Option<(Stamp, String)>)> {
        let state = |row: &Row| row.body.clone().map(|body| (row.stamp, body));
        self.rows.iter().map(|(id, (row, _))| (*id, state(row))).collect()
    }

    fn recomputed(&self) -> Digest {
        self.rows.values().fold(Digest::default(), |sum, (row, _)| sum.with(row_digest(row)))
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        // Steele, Lea and Flood's SplitMix64 (2014).
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }
}

fn status(operation: &Operation) -> AckStatus {
    let mut store = Store::default();
    store.push(&[create(1, 1)], NOW);
    store.rows.retain(|_, (row, _)| operation.kind == Kind::Part && !core::mem::take(&mut row.is_final));
    store.push(core::slice::from_ref(operation), NOW)[0].status
}

fn create(row: u64, stamp: u64) -> Operation {
    let json = format!("\"{row} {stamp}\"");
    Operation {
        operation: Id::new(Timestamp::from_millis(row), [9; 10]),
        kind: Kind::Message,
        id: id(row),
        conversation: id(0).id,
        stamp: Stamp::new(NOW + stamp, 0, 1),
        made_at: NOW,
        action: Action::Create(body(&json)),
    }
}

fn put(row: u64, stamp: u64) -> Operation {
    let Action::Create(body) = create(row, stamp).action else { unreachable!() };
    Operation { action: Action::Put(body), ..create(row, stamp) }
}

fn delete(row: u64, stamp: u64) -> Operation {
    Operation { action: Action::Delete, ..create(row, stamp) }
}

fn body(json: &str) -> Body {
    Body { json: json.to_string(), schema: 1, is_final: true }
}

fn id(row: u64) -> RowId {
    RowId::of(Id::new(Timestamp::from_millis(row), [1; 10]))
}

fn now() -> Timestamp {
    Timestamp::from_millis(NOW)
}
