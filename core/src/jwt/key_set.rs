//! A set of keys and the choice of the one that a token is for. One bad key never spoils the set.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::algorithm::{Algorithm, AlgorithmSet, Family};
use super::error::{Code, Place, Retry, VerifyError};
use super::jwk::{self, Kind};
use super::key::{KeyMaterial, VerificationKey};

mod read;

/// Keys to verify with: the usable ones of a JWK set (RFC 7517 section 5), one key, or one shared secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySet {
    /// What was published, then what a cache keeps for a while after it was withdrawn.
    pub(super) keys: Vec<VerificationKey>,
    /// How many of the keys, at the end, are withdrawn.
    pub(super) withdrawn: usize,
    pub(super) refused: Vec<RefusedKey>,
    pub(super) revision: u64,
}

/// A key of the set that no token is verified with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedKey {
    /// Its place in `keys`, from 0.
    pub index: usize,
    /// Its `kid`, if that is a string of at most 256 bytes.
    pub kid: Option<String>,
    /// What is wrong with it.
    pub code: Code,
}

/// Bounds of a JWK set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyLimits {
    /// Most keys, usable or not. Default 100, at most 1,000.
    pub keys: usize,
    /// Longest document in bytes. Default 256 KiB, at most 4 MiB.
    pub bytes: usize,
}

/// Why a document is no key set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeySetError {
    /// Longer than the limit; nothing was read.
    TooLarge {
        /// Bytes of the document.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// Not JSON (RFC 8259): HTML, a byte order mark, what was cut off.
    NotJson {
        /// Offset of the first byte that cannot follow what came before.
        offset: usize,
    },
    /// Nested deeper than 32.
    TooDeep,
    /// Two members of the set have the same name once escapes are undone.
    DuplicateName,
    /// Not an object with an array `keys` (RFC 7517 section 5.1), or an object of more than 64 members.
    NotAKeySet,
    /// More keys than the limit.
    TooManyKeys {
        /// The limit.
        max: usize,
    },
    /// No key of the set is usable.
    NoUsableKey,
    /// The one key that there is cannot be used.
    KeyRefused(Code),
    /// A set of shared secrets holds another kind of key, or a secret is given another algorithm than an HMAC.
    MixedSet,
}

impl KeySet {
    /// The public keys of a JWK set. Keys that cannot be used are listed as [`refused`](Self::refused), those that publish
    /// a secret among them; the others work. A set without a usable key is no error here.
    ///
    /// # Errors
    /// See [`KeySetError`]: the document as a whole is not a key set within `limits`.
    pub fn from_jwks(json: &str, limits: KeyLimits) -> Result<Self, KeySetError> {
        read::set(json, limits, Kind::Public)
    }

    /// One public key (RFC 7517 section 4).
    ///
    /// # Errors
    /// [`KeySetError::KeyRefused`] if it cannot be used; otherwise as for [`from_jwks`](Self::from_jwks).
    pub fn from_jwk(json: &str) -> Result<Self, KeySetError> {
        Ok(Self::of(alloc::vec![read::key(json)?]))
    }

    /// The keys of a JWK set of shared secrets: every key is of type `oct`. Never give it a document from a network.
    ///
    /// # Errors
    /// [`KeySetError::MixedSet`] if one key is of another type, [`KeySetError::KeyRefused`] if one cannot be used; otherwise as
    /// for [`from_jwks`](Self::from_jwks).
    pub fn from_secret_jwks(json: &str, limits: KeyLimits) -> Result<Self, KeySetError> {
        read::set(json, limits, Kind::Secret)
    }

    /// One shared secret, for HMAC algorithms. A secret that can verify can sign: prefer public keys.
    ///
    /// # Errors
    /// [`KeySetError::MixedSet`] for no algorithm or one that is not an HMAC; [`KeySetError::KeyRefused`] with
    /// [`Code::WeakKey`] for a secret shorter than the hash of one of the algorithms (RFC 7518 section 3.2), with
    /// [`Code::TooLarge`] for one longer than 4,096 bytes or a `kid` longer than 256.
    pub fn from_secret(
        secret: &[u8],
        kid: Option<&str>,
        algorithms: impl IntoIterator<Item = Algorithm>,
    ) -> Result<Self, KeySetError> {
        Self::of_secret(secret, kid, algorithms.into_iter().collect())
    }

