//! A sum over all rows of a feed that store and client keep each for themselves and compare when the client is caught up.
//!
//! It notices what no sequence number does: a store that was put back to an earlier state without anybody saying so, a row that
//! was never delivered, a body that one side stores differently. It is for faults, not against attackers: sums of hashes can be
//! forged by whoever chooses the rows.

use sha2::{Digest as _, Sha256};

use super::row::Row;

/// The sum of [`row_digest`] over the live rows, modulo 2^52. JavaScript and every SQL store hold that exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest(u64);

impl Digest {
    /// A sum of this value; of more than 52 bits the lower ones.
    pub const fn new(sum: u64) -> Self {
        Self(sum & MASK)
    }

    /// The sum, below 2^52.
    pub const fn value(self) -> u64 {
        self.0
    }

    /// With one row more.
    #[must_use]
    pub const fn with(self, row_digest: u64) -> Self {
        Self::new(self.0.wrapping_add(row_digest))
    }

    /// With one row less.
    #[must_use]
    pub const fn without(self, row_digest: u64) -> Self {
        Self::new(self.0.wrapping_sub(row_digest))
    }
}

/// What a row adds: the low 52 bits of SHA-256 over kind, name, stamp and body, each with its length; 0 for a row that was deleted
/// and for kinds that are [not part](super::Kind::is_digested) of the sum.
pub fn row_digest(row: &Row) -> u64 {
    let Some(body) = row.body.as_deref().filter(|_| row.kind.is_digested()) else { return 0 };
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    };
    part(row.kind.name());
    part(row.id.id.as_str());
    match row.id.facet {
        None => part(""),
        Some(facet) => part(&alloc::format!("{facet:04x}")),
    }
    part(row.stamp.as_str());
    part(body);
    let hash: [u8; 32] = hash.finalize().into();
    let [.., a, b, c, d, e, f, g, h] = hash;
    u64::from_be_bytes([a, b, c, d, e, f, g, h]) & MASK
}

const MASK: u64 = (1 << 52) - 1;

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;
    use crate::sync::{Id, Kind, RowId, Stamp};
    use crate::time::Timestamp;

    #[test]
    fn what_is_added_and_taken_away_in_any_order_is_nothing() {
        let digests = [1, MASK, 1 << 51, 77, 0];
        let all = digests.iter().fold(Digest::default(), |sum, row| sum.with(*row));
        let none = digests.iter().rev().fold(all, |sum, row| sum.without(*row));
        assert_eq!(none, Digest::default());
        assert_eq!(Digest::default().without(1).value(), MASK);
        assert_eq!(Digest::new(u64::MAX).value(), MASK);
    }

    #[test]
    fn every_part_that_counts_changes_the_digest_and_places_do_not() {
        let row = row();
        let changed = [
            Row { kind: Kind::Mark, ..row.clone() },
            Row { id: RowId::facet(row.id.id, 0), ..row.clone() },
            Row { stamp: Stamp::new(2, 0, 0), ..row.clone() },
            Row { body: Some("{}".to_string()), ..row.clone() },
        ];
        for other in changed {
            assert_ne!(row_digest(&other), row_digest(&row), "{other:?}");
        }
        assert_eq!(row_digest(&Row { seq: 9, created: 8, ..row.clone() }), row_digest(&row));
        assert!(row_digest(&row) > 0 && row_digest(&row) <= MASK);
    }

    #[test]
    fn the_deleted_and_the_passing_count_for_nothing() {
        assert_eq!(row_digest(&Row { body: None, ..row() }), 0);
        assert_eq!(row_digest(&Row { kind: Kind::Part, ..row() }), 0);
    }

    fn row() -> Row {
        let id = Id::new(Timestamp::from_millis(1), [1; 10]);
        Row {
            kind: Kind::Message,
            id: RowId::of(id),
            conversation: id,
            seq: 1,
            created: 1,
            stamp: Stamp::new(1, 0, 0),
            schema: 1,
            is_final: true,
            body: Some("{\"text\":\"hello\"}".to_string()),
        }
    }
}
