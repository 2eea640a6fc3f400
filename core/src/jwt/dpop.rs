//! Proofs of possession (RFC 9449): that who sends a request holds the key that its access token is bound to.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use sha2::{Digest, Sha256};

use super::algorithm::Algorithm;
use super::base64url;
use super::checks::{self, Sink, Told, claim, describe, equals};
use super::claims::Claims;
use super::error::{Code, Fault, Place, VerifyError};
use super::header::Header;
use super::host_check::HostCheck;
use super::jwk;
use super::key::VerificationKey;
use super::profile::Profile;
use super::signature::precheck;
use super::uri;
use super::verified::VerifiedToken;
use super::verifier::{PlausibleToken, TokenVerifier};
use crate::time::Timestamp;

/// The request that a proof must be for.
#[derive(Clone, Copy)]
pub struct ProofRequest<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    pub(super) access_token: Option<(&'a str, &'a VerifiedToken)>,
    pub(super) nonce: Option<&'a str>,
}

impl<'a> ProofRequest<'a> {
    /// A request by its method, in capitals as HTTP has it, and its absolute URL as the client sees it: behind a proxy not the
    /// one that arrived. Query and fragment do not count.
    pub const fn new(method: &'a str, url: &'a str) -> Self {
        Self { method, url, access_token: None, nonce: None }
    }

    /// The access token that came with the request under the scheme `DPoP`: as it was sent, and as it was verified. Always given
    /// by who protects a resource: without it, the proof is not tied to the token. An authorization server that is asked for a
    /// token has none. A pair that does not belong together fits no proof.
    pub const fn access_token(mut self, token: &'a str, verified: &'a VerifiedToken) -> Self {
        self.access_token = Some((token, verified));
        self
    }

    /// The nonce that the server last gave the client (RFC 9449 section 8 and 9); the proof must repeat it. Without it, a nonce
    /// in the proof does not count.
    pub const fn nonce(mut self, nonce: &'a str) -> Self {
        self.nonce = Some(nonce);
        self
    }
}

impl fmt::Debug for ProofRequest<'_> {
    /// Shows what is set, and no text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProofRequest")
            .field("access_token", &self.access_token.is_some())
            .field("nonce", &self.nonce.is_some())
            .finish_non_exhaustive()
    }
}

impl TokenVerifier {
    /// Verifies a proof of possession (RFC 9449 section 4.3) for the request that it came with, with the key in its header. For a
    /// verifier of [`Profile::DpopProof`].
    ///
    /// A proof counts once. The host refuses one whose `jti` it has seen since `iat`, for as long as the proof could be
    /// [valid](VerifiedToken::valid_until), and, if it gives out nonces, one without.
    ///
    /// # Errors
    /// As for [`verify`](Self::verify), and [`ProofMismatch`](Code::ProofMismatch) at the claim that belongs to something else:
    /// `htm`, `htu`, `nonce`, `ath`, or `cnf` of the access token; at `ath` also where the token as it was sent has other claims
    /// than the one that was verified. [`MissingClaim`](Code::MissingClaim) at `cnf` if the access token is bound to no key.
    /// [`TypMismatch`](Code::TypMismatch) if the verifier is of another profile.
    pub fn verify_proof(
        &self,
        proof: &str,
        request: &ProofRequest<'_>,
        now: Timestamp,
    ) -> Result<VerifiedToken, VerifyError> {
        let (token, key) = self.plausible_proof(proof, request, now)?;
        token.check(&key)?;
        Ok(token.verified(&key))
    }

    /// Everything that [`verify_proof`](Self::verify_proof) does before the signature, for a host that checks signatures itself.
    ///
    /// # Errors
    /// As for [`verify_proof`](Self::verify_proof).
    pub fn begin_proof(
        &self,
        proof: &str,
        request: &ProofRequest<'_>,
        now: Timestamp,
    ) -> Result<HostCheck, VerifyError> {
        let (token, key) = self.plausible_proof(proof, request, now)?;
        precheck(token.algorithm, &key, &token.signature)?;
        Ok(HostCheck::new(token.into_owned(), key, alloc::vec![]))
    }

