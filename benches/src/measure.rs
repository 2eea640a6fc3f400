//! Medians of CPU time, and a count of allocations.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cpu_time::ThreadTime;

/// The system's allocator, with a count of requests.
pub struct Counting;

static REQUESTS: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call goes unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        REQUESTS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's contract is the callee's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        REQUESTS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's contract is the callee's.
        unsafe { System.realloc(ptr, layout, new_size) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's contract is the callee's.
        unsafe { System.dealloc(ptr, layout) }
    }
}

/// How much effort goes into a figure.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Batches per text.
    pub batches: usize,
    /// Time a batch should take at least.
    pub batch: Duration,
    /// Largest adversarial text, in KB.
    pub filler_kb_max: usize,
    /// Fresh processes per cold start.
    pub starts: usize,
}

impl Effort {
    /// For a figure one would publish.
    pub const FULL: Self = Self { batches: 61, batch: Duration::from_micros(1500), filler_kb_max: 1024, starts: 15 };
    /// For a look.
    pub const QUICK: Self = Self { batches: 15, batch: Duration::from_micros(400), filler_kb_max: 100, starts: 5 };
}

/// Median nanoseconds of CPU time per call of `work`, over batches; the first batches only warm up.
pub fn nanos<T>(effort: Effort, mut work: impl FnMut() -> T) -> f64 {
    let mut calls = 1_u32;
    while once(calls, &mut work) < effort.batch && calls < 1 << 20 {
        calls *= 2;
    }
    let mut samples: Vec<f64> =
        (0..effort.batches).map(|_| once(calls, &mut work).as_nanos() as f64 / f64::from(calls)).collect();
    median(&mut samples)
}

/// Fewest nanoseconds of CPU time over `times` calls: for work too long to repeat often.
pub fn nanos_least<T>(times: usize, mut work: impl FnMut() -> T) -> f64 {
    (0..times).map(|_| once(1, &mut work).as_nanos() as f64).fold(f64::INFINITY, f64::min)
}

/// Allocations and reallocations of one call.
pub fn allocations<T>(mut work: impl FnMut() -> T) -> u64 {
    black_box(work());
    let before = REQUESTS.load(Ordering::Relaxed);
    black_box(work());
    REQUESTS.load(Ordering::Relaxed) - before
}

/// The middle value; the upper one of two.
pub fn median(samples: &mut [f64]) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied().unwrap_or(f64::NAN)
}

fn once<T>(calls: u32, work: &mut impl FnMut() -> T) -> Duration {
    let from = ThreadTime::now();
    for _ in 0..calls {
        black_box(work());
    }
    from.elapsed()
}
