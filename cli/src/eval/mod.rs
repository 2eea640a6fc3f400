//! The command `eval`: how much is caught, how much honest text is held up, and how fast.

mod metrics;
mod render;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;

use crate::args::{EvalArguments, EvalFormat};
use crate::engine::{Engine, Origin};
use crate::failure::{Failure, Status};
use crate::jsonl;
use crate::output::text::safe;
use metrics::{Metrics, Sample};

/// Everything measured in one run.
pub struct Evaluation {
    strictness: &'static str,
    /// The rows of every source together.
    overall: Metrics,
    /// The rows of each source, by name.
    sources: BTreeMap<String, Metrics>,
    /// Lines that are no row.
    broken: u64,
}

/// Measures every row of every file and prints the result.
pub fn run(arguments: &EvalArguments) -> Result<Status, Failure> {
    let engine = Engine::new(arguments.strictness)?;
    let mut errors = arguments.errors.as_deref().map(create).transpose()?;
    let mut samples: BTreeMap<String, Vec<Sample>> = BTreeMap::new();
    let mut broken = 0;
    let progress = progress_bar(&arguments.files);
    for path in &arguments.files {
        broken += measure_file(path, &engine, &progress, &mut samples, errors.as_mut())?;
    }
    progress.finish_and_clear();
    if let Some(mut errors) = errors {
        errors.flush()?;
    }

    let overall = Metrics::of(&samples.values().flatten().collect::<Vec<_>>());
    let sources =
        samples.iter().map(|(name, rows)| (name.clone(), Metrics::of(&rows.iter().collect::<Vec<_>>()))).collect();
    let evaluation = Evaluation { strictness: arguments.strictness.name(), overall, sources, broken };
    if let Some(path) = &arguments.markdown {
        let mut file = create(path)?;
        file.write_all(render::markdown(&evaluation).as_bytes())?;
        file.flush()?;
    }
    let mut out = anstream::stdout().lock();
    match arguments.format {
        EvalFormat::Pretty => render::pretty(&mut out, &evaluation)?,
        EvalFormat::Json => writeln!(out, "{:#}", render::json(&evaluation))?,
    }
    Ok(if broken == 0 { Status::Clean } else { Status::Broken })
}

/// A labelled text.
#[derive(Deserialize)]
struct Row {
    text: String,
    label: u8,
    #[serde(default = "unnamed")]
    src: String,
    #[serde(default)]
    origin: Option<String>,
}

fn unnamed() -> String {
    "unnamed".to_owned()
}

fn measure_file(
    path: &Path,
    engine: &Engine,
    progress: &ProgressBar,
    samples: &mut BTreeMap<String, Vec<Sample>>,
    mut errors: Option<&mut BufWriter<File>>,
) -> Result<u64, Failure> {
    let mut reader = jsonl::open(path)?;
    let name = jsonl::display_name(path);
    let mut buffer = Vec::new();
    let mut broken = 0;
    for number in 1u64.. {
        let line = jsonl::next_line(&mut reader, &mut buffer);
        let Some(line) = line.map_err(|error| Failure::Input(name.clone(), error.to_string()))? else { break };
        if let jsonl::Line::Bytes(bytes) = line {
            progress.inc(bytes.len() as u64 + 1);
        }
        let row = jsonl::row_text(&line, number == 1).and_then(|text| text.map(parse).transpose());
        let (row, origin) = match row {
            Ok(Some(row)) => row,
            Ok(None) => continue,
            Err(reason) => {
                broken += 1;
                progress.suspend(|| Failure::Input(format!("{name}:{number}"), reason).report_and_continue());
                continue;
            }
        };
        let began = Instant::now();
        let report = engine.scan(&row.text, origin);
        let nanos = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let sample = Sample {
            is_attack: row.label == 1,
            decision: report.decision(),
            score: report.score(),
            nanos,
            bytes: row.text.len(),
        };
        if let Some(errors) = errors.as_mut()
            && sample.is_attack != sample.is_caught()
        {
            let rules: Vec<&str> = report.findings().iter().map(|f| f.rule_id.as_ref()).collect();
            let error = serde_json::json!({
                "file": name, "line": number, "src": row.src, "label": row.label,
                "decision": report.decision().name(), "score": report.score(), "rules": rules,
            });
            writeln!(errors, "{error}")?;
        }
        samples.entry(source_name(&row.src)).or_default().push(sample);
    }
    Ok(broken)
}

fn parse(line: &str) -> Result<(Row, Origin), String> {
    let row: Row = serde_json::from_str(line).map_err(|error| jsonl::describe(&error))?;
    if row.label > 1 {
        return Err("label is neither 0 nor 1".to_owned());
    }
    let origin = row.origin.as_deref().map_or(Some(Origin::User), Origin::from_name);
    origin.map(|origin| (row, origin)).ok_or_else(|| "unknown origin".to_owned())
}

/// Source names end up in tables of a terminal and of markdown.
fn source_name(src: &str) -> String {
    safe(src).replace('|', "/").replace('\n', " ")
}

fn create(path: &Path) -> Result<BufWriter<File>, Failure> {
    let file = File::create(path).map_err(|error| Failure::Input(path.display().to_string(), error.to_string()))?;
    Ok(BufWriter::new(file))
}

/// A bar over the bytes of all files; hidden when standard error is not a terminal.
fn progress_bar(files: &[PathBuf]) -> ProgressBar {
    let bytes = files.iter().filter_map(|path| std::fs::metadata(path).ok()).map(|meta| meta.len()).sum();
    let bar = ProgressBar::new(bytes);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent:>3} %  {bytes_per_sec}  {eta} left") {
        bar.set_style(style);
    }
    bar
}
