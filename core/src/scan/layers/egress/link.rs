//! Links that carry data: templates an attacker wants filled in, payloads already filled in.

use super::super::{byte_at, byte_before};
use super::url::Url;
use super::{EgressPolicy, Hits};
use crate::scan::Origin;

/// How a URL stands in the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Fetched when shown: an image, a frame, a script, a form's target.
    Embed,
    /// Fetched when clicked, or no link at all.
    Link,
}

/// Reports data in the address of `url`.
pub(super) fn judge(bytes: &[u8], url: &Url<'_>, origin: Origin, policy: &EgressPolicy<'_>, hits: &mut Hits<'_, '_>) {
    let web = url.has_scheme(b"http") || url.has_scheme(b"https") || url.has_scheme(b"ws") || url.has_scheme(b"wss");
    if !web || policy.allows(url.host_lower()) {
        return;
    }
    let place = place(bytes, url.start);
    if carries_label(url.host) {
        hits.push("exfil-dns-label", url.start, url.end);
        return;
    }
    // The first path segment onwards; a bare host carries nothing.
    if url.tail.len() < 2 {
        return;
    }
    if asks_for_data(url.tail, place) {
        let id = if place == Place::Embed { "exfil-embed-template" } else { "exfil-link-template" };
        hits.push(id, url.start, url.end);
        return;
    }
    // People paste links with tokens all day; what a model or a document writes is another matter.
    if origin != Origin::User && origin != Origin::System && has_payload(url.tail, place) {
        let id = if place == Place::Embed { "exfil-embed-payload" } else { "exfil-link-payload" };
        hits.push(id, url.start, url.end);
    }
}

/// `javascript:` and `data:text/html` where a link goes.
pub(super) fn script_link(bytes: &[u8], colon: usize, hits: &mut Hits<'_, '_>) {
    for (name, after) in [
        (&b"javascript"[..], &b""[..]),
        (b"vbscript", b""),
        (b"data", b"text/html"),
        (b"data", b"image/svg+xml;base64"),
    ] {
        let Some(start) = colon.checked_sub(name.len()) else { continue };
        let named = bytes.get(start..colon).is_some_and(|b| b.eq_ignore_ascii_case(name));
        let followed = bytes.get(colon + 1..colon + 1 + after.len()).is_some_and(|b| b.eq_ignore_ascii_case(after));
        // In a link target, not in a sentence about it.
        let linked = matches!(
            (byte_before(bytes, start), start.checked_sub(1).map_or(0, |i| byte_before(bytes, i))),
            (b'(', b']') | (b'"' | b'\'', b'=') | (b'=', _) | (b'<', _)
        );
        if named && followed && linked && byte_at(bytes, colon + 1) > b' ' {
            let rest = bytes.get(colon..bytes.len().min(colon + 200)).unwrap_or_default();
            let len =
                rest.iter().position(|b| matches!(b, b')' | b'"' | b'\'' | b'>' | b' ' | b'\n')).unwrap_or(rest.len());
            hits.push("active-link", start, colon + len);
        }
    }
}

fn place(bytes: &[u8], start: usize) -> Place {
    let mut i = start;
    // Markdown allows angle brackets and spaces around the target; HTML a quote.
    while i > start.saturating_sub(3) && matches!(byte_before(bytes, i), b'<' | b' ' | b'"' | b'\'') {
        i -= 1;
    }
    let window = bytes.get(i.saturating_sub(160)..i).unwrap_or_default();
    let line = window.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    let embed = match line {
        [head @ .., b']', b'('] => {
            // The bracket that opens the alternative text has an exclamation mark before it.
            let open = head.iter().rposition(|b| *b == b'[');
            open.and_then(|o| o.checked_sub(1)).is_some_and(|o| head.get(o) == Some(&b'!'))
        }
        [head @ .., b'='] => {
            let attribute = [&b"src"[..], b"action", b"srcset", b"poster", b"background", b"formaction"];
            let tag = line.iter().rposition(|b| *b == b'<');
            attribute.iter().any(|a| {
                head.len() >= a.len() && head.get(head.len() - a.len()..).is_some_and(|t| t.eq_ignore_ascii_case(a))
            }) || tag.and_then(|t| line.get(t..t + 5)).is_some_and(|t| t.eq_ignore_ascii_case(b"<link"))
        }
        [.., b'u', b'r', b'l', b'('] => true,
        _ => false,
    };
    if embed { Place::Embed } else { Place::Link }
}

