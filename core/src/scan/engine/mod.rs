//! The matching engine: a rule set that is read in place and the three machines that run over it.
//!
//! *Lexicon* finds words, *sequence* finds orders of words, *dfa* verifies shapes. None of them is built at start-up:
//! all tables come from [`RuleSet`], a byte slice written by the rule compiler.

pub(crate) mod dfa;
pub(crate) mod fuzzy;
pub(crate) mod hash;
pub(crate) mod lexicon;
pub(crate) mod ruleset;
pub(crate) mod sequence;
pub(crate) mod table;
pub(crate) mod tokens;
