//! Numbers written in groups: finds the longest run of groups, from one start, that is a known number.

use super::context::{self, Context};
use super::national;
use super::numbers::{self, Number};
use super::{Hit, Span, byte_at, byte_before, contact, words};

/// Buffers one scan reuses.
#[derive(Default)]
pub(super) struct Groups {
    digits: Few<u8, { MOST_DIGITS + 2 }>,
    lens: Few<u8, { MOST_GROUPS + 1 }>,
    seps: Few<u8, { MOST_GROUPS + 1 }>,
    /// End of each group: in the text, and in `digits`.
    ends: Few<(usize, usize), { MOST_GROUPS + 1 }>,
}

/// A short list in place: most texts have a number, and none needs an allocation for it.
struct Few<T, const N: usize> {
    items: [T; N],
    len: usize,
}

impl<T: Copy + Default, const N: usize> Default for Few<T, N> {
    fn default() -> Self {
        Self { items: [T::default(); N], len: 0 }
    }
}

impl<T, const N: usize> Few<T, N> {
    fn clear(&mut self) {
        self.len = 0;
    }

    /// Adds an item; the loops below stop before the list is full.
    fn push(&mut self, item: T) {
        if let Some(place) = self.items.get_mut(self.len) {
            *place = item;
            self.len += 1;
        }
    }
}

impl<T, const N: usize> core::ops::Deref for Few<T, N> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.items.get(..self.len).unwrap_or(&[])
    }
}

impl Groups {
    /// Reads groups of digits joined by single separators, from `start`.
    fn read(&mut self, bytes: &[u8], start: usize) {
        self.digits.clear();
        self.lens.clear();
        self.seps.clear();
        self.ends.clear();
        let mut at = start;
        while self.lens.len() < MOST_GROUPS && self.digits.len() < MOST_DIGITS {
            let before = self.digits.len();
            while byte_at(bytes, at).is_ascii_digit() && self.digits.len() <= MOST_DIGITS {
                self.digits.push(byte_at(bytes, at) - b'0');
                at += 1;
            }
            self.lens.push((self.digits.len() - before) as u8);
            self.ends.push((at, self.digits.len()));
            let sep = byte_at(bytes, at);
            if !matches!(sep, b' ' | b'-' | b'.' | b'/') || !byte_at(bytes, at + 1).is_ascii_digit() {
                break;
            }
            self.seps.push(sep);
            at += 1;
        }
    }
}

/// The number that starts at `start`, which is a digit after something that is neither letter nor digit.
pub(super) fn number_at(bytes: &[u8], start: usize, groups: &mut Groups) -> Hit {
    if is_attached(bytes, start) {
        let letter = start.checked_sub(2).filter(|i| !byte_before(bytes, *i).is_ascii_alphanumeric());
        return letter.and_then(|i| words::foreigner(bytes, i));
    }
    let mut context = None;
    let mut context = || *context.get_or_insert_with(|| Context::before(bytes, start));
    if byte_before(bytes, start) == b'+' {
        return contact::international(bytes, start);
    }
    groups.read(bytes, start);
    for count in (1..=groups.lens.len()).rev() {
        let (Some(lens), Some(seps)) = (groups.lens.get(..count), groups.seps.get(..count - 1)) else {
            continue;
        };
        let Some(&(end, used)) = groups.ends.get(count - 1) else {
            continue;
        };
        let Some(digits) = groups.digits.get(..used) else {
            continue;
        };
        if !(4..=19).contains(&used) {
            continue;
        }
        let (end, suffix) = suffix(bytes, end);
        if !ends_freely(bytes, end) {
            continue;
        }
        let number = Number { digits, lens, seps, suffix, in_longer_run: in_longer_run(bytes, start, end, seps) };
        if let Some(rule_id) = numbers::identify(&number, &mut context) {
            return Some((rule_id, Span::new(start, end)));
        }
    }
    // The words before are read last: most numbers of a text are ruled out without them.
    spaced_nino(bytes, start, groups).or_else(|| {
        if let Some(end) = written_date(bytes, start, groups)
            && context().names(context::DOB)
        {
            return Some(("date-of-birth", Span::new(start, end)));
        }
        if byte_before(bytes, start) == b'$' {
            return None;
        }
        contact::national(bytes, start).filter(|_| context().names(context::TEL))
    })
}

