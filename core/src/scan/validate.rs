//! Second looks at what an anchored pattern matched: checksums, randomness, and whether it is only a placeholder.
//!
//! A validator sees nothing but the matched bytes, uses integers only and allocates a bounded amount, so the same value
//! is judged the same way on every platform.

mod base58;
mod placeholder;

use alloc::string::String;
use alloc::vec::Vec;

use placeholder::{is_chosen, is_placeholder};

/// A condition on a matched value. Rule files name it, the compiled rule set stores it as two bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validator {
    /// Shannon entropy of the first 256 bytes is at least this many tenths of a bit per byte.
    Entropy(u8),
    /// Not a sample value, a mask, a template variable or a keyboard walk.
    NotPlaceholder,
    /// After the first `_`, the last six characters are the base-62 CRC-32 of the rest (GitHub and npm tokens).
    Crc32Github,
    /// The digits satisfy the Luhn formula (ISO/IEC 7812-1).
    Luhn,
    /// Holds a letter and a digit.
    MixedClasses,
    /// Holds an upper-case letter, a lower-case letter and a digit.
    MixedCase,
    /// The part before the first dot decodes to a JSON object with an `alg` (RFC 7515).
    Jwt,
    /// A Bitcoin private key in wallet import format with a right checksum.
    Base58Check,
    /// `scheme://user:password@` whose password looks chosen for use, not for a manual.
    UrlPassword,
    /// `name = value` whose value looks like a credential and has at least this many tenths of a bit per byte.
    Assigned(u8),
    /// The last base64 run decodes to `user:password` (RFC 7617).
    BasicAuth,
}

impl Validator {
    /// The validator a rule file names, such as `entropy:3.5`; `None` for a name that does not exist.
    pub fn parse(name: &str) -> Option<Self> {
        let (kind, arg) = name.split_once(':').map_or((name, None), |(k, a)| (k, Some(a)));
        Some(match (kind, arg) {
            ("entropy", Some(a)) => Self::Entropy(tenths(a)?),
            ("assigned", Some(a)) => Self::Assigned(tenths(a)?),
            ("assigned", None) => Self::Assigned(0),
            ("not-placeholder", None) => Self::NotPlaceholder,
            ("crc32-github", None) => Self::Crc32Github,
            ("luhn", None) => Self::Luhn,
            ("mixed-classes", None) => Self::MixedClasses,
            ("mixed-case", None) => Self::MixedCase,
            ("jwt", None) => Self::Jwt,
            ("base58check", None) => Self::Base58Check,
            ("url-password", None) => Self::UrlPassword,
            ("basic-auth", None) => Self::BasicAuth,
            _ => return None,
        })
    }

    /// Kind and argument as the compiled rule set stores them.
    pub const fn encode(self) -> (u8, u8) {
        match self {
            Self::Entropy(tenths) => (1, tenths),
            Self::NotPlaceholder => (2, 0),
            Self::Crc32Github => (3, 0),
            Self::Luhn => (4, 0),
            Self::MixedClasses => (5, 0),
            Self::MixedCase => (6, 0),
            Self::Jwt => (7, 0),
            Self::Base58Check => (8, 0),
            Self::UrlPassword => (9, 0),
            Self::Assigned(tenths) => (10, tenths),
            Self::BasicAuth => (11, 0),
        }
    }

    /// The inverse of [`encode`](Self::encode); `None` for bytes it never returns.
    pub const fn decode(kind: u8, arg: u8) -> Option<Self> {
        Some(match (kind, arg) {
            (1, tenths) => Self::Entropy(tenths),
            (2, 0) => Self::NotPlaceholder,
            (3, 0) => Self::Crc32Github,
            (4, 0) => Self::Luhn,
            (5, 0) => Self::MixedClasses,
            (6, 0) => Self::MixedCase,
            (7, 0) => Self::Jwt,
            (8, 0) => Self::Base58Check,
            (9, 0) => Self::UrlPassword,
            (10, tenths) => Self::Assigned(tenths),
            (11, 0) => Self::BasicAuth,
            _ => return None,
        })
    }

