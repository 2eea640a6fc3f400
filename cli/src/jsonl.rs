//! JSON lines in, JSON lines out, in order, one line in memory at a time.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::args::{FailOn, ScanArguments};
use crate::engine::{Engine, Finding, Origin, ScanReport};
use crate::failure::{Failure, Status};

/// Scans every row of every input.
pub fn scan(arguments: &ScanArguments) -> Result<Status, Failure> {
    let scan = arguments.text.scan;
    let engine = Engine::new(scan.strictness)?;
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, io::stdout().lock());
    let mut status = Status::Clean;
    for path in paths(arguments) {
        let ended = match open(&path) {
            Ok(reader) => scan_rows(reader, &display_name(&path), &engine, scan.origin, arguments.fail_on, &mut out)?,
            Err(failure) => failure.report_and_continue(),
        };
        status = status.max(ended);
    }
    out.flush()?;
    Ok(status)
}

/// A reader of lines that knows how much it holds: the output is flushed before the input may block.
pub type Reader = BufReader<Box<dyn Read>>;

/// Opens a file, or standard input for `-`.
pub fn open(path: &Path) -> Result<Reader, Failure> {
    let source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(|error| Failure::Input(display_name(path), error.to_string()))?)
    };
    Ok(BufReader::with_capacity(BUFFER_BYTES, source))
}

/// What messages call this input.
pub fn display_name(path: &Path) -> String {
    if path == Path::new("-") { "stdin".to_owned() } else { path.display().to_string() }
}

/// One line of an input.
pub enum Line<'a> {
    /// Its bytes, without the line feed.
    Bytes(&'a [u8]),
    /// It was longer than [`LINE_BYTES_MAX`] and was skipped.
    TooLong,
}

/// Reads the next line into `buffer`; `None` at the end.
pub fn next_line<'a>(reader: &mut impl BufRead, buffer: &'a mut Vec<u8>) -> io::Result<Option<Line<'a>>> {
    buffer.clear();
    let limit = LINE_BYTES_MAX as u64 + 1;
    if reader.by_ref().take(limit).read_until(b'\n', buffer)? == 0 {
        return Ok(None);
    }
    if buffer.last() == Some(&b'\n') {
        buffer.pop();
    } else if buffer.len() > LINE_BYTES_MAX {
        buffer.clear();
        reader.skip_until(b'\n')?;
        return Ok(Some(Line::TooLong));
    }
    Ok(Some(Line::Bytes(buffer)))
}

/// Checks what every row of JSON lines has to fulfil; `Ok(None)` for a blank line.
///
/// # Errors
/// Says what is wrong, without quoting.
pub fn row_text<'a>(line: &Line<'a>, is_first: bool) -> Result<Option<&'a str>, String> {
    let bytes = match line {
        Line::Bytes(bytes) => *bytes,
        Line::TooLong => return Err(format!("longer than {} MiB", LINE_BYTES_MAX >> 20)),
    };
    let bytes = if is_first { bytes.strip_prefix(BOM).unwrap_or(bytes) } else { bytes };
    let text = str::from_utf8(bytes).map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to()))?;
    let trimmed = text.trim_matches([' ', '\t', '\r']);
    if trimmed.is_empty() {
        return Ok(None);
    }
    // serde would also read an array as a row, field by field.
    if !trimmed.starts_with('{') {
        return Err("not a JSON object".to_owned());
    }
    if has_lone_surrogate(trimmed) {
        return Err("an escape is half of a surrogate pair".to_owned());
    }
    Ok(Some(trimmed))
}

/// The place of a JSON error, without the message: that may quote the text.
pub fn describe(error: &serde_json::Error) -> String {
    match error.classify() {
        serde_json::error::Category::Data => {
            format!("a field is missing, doubled or of the wrong kind, column {}", error.column())
        }
        serde_json::error::Category::Syntax | serde_json::error::Category::Eof | serde_json::error::Category::Io => {
            format!("not valid JSON, column {}", error.column())
        }
    }
}

/// A row as it is written. The names and their order are a public format.
#[derive(Serialize)]
struct Verdict<'a> {
    id: Id<'a>,
    decision: &'static str,
    score: u16,
    findings: Vec<VerdictFinding<'a>>,
}

#[derive(Serialize)]
struct VerdictFinding<'a> {
    rule_id: &'a str,
    category: &'static str,
    severity: &'static str,
    confidence: &'static str,
    start: usize,
    end: usize,
}

/// The caller's id as it was written, or the 1-based number of the line.
#[derive(Serialize)]
#[serde(untagged)]
enum Id<'a> {
    Given(&'a RawValue),
    Line(u64),
}

/// A row as it is read. Raw, so that an id of any kind and size is echoed as it stands.
#[derive(Deserialize)]
struct RawRow<'a> {
    #[serde(borrow, default, deserialize_with = "even_null")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    text: Option<&'a RawValue>,
    #[serde(borrow, default)]
    origin: Option<&'a RawValue>,
}

struct Row<'a> {
    id: Option<&'a RawValue>,
    text: String,
    origin: Option<Origin>,
}

fn paths(arguments: &ScanArguments) -> Vec<PathBuf> {
    let source = &arguments.text.source;
    let mut paths: Vec<PathBuf> = source.texts.iter().map(PathBuf::from).chain(source.files.iter().cloned()).collect();
    if paths.is_empty() {
        paths.push(PathBuf::from("-"));
    }
    paths
}

