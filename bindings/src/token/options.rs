//! What a verifier and a key cache are built from, as values or as JSON.

use edgewarden::jwt::{self, Algorithm, Confirmation, KeyCachePolicy, KeyLimits, Profile, TokenLimits};
use edgewarden::text::json::Json;

use super::signatures;
use crate::error::{Error, Fault};
use crate::options::{document, each, members, named, string, whole, wrong};

/// Everything a verifier can be told. Issuer, audiences and algorithms have no default; see
/// [`TokenVerifierBuilder`](jwt::TokenVerifierBuilder) for ranges.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct VerifierOptions {
    /// The issuer whose tokens are accepted.
    pub issuer: Option<String>,
    /// Names under which tokens are addressed to this service.
    pub audiences: Vec<String>,
    /// Algorithms that are accepted: those of public keys, or with a shared secret HMACs.
    pub algorithms: Vec<Algorithm>,
    /// The secret of HMACs. Bytes, so never part of the JSON form.
    pub shared_secret: Option<Vec<u8>>,
    /// `jwt` (the default), `access_token`, `id_token` or `dpop_proof`.
    pub profile: Option<String>,
    /// What an ID token must repeat.
    pub nonce: Option<String>,
    /// Seconds by which clocks may differ. Default 60.
    pub leeway_secs: Option<u64>,
    /// Greatest age in seconds.
    pub age_secs_max: Option<u64>,
    /// Claims that must be there.
    pub require: Vec<String>,
    /// Accept tokens without `exp`.
    pub without_expiry: bool,
    /// `none` (the default: a token that is bound to a key is refused), `dpop` or `host`.
    pub confirmation: Option<String>,
    /// How many keys are tried for a token without `kid`. Default 0.
    pub kidless_tries: Option<u64>,
    /// Caps that differ from the defaults.
    pub limits: TokenLimits,
}

impl std::fmt::Debug for VerifierOptions {
    /// Shows whether there is a secret, never the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (profile, has_secret) = (&self.profile, self.shared_secret.is_some());
        f.debug_struct("VerifierOptions").field("profile", profile).field("secret", &has_secret).finish_non_exhaustive()
    }
}

/// How a key cache behaves; see [`KeyCachePolicy`] for defaults and ranges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyCacheOptions {
    /// The policy.
    pub policy: KeyCachePolicy,
    /// Issuers that are trusted from the start.
    pub trust: Vec<String>,
}

impl VerifierOptions {
    /// Reads the JSON form that the dynamic languages use:
    ///
    /// `{"issuer": "https://issuer.example", "audiences": ["https://api.example"], "algorithms": ["ES256"], "profile":
    /// "access_token", "nonce": "...", "leewaySecs": 60, "ageSecsMax": 3600, "require": ["sub"], "withoutExpiry": false,
    /// "confirmation": "none", "kidlessTries": 0, "limits": {"tokenBytes": 16384, "headerBytes": 4096, "headerMembers": 64, "claims": 256, "values":
    /// 1024, "jsonDepth": 16, "kidBytes": 256}}`
    ///
    /// An unknown member is an error. A shared secret is given beside the JSON.
    ///
    /// # Errors
    /// `invalid_option` with the path of the member; `invalid_json` for what is not JSON.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let mut options = Self::default();
        options.read(json)?;
        Ok(options)
    }

    /// In its place, for it is large to move.
    fn read(&mut self, json: &str) -> Result<(), Fault> {
        let options = self;
        for (name, value) in members(&document(json)?, "options")? {
            match name.as_str() {
                "issuer" => options.issuer = Some(string(value, name)?),
                "audiences" => options.audiences = each(value, name, string)?,
                "algorithms" => {
                    options.algorithms = each(value, name, |v, field| named(v, field, Algorithm::from_name))?
                }
                "profile" => options.profile = Some(string(value, name)?),
                "nonce" => options.nonce = Some(string(value, name)?),
                "leewaySecs" => options.leeway_secs = Some(whole(value, name)?),
                "ageSecsMax" => options.age_secs_max = Some(whole(value, name)?),
                "require" => options.require = each(value, name, string)?,
                "withoutExpiry" => options.without_expiry = truth(value, name)?,
                "confirmation" => options.confirmation = Some(string(value, name)?),
                "kidlessTries" => options.kidless_tries = Some(whole(value, name)?),
                "limits" => options.limits = limits(value)?,
                _ => return Err(wrong(name, "unknown")),
            }
        }
        Ok(())
    }

    /// The verifier.
    pub(super) fn build(&self, checks_signatures: bool) -> Result<jwt::TokenVerifier, Error> {
        let (profile, confirmation) = (self.profile()?, self.confirmation()?);
        let signatures = if checks_signatures { signatures::own() } else { signatures::of_host() };
        let mut builder = jwt::TokenVerifier::builder_with(signatures)
            .audiences(&self.audiences)
            .profile(profile)
            .require(&self.require)
            .limits(self.limits);
        let algorithms = self.algorithms.iter().copied();
        builder = match &self.shared_secret {
            Some(secret) => builder.shared_secret(secret, algorithms),
            None => builder.algorithms(algorithms),
        };
        if let Some(issuer) = &self.issuer {
            builder = builder.issuer(issuer);
        }
        if let Some(secs) = self.leeway_secs {
            builder = builder.leeway_secs(secs);
        }
        if let Some(secs) = self.age_secs_max {
            builder = builder.age_secs_max(secs);
        }
        if self.without_expiry {
            builder = builder.without_expiry();
        }
        if let Some(confirmation) = confirmation {
            builder = builder.confirmation(confirmation);
        }
        if let Some(tries) = self.kidless_tries {
            builder = builder.kidless_tries(usize::try_from(tries).unwrap_or(usize::MAX));
        }
        Ok(builder.build()?)
    }

    fn profile(&self) -> Result<Profile, Error> {
        let nonce = self.nonce.clone();
        let profile = match self.profile.as_deref() {
            None | Some("jwt") => Profile::Jwt,
            Some("access_token") => Profile::AccessToken,
            Some("id_token") => return Ok(Profile::IdToken { nonce }),
            Some("dpop_proof") => Profile::DpopProof,
            Some(_) => return Err(Error::option("profile", "no such name")),
        };
        match nonce {
            // A nonce that nobody compares would be a wrong sense of safety.
            Some(_) => Err(jwt::PolicyError::NotForProfile { setting: "nonce" }.into()),
            None => Ok(profile),
        }
    }

    fn confirmation(&self) -> Result<Option<Confirmation>, Error> {
        let named = |name| Confirmation::from_name(name).ok_or_else(|| Error::option("confirmation", "no such name"));
        self.confirmation.as_deref().map(named).transpose()
    }
}

