//! The figures of the model card: a marked section of `docs/model-card.md` that only a run writes.

use std::fmt::Write as _;

use edgewarden::scan::LexicalModel;
use sha2::{Digest, Sha256};

use crate::calibrate::ATTACKS;
use crate::error::TrainError;
use crate::evaluate::{Tallies, Tally};
use crate::report::Report;
use crate::run::hex;

/// The section for a model with these bytes.
///
/// # Errors
/// [`TrainError::Model`] if the core refuses the bytes.
pub fn figures(report: &Report<'_>, weights: &[u8]) -> Result<String, TrainError> {
    let model = LexicalModel::from_bytes(weights)?;
    let mut page = String::new();
    let out = &mut page;
    let _ = writeln!(out, "| what | value |\n|---|---|");
    let _ = writeln!(out, "| revision | `{:08x}` |", model.revision());
    let _ = writeln!(out, "| `core/src/generated/lexical.bin`, SHA-256 | `{}` |", hex(&Sha256::digest(weights)));
    let _ = writeln!(out, "| bytes | {} |\n| features | {} |", weights.len(), report.features);
    if let Some(all) = report.data.steps.last() {
        let _ = writeln!(out, "| texts it learned from | {} attacks, {} honest |", all.attacks, all.benign);
    }
    let _ = writeln!(
        out,
        "\nThe development set by preset, all sources together, and by source at the preset `balanced`. A share is followed \
         by its 95 % interval.\n"
    );
    rows(out, "preset", report.presets.iter().map(|(name, tally)| (*name, tally)));
    let _ = writeln!(out);
    rows(out, "source", report.dev.iter().map(|(name, tally)| (name.as_str(), tally)));
    let _ = writeln!(
        out,
        "\nThe honest forecast: every source judged by a model that was trained without it, at the threshold that one honest \
         text in 200 reaches. Each source by itself is in the [report](training-report.md).\n"
    );
    let left_out = summary(&report.left_out);
    rows(out, "sources left out", left_out.iter().map(|(name, tally)| (*name, tally)));
    let _ = writeln!(
        out,
        "\nThe probability in an answer is stated on a mix with {:.0} % attacks; where attacks are rarer, the same text is \
         less likely to be one.",
        ATTACKS * 100.0
    );
    Ok(page)
}

/// The page with its section replaced, if it has one.
pub fn with_figures(page: &str, figures: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{}\n{END}{after}", figures.trim()))
}

fn rows<'a>(out: &mut String, name: &str, tallies: impl Iterator<Item = (&'a str, &'a Tally)>) {
    let _ = writeln!(out, "| {name} | recall | false alarms |\n|---|---|---|");
    for (name, tally) in tallies {
        let (recall, alarms) = tally.cells();
        let _ = writeln!(out, "| {name} | {recall} | {alarms} |");
    }
}

/// The public sources together, and the project's own files.
fn summary(left_out: &Tallies) -> [(&'static str, Tally); 2] {
    let mut all = [("public corpora", Tally::default()), ("the project's own texts", Tally::default())];
    for (name, tally) in left_out {
        let [(_, public), (_, own)] = &mut all;
        let sum = if name.starts_with("own/") { own } else { public };
        sum.attacks += tally.attacks;
        sum.found += tally.found;
        sum.benign += tally.benign;
        sum.alarms += tally.alarms;
    }
    all
}

const BEGIN: &str = "<!-- figures:begin -->";
const END: &str = "<!-- figures:end -->";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_replaced_between_their_marks() {
        let page = "# Card\n\n<!-- figures:begin -->\nold\n<!-- figures:end -->\n\nafter\n";
        let new = with_figures(page, "\n| a |\n").unwrap();
        assert_eq!(new, "# Card\n\n<!-- figures:begin -->\n| a |\n<!-- figures:end -->\n\nafter\n");
        assert_eq!(with_figures(&new, "| a |").unwrap(), new);
        assert_eq!(with_figures("# Card\n", "| a |"), None);
    }

    #[test]
    fn sources_are_summed_apart_from_own_texts() {
        let tally = |attacks, found| Tally { attacks, found, benign: 1, alarms: 0 };
        let all = [("a", tally(10, 5)), ("own/attack/x", tally(4, 4)), ("b", tally(10, 1))];
        let [public, own] = summary(&all.map(|(n, t)| (n.to_owned(), t)).into_iter().collect());
        assert_eq!((public.1.attacks, public.1.found, public.1.benign), (20, 6, 2));
        assert_eq!((own.1.attacks, own.1.found), (4, 4));
    }
}
