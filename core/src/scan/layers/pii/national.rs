//! What the number of each country must satisfy, beyond its length.

use super::checksum::{day_exists, luhn, mod_11_2, mod_11_10, number, weighted};
use super::context::{self as kind, Context};
use super::numbers::Number;

pub(super) fn social_security(n: &Number<'_>) -> bool {
    let (area, group, serial) = (n.part(0, 3), n.part(3, 2), n.part(5, 4));
    !matches!(area, 0 | 666 | 900..) && group != 0 && serial != 0
}

pub(super) fn taxpayer_id(n: &Number<'_>) -> bool {
    n.digit(0) == 9 && matches!(n.part(3, 2), 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

pub(super) fn routing_number(n: &Number<'_>) -> bool {
    matches!(n.part(0, 2), 0..=12 | 21..=32 | 61..=72 | 80) && n.sum_mod(&[3, 7, 1, 3, 7, 1, 3, 7, 1], 10) == 0
}

pub(super) fn provider_id(n: &Number<'_>) -> bool {
    let mut all = [8, 0, 8, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    for (to, from) in all.iter_mut().skip(5).zip(n.digits) {
        *to = *from;
    }
    luhn(&all)
}

pub(super) fn nhs(n: &Number<'_>) -> bool {
    let check = 11 - n.sum_mod(&[10, 9, 8, 7, 6, 5, 4, 3, 2], 11);
    check % 11 == u32::from(n.digit(9)) && check != 10
}

/// The letters of a British National Insurance number.
pub(super) fn nino_letters(a: u8, b: u8, suffix: u8) -> bool {
    let (a, b) = (a.to_ascii_uppercase(), b.to_ascii_uppercase());
    let letters = a.is_ascii_uppercase() && b.is_ascii_uppercase();
    let allowed = !b"DFIQUV".contains(&a) && !b"DFIQUVO".contains(&b);
    let reserved = matches!(&[a, b], b"BG" | b"GB" | b"NK" | b"KN" | b"TN" | b"NT" | b"ZZ");
    letters && allowed && !reserved && matches!(suffix.to_ascii_uppercase(), b'A'..=b'D')
}

pub(super) fn german_tax(n: &Number<'_>) -> bool {
    let mut counts = [0u8; 10];
    for d in n.first(10) {
        if let Some(c) = counts.get_mut(usize::from(*d)) {
            *c += 1;
        }
    }
    // Exactly one digit repeats, two or three times.
    let repeated = counts.iter().filter(|c| **c > 1).count();
    n.digit(0) != 0 && repeated == 1 && counts.iter().all(|c| *c <= 3) && mod_11_10(n.digits)
}

pub(super) fn french(n: &Number<'_>) -> bool {
    let month = n.part(3, 2);
    matches!(n.digit(0), 1..=4 | 7 | 8)
        && matches!(month, 1..=12 | 20..=42 | 50..=99)
        && 97 - n.part(0, 13) % 97 == n.part(13, 2)
}

pub(super) fn spanish_letter(number: u64) -> u8 {
    b"TRWAGMYFPDXBNJZSQVHLCKE".get((number % 23) as usize).copied().unwrap_or(0)
}

pub(super) fn dutch(n: &Number<'_>) -> bool {
    let sum = n.sum_mod(&[9, 8, 7, 6, 5, 4, 3, 2], 11);
    sum == u32::from(n.digit(8))
}

pub(super) fn belgian(n: &Number<'_>) -> bool {
    let (body, check) = (n.part(0, 9), n.part(9, 2));
    let dated = n.part(2, 2) == 0 || n.month_day(2);
    dated && (97 - body % 97 == check || 97 - (2_000_000_000 + body) % 97 == check)
}

pub(super) fn polish(n: &Number<'_>) -> bool {
    // The century is added to the month: +80, 0, +20, +40, +60.
    let dated = day_exists(n.part(2, 2) % 20, n.part(4, 2));
    let sum = n.sum_mod(&[1, 3, 7, 9, 1, 3, 7, 9, 1, 3], 10);
    dated && (10 - sum) % 10 == u32::from(n.digit(10))
}

/// `YYMMDDNNNC` from digit `from`; a coordination number adds 60 to the day.
pub(super) fn swedish(n: &Number<'_>, from: usize) -> bool {
    let (month, day) = (n.part(from + 2, 2), n.part(from + 4, 2));
    let day = if day > 60 { day - 60 } else { day };
    day_exists(month, day) && n.digits.get(from..).is_some_and(luhn)
}

pub(super) fn norwegian(n: &Number<'_>) -> bool {
    let day = n.part(0, 2);
    let day = if day > 40 { day - 40 } else { day };
    day_exists(n.part(2, 2) % 40, day)
        && n.sum_mod(&[3, 7, 6, 1, 8, 9, 4, 5, 2, 1], 11) == 0
        && n.sum_mod(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1], 11) == 0
}

const HETU: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";

pub(super) fn finnish(n: &Number<'_>, check: u8) -> bool {
    n.day_month(0) && HETU.get((n.part(0, 9) % 31) as usize) == Some(&check)
}

pub(super) fn finnish_digit(n: &Number<'_>) -> bool {
    finnish(n, b'0' + n.digit(9))
}

pub(super) fn portuguese(n: &Number<'_>) -> bool {
    let check = 11 - n.sum_mod(&[9, 8, 7, 6, 5, 4, 3, 2], 11);
    matches!(n.digit(0), 1..=3 | 5..=9) && (if check >= 10 { 0 } else { check }) == u32::from(n.digit(8))
}

/// The check digit Brazil computes over `weights`.
fn brazilian_check(n: &Number<'_>, weights: &[u8]) -> bool {
    let rest = n.sum_mod(weights, 11);
    u32::from(n.digit(weights.len())) == if rest < 2 { 0 } else { 11 - rest }
}

pub(super) fn brazilian_person(n: &Number<'_>) -> bool {
    brazilian_check(n, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) && brazilian_check(n, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2])
}

pub(super) fn brazilian_company(n: &Number<'_>) -> bool {
    brazilian_check(n, &[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])
        && brazilian_check(n, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])
}

