//! Whether a token that only the holder of some key may use is accepted. As if it were anybody's, it never is.

use super::checks::{Told, claim, describe};
use super::claims::Claims;
use super::error::{Code, Fault, VerifyError};
use crate::text::json::Json;

/// What becomes of `cnf` (RFC 7800 section 3.1), the claim that binds a token to a key. A stolen token that is bound is worth
/// nothing, unless somebody accepts it without asking for the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// A token that has `cnf`, whatever is in it, is refused with [`Code::ClaimMismatch`]. For tokens that come under the scheme
    /// `Bearer`: one that is bound must not pass for one that is not (RFC 9449 section 7.2, RFC 8705 section 3).
    None,
    /// The token is bound to a key for proofs of possession: `cnf.jkt` is there and is a string (RFC 9449 section 6.1). The host
    /// verifies the proof that came with it ([`verify_proof`](super::TokenVerifier::verify_proof)).
    Dpop,
    /// Any `cnf` is accepted, and none. The host checks it: with the certificate of the connection for `x5t#S256` (RFC 8705
    /// section 3.1), or otherwise.
    Host,
}

impl Confirmation {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 3] = [Self::None, Self::Dpop, Self::Host];

    /// Stable snake_case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Dpop => "dpop",
            Self::Host => "host",
        }
    }

    /// The one of that exact name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|confirmation| confirmation.name() == name)
    }

    /// Refuses a token that is bound otherwise than this.
    pub(super) fn check(self, claims: &Claims) -> Result<(), Fault> {
        let error = |code| Err(Fault::from(VerifyError::new(code, claim("cnf"))));
        match (self, claims.get("cnf")) {
            (Self::Host, _) | (Self::None, None) => Ok(()),
            // Null is no promise that the token is anybody's.
            (Self::None, Some(_)) => error(Code::ClaimMismatch),
            (Self::Dpop, None) => error(Code::MissingClaim),
            (Self::Dpop, Some(cnf @ Json::Object(_))) => match cnf.get("jkt") {
                Some(Json::String(_)) => Ok(()),
                Some(_) => error(Code::BadClaimType),
                None => error(Code::MissingClaim),
            },
            (Self::Dpop, Some(_)) => error(Code::BadClaimType),
        }
    }

    /// The same in words.
    pub(super) fn told(self, claims: &Claims) -> Told {
        let expected = match self {
            Self::None => "none",
            Self::Dpop => "object with a string `jkt`",
            Self::Host => "any value or none",
        };
        Told::new(expected, describe(claims.get("cnf")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        assert!(Confirmation::ALL.into_iter().all(|c| Confirmation::from_name(c.name()) == Some(c)));
        assert!(["None", "", "mtls"].into_iter().all(|name| Confirmation::from_name(name).is_none()));
    }
}
