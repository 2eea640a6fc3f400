//! The scanner on any text: places, order, score, repetition, redaction.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| edgewarden_fuzz::checks::scan(data));