/// Whether the check of a RUT body, here all digits of the number, is `check`, with 10 for K.
pub(super) fn chilean(n: &Number<'_>, check: u32) -> bool {
    chilean_check(n.digits) == check
}

pub(super) fn chilean_digits(n: &Number<'_>) -> bool {
    let Some((last, body)) = n.digits.split_last() else {
        return false;
    };
    chilean_check(body) == u32::from(*last)
}

fn chilean_check(body: &[u8]) -> u32 {
    let sum: u32 =
        body.iter().rev().zip([2u32, 3, 4, 5, 6, 7].into_iter().cycle()).map(|(d, w)| u32::from(*d) * w).sum();
    (11 - sum % 11) % 11
}

pub(super) fn argentine(n: &Number<'_>) -> bool {
    matches!(n.part(0, 2), 20 | 23..=27 | 30 | 33 | 34) && n.sum_mod(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1], 11) == 0
}

pub(super) fn chinese(n: &Number<'_>, check: u8) -> bool {
    let year = n.part(6, 4);
    matches!(n.digit(0), 1..=8) && (1900..2030).contains(&year) && n.month_day(10) && mod_11_2(n.first(17), check)
}

pub(super) fn korean(n: &Number<'_>, context: &mut dyn FnMut() -> Context) -> bool {
    let sum = n.sum_mod(&[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5], 11);
    // Numbers issued since October 2020 end in random digits: those count only when named.
    let checked = (11 - sum) % 10 == u32::from(n.digit(12));
    matches!(n.digit(6), 1..=8) && n.month_day(2) && (checked || context().names(kind::KR))
}

pub(super) fn japanese(n: &Number<'_>) -> bool {
    let rest = n.sum_mod(&[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2], 11);
    u32::from(n.digit(11)) == if rest <= 1 { 0 } else { 11 - rest }
}

pub(super) fn malaysian(n: &Number<'_>) -> bool {
    n.month_day(2) && matches!(n.part(6, 2), 1..=16 | 21..=59 | 71 | 72 | 74..=79 | 82..=93 | 98 | 99)
}

pub(super) fn thai(n: &Number<'_>) -> bool {
    n.digit(0) != 0 && (11 - n.sum_mod(&[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2], 11)) % 10 == u32::from(n.digit(12))
}

