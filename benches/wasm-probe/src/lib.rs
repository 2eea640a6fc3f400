//! The scanner behind two exports, so that `run.mjs` measures the core and no binding generator.

use std::sync::OnceLock;

use edgewarden::scan::{Input, LexicalModel, Origin, PromptScanner};

static SCANNER: OnceLock<Option<PromptScanner>> = OnceLock::new();

/// A buffer of `len` bytes for a text; lives as long as the instance.
// SAFETY: no other symbol of this module has that name.
#[unsafe(no_mangle)]
pub extern "C" fn probe_alloc(len: usize) -> *mut u8 {
    Box::leak(vec![0_u8; len].into_boxed_slice()).as_mut_ptr()
}

/// Scans `len` bytes at `ptr`: score in the upper bits, decision in the lowest two; -1 for what is not a text.
///
/// # Safety
/// `ptr` comes from [`probe_alloc`] and `len` is at most what was asked for there.
// SAFETY: no other symbol of this module has that name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn probe_scan(ptr: *const u8, len: usize) -> i32 {
    // SAFETY: the caller promises a live buffer of at least `len` initialised bytes.
    let bytes = unsafe { core::slice::from_raw_parts(ptr, len) };
    let Some(scanner) = SCANNER.get_or_init(|| PromptScanner::builder().build().ok()) else { return -1 };
    let Ok(text) = core::str::from_utf8(bytes) else { return -1 };
    let report = scanner.scan(Input::new(text).origin(Origin::User));
    i32::from(report.score()) << 2 | report.decision() as i32
}

/// What layer 10 alone says of `len` bytes at `ptr`: points, or -1 for what is not a text.
///
/// # Safety
/// As for [`probe_scan`].
// SAFETY: no other symbol of this module has that name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn probe_judge(ptr: *const u8, len: usize) -> i32 {
    // SAFETY: the caller promises a live buffer of at least `len` initialised bytes.
    let bytes = unsafe { core::slice::from_raw_parts(ptr, len) };
    let Ok(text) = core::str::from_utf8(bytes) else { return -1 };
    i32::from(LexicalModel::builtin().judge(text, Origin::User).points)
}
