//! Compiles rule files into the binary rule set that the core reads in place.
//!
//! [`compile_dir`] reads `rules/`, `lexicon/` and `benign/` and either returns the bytes or every problem it found:
//! a rule without both kinds of example, an example that does not fire, a rule that fires on honest text, a pattern that
//! cannot run in linear time.

#![allow(clippy::expect_used)]

mod automaton;
mod check;
mod common;
mod concepts;
mod error;
mod pattern;
mod source;
mod tables;
mod trie;
mod writer;

use std::path::Path;

pub use automaton::{Compiled as Automaton, compile as compile_regex};
pub use error::{Code, Problem};
pub use source::{RuleFile, Source, example};

/// A compiled rule set and what went into it.
#[derive(Debug)]
pub struct Compiled {
    /// The rule set; `edgewarden::scan::RuleSet::from_bytes` reads it.
    pub bytes: Vec<u8>,
    /// Number of rules.
    pub rules: usize,
    /// Bytes per section, for size reports.
    pub sections: Vec<(&'static str, usize)>,
}

/// Compiles the rules under `core` and checks them against their examples and the honest texts.
pub fn compile_dir(core: &Path) -> Result<Compiled, Vec<Problem>> {
    let mut problems = Vec::new();
    let source = Source::read(core, &mut problems);
    let compiled = writer::write(&source, &mut problems);
    let Some(compiled) = compiled else { return Err(problems) };
    check::examples(&source, &compiled.bytes, &mut problems);
    if problems.is_empty() { Ok(compiled) } else { Err(problems) }
}

/// Compiles without running the examples: for tools that want the bytes of a set under construction.
pub fn compile_unchecked(core: &Path) -> Result<Compiled, Vec<Problem>> {
    let mut problems = Vec::new();
    let source = Source::read(core, &mut problems);
    match writer::write(&source, &mut problems) {
        Some(compiled) if problems.is_empty() => Ok(compiled),
        _ => Err(problems),
    }
}
