//! Key sets: which keys are used, and why others are not.

use edgewarden_bindings::token::KeySet;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Case, value};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    name: String,
    /// The document; as text, because some are none.
    jwks: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limits: Option<Value>,
    #[serde(default)]
    verdict: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offset: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keys: Option<Vec<Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<Vec<Value>>,
}

impl Case for Keys {
    fn answer(&mut self) -> Result<(), String> {
        let limits = self.limits.as_ref().map(ToString::to_string);
        match KeySet::from_jwks(&self.jwks, limits.as_deref()) {
            Ok(set) => {
                "ok".clone_into(&mut self.verdict);
                self.keys = Some(set.keys().iter().map(value).collect::<Result<_, _>>()?);
                self.refused = Some(set.refused().iter().map(value).collect::<Result<_, _>>()?);
            }
            Err(error) => {
                error.code.clone_into(&mut self.verdict);
                self.offset = error.offset;
            }
        }
        Ok(())
    }
}
