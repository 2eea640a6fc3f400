//! JSON as a claim: a document that must parse is a good claim, and one that must not spoils the token.

use hmac::{Hmac, Mac};
use serde_json::json;
use sha2::Sha256;

use super::tokens::policy_case;
use super::{File, Source};
use crate::base64::encode_url;

/// Every document of JSONTestSuite.
pub fn file(source: &Source) -> Result<File, String> {
    let folder = "jsontestsuite/test_parsing";
    let mut cases = Vec::new();
    for name in source.names(folder)? {
        let document = source.bytes(&format!("{folder}/{name}.json"))?;
        let labelled = match name.as_bytes().first() {
            Some(b'y') => Some(true),
            Some(b'n') => Some(false),
            _ => None,
        };
        let ask = json!({
            "options": {
                "issuer": "joe", "audiences": ["https://api.example"], "algorithms": ["HS256"],
                "limits": { "tokenBytes": 1 << 20 },
            },
            "secret": encode_url(&SECRET),
            "text": token(&document)?,
            "now": 1_300_819_000_000_u64,
        });
        cases.push(policy_case(&name, labelled, ask));
    }
    // Names that are there twice leave open which one counts (RFC 8259 section 4).
    let pinned = ["y_object_duplicated_key", "y_object_duplicated_key_and_value"].map(str::to_owned).to_vec();
    Ok(File { pinned, ..File::new("jsontestsuite", cases) })
}

/// A token with the document among its claims, byte for byte.
fn token(document: &[u8]) -> Result<String, String> {
    let claims = [br#"{"iss":"joe","aud":"https://api.example","exp":1300819380,"a":"#, document, b"}"].concat();
    let input = format!("{}.{}", encode_url(br#"{"alg":"HS256"}"#), encode_url(&claims));
    let mac = Hmac::<Sha256>::new_from_slice(&SECRET).map_err(|error| error.to_string())?;
    Ok(format!("{input}.{}", encode_url(&mac.chain_update(&input).finalize().into_bytes())))
}

const SECRET: [u8; 32] = [0x5A; 32];