pub(super) fn indonesian(n: &Number<'_>) -> bool {
    let day = n.part(6, 2);
    matches!(n.part(0, 2), 11..=94) && day_exists(n.part(8, 2), if day > 40 { day - 40 } else { day })
}

pub(super) fn south_african(n: &Number<'_>) -> bool {
    n.month_day(2) && n.digit(10) <= 1 && luhn(n.digits)
}

pub(super) fn turkish(n: &Number<'_>) -> bool {
    let odd = n.sum_mod(&[1, 0, 1, 0, 1, 0, 1, 0, 1], 1000);
    let even = n.sum_mod(&[0, 1, 0, 1, 0, 1, 0, 1], 1000);
    let all: u32 = n.first(10).iter().map(|d| u32::from(*d)).sum();
    n.digit(0) != 0 && (odd * 7 + 1000 - even) % 10 == u32::from(n.digit(9)) && all % 10 == u32::from(n.digit(10))
}

pub(super) fn australian_business(n: &Number<'_>) -> bool {
    // The weight 10 of the first digit applies to the digit less one.
    n.digit(0) != 0 && (weighted(n.digits, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) + 890 - 10).is_multiple_of(89)
}

pub(super) fn new_zealand(n: &Number<'_>) -> bool {
    let Some((last, body)) = n.digits.split_last() else {
        return false;
    };
    if !(10_000_000..150_000_000).contains(&number(n.digits)) {
        return false;
    }
    let check = |weights: [u8; 8]| {
        let skip = 8 - body.len().min(8);
        let rest =
            body.iter().zip(weights.iter().skip(skip)).map(|(d, w)| u32::from(*d) * u32::from(*w)).sum::<u32>() % 11;
        (11 - rest) % 11
    };
    let mut expected = check([3, 2, 7, 6, 5, 4, 3, 2]);
    if expected == 10 {
        expected = check([7, 4, 3, 2, 5, 2, 7, 6]);
    }
    expected == u32::from(*last)
}

pub(super) fn russian_insurance(n: &Number<'_>) -> bool {
    let sum = weighted(n.digits, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101;
    u64::from(if sum == 100 { 0 } else { sum }) == n.part(9, 2)
}

pub(super) fn russian_person_tax(n: &Number<'_>) -> bool {
    n.sum_mod(&[7, 2, 4, 10, 3, 5, 9, 4, 6, 8], 11) % 10 == u32::from(n.digit(10))
        && n.sum_mod(&[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8], 11) % 10 == u32::from(n.digit(11))
}

pub(super) fn ukrainian(n: &Number<'_>) -> bool {
    // The first weight is -1; 10 is the same modulo 11.
    n.sum_mod(&[10, 5, 7, 9, 4, 6, 10, 5, 7], 11) % 10 == u32::from(n.digit(9))
}

pub(super) fn romanian(n: &Number<'_>) -> bool {
    let rest = n.sum_mod(&[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9], 11);
    n.month_day(3)
        && matches!(n.part(7, 2), 1..=52)
        && n.digit(0) != 0
        && u32::from(n.digit(12)) == if rest == 10 { 1 } else { rest }
}

pub(super) fn czech_date(n: &Number<'_>) -> bool {
    // Women have 50 added to the month; 20 is added when a day runs out of numbers.
    let month = match n.part(2, 2) {
        m @ 71..=82 => m - 70,
        m @ 51..=62 => m - 50,
        m @ 21..=32 => m - 20,
        m => m,
    };
    day_exists(month, n.part(4, 2))
}

pub(super) fn baltic(n: &Number<'_>) -> bool {
    let mut rest = n.sum_mod(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 1], 11);
    if rest == 10 {
        rest = n.sum_mod(&[3, 4, 5, 6, 7, 8, 9, 1, 2, 3], 11) % 10;
    }
    n.month_day(3) && rest == u32::from(n.digit(10))
}

pub(super) fn irish(n: &Number<'_>, check: u8, second: u8) -> bool {
    let extra = if second == 0 { 0 } else { u32::from(second - b'A' + 1) * 9 };
    let rest = (weighted(n.digits, &[8, 7, 6, 5, 4, 3, 2]) + if second == b'W' { 0 } else { extra }) % 23;
    b"WABCDEFGHIJKLMNOPQRSTUV".get(rest as usize) == Some(&check)
}
