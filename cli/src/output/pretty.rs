//! Reports for people: a badge, a score bar, and the text with its findings underlined.

use std::io::{self, Write};

use anstyle::{AnsiColor, Color, Style};

use super::text::{Cell, cells, safe};
use crate::catalogue;
use crate::engine::{Decision, Finding, Severity, chain_label};
use crate::scan::Scanned;

/// Columns of the terminal as `COLUMNS` says, or a width that fits most.
pub fn terminal_width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).unwrap_or(100).clamp(40, 400)
}

/// Prints one report in at most `width` columns, long words aside.
pub fn write(out: &mut impl Write, scanned: &Scanned, width: usize) -> io::Result<()> {
    let report = &scanned.report;
    let decision = report.decision();
    let badge = badge_style(decision);
    let bar = Style::new().fg_color(badge.get_bg_color());
    let filled = usize::from(report.score()).div_ceil(100).min(10);
    write!(out, "{badge} {} {badge:#} ", decision.name().to_uppercase())?;
    write!(out, "{bar}{}{bar:#}{DIM}{}{DIM:#} ", "█".repeat(filled), "░".repeat(10 - filled))?;
    write!(out, "{:>4}  {BOLD}{}{BOLD:#}", report.score(), safe(&scanned.name))?;
    writeln!(out, " {DIM}{}, {} bytes{DIM:#}", scanned.origin.name(), scanned.text.len())?;

    let shown = report.findings().get(..FINDINGS_SHOWN_MAX).unwrap_or(report.findings());
    let number_width = scanned.text.lines().count().max(1).to_string().len();
    let room = width.saturating_sub(number_width + 4);
    let mut excerpts: Vec<(Excerpt, Vec<&Finding>)> = Vec::new();
    for finding in shown {
        match excerpts.last_mut() {
            Some((excerpt, findings)) if excerpt.shows(finding) => findings.push(finding),
            _ => excerpts.push((Excerpt::around(&scanned.text, finding, room), vec![finding])),
        }
    }
    let gutter = format!("{DIM}{:>number_width$} │{DIM:#} ", "");
    for (excerpt, findings) in &excerpts {
        write!(out, "{DIM}{:>number_width$} │{DIM:#} ", excerpt.line)?;
        excerpt.write_text(out, shown)?;
        for finding in findings {
            write!(out, "{gutter}")?;
            excerpt.write_carets(out, finding)?;
            write!(out, "{gutter}")?;
            write_label(out, finding)?;
            if let Some(rule) = catalogue::find(&finding.rule_id) {
                writeln!(out, "{gutter}{DIM}{}{DIM:#}", rule.what)?;
            }
        }
    }
    let left = report.findings().len().saturating_sub(shown.len());
    if left > 0 {
        writeln!(out, "{DIM}{:>number_width$} │ and {left} more; --format json lists all{DIM:#}", "")?;
    }
    writeln!(out)
}

fn write_label(out: &mut impl Write, finding: &Finding) -> io::Result<()> {
    let style = severity_style(finding.severity);
    write!(out, "{style}{}{style:#} {}", finding.rule_id, finding.category.name())?;
    write!(out, " {DIM}·{DIM:#} {style}{}{style:#} severity", finding.severity.name())?;
    write!(out, " {DIM}·{DIM:#} {} confidence {DIM}·{DIM:#} +{}", finding.confidence.name(), finding.weight)?;
    let chain = chain_label(finding);
    if !chain.is_empty() {
        write!(out, " {DIM}· via{DIM:#} {chain}")?;
    }
    writeln!(out)
}

/// The part of a line that is shown for a finding.
struct Excerpt {
    /// 1-based number of the line.
    line: usize,
    /// Where the part starts in the text, in bytes.
    offset: usize,
    cells: Vec<Cell>,
    cut_before: bool,
    cut_after: bool,
}

