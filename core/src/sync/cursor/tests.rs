use alloc::format;
use alloc::string::ToString;

use super::*;
use crate::time::Timestamp;

#[test]
fn a_cursor_leads_back_to_its_position() {
    let keys = keys();
    for position in positions() {
        let cursor = keys.seal(&position, &scope("ada"));
        assert!(cursor.len() <= CURSOR_BYTES_MAX);
        assert_eq!(keys.open(&cursor, &scope("ada")), Ok(position));
    }
    let usual = Position { epoch: u64::MAX, seq: 1_000_000, seen: 1_000_000, base: None, schema: 1 };
    assert!(keys.seal(&usual, &scope("ada")).len() <= 56);
}

#[test]
fn a24_every_altered_bit_is_refused() {
    let keys = keys();
    let cursor = keys.seal(&positions()[1], &scope("ada"));
    let bytes = base64url::decode(&cursor).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut altered = bytes.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        assert!(keys.open(&base64url::encode(&altered), &scope("ada")).is_err(), "bit {bit}");
    }
    for len in 0..cursor.len() {
        assert!(keys.open(&cursor[..len], &scope("ada")).is_err(), "{len} letters");
    }
    for more in ["=", "A", "AAAA", " "] {
        assert!(keys.open(&format!("{cursor}{more}"), &scope("ada")).is_err(), "{more:?}");
    }
}

#[test]
fn a24_a_cursor_is_of_one_principal_audience_and_feed() {
    let keys = keys();
    let cursor = keys.seal(&positions()[0], &scope("ada"));
    let refused = Err(CursorError::NotAuthentic);
    assert_eq!(keys.open(&cursor, &scope("eve")), refused);
    assert_eq!(keys.open(&cursor, &CursorScope { audience: "other", ..scope("ada") }), refused);
    let feed = Id::new(Timestamp::from_millis(1), [8; 10]);
    assert_eq!(keys.open(&cursor, &CursorScope { feed, ..scope("ada") }), refused);
    // Parts do not run into each other.
    let moved = CursorScope { principal: "ad", audience: "achat", ..scope("ada") };
    assert_eq!(keys.open(&cursor, &moved), refused);
}

#[test]
fn a24_keys_are_replaced_without_a_resync() {
    let old = keys().seal(&positions()[0], &scope("ada"));
    let rotated = CursorKeys::new(2, &[2; 32]).unwrap().accept(1, &[1; 32]).unwrap();
    assert_eq!(rotated.open(&old, &scope("ada")), Ok(positions()[0]));
    let new = rotated.seal(&positions()[0], &scope("ada"));
    assert_eq!(keys().open(&new, &scope("ada")), Err(CursorError::UnknownKey { key_id: 2 }));
    let same_name = CursorKeys::new(1, &[9; 32]).unwrap();
    assert_eq!(same_name.open(&old, &scope("ada")), Err(CursorError::NotAuthentic));
}

#[test]
fn keys_are_few_long_and_of_different_names() {
    assert_eq!(CursorKeys::new(1, &[1; 31]).err(), Some(CursorKeyError::TooShort { bytes: 31 }));
    assert_eq!(keys().accept(1, &[2; 32]).err(), Some(CursorKeyError::DuplicateId { key_id: 1 }));
    let full = keys().accept(2, &[2; 32]).unwrap().accept(3, &[3; 32]).unwrap();
    assert_eq!(full.accept(4, &[4; 32]).err(), Some(CursorKeyError::TooMany));
}

#[test]
fn another_version_is_told_from_a_forgery() {
    let mut bytes = base64url::decode(&keys().seal(&positions()[0], &scope("ada"))).unwrap();
    bytes[0] = 2;
    let error = keys().open(&base64url::encode(&bytes), &scope("ada")).unwrap_err();
    assert_eq!((error, error.code()), (CursorError::UnknownVersion { version: 2 }, "cursor_unknown_version"));
    assert!(!error.to_string().is_empty());
}

#[test]
fn numbers_have_one_spelling_and_stay_below_2_to_the_53() {
    for number in [0, 1, 127, 128, 300, 1 << 40, NUMBER_MAX] {
        let mut bytes = Vec::new();
        put_number(&mut bytes, number);
        assert_eq!(take_number(&bytes), Some((number, &[][..])));
        bytes.push(7);
        assert_eq!(take_number(&bytes), Some((number, &[7][..])));
    }
    for bytes in [&[][..], &[0x80], &[0x80, 0], &[0xFF; 8], &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x10]] {
        assert_eq!(take_number(bytes), None, "{bytes:?}");
    }
    let beyond = Position { seq: u64::MAX, ..positions()[0] };
    let sealed = keys().seal(&beyond, &scope("ada"));
    assert_eq!(keys().open(&sealed, &scope("ada")).map(|position| position.seq), Ok(NUMBER_MAX));
}

#[test]
fn debug_shows_neither_keys_nor_people() {
    let shown = format!("{:?} {:?}", keys(), scope("ada"));
    assert!(shown.contains("current: 1") && !shown.contains("ada"), "{shown}");
}

fn keys() -> CursorKeys {
    CursorKeys::new(1, &[1; 32]).unwrap()
}

fn scope(principal: &str) -> CursorScope<'_> {
    CursorScope { principal, audience: "chat", feed: Id::new(Timestamp::from_millis(1), [7; 10]) }
}

fn positions() -> [Position; 4] {
    let first = Position { epoch: 3, seq: 42, seen: 50, base: None, schema: 1 };
    [
        first,
        Position { base: Some(40), seq: 41, ..first },
        Position { seq: 0, seen: 0, base: Some(0), ..first },
        Position { epoch: u64::MAX, seq: NUMBER_MAX, seen: NUMBER_MAX, base: Some(NUMBER_MAX), schema: 255 },
    ]
}
