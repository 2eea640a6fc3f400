//! The state of one conversation as a handle.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use edgewarden::scan::SessionState;

use crate::error::Error;
use crate::guard::guard;

/// State of one conversation. Calls from several threads take turns.
#[derive(Default)]
pub struct Session {
    state: Mutex<SessionState>,
}

impl Session {
    /// A new conversation.
    pub fn new() -> Self {
        Self::default()
    }

    /// The state from [`to_bytes`](Self::to_bytes).
    ///
    /// # Errors
    /// `invalid_session`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let state = SessionState::from_bytes(bytes).map_err(|e| Error::of_scan(&e))?;
        Ok(Self { state: Mutex::new(state) })
    }

    /// Versioned bytes, at most about 4 KiB. They hold the last words of each side: store them like the conversation.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.read(SessionState::to_bytes)
    }

    /// Messages seen.
    pub fn turns(&self) -> u32 {
        self.read(SessionState::turns)
    }

    /// Decayed risk, 0 to 1000.
    pub fn risk(&self) -> u16 {
        self.read(SessionState::risk)
    }

    /// Changes the state; after a fault it is as it was before.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut SessionState) -> Result<T, Error>) -> Result<T, Error> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let before = state.clone();
        guard(|| work(&mut state)).inspect_err(|_| *state = before)
    }

    fn read<T>(&self, read: impl FnOnce(&SessionState) -> T) -> T {
        read(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Session {
    /// Shows numbers, never the words kept.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.read(|state| fmt::Debug::fmt(state, f))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::{Error, Origin, Scanner, ScannerOptions, Session, Unit};

    #[test]
    fn a_turn_that_panicked_did_not_happen() {
        let scanner = Scanner::new(ScannerOptions::default(), Unit::Utf16).unwrap();
        let session = Session::new();
        scanner.scan_in_session("Hello!", Origin::User, None, &session).unwrap();
        let before = session.to_bytes();
        let error = session.with(|state| -> Result<(), Error> {
            *state = edgewarden::scan::SessionState::default();
            std::panic::resume_unwind(Box::new("probe"))
        });
        assert_eq!(error.unwrap_err().code, "internal");
        assert_eq!(session.to_bytes(), before);
        scanner.scan_in_session("And you?", Origin::User, None, &session).unwrap();
        assert_eq!(session.turns(), 2);
    }
}
