//! Tokens under six policies: one verdict at once, in two steps and explained.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| edgewarden_fuzz::checks::jwt::token(data));
