//! Whole clusters on a bad network: devices, a primary and its replicas under one seed.
#![allow(clippy::unwrap_used, clippy::panic)]

mod device;
mod store;
mod world;

use world::{Tally, World};

/// Seeds of one run of the tests; `EDGEWARDEN_SYNC_SEEDS` says how many else, and `EDGEWARDEN_SYNC_SEED` runs one alone.
const SEEDS: u64 = 300;
const STEPS: u64 = 2_000;

#[test]
fn i1_i6_i10_i11_i12_hold_whatever_the_network_does() {
    let number = |name| std::env::var(name).ok().and_then(|value: String| value.parse().ok());
    let seeds = match number("EDGEWARDEN_SYNC_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("EDGEWARDEN_SYNC_SEEDS").unwrap_or(SEEDS),
    };
    let mut all = Tally::default();
    for seed in seeds {
        let mut world = World::new(seed);
        if let Err(fault) = world.run(STEPS) {
            panic!("seed {seed}: {fault}\nrun it alone with EDGEWARDEN_SYNC_SEED={seed}");
        }
        all.add(&world.tally);
    }
    println!("{all:?}");
}
