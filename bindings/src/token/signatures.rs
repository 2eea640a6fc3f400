//! Who checks signatures.

use std::sync::Arc;

use edgewarden::jwt::HostOnly;
use edgewarden::jwt::signature::SignatureVerifier;

/// The checks of a verifier that verifies by itself. One for all verifiers: it keeps the keys that it has parsed.
#[cfg(feature = "provider")]
pub(super) fn own() -> Arc<dyn SignatureVerifier> {
    use std::sync::OnceLock;

    use edgewarden_provider::NativeVerifier;

    static VERIFIER: OnceLock<Arc<NativeVerifier>> = OnceLock::new();
    Arc::<NativeVerifier>::clone(VERIFIER.get_or_init(Arc::default))
}

/// The checks of a verifier that verifies by itself.
#[cfg(not(feature = "provider"))]
pub(super) fn own() -> Arc<dyn SignatureVerifier> {
    Arc::new(edgewarden::jwt::signature::CoreVerifier)
}

/// The checks of a verifier whose host makes them: none.
pub(super) fn of_host() -> Arc<dyn SignatureVerifier> {
    Arc::new(HostOnly)
}