/// Whether the byte before `start` glues the number to a longer word, path, version or decimal number.
fn is_attached(bytes: &[u8], start: usize) -> bool {
    let before = byte_before(bytes, start);
    match before {
        b'-' | b'.' | b'/' | b',' => {
            let outer = start.checked_sub(1).map_or(0, |i| byte_before(bytes, i));
            outer.is_ascii_alphanumeric() && !(before == b',' && outer.is_ascii_alphabetic()) || outer == b'/'
        }
        b'+' => start.checked_sub(1).is_some_and(|i| byte_before(bytes, i).is_ascii_alphanumeric()),
        // "no.123" and "№" are fine; an underscore, a backslash or a percent sign is an identifier or an escape.
        b'_' | b'\\' | b'%' => true,
        _ => before.is_ascii_alphanumeric(),
    }
}

/// Up to two letters, or one after a dash, that end the number: check letters.
fn suffix(bytes: &[u8], end: usize) -> (usize, [u8; 2]) {
    let letter = |at: usize| {
        let b = byte_at(bytes, at).to_ascii_uppercase();
        b.is_ascii_uppercase().then_some(b)
    };
    let open = |at: usize| byte_at(bytes, at).is_ascii_alphanumeric();
    match (letter(end), letter(end + 1)) {
        (Some(a), Some(b)) if !open(end + 2) => (end + 2, [a, b]),
        (Some(a), None) if !open(end + 1) => (end + 1, [a, 0]),
        (None, Some(a)) if byte_at(bytes, end) == b'-' && !open(end + 2) => (end + 2, [a, 0]),
        _ => (end, [0; 2]),
    }
}

/// Whether nothing that belongs to the same word follows.
fn ends_freely(bytes: &[u8], end: usize) -> bool {
    let after = byte_at(bytes, end);
    let next = byte_at(bytes, end + 1);
    match after {
        b'-' | b'/' | b'.' | b',' | b':' => !(next.is_ascii_digit() || after == b'-' && next.is_ascii_alphabetic()),
        b'_' | b'@' | b'%' | b'\\' => false,
        _ => !after.is_ascii_alphanumeric(),
    }
}

/// Whether a group of the same kind stands before or after: the number is a piece of a longer one.
fn in_longer_run(bytes: &[u8], start: usize, end: usize, seps: &[u8]) -> bool {
    let Some(&sep) = seps.first() else {
        return false;
    };
    let before = byte_before(bytes, start) == sep
        && start.checked_sub(1).is_some_and(|i| byte_before(bytes, i).is_ascii_digit());
    before || byte_at(bytes, end) == sep && byte_at(bytes, end + 1).is_ascii_digit()
}

/// `AB 12 34 56 C`, found at its first digit.
fn spaced_nino(bytes: &[u8], start: usize, groups: &Groups) -> Hit {
    let pairs = groups.lens.get(..3)? == [2, 2, 2] && groups.seps.get(..2)? == [b' ', b' '];
    let from = start.checked_sub(3)?;
    let &(end, _) = groups.ends.get(2)?;
    let all = bytes.get(from..end + 2)?;
    let [a, b, b' ', .., b' ', c] = all else {
        return None;
    };
    let free = !byte_before(bytes, from).is_ascii_alphanumeric() && !byte_at(bytes, end + 2).is_ascii_alphanumeric();
    (pairs && free && national::nino_letters(*a, *b, *c)).then(|| ("gb-nino", Span::new(from, end + 2)))
}

/// End of a date written as `12 March 1990`.
fn written_date(bytes: &[u8], start: usize, groups: &Groups) -> Option<usize> {
    if !matches!(groups.lens.first()?, 1 | 2) {
        return None;
    }
    let &(mut at, _) = groups.ends.first()?;
    // "12. März 1990", "12th of March 1990", "12 de marzo de 1990": at most three words up to the year.
    let limit = start + 28;
    let mut letters = false;
    while at < limit {
        let b = byte_at(bytes, at);
        if b.is_ascii_digit() {
            let year = bytes.get(at..at + 4)?;
            let plausible =
                matches!(year, [b'1', b'9', x, y] | [b'2', b'0', x, y] if x.is_ascii_digit() && y.is_ascii_digit());
            return (letters && plausible && !byte_at(bytes, at + 4).is_ascii_alphanumeric()).then_some(at + 4);
        }
        letters |= b.is_ascii_alphabetic() || b >= 0x80;
        if !(b.is_ascii_alphabetic() || b >= 0x80 || matches!(b, b' ' | b'.' | b',' | b'-')) {
            return None;
        }
        at += 1;
    }
    None
}

/// No known number has more groups than the IBAN-like eight.
const MOST_GROUPS: usize = 8;
/// Longest card number plus one, so that a longer run is not taken for one.
const MOST_DIGITS: usize = 20;