    /// Whether `value` satisfies the condition.
    pub fn check(self, value: &str) -> bool {
        match self {
            Self::Entropy(tenths) => entropy_at_least(value, tenths),
            Self::NotPlaceholder => !is_placeholder(value),
            Self::Crc32Github => crc32_github(value),
            Self::Luhn => luhn(value),
            Self::MixedClasses => has(value, u8::is_ascii_digit) && has(value, u8::is_ascii_alphabetic),
            Self::MixedCase => {
                has(value, u8::is_ascii_digit)
                    && has(value, u8::is_ascii_uppercase)
                    && has(value, u8::is_ascii_lowercase)
            }
            Self::Jwt => jwt_header(value),
            Self::Base58Check => base58::is_wallet_key(value),
            Self::UrlPassword => url_password(value),
            Self::Assigned(tenths) => assigned(value, tenths),
            Self::BasicAuth => basic_auth(value),
        }
    }
}

/// `3.5` as 35; at most one decimal.
fn tenths(text: &str) -> Option<u8> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    if part.len() != 1 {
        return None;
    }
    whole.parse::<u8>().ok()?.checked_mul(10)?.checked_add(part.parse().ok()?)
}

fn has(value: &str, class: fn(&u8) -> bool) -> bool {
    value.as_bytes().iter().any(class)
}

/// H = log2 n − (Σ c·log2 c) / n, compared as n·H without division.
fn entropy_at_least(value: &str, tenths: u8) -> bool {
    let mut counts = [0u32; 256];
    let mut n = 0u32;
    for &b in value.as_bytes().iter().take(256) {
        if let Some(c) = counts.get_mut(usize::from(b)) {
            *c += 1;
        }
        n += 1;
    }
    let weight = |c: u32| u64::from(c) * log2_q16(c);
    let repeated: u64 = counts.iter().map(|&c| weight(c)).sum();
    let bits_q16 = weight(n).saturating_sub(repeated);
    n > 0 && bits_q16 * 10 >= (u64::from(n) * u64::from(tenths)) << 16
}

/// log2 in 16.16 fixed point by repeated squaring; 0 for 0 and 1.
fn log2_q16(n: u32) -> u64 {
    let Some(whole) = n.checked_ilog2() else { return 0 };
    let mut mantissa = u64::from(n) << (31 - whole);
    let mut log = u64::from(whole);
    for _ in 0..16 {
        mantissa = (mantissa * mantissa) >> 31;
        let carry = mantissa >> 32;
        mantissa >>= carry;
        log = (log << 1) | carry;
    }
    log
}

fn assigned(value: &str, tenths: u8) -> bool {
    let after = value.find(['=', ':']).and_then(|at| value.get(at + 1..)).unwrap_or(value);
    let trimmed = after.trim_matches([' ', '\t', '\r', '\n', '"', '\'', '`', '>', '=', ':', ',', ';']);
    let chosen = trimmed.rsplit([' ', '\t', '\r', '\n']).next().unwrap_or(trimmed);
    // A call or a lower-case path is code that fetches the secret, not the secret.
    let is_call = chosen.contains('(') && chosen.contains(')');
    let is_path = chosen.contains('/') && !has(chosen, u8::is_ascii_uppercase);
    chosen.len() >= 4
        && chosen.contains(|c: char| c.is_ascii_digit() || "!@#$%^&*+?~|".contains(c))
        && !is_call
        && !is_path
        && is_chosen(chosen)
        && (tenths == 0 || entropy_at_least(chosen, tenths))
}

fn url_password(value: &str) -> bool {
    let Some((_, rest)) = value.split_once("://") else { return false };
    let Some((user, password)) = rest.trim_end_matches('@').split_once(':') else { return false };
    password.len() >= 4 && !password.eq_ignore_ascii_case(user) && is_chosen(password)
}

fn basic_auth(value: &str) -> bool {
    let run = value.trim_end_matches('=');
    let run = run.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '+' && c != '/').next().unwrap_or(run);
    let Some(decoded) = base64(run).and_then(|bytes| String::from_utf8(bytes).ok()) else { return false };
    let Some((user, password)) = decoded.split_once(':') else { return false };
    !user.is_empty() && !password.is_empty() && !decoded.contains(char::is_control) && is_chosen(password)
}

