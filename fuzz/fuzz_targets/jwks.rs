//! Key sets from any document: read, chosen from, cached, stored.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| edgewarden_fuzz::checks::jwt::jwks(data));
