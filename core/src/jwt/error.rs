//! Why a token is refused: a stable code, where, and whether trying again can help. Nothing here holds text of the token.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::fmt;

use crate::time::Timestamp;

/// Why a token is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// What is wrong.
    pub code: Code,
    /// With which part.
    pub at: Place,
    /// Whether the same token may be accepted later.
    pub retry: Retry,
    /// Numbers that say more; never text of the token.
    pub evidence: Evidence,
}

/// The same as one pointer, for the many checks that seldom fail: what each of them returns is moved in parts else.
pub(super) type Fault = Box<VerifyError>;

impl From<Fault> for VerifyError {
    fn from(fault: Fault) -> Self {
        *fault
    }
}

/// What is wrong with a token. The names are the same in every language and never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Code {
    /// A part is longer than its limit. Of a token or a header that is, nothing was decoded.
    TooLarge,
    /// Not three segments with two dots (RFC 7515 section 7.1).
    NotJws,
    /// Five segments: an encrypted token (RFC 7516), which is neither decrypted nor inflated.
    JweUnsupported,
    /// A segment is not base64url in its one spelling: padding, another alphabet, white space, stray bits (RFC 7515 section 2).
    BadBase64,
    /// Header or payload is not a JSON object in UTF-8 (RFC 8259).
    BadJson,
    /// Two members of one object have the same name once escapes are undone (RFC 7515 section 4, RFC 7519 section 4).
    DuplicateName,
    /// JSON nested deeper than the limit.
    TooDeep,
    /// More members than the limit.
    TooMany,
    /// A header parameter has the wrong type.
    BadHeader,
    /// `alg` is missing, unknown or not in the policy (RFC 8725 section 3.1).
    AlgNotAllowed,
    /// `crit` is malformed or names an extension that is not understood (RFC 7515 section 4.1.11).
    CritUnsupported,
    /// `b64` (RFC 7797): payloads that are not base64url are not verified here.
    B64Unsupported,
    /// `typ` does not fit the profile (RFC 8725 section 3.11, RFC 9068 section 2.1).
    TypMismatch,
    /// The payload is a token itself (`cty: JWT`).
    NestedUnsupported,
    /// No key fits the token.
    UnknownKey,
    /// More than one key fits the token.
    AmbiguousKey,
    /// The key is for another algorithm, key type or curve (RFC 8725 section 3.1).
    AlgKeyMismatch,
    /// `use` or `key_ops` forbid verifying with the key (RFC 7517 section 4.2 and 4.3).
    KeyNotUsable,
    /// The key is too weak to prove anything: RSA size or exponent, a known weak generator, a short secret.
    WeakKey,
    /// The set publishes the private half of the key.
    PrivateKeyPublished,
    /// The key's material is not well formed or not on its curve.
    BadKey,
    /// The key's type, curve or algorithm is not supported.
    KeyUnsupported,
    /// There is no key set, or it is older than it may get.
    KeysUnavailable,
    /// The signature has another length than the algorithm's.
    BadSignatureLength,
    /// The signature does not belong to the token and the key.
    BadSignature,
    /// A claim that the policy asks for is missing.
    MissingClaim,
    /// A claim has the wrong type or a number out of range (RFC 7519 section 2, NumericDate).
    BadClaimType,
    /// A claim has another value than the policy asks for.
    ClaimMismatch,
    /// `exp` is reached (RFC 7519 section 4.1.4).
    TokenExpired,
    /// `nbf` is not reached (RFC 7519 section 4.1.5).
    TokenNotYetValid,
    /// `iat` lies in the future.
    IssuedInFuture,
    /// `iat` or `auth_time` is longer ago than the policy allows.
    TokenTooOld,
    /// The proof of possession does not belong to this key, request or token (RFC 9449 section 4.3).
    ProofMismatch,
}

