//! Verifies tokens: form, policy and claims first, then the key, then the signature.

use alloc::borrow::Cow;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::algorithm::{Algorithm, Family};
use super::builder::TokenVerifierBuilder;
use super::checks::{self, FirstFault};
use super::claims::Claims;
use super::error::{Code, Place, Retry, VerifyError};
use super::header::Header;
use super::host_check::HostCheck;
use super::key::{KeyMaterial, VerificationKey};
use super::key_set::KeySet;
use super::policy::Policy;
use super::profile::Profile;
use super::signature::{CoreVerifier, SignatureVerifier, precheck};
use super::token::{UnverifiedToken, payload_json, utf8};
use super::verified::{Verified, VerifiedToken};
use super::window::Window;
use crate::time::Timestamp;

/// Verifies the tokens of one issuer. Immutable, shared by cloning.
///
/// ```
/// use edgewarden::jwt::{Algorithm, KeyLimits, KeySet, TokenVerifier};
/// use edgewarden::time::Timestamp;
///
/// let verifier = TokenVerifier::builder()
///     .issuer("https://issuer.example")
///     .audience("https://api.example")
///     .algorithms([Algorithm::Es256])
///     .build()?;
/// let keys = KeySet::from_jwks(r#"{"keys": []}"#, KeyLimits::default())?;
/// let error = verifier.verify("no.token", &keys, Timestamp::from_secs(1_700_000_000)).unwrap_err();
/// assert_eq!(error.code.name(), "not_jws");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct TokenVerifier(pub(super) Arc<Policy>);

impl TokenVerifier {
    /// Starts a policy. Issuer, audience and algorithms have no default; signatures are checked by the core.
    pub fn builder() -> TokenVerifierBuilder {
        Self::builder_with(Arc::new(CoreVerifier))
    }

    /// The same with another check of signatures. A host that only uses [`begin`](Self::begin) passes [`HostOnly`], and the
    /// core's own checks are not linked.
    pub fn builder_with(signatures: Arc<dyn SignatureVerifier>) -> TokenVerifierBuilder {
        TokenVerifierBuilder::new(signatures)
    }

    pub(super) fn of(policy: Policy) -> Self {
        Self(Arc::new(policy))
    }

    /// Verifies a token: all that [`plausible`](Self::plausible) checks, then the key, then the signature.
    ///
    /// # Errors
    /// The first fault in that order; see [`Code`]. Also for a verifier of proofs of possession: see
    /// [`verify_proof`](Self::verify_proof).
    pub fn verify(&self, token: &str, keys: &KeySet, now: Timestamp) -> Result<VerifiedToken, VerifyError> {
        self.plausible(token, now)?.verify(keys, now)
    }

    /// Everything that [`verify`](Self::verify) does before the signature, for a host that checks signatures itself.
    ///
    /// # Errors
    /// As for [`verify`](Self::verify), [`BadSignature`](Code::BadSignature) included: what implementations disagree about is
    /// refused here (see [`precheck`]).
    pub fn begin(&self, token: &str, keys: &KeySet, now: Timestamp) -> Result<HostCheck, VerifyError> {
        self.plausible(token, now)?.begin(keys)
    }

    /// Checks all that needs no key: sizes, form, header, algorithm, type, claims and times. What fails here is not worth
    /// fetching keys for; what passes can still be anybody's.
    ///
    /// # Errors
    /// The first fault.
    pub fn plausible<'t>(&self, token: &'t str, now: Timestamp) -> Result<PlausibleToken<'t>, VerifyError> {
        if self.0.profile == Profile::DpopProof {
            // Without the request that it is for, a proof proves nothing.
            return Err(VerifyError::new(Code::ProofMismatch, Place::Token));
        }
        self.read(token, now)
    }

    /// SHA-256 over all settings that can change a verdict: same policy, same fingerprint. Who checks signatures is not in it.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.0.fingerprint
    }

    /// The profile.
    pub fn profile(&self) -> &Profile {
        &self.0.profile
    }

    /// The issuer; `None` for a verifier of proofs of possession.
    pub fn issuer(&self) -> Option<&str> {
        self.0.issuer.as_deref()
    }

    /// For a policy with a shared secret, the key set to verify with.
    pub fn shared_keys(&self) -> Option<&KeySet> {
        self.0.shared.as_ref()
    }

    /// Form, header and claims, in this order.
    pub(super) fn read<'t>(&self, token: &'t str, now: Timestamp) -> Result<PlausibleToken<'t>, VerifyError> {
        let policy = &*self.0;
        let token = UnverifiedToken::parse(token, &policy.limits)?;
        checks::of_header(policy, token.header(), &mut FirstFault)?;
        let algorithm = checks::algorithm(policy, token.header())?;
        let signing_input = Cow::Borrowed(token.signing_input());
        let (header, payload, signature) = token.into_parts();
        let payload = utf8(payload, Place::Payload)?;
        let json = payload_json(&payload, &policy.limits)?;
        let claims = Claims::new(payload, json);
        let window = checks::of_claims(policy, &claims, now, &mut FirstFault)?;
        Ok(PlausibleToken { policy: self.0.clone(), signing_input, header, claims, window, algorithm, signature })
    }
}

impl fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenVerifier").field("profile", &self.0.profile).finish_non_exhaustive()
    }
}

/// Checks no signature: every one is wrong. For a host that uses [`TokenVerifier::begin`] alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct HostOnly;

impl SignatureVerifier for HostOnly {
    fn verify(&self, _: Algorithm, _: &VerificationKey, _: &[u8], _: &[u8]) -> bool {
        false
    }
}

