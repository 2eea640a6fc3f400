//! Identifiers that mix letters and digits, and addresses of networks and wallets.

use super::checksum::{bech32_bc, mod_97};
use super::context::{self as kind, Context};
use super::national::{nino_letters, spanish_letter};
use super::{Hit, Span, byte_at, byte_before};

/// A word of letters and digits, upper-cased, without its separators.
struct Compact {
    chars: [u8; 34],
    len: usize,
    end: usize,
}

impl Compact {
    /// The first `len` letters and digits from `start`, single spaces and dashes skipped, if the word ends there.
    fn read(bytes: &[u8], start: usize, len: usize) -> Option<Self> {
        let mut compact = Self { chars: [0; 34], len: 0, end: start };
        let mut at = start;
        while compact.len < len {
            let mut b = byte_at(bytes, at);
            if matches!(b, b' ' | b'-' | b'.') && compact.len > 0 {
                at += 1;
                b = byte_at(bytes, at);
            }
            if !b.is_ascii_alphanumeric() {
                return None;
            }
            *compact.chars.get_mut(compact.len)? = b.to_ascii_uppercase();
            compact.len += 1;
            at += 1;
        }
        compact.end = at;
        (!byte_at(bytes, at).is_ascii_alphanumeric()).then_some(compact)
    }

    fn as_slice(&self) -> &[u8] {
        self.chars.get(..self.len).unwrap_or_default()
    }
}

/// What the word at `start..end`, which holds a letter and a digit, is.
pub(super) fn mixed(bytes: &[u8], start: usize, end: usize) -> Hit {
    let word = bytes.get(start..end)?;
    let span = Span::new(start, end);
    if let Some(hit) = iban(bytes, start) {
        return Some(hit);
    }
    match byte_before(bytes, start) {
        b'/' | b'\\' | b'=' | b'&' | b'#' => {
            return wallet(word).map(|id| (id, span));
        }
        // The middle of a UUID, a slug or a file name.
        b'-' | b'.' if start.checked_sub(1).is_some_and(|i| byte_before(bytes, i).is_ascii_alphanumeric()) => {
            return None;
        }
        _ => {}
    }
    if matches!(byte_at(bytes, end), b'@' | b'_') {
        return None;
    }
    if let Some(id) = wallet(word) {
        return Some((id, span));
    }
    let letters_ahead = word.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    if let Some(hit) = spaced(bytes, start, end, letters_ahead) {
        return Some(hit);
    }
    if byte_at(bytes, end) == b'-' && byte_at(bytes, end + 1).is_ascii_alphanumeric() {
        return None;
    }
    let upper = Compact::read(bytes, start, word.len().min(34)).filter(|c| c.end == end)?;
    let id = by_shape(upper.as_slice(), || Context::before(bytes, start))?;
    Some((id, span))
}

/// Identifiers whose written form goes beyond the word.
fn spaced(bytes: &[u8], start: usize, end: usize, letters_ahead: usize) -> Hit {
    // HKID with its check digit in brackets.
    if matches!(letters_ahead, 1 | 2) && end - start == letters_ahead + 6 && byte_at(bytes, end) == b'(' {
        let mut chars = [0; 9];
        let body = bytes.get(start..end)?;
        for (to, from) in chars.iter_mut().zip(body.iter().chain(bytes.get(end + 1..end + 2)?)) {
            *to = from.to_ascii_uppercase();
        }
        if byte_at(bytes, end + 2) == b')' && hong_kong(chars.get(..=body.len())?) {
            return Some(("hk-hkid", Span::new(start, end + 3)));
        }
    }
    if letters_ahead == 1 && matches!(end - start, 8 | 9) { foreigner(bytes, start) } else { None }
}

/// A Spanish foreigner number: `X1234567L`, with or without dashes.
pub(super) fn foreigner(bytes: &[u8], start: usize) -> Hit {
    let nie = Compact::read(bytes, start, 9)?;
    is_nie(nie.as_slice()).then(|| ("es-nie", Span::new(start, nie.end)))
}