/// Whether the address has gaps that someone is meant to fill with what he was told.
fn asks_for_data(tail: &[u8], place: Place) -> bool {
    let mut at = 0;
    while let Some(i) = tail.get(at..).and_then(|t| t.iter().position(|b| matches!(b, b'{' | b'[' | b'<' | b'='))) {
        let open = at + i;
        at = open + 1;
        let close = match byte_at(tail, open) {
            b'{' => b'}',
            b'[' => b']',
            b'<' => b'>',
            _ => {
                // `?q=BASE64_OF_CONVERSATION`: a name where a value belongs.
                let value = tail.get(at..).unwrap_or_default();
                let len = value
                    .iter()
                    .position(|b| !(b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-')));
                let name = value.get(..len.unwrap_or(value.len()).min(64)).unwrap_or_default();
                if name.len() >= 4 && (place == Place::Embed || name.contains(&b'_')) && names_data(name) {
                    return true;
                }
                continue;
            }
        };
        let rest = tail.get(at..tail.len().min(at + 64)).unwrap_or_default();
        let Some(len) = rest.iter().position(|b| *b == close) else { continue };
        let inner = rest.get(..len).unwrap_or_default();
        let doubled = inner.first() == Some(&b'{') || byte_before(tail, open) == b'$';
        if names_data(inner) || place == Place::Embed && inner.len() >= 3 && (doubled || close != b'}') {
            return true;
        }
        at = open + 1 + len;
    }
    false
}

/// Whether a placeholder names what a conversation holds.
fn names_data(inner: &[u8]) -> bool {
    inner.split(|b| !b.is_ascii_alphanumeric()).any(|part| {
        let part = part.strip_suffix(b"s").or_else(|| part.strip_suffix(b"S")).unwrap_or(part);
        SENSITIVE.iter().any(|word| part.eq_ignore_ascii_case(word))
    })
}

/// Whether a value in the address is text in disguise or, in something fetched unasked, any long random value.
fn has_payload(tail: &[u8], place: Place) -> bool {
    let query = tail.iter().position(|b| *b == b'?').and_then(|q| tail.get(q + 1..)).unwrap_or_default();
    let values = query.split(|b| matches!(b, b'&' | b'#')).filter_map(|pair| {
        let equals = pair.iter().position(|b| *b == b'=');
        let (name, value) = equals.map_or((&b""[..], pair), |e| pair.split_at_checked(e).unwrap_or_default());
        let known =
            SIGNATURES.iter().any(|s| name.eq_ignore_ascii_case(s)) || name.to_ascii_lowercase().starts_with(b"x-amz-");
        (!known).then(|| value.strip_prefix(b"=").unwrap_or(value))
    });
    let path = tail.split(|b| *b == b'?').next().unwrap_or_default();
    // File names of stores are random too: in a path only text in disguise counts.
    values.take(32).any(|v| hides_text(v) || place == Place::Embed && is_random(v))
        || path.split(|b| *b == b'/').take(32).any(hides_text)
}

/// Whether `value` is Base64 or hex of readable ASCII.
fn hides_text(value: &[u8]) -> bool {
    let value = value.strip_suffix(b"==").or_else(|| value.strip_suffix(b"=")).unwrap_or(value);
    let value = value.strip_suffix(b"%3D%3D").or_else(|| value.strip_suffix(b"%3D")).unwrap_or(value);
    if !(24..=4096).contains(&value.len()) {
        return false;
    }
    if value.iter().all(u8::is_ascii_hexdigit) {
        let readable = value.chunks_exact(2).filter(|p| {
            let digit = |i: usize| (byte_at(p, i) as char).to_digit(16).unwrap_or(0) as u8;
            is_text(digit(0) << 4 | digit(1))
        });
        return readable.count() * 2 + 1 >= value.len();
    }
    let (mut bits, mut have, mut total, mut readable) = (0u32, 0u32, 0usize, 0usize);
    for b in value {
        let v = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return false,
        };
        bits = (bits << 6 | u32::from(v)) & 0xff_ffff;
        have += 6;
        if have >= 8 {
            have -= 8;
            total += 1;
            readable += usize::from(is_text((bits >> have & 0xff) as u8));
        }
    }
    readable == total
}

fn is_text(b: u8) -> bool {
    (b' '..=b'~').contains(&b) || b == b'\n'
}

/// Long, and of many different characters of several kinds.
fn is_random(value: &[u8]) -> bool {
    if value.len() < 24
        || !value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_' | b'-' | b'=' | b'%'))
    {
        return false;
    }
    let mut seen = [false; 128];
    for b in value {
        if let Some(s) = seen.get_mut(usize::from(*b)) {
            *s = true;
        }
    }
    let distinct = seen.iter().filter(|s| **s).count();
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let separators = value.iter().filter(|b| matches!(b, b'-' | b'_' | b'+' | b'%')).count();
    distinct >= 10 && digits >= 3 && separators * 6 < value.len()
}

/// Whether a name below a domain is made of data: a placeholder, a command, or a long random label.
fn carries_label(host: &[u8]) -> bool {
    let labels = host.split(|b| *b == b'.').count();
    if labels < 3 {
        return false;
    }
    if host.windows(2).any(|w| w == b"$(") || host.contains(&b'`') {
        return true;
    }
    if host.iter().any(|b| matches!(b, b'{' | b'[' | b'<')) {
        return names_data(host);
    }
    host.split(|b| *b == b'.')
        .take(labels - 2)
        .any(|l| l.len() >= 28 && !l.starts_with(b"xn--") && (is_random(l) || hides_text(l)))
}

/// Words of placeholders that stand for what the model knows rather than for a parameter of an interface.
const SENSITIVE: &[&[u8]] = &[
    b"secret",
    b"system",
    b"prompt",
    b"systemprompt",
    b"conversation",
    b"history",
    b"chathistory",
    b"message",
    b"chat",
    b"password",
    b"credential",
    b"base64",
    b"encoded",
    b"insert",
    b"summary",
    b"data",
    b"userdata",
    b"context",
    b"stolen",
    b"exfil",
    b"private",
    b"confidential",
    b"everything",
    b"instruction",
    b"memory",
    b"transcript",
    b"env",
    b"cookie",
    b"leak",
    b"leaked",
];

/// Query parameters that hold a signature or a click id on honest links.
const SIGNATURES: &[&[u8]] = &[
    b"fbclid",
    b"gclid",
    b"msclkid",
    b"sig",
    b"signature",
    b"hash",
    b"hmac",
    b"policy",
    b"expires",
    b"key-pair-id",
    b"v",
    b"ixid",
];
