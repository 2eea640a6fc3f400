//! Keys in the form a check starts from, by thumbprint, so that a key is parsed once and not for each signature.
//!
//! One cache behind a lock, and not one for each thread: the lock is held for a search in a sorted map, and for a look at each
//! entry when one has to make room, never while a key is parsed or a signature checked. Caches of threads would parse each
//! key once more for each thread, and keep it for as long as the thread lives. Two threads that meet a new key at once both
//! parse it, and either result serves.
#![cfg_attr(
    not(all(
        any(target_arch = "x86_64", target_arch = "aarch64"),
        target_endian = "little",
        target_pointer_width = "64"
    )),
    expect(dead_code, reason = "nothing is parsed where there is no acceleration")
)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// SHA-256 thumbprint of a key (RFC 7638): it stands for the numbers and the kind of the key, whatever its `kid`.
type Thumbprint = [u8; 32];

/// A bounded number of parsed keys; the one that was not used for longest makes room.
pub struct KeyCache<K> {
    keys_max: usize,
    state: Mutex<State<K>>,
}

struct State<K> {
    /// Each key with the tick of its last use.
    keys: BTreeMap<Thumbprint, (u64, Arc<K>)>,
    tick: u64,
}

impl<K> KeyCache<K> {
    pub fn new(keys_max: usize) -> Self {
        Self { keys_max, state: Mutex::new(State { keys: BTreeMap::new(), tick: 0 }) }
    }

    pub fn find(&self, thumbprint: &Thumbprint) -> Option<Arc<K>> {
        let mut state = self.lock();
        state.tick += 1;
        let tick = state.tick;
        let (used, key) = state.keys.get_mut(thumbprint)?;
        *used = tick;
        Some(Arc::clone(key))
    }

    pub fn insert(&self, thumbprint: Thumbprint, key: Arc<K>) {
        let mut state = self.lock();
        if state.keys.len() >= self.keys_max && !state.keys.contains_key(&thumbprint) {
            let oldest = state.keys.iter().min_by_key(|(_, (used, _))| *used).map(|(thumbprint, _)| *thumbprint);
            oldest.and_then(|thumbprint| state.keys.remove(&thumbprint));
        }
        state.tick += 1;
        let tick = state.tick;
        state.keys.insert(thumbprint, (tick, key));
    }

    /// A thread that panicked with the lock in hand left nothing half done that matters: at worst a key is parsed again.
    fn lock(&self) -> MutexGuard<'_, State<K>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_not_used_for_longest_makes_room() {
        let cache = KeyCache::new(2);
        let thumbprint = |n: u8| [n; 32];
        for n in [1, 2] {
            cache.insert(thumbprint(n), Arc::new(n));
        }
        assert_eq!(cache.find(&thumbprint(1)).as_deref(), Some(&1));
        cache.insert(thumbprint(3), Arc::new(3));
        assert_eq!([1, 2, 3].map(|n| cache.find(&thumbprint(n)).is_some()), [true, false, true]);
        cache.insert(thumbprint(3), Arc::new(4));
        assert_eq!(cache.find(&thumbprint(1)).as_deref(), Some(&1), "the same key once more takes no room");
    }
}
