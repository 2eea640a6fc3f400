//! Not built yet.

use super::{Counts, Fault};

pub fn vectors_wasm_node() -> Result<Counts, Fault> {
    Err(Fault::Failed("not built yet".to_owned()))
}
pub fn vectors_workerd() -> Result<Counts, Fault> {
    Err(Fault::Failed("not built yet".to_owned()))
}
pub fn vectors_chromium() -> Result<Counts, Fault> {
    Err(Fault::Failed("not built yet".to_owned()))
}
pub fn vectors_native() -> Result<Counts, Fault> {
    Err(Fault::Failed("not built yet".to_owned()))
}
