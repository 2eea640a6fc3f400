//! E-mail addresses and telephone numbers.

use super::{Hit, Span, byte_at, byte_before};
use crate::text::chars::{is_invisible, is_pictograph, is_word_char};

/// The address around the `@` at `at`; nothing before `done` belongs to it.
pub(super) fn email(text: &str, at: usize, done: usize) -> Hit {
    let bytes = text.as_bytes();
    let mut start = at;
    while start > done && at - start <= LONGEST_LOCAL {
        let Some(c) = text.get(..start).and_then(|t| t.chars().next_back()).filter(|c| is_local(*c)) else { break };
        start -= c.len_utf8();
    }
    while start < at && matches!(byte_at(bytes, start), b'.' | b'-' | b'\'' | b'+') {
        start += 1;
    }
    let local = bytes.get(start..at)?;
    if local.is_empty() || local.len() > LONGEST_LOCAL || local.ends_with(b".") {
        return None;
    }
    let mut end = at + 1;
    // Where the last label that may be a top-level domain ends.
    let mut accepted = None;
    let mut label = end;
    let mut labels = 0;
    loop {
        let b = byte_at(bytes, end);
        let letter = if b < 0x80 { None } else { text.get(end..).and_then(|t| t.chars().next()) };
        if b.is_ascii_alphanumeric() || b == b'-' || letter.is_some_and(is_foreign) {
            end += letter.map_or(1, char::len_utf8);
            if end - at > LONGEST_DOMAIN {
                return None;
            }
            continue;
        }
        let text = bytes.get(label..end)?;
        if text.is_empty() || text.starts_with(b"-") || text.len() > 63 {
            break;
        }
        labels += 1;
        if labels > 1 && (2..=24).contains(&text.len()) && text.iter().all(|b| b.is_ascii_alphabetic() || *b >= 0x80) {
            accepted = Some(end);
        } else if b != b'.' {
            accepted = None;
        }
        if b != b'.' {
            break;
        }
        end += 1;
        label = end;
    }
    let end = accepted?;
    let before = byte_before(bytes, start);
    // `//user:password@host` and `git@host:path` are remote addresses of programs; `icon@2x.png` is a file.
    let remote =
        matches!(before, b':' | b'/') && bytes.get(start.saturating_sub(40)..start)?.windows(3).any(|w| w == b"://");
    let ssh = byte_at(bytes, end) == b':' && byte_at(bytes, end + 1).is_ascii_alphanumeric() && local == b"git";
    let scaled = matches!(bytes.get(at + 1..at + 4)?, [b'1'..=b'4', b'x', b'.']);
    (!remote && !ssh && !scaled).then(|| ("email-address", Span::new(start, end)))
}

fn is_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-' | '\'') || is_foreign(c)
}

/// Whether an address may have the sign `c`, which is not ASCII: letters, and pictographs with what joins them. U+FFFD,
/// arrows and bullets stand beside an address.
fn is_foreign(c: char) -> bool {
    !c.is_ascii() && (is_word_char(c) || is_pictograph(c) || is_invisible(c))
}

/// The number after the `+` before `start`.
pub(super) fn international(bytes: &[u8], start: usize) -> Hit {
    let plus = start.checked_sub(1)?;
    let phone = Phone::read(bytes, start)?;
    let code = (1..=3).find(|len| {
        phone.digits.get(..*len).is_some_and(|d| {
            let code = d.iter().fold(0u16, |n, d| n * 10 + u16::from(*d));
            COUNTRY_CODES.binary_search(&code).is_ok()
        })
    })?;
    // Digits past the end of a short number read as zeros and may complete a country code.
    let national = phone.len.checked_sub(code)?;
    let plausible = match phone.digits.first() {
        Some(1) => national == 10 && phone.digits.get(1).is_some_and(|d| *d >= 2),
        _ => (6..=13).contains(&national) && (8..=15).contains(&phone.len),
    };
    plausible.then(|| ("phone-number", Span::new(plus, phone.end)))
}

