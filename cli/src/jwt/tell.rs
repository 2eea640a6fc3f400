//! Parts of an answer in words.

use edgewarden::jwt::{Curve, KeyMaterial, Place, Retry, VerificationKey};

/// A place with the name of the parameter or claim.
pub fn place(at: &Place) -> String {
    match member(at) {
        Some(member) => format!("{} `{member}`", at.name()),
        None => at.name().to_owned(),
    }
}

/// Which header parameter or claim.
pub fn member(at: &Place) -> Option<&str> {
    match at {
        Place::Header(name) => Some(*name).filter(|name| !name.is_empty()),
        Place::Claim(name) => Some(name),
        Place::Token | Place::Payload | Place::Key | Place::Signature | Place::Keys => None,
    }
}

/// Whether trying again can help: `never`, `after_refresh`, or the second from which it can.
pub fn retry(retry: Retry) -> String {
    match retry {
        Retry::Never => "never".to_owned(),
        Retry::AfterRefresh => "after_refresh".to_owned(),
        Retry::At(at) => format!("at_{}", at.as_millis().div_ceil(1000)),
    }
}

/// The type of a key with its curve or size.
pub fn kind(key: &VerificationKey) -> String {
    match key.material() {
        KeyMaterial::Rsa { modulus, .. } => {
            let bits = modulus.len() * 8 - modulus.first().map_or(0, |first| first.leading_zeros() as usize);
            format!("RSA {bits}")
        }
        KeyMaterial::Ec { curve: Curve::P256, .. } => "EC P-256".to_owned(),
        KeyMaterial::Ec { curve: Curve::P384, .. } => "EC P-384".to_owned(),
        KeyMaterial::Ed25519(_) => "OKP Ed25519".to_owned(),
        KeyMaterial::Secret(secret) => format!("oct {}", secret.len() * 8),
    }
}

/// Bytes in base64url without padding.
pub fn base64url(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i| u32::from(chunk.get(i).copied().unwrap_or(0));
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        let signs = (0..=chunk.len()).map(|i| ALPHABET.get((word >> (18 - 6 * i) & 63) as usize));
        text.extend(signs.flatten().map(|sign| char::from(*sign)));
    }
    text
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_has_no_padding() {
        let cases: [(&[u8], &str); 5] =
            [(b"", ""), (b"f", "Zg"), (b"fo", "Zm8"), (b"foo", "Zm9v"), (b"\xfb\xff", "-_8")];
        assert!(cases.iter().all(|(bytes, text)| base64url(bytes) == *text));
    }
}
