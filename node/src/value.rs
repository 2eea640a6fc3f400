//! Values on their way over the boundary.

use std::borrow::Cow;
use std::ops::Deref;
use std::ptr;

use napi::bindgen_prelude::{Array, FromNapiValue, TypeName, ValidateNapiValue};
use napi::{Status, ValueType, sys};

/// A JavaScript string as UTF-8; each lone surrogate is U+FFFD.
///
/// One call of the engine copies a short string, where `napi`'s own conversion first asks for its length.
pub struct Text(String);

/// The bytes of a `Uint8Array` or `Buffer`, borrowed for the length of a call.
///
/// Memory that other threads may write to (`SharedArrayBuffer`) is copied first.
pub struct Bytes<'a>(Cow<'a, [u8]>);

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Deref for Bytes<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl TypeName for Text {
    fn type_name() -> &'static str {
        "string"
    }

    fn value_type() -> ValueType {
        ValueType::String
    }
}

impl TypeName for Bytes<'_> {
    fn type_name() -> &'static str {
        "Uint8Array"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ValidateNapiValue for Text {}

impl ValidateNapiValue for Bytes<'_> {}

impl FromNapiValue for Text {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        let mut bytes = Vec::with_capacity(SHORT_BYTES);
        // SAFETY: `env` and `value` are those of the call under way.
        unsafe { copy(env, value, &mut bytes)? };
        if bytes.len() + LONGEST_CUT_BYTES >= SHORT_BYTES {
            let mut len = 0;
            // SAFETY: as above; without a buffer the engine writes only the length.
            check(unsafe { sys::napi_get_value_string_utf8(env, value, ptr::null_mut(), 0, &raw mut len) })?;
            bytes = Vec::with_capacity(len + 1);
            // SAFETY: as above.
            unsafe { copy(env, value, &mut bytes)? };
        }
        let text = String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
        Ok(Self(text))
    }
}

/// Fills the capacity of `bytes` with the start of the string.
///
/// # Safety
/// `env` and `value` belong to the call under way.
unsafe fn copy(env: sys::napi_env, value: sys::napi_value, bytes: &mut Vec<u8>) -> napi::Result<()> {
    let mut written = 0;
    let capacity = bytes.capacity();
    // SAFETY: the engine writes at most `capacity` bytes, the last of them a NUL that it does not count.
    let status =
        unsafe { sys::napi_get_value_string_utf8(env, value, bytes.as_mut_ptr().cast(), capacity, &raw mut written) };
    check(status)?;
    // SAFETY: so many bytes were written.
    unsafe { bytes.set_len(written.min(capacity)) };
    Ok(())
}

impl FromNapiValue for Bytes<'_> {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        let (mut kind, mut len, mut data, mut buffer) = (0, 0, ptr::null_mut(), ptr::null_mut());
        let (kind_at, len_at, data_at, buffer_at) = (&raw mut kind, &raw mut len, &raw mut data, &raw mut buffer);
        // SAFETY: `env` and `value` are those of the call under way, and the four places are writable.
        check(unsafe {
            sys::napi_get_typedarray_info(env, value, kind_at, len_at, data_at, buffer_at, ptr::null_mut())
        })?;
        if kind != sys::TypedarrayType::uint8_array && kind != sys::TypedarrayType::uint8_clamped_array {
            return Err(napi::Error::new(Status::InvalidArg, "not a Uint8Array"));
        }
        if data.is_null() || len == 0 {
            return Ok(Self(Cow::Borrowed(&[])));
        }
        let mut is_owned = false;
        // SAFETY: as above; `buffer` was just given by the engine.
        check(unsafe { sys::napi_is_arraybuffer(env, buffer, &raw mut is_owned) })?;
        if is_owned {
            // SAFETY: the engine vouches for `len` bytes, and no JavaScript of this thread runs during the call.
            return Ok(Self(Cow::Borrowed(unsafe { std::slice::from_raw_parts(data.cast(), len) })));
        }
        let mut copy = vec![0; len];
        // SAFETY: both sides hold `len` bytes and do not overlap.
        unsafe { ptr::copy_nonoverlapping(data.cast::<u8>(), copy.as_mut_ptr(), len) };
        Ok(Self(Cow::Owned(copy)))
    }
}

fn check(status: sys::napi_status) -> napi::Result<()> {
    match Status::from(status) {
        Status::Ok => Ok(()),
        status => Err(napi::Error::new(status, "an argument is of the wrong kind")),
    }
}

/// The strings of an array, one after the other.
pub fn texts(array: &Array<'_>) -> impl Iterator<Item = napi::Result<Text>> {
    let missing = || napi::Error::new(Status::StringExpected, "not a string");
    (0..array.len()).map(move |i| array.get::<Text>(i)?.ok_or_else(missing))
}

/// What is tried first: most prompts are shorter, and memory of this size costs next to nothing.
const SHORT_BYTES: usize = 1024;
/// The engine may leave a cut character out, so a copy this close to the end may be incomplete.
const LONGEST_CUT_BYTES: usize = 8;
