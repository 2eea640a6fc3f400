//! The table that compares the languages.

use std::collections::BTreeSet;
use std::fmt;

use super::{Counts, Fault, on_ci};

/// What each runner held; the first row is what the others are compared with.
#[derive(Default)]
pub struct Table {
    rows: Vec<(&'static str, Row)>,
}

enum Row {
    Held(Counts),
    Missing(String),
    Failed(String),
}

impl Table {
    /// Adds a runner's answer.
    pub fn add(&mut self, name: &'static str, answer: Result<Counts, Fault>) {
        let row = match answer {
            Ok(counts) => Row::Held(counts),
            Err(Fault::Missing(tool)) => Row::Missing(tool),
            Err(Fault::Failed(why)) => Row::Failed(why),
        };
        self.rows.push((name, row));
    }

    /// Cases that held, over all runners.
    pub fn held(&self) -> usize {
        self.rows.iter().map(|(_, row)| row.total()).sum()
    }

    /// What is wrong: runners that failed, and counts that differ from those of the first row.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let reference = self.reference();
        for (name, row) in &self.rows {
            match row {
                Row::Held(counts) if Some(counts) == reference => {}
                Row::Held(counts) => {
                    let empty = Counts::new();
                    let reference = reference.unwrap_or(&empty);
                    let kinds: BTreeSet<&String> = reference.keys().chain(counts.keys()).collect();
                    let different = kinds.into_iter().filter(|kind| reference.get(*kind) != counts.get(*kind));
                    let number = |counts: &Counts, kind: &String| counts.get(kind).copied().unwrap_or_default();
                    faults.extend(
                        different.map(|kind| {
                            format!("{name}: {} of {} {kind}", number(counts, kind), number(reference, kind))
                        }),
                    );
                }
                Row::Missing(_) => {}
                Row::Failed(why) => faults.push(format!("{name}: {why}")),
            }
        }
        faults
    }

    /// Runners that did not run for want of a tool.
    pub fn missing(&self) -> Vec<String> {
        let missing = self.rows.iter().filter_map(|(name, row)| match row {
            Row::Missing(tool) => Some(format!("{name}: {tool}")),
            _ => None,
        });
        missing.collect()
    }

    /// For a command of its own: a missing tool is a failure in CI only.
    pub fn result(&self) -> Result<(), String> {
        let mut faults = self.faults();
        for missing in self.missing() {
            println!("SKIPPED: {missing}");
            faults.extend(on_ci().then_some(missing));
        }
        if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
    }

    fn reference(&self) -> Option<&Counts> {
        self.rows.first().and_then(|(_, row)| match row {
            Row::Held(counts) => Some(counts),
            _ => None,
        })
    }
}

impl Row {
    fn total(&self) -> usize {
        match self {
            Self::Held(counts) => counts.values().sum(),
            Self::Missing(_) | Self::Failed(_) => 0,
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.rows.iter().filter_map(|(_, row)| match row {
            Row::Held(counts) => Some(counts),
            _ => None,
        });
        let kinds: BTreeSet<&String> = held.flat_map(Counts::keys).collect();
        write!(f, "{:<18}", "language")?;
        for kind in &kinds {
            write!(f, " {kind:>0$}", width(kind))?;
        }
        writeln!(f, " {:>8}", "total")?;
        for (name, row) in &self.rows {
            write!(f, "{name:<18}")?;
            match row {
                Row::Held(counts) => {
                    for kind in &kinds {
                        let count = counts.get(*kind).map_or_else(|| "–".to_owned(), ToString::to_string);
                        let differs =
                            self.reference().is_some_and(|reference| reference.get(*kind) != counts.get(*kind));
                        write!(f, " {:>1$}", if differs { format!("!{count}") } else { count }, width(kind))?;
                    }
                    writeln!(f, " {:>8}", row.total())?;
                }
                Row::Missing(tool) => writeln!(f, " SKIPPED: {tool}")?,
                Row::Failed(_) => writeln!(f, " FAILED")?,
            }
        }
        Ok(())
    }
}

/// Of a column.
fn width(kind: &str) -> usize {
    kind.len().max(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(scan: usize) -> Result<Counts, Fault> {
        Ok(Counts::from([("scan".to_owned(), scan), ("json".to_owned(), 2)]))
    }

    #[test]
    fn languages_are_compared_with_the_first() {
        let mut table = Table::default();
        table.add("Rust", counts(5));
        table.add("Python", counts(5));
        table.add("Swift", Err(Fault::Missing("swift".to_owned())));
        assert_eq!((table.faults(), table.held()), (Vec::new(), 14));
        assert_eq!(table.missing(), ["Swift: swift"]);
        table.add("Kotlin", counts(4));
        table.add("Node", Err(Fault::Failed("it fell".to_owned())));
        assert_eq!(table.faults(), ["Kotlin: 4 of 5 scan", "Node: it fell"]);
        let shown = table.to_string();
        assert!(shown.contains("Kotlin                    2       !4        6"), "{shown}");
    }

    #[test]
    fn nothing_to_compare_with_is_a_fault() {
        let mut table = Table::default();
        table.add("Rust", Err(Fault::Failed("it fell".to_owned())));
        table.add("Python", counts(5));
        assert_eq!(table.faults().len(), 3);
    }
}
