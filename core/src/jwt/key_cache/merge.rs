//! From the keys that were held and those that came to the keys that are held next.

use alloc::vec::Vec;

use super::super::key::VerificationKey;
use super::super::key_set::KeySet;
use super::Counters;

/// A withdrawn key's last moment, in milliseconds.
pub(in super::super) type Until = u64;

/// The next set with the last moments of its withdrawn keys, and how many keys came and went.
pub(super) struct Merged {
    pub(super) set: KeySet,
    pub(super) withdrawn: Vec<Until>,
    pub(super) added: usize,
    pub(super) removed: usize,
}

/// Gives the keys of `new` their generations. A key keeps the one it has in `old`; any other key, and one whose `kid`,
/// algorithms or numbers are not the same, gets a new one. `kept_until` is the last moment of the keys that vanish now.
pub(super) fn merge(
    old: Option<(&KeySet, &[Until])>,
    mut new: KeySet,
    counters: &mut Counters,
    now: u64,
    kept_until: Option<Until>,
) -> Merged {
    let before = old.map_or(&[][..], |(set, _)| set.keys());
    let mut added = 0;
    for key in &mut new.keys {
        key.generation = before.iter().find(|known| is_same(known, key)).map_or(0, VerificationKey::generation);
        if key.generation == 0 {
            counters.generation += 1;
            key.generation = counters.generation;
            added += 1;
        }
    }
    let mut withdrawn = Vec::new();
    if let Some((set, until)) = old {
        for (key, until) in published_then_withdrawn(set, until, kept_until) {
            let Some(until) = until.filter(|until| *until > now) else { continue };
            // A name that stands for something else now, or for a key that was refused, is taken at its word.
            let is_gone = key.kid.as_deref().is_some_and(|kid| !new.names(kid));
            if is_gone && withdrawn.len() < WITHDRAWN_MAX {
                withdrawn.push((key.clone(), until));
            }
        }
    }
    let (keys, withdrawn): (Vec<_>, Vec<_>) = withdrawn.into_iter().unzip();
    new.withdrawn = keys.len();
    new.keys.extend(keys);
    let removed = before.iter().filter(|key| !new.is_live(key.generation, &key.thumbprint)).count();
    Merged { set: new, withdrawn, added, removed }
}

/// Each key of a set with its last moment: that of a withdrawn key, and `kept_until` for others.
fn published_then_withdrawn<'a>(
    set: &'a KeySet,
    until: &'a [Until],
    kept_until: Option<Until>,
) -> impl Iterator<Item = (&'a VerificationKey, Option<Until>)> {
    let published = set.keys.len().saturating_sub(set.withdrawn);
    set.keys
        .iter()
        .enumerate()
        .map(move |(i, key)| (key, if i < published { kept_until } else { until.get(i - published).copied() }))
}

fn is_same(a: &VerificationKey, b: &VerificationKey) -> bool {
    (a.thumbprint, a.algorithms, &a.kid) == (b.thumbprint, b.algorithms, &b.kid)
}

/// A rotation replaces one key; more than that many are no rotation.
const WITHDRAWN_MAX: usize = 16;
