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
mod tests {
    use alloc::sync::Arc;

    use super::super::{Algorithm, FetchOutcome, KeyAnswer, KeyCachePolicy, KeyState};
    use super::*;

    const ISSUER: &str = "https://issuer.example";

    const KEYS: &str = r#"{"keys":[
        {"kty":"OKP","crv":"Ed25519","kid":"a\"\\\u0001\u00e9","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        {"kty":"EC","crv":"P-256","use":"sig","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
         "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
        {"kty":"AKP","kid":"pq"}]}"#;

    #[test]
    fn set_comes_back_with_its_age_and_its_refusals() {
        for mac_key in [None, Some(&[7; 32][..])] {
            let mut first = fetched(1_000);
            let bytes = first.snapshot(mac_key);
            let mut second = trusting();
            assert_eq!(second.restore(&bytes, mac_key, at(1_100)), Ok(1));
            let (a, b) = (keys(&mut first, 1_100), keys(&mut second, 1_100));
            assert_eq!((a.keys(), a.refused()), (b.keys(), b.refused()));
            assert_eq!(second.state(ISSUER, at(1_599)), Some(KeyState::Fresh));
            assert_eq!(second.state(ISSUER, at(1_600)), Some(KeyState::Stale));
            let KeyAnswer::UseAndRefresh(_, ticket) = second.keys(ISSUER, None, true, at(1_600), 0) else { panic!() };
            assert_eq!(ticket.etag(), Some("\"1\""));
        }
    }

    #[test]
    fn limits_beyond_their_range_do_not_overflow() {
        let limits = super::super::KeyLimits { keys: usize::MAX, bytes: usize::MAX };
        let mut cache = trusting_with(KeyCachePolicy { limits, ..KeyCachePolicy::default() });
        assert_eq!(cache.restore(&fetched(1_000).snapshot(None), None, at(1_100)), Ok(1));
    }

    #[test]
    fn newer_sets_of_trusted_issuers_alone_are_taken() {
        let old = fetched(1_000).snapshot(None);
        assert_eq!(KeyCache::new(KeyCachePolicy::default()).restore(&old, None, at(1_100)), Ok(0));
        let mut cache = fetched(1_050);
        assert_eq!(cache.restore(&old, None, at(1_100)), Ok(0));
        let generation = keys(&mut cache, 1_100).keys()[0].generation();
        assert_eq!(cache.restore(&fetched(1_060).snapshot(None), None, at(1_100)), Ok(1));
        assert_eq!(keys(&mut cache, 1_100).keys()[0].generation(), generation, "the same key");
        assert_eq!(trusting().restore(&old, None, at(1_600 + 86_400)), Ok(0), "too old");
    }

    #[test]
    fn keys_of_issuers_that_nobody_trusts_are_not_read() {
        let bytes = fetched(1_000).snapshot(None);
        let at_key = bytes.windows(6).position(|window| window == b"11qYAY").unwrap();
        let mut wrong = bytes.clone();
        wrong[at_key] = b'!';
        assert!(matches!(trusting().restore(&wrong, None, at(1_100)), Err(SnapshotError::Malformed { .. })));
        let mut other = KeyCache::new(KeyCachePolicy::default());
        other.trust("https://other.example").unwrap();
        assert_eq!(other.restore(&wrong, None, at(1_100)), Ok(0), "no key was looked at");
        let cut = other.restore(&wrong[..wrong.len() - 1], None, at(1_100));
        assert!(matches!(cut, Err(SnapshotError::Malformed { .. })), "the form is");
        // A second set of one issuer is not wanted either.
        let body = &bytes[8..];
        let twice = [b"EWKC\x01\x00\x02\x00".as_slice(), body, &wrong[8..]].concat();
        assert_eq!(trusting().restore(&twice, None, at(1_100)), Ok(1));
    }

    #[test]
    fn restored_set_has_no_more_and_no_longer_names_than_a_fetched_one() {
        let with = |change: fn(&mut KeySet)| {
            let mut cache = fetched(1_000);
            let held = cache.slots[0].held.as_mut().unwrap();
            let mut set = KeySet::clone(&held.set);
            change(&mut set);
            held.set = Arc::new(set);
            cache.snapshot(None)
        };
        let limits = super::super::KeyLimits { keys: 3, ..super::super::KeyLimits::default() };
        let restore = |bytes: &[u8]| {
            let mut cache = trusting_with(KeyCachePolicy { limits, ..KeyCachePolicy::default() });
            cache.restore(bytes, None, at(1_100)).map_err(SnapshotError::code)
        };
        assert_eq!(restore(&with(|_| {})), Ok(1), "two keys and one that is refused");
        assert_eq!(restore(&with(|set| set.keys.push(set.keys[0].clone()))), Err("snapshot_malformed"));
        assert_eq!(restore(&with(|set| set.refused.push(set.refused[0].clone()))), Err("snapshot_malformed"));
        assert_eq!(restore(&with(|set| set.refused[0].kid = Some("k".repeat(256)))), Ok(1));
        assert_eq!(restore(&with(|set| set.refused[0].kid = Some("k".repeat(257)))), Err("snapshot_malformed"));
    }

    #[test]
    fn fetch_that_began_after_the_stored_set_was_fetched_still_counts() {
        let stored = fetched(1_000).snapshot(None);
        let mut cache = trusting();
        let KeyAnswer::Fetch(first) = cache.keys(ISSUER, None, true, at(1_100), 0) else { panic!() };
        assert_eq!(cache.restore(&stored, None, at(1_101)), Ok(1));
        assert_eq!(keys(&mut cache, 1_101).keys().len(), 2);
        let rotated = KEYS.replace("kid\":\"a", "kid\":\"b");
        let outcome = FetchOutcome::Body { body: rotated.as_bytes(), max_age_secs: None, etag: None };
        assert!(cache.fetched(first, outcome, at(1_102)).is_ok(), "newer than what was restored");
        assert_eq!(keys(&mut cache, 1_102).keys()[0].kid(), Some("b\"\\\u{1}\u{e9}"));
        // A fetch that is older than the stored set does not take its place.
        let mut cache = trusting();
        let KeyAnswer::Fetch(first) = cache.keys(ISSUER, None, true, at(999), 0) else { panic!() };
        assert_eq!(cache.restore(&stored, None, at(1_001)), Ok(1));
        let late = cache.fetched(first, outcome, at(1_002)).map_err(super::super::CacheError::code);
        assert_eq!(late, Err("ticket_superseded"));
    }

    #[test]
    fn not_modified_confirms_no_set_that_was_restored_since() {
        let mut cache = fetched(1_000);
        let KeyAnswer::UseAndRefresh(_, ticket) = cache.keys(ISSUER, None, true, at(1_700), 0) else { panic!() };
        let mut other = trusting();
        let KeyAnswer::Fetch(theirs) = other.keys(ISSUER, None, true, at(1_650), 0) else { panic!() };
        let outcome = FetchOutcome::Body { body: KEYS.as_bytes(), max_age_secs: Some(60), etag: Some("\"2\"") };
        other.fetched(theirs, outcome, at(1_650)).unwrap();
        assert_eq!(cache.restore(&other.snapshot(None), None, at(1_701)), Ok(1));
        let confirmed = cache.fetched(ticket, FetchOutcome::NotModified { max_age_secs: None }, at(1_702));
        assert!(matches!(confirmed, Ok(super::super::Update::Failed { .. })), "{confirmed:?}");
    }

    #[test]
    fn etag_that_no_header_holds_is_left_out() {
        let long = alloc::format!("\"{}\"", "e".repeat(511));
        for etag in ["\"\r\nX: y\"", long.as_str()] {
            let mut cache = fetched(1_000);
            if let Some(held) = &mut cache.slots[0].held {
                held.etag = Some(etag.into());
            }
            let mut other = trusting();
            assert_eq!(other.restore(&cache.snapshot(None), None, at(1_100)), Ok(1));
            let KeyAnswer::UseAndRefresh(_, ticket) = other.keys(ISSUER, None, true, at(1_600), 0) else { panic!() };
            assert_eq!(ticket.etag(), None);
        }
    }

    #[test]
    fn future_times_are_brought_to_the_present() {
        let bytes = fetched(1_000_000).snapshot(None);
        let mut cache = trusting();
        assert_eq!(cache.restore(&bytes, None, at(1_000)), Ok(1));
        assert_eq!(cache.state(ISSUER, at(1_600)), Some(KeyState::Stale));
    }

    #[test]
    fn backoff_comes_back_but_is_no_longer_than_one() {
        let mut cache = fetched(1_000);
        let KeyAnswer::UseAndRefresh(_, ticket) = cache.keys(ISSUER, None, true, at(1_600), 0) else { panic!() };
        cache.fetched(ticket, FetchOutcome::Failed, at(1_600)).unwrap();
        let mut other = trusting();
        other.restore(&cache.snapshot(None), None, at(1_601)).unwrap();
        assert!(matches!(other.keys(ISSUER, None, true, at(1_604), 0), KeyAnswer::Use(_)));
        assert!(matches!(other.keys(ISSUER, None, true, at(1_605), 0), KeyAnswer::UseAndRefresh(..)));
        let mut far = fetched(1_000);
        far.slots[0].scheduled.back_off(3, u64::MAX, u64::MAX);
        let mut other = trusting();
        other.restore(&far.snapshot(None), None, at(1_700)).unwrap();
        assert!(matches!(other.keys(ISSUER, None, true, at(1_700 + 375), 0), KeyAnswer::UseAndRefresh(..)));
    }

    #[test]
    fn every_flipped_bit_and_every_cut_of_an_authenticated_snapshot_is_refused() {
        let key = Some(&[7; 32][..]);
        let bytes = fetched(1_000).snapshot(key);
        for i in 0..bytes.len() * 8 {
            let mut wrong = bytes.clone();
            wrong[i / 8] ^= 1 << (i % 8);
            assert!(trusting().restore(&wrong, key, at(1_000)).is_err(), "bit {i}");
        }
        for len in 0..bytes.len() {
            assert!(trusting().restore(&bytes[..len], key, at(1_000)).is_err());
        }
        let error = |bytes: &[u8], key: Option<&[u8]>| trusting().restore(bytes, key, at(1_000)).unwrap_err();
        assert_eq!(error(&bytes, None), SnapshotError::AuthenticationMismatch);
        assert_eq!(error(&fetched(1_000).snapshot(None), key), SnapshotError::AuthenticationMismatch);
        assert_eq!(error(&bytes, Some(&[8; 32])), SnapshotError::NotAuthentic);
    }

    #[test]
    fn b9_empty_or_short_key_authenticates_nothing() {
        for len in [0, 1, 15] {
            let key = alloc::vec![7u8; len];
            let bytes = fetched(1_000).snapshot(Some(&key));
            assert_eq!(trusting().restore(&bytes, Some(&key), at(1_000)), Err(SnapshotError::NotAuthentic), "{len}");
        }
        let bytes = fetched(1_000).snapshot(Some(&[7; 16]));
        assert_eq!(trusting().restore(&bytes, Some(&[7; 16]), at(1_000)), Ok(1));
    }

    #[test]
    fn f1_no_bytes_make_restoring_panic() {
        let bytes = fetched(1_000).snapshot(None);
        for i in 0..bytes.len() {
            for value in [0, 1, 0x7f, 0xff, bytes[i].wrapping_add(1)] {
                let mut wrong = bytes.clone();
                wrong[i] = value;
                let _ = trusting().restore(&wrong, None, at(1_000));
            }
            let cut = trusting().restore(&bytes[..i], None, at(1_000));
            assert!(
                cut.is_err_and(|e| e == SnapshotError::NotASnapshot || matches!(e, SnapshotError::Malformed { .. }))
            );
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        let malformed = SnapshotError::Malformed { offset: bytes.len() };
        assert_eq!(trusting().restore(&longer, None, at(1_000)), Err(malformed));
        let next = [b"EWKC\x02".as_slice(), &bytes[5..]].concat();
        assert_eq!(trusting().restore(&next, None, at(0)), Err(SnapshotError::UnknownVersion { version: 2 }));
        let huge = alloc::vec![0; BYTES_MAX + 1];
        assert_eq!(trusting().restore(&huge, None, at(0)).map_err(SnapshotError::code), Err("snapshot_too_large"));
    }

    #[test]
    fn withdrawn_keys_keep_their_grace() {
        let policy = KeyCachePolicy { grace_secs: 100, ..KeyCachePolicy::default() };
        let mut cache = trusting_with(policy.clone());
        fetch(&mut cache, KEYS, 1_000);
        let KeyAnswer::UseAndRefresh(_, ticket) = cache.keys(ISSUER, None, true, at(1_600), 0) else { panic!() };
        let rest = KEYS.replace("kid\":\"a", "kid\":\"b");
        let outcome = FetchOutcome::Body { body: rest.as_bytes(), max_age_secs: None, etag: None };
        cache.fetched(ticket, outcome, at(1_600)).unwrap();
        let mut other = trusting_with(policy);
        assert_eq!(other.restore(&cache.snapshot(None), None, at(1_650)), Ok(1));
        let kid = Some("a\"\\\u{1}\u{e9}");
        let set = keys(&mut other, 1_699);
        let key = set.choose(Algorithm::EdDsa, kid).unwrap();
        assert!(set.is_live(key.generation(), key.thumbprint()) && key.generation() > 0);
        assert_eq!(keys(&mut other, 1_700).choose(Algorithm::EdDsa, kid).unwrap_err().code, Code::UnknownKey);
    }

    fn at(secs: u64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    fn trusting() -> KeyCache {
        trusting_with(KeyCachePolicy::default())
    }

    fn trusting_with(policy: KeyCachePolicy) -> KeyCache {
        let mut cache = KeyCache::new(policy);
        cache.trust(ISSUER).unwrap();
        cache
    }

    fn fetched(secs: u64) -> KeyCache {
        let mut cache = trusting();
        fetch(&mut cache, KEYS, secs);
        cache
    }

    fn fetch(cache: &mut KeyCache, body: &str, secs: u64) {
        let KeyAnswer::Fetch(ticket) = cache.keys(ISSUER, None, true, at(secs), 0) else { panic!() };
        let outcome = FetchOutcome::Body { body: body.as_bytes(), max_age_secs: None, etag: Some("\"1\"") };
        cache.fetched(ticket, outcome, at(secs)).unwrap();
    }

    fn keys(cache: &mut KeyCache, secs: u64) -> Arc<KeySet> {
        match cache.keys(ISSUER, None, false, at(secs), 0) {
            KeyAnswer::Use(set) | KeyAnswer::UseAndRefresh(set, _) => set,
            _ => panic!(),
        }
    }
}
