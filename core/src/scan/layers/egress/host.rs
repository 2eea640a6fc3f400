//! Whom an address reaches: private networks, metadata services, machines that only collect.

use super::super::{byte_at, byte_before};
use super::Hits;
use super::url::Url;

/// Whether `host` is `domain` or a name below it; both in lower case.
pub(super) fn is_or_below(host: &[u8], domain: &[u8]) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with(b".")) && !domain.is_empty()
}

/// Reports what the host and scheme of `url` say.
pub(super) fn judge(url: &Url<'_>, hits: &mut Hits<'_, '_>) {
    let host = url.host_lower();
    let id = if url.has_scheme(b"file") {
        Some("ssrf-file-url")
    } else if [&b"gopher"[..], b"dict", b"jar", b"netdoc", b"phar", b"expect"].iter().any(|s| url.has_scheme(s)) {
        Some("ssrf-scheme")
    } else {
        reached(host)
    };
    if let Some(id) = id {
        hits.push(id, url.start, url.end);
    }
    if COLLECTORS.iter().any(|c| is_or_below(host, c)) {
        hits.push("exfil-collector-host", url.start, url.end);
    }
    let web = url.has_scheme(b"http") || url.has_scheme(b"https");
    if web && url.userinfo {
        hits.push("url-userinfo", url.start, url.end);
    }
    if host.split(|b| *b == b'.').any(|label| label.starts_with(b"xn--")) {
        hits.push("punycode-host", url.start, url.end);
    }
    if mixes_scripts(url.host) {
        hits.push("mixed-script-host", url.start, url.end);
    }
}

/// The rule for a host that stands for something inside.
fn reached(host: &[u8]) -> Option<&'static str> {
    if METADATA.contains(&host) {
        return Some("ssrf-metadata");
    }
    if host == b"localhost" || host == b"localhost.localdomain" || is_or_below(host, b"localhost") {
        return Some("ssrf-loopback");
    }
    if REBINDING.iter().any(|d| is_or_below(host, d)) {
        return Some("ssrf-rebinding-host");
    }
    if is_or_below(host, b"internal") || is_or_below(host, b"svc.cluster.local") || host == b"kubernetes.default.svc" {
        return Some("ssrf-private-net");
    }
    if host.contains(&b':') {
        return v6(host);
    }
    let (address, plain) = v4(host)?;
    if !plain {
        return Some("ssrf-obfuscated-ip");
    }
    let [a, b, c, d] = address.to_be_bytes();
    match (a, b) {
        (169, 254) if (c, d) == (169, 254) || (c, d) == (170, 2) => Some("ssrf-metadata"),
        (127 | 0, _) => Some("ssrf-loopback"),
        (10, _) | (192, 168) | (172, 16..=31) | (169, 254) | (100, 64..=127) => Some("ssrf-private-net"),
        _ => None,
    }
}

fn v6(host: &[u8]) -> Option<&'static str> {
    if host == b"::1" || host == b"0:0:0:0:0:0:0:1" || host == b"::" {
        return Some("ssrf-loopback");
    }
    if host.starts_with(b"::ffff:") || host.starts_with(b"0:0:0:0:0:ffff:") || host.starts_with(b"64:ff9b:") {
        return Some("ssrf-obfuscated-ip");
    }
    let first = host.get(..4)?;
    let private = first.starts_with(b"fc") || first.starts_with(b"fd") || first.starts_with(b"fe8");
    (private || first.starts_with(b"fe9") || first.starts_with(b"fea") || first.starts_with(b"feb"))
        .then_some("ssrf-private-net")
}

/// The address `host` spells the way the C library reads it, and whether it is written plainly.
fn v4(host: &[u8]) -> Option<(u32, bool)> {
    let mut parts = [0u64; 4];
    let mut count = 0;
    let mut plain = true;
    for part in host.split(|b| *b == b'.') {
        let (radix, digits): (u64, &[u8]) = match part {
            [b'0', b'x', rest @ ..] => (16, rest),
            [b'0', rest @ ..] if !rest.is_empty() => (8, rest),
            _ => (10, part),
        };
        plain &= radix == 10;
        if digits.is_empty() || digits.len() > 12 {
            return None;
        }
        let mut value = 0u64;
        for b in digits {
            value = value * radix + u64::from((*b as char).to_digit(radix as u32)?);
        }
        *parts.get_mut(count)? = value;
        count += 1;
    }
    plain &= count == 4;
    let (last, head) = parts.get(..count)?.split_last()?;
    if head.iter().any(|p| *p > 255) {
        return None;
    }
    let high = head.iter().zip([24u32, 16, 8]).fold(0u64, |n, (p, shift)| n | p << shift);
    let room = 1u64 << (8 * (5 - count as u64)).min(32);
    // A small decimal number alone is a host of somebody's network, not an address.
    let small = count == 1 && host.first() != Some(&b'0') && *last < 1 << 24;
    (*last < room && !small).then(|| ((high | last) as u32, plain))
}

