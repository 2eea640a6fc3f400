//! The test cases that every language runs.

fn main() {}
