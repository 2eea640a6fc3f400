//! Where the entries of a list are, by a hash of their names: linear probing (Knuth, volume 3, section 6.4, algorithms L and R).

use alloc::vec;
use alloc::vec::Vec;

/// Places in a list that has no gaps. Names stay with the list.
///
/// Slots are at most half full. Whoever could choose hashes could make searches long, but not endless: here they are SHA-256 of
/// what an issuer signed.
#[derive(Clone, Default)]
pub(super) struct Places {
    /// As many as a power of two, or none; where a search begins is the hash modulo their number.
    slots: Vec<Option<Slot>>,
    count: usize,
}

#[derive(Clone, Copy)]
struct Slot {
    hash: u32,
    at: u32,
}

impl Places {
    /// The place of that hash which `is` the right one.
    pub(super) fn find(&self, hash: u32, is: impl Fn(usize) -> bool) -> Option<usize> {
        let mut slot = self.home(hash);
        while let Some(Some(found)) = self.slots.get(slot) {
            if found.hash == hash && is(found.at as usize) {
                return Some(found.at as usize);
            }
            slot = self.after(slot);
        }
        None
    }

    /// Notes a place.
    pub(super) fn insert(&mut self, hash: u32, at: usize) {
        let Ok(at) = u32::try_from(at) else { return };
        if self.count * 2 >= self.slots.len() {
            let slots = vec![None; (self.slots.len() * 2).max(SLOTS_MIN)];
            let old = core::mem::replace(&mut self.slots, slots);
            old.into_iter().flatten().for_each(|slot| self.put(slot));
        }
        self.count += 1;
        self.put(Slot { hash, at });
    }

    /// What is at `old` is at `new` from now on.
    pub(super) fn replace(&mut self, hash: u32, old: usize, new: usize) {
        let slot = self.slot_of(hash, old).and_then(|slot| self.slots.get_mut(slot));
        if let (Some(Some(slot)), Ok(at)) = (slot, u32::try_from(new)) {
            slot.at = at;
        }
    }

    /// Forgets a place.
    pub(super) fn remove(&mut self, hash: u32, at: usize) {
        let Some(mut gap) = self.slot_of(hash, at) else { return };
        self.count -= 1;
        let mut next = gap;
        // No search may meet a gap before what it looks for: what follows moves up, unless its search begins behind the gap.
        loop {
            next = self.after(next);
            let Some(Some(slot)) = self.slots.get(next).copied() else { break };
            let from_home = next.wrapping_sub(self.home(slot.hash)) & self.mask();
            if from_home >= next.wrapping_sub(gap) & self.mask() {
                self.set(gap, Some(slot));
                gap = next;
            }
        }
        self.set(gap, None);
    }

    fn slot_of(&self, hash: u32, at: usize) -> Option<usize> {
        let mut slot = self.home(hash);
        while let Some(Some(found)) = self.slots.get(slot) {
            if found.hash == hash && found.at as usize == at {
                return Some(slot);
            }
            slot = self.after(slot);
        }
        None
    }

    fn put(&mut self, new: Slot) {
        let mut slot = self.home(new.hash);
        while let Some(Some(_)) = self.slots.get(slot) {
            slot = self.after(slot);
        }
        self.set(slot, Some(new));
    }

    fn set(&mut self, at: usize, new: Option<Slot>) {
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = new;
        }
    }

    fn home(&self, hash: u32) -> usize {
        hash as usize & self.mask()
    }

    fn after(&self, slot: usize) -> usize {
        (slot + 1) & self.mask()
    }

    fn mask(&self) -> usize {
        self.slots.len().saturating_sub(1)
    }
}

const SLOTS_MIN: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    /// Against a plain list, with hashes that collide, wrap around and share their homes.
    #[test]
    fn places_are_found_as_in_a_list() {
        for spread in [1, 7, 64, u32::MAX] {
            let mut names: Vec<u32> = Vec::new();
            let mut places = Places::default();
            let hash_of = |name: u32| (name % spread).wrapping_sub(3);
            let mut seed = 1u32;
            for step in 0..4000 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let name = (seed >> 16) % 200;
                let find = |names: &[u32], places: &Places| {
                    places.find(hash_of(name), |at| names.get(at).is_some_and(|known| *known == name))
                };
                let at = names.iter().position(|known| *known == name);
                assert_eq!(find(&names, &places), at, "step {step}");
                match at {
                    None => {
                        places.insert(hash_of(name), names.len());
                        names.push(name);
                    }
                    Some(at) => {
                        names.swap_remove(at);
                        places.remove(hash_of(name), at);
                        if let Some(moved) = names.get(at) {
                            places.replace(hash_of(*moved), names.len(), at);
                        }
                    }
                }
                assert_eq!(places.count, names.len());
                for (at, name) in names.iter().enumerate() {
                    assert!(places.slot_of(hash_of(*name), at).is_some(), "step {step}");
                }
            }
        }
    }
}
