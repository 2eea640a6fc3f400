//! Models from any bytes and from damaged headers with a true checksum.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| edgewarden_fuzz::checks::model(data));
