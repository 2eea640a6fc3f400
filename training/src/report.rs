//! The report of a run, as a page. Nothing in it depends on the machine or the clock.

use std::fmt::Write as _;

use edgewarden::scan::Origin;

use crate::calibrate::{self, ATTACKS, Calibrated, SHARES, SOURCE_MAX};
use crate::data::{self, Data};
use crate::evaluate::{Tallies, Tally};
use crate::learn::Recipe;

/// Everything a report tells.
pub struct Report<'r> {
    /// The texts.
    pub data: &'r Data,
    /// SHA-256 of the texts, of the tables of the weights and of the corpora.
    pub digests: Vec<(&'static str, String)>,
    /// Features the model knows.
    pub features: usize,
    /// How the model was trained.
    pub recipe: Recipe,
    /// What its logits mean.
    pub calibrated: &'r [Calibrated],
    /// The development set by source, at the flag threshold of the balanced preset.
    pub dev: Tallies,
    /// The same by preset, over all rows.
    pub presets: Vec<(&'static str, Tally)>,
    /// Every source measured by a model that was trained without it.
    pub left_out: Tallies,
    /// Rows of the project's own by language, each measured by a model without its group.
    pub languages: Tallies,
    /// The same by technique.
    pub techniques: Tallies,
}

impl Report<'_> {
    /// The page.
    pub fn markdown(&self) -> String {
        let mut page = String::from(INTRODUCTION);
        let out = &mut page;
        self.provenance(out);
        self.texts(out);
        self.calibration(out);
        tallies(out, "Development set", "source", DEV, &self.dev);
        let _ = writeln!(out, "\n| preset | recall | false alarms |\n|---|---|---|");
        for (name, tally) in &self.presets {
            let (recall, alarms) = tally.cells();
            let _ = writeln!(out, "| {name} | {recall} | {alarms} |");
        }
        tallies(out, "Leave one source out", "source", LEFT_OUT, &self.left_out);
        tallies(out, "By language", "language", OWN, &self.languages);
        tallies(out, "By technique", "technique", OWN, &self.techniques);
        self.review(out);
        page
    }

    fn provenance(&self, out: &mut String) {
        let _ = writeln!(out, "| what | value |\n|---|---|");
        for (name, digest) in &self.digests {
            let _ = writeln!(out, "| {name} | `{digest}` |");
        }
        let Recipe { shared, window, foreign, lent, block, text, share, weights, nets, .. } = self.recipe;
        let (texts, sources) = shared;
        let _ = writeln!(
            out,
            "| dictionary | {} features, each in at least {texts} texts of {sources} sources |\n\
             | weights of a window of {} words | {window:?} |\n| of a window of documents and tools, where a user's attack counts {lent} | {foreign:?} |\n| weights of the whole text, share {share:?} | {text:?} |\n\
             | averaged | {nets} nets each |\n| weights of rows | {weights:?} |",
            self.features,
            2 * block
        );
    }

    fn texts(&self, out: &mut String) {
        let _ = writeln!(out, "\n## Texts\n\n| step | attacks | honest |\n|---|---|---|");
        for step in &self.data.steps {
            let _ = writeln!(out, "| {} | {} | {} |", step.name, step.attacks, step.benign);
        }
    }

    fn calibration(&self, out: &mut String) {
        let _ = writeln!(
            out,
            "\n## Calibration\n\nEvery text was judged by a net that had not seen its source (five parts, whole sources \
             each). Of each public source at most {SOURCE_MAX} honest texts count, the project's own are weighed to \
             {:.0} % of the mix; disguised and composed texts do not count. \
             Probabilities are stated on a mix with {:.0} % attacks.\n",
            calibrate::OWN * 100.0,
            ATTACKS * 100.0
        );
        let shares: Vec<String> = SHARES.iter().map(|s| format!("{} %", s * 100.0)).collect();
        let _ = writeln!(out, "| origin | honest | attacks | recall at {} |", shares.join(" | at "));
        let _ = writeln!(out, "|---|---|---|{}", "---|".repeat(SHARES.len()));
        for (origin, c) in Origin::ALL.iter().zip(self.calibrated) {
            let recall: Vec<String> = c.recall.iter().map(|r| format!("{:.1} %", r * 100.0)).collect();
            let _ = writeln!(out, "| {} | {} | {} | {} |", origin.name(), c.benign, c.attacks, recall.join(" | "));
        }
    }

    fn review(&self, out: &mut String) {
        let _ = writeln!(out, "\n## Labels that were changed, and near-duplicates\n");
        let _ = writeln!(out, "| rule | rows | what | why |\n|---|---|---|---|");
        for applied in &self.data.review {
            let data::review::Applied { id, dropped, relabelled, reason, .. } = applied;
            let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
            let _ = writeln!(
                out,
                "| {id} | {} | {dropped} left, {relabelled} changed sides | {reason} |",
                dropped + relabelled
            );
        }
        let removed = &self.data.removed;
        let of = |map: &std::collections::BTreeMap<String, usize>| map.values().sum::<usize>();
        let _ = writeln!(
            out,
            "\nNear-duplicates that left: {} rows near one of the development set, {} with the same letters as an earlier \
             row, {} near an earlier row of the same label.",
            of(&removed.near_dev),
            of(&removed.exact),
            of(&removed.near)
        );
    }
}

fn tallies(out: &mut String, title: &str, name: &str, about: &str, tallies: &Tallies) {
    let _ = writeln!(out, "\n## {title}\n\n{about}\n\n| {name} | recall | false alarms |\n|---|---|---|");
    for (name, tally) in tallies {
        let (recall, alarms) = tally.cells();
        let _ = writeln!(out, "| {name} | {recall} | {alarms} |");
    }
}

const INTRODUCTION: &str = "# Report of the training run\n\n\
Written by `cargo xtask train`; the weights in `core/src/generated/lexical.bin` carry the fingerprint of this page. The\n\
figures are those of layer 10 alone, without the rules; shares are followed by their 95 % interval (Wilson) and the number\n\
of texts.\n\n";
const DEV: &str = "The published model at the flag threshold of the balanced preset.";
const LEFT_OUT: &str = "Each source, judged by a model that was trained without it, at the threshold that one honest text in \
200 reaches. This is the forecast for texts from elsewhere.";
const OWN: &str = "The project's own texts, each judged by a model that was trained without its group of files, at the same \
threshold.";
