//! Session states from any bytes, and conversations of any messages.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| edgewarden_fuzz::checks::session(data));