fn scan_rows(
    mut reader: Reader,
    name: &str,
    engine: &Engine,
    origin: Origin,
    fail_on: FailOn,
    out: &mut impl Write,
) -> Result<Status, Failure> {
    let mut status = Status::Clean;
    let mut buffer = Vec::new();
    for number in 1u64.. {
        if reader.buffer().is_empty() {
            out.flush()?;
        }
        let line = match next_line(&mut reader, &mut buffer) {
            Ok(Some(line)) => line,
            Ok(None) => break,
            Err(error) => return Ok(Failure::Input(name.to_owned(), error.to_string()).report_and_continue()),
        };
        let row = match row_text(&line, number == 1).and_then(|text| text.map(parse).transpose()) {
            Ok(Some(row)) => row,
            Ok(None) => continue,
            Err(reason) => {
                status = status.max(Failure::Input(format!("{name}:{number}"), reason).report_and_continue());
                continue;
            }
        };
        let report = engine.scan(&row.text, row.origin.unwrap_or(origin));
        if fail_on.is_reached_by(report.decision()) {
            status = status.max(Status::Found);
        }
        let verdict = verdict(row.id.map_or(Id::Line(number), Id::Given), &report);
        serde_json::to_writer(&mut *out, &verdict).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
    }
    Ok(status)
}

fn parse(line: &str) -> Result<Row<'_>, String> {
    let raw: RawRow<'_> = serde_json::from_str(line).map_err(|error| describe(&error))?;
    let text = raw.text.ok_or("no text")?;
    let text = serde_json::from_str(text.get()).map_err(|_| "text is not a string")?;
    let origin = match raw.origin {
        None => None,
        Some(origin) => {
            let name: Cow<'_, str> = serde_json::from_str(origin.get()).map_err(|_| "origin is not a string")?;
            Some(Origin::from_name(&name).ok_or("unknown origin")?)
        }
    };
    Ok(Row { id: raw.id, text, origin })
}

fn verdict<'a>(id: Id<'a>, report: &'a ScanReport) -> Verdict<'a> {
    let findings = report.findings().iter().map(verdict_finding).collect();
    Verdict { id, decision: report.decision().name(), score: report.score(), findings }
}

fn verdict_finding(finding: &Finding) -> VerdictFinding<'_> {
    VerdictFinding {
        rule_id: &finding.rule_id,
        category: finding.category.name(),
        severity: finding.severity.name(),
        confidence: finding.confidence.name(),
        start: finding.span.start,
        end: finding.span.end,
    }
}

/// `"id": null` is an id; a missing one is not.
fn even_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// Whether a `\uD800`–`\uDFFF` escape stands without its partner: such a string has no UTF-8.
fn has_lone_surrogate(json: &str) -> bool {
    let mut rest = json;
    while let Some((_, after)) = rest.split_once('\\') {
        let Some(unit) = after.strip_prefix('u').and_then(hex4) else {
            // The escaped character cannot start another escape.
            let mut chars = after.chars();
            chars.next();
            rest = chars.as_str();
            continue;
        };
        rest = after.get(5..).unwrap_or_default();
        match unit {
            0xD800..=0xDBFF => match rest.strip_prefix("\\u").and_then(hex4) {
                Some(0xDC00..=0xDFFF) => rest = rest.get(6..).unwrap_or_default(),
                _ => return true,
            },
            0xDC00..=0xDFFF => return true,
            _ => {}
        }
    }
    false
}

fn hex4(text: &str) -> Option<u32> {
    let digits = text.get(..4)?;
    if digits.bytes().all(|b| b.is_ascii_hexdigit()) { u32::from_str_radix(digits, 16).ok() } else { None }
}

/// Longest line that is read; the scanner's own limit is far lower.
const LINE_BYTES_MAX: usize = 64 << 20;
const BUFFER_BYTES: usize = 1 << 16;
const BOM: &[u8] = b"\xEF\xBB\xBF";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_are_seen_and_pairs_are_not() {
        for (json, lone) in [
            (r#""plain""#, false),
            (r#""\ud83d\ude00""#, false),
            (r#""\ud83d""#, true),
            (r#""\ude00\ud83d""#, true),
            (r#""\ud83d\n\ude00""#, true),
            (r#""\\ud83d""#, false),
            (r#""\\\ud83d""#, true),
            (r#""é\u00e9""#, false),
        ] {
            assert_eq!(has_lone_surrogate(json), lone, "{json}");
        }
    }

    #[test]
    fn row_errors_do_not_quote_the_row() {
        for line in [
            r#"{"text": 5, "id": "hush"}"#,
            r#"{"text": "hush", "origin": "hush"}"#,
            r#"{"id": "hush"}"#,
            r#"{"text": "hush""#,
            r#"{"text": "hush", "text": "hush"}"#,
            r#"{"text": hush}"#,
        ] {
            let Err(message) = parse(line) else { panic!("{line} was accepted") };
            assert!(!message.contains("hush"), "{message}");
        }
    }

    #[test]
    fn id_is_echoed_as_written() {
        for id in [r#""a\u0062""#, "null", "1e999", "12345678901234567890123", r#"{"b":1,"a":[true]}"#] {
            let line = format!(r#"{{"text":"","id":{id}}}"#);
            let row = parse(&line).unwrap();
            assert_eq!(row.id.map(RawValue::get), Some(id));
        }
    }

    #[test]
    fn array_is_not_a_row() {
        assert!(row_text(&Line::Bytes(br#"[1,"text"]"#), false).is_err());
        assert_eq!(row_text(&Line::Bytes(b" \r"), false), Ok(None));
        assert_eq!(row_text(&Line::Bytes(b"\xEF\xBB\xBF{}"), true), Ok(Some("{}")));
    }
}
