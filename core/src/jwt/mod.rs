//! Verifies JSON Web Tokens (RFC 7519) in their compact signed form (RFC 7515) against a cached key set (RFC 7517).
//!
//! ```text
//! text ──▶ form, header ──▶ policy, claims ──▶ PlausibleToken ──▶ key ──▶ signature ──▶ VerifiedToken
//! ```
//!
//! Everything that can fail cheaply fails before any cryptography. Claims are readable from a [`VerifiedToken`] alone.
//!
//! # Verify
//! ```
//! use edgewarden::jwt::{Algorithm, TokenVerifier, challenge, http_status};
//! use edgewarden::time::Timestamp;
//!
//! // With public keys: `.algorithms([Algorithm::Es256])`, and the keys from a `KeyCache` or `KeySet::from_jwks`.
//! let verifier = TokenVerifier::builder()
//!     .issuer("https://issuer.example")
//!     .audience("https://api.example")
//!     .shared_secret(&[0x5A; 32], [Algorithm::Hs256])
//!     .build()?;
//! let keys = verifier.shared_keys().ok_or("no secret")?;
//! let token = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwiYXVkIjoiaHR0cHM6Ly9hcGkuZXhhbXB\
//!              sZSIsImV4cCI6MTcwMDAwMDMwMCwic3ViIjoiYWRhIn0.CciJa0EbsQCbQGgorTsmG1wBRB3CnR0N_G6uIJtiC5M";
//! let verified = verifier.verify(token, keys, Timestamp::from_secs(1_700_000_000))?;
//! assert_eq!(verified.claims().subject(), Some("ada"));
//!
//! let later = Timestamp::from_secs(1_700_000_360);
//! let error = verifier.verify(token, keys, later).unwrap_err();
//! assert_eq!((error.code.name(), http_status(&error)), ("token_expired", 401));
//! assert_eq!(
//!     challenge(Some(&error), "api"),
//!     r#"Bearer realm="api", error="invalid_token", error_description="claim exp: token_expired""#
//! );
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Let the host check the signature
//! With a [`KeyCache`], [`plausible`](TokenVerifier::plausible) comes first: it names the key to have at hand.
//! ```
//! use edgewarden::jwt::{HostCheck, KeySet, TokenVerifier, VerifiedToken, VerifyError};
//! use edgewarden::time::Timestamp;
//!
//! fn verify(
//!     verifier: &TokenVerifier,
//!     token: &str,
//!     keys: &KeySet,
//!     now: fn() -> Timestamp,
//!     host: fn(&HostCheck) -> bool,
//! ) -> Result<VerifiedToken, VerifyError> {
//!     let mut check = verifier.begin(token, keys, now())?;
//!     let mut valid = host(&check);
//!     while !valid && check.next_key() {
//!         valid = host(&check);
//!     }
//!     check.finish(valid, now())
//! }
//! ```

mod algorithm;
use crate::text::base64url;
mod builder;
mod challenge;
mod checks;
mod claims;
mod confirmation;
mod dpop;
mod error;
mod explain;
mod header;
mod host_check;
mod jwk;
mod key;
mod key_cache;
mod key_set;
mod places;
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
pub use confirmation::Confirmation;
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
