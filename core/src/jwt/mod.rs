//! Verifies JSON Web Tokens (RFC 7519) in their compact signed form (RFC 7515) against a cached key set (RFC 7517).
//!
//! ```text
//! UnverifiedToken ──▶ policy ──▶ key ──▶ signature ──▶ claims ──▶ VerifiedToken
//! ```
//!
//! Everything that can fail cheaply fails before any cryptography. Claims are readable from a [`VerifiedToken`] alone.

mod algorithm;
mod base64url;
mod builder;
mod challenge;
mod checks;
mod claims;
mod dpop;
mod error;
mod explain;
mod header;
mod host_check;
mod jwk;
mod key;
mod key_cache;
mod key_set;
mod policy;
mod profile;
pub mod signature;
mod snapshot;
mod token;
mod token_cache;
mod uri;
mod verified;
mod verifier;
mod window;

pub use algorithm::{Algorithm, AlgorithmSet, Family};
pub use builder::TokenVerifierBuilder;
pub use challenge::{ProofChallenge, challenge, http_status, proof_challenge};
pub use claims::Claims;
pub use dpop::ProofRequest;
pub use error::{Code, Evidence, Place, Retry, VerifyError};
pub use explain::{Check, Explanation, Outcome};
pub use header::Header;
pub use host_check::HostCheck;
pub use key::{Curve, KeyMaterial, VerificationKey};
pub use key_cache::{CacheError, FetchOutcome, FetchTicket, KeyAnswer, KeyCache, KeyCachePolicy, KeyState, Update};
pub use key_set::{KeyLimits, KeySet, KeySetError, RefusedKey};
pub use policy::PolicyError;
pub use profile::Profile;
pub use snapshot::SnapshotError;
pub use token::{TokenLimits, UnverifiedToken};
pub use token_cache::TokenCache;
pub use verified::VerifiedToken;
pub use verifier::{HostOnly, PlausibleToken, TokenVerifier};
