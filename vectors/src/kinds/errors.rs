//! Faults: each by its code, with the place or the option.

use edgewarden_bindings::{Error, Origin, Pseudonymizer, Scanner, ScannerOptions, Session, Unit, canary_word};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Case;
use crate::base64;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorCase {
    name: String,
    call: String,
    /// `dynamic`: the types of a typed language leave no room for this mistake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    needs: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    options_json: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    options: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rules: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    json: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default)]
    code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    span_offset: Option<usize>,
}

impl Case for ErrorCase {
    fn answer(&mut self) -> Result<(), String> {
        let error = self.call()?.ok_or("no error")?;
        self.code = error.code.to_owned();
        self.field = error.field;
        self.span_offset = error.offset;
        Ok(())
    }
}

impl ErrorCase {
    fn call(&self) -> Result<Option<Error>, String> {
        let given = |member: &Option<String>| member.clone().ok_or("a member is missing".to_owned());
        let bytes = |member: &Option<String>| base64::decode(&given(member)?).ok_or("not base64".to_owned());
        let scanner = |options: ScannerOptions| Scanner::new(options, Unit::Utf8);
        let plain = || scanner(ScannerOptions::default()).map_err(|error| error.to_string());
        Ok(match self.call.as_str() {
            "new" => ScannerOptions::from_json(&given(&self.options_json)?).and_then(scanner).err(),
            "new_rules" => scanner(ScannerOptions { rules: Some(bytes(&self.rules)?), ..Default::default() }).err(),
            "scan_bytes" => plain()?.scan_bytes(&bytes(&self.bytes)?, Origin::User, None).err(),
            "scan_json" => {
                let options = self.options.as_ref().map_or_else(|| "{}".to_owned(), ToString::to_string);
                let scanner =
                    ScannerOptions::from_json(&options).and_then(scanner).map_err(|error| error.to_string())?;
                scanner.scan_json(&given(&self.json)?, Origin::User).err()
            }
            "session" => Session::from_bytes(&bytes(&self.bytes)?).err(),
            "pseudonymizer" => Pseudonymizer::new(given(&self.key)?.as_bytes()).err(),
            "canary_word" => canary_word(given(&self.key)?.as_bytes(), &given(&self.id)?).err(),
            "push_after_finish" => {
                let stream = plain()?.stream(Origin::Assistant);
                stream.finish().map_err(|error| error.to_string())?;
                stream.push("more").err()
            }
            other => return Err(format!("there is no call `{other}`")),
        })
    }
}
