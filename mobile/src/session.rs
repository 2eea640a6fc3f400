//! The state of one conversation.

use edgewarden_bindings as facade;

use crate::error::EdgewardenError;

/// State of one conversation. Calls from several threads take turns.
#[derive(Debug, uniffi::Object)]
pub struct SessionState {
    pub(crate) facade: facade::Session,
}

#[uniffi::export]
impl SessionState {
    /// A new conversation.
    #[uniffi::constructor]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self { facade: facade::Session::new() }
    }

    /// The state from `to_bytes`. Fails with `invalid_session`.
    #[uniffi::constructor]
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, EdgewardenError> {
        Ok(Self { facade: facade::Session::from_bytes(&bytes)? })
    }

    /// Versioned bytes, at most about 4 KiB. They hold the last words of each side: store them like the conversation.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.facade.to_bytes()
    }

    /// Messages seen.
    pub fn turns(&self) -> i32 {
        i32::try_from(self.facade.turns()).unwrap_or(i32::MAX)
    }

    /// Decayed risk, 0 to 1000.
    pub fn risk(&self) -> i32 {
        self.facade.risk().into()
    }
}
