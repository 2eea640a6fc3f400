//! Trains the learned layer of the prompt scanner.
//!
//! `cargo xtask train` runs it: [`data`] gathers texts, the core's own extractor turns them into features, and what is
//! learned is written as one file that the core reads in place. The same data and the same seed give the same bytes.

pub mod calibrate;
pub mod data;
pub mod evaluate;
pub mod learn;
pub mod report;
pub mod run;
