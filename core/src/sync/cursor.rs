//! Where a client stands in a feed: opaque to it, authenticated, and bound to whom it was given.
//!
//! ```text
//! version 1 | key id u8 | kind u8 (0 changes, 1 bootstrap) | schema u8 | epoch u64 | seq | base | seen | tag, 16 bytes
//! ```
//! in base64url; `seq`, `base` and `seen` are base-128 numbers, least significant group first, each in its shortest spelling. The tag
//! is the first half of HMAC-SHA-256 (RFC 2104 section 5 allows the cut) over principal, audience, feed and all that is before the tag.
//! It is no permission: a store asks in its own words whether the principal may read the feed. It keeps one user's cursor from
//! another, keeps clients from reading a meaning into it, and lets the format change.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use hmac::{Hmac, Mac};
use sha2::{Digest as _, Sha256};

use super::id::Id;
use crate::text::base64url;

/// A position in a feed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// The life of the store that gave it. Numbers of different lives are never compared.
    pub epoch: u64,
    /// Changes up to this one were given.
    pub seq: u64,
    /// The newest state of the store that a page of this chain was made from.
    pub seen: u64,
    /// While everything is given for the first time: the state when that began.
    pub base: Option<u64>,
    /// The schema of the rows that were given.
    pub schema: u8,
}

/// Whom a cursor is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CursorScope<'a> {
    /// The user, as the host knows it from a verified token.
    pub principal: &'a str,
    /// The service that the cursor is for.
    pub audience: &'a str,
    /// The feed.
    pub feed: Id,
}

/// The keys that cursors are sealed with: one for new ones, and up to two that are still accepted.
#[derive(Clone)]
pub struct CursorKeys {
    current: CursorKey,
    former: Vec<CursorKey>,
}

#[derive(Clone)]
struct CursorKey {
    id: u8,
    /// Has taken in the key.
    mac: Hmac<Sha256>,
}

/// Why a text is no cursor for this scope. All of them are answered with
/// [`Resync`](super::ResyncReason::Cursor), the outbox kept: a client cannot mend a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CursorError {
    /// Not what a cursor looks like.
    Malformed {
        /// Offset of the fault: in the text where it is not base64url, else in the bytes.
        offset: usize,
    },
    /// Made by another version.
    UnknownVersion {
        /// The version.
        version: u8,
    },
    /// Sealed with a key that is not known, or no longer.
    UnknownKey {
        /// The key's id.
        key_id: u8,
    },
    /// Changed on the way, or of another principal, audience or feed.
    NotAuthentic,
}

/// Why keys are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CursorKeyError {
    /// Shorter than [`KEY_BYTES_MIN`].
    TooShort {
        /// Bytes there are.
        bytes: usize,
    },
    /// Two keys with one id.
    DuplicateId {
        /// The id.
        key_id: u8,
    },
    /// More than [`KEYS_MAX`].
    TooMany,
}

impl CursorKeys {
    /// Keys that seal and accept with `key`, at least [`KEY_BYTES_MIN`] random bytes.
    ///
    /// # Errors
    /// See [`CursorKeyError`].
    pub fn new(id: u8, key: &[u8]) -> Result<Self, CursorKeyError> {
        Ok(Self { current: CursorKey::new(id, key)?, former: Vec::new() })
    }

    /// Accepts cursors of a key that was current before, for as long as its cursors are about.
    ///
    /// # Errors
    /// See [`CursorKeyError`].
    pub fn accept(mut self, id: u8, key: &[u8]) -> Result<Self, CursorKeyError> {
        if self.of_id(id).is_some() {
            return Err(CursorKeyError::DuplicateId { key_id: id });
        }
        if self.former.len() + 1 >= KEYS_MAX {
            return Err(CursorKeyError::TooMany);
        }
        self.former.push(CursorKey::new(id, key)?);
        Ok(self)
    }

    /// The cursor of a position. Numbers are below 2^53; what is not is brought there.
    pub fn seal(&self, position: &Position, scope: &CursorScope<'_>) -> String {
        let mut bytes = Vec::with_capacity(BYTES_MAX);
        bytes.extend([VERSION, self.current.id, u8::from(position.base.is_some()), position.schema]);
        bytes.extend(position.epoch.to_be_bytes());
        for number in [position.seq, position.base.unwrap_or(0), position.seen] {
            put_number(&mut bytes, number.min(NUMBER_MAX));
        }
        let tag = self.current.tag(&bytes, scope).finalize().into_bytes();
        bytes.extend(tag.iter().take(TAG_BYTES));
        base64url::encode(&bytes)
    }

    /// The position of a cursor that was given to this principal, for this audience and feed.
    ///
    /// # Errors
    /// See [`CursorError`].
    pub fn open(&self, cursor: &str, scope: &CursorScope<'_>) -> Result<Position, CursorError> {
        if cursor.len() > CURSOR_BYTES_MAX {
            return Err(CursorError::Malformed { offset: CURSOR_BYTES_MAX });
        }
        let bytes = base64url::decode(cursor).map_err(|offset| CursorError::Malformed { offset })?;
        let version = *bytes.first().ok_or(CursorError::Malformed { offset: 0 })?;
        if version != VERSION {
            return Err(CursorError::UnknownVersion { version });
        }
        let cut = bytes.len().checked_sub(TAG_BYTES).ok_or(CursorError::Malformed { offset: bytes.len() })?;
        let (body, tag) = bytes.split_at(cut);
        let key_id = *body.get(1).ok_or(CursorError::Malformed { offset: 1 })?;
        let key = self.of_id(key_id).ok_or(CursorError::UnknownKey { key_id })?;
        key.tag(body, scope).verify_truncated_left(tag).map_err(|_| CursorError::NotAuthentic)?;
        read(body).map_err(|offset| CursorError::Malformed { offset })
    }