    fn plausible_proof<'t>(
        &self,
        proof: &'t str,
        request: &ProofRequest<'_>,
        now: Timestamp,
    ) -> Result<(PlausibleToken<'t>, VerificationKey), VerifyError> {
        if *self.profile() != Profile::DpopProof {
            return Err(VerifyError::new(Code::TypMismatch, Place::Header("typ")));
        }
        let token = self.read(proof, now)?;
        of_request(request, &token.claims, &mut checks::FirstFault)?;
        let key = key_of(&token.header, Some(token.algorithm))?;
        is_bound(request, &key)?;
        Ok((token, key))
    }
}

/// That the proof is for this request and this access token.
pub(super) fn of_request(request: &ProofRequest<'_>, claims: &Claims, sink: &mut impl Sink) -> Result<(), VerifyError> {
    let got = |name: &str| describe(claims.get(name));
    sink.take("method", claim("htm"), equals(claims, "htm", request.method, Code::ProofMismatch), || {
        Told::new(request.method, got("htm"))
    })?;
    sink.take("url", claim("htu"), is_for_url(request, claims), || {
        Told::new(uri::normalised(request.url).unwrap_or_else(|| "an absolute http URL".into()), got("htu"))
    })?;
    if let Some(nonce) = request.nonce {
        let told = || Told::new(alloc::format!("the string of {} bytes that was given", nonce.len()), got("nonce"));
        sink.take("nonce", claim("nonce"), equals(claims, "nonce", nonce, Code::ProofMismatch), told)?;
    }
    if let Some((access_token, verified)) = request.access_token {
        let is_one = verified.has_claims_of(access_token);
        let pair = if is_one { Ok(()) } else { Err(VerifyError::new(Code::ProofMismatch, claim("ath")).into()) };
        sink.take("access_token", claim("ath"), pair, || {
            let got = if is_one { "the same claims" } else { "other claims" };
            Told::new("as it was sent and as it was verified, one token", got)
        })?;
        let hash = base64url::encode(&Sha256::digest(access_token.as_bytes()));
        let told = || Told::new("hash of the access token", got("ath"));
        sink.take("access_token_hash", claim("ath"), equals(claims, "ath", &hash, Code::ProofMismatch), told)?;
    }
    Ok(())
}

/// The key in the header, which is for the algorithm of the proof where that is known. Its own errors appear as those of the
/// header: it is no key of anybody's set.
pub(super) fn key_of(header: &Header, algorithm: Option<Algorithm>) -> Result<VerificationKey, VerifyError> {
    let error = |code| VerifyError::new(code, Place::Header("jwk"));
    let key = jwk::from_json(header.jwk().ok_or_else(|| error(Code::BadHeader))?).map_err(error)?;
    // Anybody can send a large RSA key with a proof by another algorithm.
    if algorithm.is_some_and(|algorithm| !key.algorithms.contains(algorithm)) {
        return Err(VerifyError::new(Code::AlgKeyMismatch, Place::Key));
    }
    key.prepare().map_err(error)
}

/// That the access token is bound to the key of the proof (RFC 9449 section 6.1).
pub(super) fn is_bound(request: &ProofRequest<'_>, key: &VerificationKey) -> Result<(), VerifyError> {
    let Some((_, access_token)) = request.access_token else { return Ok(()) };
    let at = Place::Claim(Cow::Borrowed("cnf"));
    match access_token.claims().bound_key() {
        None => Err(VerifyError::new(Code::MissingClaim, at)),
        Some(bound) if bound == base64url::encode(key.thumbprint()) => Ok(()),
        Some(_) => Err(VerifyError::new(Code::ProofMismatch, at)),
    }
}

fn is_for_url(request: &ProofRequest<'_>, claims: &Claims) -> Result<(), Fault> {
    let error = |code| Fault::from(VerifyError::new(code, claim("htu")));
    let claimed = claims.string("htu")?.ok_or_else(|| error(Code::MissingClaim))?;
    let same = |claimed: &String| uri::normalised(request.url).is_some_and(|url| url == *claimed);
    // A URL that is none matches nothing, not even itself.
    if uri::normalised(claimed).as_ref().is_some_and(same) { Ok(()) } else { Err(error(Code::ProofMismatch)) }
}
