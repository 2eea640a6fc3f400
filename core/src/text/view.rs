//! Canonical views.
