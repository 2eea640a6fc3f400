//! Views and decoders on any text: every place maps home.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| edgewarden_fuzz::checks::normalize(data));
