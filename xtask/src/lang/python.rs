//! Not built yet.

use super::{Counts, Fault};

/// Runs all vectors.
pub fn vectors() -> Result<Counts, Fault> {
    Err(Fault::Failed("not built yet".to_owned()))
}
