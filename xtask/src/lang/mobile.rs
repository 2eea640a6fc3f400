//! The library that Swift and Kotlin share.
