//! What the arguments ask for: a token, the policy it is held to, the keys, and the time.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use edgewarden::jwt::{
    Algorithm, Check, Code, Explanation, Family, KeyLimits, KeySet, Outcome, PolicyError, Profile, ProofChallenge,
    ProofRequest, TokenLimits, TokenVerifier, UnverifiedToken, VerifiedToken, VerifyError, challenge, proof_challenge,
};
use edgewarden::time::Timestamp;

use crate::args::{PolicyArguments, ProfileName};
use crate::failure::Failure;
use crate::input;

/// One token and all that is needed to judge it.
pub struct Asked {
    token: String,
    verifier: TokenVerifier,
    algorithms: Vec<Algorithm>,
    keys: KeySet,
    now: Timestamp,
    request: Option<Request>,
    given: Given,
}

/// The request that a proof of possession came with.
struct Request {
    method: String,
    url: String,
    nonce: Option<String>,
}

/// Which parts of the policy the arguments hold. What they do not hold has a placeholder, whose checks say nothing.
struct Given {
    issuer: bool,
    audience: bool,
    algorithms: bool,
    keys: bool,
    request: bool,
}

impl Asked {
    /// Everything that a verdict needs.
    ///
    /// # Errors
    /// A usage error that names what is missing, or an input error.
    pub fn whole(arguments: &PolicyArguments) -> Result<Self, Failure> {
        let is_proof = arguments.profile == ProfileName::Dpop;
        if !is_proof && arguments.jwks.is_none() && arguments.secret_file.is_none() {
            return Err(usage("no keys given: --jwks or --secret-file"));
        }
        if is_proof && (arguments.method.is_none() || arguments.url.is_none()) {
            return Err(usage("a proof is verified for its request: --method and --url"));
        }
        let token = token(arguments)?;
        let secret = arguments.secret_file.as_deref().map(secret).transpose()?;
        Self::of(arguments, token, secret, arguments.alg.clone(), arguments.issuer.clone(), arguments.audience.clone())
    }

    /// The same with placeholders for what is not given.
    ///
    /// # Errors
    /// As for [`whole`](Self::whole), for what is given.
    pub fn as_far_as_given(arguments: &PolicyArguments) -> Result<Self, Failure> {
        let is_proof = arguments.profile == ProfileName::Dpop;
        let token = token(arguments)?;
        let mut secret = arguments.secret_file.as_deref().map(secret).transpose()?;
        let mut algorithms = arguments.alg.clone();
        let is_hmac = |algorithm: &Algorithm| algorithm.family() == Family::Hmac;
        if secret.is_none() && arguments.jwks.is_none() && !is_proof {
            let named = UnverifiedToken::parse(&token, &TokenLimits::default()).ok();
            let named = named.and_then(|token| Algorithm::from_name(token.header().algorithm_name()));
            let of_token = named.filter(|_| algorithms.is_empty());
            if algorithms.iter().chain(&of_token).any(is_hmac) {
                secret = Some(vec![0; PLACEHOLDER_SECRET_BYTES]);
            }
        }
        if algorithms.is_empty() {
            algorithms = match &secret {
                Some(secret) => HMACS.into_iter().filter(|(_, bytes)| secret.len() >= *bytes).map(|(a, _)| a).collect(),
                None => Algorithm::ALL.into_iter().filter(|algorithm| !is_hmac(algorithm)).collect(),
            };
        }
        let placeholder = || Some(PLACEHOLDER.to_owned()).filter(|_| !is_proof);
        let issuer = arguments.issuer.clone().or_else(placeholder);
        let mut audiences = arguments.audience.clone();
        if audiences.is_empty() {
            audiences.extend(placeholder());
        }
        Self::of(arguments, token, secret, algorithms, issuer, audiences)
    }

    /// The verdict.
    pub fn verify(&self) -> Result<VerifiedToken, VerifyError> {
        match &self.request {
            Some(request) => self.verifier.verify_proof(&self.token, &request.borrowed(), self.now),
            None => self.verifier.verify(&self.token, &self.keys, self.now),
        }
    }

    /// Every check, without those of placeholders.
    pub fn explain(&self) -> Explanation {
        let mut explanation = match &self.request {
            Some(request) => self.verifier.explain_proof(&self.token, &request.borrowed(), self.now),
            None => self.verifier.explain(&self.token, &self.keys, self.now),
        };
        explanation.checks.iter_mut().for_each(|check| self.given.clear(check));
        explanation
    }

    /// `WWW-Authenticate` of the response that refuses the token.
    pub fn challenge(&self, error: &VerifyError, realm: &str) -> String {
        match &self.request {
            Some(_) => proof_challenge(ProofChallenge::Proof(error), realm, self.algorithms.iter().copied()),
            None => challenge(Some(error), realm),
        }
    }

