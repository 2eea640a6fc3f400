//! Why a token is refused, as plain data, and what to answer then.

use std::fmt;

use edgewarden::jwt::{self, Algorithm, Code, Place, ProofChallenge, Retry};
use edgewarden::time::Timestamp;

use super::verified::{Object, millis};
use crate::error::{CatalogueEntry, Error};
use crate::json::ToJson;

/// Why a token is refused. Holds no text of the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// Stable snake_case code, one of [`TOKEN_CATALOGUE`] or [`CATALOGUE`](crate::CATALOGUE).
    pub code: &'static str,
    /// The part that is wrong: `token`, `header`, `payload`, `key`, `signature`, `claim` or `keys`.
    pub place: &'static str,
    /// Which header parameter or claim.
    pub name: Option<String>,
    /// Whether the same token may be accepted later: `never`, `after_refresh` of the key set, or `at` a time.
    pub retry: &'static str,
    /// That time.
    pub retry_at_ms: Option<u64>,
    /// For people: lower case, no full stop.
    pub message: String,
    /// Numbers that say more.
    pub evidence: Option<Box<Evidence>>,
}

/// What was found against what is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// `offset` (a byte), `limit` (found against the most), `length` (found against the right one) or `time` (now against the line
    /// that the token draws, in milliseconds).
    pub kind: &'static str,
    /// What was found.
    pub found: u64,
    /// What it is held against; not for an offset.
    pub expected: Option<u64>,
}

/// Every code that tokens and their keys add to [`CATALOGUE`](crate::CATALOGUE).
pub const TOKEN_CATALOGUE: &[CatalogueEntry] = &[
    entry("too_large", "a part of a token, or a key, is longer than its limit"),
    entry("not_jws", "a token does not consist of three segments"),
    entry("jwe_unsupported", "a token is encrypted"),
    entry("bad_base64", "a segment is not base64url in its one spelling, without padding"),
    entry("bad_json", "a header or payload is not a JSON object in UTF-8"),
    entry("duplicate_name", "two members of one object have the same name"),
    entry("too_deep", "the JSON of a token is nested too deep"),
    entry("too_many", "a header or payload has too many members or values"),
    entry("bad_header", "a header parameter has the wrong type"),
    entry("alg_not_allowed", "the algorithm is missing, unknown or not among those of the verifier"),
    entry("crit_unsupported", "a token has critical extensions"),
    entry("b64_unsupported", "the payload is not encoded"),
    entry("typ_mismatch", "a token is of another type than the profile's"),
    entry("nested_unsupported", "the payload is a token itself"),
    entry("unknown_key", "no key fits the token"),
    entry("ambiguous_key", "more than one key fits the token"),
    entry("alg_key_mismatch", "the key is for another algorithm"),
    entry("key_not_usable", "the key is not for verifying"),
    entry("weak_key", "a key or a shared secret is too weak"),
    entry("private_key_published", "the private half of the key is public"),
    entry("bad_key", "a key is malformed or not on its curve"),
    entry("key_unsupported", "a kind of key that is not supported"),
    entry("keys_unavailable", "there are no keys, or they are too old"),
    entry("bad_signature_length", "the signature has another length than the algorithm's"),
    entry("bad_signature", "the signature does not verify"),
    entry("missing_claim", "a claim that is asked for is missing"),
    entry("bad_claim_type", "a claim has the wrong type or is out of range"),
    entry("claim_mismatch", "a claim has another value than is asked for"),
    entry("token_expired", "the token has expired"),
    entry("token_not_yet_valid", "the token is not valid yet"),
    entry("issued_in_future", "the token was issued in the future"),
    entry("token_too_old", "the token, or the login, is longer ago than allowed"),
    entry("proof_mismatch", "a proof of possession belongs to another key, request or token"),
    entry("missing_issuer", "a verifier is given no issuer"),
    entry("missing_audience", "a verifier is given no audience"),
    entry("missing_algorithms", "a verifier is given no algorithms"),
    entry("hmac_needs_secret", "HMAC algorithms without a shared secret"),
    entry("not_hmac", "an algorithm for public keys with a shared secret"),
    entry("unfit_secret", "a shared secret is too short for its algorithms, or too long"),
    entry("not_for_profile", "an option does not go with the profile; the field says which"),
    entry("key_set_too_large", "a key set is longer than its limit"),
    entry("key_set_not_json", "a key set is not JSON; the offset is the first byte that cannot follow"),
    entry("key_set_too_deep", "a key set is nested too deep"),
    entry("key_set_duplicate_name", "two members of a key set have the same name"),
    entry("not_a_key_set", "not an object with an array `keys`"),
    entry("too_many_keys", "a key set has more keys than its limit"),
    entry("no_usable_key", "a key set has no usable key"),
    entry("mixed_key_set", "shared secrets are mixed with other keys or algorithms"),
    entry("too_many_issuers", "a key cache has as many issuers as it may have"),
    entry("bad_issuer", "the name of an issuer is empty or too long"),
    entry("unknown_issuer", "the issuer of a ticket is no longer trusted"),
    entry("ticket_spent", "a ticket was used, is long past its deadline, or is another cache's; nothing changed"),
    entry("ticket_superseded", "newer keys are there already; nothing changed"),
    entry("snapshot_too_large", "a snapshot is longer than 16 MiB"),
    entry("not_a_snapshot", "the bytes are not a snapshot of a key cache"),
    entry("snapshot_unknown_version", "the snapshot was written by another version"),
    entry("snapshot_authentication_mismatch", "a key was given and the snapshot has none, or the other way round"),
    entry("snapshot_not_authentic", "the snapshot does not belong to the key"),
    entry("snapshot_malformed", "the snapshot is cut off or damaged; the offset says where"),
];

