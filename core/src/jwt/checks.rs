//! The checks of a token against a policy, in the order in which they are made: one list for those who stop at the first fault
//! and for those who want to see them all.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};

use super::algorithm::Algorithm;
use super::claims::{Claims, NumericDate};
use super::error::{Code, Evidence, Fault, Place, VerifyError};
use super::header::{Header, media_type};
use super::policy::Policy;
use super::profile::Profile;
use super::window::{Times, Window};
use crate::text::json::Json;
use crate::time::Timestamp;

/// Takes the outcome of each check.
pub(super) trait Sink {
    /// # Errors
    /// The fault, to stop at it.
    fn take(
        &mut self,
        name: &'static str,
        at: Place,
        outcome: Result<(), Fault>,
        told: impl FnOnce() -> Told,
    ) -> Result<(), Fault>;
}

/// Stops at the first fault.
pub(super) struct FirstFault;

impl Sink for FirstFault {
    fn take(
        &mut self,
        _: &'static str,
        _: Place,
        outcome: Result<(), Fault>,
        _: impl FnOnce() -> Told,
    ) -> Result<(), Fault> {
        outcome
    }
}

/// What a check compares, for a reader. What the token says appears as sizes, types, times and names of algorithms alone.
#[derive(Default)]
pub(super) struct Told {
    pub(super) expected: Option<String>,
    pub(super) got: Option<String>,
}

impl Told {
    pub(super) fn new(expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self { expected: Some(expected.into()), got: Some(got.into()) }
    }
}

/// What the policy says about the header.
pub(super) fn of_header(policy: &Policy, header: &Header, sink: &mut impl Sink) -> Result<(), Fault> {
    sink.take("algorithm", Place::Header("alg"), algorithm(policy, header).map(|_| ()), || {
        let names: alloc::vec::Vec<&str> = policy.algorithms.iter().map(Algorithm::name).collect();
        Told::new(names.join(" or "), name_of_algorithm(header.algorithm_name()))
    })?;
    sink.take("type", Place::Header("typ"), policy.profile.check_typ(header), || {
        let (expected, optional) = policy.profile.typ();
        let expected = if optional { format!("{expected} or none") } else { expected.into() };
        Told::new(expected, name_of_type(header.typ()))
    })
}

/// The algorithm, if the policy accepts it.
pub(super) fn algorithm(policy: &Policy, header: &Header) -> Result<Algorithm, Fault> {
    let algorithm = Algorithm::from_name(header.algorithm_name());
    let allowed = algorithm.filter(|algorithm| policy.algorithms.contains(*algorithm));
    allowed.ok_or_else(|| VerifyError::new(Code::AlgNotAllowed, Place::Header("alg")).into())
}

/// What the policy says about the claims, and the window that they leave open.
pub(super) fn of_claims(
    policy: &Policy,
    claims: &Claims,
    now: Timestamp,
    sink: &mut impl Sink,
) -> Result<Window, Fault> {
    let got = |name: &str| describe(claims.get(name));
    sink.take("issuer", claim("iss"), issuer(policy, claims), || match &policy.issuer {
        Some(issuer) => Told::new(issuer.as_str(), got("iss")),
        None => Told::new("string or none", got("iss")),
    })?;
    sink.take("audience", claim("aud"), audience(policy, claims), || {
        let names: alloc::vec::Vec<&str> = policy.audiences.iter().map(String::as_str).collect();
        Told::new(names.join(" or "), got("aud"))
    })?;
    let window = times(policy, claims, now, sink)?;
    for name in ["sub", "jti"] {
        let told = || Told::new("string or none", got(name));
        sink.take("type_of_claim", claim(name), claims.string(name).map(|_| ()), told)?;
    }
    for name in policy.profile.texts() {
        let told = || Told::new("string, not empty", got(name));
        sink.take("required_claim", claim(name), required_text(claims, name), told)?;
    }
    for name in &policy.required {
        let present = claims.get(name).is_some_and(|value| *value != Json::Null);
        let at = Place::Claim(Cow::Owned(name.clone()));
        let outcome = if present { Ok(()) } else { Err(VerifyError::new(Code::MissingClaim, at.clone()).into()) };
        sink.take("required_claim", at, outcome, || Told::new("any value", got(name)))?;
    }
    if let Some(confirmation) = policy.confirmation {
        sink.take("confirmation", claim("cnf"), confirmation.check(claims), || confirmation.told(claims))?;
    }
    if let Profile::IdToken { nonce } = &policy.profile {
        if let Some(nonce) = nonce {
            let told = || Told::new(format!("the string of {} bytes that was sent", nonce.len()), got("nonce"));
            sink.take("nonce", claim("nonce"), equals(claims, "nonce", nonce, Code::ClaimMismatch), told)?;
        }
        sink.take("authorized_party", claim("azp"), authorized_party(policy, claims), || {
            Told::new("one of the audiences, or none for a token of one audience", got("azp"))
        })?;
    }
    Ok(window)
}

