//! One typed error; its variants are the families of codes.

use std::fmt;

use edgewarden_bindings as facade;

use crate::token::{Evidence, EvidenceKind, Retry, TokenPlace};

/// Why a call has no answer. Every variant has the same members; the message holds no text of the caller.
#[derive(Clone, Debug, uniffi::Error)]
pub enum EdgewardenError {
    /// The input cannot be read: `invalid_utf8`, `invalid_json`, `json_too_deep`, `input_too_large`, `invalid_session`; codes
    /// of keys, key sets and snapshots. The offset of a key set counts bytes.
    Input {
        /// Stable snake_case code of the catalogue.
        code: String,
        /// For people: lower case, no full stop.
        reason: String,
        /// Where in the input, in UTF-16 code units; in bytes when the input was bytes.
        offset: Option<i32>,
        /// Which option or argument, as a path such as `limits.findings`.
        field: Option<String>,
    },
    /// A scanner or a verifier cannot be built so: `invalid_option`, `invalid_thresholds`, `invalid_limits`, the codes of rule
    /// sets, `missing_issuer` and the like.
    Options {
        /// Stable snake_case code of the catalogue.
        code: String,
        /// For people: lower case, no full stop.
        reason: String,
        /// Where in the input, in UTF-16 code units; in bytes when the input was bytes.
        offset: Option<i32>,
        /// Which option or argument, as a path such as `limits.findings`.
        field: Option<String>,
    },
    /// An argument is outside its range: `invalid_argument`; or a key cache does not take it: `bad_issuer`, `ticket_spent` and
    /// the like.
    Argument {
        /// Stable snake_case code of the catalogue.
        code: String,
        /// For people: lower case, no full stop.
        reason: String,
        /// Where in the input, in UTF-16 code units; in bytes when the input was bytes.
        offset: Option<i32>,
        /// Which option or argument, as a path such as `limits.findings`.
        field: Option<String>,
    },
    /// The object was closed or finished before the call: `closed`.
    Closed {
        /// Stable snake_case code of the catalogue.
        code: String,
        /// For people: lower case, no full stop.
        reason: String,
        /// Where in the input, in UTF-16 code units; in bytes when the input was bytes.
        offset: Option<i32>,
        /// Which option or argument, as a path such as `limits.findings`.
        field: Option<String>,
    },
    /// A fault of this library: `internal`.
    Internal {
        /// Stable snake_case code of the catalogue.
        code: String,
        /// For people: lower case, no full stop.
        reason: String,
        /// Where in the input, in UTF-16 code units; in bytes when the input was bytes.
        offset: Option<i32>,
        /// Which option or argument, as a path such as `limits.findings`.
        field: Option<String>,
    },
    /// A token is refused. Holds no text of the token.
    Verify {
        /// Stable snake_case code of the catalogue.
        code: String,
        /// For people: lower case, no full stop.
        reason: String,
        /// Always nothing: `evidence` says where.
        offset: Option<i32>,
        /// Always nothing: `part` says which.
        field: Option<String>,
        /// What of the token is wrong.
        place: TokenPlace,
        /// Which header parameter or claim.
        part: Option<String>,
        /// Whether the same token may be accepted later.
        retry: Retry,
        /// That time, in milliseconds since 1970.
        retry_at: Option<i64>,
        /// Numbers that say more.
        evidence: Option<Evidence>,
        /// The status of an HTTP response: 401; 503 where the server has no keys.
        http_status: i32,
    },
}

/// One code of the catalogue.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ErrorCode {
    /// Stable snake_case code.
    pub code: String,
    /// When it is given.
    pub meaning: String,
}

impl From<facade::Error> for EdgewardenError {
    fn from(error: facade::Error) -> Self {
        let facade::Error { code, message: reason, offset, field } = error;
        let offset = offset.map(crate::int);
        let family = code;
        let code = code.to_owned();
        match family {
            "invalid_utf8" | "invalid_json" | "json_too_deep" | "input_too_large" | "invalid_session" => {
                Self::Input { code, reason, offset, field }
            }
            // What a JWK, a set of them or a snapshot is refused for.
            "too_large"
            | "bad_json"
            | "duplicate_name"
            | "too_deep"
            | "too_many"
            | "bad_key"
            | "weak_key"
            | "key_unsupported"
            | "key_not_usable"
            | "private_key_published"
            | "key_set_too_large"
            | "key_set_not_json"
            | "key_set_too_deep"
            | "key_set_duplicate_name"
            | "not_a_key_set"
            | "too_many_keys"
            | "no_usable_key"
            | "snapshot_too_large"
            | "not_a_snapshot"
            | "snapshot_unknown_version"
            | "snapshot_authentication_mismatch"
            | "snapshot_not_authentic"
            | "snapshot_malformed" => Self::Input { code, reason, offset, field },
            "invalid_argument" | "mixed_key_set" | "too_many_issuers" | "bad_issuer" | "unknown_issuer"
            | "ticket_spent" | "ticket_superseded" => Self::Argument { code, reason, offset, field },
            "closed" => Self::Closed { code, reason, offset, field },
            "internal" | "not_initialized" => Self::Internal { code, reason, offset, field },
            _ => Self::Options { code, reason, offset, field },
        }
    }
}

impl From<facade::token::VerifyError> for EdgewardenError {
    /// A fault of use or of this library is one wherever it shows, not a refusal.
    fn from(error: facade::token::VerifyError) -> Self {
        if let Some(known) = facade::CATALOGUE.iter().find(|known| known.code == error.code) {
            return facade::Error::new(known.code, error.message).into();
        }
        Self::Verify {
            http_status: error.http_status().into(),
            code: error.code.to_owned(),
            reason: error.message,
            offset: None,
            field: None,
            place: TokenPlace::of(error.place),
            part: error.name,
            retry: Retry::of(error.retry),
            retry_at: error.retry_at_ms.map(crate::long),
            evidence: error.evidence.map(|evidence| (*evidence).into()),
        }
    }
}

impl From<facade::token::Evidence> for Evidence {
    fn from(evidence: facade::token::Evidence) -> Self {
        let facade::token::Evidence { kind, found, expected } = evidence;
        Self { kind: EvidenceKind::of(kind), found: crate::long(found), expected: expected.map(crate::long) }
    }
}

impl EdgewardenError {
    /// What a challenge tells of a refusal: code, place and part.
    pub(crate) fn parts(&self) -> Option<(&str, &str, Option<&str>)> {
        match self {
            Self::Verify { code, place, part, .. } => Some((code, place.name(), part.as_deref())),
            _ => None,
        }
    }
}

impl fmt::Display for EdgewardenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input { reason, .. }
            | Self::Options { reason, .. }
            | Self::Argument { reason, .. }
            | Self::Closed { reason, .. }
            | Self::Internal { reason, .. }
            | Self::Verify { reason, .. } => f.write_str(reason),
        }
    }
}

impl std::error::Error for EdgewardenError {}