const fn entry(code: &'static str, when: &'static str) -> CatalogueEntry {
    CatalogueEntry { code, when }
}

/// The value of `WWW-Authenticate` for the scheme `Bearer` (RFC 6750 section 3): of a token that was refused, or `None` for a
/// request without one. Made of [`code`](VerifyError::code), [`place`](VerifyError::place) and [`name`](VerifyError::name) alone.
///
/// # Errors
/// `invalid_argument` if the code or the place is none of a token's.
pub fn challenge(error: Option<(&str, &str, Option<&str>)>, realm: &str) -> Result<String, Error> {
    let error = error.map(|(code, place, name)| of_parts(code, place, name)).transpose()?;
    Ok(jwt::challenge(error.flatten().as_ref(), realm))
}

/// The same for the scheme `DPoP` (RFC 9449 section 7.1), with the algorithms that proofs may use. `what` is `missing`, `token`
/// (the access token was refused), `proof` (the proof was) or `nonce_needed`.
///
/// # Errors
/// `invalid_argument` for another `what`, an unknown algorithm, or an error that is none of a token's.
pub fn proof_challenge(
    what: &str,
    error: Option<(&str, &str, Option<&str>)>,
    realm: &str,
    algorithms: &[&str],
) -> Result<String, Error> {
    let algorithm =
        |name: &&str| Algorithm::from_name(name).ok_or_else(|| Error::argument("algorithms", "no such algorithm"));
    let algorithms: Vec<Algorithm> = algorithms.iter().map(algorithm).collect::<Result<_, _>>()?;
    let error = error.map(|(code, place, name)| of_parts(code, place, name)).transpose()?.flatten();
    let what = match (what, &error) {
        ("missing", _) => ProofChallenge::Missing,
        ("nonce_needed", _) => ProofChallenge::NonceNeeded,
        ("token", Some(error)) => ProofChallenge::Token(error),
        ("proof", Some(error)) => ProofChallenge::Proof(error),
        ("token" | "proof", None) => return Err(Error::argument("error", "missing")),
        _ => return Err(Error::argument("what", "no such name")),
    };
    Ok(jwt::proof_challenge(what, realm, algorithms))
}