/// A token that passed every check but those of key and signature. Anybody could have written it, so its claims are not
/// readable; [`kid`](Self::kid) says which key to have at hand.
pub struct PlausibleToken<'t> {
    pub(super) policy: Arc<Policy>,
    pub(super) signing_input: Cow<'t, [u8]>,
    pub(super) header: Header,
    pub(super) claims: Claims,
    pub(super) window: Window,
    pub(super) algorithm: Algorithm,
    pub(super) signature: Vec<u8>,
}

impl PlausibleToken<'_> {
    /// The key that the token names.
    pub fn kid(&self) -> Option<&str> {
        self.header.kid()
    }

    /// The algorithm that the token names and the policy accepts.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Looks at the times once more, as a fetch takes a while, chooses the key and checks the signature.
    ///
    /// # Errors
    /// Those of [`check_time`](VerifiedToken::check_time), [`UnknownKey`](Code::UnknownKey), [`AmbiguousKey`](Code::AmbiguousKey), [`AlgKeyMismatch`](Code::AlgKeyMismatch), the
    /// code of a refused key, [`BadSignatureLength`](Code::BadSignatureLength) or [`BadSignature`](Code::BadSignature).
    pub fn verify(self, keys: &KeySet, now: Timestamp) -> Result<VerifiedToken, VerifyError> {
        self.window.check(now)?;
        let key = self.signer(&self.keys(keys)?)?;
        Ok(self.verified(key))
    }

    /// Chooses the key and leaves the signature to the host. [`HostCheck::finish`] looks at the times.
    ///
    /// # Errors
    /// As for [`verify`](Self::verify), times excepted.
    pub fn begin(self, keys: &KeySet) -> Result<HostCheck, VerifyError> {
        let mut fault = VerifyError::new(Code::UnknownKey, Place::Key);
        let mut fit = Vec::new();
        for key in self.keys(keys)? {
            match precheck(self.algorithm, key, &self.signature) {
                Ok(()) => fit.push(key),
                Err(error) => fault = error,
            }
        }
        let Some((first, others)) = fit.split_first() else { return Err(fault) };
        let others = others.iter().map(|key| (*key).clone()).collect();
        Ok(HostCheck::new(self.into_owned(), (*first).clone(), others))
    }

    /// The keys to try, at least one: the chosen one, or without `kid` as many as the policy allows.
    pub(super) fn keys<'k>(&self, keys: &'k KeySet) -> Result<Vec<&'k VerificationKey>, VerifyError> {
        let kid = self.header.kid();
        let chosen = match keys.choose(self.algorithm, kid) {
            Ok(key) => alloc::vec![key],
            Err(error) if error.code == Code::AmbiguousKey && kid.is_none() => {
                let mut several: Vec<&VerificationKey> = Vec::new();
                for key in keys.candidates(self.algorithm, None) {
                    if !several.iter().any(|other| other.thumbprint() == key.thumbprint()) {
                        several.push(key);
                    }
                    if several.len() > self.policy.kidless_tries {
                        return Err(error);
                    }
                }
                several
            }
            Err(error) => return Err(error),
        };
        match chosen.iter().all(|key| self.may_use(key)) {
            true => Ok(chosen),
            false => Err(VerifyError::new(Code::AlgKeyMismatch, Place::Key)),
        }
    }

    /// A secret verifies HMACs alone, and only the policy's own one does.
    fn may_use(&self, key: &VerificationKey) -> bool {
        let is_secret = matches!(key.material(), KeyMaterial::Secret(_));
        let shared = self.policy.shared.as_ref().and_then(|keys| keys.keys().first());
        match self.algorithm.family() {
            Family::Hmac => is_secret && shared.is_some_and(|shared| shared.thumbprint() == key.thumbprint()),
            Family::Rsa | Family::Ecdsa | Family::Ed25519 => !is_secret,
        }
    }

    /// The first of the keys whose signature it is.
    pub(super) fn signer<'k>(&self, keys: &[&'k VerificationKey]) -> Result<&'k VerificationKey, VerifyError> {
        let mut fault = VerifyError::new(Code::UnknownKey, Place::Key);
        for key in keys {
            match self.check(key) {
                Ok(()) => return Ok(key),
                Err(error) => fault = error,
            }
        }
        Err(fault)
    }

    /// Whether the signature is the key's.
    pub(super) fn check(&self, key: &VerificationKey) -> Result<(), VerifyError> {
        precheck(self.algorithm, key, &self.signature)?;
        let valid = self.policy.signatures.verify(self.algorithm, key, &self.signing_input, &self.signature);
        if valid { Ok(()) } else { Err(bad_signature(key)) }
    }

    pub(super) fn verified(self, key: &VerificationKey) -> VerifiedToken {
        VerifiedToken::of(Verified {
            header: self.header.without_jwk(),
            claims: self.claims,
            algorithm: self.algorithm,
            key_thumbprint: *key.thumbprint(),
            key_generation: key.generation(),
            policy: self.policy.fingerprint,
            window: self.window,
            cacheable: self.policy.profile != Profile::DpopProof,
        })
    }

    pub(super) fn into_owned(self) -> PlausibleToken<'static> {
        PlausibleToken { signing_input: Cow::Owned(self.signing_input.into_owned()), ..self }
    }
}

impl fmt::Debug for PlausibleToken<'_> {
    /// Shows sizes alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlausibleToken").field("claims", &self.claims).finish_non_exhaustive()
    }
}

/// A wrong signature. Where keys come from a cache, the issuer may have put another one under the same name.
pub(super) fn bad_signature(key: &VerificationKey) -> VerifyError {
    let retry = if key.generation() == 0 { Retry::Never } else { Retry::AfterRefresh };
    VerifyError::new(Code::BadSignature, Place::Signature).retry(retry)
}
