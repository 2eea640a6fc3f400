//! Compares http URIs after the normalisation of RFC 3986 section 6.2.2 and 6.2.3, as RFC 9449 section 4.3 asks for.

use alloc::string::String;
use alloc::vec::Vec;

/// The one spelling of an absolute `http` or `https` URI, without query and fragment: scheme and host in small letters, no
/// default port, escapes only where they must be and in capitals, no dot segments, a path that is never empty.
///
/// `None` for anything else, and for a URI with user information, which HTTP forbids (RFC 9110 section 4.2.4).
pub(super) fn normalised(uri: &str) -> Option<String> {
    let end = uri.find(['?', '#']).unwrap_or(uri.len());
    let (scheme, rest) = uri.get(..end)?.split_once("://")?;
    let default_port = match scheme {
        _ if scheme.eq_ignore_ascii_case("https") => 443,
        _ if scheme.eq_ignore_ascii_case("http") => 80,
        _ => return None,
    };
    let (authority, path) = rest.split_at_checked(rest.find('/').unwrap_or(rest.len()))?;
    let (host, port) = split_port(authority)?;
    let mut out = String::with_capacity(uri.len());
    out.push_str(if default_port == 443 { "https://" } else { "http://" });
    out.push_str(&normalised_host(host)?);
    if let Some(port) = port.filter(|port| *port != default_port) {
        let _ = core::fmt::Write::write_fmt(&mut out, format_args!(":{port}"));
    }
    without_dot_segments(&normalised_escapes(path, is_path_byte)?, &mut out);
    Some(out)
}

/// Host and port; the port may be empty, and is a number below 2^16.
fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    // The colons of an IPv6 address stand in brackets.
    let after_brackets = authority.rfind(']').map_or(0, |at| at + 1);
    let colon = authority.get(after_brackets..)?.find(':').map(|at| after_brackets + at);
    let Some(colon) = colon else { return Some((authority, None)) };
    let (host, port) = (authority.get(..colon)?, authority.get(colon + 1..)?);
    if port.is_empty() {
        return Some((host, None));
    }
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    Some((host, Some(port.parse().ok().filter(|_| is_number)?)))
}

fn normalised_host(host: &str) -> Option<String> {
    if host.is_empty() {
        return None;
    }
    if let Some(address) = host.strip_prefix('[') {
        let address = address.strip_suffix(']')?;
        let is_address = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
        return (!address.is_empty() && address.bytes().all(is_address)).then(|| host.to_ascii_lowercase());
    }
    let may_stand = |byte| is_unreserved(byte) || is_sub_delimiter(byte);
    if !host.bytes().all(|byte| may_stand(byte) || byte == b'%' || !byte.is_ascii()) {
        return None;
    }
    // Letters may also come out of escapes.
    normalised_escapes(host, may_stand).map(|host| lower_case(&host))
}

/// Small letters, except in escapes, which stay in capitals.
fn lower_case(host: &str) -> String {
    let mut digits = 0usize;
    let lower = |c: char| {
        let in_escape = digits > 0;
        digits = if c == '%' { 2 } else { digits.saturating_sub(1) };
        if in_escape { c } else { c.to_ascii_lowercase() }
    };
    host.chars().map(lower).collect()
}

/// Undoes escapes of letters, digits and `-._~`, writes the others in capitals, and escapes what may not stand as it is but
/// what hosts let through: they differ in this alone. `None` for control characters, spaces, quotation marks, angle brackets,
/// backslashes and escapes that are none.
fn normalised_escapes(text: &str, may_stand: fn(u8) -> bool) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let (byte, escaped) = match byte {
            b'%' => (hex(bytes.next()?)? << 4 | hex(bytes.next()?)?, true),
            byte => (byte, false),
        };
        match byte {
            _ if is_unreserved(byte) || !escaped && may_stand(byte) => out.push(char::from(byte)),
            0..=b' ' | 0x7F | b'"' | b'<' | b'>' | b'\\' if !escaped => return None,
            _ => {
                let _ = core::fmt::Write::write_fmt(&mut out, format_args!("%{byte:02X}"));
            }
        }
    }
    Some(out)
}