impl VerifyError {
    /// From an error of the core.
    pub(super) fn of(error: &jwt::VerifyError) -> Self {
        let (retry, retry_at_ms) = match error.retry {
            Retry::Never => ("never", None),
            Retry::AfterRefresh => ("after_refresh", None),
            Retry::At(time) => ("at", millis(Some(time))),
        };
        Self {
            code: error.code.name(),
            place: error.at.name(),
            name: name_of(&error.at).map(str::to_owned),
            retry,
            retry_at_ms,
            message: error.to_string(),
            evidence: Evidence::of(error.evidence).map(Box::new),
        }
    }

    /// A fault that is not the token's: the handle is closed, or the library failed.
    pub(super) fn of_fault(error: Error) -> Self {
        Self {
            code: error.code,
            place: "token",
            name: None,
            retry: "never",
            retry_at_ms: None,
            message: error.message,
            evidence: None,
        }
    }

    /// The status of an HTTP response: 401; 503 where the server has no keys, 500 where the fault is this library's.
    pub fn http_status(&self) -> u16 {
        let code = Code::ALL.into_iter().find(|known| known.name() == self.code);
        code.map_or(500, |code| {
            jwt::http_status(&jwt::VerifyError {
                code,
                at: Place::Token,
                retry: Retry::Never,
                evidence: jwt::Evidence::None,
            })
        })
    }

    /// The value of `WWW-Authenticate` for the scheme `Bearer`; see [`challenge`]. A fault of the server tells no error.
    pub fn challenge(&self, realm: &str) -> String {
        let known = challenge(Some((self.code, self.place, self.name.as_deref())), realm);
        known.unwrap_or_else(|_| jwt::challenge(None, realm))
    }
}

impl Evidence {
    fn of(evidence: jwt::Evidence) -> Option<Self> {
        let number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let time = |time: Timestamp| millis(Some(time)).unwrap_or_default();
        let (kind, found, expected) = match evidence {
            jwt::Evidence::None => return None,
            jwt::Evidence::Offset(offset) => ("offset", number(offset), None),
            jwt::Evidence::Limit { found, max } => ("limit", number(found), Some(number(max))),
            jwt::Evidence::Length { found, expected } => ("length", number(found), Some(number(expected))),
            jwt::Evidence::Time { now, limit } => ("time", time(now), Some(time(limit))),
        };
        Some(Self { kind, found, expected })
    }
}

/// The parameter or claim that a place is about.
pub(super) fn name_of(place: &Place) -> Option<&str> {
    match place {
        Place::Header(name) => Some(*name).filter(|name| !name.is_empty()),
        Place::Claim(name) => Some(name),
        Place::Token | Place::Payload | Place::Key | Place::Signature | Place::Keys => None,
    }
}

/// The error of these parts; `None` for a code that is no token's but this library's.
fn of_parts(code: &str, place: &str, name: Option<&str>) -> Result<Option<jwt::VerifyError>, Error> {
    if crate::CATALOGUE.iter().any(|entry| entry.code == code) {
        return Ok(None);
    }
    let code = Code::ALL.into_iter().find(|known| known.name() == code);
    let code = code.ok_or_else(|| Error::argument("code", "no such code"))?;
    let at = match place {
        "token" => Place::Token,
        "header" => Place::Header(HEADERS.into_iter().find(|known| Some(*known) == name).unwrap_or("")),
        "payload" => Place::Payload,
        "key" => Place::Key,
        "signature" => Place::Signature,
        "claim" => Place::Claim(name.unwrap_or_default().to_owned().into()),
        "keys" => Place::Keys,
        _ => return Err(Error::argument("place", "no such place")),
    };
    Ok(Some(jwt::VerifyError { code, at, retry: Retry::Never, evidence: jwt::Evidence::None }))
}

/// The parameters that an error can be about.
const HEADERS: [&str; 7] = ["alg", "b64", "crit", "typ", "cty", "kid", "jwk"];

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for VerifyError {}

