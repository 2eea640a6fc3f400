//! How the published model is trained, and the same for any part of the texts.

use super::corpus::{Sample, Weights};
use super::net::{Net, Shape, Step, train};

/// Everything that decides what is learned from given texts.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// What the net is made of.
    pub shape: Shape,
    /// How it is trained.
    pub step: Step,
    /// How much rows count.
    pub weights: Weights,
    /// Nets that are trained from different seeds and averaged; 1 where there is an embedding.
    pub nets: usize,
}

impl Default for Recipe {
    fn default() -> Self {
        Self { shape: Shape::default(), step: Step::default(), weights: Weights::default(), nets: 2 }
    }
}

impl Recipe {
    /// Trains on `samples`.
    pub fn train(&self, samples: &[&Sample]) -> Net {
        let net = |i: usize| train(samples, self.shape, Step { seed: self.step.seed + i as u64, ..self.step });
        let nets: Vec<Net> = if self.shape.width > 0 { vec![net(0)] } else { (0..self.nets.max(1)).map(net).collect() };
        average(nets)
    }

    /// For each of `groups`, a net that was trained without the samples of that group, handed to `then`. Two at a time.
    pub fn without_each<T: Send>(
        &self,
        samples: &[Sample],
        groups: &[usize],
        count: usize,
        then: impl Fn(usize, &Net) -> T + Sync,
    ) -> Vec<T> {
        let next = core::sync::atomic::AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            loop {
                let group = next.fetch_add(1, core::sync::atomic::Ordering::Relaxed);
                if group >= count {
                    return done;
                }
                let kept: Vec<&Sample> =
                    samples.iter().zip(groups).filter(|(_, g)| **g != group).map(|(s, _)| s).collect();
                done.push((group, then(group, &self.train(&kept))));
            }
        };
        let mut all: Vec<(usize, T)> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
            threads.into_iter().filter_map(|t| t.join().ok()).flatten().collect()
        });
        all.sort_by_key(|(group, _)| *group);
        all.into_iter().map(|(_, result)| result).collect()
    }
}

/// The mean of nets without embeddings, which is again such a net.
fn average(mut nets: Vec<Net>) -> Net {
    let count = nets.len() as f32;
    let mut sum = nets.remove(0);
    for net in &nets {
        for (a, b) in sum.linear.iter_mut().zip(&net.linear) {
            *a += b;
        }
        for (a, b) in sum.bias.iter_mut().zip(&net.bias) {
            *a += b;
        }
    }
    if count > 1.0 {
        sum.linear.iter_mut().chain(&mut sum.bias).for_each(|w| *w /= count);
    }
    sum
}

/// Nets trained side by side.
const THREADS: usize = 2;
