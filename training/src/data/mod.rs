//! Texts to learn from: the project's own under `training/data`, and the public corpora beside the project.

mod row;

pub use row::{Made, Row};
