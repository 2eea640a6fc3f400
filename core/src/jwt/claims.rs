//! The claims set (RFC 7519 section 4), readable once a token is verified.

use alloc::string::String;
use core::fmt;

use super::error::{Code, Fault, Place, VerifyError};
use crate::text::json::Json;
use crate::time::Timestamp;

/// What a verified token says. Registered claims have the type that RFC 7519 gives them, whether the policy asks for them or not.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    text: String,
    json: Json,
}

impl Claims {
    pub(super) const fn new(text: String, json: Json) -> Self {
        Self { text, json }
    }

    /// `iss`, who issued the token.
    pub fn issuer(&self) -> Option<&str> {
        self.text_of("iss")
    }

    /// `sub`, whom the token is about.
    pub fn subject(&self) -> Option<&str> {
        self.text_of("sub")
    }

    /// `aud`, whom the token is for: one string or an array of them.
    pub fn audience(&self) -> impl Iterator<Item = &str> {
        let aud = self.get("aud");
        let elements = aud.and_then(Json::as_array).unwrap_or_default();
        aud.and_then(Json::as_str).into_iter().chain(elements.iter().filter_map(Json::as_str))
    }

    /// `exp`, the second at which the token ends; a fraction is dropped.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.time("exp").ok().flatten().map(NumericDate::earlier)
    }

    /// `nbf`, the second at which the token begins; a fraction is rounded up.
    pub fn not_before(&self) -> Option<Timestamp> {
        self.time("nbf").ok().flatten().map(NumericDate::later)
    }

    /// `iat`, the second at which the token was issued; a fraction is dropped.
    pub fn issued_at(&self) -> Option<Timestamp> {
        self.time("iat").ok().flatten().map(NumericDate::earlier)
    }

    /// `jti`, what tells the token from every other of its issuer. Deny lists go by this, not by the text of the token: one set
    /// of claims can have many signatures.
    pub fn token_id(&self) -> Option<&str> {
        self.text_of("jti")
    }

    /// `cnf.jkt` (RFC 9449 section 6.1): the thumbprint of the key that the token is bound to. A token that has it is worth
    /// nothing without a proof of possession; a verifier accepts it where its policy says
    /// [`Confirmation::Dpop`](super::Confirmation::Dpop) or [`Host`](super::Confirmation::Host) alone. With `Host`, `None` does not
    /// say that it is bound to nothing: `cnf` may name a certificate (RFC 8705 section 3.1) or be malformed.
    pub fn bound_key(&self) -> Option<&str> {
        self.get("cnf").and_then(|cnf| cnf.get("jkt")).and_then(Json::as_str)
    }

    /// The claim of that name, compared byte for byte.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.json.get(name)
    }

    /// The claims set as the issuer wrote it. Names are unique at every depth, but may be ones that a language gives a meaning
    /// to, such as `__proto__`: bindings return data and merge nothing.
    pub fn json(&self) -> &str {
        &self.text
    }

    /// The claim of that name, if it is a string.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Json::as_str)
    }

    /// The claim of that name as a string.
    ///
    /// # Errors
    /// [`Code::BadClaimType`] if it is something else.
    pub(super) fn string(&self, name: &'static str) -> Result<Option<&str>, Fault> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(_) => Err(VerifyError::new(Code::BadClaimType, Place::Claim(name.into())).into()),
        }
    }

    /// The claim of that name as a time.
    ///
    /// # Errors
    /// [`Code::BadClaimType`] if it is something else, or out of range.
    pub(super) fn time(&self, name: &'static str) -> Result<Option<NumericDate>, Fault> {
        let bad = || Fault::from(VerifyError::new(Code::BadClaimType, Place::Claim(name.into())));
        match self.get(name) {
            None => Ok(None),
            Some(Json::Number(number)) => NumericDate::parse(number).map(Some).ok_or_else(bad),
            Some(_) => Err(bad()),
        }
    }

    /// Bytes on the heap.
    pub(super) fn bytes(&self) -> usize {
        self.text.capacity() + heap_bytes(&self.json)
    }
}

impl fmt::Debug for Claims {
    /// Shows sizes alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.json.as_object().map_or(0, <[_]>::len);
        f.debug_struct("Claims").field("count", &count).field("bytes", &self.text.len()).finish()
    }
}

/// Bytes on the heap; calls itself no deeper than a policy lets JSON nest.
fn heap_bytes(value: &Json) -> usize {
    match value {
        Json::Null | Json::Bool(_) => 0,
        Json::Number(text) | Json::String(text) => text.capacity(),
        Json::Array(elements) => {
            elements.capacity() * size_of::<Json>() + elements.iter().map(heap_bytes).sum::<usize>()
        }
        Json::Object(members) => {
            let own = members.iter().map(|(name, value)| name.capacity() + heap_bytes(value)).sum::<usize>();
            members.capacity() * size_of::<(String, Json)>() + own
        }
    }
}