impl Code {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 33] = [
        Self::TooLarge,
        Self::NotJws,
        Self::JweUnsupported,
        Self::BadBase64,
        Self::BadJson,
        Self::DuplicateName,
        Self::TooDeep,
        Self::TooMany,
        Self::BadHeader,
        Self::AlgNotAllowed,
        Self::CritUnsupported,
        Self::B64Unsupported,
        Self::TypMismatch,
        Self::NestedUnsupported,
        Self::UnknownKey,
        Self::AmbiguousKey,
        Self::AlgKeyMismatch,
        Self::KeyNotUsable,
        Self::WeakKey,
        Self::PrivateKeyPublished,
        Self::BadKey,
        Self::KeyUnsupported,
        Self::KeysUnavailable,
        Self::BadSignatureLength,
        Self::BadSignature,
        Self::MissingClaim,
        Self::BadClaimType,
        Self::ClaimMismatch,
        Self::TokenExpired,
        Self::TokenNotYetValid,
        Self::IssuedInFuture,
        Self::TokenTooOld,
        Self::ProofMismatch,
    ];

    /// Stable snake_case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::NotJws => "not_jws",
            Self::JweUnsupported => "jwe_unsupported",
            Self::BadBase64 => "bad_base64",
            Self::BadJson => "bad_json",
            Self::DuplicateName => "duplicate_name",
            Self::TooDeep => "too_deep",
            Self::TooMany => "too_many",
            Self::BadHeader => "bad_header",
            Self::AlgNotAllowed => "alg_not_allowed",
            Self::CritUnsupported => "crit_unsupported",
            Self::B64Unsupported => "b64_unsupported",
            Self::TypMismatch => "typ_mismatch",
            Self::NestedUnsupported => "nested_unsupported",
            Self::UnknownKey => "unknown_key",
            Self::AmbiguousKey => "ambiguous_key",
            Self::AlgKeyMismatch => "alg_key_mismatch",
            Self::KeyNotUsable => "key_not_usable",
            Self::WeakKey => "weak_key",
            Self::PrivateKeyPublished => "private_key_published",
            Self::BadKey => "bad_key",
            Self::KeyUnsupported => "key_unsupported",
            Self::KeysUnavailable => "keys_unavailable",
            Self::BadSignatureLength => "bad_signature_length",
            Self::BadSignature => "bad_signature",
            Self::MissingClaim => "missing_claim",
            Self::BadClaimType => "bad_claim_type",
            Self::ClaimMismatch => "claim_mismatch",
            Self::TokenExpired => "token_expired",
            Self::TokenNotYetValid => "token_not_yet_valid",
            Self::IssuedInFuture => "issued_in_future",
            Self::TokenTooOld => "token_too_old",
            Self::ProofMismatch => "proof_mismatch",
        }
    }

    /// What is wrong, in words.
    const fn text(self) -> &'static str {
        match self {
            Self::TooLarge => "too large",
            Self::NotJws => "not a signed token of three segments",
            Self::JweUnsupported => "encrypted tokens are not supported",
            Self::BadBase64 => "not base64url without padding",
            Self::BadJson => "not a JSON object",
            Self::DuplicateName => "two members of one name",
            Self::TooDeep => "nested too deep",
            Self::TooMany => "too many members",
            Self::BadHeader => "wrong type",
            Self::AlgNotAllowed => "algorithm not allowed",
            Self::CritUnsupported => "critical extension not supported",
            Self::B64Unsupported => "unencoded payloads are not supported",
            Self::TypMismatch => "another type of token than expected",
            Self::NestedUnsupported => "nested tokens are not supported",
            Self::UnknownKey => "no key fits",
            Self::AmbiguousKey => "more than one key fits",
            Self::AlgKeyMismatch => "the key is for another algorithm",
            Self::KeyNotUsable => "the key is not for verifying",
            Self::WeakKey => "the key is too weak",
            Self::PrivateKeyPublished => "the private key is published",
            Self::BadKey => "malformed key",
            Self::KeyUnsupported => "kind of key not supported",
            Self::KeysUnavailable => "no keys at hand",
            Self::BadSignatureLength => "wrong length",
            Self::BadSignature => "does not verify",
            Self::MissingClaim => "missing",
            Self::BadClaimType => "wrong type or out of range",
            Self::ClaimMismatch => "another value than expected",
            Self::TokenExpired => "token expired",
            Self::TokenNotYetValid => "token not valid yet",
            Self::IssuedInFuture => "issued in the future",
            Self::TokenTooOld => "longer ago than allowed",
            Self::ProofMismatch => "the proof belongs to something else",
        }
    }
}