fn by_shape(word: &[u8], context: impl Fn() -> Context) -> Option<&'static str> {
    let named = |kinds| context().names(kinds);
    let shape = shape(word);
    let id = match (word.len(), shape.get(..word.len())?) {
        (9, b"LLDDDDDDL") => {
            let [a, b, .., c] = word else { return None };
            nino_letters(*a, *b, *c).then_some("gb-nino")
        }
        (16, _) => italian(word).then_some("it-codice-fiscale"),
        (18, _) => curp(word).then_some("mx-curp"),
        (12 | 13, _) if named(kind::RFC) && is_rfc(word) => Some("mx-rfc"),
        (10, b"LLLLLDDDDL") => {
            let holder = word.get(3).is_some_and(|b| b"ABCFGHLJPT".contains(b));
            (holder && named(kind::PAN)).then_some("in-pan")
        }
        (10, b"LDDDDDDDDD") => (taiwanese(word) && named(kind::TW)).then_some("tw-id"),
        (9, b"LDDDDDDDL") => singaporean(word).then_some("sg-nric"),
        (8, b"LDDDDDDD" | b"LDDDDDDL") | (9, b"LLDDDDDDD") if named(kind::HK) && hong_kong(word) => Some("hk-hkid"),
        (11, b"DDDDDDLDDDD" | b"DDDDDDLDDDL") => hetu(word).then_some("fi-hetu"),
        _ => None,
    };
    if id.is_some() {
        return id;
    }
    let digits = word.iter().filter(|b| b.is_ascii_digit()).count();
    if (9..=10).contains(&word.len()) && digits >= 3 && named(kind::DE_ID) {
        return Some("de-personalausweis");
    }
    if (7..=10).contains(&word.len()) && digits >= 5 && named(kind::PASSPORT) {
        return Some("passport-number");
    }
    (bank_code(word) && named(kind::BIC)).then_some("swift-bic")
}

/// `L` for each letter, `D` for each digit. Shapes decide only among short words.
fn shape(word: &[u8]) -> [u8; SHAPED_MAX] {
    let mut shape = [0; SHAPED_MAX];
    for (to, from) in shape.iter_mut().zip(word) {
        *to = if from.is_ascii_digit() { b'D' } else { b'L' };
    }
    shape
}

const SHAPED_MAX: usize = 18;

fn value(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|b| b.is_ascii_digit()).fold(0, |n, b| n * 10 + u64::from(b - b'0'))
}

fn iban(bytes: &[u8], start: usize) -> Hit {
    let country = [byte_at(bytes, start).to_ascii_uppercase(), byte_at(bytes, start + 1).to_ascii_uppercase()];
    if !byte_at(bytes, start + 2).is_ascii_digit() || !byte_at(bytes, start + 3).is_ascii_digit() {
        return None;
    }
    let (_, len) = IBAN_LENGTHS.iter().find(|(c, _)| **c == country)?;
    let iban = Compact::read(bytes, start, usize::from(*len))?;
    mod_97(iban.as_slice()).then(|| ("iban", Span::new(start, iban.end)))
}

fn is_nie(word: &[u8]) -> bool {
    let [first, body @ .., letter] = word else {
        return false;
    };
    let prefix = match first {
        b'X' => 0,
        b'Y' => 1,
        b'Z' => 2,
        _ => return false,
    };
    body.len() == 7
        && body.iter().all(u8::is_ascii_digit)
        && spanish_letter(prefix * 10_000_000 + value(body)) == *letter
}

fn italian(word: &[u8]) -> bool {
    // Digits may be replaced by letters to tell namesakes apart.
    let digit_like = |b: &u8| b.is_ascii_digit() || b"LMNPQRSTUV".contains(b);
    let shaped = word.iter().enumerate().all(|(i, b)| match i {
        6 | 7 | 9 | 10 | 12..=14 => digit_like(b),
        8 => b"ABCDEHLMPRST".contains(b),
        _ => b.is_ascii_uppercase(),
    });
    let Some((check, body)) = word.split_last() else {
        return false;
    };
    let sum: u32 = body
        .iter()
        .enumerate()
        .map(|(i, b)| {
            let v = if b.is_ascii_digit() { b - b'0' } else { b.wrapping_sub(b'A') };
            if i % 2 == 1 { u32::from(v) } else { u32::from(ITALIAN_ODD.get(usize::from(v)).copied().unwrap_or(0)) }
        })
        .sum();
    shaped && u32::from(check.wrapping_sub(b'A')) == sum % 26
}