/// Seconds since 1970 (RFC 7519 section 2), from 0 to below 2^53. Read digit by digit: a number that a double rounds is no
/// other number here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NumericDate {
    secs: u64,
    /// Something follows the whole seconds.
    fraction: bool,
}

impl NumericDate {
    /// The time that a JSON number spells; `None` for a negative one and from 2^53 on.
    pub(super) fn parse(number: &str) -> Option<Self> {
        let (sign, unsigned) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = || whole.bytes().chain(decimals.bytes());
        let leading_zeros = digits().take_while(|digit| *digit == b'0').count();
        let significant = whole.len() + decimals.len() - leading_zeros;
        if significant == 0 {
            return Some(Self { secs: 0, fraction: false });
        }
        if sign {
            return None;
        }
        // Digits before the point, counted from the first that is not zero; any exponent that overflows is far out of range.
        let point = i64::try_from(whole.len()).ok()? - i64::try_from(leading_zeros).ok()?;
        let point = point.saturating_add(exponent_of(exponent));
        if point <= 0 {
            return Some(Self { secs: 0, fraction: true });
        }
        let point = usize::try_from(point).ok().filter(|point| *point <= DIGITS_MAX)?;
        let mut digits = digits().skip(leading_zeros).map(|digit| u64::from(digit.wrapping_sub(b'0')));
        let secs = (0..point).fold(0, |secs, _| secs * 10 + digits.next().unwrap_or(0));
        let fraction = digits.any(|digit| digit != 0);
        (secs < 1 << 53).then_some(Self { secs, fraction })
    }

    /// The whole second at or before it.
    pub(super) const fn earlier(self) -> Timestamp {
        Timestamp::from_secs(self.secs)
    }

    /// The whole second at or after it.
    pub(super) const fn later(self) -> Timestamp {
        Timestamp::from_secs(self.secs + self.fraction as u64)
    }
}

fn exponent_of(digits: &str) -> i64 {
    let (negative, digits) = match digits.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let size =
        digits.iter().fold(0, |size: i64, digit| size.min(EXPONENT_MAX) * 10 + i64::from(digit.wrapping_sub(b'0')));
    if negative { -size } else { size }
}

/// More digits than a token can have; what is beyond is as far out of range.
const EXPONENT_MAX: i64 = 1 << 40;

/// 2^53 has sixteen digits.
const DIGITS_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn c1_numbers_are_read_without_rounding() {
        let max = (1 << 53) - 1;
        let cases = [
            ("0", Some((0, false))),
            ("-0", Some((0, false))),
            ("-0.0e5", Some((0, false))),
            ("1.5", Some((1, true))),
            ("1.0", Some((1, false))),
            ("0.9999999999999999999999999", Some((0, true))),
            ("15e-1", Some((1, true))),
            ("150e-1", Some((15, false))),
            ("1e3", Some((1000, false))),
            ("1.7000000005E9", Some((1_700_000_000, true))),
            ("0.0017e+12", Some((1_700_000_000, false))),
            ("9007199254740991", Some((max, false))),
            ("9007199254740991.9", Some((max, true))),
            ("9007199254740992", None),
            ("9007199254740993", None),
            ("18446744073709551615", None),
            ("18446744073709551616", None),
            ("1e300", None),
            ("1e999", None),
            ("1e99999999999999999999999999", None),
            ("1e-99999999999999999999999999", Some((0, true))),
            ("0e99999999999999999999999999", Some((0, false))),
            ("-1", None),
            ("-0.1", None),
            ("-1e-400", None),
        ];
        for (number, expected) in cases {
            let read = NumericDate::parse(number).map(|date| (date.secs, date.fraction));
            assert_eq!(read, expected, "{number}");
        }
        assert_eq!(NumericDate::parse(&"9".repeat(400)), None);
        let small = format!("0.{}1", "0".repeat(400));
        assert_eq!(NumericDate::parse(&small), Some(NumericDate { secs: 0, fraction: true }));
        let zeros = format!("1{}e-400", "0".repeat(400));
        assert_eq!(NumericDate::parse(&zeros), Some(NumericDate { secs: 1, fraction: false }));
    }

    #[test]
    fn fraction_goes_toward_the_stricter_second() {
        let date = NumericDate::parse("10.25").unwrap();
        assert_eq!((date.earlier(), date.later()), (Timestamp::from_secs(10), Timestamp::from_secs(11)));
    }
}
