use alloc::string::ToString;

use alloc::vec;

use super::*;
use crate::sync::{Id, Kind, RowId, Stamp};
use crate::time::Timestamp;

const STORE: FeedState = FeedState { epoch: 7, seq: 10, floor: 4, digest: Digest::new(99) };

#[test]
fn a_beginning_is_given_page_by_page_without_old_tombstones() {
    let limits = PageLimits { rows: 2, ..PageLimits::default() };
    let request = PullRequest { limits, schema: 1, ..PullRequest::default() };
    let first = page(&STORE, &request, vec![row(2), gone(5), row(8)]);
    assert_eq!(seqs(&first), [2]);
    assert_eq!(first.next, Position { epoch: 7, seq: 5, seen: 10, base: Some(10), schema: 1 });
    assert_eq!(first.caught_up, None);
    // Something is deleted meanwhile: that is told, for it was given.
    let later = FeedState { seq: 11, ..STORE };
    let request = PullRequest { position: Some(first.next), ..request };
    let second = page(&later, &request, vec![row(8), gone(11)]);
    assert_eq!(seqs(&second), [8, 11]);
    assert_eq!(second.next, Position { epoch: 7, seq: 11, seen: 11, base: None, schema: 1 });
    assert_eq!(second.caught_up, Some(later.digest));
}

#[test]
fn a_page_holds_as_much_as_fits_and_one_row_in_any_case() {
    let rows = || vec![row(5), row(6), row(7)];
    for (bytes, held) in [(0, 1), (4, 1), (8, 2), (11, 2), (12, 3), (usize::MAX, 3)] {
        let limits = PageLimits { bytes, ..PageLimits::default() };
        let batch = page(&STORE, &PullRequest { limits, ..at(4) }, rows());
        assert_eq!(batch.rows.len(), held, "{bytes} bytes");
        assert_eq!(batch.caught_up.is_some(), held == 3);
    }
    let none = PageLimits { rows: 0, ..PageLimits::default() };
    assert_eq!(page(&STORE, &PullRequest { limits: none, ..at(4) }, rows()).rows.len(), 1);
    let empty = page(&STORE, &at(9), Vec::new());
    assert_eq!((empty.next.seq, empty.caught_up), (10, Some(STORE.digest)));
}

#[test]
fn a8_a9_a_replica_is_as_new_as_the_newest_that_was_seen() {
    let seen = |seen| PullRequest { position: Some(Position { seen, ..at(8).position.unwrap() }), ..at(8) };
    assert!(STORE.plan(&seen(10), StoreRole::Replica).is_ok());
    assert_eq!(STORE.plan(&seen(11), StoreRole::Replica), Err(PullAnswer::Behind));
    // Nobody can have seen what the primary has not: it was put back.
    assert_eq!(STORE.plan(&seen(11), StoreRole::Primary), Err(PullAnswer::Resync(ResyncReason::Ahead)));
    let base = Position { base: Some(11), ..at(3).position.unwrap() };
    let bootstrap = PullRequest { position: Some(base), ..at(3) };
    assert_eq!(STORE.plan(&bootstrap, StoreRole::Replica), Err(PullAnswer::Behind));
}

#[test]
fn a10_own_writes_are_waited_for_in_their_epoch_alone() {
    let own = |epoch, seq| PullRequest { at_least: Some((epoch, seq)), ..at(8) };
    for role in [StoreRole::Primary, StoreRole::Replica] {
        assert!(STORE.plan(&own(7, 10), role).is_ok());
        assert_eq!(STORE.plan(&own(7, 11), role), Err(PullAnswer::Behind));
        assert!(STORE.plan(&own(6, 11), role).is_ok());
        let beginning = PullRequest { position: None, ..own(7, 11) };
        assert_eq!(STORE.plan(&beginning, role), Err(PullAnswer::Behind));
    }
}

#[test]
fn a12_a14_who_stands_before_the_floor_begins_anew() {
    assert!(STORE.plan(&at(4), StoreRole::Primary).is_ok());
    assert_eq!(STORE.plan(&at(3), StoreRole::Primary), Err(PullAnswer::Resync(ResyncReason::Floor)));
    // Who begins was given live rows only up to `base`.
    let began_at =
        |base| PullRequest { position: Some(Position { base: Some(base), ..at(1).position.unwrap() }), ..at(1) };
    assert!(STORE.plan(&began_at(4), StoreRole::Primary).is_ok());
    assert_eq!(STORE.plan(&began_at(3), StoreRole::Primary), Err(PullAnswer::Resync(ResyncReason::Floor)));
}

#[test]
fn a18_another_epoch_or_schema_begins_anew() {
    let other = Position { epoch: 8, ..at(8).position.unwrap() };
    let request = PullRequest { position: Some(other), ..at(8) };
    assert_eq!(STORE.plan(&request, StoreRole::Primary), Err(PullAnswer::Resync(ResyncReason::Epoch)));
    assert_eq!(STORE.plan(&request, StoreRole::Replica), Err(PullAnswer::Behind));
    let request = PullRequest { schema: 2, ..at(8) };
    assert_eq!(STORE.plan(&request, StoreRole::Primary), Err(PullAnswer::Resync(ResyncReason::Schema)));
}

fn page(store: &FeedState, request: &PullRequest, rows: Vec<Row>) -> ChangeBatch {
    match store.answer(request, StoreRole::Primary, rows) {
        PullAnswer::Page(batch) => batch,
        other => panic!("{other:?}"),
    }
}

fn at(seq: u64) -> PullRequest {
    let position = Position { epoch: 7, seq, seen: seq, base: None, schema: 1 };
    PullRequest { position: Some(position), schema: 1, ..PullRequest::default() }
}

fn seqs(batch: &ChangeBatch) -> Vec<u64> {
    batch.rows.iter().map(|row| row.seq).collect()
}

fn gone(seq: u64) -> Row {
    Row { body: None, ..row(seq) }
}

fn row(seq: u64) -> Row {
    let id = Id::new(Timestamp::from_millis(seq), [1; 10]);
    Row {
        kind: Kind::Message,
        id: RowId::of(id),
        conversation: id,
        seq,
        created: seq,
        stamp: Stamp::new(seq, 0, 0),
        schema: 1,
        is_final: true,
        body: Some("\"ab\"".to_string()),
    }
}
