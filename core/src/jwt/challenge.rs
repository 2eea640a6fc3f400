//! The answer to a request whose token is refused: the `WWW-Authenticate` header (RFC 9110 section 11.6.1).

use alloc::string::String;
use core::fmt::Write;

use super::algorithm::{Algorithm, AlgorithmSet};
use super::error::{Code, Place, VerifyError};

/// What is wrong with a request under the scheme `DPoP`.
#[derive(Clone, Copy, Debug)]
pub enum ProofChallenge<'a> {
    /// There was no token.
    Missing,
    /// The access token was refused.
    Token(&'a VerifyError),
    /// The proof was refused.
    Proof(&'a VerifyError),
    /// The proof lacks the nonce that the server sends along in the header `DPoP-Nonce` (RFC 9449 section 9).
    NonceNeeded,
}

/// The value of `WWW-Authenticate` for the scheme `Bearer` (RFC 6750 section 3). `None` for a request that brought no token: it
/// is told of no error. An error that is not the token's, [`KeysUnavailable`](Code::KeysUnavailable), is not told either.
///
/// `realm` names what is protected; characters that a header cannot hold are left out.
pub fn challenge(error: Option<&VerifyError>, realm: &str) -> String {
    let mut out = String::from("Bearer ");
    put(&mut out, "realm", realm);
    if let Some(error) = error {
        put_error(&mut out, "invalid_token", error);
    }
    out
}

/// The value of `WWW-Authenticate` for the scheme `DPoP` (RFC 9449 section 7.1), with the algorithms that proofs may use.
pub fn proof_challenge(
    what: ProofChallenge<'_>,
    realm: &str,
    algorithms: impl IntoIterator<Item = Algorithm>,
) -> String {
    let mut out = String::from("DPoP ");
    put(&mut out, "realm", realm);
    match what {
        ProofChallenge::Missing => {}
        ProofChallenge::Token(error) => put_error(&mut out, "invalid_token", error),
        ProofChallenge::Proof(error) => put_error(&mut out, "invalid_dpop_proof", error),
        ProofChallenge::NonceNeeded => {
            put(&mut out, "error", "use_dpop_nonce");
            put(&mut out, "error_description", "the proof needs the nonce of this response");
        }
    }
    let algorithms: AlgorithmSet = algorithms.into_iter().collect();
    let names: alloc::vec::Vec<&str> = algorithms.iter().map(Algorithm::name).collect();
    put(&mut out, "algs", &names.join(" "));
    out
}

/// The status of the response: 503 where the fault is the server's, which has no keys; 401 otherwise (RFC 6750 section 3.1).
pub const fn http_status(error: &VerifyError) -> u16 {
    if matches!(error.code, Code::KeysUnavailable) { 503 } else { 401 }
}

/// The error and what it is about. Numbers stay here: they would tell a stranger the server's clock and limits.
fn put_error(out: &mut String, name: &str, error: &VerifyError) {
    if http_status(error) != 401 {
        return;
    }
    put(out, "error", name);
    let mut text = String::new();
    let _ = match &error.at {
        Place::Header(parameter) if !parameter.is_empty() => write!(text, "header {parameter}: "),
        Place::Claim(claim) => write!(text, "claim {claim}: "),
        place => write!(text, "{}: ", place.name()),
    };
    let _ = write!(text, "{}", error.code.name());
    put(out, "error_description", &text);
}

/// `name="value"` with the characters that RFC 6750 section 3 allows in a value.
fn put(out: &mut String, name: &str, value: &str) {
    if !out.ends_with(' ') {
        out.push_str(", ");
    }
    out.push_str(name);
    out.push_str("=\"");
    out.extend(value.chars().filter(|c| matches!(c, ' '..='~') && !matches!(c, '"' | '\\')));
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::super::error::Evidence;
    use super::*;
    use crate::time::Timestamp;

    #[test]
    fn refused_token_is_told_by_code_and_place_without_numbers() {
        let time = Timestamp::from_secs(1_700_000_000);
        let error = VerifyError::new(Code::TokenExpired, Place::Claim("exp".into()))
            .because(Evidence::Time { now: time, limit: time });
        let expected = "Bearer realm=\"api\", error=\"invalid_token\", error_description=\"claim exp: token_expired\"";
        assert_eq!(challenge(Some(&error), "api"), expected);
        assert_eq!(http_status(&error), 401);
    }

    #[test]
    fn request_without_a_token_is_told_of_no_error() {
        assert_eq!(challenge(None, "api"), "Bearer realm=\"api\"");
    }

    #[test]
    fn lack_of_keys_is_no_fault_of_the_token() {
        let error = VerifyError::new(Code::KeysUnavailable, Place::Keys);
        assert_eq!((challenge(Some(&error), "api").as_str(), http_status(&error)), ("Bearer realm=\"api\"", 503));
    }

    #[test]
    fn realm_cannot_break_out_of_the_header() {
        let text = challenge(None, "a\"b\\c\r\nSet-Cookie: x=1\u{e9}\0");
        assert_eq!(text, "Bearer realm=\"abcSet-Cookie: x=1\"");
    }

    #[test]
    fn proof_is_told_apart_from_the_token() {
        let error = VerifyError::new(Code::ProofMismatch, Place::Claim("htu".into()));
        let algorithms = [Algorithm::Es256, Algorithm::EdDsa];
        assert_eq!(
            proof_challenge(ProofChallenge::Proof(&error), "api", algorithms),
            "DPoP realm=\"api\", error=\"invalid_dpop_proof\", error_description=\"claim htu: proof_mismatch\", \
             algs=\"ES256 EdDSA\""
        );
        let error = VerifyError::new(Code::TypMismatch, Place::Header("typ"));
        assert!(
            proof_challenge(ProofChallenge::Token(&error), "api", algorithms)
                .contains("error=\"invalid_token\", error_description=\"header typ: typ_mismatch\"")
        );
        assert!(proof_challenge(ProofChallenge::NonceNeeded, "api", algorithms).contains("error=\"use_dpop_nonce\""));
        assert_eq!(
            proof_challenge(ProofChallenge::Missing, "api", algorithms),
            "DPoP realm=\"api\", algs=\"ES256 EdDSA\""
        );
    }
}
