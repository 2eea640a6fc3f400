//! When a token is good: the one place where its times meet the clock.

use super::claims::{Claims, NumericDate};
use super::error::{Code, Evidence, Fault, Place, Retry, VerifyError};
use super::policy::Policy;
use crate::time::Timestamp;

/// The times of a token with the leeway of the policy in them. Kept with a verified token, so that a cache asks the same
/// questions again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Refused from then on.
    expires: Option<Timestamp>,
    /// Refused before.
    begins: Option<Timestamp>,
    /// Refused before.
    issued: Option<Timestamp>,
    /// Refused after.
    too_old: Option<Timestamp>,
    age_claim: &'static str,
}

/// The times of a token as it has them.
pub(super) struct Times {
    pub(super) exp: Result<Option<NumericDate>, Fault>,
    pub(super) nbf: Result<Option<NumericDate>, Fault>,
    pub(super) iat: Result<Option<NumericDate>, Fault>,
    /// From which the greatest age counts, if the policy has one.
    pub(super) origin: Result<Option<NumericDate>, Fault>,
}

impl Times {
    pub(super) fn of(policy: &Policy, claims: &Claims) -> Self {
        let has_age = policy.age_secs_max.is_some();
        Self {
            exp: claims.time("exp"),
            nbf: claims.time("nbf"),
            iat: claims.time("iat"),
            origin: if has_age { claims.time(policy.profile.age_claim()) } else { Ok(None) },
        }
    }
}

impl Window {
    /// The window that times and policy leave open. What is no time leaves it open; types are checked apart.
    pub(super) fn of(policy: &Policy, times: &Times) -> Self {
        let time = |time: &Result<Option<NumericDate>, Fault>| time.as_ref().ok().copied().flatten();
        let leeway = policy.leeway_secs;
        let too_old = policy.age_secs_max.and_then(|age| {
            let origin = time(&times.origin).map(NumericDate::earlier)?;
            Some(later(origin, age.saturating_add(leeway)))
        });
        Self {
            expires: time(&times.exp).map(|exp| later(exp.earlier(), leeway)),
            begins: time(&times.nbf).map(|nbf| earlier(nbf.later(), leeway)),
            issued: time(&times.iat).map(|iat| earlier(iat.later(), leeway)),
            too_old,
            age_claim: policy.profile.age_claim(),
        }
    }

    /// All four questions.
    pub(super) fn check(&self, now: Timestamp) -> Result<(), Fault> {
        self.check_expiry(now)?;
        self.check_begin(now)?;
        self.check_issue(now)?;
        self.check_age(now)
    }

    /// RFC 7519 section 4.1.4: refused "on or after" `exp`.
    pub(super) fn check_expiry(&self, now: Timestamp) -> Result<(), Fault> {
        refuse_if(self.expires, |limit| now >= limit, Code::TokenExpired, "exp", now)
    }

    /// RFC 7519 section 4.1.5: refused "before" `nbf`.
    pub(super) fn check_begin(&self, now: Timestamp) -> Result<(), Fault> {
        refuse_if(self.begins, |limit| now < limit, Code::TokenNotYetValid, "nbf", now)
    }

    /// A token cannot be older than its verification.
    pub(super) fn check_issue(&self, now: Timestamp) -> Result<(), Fault> {
        refuse_if(self.issued, |limit| now < limit, Code::IssuedInFuture, "iat", now)
    }

    /// The policy's greatest age.
    pub(super) fn check_age(&self, now: Timestamp) -> Result<(), Fault> {
        refuse_if(self.too_old, |limit| now > limit, Code::TokenTooOld, self.age_claim, now)
    }

    /// The moment from which the token is refused for good, as far as one is known.
    pub(super) fn end(&self) -> Option<Timestamp> {
        // One millisecond on: the last moment of the greatest age still counts.
        let too_old = self.too_old.map(|limit| Timestamp::from_millis(limit.as_millis().saturating_add(1)));
        [self.expires, too_old].into_iter().flatten().min()
    }
}

fn refuse_if(
    limit: Option<Timestamp>,
    is_outside: impl FnOnce(Timestamp) -> bool,
    code: Code,
    claim: &'static str,
    now: Timestamp,
) -> Result<(), Fault> {
    let Some(limit) = limit.filter(|limit| is_outside(*limit)) else { return Ok(()) };
    let error = VerifyError::new(code, Place::Claim(claim.into())).because(Evidence::Time { now, limit });
    Err(if now < limit { error.retry(Retry::At(limit)) } else { error }.into())
}

fn later(time: Timestamp, secs: u64) -> Timestamp {
    Timestamp::from_millis(time.as_millis().saturating_add(Timestamp::from_secs(secs).as_millis()))
}

fn earlier(time: Timestamp, secs: u64) -> Timestamp {
    Timestamp::from_millis(time.as_millis().saturating_sub(Timestamp::from_secs(secs).as_millis()))
}
