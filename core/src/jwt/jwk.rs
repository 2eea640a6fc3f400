//! From a JWK (RFC 7517) to a key that may verify: everything about it is checked here, once, before it is ever used.

use alloc::string::String;
use alloc::vec::Vec;

use super::algorithm::{Algorithm, AlgorithmSet};
use super::error::Code;
use super::key::{KeyMaterial, VerificationKey};
use crate::text::json::Json;

mod material;
mod thumbprint;

pub(super) use thumbprint::{public_members, thumbprint};

/// The members of a JWK that matter, as far as they were read.
#[derive(Default)]
pub(super) struct Jwk {
    kty: Field,
    usage: Field,
    key_ops: Operations,
    alg: Field,
    kid: Field,
    crv: Field,
    n: Field,
    e: Field,
    x: Field,
    y: Field,
    k: Field,
    /// A member of a private key is there, whatever its value.
    private: bool,
    /// What already refuses the key.
    fault: Option<Code>,
}

/// What a key set is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Published by an issuer: public keys alone.
    Public,
    /// Shared with an issuer in secret: keys of type `oct` alone.
    Secret,
    /// Sent along by whoever wants to prove that it is theirs: a public key, and none so long that a stranger can make it work.
    Embedded,
}

/// A member that is a string, if it is there.
#[derive(Default)]
enum Field {
    #[default]
    Absent,
    Text(String),
    /// Of another type than a string.
    Other,
}

/// What `key_ops` says.
#[derive(Default)]
enum Operations {
    #[default]
    Absent,
    Listed(Vec<String>),
    /// Not an array of strings, or too long to be one.
    Other,
}

/// A value of a member as the reader meets it.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    /// A string.
    Text(&'a str),
    /// The start of an array.
    Array,
    /// Anything else.
    Other,
}

/// A key whose numbers are in range, before they are [prepared](Self::prepare): for RSA that takes longer than a check of a
/// signature, and of a key that a stranger sent not before it is known to fit.
pub(super) struct Unprepared {
    kid: Option<String>,
    /// What it verifies.
    pub(super) algorithms: AlgorithmSet,
    material: KeyMaterial,
}

impl Unprepared {
    /// The key.
    ///
    /// # Errors
    /// [`Code::BadKey`] for a point off its curve and the like.
    pub(super) fn prepare(self) -> Result<VerificationKey, Code> {
        VerificationKey::new(self.kid, self.algorithms, thumbprint(&self.material), self.material)
    }
}

