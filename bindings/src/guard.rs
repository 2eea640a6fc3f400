//! A panic stops here.

use crate::error::Error;

/// Runs `work`; a panic becomes the error `internal`.
///
/// What `work` changes must not be used after a panic: the handles of this crate close themselves then.
#[cfg(panic = "unwind")]
pub(crate) fn guard<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Error::internal()))
}

/// Runs `work`; a panic ends the program. The compiler does not see that nothing is caught, and would keep the error for it.
#[cfg(not(panic = "unwind"))]
pub(crate) fn guard<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    work()
}

/// Panics inside and reports it like any other fault: bindings show with it that a panic does not end the host.
///
/// # Errors
/// Always `internal`.
#[doc(hidden)]
pub fn panic_probe() -> Result<(), Error> {
    guard(|| std::panic::resume_unwind(Box::new("probe")))
}
