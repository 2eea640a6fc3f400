//! Edgewarden's facade, one to one.