/// The key of one JWK that was read already, such as the `jwk` header parameter of a DPoP proof.
///
/// # Errors
/// What is wrong with it.
pub(super) fn from_json(json: &Json) -> Result<Unprepared, Code> {
    let members = json.as_object().ok_or(Code::BadKey)?;
    let mut jwk = Jwk::default();
    for (name, value) in members {
        match value {
            Json::String(text) => jwk.member(name, Value::Text(text)),
            Json::Array(elements) => {
                jwk.member(name, Value::Array);
                elements.iter().for_each(|e| jwk.element(name, e.as_str().map_or(Value::Other, Value::Text)));
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => jwk.member(name, Value::Other),
        }
    }
    jwk.unprepared(Kind::Embedded)
}

/// A public key as a JWK that [`Jwk`] reads back. For a shared secret, a key that nothing reads.
pub(super) fn to_json(key: &VerificationKey) -> String {
    let mut json = public_members(&key.material).unwrap_or_else(|| String::from("{}"));
    json.pop();
    if let Some(kid) = key.kid() {
        json.push_str(",\"kid\":\"");
        for c in kid.chars() {
            match c {
                '"' | '\\' => json.extend(['\\', c]),
                '\0'..='\u{1f}' => json.push_str(&alloc::format!("\\u{:04x}", u32::from(c))),
                _ => json.push(c),
            }
        }
        json.push('"');
    }
    let mut algorithms = key.algorithms().iter();
    if let (Some(algorithm), None) = (algorithms.next(), algorithms.next()) {
        json.push_str(",\"alg\":\"");
        json.push_str(algorithm.name());
        json.push('"');
    }
    json.push('}');
    json
}

impl Jwk {
    /// Takes the member of that name.
    pub(super) fn member(&mut self, name: &str, value: Value<'_>) {
        if ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"].contains(&name) {
            self.private = true;
        }
        let field = match name {
            "kty" => &mut self.kty,
            "use" => &mut self.usage,
            "alg" => &mut self.alg,
            "kid" => &mut self.kid,
            "crv" => &mut self.crv,
            "n" => &mut self.n,
            "e" => &mut self.e,
            "x" => &mut self.x,
            "y" => &mut self.y,
            "k" => &mut self.k,
            "key_ops" => {
                self.key_ops = match value {
                    Value::Array => Operations::Listed(Vec::new()),
                    Value::Text(_) | Value::Other => Operations::Other,
                };
                return;
            }
            _ => return,
        };
        *field = match value {
            Value::Text(text) => Field::Text(text.into()),
            Value::Array | Value::Other => Field::Other,
        };
    }

    /// Takes an element of the array that the member of that name is.
    pub(super) fn element(&mut self, name: &str, value: Value<'_>) {
        if name != "key_ops" {
            return;
        }
        match (&mut self.key_ops, value) {
            (Operations::Listed(listed), Value::Text(text))
                if listed.len() < OPERATIONS_MAX && !listed.iter().any(|l| l == text) =>
            {
                listed.push(text.into());
            }
            _ => self.key_ops = Operations::Other,
        }
    }

    /// Refuses the key for what the reader saw. The first reason stays.
    pub(super) fn refuse(&mut self, code: Code) {
        self.fault.get_or_insert(code);
    }

    /// `kid`, if it is a string that a token could name.
    pub(super) fn kid(&self) -> Option<&str> {
        self.kid.text().filter(|kid| kid.len() <= KID_BYTES_MAX)
    }

    /// Whether it says that it is a shared secret.
    pub(super) fn is_secret(&self) -> bool {
        self.kty.text() == Some("oct")
    }

    /// The key.
    ///
    /// # Errors
    /// What is wrong with it: the first of the checks in this order that fails.
    pub(super) fn finish(self, kind: Kind) -> Result<VerificationKey, Code> {
        self.unprepared(kind)?.prepare()
    }

    fn unprepared(self, kind: Kind) -> Result<Unprepared, Code> {
        if let Some(code) = self.fault {
            return Err(code);
        }
        self.kid_is_well_formed()?;
        let kty = self.kty.required()?;
        if kind != Kind::Secret && (self.private || kty == "oct") {
            return Err(Code::PrivateKeyPublished);
        }
        self.may_verify()?;
        let material = match kty {
            "RSA" => {
                let bytes_max = if kind == Kind::Embedded { RSA_EMBEDDED_BYTES_MAX } else { material::RSA_BYTES_MAX };
                material::rsa(self.n.required()?, self.e.required()?, bytes_max)
            }
            "EC" => material::ec(self.crv.required()?, self.x.required()?, self.y.required()?),
            "OKP" => material::okp(self.crv.required()?, self.x.required()?),
            "oct" => material::secret(self.k.required()?),
            _ => Err(Code::KeyUnsupported),
        };
        // What `alg` says comes first: a key for encryption is no malformed key for signatures.
        let named = self.alg_named()?;
        let material = material?;
        let algorithms = fitting(&material, named)?;
        Ok(Unprepared { kid: self.kid.text().map(String::from), algorithms, material })
    }

    fn kid_is_well_formed(&self) -> Result<(), Code> {
        match &self.kid {
            Field::Absent => Ok(()),
            Field::Text(kid) if kid.len() <= KID_BYTES_MAX => Ok(()),
            Field::Text(_) => Err(Code::TooLarge),
            Field::Other => Err(Code::BadKey),
        }
    }

    /// `use` and `key_ops` (RFC 7517 sections 4.2 and 4.3): absent, or naming signatures; where both are there, agreeing.
    fn may_verify(&self) -> Result<(), Code> {
        let for_signatures = match &self.usage {
            Field::Absent => false,
            Field::Text(usage) if usage == "sig" => true,
            Field::Text(_) | Field::Other => return Err(Code::KeyNotUsable),
        };
        match &self.key_ops {
            Operations::Absent => Ok(()),
            Operations::Listed(listed)
                if listed.iter().any(|l| l == "verify")
                    && !(for_signatures && listed.iter().any(|l| l != "verify" && l != "sign")) =>
            {
                Ok(())
            }
            Operations::Listed(_) | Operations::Other => Err(Code::KeyNotUsable),
        }
    }

    /// The algorithm that `alg` binds the key to, if it is there (RFC 7517 section 4.4).
    fn alg_named(&self) -> Result<Option<Algorithm>, Code> {
        match &self.alg {
            Field::Absent => Ok(None),
            Field::Text(name) => Algorithm::from_name(name).map(Some).ok_or(Code::KeyUnsupported),
            Field::Other => Err(Code::BadKey),
        }
    }
}

/// What a key of that kind verifies, cut down to the one algorithm it names. A key must not contradict itself.
fn fitting(material: &KeyMaterial, named: Option<Algorithm>) -> Result<AlgorithmSet, Code> {
    let fits: AlgorithmSet = Algorithm::ALL.into_iter().filter(|algorithm| material.fits(*algorithm)).collect();
    match named {
        Some(algorithm) if fits.contains(algorithm) => Ok([algorithm].into_iter().collect()),
        // RFC 7518 section 3.2: the secret is as long as the hash at least.
        Some(Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512) if matches!(material, KeyMaterial::Secret(_)) => {
            Err(Code::WeakKey)
        }
        Some(_) => Err(Code::AlgKeyMismatch),
        None if fits.is_empty() => Err(Code::WeakKey),
        None => Ok(fits),
    }
}

impl Field {
    fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn required(&self) -> Result<&str, Code> {
        self.text().ok_or(Code::BadKey)
    }
}

/// Longest `kid` in bytes; a token's is refused beyond the same limit.
pub(super) const KID_BYTES_MAX: usize = 256;

/// Longest modulus of a key that a proof brings, in bytes: 4,096 bits. The work grows with the third power of it.
const RSA_EMBEDDED_BYTES_MAX: usize = 4096 / 8;

/// RFC 7517 section 4.3 knows eight operations.
const OPERATIONS_MAX: usize = 16;
