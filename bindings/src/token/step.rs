//! One call per token for a host with a key cache: verdict, or what to do before there is one.

use super::error::VerifyError;
use super::host_check::HostCheck;
use super::key_cache::{FetchTicket, KeyAnswer, KeyCache};
use super::keys::KeySet;
use super::token_cache::TokenCache;
use super::verified::VerifiedToken;
use super::verifier::TokenVerifier;
use crate::error::Error;

/// What to do about a token. A ticket beside a verdict is fetched without letting the request wait.
#[derive(Debug)]
pub enum Step {
    /// It is verified.
    Verified(VerifiedToken, Option<FetchTicket>),
    /// The host checks the signature, then [finishes](HostCheck::finish).
    Check(HostCheck, Option<FetchTicket>),
    /// Fetch, tell the key cache, and step again.
    Fetch(FetchTicket),
    /// Others are fetching. Step again soon, and at that time, in milliseconds, at the latest.
    Wait(u64),
    /// It is refused.
    Refused(VerifyError, Option<FetchTicket>),
}

impl TokenVerifier {
    /// Verifies a token with the keys that `cache` has for the verifier's issuer: what needs no key first, so that nonsense
    /// fetches nothing. With `tokens`, what is kept there is not verified again, and what is verified is kept; what the host checks
    /// it [inserts](TokenCache::insert) itself.
    ///
    /// # Errors
    /// `internal` and `closed` alone; a refusal is an answer.
    pub fn step(
        &self,
        token: &str,
        cache: &KeyCache,
        tokens: Option<&TokenCache>,
        now: u64,
        entropy: u64,
    ) -> Result<Step, Error> {
        let kept = self.kept(token, cache, tokens, now)?;
        let kid = match &kept {
            Some((kept, _)) => kept.core.header().kid().map(str::to_owned),
            None => match self.plausible(token, now) {
                Ok(asked) => asked.kid,
                Err(error) => return Ok(Step::Refused(error, None)),
            },
        };
        // Without an issuer, as a proof has none, nothing is plausible.
        let issuer = self.issuer().unwrap_or_default();
        // For a token that is kept as well: somebody must refresh the set that it is held against.
        let (keys, refresh) = match cache.keys(issuer, kid.as_deref(), true, now, entropy)? {
            KeyAnswer::Use(keys) => (keys, None),
            KeyAnswer::UseAndRefresh(keys, ticket) => (keys, Some(ticket)),
            KeyAnswer::Fetch(ticket) => return Ok(Step::Fetch(ticket)),
            KeyAnswer::Wait(until) => return Ok(Step::Wait(until)),
            KeyAnswer::Unavailable(error) => return Ok(Step::Refused(error, None)),
        };
        // Between the two questions another thread may have brought other keys.
        if let Some((kept, _)) = kept.filter(|(_, revision)| *revision == keys.revision()) {
            return Ok(Step::Verified(kept, refresh));
        }
        let fault = match self.with_keys(token, &keys, now) {
            Ok(Begun::Check(check)) => return Ok(Step::Check(check, refresh)),
            Ok(Begun::Verified(verified)) => {
                tokens.map(|tokens| tokens.insert(self, token, &verified)).transpose()?;
                return Ok(Step::Verified(verified, refresh));
            }
            Err(fault) => fault,
        };
        let rotated = match (fault.code, &refresh) {
            // A key of another size or kind under the same name shows before the signature is checked.
            ("bad_signature" | "bad_signature_length" | "alg_key_mismatch", None) => {
                cache.bad_signature(issuer, kid.as_deref(), now, entropy)?
            }
            _ => None,
        };
        Ok(Step::Refused(fault, refresh.or(rotated)))
    }

    /// A token that is kept, with the revision of the keys that it was held against.
    fn kept(
        &self,
        token: &str,
        cache: &KeyCache,
        tokens: Option<&TokenCache>,
        now: u64,
    ) -> Result<Option<(VerifiedToken, u64)>, Error> {
        let (Some(tokens), Some(issuer)) = (tokens.filter(|tokens| !tokens.is_empty()), self.issuer()) else {
            return Ok(None);
        };
        let Some(keys) = cache.peek(issuer, now)? else { return Ok(None) };
        Ok(tokens.get(self, token, &keys, now)?.map(|kept| (kept, keys.revision())))
    }

    fn with_keys(&self, token: &str, keys: &KeySet, now: u64) -> Result<Begun, VerifyError> {
        match self.host_checks {
            true => self.begin(token, keys, now).map(Begun::Check),
            false => self.verify(token, keys, now).map(Begun::Verified),
        }
    }
}

enum Begun {
    Check(HostCheck),
    Verified(VerifiedToken),
}

impl Step {
    /// Stable snake_case name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Verified(..) => "verified",
            Self::Check(..) => "check",
            Self::Fetch(_) => "fetch",
            Self::Wait(_) => "wait",
            Self::Refused(..) => "refused",
        }
    }
}
