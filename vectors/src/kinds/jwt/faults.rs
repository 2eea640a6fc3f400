//! Faults of what a verifier, a key set or a key cache is given.

use edgewarden_bindings::Error;
use edgewarden_bindings::token::{KeyCache, KeyCacheOptions, KeySet, TokenVerifier, VerifierOptions};
use serde::{Deserialize, Serialize};

use super::Case;
use crate::base64;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    name: String,
    call: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    options_json: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    algorithms: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jwk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mac_key: Option<String>,
    #[serde(default)]
    verdict: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offset: Option<usize>,
}

impl Case for Fault {
    fn answer(&mut self) -> Result<(), String> {
        let error = self.call()?.ok_or("no error")?;
        error.code.clone_into(&mut self.verdict);
        self.field = error.field;
        self.offset = error.offset;
        Ok(())
    }
}

impl Fault {
    fn call(&self) -> Result<Option<Error>, String> {
        let given = |member: &Option<String>| member.clone().ok_or("a member is missing".to_owned());
        let options = self.options_json.as_deref().unwrap_or("{}");
        Ok(match self.call.as_str() {
            "verifier" => {
                let secret = self.secret.as_ref().map(|secret| secret.as_bytes().to_vec());
                let options = VerifierOptions::from_json(options);
                options.and_then(|o| TokenVerifier::new(VerifierOptions { shared_secret: secret, ..o })).err()
            }
            "key_cache" => KeyCacheOptions::from_json(options).and_then(KeyCache::new).err(),
            "key" => KeySet::from_jwk(&given(&self.jwk)?).err(),
            "secret" => {
                let algorithms: Vec<&str> = self.algorithms.iter().flatten().map(String::as_str).collect();
                KeySet::from_secret(given(&self.secret)?.as_bytes(), None, &algorithms).err()
            }
            "restore" => {
                let cache = KeyCache::new(KeyCacheOptions::default()).map_err(|error| error.to_string())?;
                let bytes = base64::decode(&given(&self.bytes)?).ok_or("not base64")?;
                cache.restore(&bytes, self.mac_key.as_deref().map(str::as_bytes), 0).err()
            }
            other => return Err(format!("there is no call `{other}`")),
        })
    }
}