    /// Once for all kinds of lists.
    #[inline(never)]
    pub(super) fn of_secret(secret: &[u8], kid: Option<&str>, algorithms: AlgorithmSet) -> Result<Self, KeySetError> {
        if algorithms.is_empty() || algorithms.iter().any(|algorithm| algorithm.family() != Family::Hmac) {
            return Err(KeySetError::MixedSet);
        }
        if kid.is_some_and(|kid| kid.len() > jwk::KID_BYTES_MAX) {
            return Err(KeySetError::KeyRefused(Code::TooLarge));
        }
        let material = KeyMaterial::secret(secret.into()).map_err(KeySetError::KeyRefused)?;
        if !algorithms.iter().all(|algorithm| material.fits(algorithm)) {
            return Err(KeySetError::KeyRefused(Code::WeakKey));
        }
        let thumbprint = jwk::thumbprint(&material);
        let key = VerificationKey::new(kid.map(String::from), algorithms, thumbprint, material);
        Ok(Self::of(alloc::vec![key.map_err(KeySetError::KeyRefused)?]))
    }

    /// The usable keys, in the order of the document, then those that a cache keeps for a while after their withdrawal.
    pub fn keys(&self) -> &[VerificationKey] {
        &self.keys
    }

    /// The keys that cannot be used, and why.
    pub fn refused(&self) -> &[RefusedKey] {
        &self.refused
    }

    /// Number that a cache gave this set, higher than that of the one before; 0 for a set of no cache.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether a token that was verified with the key of that generation and thumbprint would still be verified with it.
    pub fn is_live(&self, generation: u64, thumbprint: &[u8; 32]) -> bool {
        self.keys.iter().any(|key| key.generation == generation && key.thumbprint == *thumbprint)
    }

    /// The one key for a token of that algorithm and `kid`, compared byte for byte.
    ///
    /// - With `kid`: the key of that `kid`; of several, the one for the algorithm. In a set of a single key that has no
    ///   `kid`, that key; one that cannot be used counts as another.
    /// - Without: the one key for the algorithm that there is.
    ///
    /// # Errors
    /// [`Code::UnknownKey`]; [`Code::AmbiguousKey`] if different keys fit; [`Code::AlgKeyMismatch`] if the keys found are
    /// for other algorithms; for a refused key, the code that says why it was refused.
    pub fn choose(&self, algorithm: Algorithm, kid: Option<&str>) -> Result<&VerificationKey, VerifyError> {
        let mut fitting = self.candidates(algorithm, kid);
        let Some(key) = fitting.next() else { return Err(self.why_none(kid)) };
        // The same numbers listed twice are one key.
        if fitting.any(|other| other.thumbprint != key.thumbprint) {
            return Err(VerifyError::new(Code::AmbiguousKey, Place::Key));
        }
        Ok(key)
    }

