//! Every plain attack that is caught must stay caught in every disguise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod attacks;
mod transforms;