impl Excerpt {
    /// The whole line if it fits into `width` columns, otherwise a part that starts shortly before the finding.
    fn around(text: &str, finding: &Finding, width: usize) -> Self {
        let span = finding.span.snapped(text);
        let before = text.get(..span.start).unwrap_or_default();
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let tail = text.get(start..).unwrap_or_default();
        let content = tail.lines().next().unwrap_or_default();
        if content.len() <= width * 8 {
            let cells = cells(content);
            if columns(&cells) <= width {
                return Self { line, offset: start, cells, cut_before: false, cut_after: false };
            }
        }
        let lead = before.get(start..).unwrap_or_default();
        let offset = lead.char_indices().rev().nth(LEAD_CHARS - 1).map_or(start, |(at, _)| start + at);
        let content = text.get(offset..start + content.len()).unwrap_or_default();
        // A run of invisible characters is one cell however long it is, so characters only bound the work.
        let bound = content.char_indices().nth(width * 8).map_or(content.len(), |(at, _)| at);
        let mut all = cells(content.get(..bound).unwrap_or_default());
        let mut used = 0;
        let fitting = all
            .iter()
            .take_while(|cell| {
                used += cell.columns;
                used <= width.saturating_sub(2)
            })
            .count();
        let cut_after = fitting < all.len() || bound < content.len();
        all.truncate(fitting.max(1));
        Self { line, offset, cells: all, cut_before: offset > start, cut_after }
    }

    /// Whether the finding can be pointed at in this part.
    fn shows(&self, finding: &Finding) -> bool {
        let end = self.end();
        let span = finding.span;
        self.offset <= span.start && span.start < end && (span.end <= end || !self.cut_after)
    }

    /// One past the last byte shown.
    fn end(&self) -> usize {
        self.cells.last().map_or(self.offset, |cell| self.offset + cell.bytes.end)
    }

    fn write_text(&self, out: &mut impl Write, findings: &[Finding]) -> io::Result<()> {
        if self.cut_before {
            write!(out, "{DIM}…{DIM:#}")?;
        }
        let styled: Vec<(Style, &str)> =
            self.cells.iter().map(|cell| (self.style_of(cell, findings), cell.shown.as_str())).collect();
        for run in styled.chunk_by(|(a, _), (b, _)| a == b) {
            let style = run.first().map_or(Style::new(), |(style, _)| *style);
            let shown: String = run.iter().map(|(_, shown)| *shown).collect();
            write!(out, "{style}{shown}{style:#}")?;
        }
        if self.cut_after {
            write!(out, "{DIM}…{DIM:#}")?;
        }
        writeln!(out)
    }

    fn write_carets(&self, out: &mut impl Write, finding: &Finding) -> io::Result<()> {
        let before = self.cells.iter().take_while(|cell| !self.is_under(cell, finding));
        let indent: usize = before.map(|cell| cell.columns).sum::<usize>() + usize::from(self.cut_before);
        let under: usize = self.cells.iter().filter(|cell| self.is_under(cell, finding)).map(|cell| cell.columns).sum();
        let style = severity_style(finding.severity);
        let more = if finding.span.end > self.end() { "…" } else { "" };
        writeln!(out, "{}{style}{}{more}{style:#}", " ".repeat(indent), "^".repeat(under.max(1)))
    }

    fn style_of(&self, cell: &Cell, findings: &[Finding]) -> Style {
        let over = findings.iter().filter(|f| self.is_under(cell, f)).max_by_key(|f| f.severity);
        let style = over.map_or(Style::new(), |f| severity_style(f.severity).underline());
        if cell.hidden { style.invert() } else { style }
    }

    fn is_under(&self, cell: &Cell, finding: &Finding) -> bool {
        let (start, end) = (self.offset + cell.bytes.start, self.offset + cell.bytes.end);
        // An empty span points at the character that follows it.
        start < finding.span.end.max(finding.span.start + 1) && finding.span.start < end
    }
}

fn columns(cells: &[Cell]) -> usize {
    cells.iter().map(|cell| cell.columns).sum()
}

fn badge_style(decision: Decision) -> Style {
    let color = match decision {
        Decision::Allow => AnsiColor::Green,
        Decision::Flag => AnsiColor::Yellow,
        Decision::Redact => AnsiColor::Magenta,
        Decision::Block => AnsiColor::Red,
    };
    Style::new().bold().fg_color(Some(Color::Ansi(AnsiColor::Black))).bg_color(Some(Color::Ansi(color)))
}

fn severity_style(severity: Severity) -> Style {
    let color = match severity {
        Severity::Low => AnsiColor::Cyan,
        Severity::Medium => AnsiColor::Yellow,
        Severity::High => AnsiColor::Red,
        Severity::Critical => AnsiColor::BrightRed,
    };
    let style = Style::new().fg_color(Some(Color::Ansi(color)));
    if severity == Severity::Critical { style.bold() } else { style }
}

const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();
/// Characters shown before a finding in a line that is too long.
const LEAD_CHARS: usize = 24;
const FINDINGS_SHOWN_MAX: usize = 40;
