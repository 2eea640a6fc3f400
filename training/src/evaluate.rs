//! Recall and false alarms, by whatever the rows are told apart by.

use std::collections::BTreeMap;

use crate::calibrate::interval;

/// Attacks found and honest texts alarmed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Attacks.
    pub attacks: usize,
    /// Attacks that were found.
    pub found: usize,
    /// Honest texts.
    pub benign: usize,
    /// Honest texts that were taken for an attack.
    pub alarms: usize,
}

impl Tally {
    /// Counts one row.
    pub fn count(&mut self, attack: bool, alarm: bool) {
        if attack {
            self.attacks += 1;
            self.found += usize::from(alarm);
        } else {
            self.benign += 1;
            self.alarms += usize::from(alarm);
        }
    }

    /// Recall and false alarms as table cells with their 95 % intervals.
    pub fn cells(&self) -> (String, String) {
        (cell(self.found, self.attacks), cell(self.alarms, self.benign))
    }
}

/// Tallies by name.
pub type Tallies = BTreeMap<String, Tally>;

/// `hits` of `of` in per cent with the interval, or a dash.
pub fn cell(hits: usize, of: usize) -> String {
    if of == 0 {
        return "–".into();
    }
    let (low, high) = interval(hits, of);
    let percent = |x: f64| x * 100.0;
    format!("{:.1} % ({:.1}–{:.1}) of {of}", percent(hits as f64 / of as f64), percent(low), percent(high))
}