    fn of_id(&self, id: u8) -> Option<&CursorKey> {
        core::iter::once(&self.current).chain(&self.former).find(|key| key.id == id)
    }
}

impl CursorKey {
    fn new(id: u8, key: &[u8]) -> Result<Self, CursorKeyError> {
        let short = CursorKeyError::TooShort { bytes: key.len() };
        if key.len() < KEY_BYTES_MIN {
            return Err(short);
        }
        Ok(Self { id, mac: Hmac::new_from_slice(key).map_err(|_| short)? })
    }

    fn tag(&self, body: &[u8], scope: &CursorScope<'_>) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        for part in [scope.principal.as_bytes(), scope.audience.as_bytes(), scope.feed.as_str().as_bytes(), body] {
            // With their lengths, so that no two lists of parts are the same bytes.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

/// What a page says of the cursor that it follows, so that a client takes no page twice, late or out of order: the first 52 bits of
/// the SHA-256 of its letters; 0 for none.
pub fn cursor_mark(cursor: Option<&str>) -> u64 {
    let Some(cursor) = cursor else { return 0 };
    let [a, b, c, d, e, f, g, ..]: [u8; 32] = Sha256::digest(cursor).into();
    u64::from_be_bytes([0, a, b, c, d, e, f, g]) >> 4
}

/// The position in authenticated bytes, or the offset of what no version wrote.
fn read(body: &[u8]) -> Result<Position, usize> {
    let (&[_, _, kind, schema], rest) = body.split_first_chunk().ok_or(body.len())?;
    let (epoch, rest) = rest.split_first_chunk().ok_or(body.len())?;
    let offset = |rest: &[u8]| body.len() - rest.len();
    let (seq, rest) = take_number(rest).ok_or(offset(rest))?;
    let (base, rest) = take_number(rest).ok_or(offset(rest))?;
    let (seen, rest) = take_number(rest).ok_or(offset(rest))?;
    if !rest.is_empty() {
        return Err(offset(rest));
    }
    let base = match kind {
        0 if base == 0 => None,
        1 => Some(base),
        _ => return Err(2),
    };
    Ok(Position { epoch: u64::from_be_bytes(*epoch), seq, seen, base, schema })
}

fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7F {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// A number below 2^53 in its shortest spelling, and what is behind it.
fn take_number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0;
    for (i, byte) in bytes.iter().take(8).enumerate() {
        number |= u64::from(byte & 0x7F) << (7 * i);
        if byte & 0x80 == 0 {
            let is_shortest = *byte != 0 || i == 0;
            return (is_shortest && number <= NUMBER_MAX).then(|| (number, bytes.get(i + 1..).unwrap_or_default()));
        }
    }
    None
}

impl fmt::Debug for CursorKeys {
    /// Shows ids alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let former: Vec<u8> = self.former.iter().map(|key| key.id).collect();
        f.debug_struct("CursorKeys").field("current", &self.current.id).field("former", &former).finish()
    }
}

impl fmt::Debug for CursorScope<'_> {
    /// Shows the feed alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CursorScope").field("feed", &self.feed).finish_non_exhaustive()
    }
}

impl CursorError {
    /// Stable snake_case name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "cursor_malformed",
            Self::UnknownVersion { .. } => "cursor_unknown_version",
            Self::UnknownKey { .. } => "cursor_unknown_key",
            Self::NotAuthentic => "cursor_not_authentic",
        }
    }
}

impl fmt::Display for CursorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { offset } => write!(f, "not a cursor: fault at {offset}"),
            Self::UnknownVersion { version } => write!(f, "a cursor of version {version}"),
            Self::UnknownKey { key_id } => write!(f, "a cursor of key {key_id}, which is not known"),
            Self::NotAuthentic => f.write_str("the cursor was changed or belongs to somebody else"),
        }
    }
}

impl CursorKeyError {
    /// Stable snake_case name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "cursor_key_too_short",
            Self::DuplicateId { .. } => "cursor_key_duplicate_id",
            Self::TooMany => "too_many_cursor_keys",
        }
    }
}

impl fmt::Display for CursorKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { bytes } => write!(f, "a key of {bytes} bytes, fewer than {KEY_BYTES_MIN}"),
            Self::DuplicateId { key_id } => write!(f, "two keys with the id {key_id}"),
            Self::TooMany => write!(f, "more than {KEYS_MAX} keys"),
        }
    }
}

impl core::error::Error for CursorError {}
impl core::error::Error for CursorKeyError {}

/// Keys of cursors, the current one included: enough to replace one while the cursors of the one before are about.
pub const KEYS_MAX: usize = 3;

/// Bytes of a key: the output of SHA-256, below which RFC 2104 section 3 finds HMAC weaker.
pub const KEY_BYTES_MIN: usize = 32;

/// The greatest number in a cursor: what JavaScript holds exactly.
const NUMBER_MAX: u64 = (1 << 53) - 1;

const VERSION: u8 = 1;
const TAG_BYTES: usize = 16;
/// Four bytes, the epoch, three numbers and the tag.
const BYTES_MAX: usize = 4 + 8 + 3 * 8 + TAG_BYTES;
/// Letters of the longest cursor.
const CURSOR_BYTES_MAX: usize = (BYTES_MAX * 8).div_ceil(6);

#[cfg(test)]
#[path = "cursor/tests.rs"]
mod tests;