    /// All keys that a token of that algorithm and `kid` may be for, in the order of the document.
    pub(crate) fn candidates<'s>(
        &'s self,
        algorithm: Algorithm,
        kid: Option<&str>,
    ) -> impl Iterator<Item = &'s VerificationKey> {
        self.named(kid).filter(move |key| key.algorithms.contains(algorithm))
    }

    /// Whether a fetch would not tell more about a token of that `kid`: it names a key of the set, be it a refused one, or
    /// it names none, or the set has one key without a name.
    pub(crate) fn knows(&self, kid: Option<&str>) -> bool {
        kid.is_none() || self.named(kid).next().is_some() || self.refusal(kid).is_some()
    }

    /// Whether a key, usable or not, has that `kid`.
    pub(super) fn names(&self, kid: &str) -> bool {
        let mut names = self.keys.iter().map(VerificationKey::kid).chain(self.refused.iter().map(|r| r.kid.as_deref()));
        names.any(|name| name == Some(kid))
    }

    /// A set of these keys.
    fn of(keys: Vec<VerificationKey>) -> Self {
        Self { keys, withdrawn: 0, refused: Vec::new(), revision: 0 }
    }

    /// The keys that `kid` leaves to choose from. Without it no withdrawn key is meant: it would make every token
    /// ambiguous for as long as it is kept.
    fn named<'s>(&'s self, kid: Option<&str>) -> impl Iterator<Item = &'s VerificationKey> {
        let published = self.keys.len().saturating_sub(self.withdrawn);
        let nameless = matches!(self.keys.as_slice(), [only] if only.kid.is_none()) && self.refused.is_empty();
        self.keys.iter().enumerate().filter_map(move |(i, key)| {
            let named = kid.map_or(i < published, |kid| key.kid.as_deref() == Some(kid) || nameless);
            named.then_some(key)
        })
    }

    /// Why no key fits.
    fn why_none(&self, kid: Option<&str>) -> VerifyError {
        let code = match self.refusal(kid) {
            _ if self.named(kid).next().is_some() => Code::AlgKeyMismatch,
            // The token's algorithm is one that is supported, so the key is for another.
            Some(Code::KeyUnsupported) => Code::AlgKeyMismatch,
            Some(code) => code,
            None => Code::UnknownKey,
        };
        VerifyError::new(code, Place::Key).retry(Retry::AfterRefresh)
    }

    /// Why the key of that name was refused; without a name, why the only key of the set was.
    fn refusal(&self, kid: Option<&str>) -> Option<Code> {
        let only = if let [only] = self.refused.as_slice() { Some(only) } else { None };
        let refused = match kid {
            Some(kid) => self.refused.iter().find(|refused| refused.kid.as_deref() == Some(kid)),
            None => None,
        };
        let nameless = only.filter(|only| self.keys.is_empty() && (kid.is_none() || only.kid.is_none()));
        refused.or(nameless).map(|refused| refused.code)
    }
}

impl Default for KeyLimits {
    fn default() -> Self {
        Self { keys: 100, bytes: 256 * 1024 }
    }
}

impl KeySetError {
    /// Stable snake_case name. [`KeyRefused`](Self::KeyRefused) has the name of its code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "key_set_too_large",
            Self::NotJson { .. } => "key_set_not_json",
            Self::TooDeep => "key_set_too_deep",
            Self::DuplicateName => "key_set_duplicate_name",
            Self::NotAKeySet => "not_a_key_set",
            Self::TooManyKeys { .. } => "too_many_keys",
            Self::NoUsableKey => "no_usable_key",
            Self::KeyRefused(code) => code.name(),
            Self::MixedSet => "mixed_key_set",
        }
    }
}

impl fmt::Display for KeySetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { bytes, max } => write!(f, "key set of {bytes} bytes with a limit of {max}"),
            Self::NotJson { offset } => write!(f, "key set is not JSON at byte {offset}"),
            Self::TooDeep => f.write_str("key set nested too deep"),
            Self::DuplicateName => f.write_str("two members of one name in the key set"),
            Self::NotAKeySet => f.write_str("not an object with an array `keys`"),
            Self::TooManyKeys { max } => write!(f, "more than {max} keys"),
            Self::NoUsableKey => f.write_str("no usable key in the key set"),
            Self::KeyRefused(code) => write!(f, "key refused: {}", code.name()),
            Self::MixedSet => f.write_str("shared secrets mixed with other keys or algorithms"),
        }
    }
}

