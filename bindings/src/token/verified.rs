//! A verified token and what can be read from it.

use std::fmt;

use edgewarden::jwt::{self, Header};

use crate::base64url;
use crate::json::ToJson;

/// A token whose signature and claims were checked. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedToken {
    pub(super) core: jwt::VerifiedToken,
}

/// What a verified token says. Holds text of the token.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenData {
    /// The claims set as the issuer wrote it. Names are unique at every depth. Parse it as data and merge it into nothing:
    /// `__proto__` may be one.
    pub claims_json: String,
    /// `alg`, `typ`, `cty` and `kid` of the header, as far as they are there. Nothing else of it counted.
    pub header_json: String,
    /// Name of the algorithm.
    pub algorithm: &'static str,
    /// `kid`
    pub kid: Option<String>,
    /// `iss`
    pub issuer: Option<String>,
    /// `sub`
    pub subject: Option<String>,
    /// `aud`, a list in any case.
    pub audience: Vec<String>,
    /// `jti`
    pub token_id: Option<String>,
    /// `exp`
    pub expires_at_ms: Option<u64>,
    /// `nbf`
    pub not_before_ms: Option<u64>,
    /// `iat`
    pub issued_at_ms: Option<u64>,
    /// From then on no call accepts it, leeway included; `None` for never.
    pub valid_until_ms: Option<u64>,
    /// `cnf.jkt`: the thumbprint of the key that a proof of possession must come from.
    pub bound_key: Option<String>,
    /// SHA-256 thumbprint (RFC 7638) of the key that it was verified with, base64url.
    pub key_thumbprint: String,
    /// The number that a key cache gave the key; 0 for a key of no cache.
    pub key_generation: u64,
}

impl VerifiedToken {
    /// All that it says.
    pub fn data(&self) -> TokenData {
        let (claims, header) = (self.core.claims(), self.core.header());
        let text = |text: Option<&str>| text.map(str::to_owned);
        TokenData {
            claims_json: claims.json().to_owned(),
            header_json: header_json(header),
            algorithm: self.core.algorithm().name(),
            kid: text(header.kid()),
            issuer: text(claims.issuer()),
            subject: text(claims.subject()),
            audience: claims.audience().map(str::to_owned).collect(),
            token_id: text(claims.token_id()),
            expires_at_ms: millis(claims.expires_at()),
            not_before_ms: millis(claims.not_before()),
            issued_at_ms: millis(claims.issued_at()),
            valid_until_ms: millis(self.core.valid_until()),
            bound_key: text(claims.bound_key()),
            key_thumbprint: base64url::encode(self.core.key_thumbprint()),
            key_generation: self.core.key_generation(),
        }
    }

    /// All that it says in one piece, for a host that pays for each: [`data`](Self::data) without the claims as JSON, a line feed,
    /// and the claims as the issuer wrote them. JSON inside of JSON would be written and read twice.
    pub fn text(&self) -> String {
        let claims = self.core.claims().json();
        let mut out = String::with_capacity(claims.len() + 512);
        self.write(&mut out, None);
        out.push('\n');
        out.push_str(claims);
        out
    }

    /// The members of [`TokenData`], without a copy of each.
    fn write(&self, out: &mut String, claims_json: Option<&str>) {
        let (claims, header) = (self.core.claims(), self.core.header());
        let audience: Vec<&str> = claims.audience().collect();
        let mut object = Object::begin(out);
        object.text("claimsJson", claims_json);
        object.text("headerJson", Some(&header_json(header)));
        object.text("algorithm", Some(self.core.algorithm().name()));
        object.text("kid", header.kid());
        object.text("issuer", claims.issuer());
        object.text("subject", claims.subject());
        object.list("audience", &audience);
        object.text("tokenId", claims.token_id());
        object.number("expiresAtMs", millis(claims.expires_at()));
        object.number("notBeforeMs", millis(claims.not_before()));
        object.number("issuedAtMs", millis(claims.issued_at()));
        object.number("validUntilMs", millis(self.core.valid_until()));
        object.text("boundKey", claims.bound_key());
        object.text("keyThumbprint", Some(&base64url::encode(self.core.key_thumbprint())));
        object.number("keyGeneration", Some(self.core.key_generation()));
        object.end();
    }

    /// The claims set as the issuer wrote it.
    pub fn claims_json(&self) -> &str {
        self.core.claims().json()
    }
}

impl fmt::Debug for VerifiedToken {
    /// Shows sizes alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.core, f)
    }
}

impl fmt::Debug for TokenData {
    /// Shows sizes alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenData").field("claims_bytes", &self.claims_json.len()).finish_non_exhaustive()
    }
}

/// The members of [`TokenData`].
impl ToJson for VerifiedToken {
    fn write_json(&self, out: &mut String) {
        self.write(out, Some(self.claims_json()));
    }
}

fn header_json(header: &Header) -> String {
    let mut out = String::new();
    let mut object = Object::begin(&mut out);
    object.text("alg", Some(header.algorithm_name()));
    object.text("typ", header.typ());
    object.text("cty", header.cty());
    object.text("kid", header.kid());
    object.end();
    out
}

/// A time that crosses: whole seconds below 2^53 are the largest there are, and what is beyond 2^53 milliseconds is as far away as
/// that.
pub(super) fn millis(time: Option<edgewarden::time::Timestamp>) -> Option<u64> {
    time.map(|time| time.as_millis().min(MILLIS_MAX))
}

const MILLIS_MAX: u64 = (1 << 53) - 1;

/// Writes an object member by member; what is `None` is left out.
pub(super) struct Object<'o> {
    out: &'o mut String,
    is_first: bool,
}

impl<'o> Object<'o> {
    pub(super) fn begin(out: &'o mut String) -> Self {
        out.push('{');
        Self { out, is_first: true }
    }

    pub(super) fn text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            value.write_json(self.name(name));
        }
    }

    pub(super) fn number(&mut self, name: &str, value: Option<u64>) {
        if let Some(value) = value {
            self.name(name).push_str(&value.to_string());
        }
    }

    pub(super) fn list<T: ToJson>(&mut self, name: &str, values: &[T]) {
        values.write_json(self.name(name));
    }

    pub(super) fn value(&mut self, name: &str, value: Option<&impl ToJson>) {
        if let Some(value) = value {
            value.write_json(self.name(name));
        }
    }

    pub(super) fn end(self) {
        self.out.push('}');
    }

    fn name(&mut self, name: &str) -> &mut String {
        self.out.push_str(if self.is_first { "\"" } else { ",\"" });
        self.is_first = false;
        self.out.push_str(name);
        self.out.push_str("\":");
        self.out
    }
}