fn curp(word: &[u8]) -> bool {
    let shaped = word.iter().enumerate().all(|(i, b)| match i {
        4..=9 | 17 => b.is_ascii_digit(),
        10 => matches!(b, b'H' | b'M' | b'X'),
        16 => b.is_ascii_alphanumeric(),
        _ => b.is_ascii_uppercase(),
    });
    // The alphabet of the check counts the letter between N and O, so letters from O on are one higher.
    let sum: u32 = word
        .iter()
        .take(17)
        .enumerate()
        .map(|(i, b)| {
            let v = match b {
                b'0'..=b'9' => u32::from(b - b'0'),
                b'A'..=b'N' => u32::from(b - b'A') + 10,
                _ => u32::from(b.saturating_sub(b'A')) + 11,
            };
            v * (18 - i as u32)
        })
        .sum();
    shaped && word.get(17).is_some_and(|b| u32::from(b.wrapping_sub(b'0')) == (10 - sum % 10) % 10)
}

fn is_rfc(word: &[u8]) -> bool {
    let letters = word.len() - 9;
    let shaped = word.iter().enumerate().all(|(i, b)| {
        if i < letters {
            b.is_ascii_uppercase()
        } else if i < letters + 6 {
            b.is_ascii_digit()
        } else {
            true
        }
    });
    let month = word.get(letters + 2..letters + 4).map_or(0, value);
    let day = word.get(letters + 4..letters + 6).map_or(0, value);
    shaped && super::checksum::day_exists(month, day)
}

fn taiwanese(word: &[u8]) -> bool {
    let [letter, body @ ..] = word else {
        return false;
    };
    let Some(code) = b"ABCDEFGHJKLMNPQRSTUVXYWZIO".iter().position(|c| c == letter) else {
        return false;
    };
    let code = code as u32 + 10;
    let sum = code / 10
        + code % 10 * 9
        + body.iter().zip([8u32, 7, 6, 5, 4, 3, 2, 1, 1]).map(|(b, w)| u32::from(b - b'0') * w).sum::<u32>();
    matches!(body.first(), Some(b'1' | b'2' | b'8' | b'9')) && sum.is_multiple_of(10)
}

fn singaporean(word: &[u8]) -> bool {
    let [first, body @ .., check] = word else {
        return false;
    };
    let sum: u32 = body.iter().zip([2u32, 7, 6, 5, 4, 3, 2]).map(|(b, w)| u32::from(b.wrapping_sub(b'0')) * w).sum();
    let (offset, letters): (u32, &[u8; 11]) = match first {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        b'M' => (3, b"XWUTRQPNJLK"),
        _ => return false,
    };
    let at = ((sum + offset) % 11) as usize;
    letters.get(if *first == b'M' { 10 - at } else { at }) == Some(check)
}

fn hong_kong(word: &[u8]) -> bool {
    let Some((check, body)) = word.split_last() else {
        return false;
    };
    let digits = body.iter().filter(|b| b.is_ascii_digit()).count();
    if digits != 6 || !matches!(body.len(), 7 | 8) {
        return false;
    }
    // A missing first letter counts as a space, which has the value 36.
    let lead: u32 = if body.len() == 7 { 36 * 9 } else { 0 };
    let sum = lead
        + body
            .iter()
            .rev()
            .zip(2u32..)
            .map(|(b, w)| w * if b.is_ascii_digit() { u32::from(b - b'0') } else { u32::from(b.saturating_sub(55)) })
            .sum::<u32>();
    let expected = (11 - sum % 11) % 11;
    match check {
        b'A' => expected == 10,
        b'0'..=b'9' => u32::from(check - b'0') == expected,
        _ => false,
    }
}