impl core::error::Error for KeySetError {}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString;

    use super::*;

    const ED_A: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    const ED_B: &str = "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw";

    #[test]
    fn a7_token_without_kid_takes_the_one_key_that_fits() {
        let one = set(&[ed(Some("a"), ED_A)]);
        assert!(one.choose(Algorithm::EdDsa, None).is_ok());
        let two = set(&[ed(Some("a"), ED_A), ed(Some("b"), ED_B)]);
        assert_eq!(code(&two, Algorithm::EdDsa, None), "ambiguous_key");
        assert_eq!(code(&two, Algorithm::Es256, None), "alg_key_mismatch");
        let nameless = set(&[ed(None, ED_A)]);
        assert!(nameless.choose(Algorithm::EdDsa, Some("whatever")).is_ok());
        let mixed = set(&[ed(None, ED_A), ed(Some("b"), ED_B)]);
        assert_eq!(code(&mixed, Algorithm::EdDsa, Some("whatever")), "unknown_key");
        assert_eq!(code(&set(&[]), Algorithm::EdDsa, None), "unknown_key");
    }

    #[test]
    fn a8_keys_of_one_kid_are_told_apart_by_algorithm_alone() {
        let both = set(&[ed(Some("a"), ED_A), p256(Some("a"), "")]);
        assert_eq!(
            both.choose(Algorithm::Es256, Some("a")).unwrap().algorithms(),
            [Algorithm::Es256].into_iter().collect()
        );
        assert_eq!(
            both.choose(Algorithm::EdDsa, Some("a")).unwrap().algorithms(),
            [Algorithm::EdDsa].into_iter().collect()
        );
        assert_eq!(code(&both, Algorithm::Rs256, Some("a")), "alg_key_mismatch");
        let twins = set(&[ed(Some("a"), ED_A), ed(Some("a"), ED_B)]);
        assert_eq!(code(&twins, Algorithm::EdDsa, Some("a")), "ambiguous_key");
        let twice = set(&[ed(Some("a"), ED_A), ed(Some("a"), ED_A)]);
        assert_eq!(twice.keys().len(), 1);
        let once_bound = set(&[p256(Some("a"), r#","alg":"ES256""#), p256(Some("a"), "")]);
        assert!(once_bound.choose(Algorithm::Es256, Some("a")).is_ok(), "the same numbers");
    }

    #[test]
    fn a6_kid_is_compared_byte_for_byte() {
        let keys = set(&[ed(Some("caf\u{e9}"), ED_A), ed(Some("b"), ED_B)]);
        assert!(keys.choose(Algorithm::EdDsa, Some("caf\u{e9}")).is_ok());
        for kid in ["cafe\u{301}", "CAF\u{c9}", "caf\u{e9} ", "caf\u{e9}\0", "../caf\u{e9}", ""] {
            assert_eq!(code(&keys, Algorithm::EdDsa, Some(kid)), "unknown_key");
        }
    }

    #[test]
    fn a3_key_bound_to_another_algorithm_does_not_verify() {
        let keys = set(&[
            p256(Some("384"), r#","alg":"ES384""#),
            p256(Some("k"), r#","alg":"ES256K""#),
            format!(r#"{{"kty":"OKP","crv":"X25519","x":"{ED_A}","kid":"x"}}"#),
            p256(Some("none"), r#","alg":"none""#),
        ]);
        assert!(keys.keys().is_empty());
        for kid in ["384", "k", "x", "none"] {
            assert_eq!(code(&keys, Algorithm::Es256, Some(kid)), "alg_key_mismatch", "{kid}");
        }
    }

    #[test]
    fn a4_use_and_key_ops_decide_what_a_key_is_for() {
        for more in [
            r#","use":"enc""#,
            r#","use":"SIG""#,
            r#","use":1"#,
            r#","key_ops":["sign"]"#,
            r#","key_ops":[]"#,
            r#","key_ops":["verify","verify"]"#,
            r#","key_ops":["verify",1]"#,
            r#","key_ops":"verify""#,
            r#","key_ops":{"verify":"verify"}"#,
            r#","use":"sig","key_ops":["verify","encrypt"]"#,
        ] {
            let keys = set(&[p256(Some("a"), more)]);
            assert_eq!(code(&keys, Algorithm::Es256, Some("a")), "key_not_usable", "{more}");
        }
        for more in ["", r#","use":"sig""#, r#","key_ops":["verify"]"#, r#","use":"sig","key_ops":["sign","verify"]"#] {
            assert!(set(&[p256(Some("a"), more)]).choose(Algorithm::Es256, Some("a")).is_ok(), "{more}");
        }
    }

    #[test]
    fn e1_published_secret_costs_its_own_key_alone() {
        let secrets =
            ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"].map(|m| p256(Some(m), &format!(r#","{m}":1"#)));
        let mut keys: Vec<String> = secrets.into();
        keys.push(format!(r#"{{"kty":"oct","k":"{ED_A}","kid":"oct"}}"#));
        keys.push(ed(Some("good"), ED_A));
        let keys = set(&keys);
        assert_eq!(keys.keys().len(), 1);
        assert_eq!(keys.refused().len(), 10);
        assert!(keys.refused().iter().all(|r| r.code == Code::PrivateKeyPublished));
        assert_eq!(code(&keys, Algorithm::Hs256, Some("oct")), "private_key_published");
    }

    #[test]
    fn e2_one_bad_key_never_spoils_the_set() {
        let many: String = (0..65).map(|i| format!(r#","m{i}":0"#)).collect();
        let long = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{ED_A}","kid":"{}"}}"#, "k".repeat(257));
        let bad = [
            ("null", Code::BadKey),
            ("[[{}]]", Code::BadKey),
            ("7", Code::BadKey),
            ("{}", Code::BadKey),
            (r#"{"kty":7}"#, Code::BadKey),
            (r#"{"kty":"AKP","alg":"ML-DSA-44","pub":"AA"}"#, Code::KeyUnsupported),
            (r#"{"kty":"EC","crv":"P-521","x":"AA","y":"AA"}"#, Code::KeyUnsupported),
            (r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#, Code::BadKey),
            (r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#, Code::WeakKey),
            (r#"{"kty":"RSA","e":"AQAB"}"#, Code::BadKey),
            (r#"{"kty":"OKP","kty":"OKP"}"#, Code::DuplicateName),
            (r#"{"kty":"OKP","k\u0074y":"OKP"}"#, Code::DuplicateName),
            (r#"{"kty":"OKP","a":{"b":1,"b":2}}"#, Code::DuplicateName),
            (r#"{"kty":"\ud800"}"#, Code::BadKey),
            (&p256(None, &many), Code::TooMany),
            (&p256(None, r#","kid":1"#), Code::BadKey),
            (&long, Code::TooLarge),
            (r#"{"kty":"OKP","crv":"Ed25519","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#, Code::BadKey),
            (&p256(None, "").replace("f83O", "g83O"), Code::BadKey),
        ];
        let mut keys: Vec<String> = bad.iter().map(|(json, _)| json.to_string()).collect();
        keys.insert(7, ed(Some("good"), ED_A));
        let keys = set(&keys);
        assert_eq!(keys.keys().len(), 1);
        let found: Vec<(usize, Code)> = keys.refused().iter().map(|r| (r.index, r.code)).collect();
        let expected = bad.iter().enumerate().map(|(i, (_, code))| (i + usize::from(i >= 7), *code));
        assert!(expected.clone().eq(found.iter().copied()), "{found:?}");
        assert!(keys.choose(Algorithm::EdDsa, Some("good")).is_ok());
    }

    #[test]
    fn e2_document_that_is_no_key_set_is_an_error() {
        let deep = format!(r#"{{"keys":[],"a":{}{}}}"#, "[".repeat(40), "]".repeat(40));
        for (json, code) in [
            ("", "key_set_not_json"),
            ("<html><body>502</body></html>", "key_set_not_json"),
            ("\u{feff}{\"keys\":[]}", "key_set_not_json"),
            ("{\"keys\":[]} x", "key_set_not_json"),
            ("{\"keys\":[", "key_set_not_json"),
            ("[]", "not_a_key_set"),
            ("\"keys\"", "not_a_key_set"),
            ("null", "not_a_key_set"),
            ("{}", "not_a_key_set"),
            (r#"{"keys":{}}"#, "not_a_key_set"),
            (r#"{"keys":null}"#, "not_a_key_set"),
            (r#"{"keys":"x"}"#, "not_a_key_set"),
            (r#"{"Keys":[]}"#, "not_a_key_set"),
            (r#"{"a":{"keys":[]}}"#, "not_a_key_set"),
            (r#"{"keys":[],"keys":[]}"#, "key_set_duplicate_name"),
            (r#"{"keys":[],"k\u0065ys":[]}"#, "key_set_duplicate_name"),
            (r#"{"keys":[],"a":{"b":1,"b":2}}"#, "key_set_duplicate_name"),
            (&deep, "key_set_too_deep"),
        ] {
            assert_eq!(
                KeySet::from_jwks(json, KeyLimits::default()).map_err(KeySetError::code).err(),
                Some(code),
                "{json}"
            );
        }
        assert!(KeySet::from_jwks(r#" {"a":[1],"keys":[]} "#, KeyLimits::default()).is_ok_and(|k| k.keys().is_empty()));
    }

    #[test]
    fn e2_limits_on_keys_and_bytes_are_exact() {
        let json = |keys: usize| format!(r#"{{"keys":[{}]}}"#, alloc::vec!["{}"; keys].join(","));
        let read = |json: &str| KeySet::from_jwks(json, KeyLimits::default());
        assert_eq!(read(&json(100)).unwrap().refused().len(), 100);
        assert_eq!(read(&json(101)), Err(KeySetError::TooManyKeys { max: 100 }));
        assert_eq!(read(&json(10_000)), Err(KeySetError::TooManyKeys { max: 100 }));
        let padded = |bytes: usize| format!("{}{}", r#"{"keys":[]}"#, " ".repeat(bytes - 11));
        assert!(read(&padded(256 * 1024)).is_ok());
        assert_eq!(read(&padded((256 * 1024) + 1)).map_err(KeySetError::code).err(), Some("key_set_too_large"));
    }

    #[test]
    fn secrets_come_through_their_own_door_and_are_long_enough() {
        let hs = [Algorithm::Hs256];
        let keys = KeySet::from_secret(&[7; 32], Some("a"), hs).unwrap();
        assert!(keys.choose(Algorithm::Hs256, Some("a")).is_ok() && keys.choose(Algorithm::Hs384, Some("a")).is_err());
        let weak = Err(KeySetError::KeyRefused(Code::WeakKey));
        assert_eq!(KeySet::from_secret(&[7; 31], None, hs), weak);
        assert_eq!(KeySet::from_secret(&[], None, hs), weak);
        assert_eq!(KeySet::from_secret(&[7; 63], None, [Algorithm::Hs256, Algorithm::Hs512]), weak);
        assert_eq!(
            KeySet::from_secret(&[7; 32], None, [Algorithm::Hs256, Algorithm::Es256]),
            Err(KeySetError::MixedSet)
        );
        assert_eq!(KeySet::from_secret(&[7; 32], None, []), Err(KeySetError::MixedSet));
        let secret = |kid: &str, more: &str| format!(r#"{{"kty":"oct","k":"{ED_A}","kid":"{kid}"{more}}}"#);
        let read = |keys: &[String]| KeySet::from_secret_jwks(&document(keys), KeyLimits::default());
        let two = read(&[secret("a", ""), secret("b", r#","alg":"HS256""#)]).unwrap();
        assert!(two.choose(Algorithm::Hs256, Some("a")).is_ok());
        assert_eq!(read(&[secret("a", ""), secret("b", r#","alg":"HS384""#)]), weak, "32 bytes for HS384");
        assert_eq!(read(&[secret("a", ""), ed(None, ED_A)]), Err(KeySetError::MixedSet));
        assert_eq!(read(&[secret("a", r#","alg":"A256GCM""#)]), Err(KeySetError::KeyRefused(Code::KeyUnsupported)));
        let debug = format!("{two:?}{keys:?}");
        assert!(!debug.contains("[7") && !debug.contains("Vec"), "{debug}");
    }

    fn ed(kid: Option<&str>, x: &str) -> String {
        let kid = kid.map(|kid| format!(r#","kid":"{kid}""#)).unwrap_or_default();
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"{kid}}}"#)
    }

    fn p256(kid: Option<&str>, more: &str) -> String {
        let kid = kid.map(|kid| format!(r#","kid":"{kid}""#)).unwrap_or_default();
        let (x, y) = ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"{kid}{more}}}"#)
    }

    fn document(keys: &[String]) -> String {
        format!(r#"{{"keys":[{}]}}"#, keys.join(","))
    }

    fn set(keys: &[String]) -> KeySet {
        KeySet::from_jwks(&document(keys), KeyLimits::default()).unwrap()
    }

    fn code(keys: &KeySet, algorithm: Algorithm, kid: Option<&str>) -> &'static str {
        keys.choose(algorithm, kid).unwrap_err().code.name()
    }
}
