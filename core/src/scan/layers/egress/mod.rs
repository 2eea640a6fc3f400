//! What leaves, and what reaches in: links that carry data, addresses of inner networks, commands that do damage.
//!
//! One pass stops at the punctuation such things cannot do without; prose between costs next to nothing.

mod command;
mod host;
mod link;
mod url;

use alloc::string::String;
use alloc::vec::Vec;

use super::{DetectorHit, byte_at, byte_before};
use crate::scan::Origin;
use crate::text::Span;

/// What the host of the scanner allows to leave.
#[derive(Clone, Copy, Debug, Default)]
pub struct EgressPolicy<'a> {
    /// Hosts that may be linked with data in the address, each with its subdomains. Lower-case.
    pub allowed_hosts: &'a [String],
}

impl EgressPolicy<'_> {
    /// Whether `host`, in lower case, is one of the allowed hosts or below one.
    fn allows(&self, host: &[u8]) -> bool {
        self.allowed_hosts.iter().any(|allowed| host::is_or_below(host, allowed.as_bytes()))
    }
}

/// Finds data channels, inner addresses, commands and terminal escapes in `text`, the text as written.
///
/// At most [`MOST_HITS`] hits are added: a text full of them is decided long before.
pub fn detect(text: &str, origin: Origin, policy: &EgressPolicy<'_>, out: &mut Vec<DetectorHit>) {
    let bytes = text.as_bytes();
    let first = out.len();
    let mut hits = Hits { text, out, left: MOST_HITS };
    let mut at = 0;
    let mut escape_seen = false;
    while let Some(i) = next_stop(bytes, at) {
        if hits.left == 0 {
            break;
        }
        at = i + 1;
        match byte_at(bytes, i) {
            b':' => at = at.max(at_colon(bytes, i, origin, policy, &mut hits)),
            // A colour in a terminal log is harmless to the person who pastes it; in an answer it rewrites the screen.
            0x1b if !escape_seen && !matches!(origin, Origin::User | Origin::System) => {
                if let Some(end) = escape_end(bytes, i) {
                    escape_seen = true;
                    hits.push("ansi-escape", i, end);
                }
            }
            b'.' if matches!(byte_before(bytes, i), b'9' | b'0' | b'a' | b'A') => {
                host::bare_metadata(bytes, i, &mut hits)
            }
            b'.' => {}
            _ => at = at.max(command::at_stop(bytes, i, &mut hits)),
        }
    }
    debug_assert!(out.iter().skip(first).all(|h| RULES.contains(&h.rule_id)));
}

/// Where hits go; bounded.
struct Hits<'t, 'o> {
    text: &'t str,
    out: &'o mut Vec<DetectorHit>,
    left: usize,
}

impl Hits<'_, '_> {
    fn push(&mut self, rule_id: &'static str, start: usize, end: usize) {
        if self.left > 0 {
            self.left -= 1;
            self.out.push(DetectorHit { rule_id, span: Span::new(start, end).snapped(self.text) });
        }
    }

    /// A hit whose ends were cut at a number of bytes: the words there are taken whole.
    fn push_words(&mut self, rule_id: &'static str, start: usize, end: usize) {
        let bytes = self.text.as_bytes();
        let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
        let count = |part: &mut dyn Iterator<Item = &u8>| part.take(WORD_BYTES_MAX).take_while(|b| is_word(b)).count();
        let (head, from) = bytes.split_at_checked(start).unwrap_or_default();
        let (to, tail) = bytes.split_at_checked(end).unwrap_or_default();
        let before = if from.first().is_some_and(is_word) { count(&mut head.iter().rev()) } else { 0 };
        let after = if to.last().is_some_and(is_word) { count(&mut tail.iter()) } else { 0 };
        self.push(rule_id, start - before, end + after);
    }
}

/// The first byte at or after `from` that may be the middle of something.
fn next_stop(bytes: &[u8], from: usize) -> Option<usize> {
    let found = bytes.get(from..)?.iter().position(|b| STOPS.get(usize::from(*b)) == Some(&true))?;
    Some(from + found)
}

static STOPS: [bool; 256] = super::byte_set(b":(<|/-=;.\x1b");

/// Addresses, script links and the fork bomb; answers where to go on.
fn at_colon(bytes: &[u8], i: usize, origin: Origin, policy: &EgressPolicy<'_>, hits: &mut Hits<'_, '_>) -> usize {
    if byte_at(bytes, i + 1) == b'/' && byte_at(bytes, i + 2) == b'/' {
        let Some(url) = url::Url::read(bytes, i) else { return i + 3 };
        host::judge(&url, hits);
        link::judge(bytes, &url, origin, policy, hits);
        return url.end.max(i + 3);
    }
    if bytes.get(i..).is_some_and(|b| b.starts_with(b":(){") || b.starts_with(b":() {")) {
        let end = bytes.len().min(i + 13);
        hits.push("fork-bomb", i, end);
    }
    match byte_before(bytes, i) {
        b'0' => host::bare_metadata_v6(bytes, i, hits),
        b'a' | b't' | b'A' | b'T' => link::script_link(bytes, i, hits),
        _ => {}
    }
    i + 1
}

/// End of the terminal control sequence that starts at `i`, if it is one.
fn escape_end(bytes: &[u8], i: usize) -> Option<usize> {
    let kind = byte_at(bytes, i + 1);
    let tail = bytes.get(i + 2..bytes.len().min(i + 258))?;
    match kind {
        b'[' => {
            let len = tail.iter().take(32).position(|b| (0x40..=0x7e).contains(b))?;
            Some(i + 3 + len)
        }
        // Operating system commands, device control, privacy and application strings end with BEL or ESC.
        b']' | b'P' | b'^' | b'_' => Some(i + 2 + tail.iter().position(|b| matches!(b, 7 | 0x1b)).map_or(0, |p| p + 1)),
        b'c' | b'7' | b'8' | b'M' | b'D' | b'E' => Some(i + 2),
        _ => None,
    }
}

/// Longest part of a word that a span is grown by.
const WORD_BYTES_MAX: usize = 64;

/// Most hits one call adds.
pub const MOST_HITS: usize = 512;

/// Every rule this detector reports.
pub const RULES: &[&str] = &[
    "active-link",
    "ansi-escape",
    "chmod-root",
    "cron-persistence",
    "disk-overwrite",
    "encoded-pipe-to-shell",
    "exfil-collector-host",
    "exfil-command",
    "exfil-dns-label",
    "exfil-embed-payload",
    "exfil-embed-template",
    "exfil-link-payload",
    "exfil-link-template",
    "fork-bomb",
    "git-force-push",
    "ld-preload",
    "mixed-script-host",
    "pipe-to-shell",
    "powershell-download",
    "powershell-encoded",
    "punycode-host",
    "reverse-shell",
    "rm-root",
    "sql-injection-tail",
    "sql-tautology",
    "ssh-key-persistence",
    "ssrf-file-url",
    "ssrf-loopback",
    "ssrf-metadata",
    "ssrf-obfuscated-ip",
    "ssrf-private-net",
    "ssrf-rebinding-host",
    "ssrf-scheme",
    "url-userinfo",
    "windows-wipe",
];

#[cfg(test)]
mod tests;
