//! Streams cut anywhere: the same answer as uncut.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| edgewarden_fuzz::checks::stream(data));