/// A metadata address without a scheme, found at its first dot.
pub(super) fn bare_metadata(bytes: &[u8], i: usize, hits: &mut Hits<'_, '_>) {
    for (head, tail) in [
        (&b"169"[..], &b".254.169.254"[..]),
        (b"169", b".254.170.2"),
        (b"100", b".100.100.200"),
        (b"metadata", b".google.internal"),
    ] {
        let Some(start) = i.checked_sub(head.len()) else { continue };
        let end = i + tail.len();
        let whole = bytes.get(start..i).is_some_and(|b| b.eq_ignore_ascii_case(head))
            && bytes.get(i..end).is_some_and(|b| b.eq_ignore_ascii_case(tail));
        let before = byte_before(bytes, start);
        let after = byte_at(bytes, end);
        if whole && !before.is_ascii_alphanumeric() && before != b'.' && !after.is_ascii_alphanumeric() {
            hits.push("ssrf-metadata", start, end);
        }
    }
}

/// The IPv6 metadata address without a scheme, found at its first colon.
pub(super) fn bare_metadata_v6(bytes: &[u8], i: usize, hits: &mut Hits<'_, '_>) {
    let rest = bytes.get(i..).unwrap_or_default();
    if let Some(start) = i.checked_sub(4)
        && rest.get(..10).is_some_and(|b| b.eq_ignore_ascii_case(b":ec2::254]") || b.starts_with(b":ec2::254"))
        && bytes.get(start..i).is_some_and(|b| b.eq_ignore_ascii_case(b"fd00"))
    {
        hits.push("ssrf-metadata", start, i + 9);
    }
}

/// Whether one label mixes Latin letters with Cyrillic or Greek ones.
fn mixes_scripts(host: &[u8]) -> bool {
    if host.is_ascii() {
        return false;
    }
    let Ok(host) = core::str::from_utf8(host) else { return false };
    host.split('.').any(|label| {
        let latin = label.chars().any(|c| c.is_ascii_alphabetic());
        latin
            && label
                .chars()
                .any(|c| matches!(c, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{52f}' | '\u{1f00}'..='\u{1fff}'))
    })
}

const METADATA: &[&[u8]] = &[
    b"169.254.169.254",
    b"169.254.170.2",
    b"100.100.100.200",
    b"192.0.0.192",
    b"fd00:ec2::254",
    b"fd00:ec2:0:0:0:0:0:254",
    b"metadata",
    b"metadata.google.internal",
    b"metadata.goog",
    b"instance-data",
    b"instance-data.ec2.internal",
    b"metadata.packet.net",
    b"metadata.platformequinix.com",
    b"metadata.tencentyun.com",
];

/// Public names that answer with private addresses, or with changing ones.
const REBINDING: &[&[u8]] = &[
    b"nip.io",
    b"sslip.io",
    b"xip.io",
    b"localtest.me",
    b"lvh.me",
    b"vcap.me",
    b"lacolhost.com",
    b"rbndr.us",
    b"1u.ms",
    b"rebind.network",
    b"spoofed.burpcollaborator.net",
];

/// Hosts whose only purpose is to show a stranger what was sent to them, and tunnels to a stranger's machine.
const COLLECTORS: &[&[u8]] = &[
    b"webhook.site",
    b"requestbin.com",
    b"requestbin.net",
    b"requestbin.io",
    b"requestcatcher.com",
    b"requestinspector.com",
    b"request.dog",
    b"burpcollaborator.net",
    b"oastify.com",
    b"oast.pro",
    b"oast.live",
    b"oast.site",
    b"oast.online",
    b"oast.fun",
    b"oast.me",
    b"interact.sh",
    b"interactsh.com",
    b"pipedream.net",
    b"hookbin.com",
    b"beeceptor.com",
    b"mockbin.org",
    b"postb.in",
    b"ptsv2.com",
    b"ptsv3.com",
    b"dnslog.cn",
    b"ceye.io",
    b"pingb.in",
    b"bxss.me",
    b"xss.report",
    b"canarytokens.com",
    b"ngrok.io",
    b"ngrok.app",
    b"ngrok.dev",
    b"ngrok-free.app",
    b"ngrok-free.dev",
    b"serveo.net",
    b"trycloudflare.com",
    b"loca.lt",
    b"localhost.run",
];
