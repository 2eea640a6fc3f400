//! Verifies JSON Web Tokens (RFC 7519) in their compact signed form (RFC 7515) against a cached key set (RFC 7517).
//!
//! ```text
//! UnverifiedToken ──▶ policy ──▶ key ──▶ signature ──▶ claims ──▶ VerifiedToken
//! ```
//!
//! Everything that can fail cheaply fails before any cryptography. Claims are readable from a [`VerifiedToken`] alone.

mod algorithm;
mod base64url;
mod error;
mod jwk;
mod key;
mod key_cache;
mod key_set;
pub mod signature;
mod snapshot;

pub use algorithm::{Algorithm, AlgorithmSet, Family};
pub use error::{Code, Evidence, Place, Retry, VerifyError};
pub use key::{Curve, KeyMaterial, VerificationKey};
pub use key_cache::{CacheError, FetchOutcome, FetchTicket, KeyAnswer, KeyCache, KeyCachePolicy, KeyState, Update};
pub use key_set::{KeyLimits, KeySet, KeySetError, RefusedKey};
pub use snapshot::SnapshotError;
