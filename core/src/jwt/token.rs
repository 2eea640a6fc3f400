//! The compact form (RFC 7515 section 7.1): three segments, each in its one spelling. Nothing here is trusted.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::base64url;
use super::error::{Code, Evidence, Fault, Place, VerifyError};
use super::header::{self, Header};
use crate::text::json::{Json, JsonError, JsonLimits};

/// Bounds on a token. What breaks one is refused before it is decoded, as far as it can be known by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenLimits {
    /// Bytes of the token. Default 16 KiB, the size that servers allow all headers of a request; 64 bytes to 1 MiB.
    pub token_bytes: usize,
    /// Bytes of the header segment as it is spelled. Default 4 KiB, room for a certificate chain; 32 bytes to 1 MiB.
    pub header_bytes: usize,
    /// Header parameters. Default 64; 1 to 1,024.
    pub header_members: usize,
    /// Claims. Default 256; 1 to 65,536.
    pub claims: usize,
    /// JSON values in the header, and in the payload, at every depth. Default 1,024: with the other defaults a token costs at
    /// most four times its size and 64 KiB. 16 to 1,048,576.
    pub values: usize,
    /// Objects and arrays open at once. Default 16; 1 to 64.
    pub json_depth: usize,
    /// Bytes of `kid`. Default 256; 1 to 4,096.
    pub kid_bytes: usize,
}

impl Default for TokenLimits {
    fn default() -> Self {
        Self {
            token_bytes: 16 * 1024,
            header_bytes: 4 * 1024,
            header_members: 64,
            claims: 256,
            values: 1024,
            json_depth: 16,
            kid_bytes: 256,
        }
    }
}

/// A token whose form is right and whose signature nobody checked. Its claims are not readable.
#[derive(Clone, PartialEq, Eq)]
pub struct UnverifiedToken<'a> {
    segments: Segments<'a>,
    header: Header,
    payload: Vec<u8>,
    signature: Vec<u8>,
    limits: TokenLimits,
}

impl<'a> UnverifiedToken<'a> {
    /// Reads the compact form: sizes first, then the header with all of its rules, then the spelling of the other two
    /// segments. The payload may be anything at this point.
    ///
    /// # Errors
    /// [`Code::TooLarge`], [`Code::NotJws`], [`Code::JweUnsupported`], [`Code::BadBase64`], [`Code::BadJson`],
    /// [`Code::DuplicateName`], [`Code::TooDeep`], [`Code::TooMany`], [`Code::AlgNotAllowed`] if `alg` is missing or no
    /// string, [`Code::B64Unsupported`], [`Code::CritUnsupported`], [`Code::BadHeader`], [`Code::NestedUnsupported`].
    pub fn parse(token: &'a str, limits: &TokenLimits) -> Result<Self, VerifyError> {
        let segments = Segments::split(token, limits)?;
        let header = Header::parse(segments.header, limits)?;
        let payload = segments.payload()?;
        let signature = segments.signature()?;
        Ok(Self { segments, header, payload, signature, limits: *limits })
    }

    /// The protected header.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The bytes that are signed: the first two segments as they are spelled, with the dot between them.
    pub const fn signing_input(&self) -> &'a [u8] {
        self.segments.signing_input.as_bytes()
    }

    /// The signature, decoded.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// What the token says its issuer is, if it says so with a string. Anybody can write this: good for choosing which
    /// policy and key set to verify the token with, and for nothing else.
    pub fn issuer_hint(&self) -> Option<String> {
        let json = payload_json(core::str::from_utf8(&self.payload).ok()?, &self.limits).ok()?;
        json.get("iss").and_then(Json::as_str).map(String::from)
    }

    /// Header, payload and signature, for the verifier.
    pub(super) fn into_parts(self) -> (Header, Vec<u8>, Vec<u8>) {
        (self.header, self.payload, self.signature)
    }
}

