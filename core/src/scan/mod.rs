//! The prompt scanner: sixteen layers over one text, a decision with a reason for every point of its score.

mod finding;
mod input;
mod policy;
mod report;
mod rule;
pub mod validate;

pub use finding::{Chain, Finding};
pub use input::{Input, Origin};
pub use policy::{Decision, Strictness};
pub use report::ScanReport;
pub use rule::{Category, Confidence, Severity};
