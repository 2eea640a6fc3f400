//! Names of feeds and of what lies in them: made by clients, never reused, of a fixed width, in the order of their making.

use core::fmt;
use core::str;

use super::sortable;
use crate::time::Timestamp;

/// A name of 16 bytes, written as 22 letters: 48 bits of time and 80 of chance.
///
/// Two clients that make a billion ids in the same millisecond pick the same one with a chance of about 1 in 2.4 million.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    /// The letters. ASCII by construction.
    text: [u8; Id::WIDTH],
}

impl Id {
    /// Letters of an id.
    pub const WIDTH: usize = 22;

    /// A new id. `entropy` is ten random bytes of a generator that nobody can predict: who knows a name before it is used can
    /// take it.
    pub fn new(now: Timestamp, entropy: [u8; 10]) -> Self {
        let mut bytes = [0; 16];
        let (time, chance) = bytes.split_at_mut(6);
        let [_, _, millis @ ..] = u64::to_be_bytes(now.as_millis().min(MILLIS_MAX));
        time.copy_from_slice(&millis);
        chance.copy_from_slice(&entropy);
        Self::from_bytes(bytes)
    }

    /// The id of these bytes, such as those of a UUID of version 7, whose first 48 bits are the time as well.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self { text: sortable::encode(&bytes) }
    }

    /// The id that `text` spells, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        sortable::decode::<16>(text).map(Self::from_bytes)
    }

    /// Its letters: `-`, digits, capitals, `_` and small letters.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.text).unwrap_or_default()
    }

    /// Its bytes.
    pub fn to_bytes(&self) -> [u8; 16] {
        sortable::decode(self.as_str()).unwrap_or_default()
    }

    /// When its maker says that it was made.
    pub fn made_at(&self) -> Timestamp {
        let [a, b, c, d, e, f, ..] = self.to_bytes();
        Timestamp::from_millis(u64::from_be_bytes([0, 0, a, b, c, d, e, f]))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({self})")
    }
}

/// What 48 bits hold: the year 10889.
pub(super) const MILLIS_MAX: u64 = (1 << 48) - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_lead_back_and_sort_by_time() {
        let early = Id::new(Timestamp::from_millis(1_700_000_000_000), [0xFF; 10]);
        let late = Id::new(Timestamp::from_millis(1_700_000_000_001), [0; 10]);
        assert!(early < late && early.as_str() < late.as_str());
        assert_eq!(Id::parse(early.as_str()), Some(early));
        assert_eq!(Id::from_bytes(late.to_bytes()), late);
        assert_eq!(early.made_at(), Timestamp::from_millis(1_700_000_000_000));
    }

    #[test]
    fn a_time_beyond_48_bits_is_the_last() {
        assert_eq!(Id::new(Timestamp::from_millis(u64::MAX), [0; 10]).made_at(), Timestamp::from_millis(MILLIS_MAX));
    }

    #[test]
    fn other_texts_are_no_ids() {
        for text in ["", "0", "0123456789012345678901", "------------------------", "--------------------- "] {
            assert_eq!(Id::parse(text), None, "{text:?}");
        }
    }
}
