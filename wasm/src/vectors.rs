//! What the public vectors need and no user does. Not part of what ships.

mod raw;

use wasm_bindgen::prelude::*;

use raw::Raw;

/// A signature that lacks nothing but its check: by this module, or by the host, for which it has the members of a check of
/// a token.
#[wasm_bindgen]
pub struct RawCheck {
    raw: Raw,
}

#[wasm_bindgen]
impl RawCheck {
    /// A token and the document of its keys; the message of an error is its code.
    #[wasm_bindgen(js_name = ofToken)]
    pub fn of_token(token: &str, keys: &str, secret: bool) -> Result<Self, JsError> {
        Raw::of_token(token, keys, secret).map(|raw| Self { raw }).map_err(JsError::new)
    }

    /// A signature that belongs to no token.
    #[wasm_bindgen(js_name = ofSignature)]
    pub fn of_signature(
        algorithm: &str,
        keys: &str,
        secret: bool,
        message: &[u8],
        signature: &[u8],
    ) -> Result<Self, JsError> {
        let raw = Raw::of_signature(algorithm, keys, secret, message, signature);
        raw.map(|raw| Self { raw }).map_err(JsError::new)
    }

    /// The module's own check.
    pub fn verify(&self) -> bool {
        self.raw.verify()
    }

    /// Name of the algorithm.
    pub fn algorithm(&self) -> String {
        self.raw.algorithm.name().to_owned()
    }

    /// The key, as a JWK; of a secret nothing.
    #[wasm_bindgen(js_name = keyJwk)]
    pub fn key_jwk(&self) -> Option<String> {
        self.raw.key.public_jwk()
    }

    /// A name of the key that no other key has.
    #[wasm_bindgen(js_name = keyThumbprint)]
    pub fn key_thumbprint(&self) -> String {
        self.raw.key.thumbprint().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The bytes that are signed.
    #[wasm_bindgen(js_name = signingInput)]
    pub fn signing_input(&self) -> Vec<u8> {
        self.raw.message.clone()
    }

    /// The signature.
    pub fn signature(&self) -> Vec<u8> {
        self.raw.signature.clone()
    }
}
