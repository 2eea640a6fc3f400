//! Tokens: the handles of the facade's module of that name.
//!
//! Times are milliseconds since 1970, by default those of the clock of this machine. Nothing here fetches: a ticket says what
//! to fetch, and what came is handed in.

mod challenge;
mod host_check;
mod key_cache;
mod keys;
mod names;
mod options;
mod step;
mod token_cache;
mod verified;
mod verifier;

pub use challenge::{ProofChallenge, challenge, proof_challenge};
pub use host_check::HostCheck;
pub use key_cache::{FetchTicket, KeyAnswer, KeyCache, KeyUpdate};
pub use keys::{KeyInfo, KeySet, RefusedKeyInfo};
pub use names::{
    CheckOutcome, Confirmation, EvidenceKind, KeyState, KeyUpdateKind, Retry, TokenAlgorithm, TokenPlace, TokenProfile,
};
pub use options::{KeyCacheOptions, KeyLimits, TokenLimits, VerifierOptions};
pub use step::Step;
pub use token_cache::TokenCache;
pub use verified::VerifiedToken;
pub use verifier::{AccessToken, PlausibleInfo, ProofRequest, TokenCheck, TokenVerifier};

use std::hash::{BuildHasher, Hasher, RandomState};

use edgewarden_bindings as facade;

use crate::error::EdgewardenError;

/// What was found against what is right.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Evidence {
    /// What the numbers count.
    pub kind: EvidenceKind,
    /// What was found.
    pub found: i64,
    /// What it is held against; not for an offset.
    pub expected: Option<i64>,
}

/// The time of a verification: the one given, else the clock's. Without a clock there is no verdict: at the time 0 no token
/// has expired.
fn time(now: Option<i64>) -> Result<u64, EdgewardenError> {
    let now = crate::scanner::time(now)?;
    now.ok_or_else(|| facade::Error::argument("now", "the clock stands before 1970").into())
}

/// The random number given, else one of this machine. It spreads retries and protects nothing.
fn entropy(given: Option<i64>) -> Result<u64, EdgewardenError> {
    match given.map(u64::try_from) {
        // Each state is another one, from the random numbers of the system.
        None => Ok(RandomState::new().build_hasher().finish() >> 11),
        Some(Ok(given)) if given < 1 << 53 => Ok(given),
        Some(_) => Err(facade::Error::argument("entropy", "not from 0 to below 2^53").into()),
    }
}
