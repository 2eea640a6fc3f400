//! The protected header (RFC 7515 section 4): the few parameters that count, and the rules that hold for every token.

use alloc::string::String;
use core::fmt;

use super::error::{Code, Evidence, Fault, Place, VerifyError};
use super::token::{TokenLimits, decode, object, utf8, within};
use crate::text::json::{Json, JsonLimits};

/// The header as a whole.
pub(super) const WHOLE: Place = Place::Header("");

/// The header parameters that a verifier heeds. Where others point to a key (`jku`, `x5u`, `x5c`), nobody looks: keys come from
/// the key set. `jwk` counts in a DPoP proof alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    algorithm_name: String,
    kid: Option<String>,
    typ: Option<String>,
    cty: Option<String>,
    jwk: Option<Json>,
}

impl Header {
    /// Decodes, reads and checks a header segment.
    pub(super) fn parse(segment: &str, limits: &TokenLimits) -> Result<Self, Fault> {
        let json = read(segment, limits)?;
        RULES.iter().try_for_each(|rule| (rule.check)(&json, limits))?;
        Ok(Self::of(&json))
    }

    /// The parameters of a header that was read, as far as they have the right type.
    pub(super) fn of(json: &Json) -> Self {
        let text = |name| json.get(name).and_then(Json::as_str).map(String::from);
        Self {
            algorithm_name: text("alg").unwrap_or_default(),
            kid: text("kid"),
            typ: text("typ"),
            cty: text("cty"),
            jwk: json.get("jwk").cloned(),
        }
    }

    /// `alg` (RFC 7515 section 4.1.1) as the token has it, known or not; never empty.
    pub fn algorithm_name(&self) -> &str {
        &self.algorithm_name
    }

    /// `kid` (RFC 7515 section 4.1.4), to be compared byte for byte.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// `typ` (RFC 7515 section 4.1.9).
    pub fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }

    /// `cty` (RFC 7515 section 4.1.10).
    pub fn cty(&self) -> Option<&str> {
        self.cty.as_deref()
    }

    /// `jwk` (RFC 7515 section 4.1.3): a key that the sender chose. Only a DPoP proof is verified with it.
    pub(super) const fn jwk(&self) -> Option<&Json> {
        self.jwk.as_ref()
    }

    /// Bytes on the heap, roughly.
    pub(super) fn bytes(&self) -> usize {
        let texts = [self.kid(), self.typ(), self.cty()];
        self.algorithm_name.len() + texts.into_iter().flatten().map(str::len).sum::<usize>()
    }

    /// The same header without what only the verification of a proof needs.
    pub(super) fn without_jwk(self) -> Self {
        Self { jwk: None, ..self }
    }
}

impl fmt::Debug for Header {
    /// Shows which parameters are there, none of their text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Header")
            .field("kid", &self.kid.is_some())
            .field("typ", &self.typ.is_some())
            .field("cty", &self.cty.is_some())
            .field("jwk", &self.jwk.is_some())
            .finish_non_exhaustive()
    }
}

/// A rule about one header parameter.
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) check: fn(&Json, &TokenLimits) -> Result<(), Fault>,
}

/// In the order in which they are checked.
pub(super) const RULES: [Rule; 6] = [
    Rule { name: "alg", check: algorithm_is_named },
    Rule { name: "b64", check: payload_is_encoded },
    Rule { name: "crit", check: nothing_is_critical },
    Rule { name: "typ", check: type_is_text },
    Rule { name: "cty", check: content_is_no_token },
    Rule { name: "kid", check: kid_is_text },
];

/// The header as JSON. An empty segment is the spelling of nothing.
pub(super) fn read(segment: &str, limits: &TokenLimits) -> Result<Json, Fault> {
    if segment.is_empty() {
        return Err(VerifyError::new(Code::BadBase64, WHOLE).because(Evidence::Offset(0)).into());
    }
    let text = utf8(decode(segment, WHOLE)?, WHOLE)?;
    let limits = JsonLimits { depth: limits.json_depth, members: limits.header_members, values: limits.values };
    object(&text, limits, WHOLE)
}

fn algorithm_is_named(header: &Json, _: &TokenLimits) -> Result<(), Fault> {
    match header.get("alg") {
        Some(Json::String(name)) if !name.is_empty() => Ok(()),
        _ => Err(VerifyError::new(Code::AlgNotAllowed, Place::Header("alg")).into()),
    }
}

/// RFC 7797 section 7: a JWT never sets `b64` to false. True changes nothing.
fn payload_is_encoded(header: &Json, _: &TokenLimits) -> Result<(), Fault> {
    match header.get("b64") {
        None | Some(Json::Bool(true)) => Ok(()),
        Some(Json::Bool(false)) => Err(VerifyError::new(Code::B64Unsupported, Place::Header("b64")).into()),
        Some(_) => Err(VerifyError::new(Code::BadHeader, Place::Header("b64")).into()),
    }
}

/// RFC 7515 section 4.1.11: who does not understand an extension must refuse. No extension is understood here, and a list that
/// is empty, repeats itself or names what is no extension is malformed.
fn nothing_is_critical(header: &Json, _: &TokenLimits) -> Result<(), Fault> {
    match header.get("crit") {
        None => Ok(()),
        Some(_) => Err(VerifyError::new(Code::CritUnsupported, Place::Header("crit")).into()),
    }
}

fn type_is_text(header: &Json, _: &TokenLimits) -> Result<(), Fault> {
    optional_text(header, "typ").map(|_| ())
}

/// RFC 7519 section 5.2: `cty` says `JWT` where the payload is a token.
fn content_is_no_token(header: &Json, _: &TokenLimits) -> Result<(), Fault> {
    match optional_text(header, "cty")?.map(media_type) {
        Some(content) if content.eq_ignore_ascii_case("jwt") || ends_with(content, "+jwt") => {
            Err(VerifyError::new(Code::NestedUnsupported, Place::Header("cty")).into())
        }
        _ => Ok(()),
    }
}

fn kid_is_text(header: &Json, limits: &TokenLimits) -> Result<(), Fault> {
    let kid = optional_text(header, "kid")?;
    within(kid.map_or(0, str::len), limits.kid_bytes, Place::Header("kid"))
}

fn optional_text<'h>(header: &'h Json, name: &'static str) -> Result<Option<&'h str>, Fault> {
    match header.get(name) {
        None => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(_) => Err(VerifyError::new(Code::BadHeader, Place::Header(name)).into()),
    }
}

/// A media type without the `application/` that RFC 7515 section 4.1.9 lets producers leave out. Compare without regard to
/// case (RFC 2045 section 5.1).
pub(super) fn media_type(typ: &str) -> &str {
    const PREFIX: &str = "application/";
    match typ.split_at_checked(PREFIX.len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case(PREFIX) && !rest.contains('/') => rest,
        _ => typ,
    }
}

fn ends_with(text: &str, end: &str) -> bool {
    let start = text.len().checked_sub(end.len());
    start.and_then(|start| text.get(start..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_told_apart_by_their_subtype() {
        assert_eq!(media_type("application/at+jwt"), "at+jwt");
        assert_eq!(media_type("APPLICATION/AT+JWT"), "AT+JWT");
        assert_eq!(media_type("application/a/b"), "application/a/b");
        assert_eq!(media_type("text/at+jwt"), "text/at+jwt");
        assert_eq!(media_type("éapplication/x"), "éapplication/x");
    }
}
