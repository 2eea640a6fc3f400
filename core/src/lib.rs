//! Edgewarden decides about text and tokens the same way everywhere: on a phone, in an edge worker, at an origin.
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::string_slice))]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod scan;
pub mod text;
pub mod time;