fn times(policy: &Policy, claims: &Claims, now: Timestamp, sink: &mut impl Sink) -> Result<Window, Fault> {
    let times = Times::of(policy, claims);
    let window = Window::of(policy, &times);
    let (profile, leeway) = (&policy.profile, policy.leeway_secs);
    let secs = now.as_millis() / 1000;
    let got = |name| describe_time(claims.get(name));
    let needs_expiry = policy.expires || profile.always_expires();
    let expiry = there(&times.exp, "exp", needs_expiry).and_then(|()| window.check_expiry(now));
    sink.take("expires_at", claim("exp"), expiry, || Told::new(format!("after {secs} less {leeway}"), got("exp")))?;
    let begin = there(&times.nbf, "nbf", false).and_then(|()| window.check_begin(now));
    let begin = begin.and_then(|()| is_ever_valid(&times));
    sink.take("not_before", claim("nbf"), begin, || Told::new(format!("up to {secs} and {leeway}"), got("nbf")))?;
    let issue = there(&times.iat, "iat", profile.always_dated()).and_then(|()| window.check_issue(now));
    sink.take("issued_at", claim("iat"), issue, || Told::new(format!("up to {secs} and {leeway}"), got("iat")))?;
    let Some(age) = policy.age_secs_max else { return Ok(window) };
    let name = profile.age_claim();
    let outcome = there(&times.origin, name, true).and_then(|()| window.check_age(now));
    sink.take("age", claim(name), outcome, || Told::new(format!("from {secs} less {age} and {leeway}"), got(name)))?;
    Ok(window)
}

fn issuer(policy: &Policy, claims: &Claims) -> Result<(), Fault> {
    match &policy.issuer {
        Some(issuer) => equals(claims, "iss", issuer, Code::ClaimMismatch),
        None => claims.string("iss").map(|_| ()),
    }
}

/// RFC 7519 section 4.1.3: one string, or an array of strings and of nothing else. One pass over the array.
fn audience(policy: &Policy, claims: &Claims) -> Result<(), Fault> {
    let error = |code| Fault::from(VerifyError::new(code, claim("aud")));
    let ours = |name: &str| policy.has_audience(name);
    let found = match claims.get("aud") {
        None if policy.audiences.is_empty() => return Ok(()),
        None => return Err(error(Code::MissingClaim)),
        Some(Json::String(name)) => ours(name),
        Some(Json::Array(names)) => {
            if !names.iter().all(|name| name.as_str().is_some()) {
                return Err(error(Code::BadClaimType));
            }
            names.iter().filter_map(Json::as_str).any(ours)
        }
        Some(Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_)) => return Err(error(Code::BadClaimType)),
    };
    if found || policy.audiences.is_empty() { Ok(()) } else { Err(error(Code::ClaimMismatch)) }
}

/// OpenID Connect Core 1.0 section 3.1.3.7, steps 4 and 5.
fn authorized_party(policy: &Policy, claims: &Claims) -> Result<(), Fault> {
    let error = |code| Err(Fault::from(VerifyError::new(code, claim("azp"))));
    match claims.string("azp")? {
        Some(party) if policy.has_audience(party) => Ok(()),
        Some(_) => error(Code::ClaimMismatch),
        None if claims.audience().nth(1).is_some() => error(Code::MissingClaim),
        None => Ok(()),
    }
}

