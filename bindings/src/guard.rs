//! A panic stops here.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::Error;

/// Runs `work`; a panic becomes the error `internal`.
///
/// What `work` changes must not be used after a panic: the handles of this crate close themselves then.
pub(crate) fn guard<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Error::internal()))
}

/// Panics inside and reports it like any other fault: bindings show with it that a panic does not end the host.
///
/// # Errors
/// Always `internal`.
#[doc(hidden)]
pub fn panic_probe() -> Result<(), Error> {
    guard(|| std::panic::resume_unwind(Box::new("probe")))
}
