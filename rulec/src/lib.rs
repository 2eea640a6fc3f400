//! Compiles rule files into the binary rule set that the core reads in place.
