//! A key cache as versioned bytes, for a store that outlives the process: the Cache API or KV of a worker, a file, Redis.
//!
//! Keys are stored as JWKs and read through the same checks as those from a network. What is under way is not stored, nor
//! are the budgets of unknown kids.
//!
//! ```text
//! "EWKC"  version 1  flags (1: authenticated)  issuers u16
//!   issuer text16  etag opt16  fetched_at u64  fresh_until u64  fails u32  backoff_until u64
//!   keys u16:     until u64 (0: not withdrawn)  jwk text16
//!   refused u16:  index u16  kid opt16  code text16
//! HMAC-SHA-256 of all that, 32 bytes, if authenticated
//! ```
//! Numbers are little-endian; `text16` is a length and UTF-8; `opt16` is the same after a byte that is 1, or a byte 0 alone.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::error::Code;
use super::jwk;
use super::key::VerificationKey;
use super::key_cache::{Age, KeyCache, Slot};
use super::key_set::{KeySet, RefusedKey};
use crate::time::Timestamp;

/// Why bytes are no snapshot that may be used. The cache is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Longer than 16 MiB; nothing was read.
    TooLarge {
        /// Bytes there are.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// Not a snapshot of a key cache.
    NotASnapshot,
    /// Written by another version.
    UnknownVersion {
        /// The version.
        version: u8,
    },
    /// A key was given and the snapshot is not authenticated, or the other way round.
    AuthenticationMismatch,
    /// The authentication code does not belong to the bytes and the key.
    NotAuthentic,
    /// Cut off, with something behind it, or with a key that is none.
    Malformed {
        /// Offset of the fault.
        offset: usize,
    },
}

impl KeyCache {
    /// The sets that the cache holds. With `mac_key`, 32 random bytes that the store's other writers do not know, they are
    /// authenticated: whoever can write unauthenticated ones into the store can put keys of their own there. One made with a key
    /// of fewer than 16 bytes is of no use: [`restore`](Self::restore) refuses it, as it does one of more than 16 MiB, which
    /// takes hundreds of issuers with a hundred long keys each.
    pub fn snapshot(&self, mac_key: Option<&[u8]>) -> Vec<u8> {
        let mut out = Vec::from(MAGIC);
        out.extend([VERSION, u8::from(mac_key.is_some())]);
        let is_held = |slot: &&Slot| slot.held.as_ref().is_some_and(|held| self.clock < held.stale_until);
        let slots = || self.slots.iter().filter(is_held);
        put_u16(&mut out, slots().count());
        slots().for_each(|slot| put_slot(&mut out, slot));
        if let Some(mac) = mac_key.and_then(|key| Hmac::<Sha256>::new_from_slice(key).ok()) {
            let tag = mac.chain_update(&out).finalize().into_bytes();
            out.extend(tag);
        }
        out
    }

    /// Takes the sets of [`snapshot`](Self::snapshot) that are newer than those held, for issuers that are
    /// [trusted](Self::trust), and says how many it took. A set is no fresher than when it was stored, and of the future's it
    /// takes the duration. An authentic snapshot may be an old one: what it can bring back is bounded by
    /// [`stale_secs`](super::KeyCachePolicy::stale_secs). A fetch under way that began after the set was fetched still counts.
    ///
    /// # Errors
    /// See [`SnapshotError`]; the cache is as it was then. Starting empty is always safe.
    /// [`NotAuthentic`](SnapshotError::NotAuthentic) also for a `mac_key` of fewer than 16 bytes, which others could guess: an
    /// empty one is what is left of a setting that nobody set.
    pub fn restore(&mut self, bytes: &[u8], mac_key: Option<&[u8]>, now: Timestamp) -> Result<usize, SnapshotError> {
        let now = self.tick(now);
        let is_trusted = |issuer: &str| self.slots.iter().any(|slot| slot.issuer() == issuer);
        let saved = read(authentic(bytes, mac_key)?, self.policy.limits.keys, is_trusted)?;
        Ok(saved.into_iter().map(|saved| usize::from(self.take(saved, now))).sum())
    }

    /// Takes one set if its issuer is trusted, it is not too old, and newer than what is held.
    fn take(&mut self, saved: Saved<'_>, now: u64) -> bool {
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.issuer() == saved.issuer) else { return false };
        slot.settle(&mut self.counters, now);
        let fetched_at = saved.fetched_at.min(now);
        let ttl = saved.fresh_until.saturating_sub(saved.fetched_at).min(self.policy.ttl_secs_max * 1_000);
        let fresh_until = fetched_at.saturating_add(ttl);
        let is_newer = slot.held.as_ref().is_none_or(|held| fetched_at > held.fetched_at);
        if !is_newer || now >= fresh_until.saturating_add(self.policy.stale_secs * 1_000) || saved.keys.is_empty() {
            return false;
        }
        if slot.held.is_none() {
            let until_max = now.saturating_add(self.policy.grace_secs * 1_000);
            let withdrawn = saved.withdrawn.into_iter().map(|(key, until)| (key, until.min(until_max))).collect();
            slot.hold_withdrawn(withdrawn, &mut self.counters);
        }
        let number = slot.number_of_restored(&mut self.counters, fetched_at);
        let set = KeySet { keys: saved.keys, withdrawn: 0, refused: saved.refused, revision: 0 };
        let etag = saved.etag.map(String::from);
        let age = Age { number, fetched_at, fresh_until, etag };
        slot.replace(&self.policy, &mut self.counters, set, age, now);
        slot.scheduled.back_off(saved.fails, saved.backoff_until, now);
        true
    }
}

