//! One call per token for a host with a key cache.

use std::sync::Arc;

use edgewarden_bindings::token as facade;

use super::host_check::HostCheck;
use super::key_cache::FetchTicket;
use super::verified::VerifiedToken;
use crate::error::EdgewardenError;
use crate::long;

/// What to do about a token. A ticket for a refresh is fetched without letting the request wait.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum Step {
    /// It is verified.
    Verified {
        /// The token.
        token: Arc<VerifiedToken>,
        /// For a fetch beside it.
        refresh: Option<FetchTicket>,
    },
    /// The host checks the signature, then finishes.
    Check {
        /// The verification.
        check: Arc<HostCheck>,
        /// For a fetch beside it.
        refresh: Option<FetchTicket>,
    },
    /// Fetch, tell the key cache, and step again.
    Fetch {
        /// For the fetch.
        ticket: FetchTicket,
    },
    /// Others are fetching. Step again soon, and at that time at the latest.
    Wait {
        /// That time.
        until_ms: i64,
    },
    /// It is refused.
    Refused {
        /// Why.
        error: EdgewardenError,
        /// For a fetch beside it.
        refresh: Option<FetchTicket>,
    },
}

impl From<facade::Step> for Step {
    fn from(step: facade::Step) -> Self {
        let refresh = |ticket: Option<facade::FetchTicket>| ticket.map(Into::into);
        match step {
            facade::Step::Verified(token, ticket) => {
                Self::Verified { token: VerifiedToken::of(token), refresh: refresh(ticket) }
            }
            facade::Step::Check(check, ticket) => Self::Check { check: HostCheck::of(check), refresh: refresh(ticket) },
            facade::Step::Fetch(ticket) => Self::Fetch { ticket: ticket.into() },
            facade::Step::Wait(until) => Self::Wait { until_ms: long(until) },
            facade::Step::Refused(error, ticket) => Self::Refused { error: error.into(), refresh: refresh(ticket) },
        }
    }
}
