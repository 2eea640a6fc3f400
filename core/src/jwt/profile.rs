//! What kind of token is expected. Tokens of one kind must not pass for another (RFC 8725 section 2.8 and 3.11).

use alloc::string::String;
use core::fmt;

use super::error::{Code, Fault, Place, VerifyError};
use super::header::{Header, media_type};

/// The kind of token that a verifier accepts.
#[derive(Clone, PartialEq, Eq)]
pub enum Profile {
    /// Any claims set of the issuer (RFC 7519): `typ` is absent or `JWT`. Tokens that declare a purpose of their own, such as
    /// `at+jwt` or `logout+jwt`, are refused.
    Jwt,
    /// An OAuth 2.0 access token (RFC 9068): `typ` is `at+jwt`, and `exp`, `sub`, `client_id`, `iat` and `jti` are there.
    AccessToken,
    /// An OpenID Connect ID token (OpenID Connect Core 1.0 section 2 and 3.1.3.7): `sub`, `exp` and `iat` are there, `azp` is one
    /// of the policy's audiences where it is there and is there where `aud` has several.
    IdToken {
        /// What the authentication request sent as `nonce`; the token must repeat it. `None` if it sent none.
        nonce: Option<String>,
    },
    /// A proof of possession (RFC 9449 section 4.2): `typ` is `dpop+jwt`, the key is in the header, and `jti`, `htm`, `htu` and
    /// `iat` are there. Verified by [`verify_proof`](super::TokenVerifier::verify_proof) alone.
    DpopProof,
}

impl Profile {
    /// Stable snake_case name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::AccessToken => "access_token",
            Self::IdToken { .. } => "id_token",
            Self::DpopProof => "dpop_proof",
        }
    }

    /// The `typ` that tokens of the profile have, and whether they may have none.
    pub(super) const fn typ(&self) -> (&'static str, bool) {
        match self {
            Self::Jwt | Self::IdToken { .. } => ("JWT", true),
            Self::AccessToken => ("at+jwt", false),
            Self::DpopProof => ("dpop+jwt", false),
        }
    }

    /// Refuses another `typ` than the profile's.
    pub(super) fn check_typ(&self, header: &Header) -> Result<(), Fault> {
        let (expected, optional) = self.typ();
        let fits = header.typ().map_or(optional, |typ| media_type(typ).eq_ignore_ascii_case(expected));
        if fits { Ok(()) } else { Err(VerifyError::new(Code::TypMismatch, Place::Header("typ")).into()) }
    }

    /// Claims that are strings, not empty, and always there.
    pub(super) const fn texts(&self) -> &'static [&'static str] {
        match self {
            Self::Jwt => &[],
            Self::AccessToken => &["sub", "client_id", "jti"],
            Self::IdToken { .. } => &["sub"],
            Self::DpopProof => &["jti", "htm", "htu"],
        }
    }

    /// Whether `exp` is there in every token of the profile, whatever the policy says.
    pub(super) const fn always_expires(&self) -> bool {
        matches!(self, Self::AccessToken | Self::IdToken { .. })
    }

    /// Whether `iat` is there in every token of the profile.
    pub(super) const fn always_dated(&self) -> bool {
        matches!(self, Self::AccessToken | Self::IdToken { .. } | Self::DpopProof)
    }

    /// Whether the profile's tokens are sent to services, which a `cnf` asks to see a key.
    pub(super) const fn may_be_bound(&self) -> bool {
        matches!(self, Self::Jwt | Self::AccessToken)
    }

    /// The claim from which the greatest age counts: an ID token may be new although the user signed in long ago (OpenID
    /// Connect Core 1.0 section 3.1.2.1, `max_age`).
    pub(super) const fn age_claim(&self) -> &'static str {
        match self {
            Self::IdToken { .. } => "auth_time",
            Self::Jwt | Self::AccessToken | Self::DpopProof => "iat",
        }
    }
}

impl fmt::Debug for Profile {
    /// Shows the name alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
