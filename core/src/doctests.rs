//! The examples of the guides, run as tests.

#[doc = include_str!("../../README.md")]
mod readme {}
#[doc = include_str!("../../docs/scanner.md")]
mod scanner {}
#[doc = include_str!("../../docs/writing-rules.md")]
mod writing_rules {}
#[doc = include_str!("../../docs/cli.md")]
mod cli {}
#[doc = include_str!("../../docs/bad-input.md")]
mod bad_input {}
#[doc = include_str!("../../docs/rust.md")]
mod rust {}
#[doc = include_str!("../../docs/jwt.md")]
mod jwt {}
