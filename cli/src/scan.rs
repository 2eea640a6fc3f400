//! The command `scan`.

use std::io::Write;

use crate::args::{Format, ScanArguments};
use crate::engine::{Engine, Origin, ScanReport};
use crate::failure::{Failure, Status};
use crate::input::{self, Text};
use crate::{jsonl, output};

/// A text and what the scanner said about it.
pub struct Scanned {
    /// What reports call the text.
    pub name: String,
    /// Whether the name is a path.
    pub is_file: bool,
    /// The text.
    pub text: String,
    /// Who produced it.
    pub origin: Origin,
    /// The answer.
    pub report: ScanReport,
}

/// Scans every text asked for and prints the reports.
pub fn run(arguments: &ScanArguments) -> Result<Status, Failure> {
    if arguments.jsonl {
        return match arguments.format {
            None | Some(Format::Json) => jsonl::scan(arguments),
            Some(Format::Sarif | Format::Pretty) => {
                Err(Failure::Usage("--jsonl writes JSON lines; leave out --format".to_owned()))
            }
        };
    }
    match arguments.format.unwrap_or(Format::Pretty) {
        Format::Pretty => pretty(arguments),
        Format::Json => document(arguments, output::json::document),
        Format::Sarif => document(arguments, output::sarif::document),
    }
}

/// Prints each report as soon as it is there.
fn pretty(arguments: &ScanArguments) -> Result<Status, Failure> {
    let mut out = anstream::stdout().lock();
    let width = output::pretty::terminal_width();
    let status = each(arguments, |scanned| Ok(output::pretty::write(&mut out, &scanned, width)?))?;
    out.flush()?;
    Ok(status)
}

/// Collects every report into one document.
fn document(arguments: &ScanArguments, render: fn(&[Scanned], bool) -> serde_json::Value) -> Result<Status, Failure> {
    let mut all = Vec::new();
    let status = each(arguments, |scanned| {
        all.push(scanned);
        Ok(())
    })?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:#}", render(&all, status != Status::Broken))?;
    Ok(status)
}

fn each(arguments: &ScanArguments, mut take: impl FnMut(Scanned) -> Result<(), Failure>) -> Result<Status, Failure> {
    let scan = arguments.text.scan;
    let engine = Engine::new(scan.strictness)?;
    let mut status = Status::Clean;
    for text in input::texts(&arguments.text.source) {
        let Text { name, content, is_argument } = match text {
            Ok(text) => text,
            Err(failure) => {
                status = status.max(failure.report_and_continue());
                continue;
            }
        };
        let is_stdin = name == "stdin" && !is_argument;
        let name = if is_stdin { arguments.stdin_name.clone() } else { name };
        let report = engine.scan(&content, scan.origin);
        if arguments.fail_on.is_reached_by(report.decision()) {
            status = status.max(Status::Found);
        }
        let is_file = !is_argument && !is_stdin;
        take(Scanned { name, is_file, text: content, origin: scan.origin, report })?;
    }
    Ok(status)
}