/// A number without country code; the caller has seen a word that announces it.
pub(super) fn national(bytes: &[u8], start: usize) -> Hit {
    if continues_number(bytes, start) {
        return None;
    }
    let phone = Phone::read(bytes, start)?;
    let from = if byte_before(bytes, start) == b'(' { start - 1 } else { start };
    let grouped = phone.end - start > phone.len;
    // Seven to twelve digits; a short run in one piece is as likely a price or a year.
    let plausible = (7..=14).contains(&phone.len) && (phone.len >= 9 || grouped || phone.digits.first() == Some(&0));
    // A decimal number, and bits.
    let number = bytes.get(start..phone.end)?;
    let decimal = number.iter().filter(|b| !b.is_ascii_digit()).eq([&b'.']);
    let bits = number.iter().all(|b| matches!(b, b'0' | b'1' | b' ' | b'-' | b'.'));
    (plausible && !phone.looks_dated && !decimal && !bits).then(|| ("phone-number", Span::new(from, phone.end)))
}

/// Whether a short group of digits stands right before `start`: the number began earlier.
fn continues_number(bytes: &[u8], start: usize) -> bool {
    let before = bytes.get(..start).unwrap_or(&[]);
    let gap = before.iter().rev().take(1).take_while(|b| matches!(b, b' ' | b'-' | b'.' | b'/')).count();
    let digits = before.iter().rev().skip(gap).take(GROUP_MAX + 1).take_while(|b| b.is_ascii_digit()).count();
    gap > 0 && (1..=GROUP_MAX).contains(&digits)
}

struct Phone {
    digits: [u8; 15],
    len: usize,
    end: usize,
    looks_dated: bool,
}

impl Phone {
    /// Digits from `start` with the punctuation of telephone numbers between them; `None` past fifteen digits.
    fn read(bytes: &[u8], start: usize) -> Option<Self> {
        let mut phone = Self { digits: [0; 15], len: 0, end: start, looks_dated: false };
        let mut at = start;
        let mut gap = 0;
        while at - start < 32 {
            let b = byte_at(bytes, at);
            if b.is_ascii_digit() {
                *phone.digits.get_mut(phone.len)? = b - b'0';
                phone.len += 1;
                at += 1;
                phone.end = at;
                gap = 0;
            } else if matches!(b, b' ' | b'-' | b'.' | b'/' | b'(' | b')') && gap < 2 {
                gap += 1;
                at += 1;
            } else {
                break;
            }
        }
        let after = byte_at(bytes, phone.end);
        if after.is_ascii_alphanumeric() || matches!(after, b'_' | b'@' | b'%') {
            return None;
        }
        if after == b':' && byte_at(bytes, phone.end + 1).is_ascii_digit() {
            return None;
        }
        phone.looks_dated = matches!(bytes.get(start..start + 5), Some([b'1' | b'2', _, _, _, b'-' | b'/']));
        Some(phone)
    }
}

const LONGEST_LOCAL: usize = 64;
/// Digits of a group inside a number; more are a number of their own.
const GROUP_MAX: usize = 6;
const LONGEST_DOMAIN: usize = 253;

/// Country calling codes in use (ITU-T E.164), sorted.
const COUNTRY_CODES: &[u16] = &[
    1, 7, 20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60,
    61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98, 211, 212, 213, 216, 218, 220, 221, 222, 223,
    224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239, 240, 241, 242, 243, 244, 245, 246,
    248, 249, 250, 251, 252, 253, 254, 255, 256, 257, 258, 260, 261, 262, 263, 264, 265, 266, 267, 268, 269, 290, 291,
    297, 298, 299, 350, 351, 352, 353, 354, 355, 356, 357, 358, 359, 370, 371, 372, 373, 374, 375, 376, 377, 378, 380,
    381, 382, 383, 385, 386, 387, 389, 420, 421, 423, 500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 590, 591, 592,
    593, 594, 595, 596, 597, 598, 599, 670, 672, 673, 674, 675, 676, 677, 678, 679, 680, 681, 682, 683, 685, 686, 687,
    688, 689, 690, 691, 692, 850, 852, 853, 855, 856, 880, 886, 960, 961, 962, 963, 964, 965, 966, 967, 968, 970, 971,
    972, 973, 974, 975, 976, 977, 992, 993, 994, 995, 996, 998,
];