/// A token that ends before it begins is valid at no time, whatever leeway makes of it.
fn is_ever_valid(times: &Times) -> Result<(), Fault> {
    match (&times.nbf, &times.exp) {
        (Ok(Some(begin)), Ok(Some(end))) if begin.later() > end.later() => {
            Err(VerifyError::new(Code::BadClaimType, claim("nbf")).into())
        }
        _ => Ok(()),
    }
}

/// That the claim is a time, if it is there.
fn there(time: &Result<Option<NumericDate>, Fault>, name: &'static str, required: bool) -> Result<(), Fault> {
    match time {
        Err(error) => Err(error.clone()),
        Ok(None) if required => Err(VerifyError::new(Code::MissingClaim, claim(name)).into()),
        Ok(_) => Ok(()),
    }
}

fn required_text(claims: &Claims, name: &'static str) -> Result<(), Fault> {
    match claims.string(name)? {
        None => Err(VerifyError::new(Code::MissingClaim, claim(name)).into()),
        Some("") => Err(VerifyError::new(Code::BadClaimType, claim(name)).into()),
        Some(_) => Ok(()),
    }
}

/// That the claim is there and is that string, byte for byte.
pub(super) fn equals(claims: &Claims, name: &'static str, expected: &str, code: Code) -> Result<(), Fault> {
    match claims.string(name)? {
        None => Err(VerifyError::new(Code::MissingClaim, claim(name)).into()),
        Some(text) if text == expected => Ok(()),
        Some(_) => Err(VerifyError::new(code, claim(name)).into()),
    }
}

pub(super) const fn claim(name: &'static str) -> Place {
    Place::Claim(Cow::Borrowed(name))
}

/// The type and the size of a value.
pub(super) fn describe(value: Option<&Json>) -> String {
    match value {
        None => "absent".into(),
        Some(Json::Null) => "null".into(),
        Some(Json::Bool(_)) => "boolean".into(),
        Some(Json::Number(_)) => "number".into(),
        Some(Json::String(text)) => format!("string of {} bytes", text.len()),
        Some(Json::Array(elements)) => format!("array of {}", elements.len()),
        Some(Json::Object(members)) => format!("object of {}", members.len()),
    }
}

/// A time in full, anything else by type and size.
fn describe_time(value: Option<&Json>) -> String {
    match value.and_then(Json::as_u53) {
        Some(secs) => secs.to_string(),
        None => describe(value),
    }
}

/// The name, if it is one that everybody knows.
fn name_of_algorithm(name: &str) -> String {
    let others = ["none", "ES512", "ES256K", "Ed25519", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"];
    let known = others.into_iter().find(|other| other.eq_ignore_ascii_case(name));
    let known = known.or_else(|| Algorithm::from_name(name).map(Algorithm::name));
    known.map_or_else(|| format!("string of {} bytes", name.len()), String::from)
}

fn name_of_type(typ: Option<&str>) -> String {
    let Some(typ) = typ else { return "none".into() };
    let known = ["JWT", "at+jwt", "dpop+jwt", "logout+jwt", "secevent+jwt", "JOSE", "JOSE+JSON"];
    let known = known.into_iter().find(|known| known.eq_ignore_ascii_case(media_type(typ)));
    known.map_or_else(|| format!("string of {} bytes", typ.len()), String::from)
}

/// The evidence of an error in words, for a check that compares nothing.
pub(super) fn evidence(error: &VerifyError) -> Told {
    match error.evidence {
        Evidence::Limit { found, max } => Told::new(format!("at most {max}"), found.to_string()),
        Evidence::Length { found, expected } => Told::new(expected.to_string(), found.to_string()),
        Evidence::None | Evidence::Offset(_) | Evidence::Time { .. } => Told::default(),
    }
}
