//! The one table, for a terminal and as Markdown: the same text serves both.

use std::fmt::Write;

/// Rows in the order they were measured.
#[derive(Default)]
pub struct Table {
    rows: Vec<[String; 5]>,
    missed: usize,
}

impl Table {
    /// A figure with a goal it should not exceed.
    pub fn goal(&mut self, what: impl Into<String>, value: f64, unit: &str, goal: f64) {
        let holds = value <= goal;
        self.missed += usize::from(!holds);
        let verdict = if holds { "ok" } else { "MISSED" };
        self.row(
            what,
            number(value, unit),
            format!("≤ {}", number(goal, unit)),
            if goal > 0.0 { times(value / goal) } else { String::new() },
            verdict,
        );
    }

    /// A figure next to the one of ours it compares with.
    pub fn beside(&mut self, what: impl Into<String>, value: f64, unit: &str, ours: f64) {
        self.row(what, number(value, unit), "", times(value / ours), "of ours");
    }

    /// A figure alone.
    pub fn plain(&mut self, what: impl Into<String>, value: f64, unit: &str) {
        self.row(what, number(value, unit), "", String::new(), "");
    }

    /// Something that was not measured, and why.
    pub fn skipped(&mut self, what: impl Into<String>, reason: &str) {
        self.row(what, "not measured".to_owned(), "", String::new(), reason.lines().next().unwrap_or_default());
    }

    /// How many goals were missed.
    pub fn missed(&self) -> usize {
        self.missed
    }

    fn row(&mut self, what: impl Into<String>, value: String, goal: impl Into<String>, ratio: String, note: &str) {
        self.rows.push([what.into(), value, goal.into(), ratio, note.to_owned()]);
    }

    /// The table in Markdown, columns aligned.
    pub fn markdown(&self) -> String {
        let head = ["Measure", "Value", "Goal", "Ratio", "Note"].map(str::to_owned);
        let width = |column: usize| {
            self.rows.iter().chain([&head]).map(|r| r[column].chars().count()).max().unwrap_or_default()
        };
        let widths: [usize; 5] = std::array::from_fn(width);
        let mut text = String::new();
        let line = |text: &mut String, row: &[String; 5]| {
            for (column, cell) in row.iter().enumerate() {
                let width = widths[column];
                // Writing to a string cannot fail.
                let _ = if matches!(column, 0 | 4) {
                    write!(text, "| {cell:<width$} ")
                } else {
                    write!(text, "| {cell:>width$} ")
                };
            }
            text.push_str("|\n");
        };
        line(&mut text, &head);
        for (column, width) in widths.iter().enumerate() {
            let rule = "-".repeat(width + 1);
            text.push_str(&if matches!(column, 0 | 4) { format!("|{rule}-") } else { format!("|{rule}:") });
        }
        text.push_str("|\n");
        self.rows.iter().for_each(|row| line(&mut text, row));
        text
    }
}

fn number(value: f64, unit: &str) -> String {
    let digits = match value.abs() {
        v if v >= 100.0 || v.fract() == 0.0 => 0,
        v if v >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.digits$} {unit}").trim_end().to_owned()
}

fn times(ratio: f64) -> String {
    format!("{ratio:.2} ×")
}
