//! Edgewarden's facade for UniFFI, one to one.

uniffi::setup_scaffolding!("edgewarden");
