//! JSON of any shape: places and pointers, and agreement with another reader about what is JSON.
#![no_main]

use edgewarden_fuzz::checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some(accepted) = checks::json(data) else { return };
    let Some(text) = data.get(1..).and_then(|t| core::str::from_utf8(t).ok()) else { return };
    let peer = serde_json::from_str::<serde::de::IgnoredAny>(text);
    assert_eq!(accepted, peer.is_ok(), "{peer:?}");
});
