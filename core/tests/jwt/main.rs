//! Tokens and keys: the catalogue of attacks, and the public vectors.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use edgewarden::jwt::signature::{CoreVerifier, SignatureVerifier};

mod claims;
mod explain;
mod form;
mod header;
mod keys;
mod policy;
mod proof;
mod sign;
mod signatures;
mod vectors;

/// Whose verdicts `signatures` asks for; the provider runs the same file with its own.
fn verifier() -> &'static dyn SignatureVerifier {
    &CoreVerifier
}
