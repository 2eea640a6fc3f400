//! Why a scan decided as it did, for people. Holds no text of the caller.

use alloc::vec::Vec;
use core::fmt;

use super::finding::Chain;
use super::input::{Input, Origin};
use super::policy::Thresholds;
use super::report::ScanReport;
use super::scanner::PromptScanner;

/// A report with everything that led to it.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The report.
    pub report: ScanReport,
    /// Who produced the text.
    pub origin: Origin,
    /// The thresholds in force.
    pub thresholds: Thresholds,
    /// Every text that was looked at: how it was derived, and its bytes.
    pub documents: Vec<(Chain, usize)>,
    /// Steps of work done.
    pub work: usize,
    /// Revision of the learned model in force, 0 for the neutral one.
    pub model_revision: u32,
}

impl PromptScanner {
    /// Scans and says how the decision came about.
    pub fn explain<'t>(&self, input: impl Into<Input<'t>>) -> Explanation {
        let input = input.into();
        let (report, documents, work) = self.scan_in_detail(input);
        Explanation {
            report,
            origin: input.origin,
            thresholds: self.policy.thresholds_for(input.origin),
            documents,
            work,
            model_revision: self.model.revision(),
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Thresholds { flag, block, redact } = self.thresholds;
        let report = &self.report;
        writeln!(f, "decision {} with score {}", report.decision().name(), report.score())?;
        writeln!(f, "origin {}: flag from {flag}, redact from {redact}, block from {block}", self.origin.name())?;
        writeln!(
            f,
            "rules revision {:08x}, model {:08x}, {} steps",
            report.rules_revision(),
            self.model_revision,
            self.work
        )?;
        writeln!(f, "texts looked at:")?;
        for (chain, bytes) in &self.documents {
            writeln!(f, "  {bytes:>7} bytes  {}", ChainName(chain))?;
        }
        if report.findings().is_empty() {
            return writeln!(f, "nothing found");
        }
        writeln!(f, "findings, strongest first; each further rule counts half of the one before:")?;
        let mut findings: Vec<_> = report.findings().iter().collect();
        findings.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.rule_id.cmp(&b.rule_id)));
        for finding in findings {
            writeln!(
                f,
                "  {:>4}  {} ({}, {} severity, {} confidence) at {}..{} in {}",
                finding.weight,
                finding.rule_id,
                finding.category.name(),
                finding.severity.name(),
                finding.confidence.name(),
                finding.span.start,
                finding.span.end,
                ChainName(&finding.chain),
            )?;
        }
        Ok(())
    }
}

struct ChainName<'c>(&'c Chain);

impl fmt::Display for ChainName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("original")?;
        self.0.steps().try_for_each(|step| write!(f, " > {}", step.name()))
    }
}
