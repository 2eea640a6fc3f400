//! Key caches from any bytes, and what becomes of them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| edgewarden_fuzz::checks::jwt::snapshot(data));
