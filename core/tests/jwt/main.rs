//! Tokens and keys: the catalogue of attacks, and the public vectors.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use edgewarden::jwt::signature::{CoreVerifier, SignatureVerifier};

mod any_bytes;
mod any_keys;
mod claims;
mod explain;
mod form;
mod header;
mod json_web_keys;
mod jws;
mod key_cache;
mod key_cache_model;
mod key_cache_order;
mod keys;
mod network;
mod page;
mod policy;
mod proof;
mod seeds;
mod sign;
mod signatures;
mod token_cache;
mod vectors;

/// Whose verdicts `signatures` asks for; the provider runs the same file with its own.
fn verifier() -> &'static dyn SignatureVerifier {
    &CoreVerifier
}
