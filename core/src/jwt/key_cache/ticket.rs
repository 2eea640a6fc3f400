//! What passes between the cache and whoever fetches.

use alloc::string::String;
use alloc::sync::Arc;

use crate::time::Timestamp;

/// Permission to fetch the key set of an issuer once. Hand it in with what came, or with [`FetchOutcome::Failed`] where nothing
/// did in time: an issuer that does not answer is asked less and less. One that is dropped, as its request was, says nothing of
/// the issuer; nobody else fetches until its deadline, and that is all.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a ticket that is not handed in keeps others from fetching until its deadline"]
pub struct FetchTicket {
    pub(super) issuer: Arc<str>,
    pub(super) number: u64,
    pub(super) nonce: u64,
    pub(super) deadline: u64,
    pub(super) etag: Option<String>,
    /// Number of the set that was held when the ticket was issued; 0 for none.
    pub(super) base: u64,
}

/// What a fetch brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchOutcome<'a> {
    /// Status 200. The host follows no redirect to another origin and never asks a URL that a token names.
    Body {
        /// The document.
        body: &'a [u8],
        /// `max-age` of `Cache-Control` less `Age` (RFC 9111 section 4.2), if there is one.
        max_age_secs: Option<u64>,
        /// `ETag` as it was sent.
        etag: Option<&'a str>,
    },
    /// Status 304, in answer to [`FetchTicket::etag`].
    NotModified {
        /// `max-age` of `Cache-Control` less `Age`, if there is one.
        max_age_secs: Option<u64>,
    },
    /// Another status, no connection, no answer in time. Not for a fetch that was stopped because its request was: a stranger can
    /// bring that about.
    Failed,
}

impl FetchTicket {
    /// Whose keys to fetch. The host knows the address; it never comes from a token.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Number of the ticket, unique in its cache; later tickets have higher ones.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// From that time on the fetch counts as failed: stop it then, and say so.
    pub fn deadline(&self) -> Timestamp {
        Timestamp::from_millis(self.deadline)
    }

    /// What to send as `If-None-Match` (RFC 9110 section 13.1.2).
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }
}