impl ToJson for VerifyError {
    fn write_json(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.text("code", Some(self.code));
        object.text("place", Some(self.place));
        object.text("name", self.name.as_deref());
        object.text("retry", Some(self.retry));
        object.number("retryAtMs", self.retry_at_ms);
        object.text("message", Some(&self.message));
        object.value("evidence", self.evidence.as_deref());
        object.number("httpStatus", Some(u64::from(self.http_status())));
        object.end();
    }
}

impl ToJson for Evidence {
    fn write_json(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.text("kind", Some(self.kind));
        object.number("found", Some(self.found));
        object.number("expected", self.expected);
        object.end();
    }
}

impl From<jwt::PolicyError> for Error {
    /// Settings out of range are options out of range: the field says which.
    fn from(error: jwt::PolicyError) -> Self {
        let of_field =
            |code, field: &str, message: String| Self { field: Some(field.to_owned()), ..Self::new(code, message) };
        match &error {
            jwt::PolicyError::MissingIssuer => of_field(error.code(), "issuer", error.to_string()),
            jwt::PolicyError::MissingAudience => of_field(error.code(), "audiences", error.to_string()),
            jwt::PolicyError::MissingAlgorithms
            | jwt::PolicyError::HmacNeedsSecret { .. }
            | jwt::PolicyError::NotHmac { .. } => of_field(error.code(), "algorithms", error.to_string()),
            jwt::PolicyError::UnfitSecret => of_field(error.code(), "sharedSecret", error.to_string()),
            jwt::PolicyError::Empty { setting } => Self::option(option_of(setting), "holds the empty string"),
            jwt::PolicyError::TooMany { setting, max } => {
                Self::option(option_of(setting), &format!("more than {max} entries"))
            }
            jwt::PolicyError::OutOfRange { setting, min, max } => {
                Self::option(option_of(setting), &format!("not from {min} to {max}"))
            }
            jwt::PolicyError::NotForProfile { setting } => {
                of_field(error.code(), &option_of(setting), "does not go with the profile".to_owned())
            }
            _ => Self::new("invalid_option", error.to_string()),
        }
    }
}

impl From<jwt::KeySetError> for Error {
    fn from(error: jwt::KeySetError) -> Self {
        let offset = if let jwt::KeySetError::NotJson { offset } = error { Some(offset) } else { None };
        Self { offset, ..Self::new(error.code(), error.to_string()) }
    }
}

impl From<jwt::CacheError> for Error {
    fn from(error: jwt::CacheError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<jwt::SnapshotError> for Error {
    fn from(error: jwt::SnapshotError) -> Self {
        let offset = if let jwt::SnapshotError::Malformed { offset } = error { Some(offset) } else { None };
        Self { offset, ..Self::new(error.code(), error.to_string()) }
    }
}

/// The option that a setting of the core is called here.
fn option_of(setting: &str) -> String {
    match setting {
        "audience" => "audiences".to_owned(),
        "token_bytes" | "header_bytes" | "header_members" | "claims" | "values" | "json_depth" | "kid_bytes" => {
            format!("limits.{}", camel(setting))
        }
        _ => camel(setting),
    }
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let mut chars = word.chars();
        name.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        name + chars.as_str()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_core_is_listed() {
        let listed: Vec<&str> = TOKEN_CATALOGUE.iter().map(|entry| entry.code).take(Code::ALL.len()).collect();
        assert_eq!(listed, Code::ALL.map(Code::name));
    }

    #[test]
    fn settings_are_named_as_their_options() {
        assert_eq!(option_of("leeway_secs"), "leewaySecs");
        assert_eq!(option_of("kid_bytes"), "limits.kidBytes");
        assert_eq!(option_of("audience"), "audiences");
    }

    #[test]
    fn faults_of_the_server_are_not_told() {
        let closed = VerifyError::of_fault(Error::closed("the check"));
        assert_eq!(closed.challenge("api"), "Bearer realm=\"api\"");
        assert_eq!(closed.http_status(), 500);
    }
}
