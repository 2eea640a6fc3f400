//! Every check of a token with its outcome, for whoever must find out why one is refused.

use alloc::string::String;
use alloc::vec::Vec;

use super::checks::{self, Sink, Told};
use super::claims::Claims;
use super::dpop::{self, ProofRequest};
use super::error::{Code, Fault, Place, VerifyError};
use super::header::{self, Header};
use super::key::VerificationKey;
use super::key_set::KeySet;
use super::profile::Profile;
use super::token::{Segments, payload_json, utf8};
use super::verifier::{PlausibleToken, TokenVerifier};
use super::window::{Times, Window};
use crate::text::json::Json;
use crate::time::Timestamp;

/// All checks of a token, in the order in which a verifier makes them. Nothing of the token can be read in it but sizes, types,
/// times and names of algorithms and of kinds of token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The checks.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Stable snake_case name.
    pub name: &'static str,
    /// What it looks at.
    pub at: Place,
    /// How it ended.
    pub outcome: Outcome,
    /// What the policy, the request or the format asks for.
    pub expected: Option<String>,
    /// What the token has, redacted.
    pub got: Option<String>,
}

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it should be.
    Passed,
    /// The fault.
    Failed(VerifyError),
    /// What it looks at could not be read, because a check before it failed.
    Skipped,
}

impl Explanation {
    /// Whether the token would be accepted: no check failed, and none was skipped.
    pub fn is_accepted(&self) -> bool {
        self.checks.iter().all(|check| check.outcome == Outcome::Passed)
    }

    /// The faults. The first is the one that a verifier refuses the token for.
    pub fn faults(&self) -> impl Iterator<Item = &VerifyError> {
        self.checks.iter().filter_map(|check| match &check.outcome {
            Outcome::Failed(error) => Some(error),
            Outcome::Passed | Outcome::Skipped => None,
        })
    }
}

impl TokenVerifier {
    /// Makes every check of [`verify`](Self::verify) that can be made, whatever failed before.
    ///
    /// The signature is checked even where a claim is wrong, so a call never costs less than for a good token: a tool for
    /// developers, not for each refused request.
    pub fn explain(&self, token: &str, keys: &KeySet, now: Timestamp) -> Explanation {
        let mut all = EveryFault::default();
        if self.0.profile == Profile::DpopProof {
            all.step::<()>("request", Place::Token, Err(VerifyError::new(Code::ProofMismatch, Place::Token)));
        }
        let read = self.read_for_explanation(token, now, &mut all);
        all.key_and_signature(read.token.as_ref(), |token| token.keys(keys));
        Explanation { checks: all.checks }
    }

    /// The same for [`verify_proof`](Self::verify_proof).
    pub fn explain_proof(&self, proof: &str, request: &ProofRequest<'_>, now: Timestamp) -> Explanation {
        let mut all = EveryFault::default();
        if self.0.profile != Profile::DpopProof {
            let typ = Place::Header("typ");
            all.step::<()>("profile", typ.clone(), Err(VerifyError::new(Code::TypMismatch, typ)));
        }
        let read = self.read_for_explanation(proof, now, &mut all);
        match &read.claims {
            Some(claims) => drop(dpop::of_request(request, claims, &mut all)),
            None => all.skip("request", Place::Payload),
        }
        let Some(header) = &read.header else {
            all.skip("embedded_key", Place::Header("jwk"));
            all.key_and_signature(None, |_| Ok(Vec::new()));
            return Explanation { checks: all.checks };
        };
        let algorithm = checks::algorithm(&self.0, header).ok();
        let key = all.step("embedded_key", Place::Header("jwk"), dpop::key_of(header, algorithm));
        let Some(key) = key else {
            all.key_and_signature(None, |_| Ok(Vec::new()));
            return Explanation { checks: all.checks };
        };
        all.step("bound_key", checks::claim("cnf"), dpop::is_bound(request, &key));
        all.key_and_signature(read.token.as_ref(), |_| Ok(alloc::vec![&key]));
        Explanation { checks: all.checks }
    }