fn jwt_header(value: &str) -> bool {
    let header = value.split('.').next().unwrap_or(value);
    let Some(json) = base64(header).and_then(|bytes| String::from_utf8(bytes).ok()) else { return false };
    json.starts_with('{') && json.ends_with('}') && json.contains("\"alg\"")
}

/// Base64 in either alphabet without padding; `None` for a foreign character or more than [`DECODE_CHARS`].
fn base64(text: &str) -> Option<Vec<u8>> {
    if text.len() > DECODE_CHARS {
        return None;
    }
    let mut out = Vec::with_capacity(text.len());
    let (mut bits, mut held) = (0u32, 0u32);
    for c in text.bytes() {
        let digit = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(digit)) & 0xFFFF;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    Some(out)
}

fn crc32_github(value: &str) -> bool {
    let Some((_, token)) = value.split_once('_') else { return false };
    let Some((payload, sum)) = token.len().checked_sub(6).and_then(|at| token.split_at_checked(at)) else {
        return false;
    };
    let mut expected = crc32(payload.as_bytes());
    let agrees = sum.bytes().rev().all(|c| {
        let digit = base62_digit(expected % 62);
        expected /= 62;
        c == digit
    });
    agrees && !payload.is_empty()
}

/// `0-9A-Za-z`, the order GitHub uses.
fn base62_digit(n: u32) -> u8 {
    let n = n as u8;
    match n {
        0..=9 => b'0' + n,
        10..=35 => b'A' + (n - 10),
        _ => b'a' + (n.min(61) - 36),
    }
}

/// CRC-32 as in IEEE 802.3 (reflected, polynomial 0xEDB88320).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &b| {
        (0..8).fold(crc ^ u32::from(b), |c, _| if c & 1 == 1 { c >> 1 ^ 0xEDB8_8320 } else { c >> 1 })
    })
}

fn luhn(value: &str) -> bool {
    let (mut sum, mut count) = (0u32, 0u32);
    for c in value.bytes().rev() {
        if c == b' ' || c == b'-' {
            continue;
        }
        if !c.is_ascii_digit() {
            return false;
        }
        let digit = u32::from(c - b'0') << (count & 1);
        sum = sum.wrapping_add(digit / 10 + digit % 10);
        count = count.wrapping_add(1);
    }
    count >= 2 && sum % 10 == 0
}