/// The part of a token that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The token as a whole.
    Token,
    /// The protected header, or the named parameter of it.
    Header(&'static str),
    /// The payload as a whole.
    Payload,
    /// The key that the token is for.
    Key,
    /// The signature.
    Signature,
    /// A claim: one that is registered, or one that the policy names.
    Claim(Cow<'static, str>),
    /// The key set.
    Keys,
}

impl Place {
    /// Stable snake_case name: `token`, `header`, `payload`, `key`, `signature`, `claim`, `keys`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Header(_) => "header",
            Self::Payload => "payload",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Claim(_) => "claim",
            Self::Keys => "keys",
        }
    }
}

/// Whether the same token may be accepted later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// No.
    Never,
    /// After the key set was fetched again, if it changed.
    AfterRefresh,
    /// At that time.
    At(Timestamp),
}

/// Numbers that say more about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Nothing more is known.
    None,
    /// Byte offset in the part, or in what it decodes to for JSON.
    Offset(usize),
    /// A size or a count against its limit.
    Limit {
        /// What was found.
        found: usize,
        /// The limit.
        max: usize,
    },
    /// A length against the one length that is right.
    Length {
        /// What was found.
        found: usize,
        /// What is right.
        expected: usize,
    },
    /// A time of the token, with leeway, against the time it was verified at.
    Time {
        /// When it was verified.
        now: Timestamp,
        /// Where the token draws the line.
        limit: Timestamp,
    },
}

impl VerifyError {
    /// An error that no later try mends, without further evidence.
    pub(crate) const fn new(code: Code, at: Place) -> Self {
        Self { code, at, retry: Retry::Never, evidence: Evidence::None }
    }

    /// The same error with evidence.
    pub(crate) fn because(mut self, evidence: Evidence) -> Self {
        self.evidence = evidence;
        self
    }

    /// The same error with advice on trying again.
    pub(crate) fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.at {
            Place::Header(name) if !name.is_empty() => write!(f, "header `{name}`: ")?,
            Place::Claim(name) => write!(f, "claim `{name}`: ")?,
            place => write!(f, "{}: ", place.name())?,
        }
        f.write_str(self.code.text())?;
        match self.evidence {
            Evidence::None => Ok(()),
            Evidence::Offset(offset) => write!(f, " at byte {offset}"),
            Evidence::Limit { found, max } => write!(f, ", {found} with a limit of {max}"),
            Evidence::Length { found, expected } => write!(f, ", {found} bytes instead of {expected}"),
            Evidence::Time { now, limit } => {
                write!(f, ", limit {} s, now {} s", limit.as_millis() / 1000, now.as_millis() / 1000)
            }
        }
    }
}

impl core::error::Error for VerifyError {}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn codes_have_names_of_their_own() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(Code::ALL.windows(2).all(|pair| pair[0] < pair[1]), "in the order of their declaration");
    }

    #[test]
    fn message_says_what_where_and_how_far() {
        let now = Timestamp::from_secs(100);
        let error = VerifyError::new(Code::TokenExpired, Place::Claim("exp".into()))
            .because(Evidence::Time { now, limit: Timestamp::from_secs(90) });
        assert_eq!(error.to_string(), "claim `exp`: token expired, limit 90 s, now 100 s");
        assert_eq!(VerifyError::new(Code::BadHeader, Place::Header("kid")).to_string(), "header `kid`: wrong type");
    }
}