    /// As [`read`](Self::read), past every fault.
    fn read_for_explanation<'t>(&self, token: &'t str, now: Timestamp, all: &mut EveryFault) -> Read<'t> {
        let policy = &self.0;
        let mut read = Read::default();
        let Some(segments) = all.step("form", Place::Token, Segments::split(token, &policy.limits)) else {
            all.skip("header", header::WHOLE);
            all.skip("claims", Place::Payload);
            return read;
        };
        let json = all.step("header", header::WHOLE, header::read(segments.header, &policy.limits));
        let mut names_key = json.is_some();
        if let Some(json) = &json {
            for rule in &header::RULES {
                let outcome = (rule.check)(json, &policy.limits);
                names_key &= outcome.is_ok() || !matches!(rule.name, "alg" | "kid");
                all.step("header_parameter", Place::Header(rule.name), outcome);
            }
        }
        let payload = all.step("payload", Place::Payload, segments.payload());
        let signature = all.step("signature_spelling", Place::Signature, segments.signature());
        read.header = json.as_ref().map(Header::of);
        match &read.header {
            Some(header) => drop(checks::of_header(policy, header, all)),
            None => all.skip("algorithm", Place::Header("alg")),
        }
        let claims = payload.map(|bytes| {
            let text = utf8(bytes, Place::Payload)?;
            let json = payload_json(&text, &policy.limits)?;
            Ok::<_, Fault>(Claims::new(text, json))
        });
        read.claims = claims.and_then(|claims| all.step("claims", Place::Payload, claims));
        match &read.claims {
            Some(claims) => drop(checks::of_claims(policy, claims, now, all)),
            None => all.skip("issuer", checks::claim("iss")),
        }
        if let (true, Some(header), Some(signature)) = (names_key, &read.header, signature)
            && let Ok(algorithm) = checks::algorithm(policy, header)
        {
            // Key and signature ask nothing of the claims.
            let claims = Claims::new(String::new(), Json::Null);
            read.token = Some(PlausibleToken {
                policy: policy.clone(),
                signing_input: segments.signing_input.as_bytes().into(),
                header: header.clone(),
                window: Window::of(policy, &Times::of(policy, &claims)),
                claims,
                algorithm,
                signature,
            });
        }
        read
    }
}

/// What of a token could be read.
#[derive(Default)]
struct Read<'t> {
    header: Option<Header>,
    claims: Option<Claims>,
    /// If there is what key and signature are checked by; without claims.
    token: Option<PlausibleToken<'t>>,
}

/// Goes on past every fault.
#[derive(Default)]
struct EveryFault {
    checks: Vec<Check>,
}

impl Sink for EveryFault {
    fn take(
        &mut self,
        name: &'static str,
        at: Place,
        outcome: Result<(), Fault>,
        told: impl FnOnce() -> Told,
    ) -> Result<(), Fault> {
        let outcome = outcome.map_or_else(|fault| Outcome::Failed(*fault), |()| Outcome::Passed);
        self.note(name, at, outcome, told());
        Ok(())
    }
}

impl EveryFault {
    /// A check whose evidence says it all.
    fn step<T>(&mut self, name: &'static str, at: Place, outcome: Result<T, impl Into<VerifyError>>) -> Option<T> {
        let (value, outcome, told) = match outcome {
            Ok(value) => (Some(value), Outcome::Passed, Told::default()),
            Err(error) => {
                let error = error.into();
                let told = checks::evidence(&error);
                (None, Outcome::Failed(error), told)
            }
        };
        self.note(name, at, outcome, told);
        value
    }

    /// Once for all checks, of which each has a type of its own.
    #[inline(never)]
    fn note(&mut self, name: &'static str, at: Place, outcome: Outcome, told: Told) {
        self.checks.push(Check { name, at, outcome, expected: told.expected, got: told.got });
    }

    fn skip(&mut self, name: &'static str, at: Place) {
        self.note(name, at, Outcome::Skipped, Told::default());
    }

    fn key_and_signature<'k>(
        &mut self,
        token: Option<&PlausibleToken<'_>>,
        keys: impl FnOnce(&PlausibleToken<'_>) -> Result<Vec<&'k VerificationKey>, VerifyError>,
    ) {
        let Some(token) = token else {
            self.skip("key", Place::Key);
            return self.skip("signature", Place::Signature);
        };
        let chosen = keys(token);
        let outcome = chosen.as_ref().map_or_else(|error| Err(error.clone().into()), |_| Ok(()));
        let kid = token.kid().map_or_else(|| "no kid".into(), |kid| alloc::format!("kid of {} bytes", kid.len()));
        let expected = alloc::format!("one key for {}", token.algorithm.name());
        let _ = self.take("key", Place::Key, outcome, || Told::new(expected, kid));
        match chosen {
            Ok(chosen) => drop(self.step("signature", Place::Signature, token.signer(&chosen).map(|_| ()))),
            Err(_) => self.skip("signature", Place::Signature),
        }
    }
}
