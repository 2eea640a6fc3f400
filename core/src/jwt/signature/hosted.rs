//! Signatures by public keys where the host checks them: nothing to prepare, and nothing passes here.

use crate::jwt::algorithm::Algorithm;
use crate::jwt::key::KeyMaterial;

/// Nothing: the host imports keys itself.
#[derive(Clone)]
pub(in crate::jwt) struct Prepared;

impl Prepared {
    pub(in crate::jwt) fn new(_: &KeyMaterial) -> Option<Self> {
        Some(Self)
    }

    /// Never.
    pub(in crate::jwt) fn verify(&self, _: Algorithm, _signing_input: &[u8], _signature: &[u8]) -> bool {
        false
    }
}
