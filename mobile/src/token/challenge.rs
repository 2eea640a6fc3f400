//! The value of `WWW-Authenticate`.

use edgewarden_bindings::token as facade;

use super::names::TokenAlgorithm;
use crate::error::EdgewardenError;

/// What is wrong with a request that needs a proof of possession.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum ProofChallenge {
    /// It has no token.
    Missing,
    /// Its access token was refused.
    Token {
        /// Why.
        error: EdgewardenError,
    },
    /// Its proof was refused.
    Proof {
        /// Why.
        error: EdgewardenError,
    },
    /// Its proof must repeat the nonce that goes with the answer.
    NonceNeeded,
}

/// The value of `WWW-Authenticate` for the scheme `Bearer` (RFC 6750 section 3): of a token that was refused, or of a request
/// without one. A fault of the server tells no error. Holds no text of the token but the name of a claim.
#[uniffi::export]
pub fn challenge(error: Option<EdgewardenError>, realm: &str) -> String {
    let told = facade::challenge(error.as_ref().and_then(EdgewardenError::parts), realm);
    told.or_else(|_| facade::challenge(None, realm)).unwrap_or_default()
}

/// The same for the scheme `DPoP` (RFC 9449 section 7.1), with the algorithms that proofs may use.
#[uniffi::export]
pub fn proof_challenge(
    what: ProofChallenge,
    realm: &str,
    algorithms: Vec<TokenAlgorithm>,
) -> Result<String, EdgewardenError> {
    let (name, error) = match &what {
        ProofChallenge::Missing => ("missing", None),
        ProofChallenge::Token { error } => ("token", Some(error)),
        ProofChallenge::Proof { error } => ("proof", Some(error)),
        ProofChallenge::NonceNeeded => ("nonce_needed", None),
    };
    let algorithms: Vec<&str> = algorithms.into_iter().map(TokenAlgorithm::name).collect();
    Ok(facade::proof_challenge(name, error.and_then(EdgewardenError::parts), realm, &algorithms)?)
}