    fn of(
        arguments: &PolicyArguments,
        token: String,
        secret: Option<Vec<u8>>,
        algorithms: Vec<Algorithm>,
        issuer: Option<String>,
        audiences: Vec<String>,
    ) -> Result<Self, Failure> {
        let is_proof = arguments.profile == ProfileName::Dpop;
        check_use(arguments)?;
        let mut builder = TokenVerifier::builder().audiences(audiences).profile(profile(arguments));
        builder = match &secret {
            Some(secret) => builder.shared_secret(secret, algorithms.iter().copied()),
            None => builder.algorithms(algorithms.iter().copied()),
        };
        if let Some(issuer) = issuer {
            builder = builder.issuer(issuer);
        }
        if let Some(leeway) = arguments.leeway {
            builder = builder.leeway_secs(leeway);
        }
        if let Some(age) = arguments.max_age {
            builder = builder.age_secs_max(age);
        }
        if let Some(confirmation) = arguments.confirmation {
            builder = builder.confirmation(confirmation);
        }
        let verifier = builder.require(arguments.require.clone()).build().map_err(|error| of_policy(&error))?;
        let keys = match (verifier.shared_keys(), &arguments.jwks) {
            (Some(keys), _) => keys.clone(),
            (None, Some(path)) => {
                let text = input::read(path)?;
                let keys = KeySet::from_jwks(&text.content, KeyLimits::default());
                keys.map_err(|error| Failure::Input(text.name, error.to_string()))?
            }
            (None, None) => KeySet::from_jwks(r#"{"keys":[]}"#, KeyLimits::default())
                .map_err(|error| Failure::Usage(error.to_string()))?,
        };
        let request = is_proof.then(|| Request {
            method: arguments.method.clone().unwrap_or_default(),
            url: arguments.url.clone().unwrap_or_default(),
            nonce: arguments.nonce.clone(),
        });
        let given = Given {
            issuer: is_proof || arguments.issuer.is_some(),
            audience: is_proof || !arguments.audience.is_empty(),
            algorithms: !arguments.alg.is_empty(),
            keys: is_proof || arguments.jwks.is_some() || arguments.secret_file.is_some(),
            request: arguments.method.is_some() && arguments.url.is_some(),
        };
        Ok(Self { token, verifier, algorithms, keys, now: now(arguments)?, request, given })
    }
}

impl Request {
    fn borrowed(&self) -> ProofRequest<'_> {
        let request = ProofRequest::new(&self.method, &self.url);
        match &self.nonce {
            Some(nonce) => request.nonce(nonce),
            None => request,
        }
    }
}

impl Given {
    /// Skips a check of what is not given. A claim of the wrong type is wrong whatever the policy is.
    fn clear(&self, check: &mut Check) {
        let is_given = match check.name {
            "issuer" => self.issuer,
            "audience" | "authorized_party" => self.audience,
            "algorithm" => self.algorithms || matches!(check.outcome, Outcome::Failed(_)),
            "method" | "url" => self.request,
            "key" | "signature" => self.keys,
            _ => true,
        };
        let is_malformed = matches!(&check.outcome, Outcome::Failed(error) if error.code == Code::BadClaimType);
        if !is_given {
            check.expected = Some("not given".to_owned());
            if !is_malformed {
                check.outcome = Outcome::Skipped;
            }
        } else if check.name == "algorithm" && !self.algorithms {
            check.expected = Some("one that the keys at hand verify".to_owned());
        }
    }
}

fn check_use(arguments: &PolicyArguments) -> Result<(), Failure> {
    let is_proof = arguments.profile == ProfileName::Dpop;
    if is_proof && (arguments.jwks.is_some() || arguments.secret_file.is_some()) {
        return Err(usage("a proof holds its own key: neither --jwks nor --secret-file"));
    }
    if !is_proof && (arguments.method.is_some() || arguments.url.is_some()) {
        return Err(usage("--method and --url go with --profile dpop alone"));
    }
    if arguments.nonce.is_some() && !is_proof && arguments.profile != ProfileName::IdToken {
        return Err(usage("--nonce goes with --profile id-token or dpop alone"));
    }
    if arguments.confirmation.is_some() && (is_proof || arguments.profile == ProfileName::IdToken) {
        return Err(usage("--confirmation goes with --profile jwt or access-token alone"));
    }
    Ok(())
}

fn profile(arguments: &PolicyArguments) -> Profile {
    match arguments.profile {
        ProfileName::Jwt => Profile::Jwt,
        ProfileName::AccessToken => Profile::AccessToken,
        ProfileName::IdToken => Profile::IdToken { nonce: arguments.nonce.clone() },
        ProfileName::Dpop => Profile::DpopProof,
    }
}

/// The token without the line feed that a pipe adds.
fn token(arguments: &PolicyArguments) -> Result<String, Failure> {
    if arguments.token != "-" {
        return Ok(arguments.token.clone());
    }
    if arguments.jwks.as_deref() == Some(Path::new("-")) {
        return Err(usage("standard input holds either the token or the keys"));
    }
    let mut text = input::read(Path::new("-"))?.content;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

fn secret(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::Input(PathBuf::from(path).display().to_string(), error.to_string()))
}

fn now(arguments: &PolicyArguments) -> Result<Timestamp, Failure> {
    if let Some(secs) = arguments.now {
        return Ok(Timestamp::from_secs(secs));
    }
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = since.ok().and_then(|since| u64::try_from(since.as_millis()).ok());
    millis.map(Timestamp::from_millis).ok_or_else(|| usage("the clock stands before 1970: give --now"))
}

/// The option that mends a policy.
fn of_policy(error: &PolicyError) -> Failure {
    let option = match error {
        PolicyError::MissingIssuer => ": --issuer",
        PolicyError::MissingAudience => ": --audience",
        PolicyError::MissingAlgorithms => ": --alg",
        PolicyError::HmacNeedsSecret { .. } => ": --secret-file",
        _ => "",
    };
    Failure::Usage(format!("{error}{option}"))
}

fn usage(message: &str) -> Failure {
    Failure::Usage(message.to_owned())
}

/// What no token is for.
const PLACEHOLDER: &str = "not given";

const PLACEHOLDER_SECRET_BYTES: usize = 64;

/// Each HMAC with the least bytes of its secret (RFC 7518 section 3.2).
const HMACS: [(Algorithm, usize); 3] = [(Algorithm::Hs256, 32), (Algorithm::Hs384, 48), (Algorithm::Hs512, 64)];