impl fmt::Debug for UnverifiedToken<'_> {
    /// Shows sizes alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnverifiedToken")
            .field("payload_bytes", &self.payload.len())
            .field("signature_bytes", &self.signature.len())
            .finish_non_exhaustive()
    }
}

/// The three segments as they are spelled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Segments<'a> {
    pub(super) signing_input: &'a str,
    pub(super) header: &'a str,
    payload: &'a str,
    signature: &'a str,
}

impl<'a> Segments<'a> {
    /// Finds the two dots in one pass; decodes nothing.
    pub(super) fn split(token: &'a str, limits: &TokenLimits) -> Result<Self, Fault> {
        within(token.len(), limits.token_bytes, Place::Token)?;
        let not_jws = || VerifyError::new(Code::NotJws, Place::Token);
        let (header, rest) = token.split_once('.').ok_or_else(not_jws)?;
        let (payload, signature) = rest.split_once('.').ok_or_else(not_jws)?;
        match signature.bytes().filter(|byte| *byte == b'.').count() {
            0 => {}
            // RFC 7516 section 3.1: five segments.
            2 => return Err(VerifyError::new(Code::JweUnsupported, Place::Token).into()),
            _ => return Err(not_jws().into()),
        }
        within(header.len(), limits.header_bytes, header::WHOLE)?;
        let signing_input = token.get(..header.len() + 1 + payload.len()).ok_or_else(not_jws)?;
        Ok(Self { signing_input, header, payload, signature })
    }

    /// The bytes of the payload.
    pub(super) fn payload(&self) -> Result<Vec<u8>, Fault> {
        decode(self.payload, Place::Payload)
    }

    /// The bytes of the signature.
    pub(super) fn signature(&self) -> Result<Vec<u8>, Fault> {
        decode(self.signature, Place::Signature)
    }
}

/// Refuses what is larger than its limit.
pub(super) fn within(found: usize, max: usize, at: Place) -> Result<(), Fault> {
    if found > max {
        return Err(VerifyError::new(Code::TooLarge, at).because(Evidence::Limit { found, max }).into());
    }
    Ok(())
}

pub(super) fn decode(segment: &str, at: Place) -> Result<Vec<u8>, Fault> {
    base64url::decode(segment)
        .map_err(|offset| VerifyError::new(Code::BadBase64, at).because(Evidence::Offset(offset)).into())
}

/// The claims set: one JSON object within the limits.
pub(super) fn payload_json(payload: &str, limits: &TokenLimits) -> Result<Json, Fault> {
    let limits = JsonLimits { depth: limits.json_depth, members: limits.claims, values: limits.values };
    object(payload, limits, Place::Payload)
}

/// One JSON object within limits.
pub(super) fn object(json: &str, limits: JsonLimits, at: Place) -> Result<Json, Fault> {
    let value = Json::parse_within(json, limits).map_err(|error| of_json(error, at.clone()))?;
    if value.as_object().is_none() {
        return Err(VerifyError::new(Code::BadJson, at).because(Evidence::Offset(0)).into());
    }
    Ok(value)
}

/// The text of a decoded segment.
pub(super) fn utf8(bytes: Vec<u8>, at: Place) -> Result<String, Fault> {
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        VerifyError::new(Code::BadJson, at).because(Evidence::Offset(offset)).into()
    })
}

fn of_json(error: JsonError, at: Place) -> Fault {
    let (code, evidence) = match error {
        JsonError::Invalid { offset } => (Code::BadJson, Evidence::Offset(offset)),
        JsonError::DuplicateName { offset } => (Code::DuplicateName, Evidence::Offset(offset)),
        JsonError::TooDeep { depth_max, .. } => {
            (Code::TooDeep, Evidence::Limit { found: depth_max + 1, max: depth_max })
        }
        JsonError::TooMany { max, .. } => (Code::TooMany, Evidence::Limit { found: max + 1, max }),
    };
    VerifyError::new(code, at).because(evidence).into()
}