/// What is stored of an issuer.
struct Saved<'a> {
    issuer: &'a str,
    etag: Option<&'a str>,
    fetched_at: u64,
    fresh_until: u64,
    fails: u32,
    backoff_until: u64,
    keys: Vec<VerificationKey>,
    withdrawn: Vec<(VerificationKey, u64)>,
    refused: Vec<RefusedKey>,
}

fn put_slot(out: &mut Vec<u8>, slot: &Slot) {
    let Some(held) = &slot.held else { return };
    put_text(out, slot.issuer());
    put_option(out, held.etag.as_deref());
    out.extend(held.fetched_at.to_le_bytes());
    out.extend(held.fresh_until.to_le_bytes());
    out.extend(slot.scheduled.fails.to_le_bytes());
    out.extend(slot.scheduled.backoff_until.to_le_bytes());
    let published = held.set.keys().len().saturating_sub(held.withdrawn.len());
    let until = core::iter::repeat_n(0, published).chain(held.withdrawn.iter().copied());
    put_u16(out, held.set.keys().len());
    for (key, until) in held.set.keys().iter().zip(until) {
        out.extend(until.to_le_bytes());
        put_text(out, &jwk::to_json(key));
    }
    put_u16(out, held.set.refused().len());
    for refused in held.set.refused() {
        put_u16(out, refused.index);
        put_option(out, refused.kid.as_deref());
        put_text(out, refused.code.name());
    }
}

/// All of these are bounded far below 2^16 where they are made.
fn put_u16(out: &mut Vec<u8>, number: usize) {
    out.extend(u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_u16(out, text.len());
    out.extend(text.as_bytes());
}

fn put_option(out: &mut Vec<u8>, text: Option<&str>) {
    out.push(u8::from(text.is_some()));
    if let Some(text) = text {
        put_text(out, text);
    }
}

/// What stands between the flags and the authentication code, once that is checked.
fn authentic<'a>(bytes: &'a [u8], mac_key: Option<&[u8]>) -> Result<Reader<'a>, SnapshotError> {
    if bytes.len() > BYTES_MAX {
        return Err(SnapshotError::TooLarge { bytes: bytes.len(), max: BYTES_MAX });
    }
    let rest = bytes.strip_prefix(MAGIC).ok_or(SnapshotError::NotASnapshot)?;
    let (&[version, flags], body) = rest.split_first_chunk().ok_or(SnapshotError::NotASnapshot)?;
    if version != VERSION {
        return Err(SnapshotError::UnknownVersion { version });
    }
    let start = MAGIC.len() + 2;
    match (flags, mac_key) {
        (0, None) => Ok(Reader { rest: body, at: start }),
        (1, Some(key)) if key.len() < MAC_KEY_BYTES_MIN => Err(SnapshotError::NotAuthentic),
        (1, Some(key)) => {
            let (signed, tag) = bytes.split_last_chunk::<32>().ok_or(SnapshotError::NotAuthentic)?;
            let mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| SnapshotError::NotAuthentic)?;
            mac.chain_update(signed).verify_slice(tag).map_err(|_| SnapshotError::NotAuthentic)?;
            Ok(Reader { rest: signed.get(start..).ok_or(SnapshotError::NotAuthentic)?, at: start })
        }
        (0 | 1, _) => Err(SnapshotError::AuthenticationMismatch),
        _ => Err(SnapshotError::Malformed { offset: start - 1 }),
    }
}

/// Reads everything and keeps what is trusted, each issuer once: of what nobody asked for, lengths are read and no key is, so
/// that it takes neither memory nor time.
fn read(
    mut reader: Reader<'_>,
    keys_max: usize,
    is_trusted: impl Fn(&str) -> bool,
) -> Result<Vec<Saved<'_>>, SnapshotError> {
    let mut kept: Vec<Saved<'_>> = Vec::new();
    for _ in 0..reader.count(ISSUERS_MAX)? {
        let is_wanted = |issuer: &str| is_trusted(issuer) && kept.iter().all(|other| other.issuer != issuer);
        let saved = reader.saved(keys_max, is_wanted)?;
        kept.extend(saved);
    }
    if reader.rest.is_empty() { Ok(kept) } else { Err(reader.fault()) }
}

