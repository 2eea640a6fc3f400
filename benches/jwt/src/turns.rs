//! Candidates that take turns, so that what else the machine does meets all of them alike.

use std::hint::black_box;
use std::time::Duration;

use cpu_time::ThreadTime;

use crate::measure::{Effort, median};

/// What is compared: each call says whether it accepted what it was given.
#[derive(Default)]
pub struct Turns<'w>(Vec<Box<dyn FnMut() -> bool + 'w>>);

impl<'w> Turns<'w> {
    /// One more candidate.
    pub fn add(&mut self, work: impl FnMut() -> bool + 'w) {
        self.0.push(Box::new(work));
    }

    /// Median nanoseconds of CPU time of each, in the order they were added.
    ///
    /// # Errors
    /// If one of them refuses, as refusing is cheaper than accepting.
    pub fn take(mut self, effort: Effort) -> Result<Vec<f64>, String> {
        let mut calls = vec![1_u32; self.0.len()];
        for (at, (work, calls)) in self.0.iter_mut().zip(&mut calls).enumerate() {
            if !work() {
                return Err(format!("candidate {at} refuses a valid token"));
            }
            while once(*calls, work) < effort.batch && *calls < 1 << 20 {
                *calls *= 2;
            }
        }
        let mut samples = vec![Vec::new(); self.0.len()];
        for _ in 0..effort.batches {
            for ((work, calls), samples) in self.0.iter_mut().zip(&calls).zip(&mut samples) {
                samples.push(once(*calls, work).as_nanos() as f64 / f64::from(*calls));
            }
        }
        Ok(samples.iter_mut().map(|samples| median(samples)).collect())
    }
}

fn once(calls: u32, work: &mut dyn FnMut() -> bool) -> Duration {
    let from = ThreadTime::now();
    for _ in 0..calls {
        black_box(work());
    }
    from.elapsed()
}
