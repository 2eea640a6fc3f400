//! Tokens and keys: the catalogue of attacks, and the public vectors.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod key_cache;
mod network;
mod seeds;
mod signatures;
mod vectors;
