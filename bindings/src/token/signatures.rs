//! Who checks signatures.

use std::sync::Arc;

use edgewarden::jwt::HostOnly;
use edgewarden::jwt::signature::{CoreVerifier, SignatureVerifier};

/// The checks of a verifier that verifies by itself. The one place where a native host takes a faster provider.
pub(super) fn own() -> Arc<dyn SignatureVerifier> {
    Arc::new(CoreVerifier)
}

/// The checks of a verifier whose host makes them: none.
pub(super) fn of_host() -> Arc<dyn SignatureVerifier> {
    Arc::new(HostOnly)
}
