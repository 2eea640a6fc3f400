//! `docs/training-candidates.md`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::measure::{GROUPS, Measured};
use super::{CHOSEN, SLIGHT, Texts};
use crate::learn::Recipe;
use crate::run::{digest_of, hex};

pub(super) fn markdown(all: &[Measured], served: f64, texts: &Texts<'_>, recipe: &Recipe) -> String {
    let mut page = INTRODUCTION.to_owned();
    let out = &mut page;
    let _ = writeln!(
        out,
        "\nTexts to learn from: {}, SHA-256 `{}`.\nTexts to measure with: {}, SHA-256 `{}`.\nHonest documents kept back: {}. Decay {:e}; where \
         hardly pulled, {SLIGHT:e}.\n",
        texts.rows.len(),
        hex(&digest_of(texts.rows)),
        texts.dev.len(),
        hex(&digest_of(texts.dev)),
        texts.documents.len(),
        recipe.window.decay
    );
    recall(out, all);
    alarms(out, all);
    cost(out, all, served);
    out.push_str(REASONS);
    page
}

fn recall(out: &mut String, all: &[Measured]) {
    let _ = writeln!(out, "## Recall\n\n{RECALL}\n");
    let names = GROUPS.map(|(name, _)| name).join(" | ");
    let means = GROUPS.map(|(name, _)| format!("{name}, mean")).join(" | ");
    let _ = writeln!(
        out,
        "| candidate | {names} | {means} | mean of means |\n|---|{}",
        "---|".repeat(2 * GROUPS.len() + 1)
    );
    for m in all {
        let of = |shares: &[f64]| shares.iter().map(|s| percent(*s)).collect::<Vec<_>>().join(" | ");
        let mean = m.mean.iter().sum::<f64>() / GROUPS.len() as f64;
        let _ = writeln!(out, "| {} | {} | {} | {} |", m.name, of(&m.recall), of(&m.mean), percent(mean));
    }
}

fn alarms(out: &mut String, all: &[Measured]) {
    let sources: BTreeSet<&str> = all.iter().flat_map(|m| m.alarms.keys()).map(String::as_str).collect();
    let names: Vec<&str> = sources.iter().copied().collect();
    let _ = writeln!(out, "\n## False alarms\n\n{ALARMS}\n\n| candidate | {} |", names.join(" | "));
    let _ = writeln!(out, "|---|{}", "---|".repeat(names.len()));
    for m in all {
        let cell = |name: &&str| {
            let (texts, alarms) = m.alarms.get(*name).copied().unwrap_or_default();
            percent(alarms as f64 / texts.max(1) as f64)
        };
        let _ = writeln!(out, "| {} | {} |", m.name, names.iter().map(cell).collect::<Vec<_>>().join(" | "));
    }
}

fn cost(out: &mut String, all: &[Measured], served: f64) {
    let chosen = all.get(CHOSEN).map_or(1.0, |m| m.seconds).max(f64::MIN_POSITIVE);
    let _ = writeln!(
        out,
        "\n## Size and time\n\n{COST}\n\nAs the core reads it, in whole numbers and without allocation, the chosen one took\n\
         {served:.1} µs for a kilobyte on the machine of this run, which did other things as well.\n\n| candidate | bytes | gzip | time |\n|---|---|---|---|"
    );
    for m in all {
        let gzip = m.gzip.map_or_else(|| "–".to_owned(), |bytes| bytes.to_string());
        let _ = writeln!(out, "| {} | {} | {gzip} | {:.2} |", m.name, m.raw, m.seconds / chosen);
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

const INTRODUCTION: &str = "\
# Models that were tried

Written by `cargo xtask train --candidates`. Every candidate is trained once on the same texts, in the same order, with the
same seed, the same share of words left out and, unless it says otherwise, the same pull towards zero; then it judges the
development set alone, without the rules. All are linear but those with embeddings, one for each bucket of four features.
A window is a run of words; the highest window speaks for the text, in training and in use.
";
const RECALL: &str = "\
At the threshold that one honest text of the set in a hundred exceeds, and as a mean over thresholds from 0.3 % to 3 %,
which moves less by chance. `deepset` are 203 attacks, `direct` 190, `indirect` 55: differences of three points, with
`indirect` of ten, may be chance. The set has no honest documents, so the threshold for `indirect` is that of honest
documents whose sources were kept back from training, with all that was composed of them; it is stricter than one on texts
like those learned from.";
const ALARMS: &str = "At the same threshold, so that 1 % of all honest texts together are taken for attacks.";
const COST: &str = "\
Weights of eight bits, with the tags of the dictionary where there is one. Time is that from text to logit for the
development set, in the trainer's floating point, relative to the chosen one, the least of several rounds; it holds the
canonical view and the extraction as well.";
const REASONS: &str = "
## Why this one

- **A dictionary instead of plain hashing.** In a hashed table every rare word shares its weight with others, and most of
  what a text holds are rare words. The dictionary keeps the features that several sources share: a feature it does not know
  counts for nothing instead of counting as another one. It does as well as a table without collisions worth naming (2²⁰) at a
  fraction of the bytes, and it can say which features decided.
- **Windows, trained as windows.** An order in the middle of a long text decides by itself, whatever stands around it. Training
  learns from the highest window of each text too, so that a maximum over many windows of an honest text does not raise alarms.
- **The text as a whole beside them.** Either alone finds less. The whole brings the subject and the manner of a text for one
  more byte a feature. It is bounded, so that no amount of honest words hides an attack, and it has no say over documents and
  tools, where the surroundings are somebody else's.
- **Weights of their own for documents and tools.** A user may give orders and a document may not, so they are not learned
  alike, although the texts of users count there as well. On the few attacks of this set it makes no difference beyond
  chance; the sources left out, in the [report](training-report.md), are the judge of it.
- **Windows of 16 words, not 48.** A short order in a longer honest question is most of its window at 16 words and a third of
  it at 48.
- **The pull towards zero.** Without it the texts are learned by heart.
- **Linear.** Embeddings cost bytes and time and bring nothing. Sums of whole numbers give the same answer on every
  machine, and every decision can be told as a list of words.
- **Two nets, averaged.** It costs nothing in use and makes the result depend less on one order of the texts.

The baseline is far better here than when it was first measured with the public corpora alone (26 % on `deepset`): most of
the gain is the texts, not the shape.

## Tried by hand in earlier states of the texts, and left out

- Concepts of the lexicon (37 languages) as features: no gain, up to four points less.
- Embeddings with a hidden layer, at other sizes: two to five points more on `deepset`, two to eight less on `indirect`, three
  times the bytes.
- Windows of 48 words: an order inside a long honest question scored below zero.
- Learning from several windows of each honest text instead of the highest: lower recall at the same alarms.
- No pull towards zero: a decay of 1.5e-2 instead of 1e-5 raised the mean recall on `deepset` from 47 % to 54 %.

Not tried: factorisation machines, close kin of the embeddings above; embeddings distilled from a sentence encoder, which in
earlier trials gave nothing over runs of characters; a second head for use and mention, for which honest texts that quote
and report attacks stand among the texts instead.
";
