//! How well a candidate tells the development set apart, how large it is and how long it takes.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use edgewarden::scan::LexicalModel;
use edgewarden::text::view::canonical;

use super::{Candidate, Sees};
use crate::data::Row;
use crate::learn::{Dictionary, Doc, Heads, Sample, is_foreign, quantise};

/// What was measured of one candidate.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    pub name: &'static str,
    /// Shares of the attacks of [`GROUPS`] found where one honest text in a hundred is taken for one.
    pub recall: [f64; GROUPS.len()],
    /// The same as a mean over [`SHARES`].
    pub mean: [f64; GROUPS.len()],
    /// Honest texts by source: how many there are, and how many are taken for attacks at one in a hundred over all.
    pub alarms: BTreeMap<String, (usize, usize)>,
    /// Bytes of the tables in whole numbers of eight bits.
    pub raw: usize,
    /// The same after `gzip -9`, where that program is there.
    pub gzip: Option<usize>,
    /// Seconds for the development set, from text to logit in floating point.
    pub seconds: f64,
}

/// Sources of attacks by the names of their columns.
pub(super) const GROUPS: [(&str, &str); 3] =
    [("deepset", "parapet_deepset_attacks"), ("direct", "cse_pi_direct"), ("indirect", "cse_pi_indirect")];

pub(super) fn measure(
    candidate: &Candidate,
    heads: &Heads,
    dictionary: &Dictionary,
    [dev, documents]: [&[Row]; 2],
    reads: impl Fn(&str) -> Doc,
) -> Measured {
    let logit = |row: &Row, foreign: bool| {
        heads.logit(&Sample { doc: reads(&row.text), attack: row.attack, foreign, weight: 1.0 })
    };
    let logits: Vec<f32> = dev.iter().map(|row| logit(row, is_foreign(row.origin))).collect();
    let honest = |rows: &[Row], foreign| {
        descending(rows.iter().filter(|row| !row.attack).map(|row| logit(row, foreign)).collect())
    };
    let honest = [honest(dev, false), honest(documents, true)];
    let over = |share: f64, row: &Row, logit: f32| {
        let honest = honest.get(usize::from(is_foreign(row.origin))).map_or(&[][..], Vec::as_slice);
        honest.get((honest.len() as f64 * share) as usize).is_none_or(|at| logit > *at)
    };
    let recall = |source: &str, share: f64| {
        let all: Vec<bool> = dev
            .iter()
            .zip(&logits)
            .filter(|(row, _)| row.source == source)
            .map(|(row, logit)| over(share, row, *logit))
            .collect();
        all.iter().filter(|found| **found).count() as f64 / all.len().max(1) as f64
    };
    let mean = |source: &str| {
        let sum: f64 = SHARES.map(|per_mille| recall(source, f64::from(per_mille) / 1000.0)).sum();
        sum / SHARES.count() as f64
    };
    let mut alarms = BTreeMap::<String, (usize, usize)>::new();
    for (row, logit) in dev.iter().zip(&logits).filter(|(row, _)| !row.attack) {
        let (all, alarmed) = alarms.entry(row.source.clone()).or_default();
        *all += 1;
        *alarmed += usize::from(over(ONE, row, *logit));
    }
    let bytes = bytes(candidate, heads, dictionary);
    Measured {
        name: candidate.name,
        recall: GROUPS.map(|(_, source)| recall(source, ONE)),
        mean: GROUPS.map(|(_, source)| mean(source)),
        alarms,
        raw: bytes.len(),
        gzip: gzip(&bytes),
        seconds: f64::MAX,
    }
}

/// Times every candidate, in turns, so that what else the machine does meets all alike. Returns the microseconds that the
/// core takes for a kilobyte with these bytes.
pub(super) fn times(
    measured: &mut [Measured],
    judges: &[impl Fn(&Row) -> f32],
    served: &LexicalModel,
    dev: &[Row],
) -> f64 {
    let views: Vec<(String, &Row)> =
        dev.iter().map(|row| (canonical(&row.text).map_or_else(|| row.text.clone(), |v| v.text), row)).collect();
    let kilobytes = views.iter().map(|(view, _)| view.len()).sum::<usize>() as f64 / 1024.0;
    let mut least = f64::MAX;
    for _ in 0..ROUNDS {
        for (m, judge) in measured.iter_mut().zip(judges) {
            m.seconds = m.seconds.min(seconds(|| dev.iter().map(judge).sum::<f32>()));
        }
        let points = || views.iter().map(|(view, row)| u64::from(served.judge(view, row.origin).points)).sum::<u64>();
        least = least.min(seconds(points));
    }
    least * 1e6 / kilobytes.max(1.0)
}

fn seconds<T>(work: impl FnOnce() -> T) -> f64 {
    let began = Instant::now();
    std::hint::black_box(work());
    began.elapsed().as_secs_f64()
}

fn descending(mut logits: Vec<f32>) -> Vec<f32> {
    logits.sort_by(|a, b| b.total_cmp(a));
    logits
}

/// The tables as they would be stored: tags of a dictionary, then weights of eight bits.
fn bytes(candidate: &Candidate, heads: &Heads, dictionary: &Dictionary) -> Vec<u8> {
    let mut bytes = match candidate.sees {
        Sees::Characters(_) | Sees::Hashed(_) => Vec::new(),
        Sees::Dictionary | Sees::WithoutGaps => dictionary.tags().to_vec(),
    };
    let nets = heads.nets().filter(|net| candidate.apart || !std::ptr::eq(*net, &raw const heads.foreign));
    for table in nets.flat_map(|net| net.tables()) {
        bytes.extend(quantise(table).0);
    }
    bytes
}

fn gzip(bytes: &[u8]) -> Option<usize> {
    let mut child =
        Command::new("gzip").args(["-9", "-n", "-c"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let mut stdin = child.stdin.take()?;
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(bytes));
        child.wait_with_output()
    });
    output.ok().filter(|output| output.status.success()).map(|output| output.stdout.len())
}

/// One honest text in a hundred.
const ONE: f64 = 0.01;
/// Shares of honest texts in a thousand for the mean.
const SHARES: std::ops::RangeInclusive<u32> = 3..=30;
/// The quickest of so many counts: other programs only ever make it slower.
const ROUNDS: usize = 15;
