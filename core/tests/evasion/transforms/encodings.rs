//! Encodings a machine writes and a model reads.

use super::{Named, bytes_joined, carried, ciphers};

pub const ALL: &[Named] = &[
    ("base64", |t| carried(&base64(t.as_bytes(), true, STANDARD))),
    ("base64-bare", |t| base64(t.as_bytes(), true, STANDARD)),
    ("base64-twice", |t| carried(&base64(base64(t.as_bytes(), true, STANDARD).as_bytes(), true, STANDARD))),
    // The prefix makes both letters of the URL alphabet appear.
    ("base64-url-no-padding", |t| carried(&base64(format!(">>>???{t}").as_bytes(), false, URL_SAFE))),
    ("base64-wrapped-lines", base64_wrapped),
    ("base64-data-url", |t| carried(&format!("data:text/plain;base64,{}", base64(t.as_bytes(), true, STANDARD)))),
    ("base32", |t| carried(&base32(t.as_bytes()))),
    ("ascii85", |t| carried(&format!("<~{}~>", ascii85(t.as_bytes())))),
    ("hex", |t| carried(&hex(t, ""))),
    ("hex-spaced", |t| carried(&hex(t, " "))),
    ("hex-upper-colons", |t| carried(&hex(t, ":").to_uppercase())),
    ("hex-backslash-x", |t| carried(&bytes_joined(t, "", |b| format!("\\x{b:02x}")))),
    ("hex-0x-list", |t| carried(&bytes_joined(t, ", ", |b| format!("0x{b:02x}")))),
    ("binary", |t| carried(&bytes_joined(t, " ", |b| format!("{b:08b}")))),
    ("binary-run", |t| carried(&bytes_joined(t, "", |b| format!("{b:08b}")))),
    ("octal", |t| carried(&bytes_joined(t, " ", |b| format!("{b:03o}")))),
    ("octal-backslash", |t| carried(&bytes_joined(t, "", |b| format!("\\{b:03o}")))),
    ("decimal", |t| carried(&bytes_joined(t, " ", |b| format!("{b}")))),
    ("decimal-list", |t| carried(&format!("[{}]", bytes_joined(t, ", ", |b| format!("{b}"))))),
    ("percent", |t| carried(&percent(t))),
    ("percent-twice", |t| carried(&percent(t).replace('%', "%25"))),
    ("unicode-escapes", |t| carried(&utf16(t, "\\u"))),
    ("unicode-escapes-braced", |t| carried(&t.chars().map(|c| format!("\\u{{{:x}}}", c as u32)).collect::<String>())),
    ("unicode-percent-u", |t| carried(&utf16(t, "%u"))),
    ("entities-decimal", |t| carried(&t.chars().map(|c| format!("&#{};", c as u32)).collect::<String>())),
    ("entities-hex", |t| carried(&t.chars().map(|c| format!("&#x{:X};", c as u32)).collect::<String>())),
    ("quoted-printable", |t| carried(&quoted_printable(t))),
    ("uuencode", |t| carried(&format!("\nbegin 644 note.txt\n{}`\nend\n", uuencode(t.as_bytes())))),
    ("base64-of-rot13", |t| carried(&base64(ciphers::rotate(t, 13).as_bytes(), true, STANDARD))),
    ("base64-of-hex", |t| carried(&base64(hex(t, "").as_bytes(), true, STANDARD))),
    ("hex-of-base64", |t| carried(&hex(&base64(t.as_bytes(), true, STANDARD), ""))),
    ("hex-of-reversed", |t| carried(&hex(&t.chars().rev().collect::<String>(), ""))),
    ("base64-of-percent", |t| carried(&base64(percent(t).as_bytes(), true, STANDARD))),
    ("base64-reversed", |t| carried(&base64(t.as_bytes(), true, STANDARD).chars().rev().collect::<String>())),
];

fn base64(bytes: &[u8], pad: bool, alphabet: &[u8; 64]) -> String {
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let mut three = [0; 3];
        three[..group.len()].copy_from_slice(group);
        let n = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
        for i in 0..4 {
            if i <= group.len() {
                out.push(char::from(alphabet[(n >> (18 - 6 * i) & 63) as usize]));
            } else if pad {
                out.push('=');
            }
        }
    }
    out
}

fn base64_wrapped(text: &str) -> String {
    let line = base64(text.as_bytes(), true, STANDARD);
    let lines: Vec<_> = line.as_bytes().chunks(32).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
    carried(&format!("\n{}\n", lines.join("\n")))
}

fn base32(bytes: &[u8]) -> String {
    let mut out = String::new();
    for group in bytes.chunks(5) {
        let mut five = [0; 8];
        five[3..3 + group.len()].copy_from_slice(group);
        let n = u64::from_be_bytes(five);
        let letters = (group.len() * 8).div_ceil(5);
        for i in 0..8 {
            out.push(if i < letters { char::from(BASE32[(n >> (35 - 5 * i) & 31) as usize]) } else { '=' });
        }
    }
    out
}

fn ascii85(bytes: &[u8]) -> String {
    let mut out = String::new();
    for group in bytes.chunks(4) {
        let mut four = [0; 4];
        four[..group.len()].copy_from_slice(group);
        let mut n = u32::from_be_bytes(four);
        if n == 0 && group.len() == 4 {
            out.push('z');
            continue;
        }
        let mut digits = [0; 5];
        for digit in digits.iter_mut().rev() {
            *digit = (n % 85) as u8 + b'!';
            n /= 85;
        }
        out.extend(digits.iter().take(group.len() + 1).map(|d| char::from(*d)));
    }
    out
}

fn hex(text: &str, separator: &str) -> String {
    bytes_joined(text, separator, |b| format!("{b:02x}"))
}

fn percent(text: &str) -> String {
    bytes_joined(text, "", |b| format!("%{b:02X}"))
}

fn utf16(text: &str, prefix: &str) -> String {
    text.encode_utf16().map(|u| format!("{prefix}{u:04x}")).collect()
}

fn quoted_printable(text: &str) -> String {
    let units: Vec<_> = text.bytes().map(|b| format!("={b:02X}")).collect();
    units.chunks(24).map(|line| line.concat()).collect::<Vec<_>>().join("=\r\n")
}

fn uuencode(bytes: &[u8]) -> String {
    let letter = |n: u32| if n == 0 { '`' } else { char::from(n as u8 + 32) };
    let mut out = String::new();
    for line in bytes.chunks(45) {
        out.push(letter(line.len() as u32));
        for group in line.chunks(3) {
            let mut three = [0; 3];
            three[..group.len()].copy_from_slice(group);
            let n = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
            out.extend((0..4).map(|i| letter(n >> (18 - 6 * i) & 63)));
        }
        out.push('\n');
    }
    out
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

#[test]
fn encodings_agree_with_their_specifications() {
    assert_eq!(["f", "fo", "foobar"].map(|t| base64(t.as_bytes(), true, STANDARD)), ["Zg==", "Zm8=", "Zm9vYmFy"]);
    assert_eq!(base64(&[0xFB, 0xFF], false, URL_SAFE), "-_8");
    assert_eq!(["f", "foob", "fooba"].map(|t| base32(t.as_bytes())), ["MY======", "MZXW6YQ=", "MZXW6YTB"]);
    assert_eq!(ascii85(b"Man sure."), "9jqo^F*2M7/c");
    assert_eq!(uuencode(b"Cat"), "#0V%T\n");
    assert_eq!(quoted_printable("a="), "=61=3D");
    assert_eq!(utf16("é", "\\u"), "\\u00e9");
    assert_eq!(percent("a b"), "%61%20%62");
}
