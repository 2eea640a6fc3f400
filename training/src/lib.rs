//! Trains the learned layer of the prompt scanner.
//!
//! `cargo xtask train` runs it: [`data`] gathers texts, the core's own extractor turns them into features, and what is
//! learned is written as one file that the core reads in place. The same data and the same seed give the same bytes.

pub mod calibrate;
pub mod candidates;
pub mod card;
pub mod check;
pub mod data;
mod error;
pub mod evaluate;
pub mod learn;
pub mod progress;
pub mod report;
pub mod run;

pub use error::TrainError;
