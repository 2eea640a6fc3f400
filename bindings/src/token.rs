//! Tokens: the handles of [`edgewarden::jwt`] and what they answer, as plain data.
//!
//! Times are milliseconds since 1970 and always given: nothing here reads a clock. Every number stays below 2^53.

mod error;
mod host_check;
mod key_cache;
mod keys;
mod options;
mod signatures;
mod step;
mod token_cache;
mod verified;
mod verifier;

pub use edgewarden::jwt::Algorithm;
pub use error::{Evidence, TOKEN_CATALOGUE, VerifyError, challenge, proof_challenge};
pub use host_check::HostCheck;
pub use key_cache::{FetchTicket, KeyAnswer, KeyCache, KeyUpdate};
pub use keys::{KeyInfo, KeySet, RefusedKeyInfo};
pub use options::{KeyCacheOptions, VerifierOptions};
pub use step::Step;
pub use token_cache::TokenCache;
pub use verified::{TokenData, VerifiedToken};
pub use verifier::{PlausibleInfo, ProofRequest, TokenCheck, TokenVerifier};