/// Longest base64 text decoded: headers of tokens are far shorter.
const DECODE_CHARS: usize = 2048;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::format;

    const PAYLOAD: &str = "q7Wz3KdXv2Mp4HtRjN5ybC8fGa9LsE";

    fn checksummed(prefix: &str, payload: &str) -> String {
        let mut crc = crc32(payload.as_bytes());
        let mut sum = [0u8; 6];
        for d in sum.iter_mut().rev() {
            *d = base62_digit(crc % 62);
            crc /= 62;
        }
        format!("{prefix}_{payload}{}", core::str::from_utf8(&sum).unwrap())
    }

    #[test]
    fn names_and_codes_survive_a_round_trip() {
        let names = [
            "entropy:3.5",
            "not-placeholder",
            "crc32-github",
            "luhn",
            "mixed-classes",
            "mixed-case",
            "jwt",
            "base58check",
            "url-password",
            "assigned",
            "assigned:2.5",
            "basic-auth",
        ];
        for name in names {
            let v = Validator::parse(name).unwrap();
            let (kind, arg) = v.encode();
            assert_eq!(Validator::decode(kind, arg), Some(v), "{name}");
        }
        for name in ["", "entropy", "entropy:", "entropy:3.55", "entropy:26.0", "jwt:1", "shannon"] {
            assert_eq!(Validator::parse(name), None, "{name}");
        }
        assert_eq!(Validator::decode(0, 0), None);
        assert_eq!(Validator::decode(2, 1), None);
    }

    #[test]
    fn entropy_of_equally_frequent_bytes_is_exact() {
        assert!(Validator::Entropy(40).check("0123456789abcdef"));
        assert!(!Validator::Entropy(41).check("0123456789abcdef"));
        assert!(Validator::Entropy(10).check("abab"));
        assert!(!Validator::Entropy(1).check("aaaa"));
        assert!(!Validator::Entropy(0).check(""));
    }

    #[test]
    fn entropy_agrees_with_the_formula() {
        for text in ["hello world", PAYLOAD, "aab", "00112233445566778", "The quick brown fox jumps"] {
            let n = text.len() as f64;
            let h: f64 = (0u8..=255)
                .map(|b| text.bytes().filter(|&x| x == b).count() as f64)
                .filter(|&c| c > 0.0)
                .map(|c| -(c / n) * (c / n).log2())
                .sum();
            for tenths in 1..60 {
                if (h * 10.0 - f64::from(tenths)).abs() > 0.01 {
                    assert_eq!(
                        Validator::Entropy(tenths).check(text),
                        h * 10.0 >= f64::from(tenths),
                        "{text} {tenths}"
                    );
                }
            }
        }
    }

    #[test]
    fn crc32_has_its_check_value() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn github_checksum_refuses_any_changed_character() {
        for prefix in ["ghp", "gho", "npm"] {
            let token = checksummed(prefix, PAYLOAD);
            assert!(Validator::Crc32Github.check(&token));
            for at in 4..token.len() {
                let mut bytes = token.clone().into_bytes();
                bytes[at] = if bytes[at] == b'Q' { b'R' } else { b'Q' };
                let changed = String::from_utf8(bytes).unwrap();
                assert!(!Validator::Crc32Github.check(&changed), "byte {at}");
            }
        }
        for text in ["", "ghp_", "ghp_12345", "noprefix"] {
            assert!(!Validator::Crc32Github.check(text));
        }
    }

    #[test]
    fn assignments_of_names_and_references_are_not_credentials() {
        for text in [
            "password = \"password\"",
            "password: required",
            "pwd=${DB_PASS1}",
            "token = os.environ[\"T1\"]",
            "pwd=get1()",
            "secret: projects/123/name",
            "password is stored",
        ] {
            assert!(!Validator::Assigned(20).check(text), "{text}");
        }
        for text in ["password = \"h7Rq2!vLx9\"", "PWD=tK4z-Pw8e#", "password is Rv7xQm2p"] {
            assert!(Validator::Assigned(25).check(text), "{text}");
        }
    }

    #[test]
    fn url_password_ignores_the_passwords_of_manuals() {
        let url = |user: &str, password: &str| format!("postgres://{user}:{password}@");
        assert!(Validator::UrlPassword.check(&url("shop", "h7Rq2vLx9")));
        for (user, password) in [("user", "password"), ("guest", "guest"), ("a", "${PW}"), ("a", "x1")] {
            assert!(!Validator::UrlPassword.check(&url(user, password)), "{password}");
        }
        assert!(!Validator::UrlPassword.check("postgres"));
    }

    #[test]
    fn jwt_needs_a_header_with_an_algorithm() {
        let with_alg = concat!("eyJ", "hbGciOiJIUzI1NiJ9", ".e30.sig");
        let without = concat!("eyJ", "0eXAiOiJKV1QifQ", ".e30.sig");
        assert!(Validator::Jwt.check(with_alg));
        assert!(!Validator::Jwt.check(without));
        assert!(!Validator::Jwt.check("eyJ.e30.sig"));
    }

    #[test]
    fn basic_auth_needs_user_and_password() {
        assert!(Validator::BasicAuth.check(concat!("Basic ", "ZGVwbG95Omg3UnEydkx4OQ==")));
        assert!(!Validator::BasicAuth.check("Basic dXNlcjpwYXNzd29yZA=="));
        assert!(!Validator::BasicAuth.check("basic understanding"));
    }

    #[test]
    fn luhn_refuses_a_changed_digit() {
        assert!(Validator::Luhn.check("7992 7398 713"));
        assert!(!Validator::Luhn.check("79927398714"));
        assert!(!Validator::Luhn.check("7992x"));
        assert!(!Validator::Luhn.check("0"));
    }

    #[test]
    fn no_validator_panics_on_odd_text() {
        for kind in 0..=255 {
            for text in ["", "_", "é", "_é12345", "://:@", "=", ".", "ghp_ééé", "\u{1F511}\u{1F511}:\u{1F511}"] {
                let _ = Validator::decode(kind, 0).map(|v| v.check(text));
            }
        }
    }
}
