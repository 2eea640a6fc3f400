//! Rule sets from any bytes and from damaged built-in bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| edgewarden_fuzz::checks::rules(data));