/// `DDMMYYCNNNZ` with a letter for the century.
fn hetu(word: &[u8]) -> bool {
    let (Some(date), Some(century), Some(serial), Some(check)) =
        (word.get(..6), word.get(6), word.get(7..10), word.get(10))
    else {
        return false;
    };
    let day = date.get(..2).map_or(0, value);
    let month = date.get(2..4).map_or(0, value);
    matches!(century, b'A'..=b'F' | b'U'..=b'Y')
        && super::checksum::day_exists(month, day)
        && b"0123456789ABCDEFHJKLMNPRSTUVWXY".get(((value(date) * 1000 + value(serial)) % 31) as usize) == Some(check)
}

fn bank_code(word: &[u8]) -> bool {
    let letters = word.iter().take(6).all(u8::is_ascii_alphabetic);
    let country = word.get(4..6).is_some_and(|c| IBAN_LENGTHS.iter().any(|(k, _)| *k == c) || OTHER_BANKS.contains(&c));
    matches!(word.len(), 8 | 11) && letters && country
}

/// The bank code after a label whose capital letter stands at `i`: the only identifier that may hold no digit.
pub(super) fn bic_after_label(bytes: &[u8], i: usize) -> Hit {
    let rest = bytes.get(i..bytes.len().min(i + 24))?;
    let label = if rest.starts_with(b"SWIFT") {
        5
    } else if rest.starts_with(b"BIC") {
        3
    } else {
        return None;
    };
    if byte_before(bytes, i).is_ascii_alphanumeric() {
        return None;
    }
    let mut at = i + label;
    // "SWIFT code: ", "SWIFT/BIC: "
    for word in [&b"/BIC"[..], b" code", b" CODE", b" Code"] {
        if bytes.get(at..).is_some_and(|r| r.starts_with(word)) {
            at += word.len();
        }
    }
    while matches!(byte_at(bytes, at), b':' | b' ' | b'=') && at < i + 16 {
        at += 1;
    }
    let mut end = at;
    while byte_at(bytes, end).is_ascii_uppercase() || byte_at(bytes, end).is_ascii_digit() && end - at < 12 {
        end += 1;
        if end - at > 11 {
            return None;
        }
    }
    let word = bytes.get(at..end)?;
    (bank_code(word) && !byte_at(bytes, end).is_ascii_alphanumeric()).then(|| ("swift-bic", Span::new(at, end)))
}

/// Wallet addresses; `word` in its own case.
fn wallet(word: &[u8]) -> Option<&'static str> {
    match word {
        [b'0', b'x' | b'X', hex @ ..] if hex.len() == 40 && hex.iter().all(u8::is_ascii_hexdigit) => {
            let mixed = hex.iter().any(u8::is_ascii_alphabetic) && hex.iter().any(u8::is_ascii_digit);
            mixed.then_some("ethereum-address")
        }
        [b'b' | b'B', b'c' | b'C', b'1', data @ ..] if matches!(data.len(), 39 | 59) => {
            let mut lower = [0; 59];
            for (to, from) in lower.iter_mut().zip(data) {
                *to = from.to_ascii_lowercase();
            }
            bech32_bc(lower.get(..data.len())?).then_some("bitcoin-address")
        }
        [b'1' | b'3', rest @ ..] if (25..=33).contains(&rest.len()) => {
            let base58 = rest.iter().all(|b| b.is_ascii_alphanumeric() && !b"0OIl".contains(b));
            // A hash in hex, or an id in one case, has these lengths too.
            let varied = rest.iter().any(u8::is_ascii_uppercase)
                && rest.iter().any(|b| matches!(b, b'g'..=b'z'))
                && rest.iter().filter(|b| b.is_ascii_digit()).count() >= 2;
            (base58 && varied).then_some("bitcoin-address")
        }
        _ => None,
    }
}

