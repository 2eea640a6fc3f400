//! Text made safe for a terminal: what cannot be seen is named, and nothing in it steers the terminal.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

/// A piece of a line as it is shown.
pub struct Cell {
    /// The bytes it stands for, in the line.
    pub bytes: Range<usize>,
    /// What is printed.
    pub shown: String,
    /// Terminal columns it takes.
    pub columns: usize,
    /// Whether it names something that cannot be seen.
    pub hidden: bool,
}

/// The cells of a line without its line feed.
///
/// A long run of invisible characters becomes one cell: a hidden message of 200 tag characters would otherwise push
/// everything else out of sight.
pub fn cells(line: &str) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let at = line.len() - rest.len();
        let run = rest.find(|c| !is_hidden(c)).unwrap_or(rest.len());
        let (hidden, tail) = rest.split_at(run);
        let count = hidden.chars().count();
        if let (Some(last), true) = (hidden.chars().next_back(), count > RUN_SHOWN_MAX) {
            let shown = format!("⟨U+{:04X}…U+{:04X} ×{count}⟩", u32::from(first), u32::from(last));
            let columns = shown.chars().count();
            cells.push(Cell { bytes: at..at + run, shown, columns, hidden: true });
            rest = tail;
            continue;
        }
        let end = at + first.len_utf8();
        let cell = match first {
            '\t' => Cell { bytes: at..end, shown: "  ".to_owned(), columns: 2, hidden: false },
            c if is_hidden(c) => {
                let shown = format!("⟨U+{:04X}⟩", u32::from(c));
                Cell { bytes: at..end, columns: shown.chars().count(), shown, hidden: true }
            }
            c => Cell { bytes: at..end, shown: c.to_string(), columns: c.width().unwrap_or(0), hidden: false },
        };
        cells.push(cell);
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    cells
}

/// The whole text made safe, line feeds kept.
pub fn safe(text: &str) -> String {
    text.split('\n')
        .map(|line| cells(line).into_iter().map(|cell| cell.shown).collect::<String>())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Whether a terminal shows nothing, or something else, for this character.
fn is_hidden(c: char) -> bool {
    match c {
        '\t' => false,
        _ if c.is_control() => true,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' => true,
        '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' => true,
        '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' => true,
        // Text and emoji presentation selectors (U+FE0E, U+FE0F) belong to visible signs.
        '\u{FE00}'..='\u{FE0D}' | '\u{E0000}'..='\u{E0FFF}' => true,
        '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' => true,
        _ => false,
    }
}

const RUN_SHOWN_MAX: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_escapes_do_not_reach_the_terminal() {
        assert_eq!(safe("a\u{1b}[2Jb\u{9b}c"), "a⟨U+001B⟩[2Jb⟨U+009B⟩c");
        assert_eq!(safe("x\u{202E}y"), "x⟨U+202E⟩y");
    }

    #[test]
    fn run_of_invisibles_is_one_cell_over_all_its_bytes() {
        let cells = cells("a\u{E0061}\u{E0062}\u{E0063}\u{E0064}b");
        let shown: Vec<_> = cells.iter().map(|c| c.shown.as_str()).collect();
        assert_eq!(shown, ["a", "⟨U+E0061…U+E0064 ×4⟩", "b"]);
        assert_eq!(cells[1].bytes, 1..17);
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(cells("指").first().map(|c| c.columns), Some(2));
    }
}