/// RFC 3986 section 5.2.4, for a path that is empty or starts with a slash.
fn without_dot_segments(path: &str, out: &mut String) {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            _ => {
                kept.push(segment);
                continue;
            }
        }
        if is_last {
            kept.push("");
        }
    }
    if kept.is_empty() {
        out.push('/');
    }
    for segment in kept {
        out.push('/');
        out.push_str(segment);
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

fn is_path_byte(byte: u8) -> bool {
    is_unreserved(byte) || is_sub_delimiter(byte) || matches!(byte, b':' | b'@' | b'/')
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn is_sub_delimiter(byte: u8) -> bool {
    matches!(byte, b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_uri_become_one() {
        for (uri, expected) in [
            ("https://server.example.com/token", "https://server.example.com/token"),
            ("HTTPS://Server.Example.COM:443/token?a=b#c", "https://server.example.com/token"),
            ("http://example.com:80", "http://example.com/"),
            ("http://example.com:", "http://example.com/"),
            ("http://example.com?x=/y", "http://example.com/"),
            ("http://example.com#/y", "http://example.com/"),
            ("https://example.com:80/", "https://example.com:80/"),
            ("https://example.com:08443/a", "https://example.com:8443/a"),
            ("https://example.com/%7euser/%2fx%c3%a9", "https://example.com/~user/%2Fx%C3%A9"),
            ("https://example.com/\u{e9}", "https://example.com/%C3%A9"),
            ("https://example.com/a|b^c", "https://example.com/a%7Cb%5Ec"),
            ("https://example.com/a/./b/../c", "https://example.com/a/c"),
            ("https://example.com/a/%2E%2e/c", "https://example.com/c"),
            ("https://example.com/../../c", "https://example.com/c"),
            ("https://example.com/a/..", "https://example.com/"),
            ("https://example.com/a/b/.", "https://example.com/a/b/"),
            ("https://example.com//a//", "https://example.com//a//"),
            ("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"),
            ("https://[2001:db8::1]:8443/a", "https://[2001:db8::1]:8443/a"),
            ("https://ex%41mple.com/", "https://example.com/"),
            ("https://%c3%A9.example/A", "https://%C3%A9.example/A"),
            ("https://%c3%af.EXAMPLE/A", "https://%C3%AF.example/A"),
            ("https://\u{e9}.example/", "https://%C3%A9.example/"),
        ] {
            assert_eq!(normalised(uri).as_deref(), Some(expected), "{uri}");
            assert_eq!(normalised(expected).as_deref(), Some(expected), "stays as it is");
        }
    }

    #[test]
    fn different_places_stay_different() {
        let other = ["/Token", "/token/", "//token", "/token%2F", "/tok%65n%20", "/a/token", "/token;x", "/t%C3%B6ken"];
        let here = normalised("https://example.com/token");
        assert!(other.iter().all(|path| normalised(&alloc::format!("https://example.com{path}")) != here));
        for uri in ["http://example.com/token", "https://example.com:8443/token", "https://example.com./token"] {
            assert_ne!(normalised(uri), here, "{uri}");
        }
    }

    #[test]
    fn what_is_no_http_uri_matches_nothing() {
        for uri in [
            "",
            "/token",
            "//example.com/token",
            "example.com/token",
            "ftp://example.com/",
            "https:/example.com/",
            "https:///token",
            "https://:443/",
            "https://user@example.com/",
            "https://example.com@evil.example/",
            "https://example.com:65536/",
            "https://example.com:+443/",
            "https://example.com:4 43/",
            "https://example.com:443:443/",
            "https://exa mple.com/",
            "https://example.com\\@evil.example/",
            "https://example.com/a b",
            "https://example.com/a\r\nb",
            "https://example.com/%",
            "https://example.com/%4",
            "https://example.com/%zz",
            "https://example.com/\"",
            "https://[::1/",
            "https://[]/",
            "https://[::1]x/",
        ] {
            assert_eq!(normalised(uri), None, "{uri}");
        }
    }
}