impl KeyCacheOptions {
    /// Reads the JSON form that the dynamic languages use:
    ///
    /// `{"trust": ["https://issuer.example"], "ttlSecs": 600, "ttlSecsMin": 60, "ttlSecsMax": 86400, "staleSecs": 86400,
    /// "fetchSecs": 10, "cooldownSecs": 30, "negativeSecs": 300, "graceSecs": 0, "issuers": 64, "limits": {"keys": 100,
    /// "bytes": 262144}}`
    ///
    /// Every member is optional; an unknown one is an error.
    ///
    /// # Errors
    /// `invalid_option` with the path of the member; `invalid_json` for what is not JSON.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let mut options = Self::default();
        options.read(json)?;
        Ok(options)
    }

    fn read(&mut self, json: &str) -> Result<(), Fault> {
        let options = self;
        let policy = &mut options.policy;
        for (name, value) in members(&document(json)?, "options")? {
            match name.as_str() {
                "trust" => options.trust = each(value, name, string)?,
                "ttlSecs" => policy.ttl_secs = whole(value, name)?,
                "ttlSecsMin" => policy.ttl_secs_min = whole(value, name)?,
                "ttlSecsMax" => policy.ttl_secs_max = whole(value, name)?,
                "staleSecs" => policy.stale_secs = whole(value, name)?,
                "fetchSecs" => policy.fetch_secs = whole(value, name)?,
                "cooldownSecs" => policy.cooldown_secs = whole(value, name)?,
                "negativeSecs" => policy.negative_secs = whole(value, name)?,
                "graceSecs" => policy.grace_secs = whole(value, name)?,
                "issuers" => policy.issuers = size(value, name)?,
                "limits" => policy.limits = key_limits(value)?,
                _ => return Err(wrong(name, "unknown")),
            }
        }
        Ok(())
    }
}

fn limits(value: &Json) -> Result<TokenLimits, Fault> {
    let mut limits = TokenLimits::default();
    for (name, value) in members(value, "limits")? {
        let field = format!("limits.{name}");
        let slot = match name.as_str() {
            "tokenBytes" => &mut limits.token_bytes,
            "headerBytes" => &mut limits.header_bytes,
            "headerMembers" => &mut limits.header_members,
            "claims" => &mut limits.claims,
            "values" => &mut limits.values,
            "jsonDepth" => &mut limits.json_depth,
            "kidBytes" => &mut limits.kid_bytes,
            _ => return Err(wrong(&field, "unknown")),
        };
        *slot = size(value, &field)?;
    }
    Ok(limits)
}

pub(super) fn key_limits(value: &Json) -> Result<KeyLimits, Fault> {
    let mut limits = KeyLimits::default();
    for (name, value) in members(value, "limits")? {
        let field = format!("limits.{name}");
        let slot = match name.as_str() {
            "keys" => &mut limits.keys,
            "bytes" => &mut limits.bytes,
            _ => return Err(wrong(&field, "unknown")),
        };
        *slot = size(value, &field)?;
    }
    Ok(limits)
}

