//! The scanner: from a text to a report, one straight line.

use alloc::vec::Vec;
use core::fmt;

use super::engine::ruleset::RuleSet;
use super::error::{BuildError, ScanError};
use super::explain::Detail;
use super::input::{Input, Origin};
use super::lexical::LexicalModel;
use super::limits::Limits;
use super::policy::{Policy, Strictness};
use super::report::ScanReport;
use super::run::Run;
use super::session::SessionState;
use super::timing::Clock;

/// Scans texts against a rule set and a policy. Immutable and shareable: build once, scan often.
#[derive(Clone)]
pub struct PromptScanner {
    pub(crate) rules: RuleSet,
    pub(crate) policy: Policy,
    pub(crate) strictness: Strictness,
    pub(crate) limits: Limits,
    pub(crate) model: LexicalModel,
}

/// Builds a [`PromptScanner`].
pub struct PromptScannerBuilder {
    rules: RuleSet,
    policy: Policy,
    strictness: Strictness,
    limits: Limits,
    model: LexicalModel,
}

impl PromptScanner {
    /// A builder with the built-in rules, the balanced policy, standard strictness and default limits.
    pub fn builder() -> PromptScannerBuilder {
        PromptScannerBuilder {
            rules: RuleSet::builtin(),
            policy: Policy::default(),
            strictness: Strictness::default(),
            limits: Limits::default(),
            model: LexicalModel::builtin(),
        }
    }

    /// Scans one text. Never fails: what cannot be scanned is reported as a finding of category `limit`, and the
    /// decision is then the policy's `on_limit` (default [`Block`](super::Decision::Block)).
    ///
    /// ```
    /// use edgewarden::scan::{Decision, Input, Origin, PromptScanner};
    ///
    /// let scanner = PromptScanner::builder().build()?;
    /// let report = scanner.scan(Input::new("What is the capital of Peru?").origin(Origin::User));
    /// assert_eq!(report.decision(), Decision::Allow);
    /// # Ok::<(), edgewarden::scan::BuildError>(())
    /// ```
    pub fn scan<'t>(&self, input: impl Into<Input<'t>>) -> ScanReport {
        Run::new(self, input.into(), None).finish()
    }

    /// Like [`scan`](Self::scan), with the time each layer took by the host's clock in the report.
    pub fn scan_timed<'t>(&self, input: impl Into<Input<'t>>, clock: &dyn Clock) -> ScanReport {
        Run::new(self, input.into(), Some(clock)).finish()
    }

    /// Scans bytes that should be UTF-8.
    ///
    /// # Errors
    /// [`ScanError::InvalidUtf8`] with the offset of the first byte that is not part of a character.
    pub fn scan_bytes(&self, bytes: &[u8], origin: Origin) -> Result<ScanReport, ScanError> {
        let text = core::str::from_utf8(bytes).map_err(|e| ScanError::InvalidUtf8 { offset: e.valid_up_to() })?;
        Ok(self.scan(Input::new(text).origin(origin)))
    }

    /// Scans several texts, in order.
    pub fn scan_batch<'t>(&self, inputs: impl IntoIterator<Item = Input<'t>>) -> Vec<ScanReport> {
        inputs.into_iter().map(|input| self.scan(input)).collect()
    }

    /// Scans with a conversation behind it, without booking the message.
    pub(crate) fn scan_after(&self, input: Input<'_>, state: &SessionState) -> ScanReport {
        let mut run = Run::new(self, input, None);
        run.session(state);
        run.finish()
    }

    /// Scans and keeps what [`explain`](Self::explain) tells.
    pub(crate) fn scan_in_detail(&self, input: Input<'_>) -> (ScanReport, Detail) {
        let mut run = Run::new(self, input, None).in_detail();
        run.read();
        let detail = run.detail();
        (run.finish(), detail)
    }

    /// The learned model in force.
    pub fn model(&self) -> &LexicalModel {
        &self.model
    }

    /// The rules in force.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The policy in force.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }
}

impl PromptScannerBuilder {
    /// Replaces the built-in rules.
    #[must_use]
    pub fn rules(mut self, rules: RuleSet) -> Self {
        self.rules = rules;
        self
    }

    /// Replaces the policy. Default: [`Preset::Balanced`](super::Preset::Balanced).
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Which rules run. Default: [`Strictness::Standard`].
    #[must_use]
    pub fn strictness(mut self, strictness: Strictness) -> Self {
        self.strictness = strictness;
        self
    }

    /// Replaces the limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Replaces the learned model of layer 10. Default: [`LexicalModel::builtin`].
    #[must_use]
    pub fn model(mut self, model: LexicalModel) -> Self {
        self.model = model;
        self
    }

    /// The scanner.
    ///
    /// # Errors
    /// [`BuildError::Thresholds`] when an origin's flag threshold lies above its block threshold,
    /// [`BuildError::Limits`] when the input limit does not fit the 32-bit offsets of the span maps.
    pub fn build(self) -> Result<PromptScanner, BuildError> {
        for origin in Origin::ALL {
            let t = self.policy.thresholds_for(origin);
            if t.flag > t.block {
                return Err(BuildError::Thresholds { origin, flag: t.flag, block: t.block });
            }
        }
        if self.limits.input_bytes > INPUT_BYTES_MAX {
            return Err(BuildError::Limits { input_bytes: self.limits.input_bytes, max: INPUT_BYTES_MAX });
        }
        Ok(PromptScanner {
            rules: self.rules,
            policy: self.policy,
            strictness: self.strictness,
            limits: self.limits,
            model: self.model,
        })
    }
}

impl fmt::Debug for PromptScanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PromptScanner")
            .field("rules", &self.rules)
            .field("strictness", &self.strictness)
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

/// Span maps hold 32-bit offsets.
const INPUT_BYTES_MAX: usize = 1 << 30;
