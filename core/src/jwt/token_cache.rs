//! Verified tokens, so that the same token is not verified again with every request.
//!
//! An entry lives no longer than its token, its key and its policy: each hit checks the times again and that the key is still
//! the one it was. Refusals are not kept.

use alloc::vec::Vec;
use core::fmt;

use sha2::{Digest, Sha256};

use super::key_set::KeySet;
use super::places::Places;
use super::verified::VerifiedToken;
use crate::time::Timestamp;

/// A bounded cache of verified tokens. When it is full, what was asked for least in the last rounds goes first (CLOCK).
///
/// A token's `jti` on a deny list is the host's to check on every request: a hit here does not ask.
#[derive(Clone)]
pub struct TokenCache {
    /// Where each token is, by the hash of its policy and its text.
    places: Places,
    /// Entries in a circle, without gaps.
    entries: Vec<Entry>,
    /// Where the next eviction begins.
    hand: usize,
    bytes: usize,
    bytes_max: usize,
}

/// SHA-256 of the policy's fingerprint and the token.
type Name = [u8; 32];

#[derive(Clone)]
struct Entry {
    name: Name,
    token: VerifiedToken,
    /// Hits, up to [`USES_MAX`], less the times that the hand came by: a token of every second outlasts one of a burst.
    uses: u8,
}

impl TokenCache {
    /// A cache that holds about `bytes_max` bytes, at most 1 GiB; a usual token takes 3 KiB. 0 keeps nothing.
    pub fn new(bytes_max: usize) -> Self {
        let bytes_max = bytes_max.min(BYTES_MAX);
        Self { places: Places::default(), entries: Vec::new(), hand: 0, bytes: 0, bytes_max }
    }

    /// What [`verify`](super::TokenVerifier::verify) said about this very token under the policy of that
    /// [fingerprint](super::TokenVerifier::fingerprint), if that still holds with `keys` at `now`: its times do, and the key it was
    /// verified with is still there, of the same generation, for its algorithm and its `kid`. That another key came beside it
    /// does not count, although `verify` might now call the token ambiguous: the one that signed it is known.
    pub fn get(&mut self, fingerprint: &[u8; 32], token: &str, keys: &KeySet, now: Timestamp) -> Option<VerifiedToken> {
        let at = self.find(&name(fingerprint, token))?;
        let entry = self.entries.get_mut(at)?;
        let verified = &entry.token;
        let is_over = verified.valid_until().is_some_and(|until| now >= until);
        if is_over || !keys.still_verifies(verified) {
            self.remove(at);
            return None;
        }
        // A clock that is behind for a while is no reason to verify again later.
        verified.check_time(now).ok()?;
        entry.uses = (entry.uses + 1).min(USES_MAX);
        Some(verified.clone())
    }

    /// Keeps a token that was just verified; false for a proof of possession, which counts once, for one that takes more than a
    /// quarter of the cache, and where `verified` is another policy's or has other claims than `token`: a mix-up must not
    /// outlast its request.
    pub fn insert(&mut self, fingerprint: &[u8; 32], token: &str, verified: &VerifiedToken) -> bool {
        let bytes = bytes_of(verified);
        if !verified.is_cacheable() || bytes > self.bytes_max / 4 || !verified.is_of(fingerprint, token) {
            return false;
        }
        let name = name(fingerprint, token);
        if let Some(at) = self.find(&name) {
            self.remove(at);
        }
        while self.bytes + bytes > self.bytes_max {
            self.evict();
        }
        self.bytes += bytes;
        self.places.insert(hash(&name), self.entries.len());
        self.entries.push(Entry { name, token: verified.clone(), uses: 0 });
        true
    }

    /// Drops a token, as after a logout; whether it was there.
    pub fn forget(&mut self, fingerprint: &[u8; 32], token: &str) -> bool {
        let at = self.find(&name(fingerprint, token));
        at.inspect(|at| self.remove(*at)).is_some()
    }

    /// Drops all tokens.
    pub fn clear(&mut self) {
        *self = Self::new(self.bytes_max);
    }

    /// Tokens held.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes held, roughly.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Drops the first entry from the hand on that has no uses left, if there is one before the end of the circle.
    fn evict(&mut self) {
        while let Some(entry) = self.entries.get_mut(self.hand) {
            if entry.uses == 0 {
                return self.remove(self.hand);
            }
            entry.uses -= 1;
            self.hand += 1;
        }
        self.hand = 0;
        if self.entries.is_empty() {
            // Nothing is left to drop, so nothing is held.
            self.bytes = 0;
        }
    }

    /// Drops the entry at `at`; the last one takes its place.
    fn remove(&mut self, at: usize) {
        if at >= self.entries.len() {
            return;
        }
        let entry = self.entries.swap_remove(at);
        self.bytes = self.bytes.saturating_sub(bytes_of(&entry.token));
        self.places.remove(hash(&entry.name), at);
        if let Some(moved) = self.entries.get(at) {
            self.places.replace(hash(&moved.name), self.entries.len(), at);
        }
    }

    /// Where the entry of that name is.
    fn find(&self, name: &Name) -> Option<usize> {
        self.places.find(hash(name), |at| self.entries.get(at).is_some_and(|entry| entry.name == *name))
    }
}

impl KeySet {
    /// Whether the key that verified `token` is still here, the same, and for such a token.
    fn still_verifies(&self, token: &VerifiedToken) -> bool {
        self.candidates(token.algorithm(), token.header().kid())
            .any(|key| key.generation() == token.key_generation() && key.thumbprint() == token.key_thumbprint())
    }
}

impl fmt::Debug for TokenCache {
    /// Shows sizes alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache").field("tokens", &self.len()).field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

/// The fingerprint has one length, so no two pairs run together to the same bytes.
fn name(fingerprint: &[u8; 32], token: &str) -> Name {
    Sha256::new().chain_update(fingerprint).chain_update(token).finalize().into()
}

/// The first bytes of the name, which are as good as random.
fn hash(name: &Name) -> u32 {
    name.first_chunk().map_or(0, |first| u32::from_le_bytes(*first))
}

/// The entry, its place twice over for the room that the map leaves, and the token.
fn bytes_of(token: &VerifiedToken) -> usize {
    size_of::<Entry>() + 2 * size_of::<(Name, usize)>() + token.bytes()
}

const BYTES_MAX: usize = 1 << 30;

const USES_MAX: u8 = 3;
