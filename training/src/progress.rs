//! What a run is doing: a bar on a terminal, a few lines for each stage elsewhere.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// What a run is doing.
#[derive(Clone, Debug)]
pub struct Progress {
    bar: ProgressBar,
    lines: bool,
}

impl Progress {
    /// Tells on standard error.
    pub fn shown() -> Self {
        Self { bar: ProgressBar::new(0), lines: !std::io::stderr().is_terminal() }
    }

    /// Tells nobody.
    pub fn silent() -> Self {
        Self { bar: ProgressBar::hidden(), lines: false }
    }

    /// A new stage of so many steps; 0 where they cannot be counted.
    pub fn stage(&self, what: &str, steps: usize) {
        if self.lines {
            eprintln!("{what}{}", if steps > 0 { format!(" ({steps})") } else { String::new() });
        }
        let template = if steps > 0 { COUNTED } else { OPEN };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.reset();
        self.bar.set_length(steps as u64);
        self.bar.set_message(what.to_owned());
        self.bar.enable_steady_tick(Duration::from_millis(200));
    }

    /// One step of the stage is done.
    pub fn step(&self) {
        self.bar.inc(1);
        let (done, all) = (self.bar.position(), self.bar.length().unwrap_or_default());
        if self.lines && done < all && done % (all / LINES).max(1) == 0 {
            eprintln!("  {done} of {all}");
        }
    }

    /// The bar leaves.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// Lines of a counted stage where there is no bar.
const LINES: u64 = 10;
const COUNTED: &str = "{msg} {wide_bar} {pos} of {len}  {eta} left";
const OPEN: &str = "{spinner} {msg} {elapsed}";
