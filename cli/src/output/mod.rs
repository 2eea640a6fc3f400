//! The forms a report is printed in.

pub mod json;
pub mod pretty;
pub mod sarif;
pub mod table;
pub mod text;