/// Addresses of machines: IPv4, IPv6, MAC. `start..end` is the word around the first digit.
pub(super) fn network(bytes: &[u8], start: usize, end: usize) -> Hit {
    let after = byte_at(bytes, end);
    let hex = end - start <= 4 && bytes.get(start..end)?.iter().all(u8::is_ascii_hexdigit);
    if !hex || !matches!(after, b':' | b'-' | b'.') || byte_before(bytes, start) >= 0x80 {
        return None;
    }
    if after == b'.' {
        return ipv4(bytes, start);
    }
    // The first group may hold no digit, so the address may begin before the word.
    let mut from = start;
    while start - from < 40 && (byte_before(bytes, from).is_ascii_hexdigit() || byte_before(bytes, from) == after) {
        from -= 1;
    }
    if byte_before(bytes, from).is_ascii_alphanumeric() || matches!(byte_before(bytes, from), b':' | b'-' | b'_') {
        return None;
    }
    let mut to = end;
    while to - from < 48 && (byte_at(bytes, to).is_ascii_hexdigit() || byte_at(bytes, to) == after) {
        to += 1;
    }
    if byte_at(bytes, to).is_ascii_alphanumeric() || byte_at(bytes, to) == b'_' {
        return None;
    }
    let mut text = bytes.get(from..to)?;
    if let [head @ .., b':'] = text
        && !head.ends_with(b":")
    {
        text = head;
        to -= 1;
    }
    let groups = || text.split(|b| *b == after);
    if groups().count() == 6 && groups().all(|g| g.len() == 2) {
        let zero = groups().flatten().all(|b| *b == b'0') || groups().flatten().all(|b| matches!(b, b'f' | b'F'));
        return (!zero).then(|| ("mac-address", Span::new(from, to)));
    }
    if after != b':' || from == start && byte_before(bytes, start) == b'.' {
        return None;
    }
    let elided = text.windows(2).filter(|w| *w == b"::").count();
    let full = groups().filter(|g| !g.is_empty()).count();
    let shaped = groups().all(|g| g.len() <= 4) && (elided == 0 && full == 8 || elided == 1 && (2..=7).contains(&full));
    // 2000::/3 is what the world routes; the rest names no one.
    let public = matches!(text, [b'2' | b'3', a, b, c, ..] if [a, b, c].iter().all(|x| x.is_ascii_hexdigit()));
    (shaped && public && full >= 3).then(|| ("ipv6-address", Span::new(from, to)))
}

fn ipv4(bytes: &[u8], start: usize) -> Hit {
    let before = byte_before(bytes, start);
    if before.is_ascii_alphanumeric() || matches!(before, b'.' | b'-' | b'_' | b',') {
        return None;
    }
    let mut octets = [0u64; 4];
    let mut at = start;
    for (i, octet) in octets.iter_mut().enumerate() {
        if i > 0 {
            if byte_at(bytes, at) != b'.' {
                return None;
            }
            at += 1;
        }
        let from = at;
        while byte_at(bytes, at).is_ascii_digit() && at - from < 4 {
            at += 1;
        }
        let digits = bytes.get(from..at)?;
        if !(1..=3).contains(&digits.len()) || digits.len() > 1 && digits.first() == Some(&b'0') {
            return None;
        }
        *octet = value(digits);
        if *octet > 255 {
            return None;
        }
    }
    let after = byte_at(bytes, at);
    let goes_on = matches!(after, b'.' | b'-') && byte_at(bytes, at + 1).is_ascii_alphanumeric();
    if after.is_ascii_alphanumeric() || after == b'_' || goes_on {
        return None;
    }
    let [a, b, ..] = octets;
    let private = matches!((a, b), (0 | 10 | 127, _) | (172, 16..=31) | (192, 168) | (169, 254) | (100, 64..=127));
    // Versions of four numbers begin low; addresses in use rarely do.
    let version_like = octets.iter().all(|o| *o < 40);
    (!private && a < 224 && !version_like).then(|| ("ip-address", Span::new(start, at)))
}

const ITALIAN_ODD: [u8; 26] =
    [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/// Countries without IBAN whose bank codes are common.
const OTHER_BANKS: &[&[u8]] = &[
    b"US", b"CA", b"AU", b"NZ", b"JP", b"CN", b"HK", b"SG", b"IN", b"KR", b"ZA", b"MX", b"AR", b"CL", b"TH", b"MY",
    b"ID", b"TW", b"PH",
];

/// Length of the IBAN of each country in the SWIFT registry.
const IBAN_LENGTHS: &[(&[u8; 2], u8)] = &[
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BI", 27),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DJ", 27),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FK", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MN", 20),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NI", 28),
    (b"NL", 18),
    (b"NO", 15),
    (b"OM", 23),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"RU", 33),
    (b"SA", 24),
    (b"SC", 31),
    (b"SD", 18),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
];
