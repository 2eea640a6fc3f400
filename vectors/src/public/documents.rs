//! Keys that are only read, and what they are called.

use edgewarden_bindings::token::KeySet;
use serde_json::{Value, json};

use super::{Ask, Case, File, OK, Source, list, member, text};

/// Every file of keys.
pub fn files(source: &Source) -> Result<Vec<File>, String> {
    let mut cases = Vec::new();
    for name in source.names("pyjwt")? {
        let file = source.text(&format!("pyjwt/{name}"))?;
        let kind = if name.starts_with("jwk_keyset") { "jwks" } else { "jwk" };
        // Private keys and secrets are refused, and so are curves that are not supported.
        let labelled = ["pub_P-256", "pub_P-384", "pub_Ed25519", "rsa_pub", "keyset_with_unknown_alg"];
        let labelled = labelled.iter().any(|part| name.ends_with(part));
        cases.push(case(&name, Some(labelled), json!({ kind: file })));
    }
    let pyjwt = File::new("pyjwt", cases);
    let mut cases = Vec::new();
    for name in source.names("cookbook/jwk")? {
        let labelled = name == "3_3.rsa_public_key";
        cases.push(case(&name, Some(labelled), json!({ "jwk": source.text(&format!("cookbook/jwk/{name}"))? })));
    }
    let cookbook = File::new("cookbook/jwk", cases);
    Ok(vec![pyjwt, cookbook, thumbprints(source)?])
}

/// The names that the RFCs give to their keys.
fn thumbprints(source: &Source) -> Result<File, String> {
    let file = source.json("rfc/rfc_examples")?;
    let mut cases = Vec::new();
    for (number, example) in list(&file, "thumbprints")?.iter().enumerate() {
        let case = case(&number.to_string(), Some(true), json!({ "jwk": member(example, "jwk")?.to_string() }));
        let expected = format!("{OK} {}", text(example, "thumbprint_sha256")?);
        if case.verdict != expected {
            return Err(format!("thumbprint {number} is {}, not {expected}", case.verdict));
        }
        cases.push(case);
    }
    Ok(File::new("rfc/rfc_examples thumbprints", cases))
}

fn case(id: &str, labelled: Option<bool>, ask: Value) -> Case {
    let verdict = verdict(&ask);
    Case::new(id, labelled, Ask::Document(ask), verdict)
}

/// The thumbprints of the usable keys, or why there is none.
fn verdict(ask: &Value) -> String {
    let read = match (text(ask, "jwk"), text(ask, "jwks")) {
        (Ok(jwk), _) => KeySet::from_jwk(jwk),
        (_, jwks) => KeySet::from_jwks(jwks.unwrap_or_default(), None),
    };
    match read {
        Ok(set) if set.keys().is_empty() => {
            set.refused().first().map_or_else(|| "no_usable_key".to_owned(), |key| key.code.to_owned())
        }
        Ok(set) => set.keys().iter().fold(OK.to_owned(), |verdict, key| format!("{verdict} {}", key.thumbprint)),
        Err(error) => error.code.to_owned(),
    }
}
