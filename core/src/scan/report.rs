//! The answer of a scan.
