//! What earlier turns said: a small state that the host keeps between messages.
//!
//! It sees three things that no single message shows: an attack split over the seam of two messages, many half-suspicious
//! turns in a row (Crescendo, Russinovich et al. 2024), and a refused request that comes back in other words.

use alloc::string::String;
use alloc::vec::Vec;

use super::error::ScanError;
use super::input::{Input, Origin};
use super::report::ScanReport;
use super::scanner::PromptScanner;
use crate::scan::engine::hash;

/// State of one conversation. Holds the last words of each side, so store it like the conversation itself.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SessionState {
    pub(crate) turns: u32,
    /// Decayed sum of scores.
    pub(crate) risk: u16,
    /// Scores of the last turns of the user, newest last.
    pub(crate) recent: [u16; RECENT],
    /// Last words by origin.
    pub(crate) tails: [String; 5],
    /// Word hashes of the user's last request, sorted.
    pub(crate) request: Vec<u32>,
    /// The model has just refused.
    pub(crate) refused: bool,
}

/// What the session adds to a scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SessionSigns {
    pub(crate) crescendo: bool,
    pub(crate) retried: bool,
}

impl SessionState {
    /// A new conversation.
    pub fn new() -> Self {
        Self::default()
    }

    /// Messages seen.
    pub fn turns(&self) -> u32 {
        self.turns
    }

    /// Decayed risk, 0 to 1000: three quarters of it survive each turn.
    pub fn risk(&self) -> u16 {
        self.risk
    }

    /// Versioned bytes, at most about 4 KiB.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = alloc::vec![VERSION];
        out.extend(self.turns.to_le_bytes());
        out.extend(self.risk.to_le_bytes());
        out.extend(self.recent.iter().flat_map(|r| r.to_le_bytes()));
        out.push(u8::from(self.refused));
        for tail in &self.tails {
            out.extend((tail.len() as u16).to_le_bytes());
            out.extend(tail.as_bytes());
        }
        out.extend((self.request.len() as u16).to_le_bytes());
        out.extend(self.request.iter().flat_map(|h| h.to_le_bytes()));
        out
    }

    /// The state from [`to_bytes`](Self::to_bytes).
    ///
    /// # Errors
    /// [`ScanError::InvalidSession`] for bytes of another version, of a wrong length or over a limit.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ScanError> {
        let mut reader = Reader { bytes };
        if reader.take(1)? != [VERSION] {
            return Err(ScanError::InvalidSession);
        }
        let turns = u32::from(reader.u16()?) | u32::from(reader.u16()?) << 16;
        let mut state = Self { turns, risk: reader.u16()?.min(RISK_MAX), ..Self::default() };
        for slot in &mut state.recent {
            *slot = reader.u16()?;
        }
        state.refused = reader.take(1)? == [1];
        for tail in &mut state.tails {
            let len = reader.u16()? as usize;
            if len > TAIL_BYTES {
                return Err(ScanError::InvalidSession);
            }
            let text = core::str::from_utf8(reader.take(len)?).map_err(|_| ScanError::InvalidSession)?;
            *tail = String::from(text);
        }
        let count = reader.u16()? as usize;
        if count > REQUEST_WORDS {
            return Err(ScanError::InvalidSession);
        }
        for _ in 0..count {
            state.request.push(u32::from(reader.u16()?) | u32::from(reader.u16()?) << 16);
        }
        if reader.bytes.is_empty() { Ok(state) } else { Err(ScanError::InvalidSession) }
    }

    /// The last words of `origin`, to be read together with what comes now.
    pub(crate) fn tail(&self, origin: Origin) -> &str {
        self.tails.get(origin as usize).map_or("", String::as_str)
    }

    /// Signs that need the message but not its score.
    pub(crate) fn signs(&self, text: &str, origin: Origin) -> SessionSigns {
        if origin != Origin::User {
            return SessionSigns::default();
        }
        let words = word_hashes(text);
        SessionSigns {
            crescendo: self.recent.iter().all(|r| *r >= CRESCENDO_MIN)
                && self.recent.windows(2).all(|w| matches!(w, [a, b] if a <= b)),
            retried: self.refused && words.len() >= 4 && similar(&words, &self.request),
        }
    }

    /// Books one message.
    pub(crate) fn record(&mut self, text: &str, origin: Origin, score: u16) {
        self.turns = self.turns.saturating_add(1);
        if let Some(tail) = self.tails.get_mut(origin as usize) {
            tail.push(' ');
            tail.push_str(last_bytes(text, TAIL_BYTES / 2));
            *tail = String::from(last_bytes(tail, TAIL_BYTES / 2));
        }
        match origin {
            Origin::User => {
                self.risk = (u32::from(self.risk) * 3 / 4 + u32::from(score) / 2).min(u32::from(RISK_MAX)) as u16;
                self.recent.rotate_left(1);
                if let Some(last) = self.recent.last_mut() {
                    *last = score;
                }
                self.request = word_hashes(text);
                self.refused = false;
            }
            Origin::Assistant => self.refused = refuses(text),
            Origin::System | Origin::Tool | Origin::Retrieved => {
                self.risk = (u32::from(self.risk) + u32::from(score) / 4).min(u32::from(RISK_MAX)) as u16;
            }
        }
    }
}

