//! What a client keeps of itself, as versioned bytes.
//!
//! ```text
//! "EWSC"  version 1  flags (1: an epoch, 2: a cursor, 4: begins anew, 8: a state that was seen)
//! feed 16 bytes  last stamp 16 letters  generation u32  epoch u64  seen: epoch u64, number u64  cursor: length u8, letters
//! ```
//! Numbers are little-endian. It holds neither rows nor operations; those are the device's.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::sync::id::Id;
use crate::sync::stamp::Stamp;

/// Where a client stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub feed: Id,
    /// The last stamp that was given out or seen.
    pub stamp: Stamp,
    /// The life of the store that the rows are from.
    pub epoch: Option<u64>,
    pub cursor: Option<String>,
    /// The newest state of the store that a page was made from, in the life that goes with it. Outlives the cursor: a replica that
    /// is older must not pass for the whole when a client begins anew.
    pub seen: Option<(u64, u64)>,
    /// Counts beginnings.
    pub generation: u32,
    /// Whether rows of older generations may still be about.
    pub is_beginning: bool,
}

/// Why bytes are no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordError {
    /// Not the record of a client.
    NotARecord,
    /// Written by another version.
    UnknownVersion {
        /// The version.
        version: u8,
    },
    /// Cut off, or with something that no version wrote.
    Malformed {
        /// Offset of the fault.
        offset: usize,
    },
}

impl Record {
    pub fn new(feed: Id, client: u32) -> Self {
        let stamp = Stamp::new(0, 0, client);
        Self { feed, stamp, epoch: None, cursor: None, seen: None, generation: 0, is_beginning: true }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::from(MAGIC);
        let has = |flag, is: bool| if is { flag } else { 0 };
        let flags = has(1, self.epoch.is_some())
            | has(2, self.cursor.is_some())
            | has(4, self.is_beginning)
            | has(8, self.seen.is_some());
        out.extend([VERSION, flags]);
        out.extend(self.feed.to_bytes());
        out.extend(self.stamp.as_str().bytes());
        out.extend(self.generation.to_le_bytes());
        let (life, seq) = self.seen.unwrap_or_default();
        for number in [self.epoch.unwrap_or(0), life, seq] {
            out.extend(number.to_le_bytes());
        }
        let cursor = self.cursor.as_deref().unwrap_or_default().as_bytes();
        let cursor = cursor.get(..CURSOR_BYTES_MAX).unwrap_or(cursor);
        out.push(cursor.len() as u8);
        out.extend(cursor);
        out
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut reader = Reader { bytes, at: 0 };
        if reader.array().ok() != Some(*MAGIC) {
            return Err(RecordError::NotARecord);
        }
        let [version, flags] = reader.array()?;
        if version != VERSION {
            return Err(RecordError::UnknownVersion { version });
        }
        if flags > 15 {
            return Err(RecordError::Malformed { offset: 5 });
        }
        let feed = Id::from_bytes(reader.array()?);
        let stamp_at = reader.at;
        let stamp: [u8; Stamp::WIDTH] = reader.array()?;
        let stamp = core::str::from_utf8(&stamp).ok().and_then(Stamp::parse);
        let stamp = stamp.ok_or(RecordError::Malformed { offset: stamp_at })?;
        let generation = u32::from_le_bytes(reader.array()?);
        let mut number = || reader.array().map(u64::from_le_bytes);
        let (epoch, life, seq) = (number()?, number()?, number()?);
        let [length] = reader.array()?;
        let cursor_at = reader.at;
        let cursor = core::str::from_utf8(reader.take(usize::from(length))?);
        let cursor = cursor.map_err(|_| RecordError::Malformed { offset: cursor_at })?;
        if reader.at != bytes.len() {
            return Err(RecordError::Malformed { offset: reader.at });
        }
        Ok(Self {
            feed,
            stamp,
            epoch: (flags & 1 != 0).then_some(epoch),
            cursor: (flags & 2 != 0).then(|| cursor.to_string()),
            seen: (flags & 8 != 0).then_some((life, seq)),
            generation,
            is_beginning: flags & 4 != 0,
        })
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], RecordError> {
        let taken = self.bytes.get(self.at..).and_then(|rest| rest.get(..length));
        let taken = taken.ok_or(RecordError::Malformed { offset: self.bytes.len() })?;
        self.at += length;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], RecordError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }
}

impl RecordError {
    /// Stable snake_case name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotARecord => "not_a_sync_record",
            Self::UnknownVersion { .. } => "sync_record_unknown_version",
            Self::Malformed { .. } => "sync_record_malformed",
        }
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotARecord => f.write_str("not the record of a client"),
            Self::UnknownVersion { version } => write!(f, "a record of version {version}"),
            Self::Malformed { offset } => write!(f, "the record is damaged at {offset}"),
        }
    }
}

impl core::error::Error for RecordError {}

const MAGIC: &[u8; 4] = b"EWSC";
const VERSION: u8 = 1;
/// What a length of one byte counts; cursors are shorter.
const CURSOR_BYTES_MAX: usize = 255;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    #[test]
    fn a_record_leads_back_and_no_part_of_it_does() {
        let feed = Id::new(Timestamp::from_millis(3), [4; 10]);
        let new = Record::new(feed, 9);
        let full = Record {
            epoch: Some(0),
            cursor: Some("AbC".to_string()),
            seen: Some((1, 77)),
            generation: 3,
            is_beginning: false,
            ..new.clone()
        };
        for record in [new, full] {
            let bytes = record.to_bytes();
            assert_eq!(Record::from_bytes(&bytes), Ok(record));
            for length in 0..bytes.len() {
                assert!(Record::from_bytes(&bytes[..length]).is_err());
            }
            assert!(Record::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
        }
        let other = [b"EWSC", &[2, 0][..]].concat();
        assert_eq!(Record::from_bytes(&other), Err(RecordError::UnknownVersion { version: 2 }));
        assert_eq!(Record::from_bytes(b"EWKC").map_err(|error| error.code()), Err("not_a_sync_record"));
    }
}
