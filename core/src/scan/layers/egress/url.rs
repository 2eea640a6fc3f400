//! Reads an absolute URL out of running text, placeholders included.

use super::super::{byte_at, byte_before};

/// The parts of a URL, as positions in the text.
pub(super) struct Url<'t> {
    /// Lower-case scheme, without the colon.
    pub(super) scheme: &'t [u8],
    /// Where the scheme begins.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
    /// Whether a user or password stands before the host.
    pub(super) userinfo: bool,
    /// The host as written, without port and brackets.
    pub(super) host: &'t [u8],
    /// Path, query and fragment, with the first slash or question mark.
    pub(super) tail: &'t [u8],
    lower: [u8; LONGEST_HOST],
}

impl<'t> Url<'t> {
    /// The URL whose `://` stands at `colon`.
    pub(super) fn read(bytes: &'t [u8], colon: usize) -> Option<Self> {
        let before = bytes.get(colon.saturating_sub(LONGEST_SCHEME)..colon)?;
        let letters = before.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || **b == b'+').count();
        let start = colon - letters;
        let scheme = bytes.get(start..colon)?;
        if !scheme.first()?.is_ascii_alphabetic() {
            return None;
        }
        let authority_start = colon + 3;
        let mut at = authority_start;
        while !ends_authority(byte_at(bytes, at)) {
            at = past_placeholder(bytes, at).unwrap_or(at + 1);
            if at - authority_start > LONGEST_HOST {
                return None;
            }
        }
        let tail_start = at;
        while at - start < LONGEST_URL {
            let gap = byte_at(bytes, at) == b'<' && byte_before(bytes, at) == b'=';
            if ends_url(byte_at(bytes, at)) && !gap {
                break;
            }
            match past_placeholder(bytes, at) {
                Some(next) => at = next,
                None if gap => break,
                None => at += 1,
            }
        }
        // Punctuation of the sentence around it.
        let mut end = at.min(bytes.len());
        while end > tail_start && matches!(byte_at(bytes, end - 1), b'.' | b',' | b';' | b':' | b'!' | b'?') {
            end -= 1;
        }
        let authority = bytes.get(authority_start..tail_start)?;
        let at_sign = authority.iter().rposition(|b| *b == b'@');
        let host = at_sign.map_or(Some(authority), |i| authority.get(i + 1..))?;
        let host = match host {
            [b'[', rest @ ..] => rest.split(|b| *b == b']').next()?,
            _ => host.split(|b| *b == b':').next()?,
        };
        let host = host.strip_suffix(b".").unwrap_or(host);
        let mut lower = [0; LONGEST_HOST];
        for (to, from) in lower.iter_mut().zip(host) {
            *to = from.to_ascii_lowercase();
        }
        let userinfo = at_sign.is_some_and(|i| i > 0);
        let tail = bytes.get(tail_start..end).unwrap_or_default();
        Some(Self { scheme, start, end, userinfo, host, tail, lower })
    }

    /// The host in lower case.
    pub(super) fn host_lower(&self) -> &[u8] {
        self.lower.get(..self.host.len()).unwrap_or_default()
    }

    /// Whether the scheme is `name`, in any case.
    pub(super) fn has_scheme(&self, name: &[u8]) -> bool {
        self.scheme.eq_ignore_ascii_case(name)
    }
}

/// End of the placeholder that opens at `at`: it may hold spaces, which a URL may not.
fn past_placeholder(bytes: &[u8], at: usize) -> Option<usize> {
    let close = match byte_at(bytes, at) {
        b'{' => b'}',
        b'[' => b']',
        b'<' => b'>',
        b'(' if byte_before(bytes, at) == b'$' => b')',
        _ => return None,
    };
    let inner = bytes.get(at + 1..bytes.len().min(at + LONGEST_PLACEHOLDER))?;
    let len = inner.iter().position(|b| *b == close || matches!(b, b'\n' | b'"' | b'/'))?;
    // An HTML tag or a closing bracket after the URL is no placeholder.
    (inner.get(len) == Some(&close) && inner.iter().take(len).any(u8::is_ascii_alphabetic)).then_some(at + len + 2)
}

fn ends_authority(b: u8) -> bool {
    matches!(b, b'/' | b'?' | b'#' | b'\\') || ends_url(b)
}

fn ends_url(b: u8) -> bool {
    b <= b' ' || matches!(b, b'"' | b'\'' | b'`' | b')' | b'>' | b'<' | b'|' | b'^' | 0x7f)
}

/// Longest scheme that is read whole: `postgresql+asyncpg` has 18 letters, the longest that IANA registered 30.
const LONGEST_SCHEME: usize = 32;
/// Longest name DNS knows, with room for a user and a port.
pub(super) const LONGEST_HOST: usize = 320;
/// Longer URLs are cut; no browser of note takes more.
const LONGEST_URL: usize = 4096;
const LONGEST_PLACEHOLDER: usize = 64;