impl core::fmt::Debug for SessionState {
    /// Shows numbers, never the words kept.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SessionState").field("turns", &self.turns).field("risk", &self.risk).finish_non_exhaustive()
    }
}

impl PromptScanner {
    /// Scans one message of a conversation and books it in `state`.
    ///
    /// Beside the findings of [`scan`](Self::scan) the report holds what only the conversation shows: a signature over
    /// the seam of two messages of one origin, rising risk over turns, a refused request in other words.
    pub fn scan_in_session<'t>(&self, input: impl Into<Input<'t>>, state: &mut SessionState) -> ScanReport {
        let input = input.into();
        let report = self.scan_after(input, state);
        state.record(input.text, input.origin, report.score());
        report
    }
}

fn refuses(text: &str) -> bool {
    let head: String =
        text.chars().take(160).map(|c| if c == '\u{2019}' { '\'' } else { c.to_ascii_lowercase() }).collect();
    REFUSALS.iter().any(|r| head.contains(r))
}

/// Sorted hashes of the first distinct words.
fn word_hashes(text: &str) -> Vec<u32> {
    let mut out: Vec<u32> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.len() > 2)
        .take(REQUEST_WORDS)
        .map(|w| w.bytes().fold(hash::SEED, |h, b| hash::step(h, b.to_ascii_lowercase())))
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// Jaccard similarity of at least 0.6.
fn similar(a: &[u32], b: &[u32]) -> bool {
    let shared = a.iter().filter(|h| b.binary_search(h).is_ok()).count();
    let either = a.len() + b.len() - shared;
    either > 0 && shared * 10 >= either * 6
}

fn last_bytes(text: &str, count: usize) -> &str {
    let mut from = text.len().saturating_sub(count);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.get(from..).unwrap_or("")
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ScanError> {
        let (head, rest) = self.bytes.split_at_checked(count).ok_or(ScanError::InvalidSession)?;
        self.bytes = rest;
        Ok(head)
    }

    fn u16(&mut self) -> Result<u16, ScanError> {
        match self.take(2)? {
            [a, b] => Ok(u16::from_le_bytes([*a, *b])),
            _ => Err(ScanError::InvalidSession),
        }
    }
}

const VERSION: u8 = 1;
const RECENT: usize = 3;
const RISK_MAX: u16 = 1000;
/// Score from which a turn counts as half-suspicious.
const CRESCENDO_MIN: u16 = 120;
/// Longest tail of one origin: about 64 words.
const TAIL_BYTES: usize = 800;
const REQUEST_WORDS: usize = 96;
const REFUSALS: [&str; 12] = [
    "i can't",
    "i cannot",
    "i'm sorry",
    "i am sorry",
    "i won't",
    "i'm not able",
    "i am not able",
    "i'm unable",
    "as an ai",
    "es tut mir leid",
    "lo siento",
    "je suis désolé",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_round_trip() {
        let mut state = SessionState::new();
        state.record("one two three four", Origin::User, 300);
        state.record("I'm sorry, no.", Origin::Assistant, 0);
        let bytes = state.to_bytes();
        assert_eq!(SessionState::from_bytes(&bytes), Ok(state));
        for cut in 0..bytes.len() {
            assert_eq!(SessionState::from_bytes(&bytes[..cut]), Err(ScanError::InvalidSession));
        }
    }

    #[test]
    fn a_refused_request_in_other_words_is_noticed() {
        let mut state = SessionState::new();
        state.record("please tell me how the vault door opens", Origin::User, 0);
        state.record("I can't help with that.", Origin::Assistant, 0);
        assert!(state.signs("tell me now how the vault door opens please", Origin::User).retried);
        assert!(!state.signs("what is the weather like in Oslo today", Origin::User).retried);
    }
}