struct Reader<'a> {
    rest: &'a [u8],
    /// Offset in the snapshot, for errors.
    at: usize,
}

impl<'a> Reader<'a> {
    /// What is stored of the next issuer, if it is wanted.
    fn saved(
        &mut self,
        keys_max: usize,
        is_wanted: impl FnOnce(&str) -> bool,
    ) -> Result<Option<Saved<'a>>, SnapshotError> {
        let issuer = self.text()?;
        let is_wanted = is_wanted(issuer);
        let mut saved = Saved {
            issuer,
            etag: self.option()?,
            fetched_at: self.u64()?,
            fresh_until: self.u64()?,
            fails: u32::from_le_bytes(self.take()?),
            backoff_until: self.u64()?,
            keys: Vec::new(),
            withdrawn: Vec::new(),
            refused: Vec::new(),
        };
        for _ in 0..self.count(keys_max + WITHDRAWN_MAX)? {
            let until = self.u64()?;
            let fault = self.fault();
            let jwk = self.text()?;
            if !is_wanted {
                continue;
            }
            let key = KeySet::from_jwk(jwk).ok().and_then(|mut set| set.keys.pop()).ok_or(fault)?;
            if until == 0 {
                saved.keys.push(key);
            } else {
                saved.withdrawn.push((key, until));
            }
        }
        let fault = self.fault();
        // A fetched set has no more either.
        let refused_max = keys_max.checked_sub(saved.keys.len()).ok_or(fault)?;
        for _ in 0..self.count(refused_max)? {
            let index = self.u16()?;
            let fault = self.fault();
            let kid = self.option()?;
            if kid.is_some_and(|kid| kid.len() > jwk::KID_BYTES_MAX) {
                return Err(fault);
            }
            let fault = self.fault();
            let name = self.text()?;
            let code = Code::ALL.into_iter().find(|code| code.name() == name).ok_or(fault)?;
            if is_wanted {
                saved.refused.push(RefusedKey { index, kid: kid.map(String::from), code });
            }
        }
        Ok(is_wanted.then_some(saved))
    }

    fn count(&mut self, max: usize) -> Result<usize, SnapshotError> {
        let fault = self.fault();
        Some(self.u16()?).filter(|count| *count <= max).ok_or(fault)
    }

    fn u16(&mut self) -> Result<usize, SnapshotError> {
        Ok(usize::from(u16::from_le_bytes(self.take()?)))
    }

    fn u64(&mut self) -> Result<u64, SnapshotError> {
        Ok(u64::from_le_bytes(self.take()?))
    }

    fn option(&mut self) -> Result<Option<&'a str>, SnapshotError> {
        let fault = self.fault();
        match self.take()? {
            [0] => Ok(None),
            [1] => self.text().map(Some),
            _ => Err(fault),
        }
    }

    fn text(&mut self) -> Result<&'a str, SnapshotError> {
        let len = self.u16()?;
        let fault = self.fault();
        let (text, rest) = self.rest.split_at_checked(len).ok_or(fault)?;
        self.advance(rest);
        core::str::from_utf8(text).map_err(|_| fault)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], SnapshotError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(self.fault())?;
        self.advance(rest);
        Ok(*taken)
    }

    fn advance(&mut self, rest: &'a [u8]) {
        self.at += self.rest.len() - rest.len();
        self.rest = rest;
    }

    fn fault(&self) -> SnapshotError {
        SnapshotError::Malformed { offset: self.at }
    }
}

impl SnapshotError {
    /// Stable snake_case name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "snapshot_too_large",
            Self::NotASnapshot => "not_a_snapshot",
            Self::UnknownVersion { .. } => "snapshot_unknown_version",
            Self::AuthenticationMismatch => "snapshot_authentication_mismatch",
            Self::NotAuthentic => "snapshot_not_authentic",
            Self::Malformed { .. } => "snapshot_malformed",
        }
    }
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { bytes, max } => write!(f, "snapshot of {bytes} bytes with a limit of {max}"),
            Self::NotASnapshot => f.write_str("not a snapshot of a key cache"),
            Self::UnknownVersion { version } => write!(f, "snapshot of version {version}"),
            Self::AuthenticationMismatch => f.write_str("snapshot and host disagree on whether it is authenticated"),
            Self::NotAuthentic => f.write_str("snapshot is not authentic"),
            Self::Malformed { offset } => write!(f, "snapshot malformed at byte {offset}"),
        }
    }
}

impl core::error::Error for SnapshotError {}

const MAGIC: &[u8] = b"EWKC";

const VERSION: u8 = 1;

const BYTES_MAX: usize = 16 * 1024 * 1024;

/// As many as a cache may have.
const ISSUERS_MAX: usize = 1_024;

const WITHDRAWN_MAX: usize = 16;

/// 128 bits.
const MAC_KEY_BYTES_MIN: usize = 16;

#[cfg(test)]
#[path = "snapshot/tests.rs"]
mod tests;