/// A size beyond the address space is out of every range.
fn size(value: &Json, field: &str) -> Result<usize, Fault> {
    whole(value, field).map(|size| usize::try_from(size).unwrap_or(usize::MAX))
}

fn truth(value: &Json, field: &str) -> Result<bool, Fault> {
    if let Json::Bool(truth) = value { Ok(*truth) } else { Err(wrong(field, "not true or false")) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_option_has_its_place() {
        let json = r#"{"issuer": "https://issuer.example", "audiences": ["a", "b"], "algorithms": ["ES256", "EdDSA"], "profile":
            "id_token", "nonce": "n", "leewaySecs": 1, "ageSecsMax": 2, "require": ["sub"], "withoutExpiry": false,
            "kidlessTries": 3, "limits": {"tokenBytes": 100, "headerBytes": 101, "headerMembers": 2, "claims": 3, "values": 16,
            "jsonDepth": 5, "kidBytes": 6}}"#;
        let options = VerifierOptions::from_json(json).unwrap();
        assert_eq!((options.audiences.len(), options.algorithms.len()), (2, 2));
        let limits = options.limits;
        let sizes = [limits.token_bytes, limits.header_bytes, limits.header_members, limits.claims, limits.values];
        assert_eq!((sizes, limits.json_depth, limits.kid_bytes), ([100, 101, 2, 3, 16], 5, 6));
        assert!(options.build(true).is_ok());
        let json = r#"{"issuer": "i", "audiences": ["a"], "algorithms": ["EdDSA"], "confirmation": "dpop"}"#;
        let options = VerifierOptions::from_json(json).unwrap();
        let plain = VerifierOptions { confirmation: None, ..options.clone() };
        let fingerprints = [options, plain].map(|options| options.build(true).unwrap().fingerprint());
        assert!(fingerprints[0] != fingerprints[1], "the option reaches the policy");
        let json = r#"{"trust": ["i"], "ttlSecs": 1, "ttlSecsMin": 2, "ttlSecsMax": 3, "staleSecs": 4, "fetchSecs": 5,
            "cooldownSecs": 6, "negativeSecs": 7, "graceSecs": 8, "issuers": 9, "limits": {"keys": 10, "bytes": 11}}"#;
        let KeyCacheOptions { policy, trust } = KeyCacheOptions::from_json(json).unwrap();
        let limits = KeyLimits { keys: 10, bytes: 11 };
        let expected = KeyCachePolicy {
            limits,
            ttl_secs: 1,
            ttl_secs_min: 2,
            ttl_secs_max: 3,
            stale_secs: 4,
            fetch_secs: 5,
            cooldown_secs: 6,
            negative_secs: 7,
            grace_secs: 8,
            issuers: 9,
        };
        assert_eq!((policy, trust.len()), (expected, 1));
    }

    #[test]
    fn errors_name_the_option_and_not_its_value() {
        for (more, code, field) in [
            (r#""isuer": "hush""#, "invalid_option", "isuer"),
            (r#""issuer": """#, "invalid_option", "issuer"),
            (r#""audiences": "hush""#, "invalid_option", "audiences"),
            (r#""algorithms": ["hush"]"#, "invalid_option", "algorithms.0"),
            (r#""algorithms": ["HS256"]"#, "hmac_needs_secret", "algorithms"),
            (r#""profile": "hush""#, "invalid_option", "profile"),
            (r#""nonce": "hush""#, "not_for_profile", "nonce"),
            (r#""confirmation": "hush""#, "invalid_option", "confirmation"),
            (r#""confirmation": null"#, "invalid_option", "confirmation"),
            (r#""profile": "id_token", "confirmation": "none""#, "not_for_profile", "confirmation"),
            (r#""leewaySecs": 601"#, "invalid_option", "leewaySecs"),
            (r#""withoutExpiry": "hush""#, "invalid_option", "withoutExpiry"),
            (r#""limits": {"kidBytes": 9007199254740991}"#, "invalid_option", "limits.kidBytes"),
            (r#""limits": {"hush": 1}"#, "invalid_option", "limits.hush"),
            (r#""profile": "id_token", "withoutExpiry": true"#, "not_for_profile", "withoutExpiry"),
        ] {
            let base = [("issuer", r#""i""#), ("audiences", r#"["a"]"#), ("algorithms", r#"["ES256"]"#)];
            let mut json = format!("{{{more}");
            for (name, value) in base.into_iter().filter(|(name, _)| !more.contains(&format!("\"{name}\""))) {
                json += &format!(", \"{name}\": {value}");
            }
            let made = VerifierOptions::from_json(&(json + "}")).and_then(|options| options.build(true));
            let error = made.err().unwrap();
            assert_eq!((error.code, error.field.as_deref()), (code, Some(field)), "{more}");
            assert!(field.contains("hush") || !error.message.contains("hush"), "{error}");
        }
        let error = KeyCacheOptions::from_json(r#"{"limits": {"key": 1}}"#).unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), ("invalid_option", Some("limits.key")));
    }
}
