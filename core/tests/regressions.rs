//! Every input that fuzzing once found, and every seed it starts from, through the checks of the fuzz targets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../../fuzz/src/allocation.rs"]
mod allocation;
#[path = "../../fuzz/src/checks.rs"]
mod checks;

use std::fs;
use std::path::Path;

#[test]
fn inputs_found_by_fuzzing_stay_fixed() {
    run("regressions");
}

#[test]
fn seeds_of_the_fuzz_targets_hold() {
    assert!(run("seeds") >= checks::ALL.len());
}

/// Read as a backspace it joins the address to what stands behind it, which is no address.
#[test]
fn an_address_before_a_backspace_is_an_address() {
    let scanner = edgewarden::scan::PromptScanner::builder().build().unwrap();
    for sign in ['\u{8}', '\u{7f}'] {
        let text = format!("mail ada@example.org {sign}3");
        assert_eq!(scanner.scan(text.as_str()).redact(&text), format!("mail [email-address] {sign}3"));
        let key = format!("{}{}", "AKIA", "Q3XPHLQKWEYX7RTZ");
        let text = format!("key {key} {sign}3");
        assert!(!scanner.scan(text.as_str()).redact(&text).contains(&key));
    }
}

#[test]
fn f1_hostile_inputs_stay_within_the_allocation_rule() {
    let segment = |json: &str| base64url(json.as_bytes());
    let header = segment(r#"{"alg":"EdDSA","kid":"a"}"#);
    let list = |unit: &str, bytes: usize| vec![unit; bytes / (unit.len() + 1)].join(",");
    let names = |bytes: usize| (0..bytes / 9).map(|i| format!(r#""{i:x}":0"#)).collect::<Vec<_>>().join(",");
    for bytes in [100, 900, 4_000, 11_000, 12_200] {
        for payload in [
            format!(r#"{{"a":[{}]}}"#, list("0", bytes)),
            format!(r#"{{"a":[{}]}}"#, list("[]", bytes)),
            format!(r#"{{"a":[{}]}}"#, list(r#""""#, bytes)),
            format!(r#"{{"a":[{}]}}"#, list(r#"{"":0}"#, bytes)),
            format!(r#"{{"a":{{{}}}}}"#, names(bytes)),
            format!(r#"{{{}}}"#, names(bytes)),
            format!(r#"{{"a":"{}"}}"#, "x".repeat(bytes)),
            format!(r#"{{"a":"{}"}}"#, r"\\n".repeat(bytes / 2)),
            format!(r#"{{"aud":[{}]}}"#, list(r#""https://api.example""#, bytes)),
        ] {
            for policy in "012345".chars() {
                let signature = "A".repeat(86);
                checks::jwt::token(format!("{policy}{header}.{}.{signature}", segment(&payload)).as_bytes());
                let header = segment(&payload.replacen('{', r#"{"alg":"EdDSA","#, 1));
                checks::jwt::token(format!("{policy}{header}.e30.{signature}").as_bytes());
            }
        }
    }
    for bytes in [900, 60_000, 250_000] {
        for document in [
            format!(r#"{{"keys":[{}]}}"#, list("{}", bytes)),
            format!(r#"{{"keys":[{{{}}}]}}"#, names(bytes)),
            format!(r#"{{"keys":[{{"key_ops":[{}]}}]}}"#, list(r#""verify""#, bytes)),
            format!(r#"{{"keys":[{{"kty":"{}"}}]}}"#, "x".repeat(bytes)),
            format!(r#"{{"keys":[{{"n":"{0}","e":"AQAB","kty":"RSA"}}]}}"#, "x".repeat(bytes)),
            format!(r#"{{"x":[{}]}}"#, list("[]", bytes)),
            format!(r#"{{"x":{{{}}}}}"#, names(bytes)),
            "[".repeat(bytes),
        ] {
            checks::jwt::jwks(document.as_bytes());
        }
    }
    checks::jwt::jwks(format!(r#"{{"keys":[{}]}}"#, ["{}"; 100].join(",")).as_bytes());
    let keys: Vec<String> = (0..100).map(|i| SMALL_JWK.replace(r#""0""#, &format!(r#""{i}""#))).collect();
    checks::jwt::jwks(format!(r#"{{"keys":[{}]}}"#, keys.join(",")).as_bytes());
}

#[test]
fn f1_hostile_snapshots_stay_within_the_allocation_rule() {
    let jwk = [&[0; 8], &(SMALL_JWK.len() as u16).to_le_bytes()[..], SMALL_JWK.as_bytes()].concat();
    // Issuer and entity tag are empty, all times zero.
    let issuer = |keys: u16, refused: u16| {
        let refusals = [0, 0, 0, 7, 0, b'b', b'a', b'd', b'_', b'k', b'e', b'y'].repeat(refused.into());
        let keys = [&keys.to_le_bytes()[..], &jwk.repeat(keys.into())].concat();
        [&[0; 31][..], &keys, &refused.to_le_bytes(), &refusals].concat()
    };
    for (issuers, keys, refused) in
        [(1, 0, 0), (2_000, 0, 0), (u16::MAX, 0, 0), (1, 100, 100), (1_000, 0, 100), (1_000, 1, 0), (20, 100, 0)]
    {
        let body = issuer(keys, refused).repeat(issuers.into());
        checks::jwt::snapshot(&[&b"0EWKC\x01\0"[..], &issuers.to_le_bytes(), &body].concat());
    }
}

/// Runs every file of `fuzz/<folder>/<target>/` and counts them.
fn run(folder: &str) -> usize {
    let mut count = 0;
    for (target, check) in checks::ALL {
        let inputs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz").join(folder).join(target);
        let Ok(files) = fs::read_dir(&inputs) else { continue };
        for file in files {
            let path = file.unwrap().path();
            let _shown = Shown(&path);
            check(&fs::read(&path).unwrap());
            count += 1;
        }
    }
    count
}

/// Names the file of a check that panics.
struct Shown<'a>(&'a Path);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in {}", self.0.display());
        }
    }
}

fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = (0..3).fold(0, |word, i| word << 8 | u32::from(chunk.get(i).copied().unwrap_or(0)));
        (0..=chunk.len()).for_each(|i| text.push(char::from(ALPHABET[(word >> (18 - 6 * i) & 63) as usize])));
    }
    text
}

/// The public key of RFC 8037 appendix A.2, under a short name.
const SMALL_JWK: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"0"}"#;
