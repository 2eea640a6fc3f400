//! Columns of text.

use std::io::{self, Write};

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::text::safe;

/// One cell: what stands in it and how it looks.
pub struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// A cell whose text is made safe for a terminal.
    pub fn new(text: &str) -> Self {
        Self { text: safe(text), style: Style::new() }
    }

    /// The same cell in another style.
    pub fn styled(mut self, style: Style) -> Self {
        self.style = style;
        self
    }
}

/// Writes a heading and rows, every column as wide as its widest cell.
pub fn write<const N: usize>(out: &mut impl Write, heading: [&str; N], rows: &[[Cell; N]]) -> io::Result<()> {
    let heading = heading.map(|name| Cell::new(name).styled(Style::new().bold()));
    let mut widths = [0; N];
    for row in std::iter::once(&heading).chain(rows) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.text.width().max(*width);
        }
    }
    for row in std::iter::once(&heading).chain(rows) {
        let last = row.iter().rposition(|cell| !cell.text.is_empty()).unwrap_or(0);
        for (i, (cell, width)) in row.iter().zip(widths).enumerate().take(last + 1) {
            let Cell { text, style } = cell;
            write!(out, "{style}{text}{style:#}")?;
            if i < last {
                write!(out, "{:1$}", "", width - text.width() + 2)?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_and_lines_have_no_trailing_spaces() {
        let mut out = Vec::new();
        let rows = [[Cell::new("指"), Cell::new("x")], [Cell::new("long"), Cell::new("")]];
        write(&mut anstream::StripStream::new(&mut out), ["a", "b"], &rows).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a     b\n指    x\nlong\n");
    }
}
