//! What must hold for every input, shared by the fuzz targets and the regression test of the core.

pub mod allocation;
pub mod checks;
