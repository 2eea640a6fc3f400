//! Keys that only one of the two verifiers might take, and more keys than are kept.

use edgewarden::jwt::signature::SignatureVerifier;
use edgewarden::jwt::{Algorithm, KeySet};
use edgewarden_provider::NativeVerifier;

use super::vectors::{base64url, entries, hex, member, read, string};

#[test]
fn ed25519_keys_that_are_not_canonical_are_refused_by_either() {
    // y from p to 2^255 - 1: 19 values, most of which some decoders reduce instead of refusing (RFC 8032 section 5.1.3).
    for low in 0xed..=0xff_u8 {
        for high in [0x7f, 0xff] {
            let mut encoding = [0xff; 32];
            (encoding[0], encoding[31]) = (low, high);
            let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, base64url(&encoding));
            assert!(KeySet::from_jwk(&jwk).is_err(), "{low:x} {high:x}");
        }
    }
}

#[test]
fn verdicts_do_not_depend_on_how_many_keys_are_kept() {
    let Some(file) = read("wycheproof/ed25519_test.json") else { return };
    let (few, many) = (NativeVerifier::with_keys_max(0), NativeVerifier::new());
    for _ in 0..2 {
        for group in entries(&file, "testGroups") {
            let x = base64url(&hex(string(member(group, "publicKey"), "pk")));
            let Ok(set) = KeySet::from_jwk(&format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#)) else { continue };
            let key = set.choose(Algorithm::EdDsa, None).unwrap();
            for case in entries(group, "tests") {
                let (message, signature) = (hex(string(case, "msg")), hex(string(case, "sig")));
                let verdict = |verifier: &NativeVerifier| verifier.verify(Algorithm::EdDsa, key, &message, &signature);
                assert_eq!(verdict(&few), verdict(&many));
            }
        }
    }
}
