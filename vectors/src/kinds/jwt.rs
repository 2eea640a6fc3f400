//! Tokens: verdicts, explanations, key sets, transcripts of key caches, faults of what is given to them.

pub mod cache;
pub mod faults;
pub mod keys;

use edgewarden::jwt::signature::{CoreVerifier, SignatureVerifier};
use edgewarden::jwt::{Algorithm, KeyLimits, KeySet as CoreKeys};
use edgewarden_bindings::ToJson;
use edgewarden_bindings::token::{
    HostCheck, KeySet, ProofRequest, TokenVerifier, VerifiedToken, VerifierOptions, VerifyError,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Case;

/// One token and its verdict.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    name: String,
    options: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keys: Option<Vec<Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request: Option<Request>,
    token: String,
    now: u64,
    #[serde(default)]
    verdict: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    challenge: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    checks: Option<Vec<Value>>,
}

/// What a proof of possession is for.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    method: String,
    url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    /// Verified with `access_options` and the keys of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    access_options: Option<Value>,
}

/// The same with every check.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct Explained(Verdict);

impl Case for Verdict {
    fn answer(&mut self) -> Result<(), String> {
        let asked = Asked::of(self)?;
        let verdict = asked.verify();
        if asked.in_two_steps(self.secret.as_deref())? != verdict {
            return Err("one step and two disagree".to_owned());
        }
        let checks = asked.checks()?;
        let fault = checks.iter().find_map(|check| check.error.as_ref());
        if fault != verdict.as_ref().err() || (verdict.is_ok() && checks.iter().any(|c| c.outcome != "passed")) {
            return Err(format!("the explanation says {fault:?}, the verdict is {verdict:?}"));
        }
        self.verdict = verdict.as_ref().map_or_else(|error| error.code, |_| "ok").to_owned();
        self.error = verdict.as_ref().err().map(value).transpose()?;
        self.challenge = verdict.as_ref().err().map(|error| error.challenge("api"));
        self.data = verdict.as_ref().ok().map(value).transpose()?;
        if let Some((told, token)) = self.data.as_ref().zip(verdict.as_ref().ok()) {
            in_one_piece(&token.text(), told)?;
        }
        Ok(())
    }
}

impl Case for Explained {
    fn answer(&mut self) -> Result<(), String> {
        self.0.answer()?;
        let checks = Asked::of(&self.0)?.checks()?;
        self.0.checks = Some(checks.iter().map(value).collect::<Result<_, _>>()?);
        // These are what cases of verdicts are about.
        (self.0.data, self.0.error, self.0.challenge) = (None, None, None);
        Ok(())
    }
}

/// A question, ready to be asked in every way there is.
struct Asked<'c> {
    verifier: TokenVerifier,
    keys: KeySet,
    request: Option<(&'c Request, Option<VerifiedToken>)>,
    token: &'c str,
    now: u64,
}

impl<'c> Asked<'c> {
    fn of(case: &'c Verdict) -> Result<Self, String> {
        let verifier = verifier(&case.options, case.secret.as_deref())?;
        let jwks = serde_json::json!({"keys": case.keys.as_deref().unwrap_or_default()}).to_string();
        let keys = match verifier.shared_keys() {
            Some(keys) => keys,
            None => KeySet::from_jwks(&jwks, None).map_err(|error| error.to_string())?,
        };
        let request = case.request.as_ref().map(|request| {
            let Some(token) = &request.access_token else { return Ok((request, None)) };
            let access = verifier_of(request.access_options.as_ref())?;
            let verified = access.verify(token, &keys, case.now).map_err(|error| error.to_string())?;
            Ok::<_, String>((request, Some(verified)))
        });
        Ok(Self { verifier, request: request.transpose()?, keys, token: &case.token, now: case.now })
    }

    fn verify(&self) -> Result<VerifiedToken, VerifyError> {
        match self.proof_request() {
            Some(request) => self.verifier.verify_proof(self.token, &request, self.now),
            None => self.verifier.verify(self.token, &self.keys, self.now),
        }
    }

    fn in_two_steps(&self, secret: Option<&str>) -> Result<Result<VerifiedToken, VerifyError>, String> {
        let begun = match self.proof_request() {
            Some(request) => self.verifier.begin_proof(self.token, &request, self.now),
            None => self.verifier.begin(self.token, &self.keys, self.now),
        };
        let check = match begun {
            Ok(check) => check,
            Err(error) => return Ok(Err(error)),
        };
        let mut valid = host_says(&check, secret)?;
        while !valid && check.next_key().map_err(|error| error.to_string())? {
            valid = host_says(&check, secret)?;
        }
        Ok(check.finish(valid, self.now))
    }

    fn checks(&self) -> Result<Vec<edgewarden_bindings::token::TokenCheck>, String> {
        let checks = match self.proof_request() {
            Some(request) => self.verifier.explain_proof(self.token, &request, self.now),
            None => self.verifier.explain(self.token, &self.keys, self.now),
        };
        checks.map_err(|error| error.to_string())
    }

    fn proof_request(&self) -> Option<ProofRequest<'_>> {
        let (request, access) = self.request.as_ref()?;
        Some(ProofRequest {
            method: &request.method,
            url: &request.url,
            access_token: request.access_token.as_deref().zip(access.as_ref()),
            nonce: request.nonce.as_deref(),
        })
    }
}

/// The text of a token says what its data do.
fn in_one_piece(text: &str, data: &Value) -> Result<(), String> {
    let (rest, claims) = text.split_once('\n').ok_or("the text of a token has no second line")?;
    let mut told: Value = serde_json::from_str(rest).map_err(|error| error.to_string())?;
    let members = told.as_object_mut().ok_or("the text of a token has no object")?;
    members.insert("claimsJson".to_owned(), Value::String(claims.to_owned()));
    if told == *data { Ok(()) } else { Err(format!("the text says {told}, the data {data}")) }
}

/// What a host does with what it is handed: imports the key and verifies.
fn host_says(check: &HostCheck, secret: Option<&str>) -> Result<bool, String> {
    let text = |error: edgewarden_bindings::Error| error.to_string();
    let algorithm = Algorithm::from_name(check.algorithm().map_err(text)?).ok_or("unknown algorithm")?;
    let keys = match check.key_jwk().map_err(text)? {
        Some(jwk) => CoreKeys::from_jwks(&format!("{{\"keys\":[{jwk}]}}"), KeyLimits::default()),
        None => CoreKeys::from_secret(secret.unwrap_or_default().as_bytes(), None, [algorithm]),
    };
    let keys = keys.map_err(|error| error.to_string())?;
    let key = keys.keys().first().ok_or("the key cannot be imported")?;
    let (input, signature) = (check.signing_input().map_err(text)?, check.signature().map_err(text)?);
    Ok(CoreVerifier.verify(algorithm, key, &input, &signature))
}

fn verifier_of(options: Option<&Value>) -> Result<TokenVerifier, String> {
    verifier(options.ok_or("`access_options` is missing")?, None)
}

fn verifier(options: &Value, secret: Option<&str>) -> Result<TokenVerifier, String> {
    let options = VerifierOptions::from_json(&options.to_string())
        .map(|options| VerifierOptions { shared_secret: secret.map(|secret| secret.as_bytes().to_vec()), ..options });
    options.and_then(TokenVerifier::new).map_err(|error| error.to_string())
}

fn value(data: &impl ToJson) -> Result<Value, String> {
    serde_json::from_str(&data.to_json()).map_err(|error| error.to_string())
}
