//! The only place that calls the scanner: everything the command uses of the core is named here.

pub use edgewarden::scan::{Category, Decision, Finding, Origin, ScanReport, Severity, Strictness};
use edgewarden::scan::{Input, PromptScanner};

use crate::failure::Failure;

/// A scanner with the settings of this run.
pub struct Engine {
    scanner: PromptScanner,
}

impl Engine {
    /// A scanner at `strictness` with the default policy.
    ///
    /// # Errors
    /// When the compiled-in rule set cannot be used.
    pub fn new(strictness: Strictness) -> Result<Self, Failure> {
        let scanner = PromptScanner::builder()
            .strictness(strictness)
            .build()
            .map_err(|e| Failure::Engine(e.code().to_string()))?;
        Ok(Self { scanner })
    }

    /// Scans one text.
    pub fn scan(&self, text: &str, origin: Origin) -> ScanReport {
        self.scanner.scan(Input::new(text).origin(origin))
    }

    /// How the decision about one text came about, for people: with the words it points at.
    pub fn explain(&self, text: &str, origin: Origin) -> String {
        self.scanner.explain(Input::new(text).origin(origin)).quoting(text).to_string()
    }
}

/// The names of the steps a finding was decoded through, outermost first, joined with an arrow.
pub fn chain_label(finding: &Finding) -> String {
    finding.chain.steps().map(|step| step.name()).collect::<Vec<_>>().join(" → ")
}
