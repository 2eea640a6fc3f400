//! The switch from the shape of a number to its check.

use super::checksum::{day_exists, ean13, luhn, mod_11_2, mod_11_10, number, verhoeff, weighted};
use super::context::{self as kind, Context};

/// A number as written: its digits, how they are grouped, and the letters that end it.
pub(super) struct Number<'a> {
    pub(super) digits: &'a [u8],
    pub(super) lens: &'a [u8],
    pub(super) seps: &'a [u8],
    pub(super) suffix: [u8; 2],
    /// Another group stands next to it, after the same separator.
    pub(super) in_longer_run: bool,
}

impl Number<'_> {
    /// The number that `len` digits from `from` spell.
    fn part(&self, from: usize, len: usize) -> u64 {
        self.digits.get(from..from + len).map_or(0, number)
    }

    fn digit(&self, at: usize) -> u8 {
        self.digits.get(at).copied().unwrap_or(0)
    }

    fn first(&self, len: usize) -> &[u8] {
        self.digits.get(..len).unwrap_or_default()
    }

    /// Two digits of a month and two of a day, from `at`.
    fn month_day(&self, at: usize) -> bool {
        day_exists(self.part(at, 2), self.part(at + 2, 2))
    }

    /// Two digits of a day and two of a month, from `at`.
    fn day_month(&self, at: usize) -> bool {
        day_exists(self.part(at + 2, 2), self.part(at, 2))
    }

    /// The weighted sum of the first digits, modulo `modulus`.
    fn sum_mod(&self, weights: &[u8], modulus: u32) -> u32 {
        weighted(self.digits, weights) % modulus
    }

    /// All digits the same: a placeholder, whatever its checksum says.
    fn is_uniform(&self) -> bool {
        let first = self.digit(0);
        self.digits.iter().all(|d| *d == first)
    }

    fn sep(&self) -> u8 {
        self.seps.first().copied().unwrap_or(0)
    }
}

/// The rule for the number, if it is one. `context` is read only by shapes that need it.
pub(super) fn identify(n: &Number<'_>, context: &mut dyn FnMut() -> Context) -> Option<&'static str> {
    if n.suffix[0] != 0 {
        return with_letters(n, context);
    }
    let uniform_seps = n.seps.iter().all(|s| *s == n.sep());
    if matches!(n.lens, [4, 2, 2] | [1 | 2, 1 | 2, 4 | 2]) && uniform_seps && n.sep() != b' ' {
        return (is_date(n) && context().names(kind::DOB)).then_some("date-of-birth");
    }
    if n.is_uniform() {
        return None;
    }
    let id = match n.digits.len() {
        8 | 9 => eight_or_nine(n, context),
        10 => ten(n, context),
        11 => eleven(n, context),
        12 => twelve(n, context),
        13 => thirteen(n, context),
        14 | 15 => fourteen_or_fifteen(n, context),
        16 => (n.lens.len() == 1 && context().names(kind::NIK) && indonesian(n)).then_some("id-nik"),
        18 => (n.lens.len() == 1 && chinese(n, n.digit(17))).then_some("cn-resident-id"),
        _ => None,
    };
    id.or_else(|| payment_card(n, context).then_some("payment-card"))
}

fn is_date(n: &Number<'_>) -> bool {
    let part = |i: usize| {
        let from: u8 = n.lens.iter().take(i).sum();
        n.part(usize::from(from), n.lens.get(i).map_or(0, |l| usize::from(*l)))
    };
    let (a, b, c) = (part(0), part(1), part(2));
    match n.lens {
        [4, ..] => (1900..2030).contains(&a) && day_exists(b, c),
        [_, _, 4] => (1900..2030).contains(&c) && (day_exists(a, b) || day_exists(b, a)),
        _ => day_exists(a, b) || day_exists(b, a),
    }
}

fn with_letters(n: &Number<'_>, context: &mut dyn FnMut() -> Context) -> Option<&'static str> {
    let [letter, second] = n.suffix;
    match (n.lens, n.seps) {
        ([17], _) if letter == b'X' && second == 0 && chinese(n, 10) => Some("cn-resident-id"),
        ([8], _) | ([2, 3, 3], [b'.', b'.']) if second == 0 && spanish_letter(n.part(0, 8)) == letter => Some("es-dni"),
        ([8], _) | ([1 | 2, 3, 3], [b'.', b'.']) | ([7], _) if letter == b'K' && second == 0 && chilean(n, 10) => {
            (n.seps.len() == 2 || context().names(kind::CL)).then_some("cl-rut")
        }
        ([7], _) if irish(n, letter, second) && context().names(kind::IE) => Some("ie-pps"),
        ([6, 3], [b'-']) if second == 0 && finnish(n, letter) => Some("fi-hetu"),
        _ => None,
    }
}

fn eight_or_nine(n: &Number<'_>, context: &mut dyn FnMut() -> Context) -> Option<&'static str> {
    match (n.lens, n.seps) {
        ([3, 2, 4], [b'-', b'-']) if !n.in_longer_run => {
            if social_security(n) {
                return Some("us-ssn");
            }
            taxpayer_id(n).then_some("us-itin")
        }
        ([3, 2, 4], [b' ', b' ']) if context().names(kind::SSN | kind::ITIN) => {
            if social_security(n) {
                return Some("us-ssn");
            }
            taxpayer_id(n).then_some("us-itin")
        }
        ([1 | 2, 3, 3, 1], [b'.', b'.', b'-']) if chilean_digits(n) => Some("cl-rut"),
        ([7 | 8, 1], [b'-']) if chilean_digits(n) && context().names(kind::CL) => Some("cl-rut"),
        ([2, 7], [b'-']) if context().names(kind::EIN) => Some("us-ein"),
        ([6, 3], [b'/']) if czech_date(n) && context().names(kind::CZ) => Some("cz-rodne-cislo"),
        ([8 | 9] | [2 | 3, 3, 3] | [4, 2, 3] | [8, 1], _) => nine_by_name(n, context()),
        _ => None,
    }
}

fn nine_by_name(n: &Number<'_>, context: Context) -> Option<&'static str> {
    let nine = n.digits.len() == 9;
    if nine && context.names(kind::SSN) && social_security(n) {
        return Some("us-ssn");
    }
    if nine && context.names(kind::ITIN) && taxpayer_id(n) {
        return Some("us-itin");
    }
    if nine && context.names(kind::ABA) && routing_number(n) {
        return Some("us-aba-routing");
    }
    if nine && context.names(kind::EIN) {
        return Some("us-ein");
    }
    if nine && context.names(kind::BSN) && dutch(n) {
        return Some("nl-bsn");
    }
    if nine && context.names(kind::TFN) && n.sum_mod(&[1, 4, 3, 7, 5, 8, 6, 9, 10], 11) == 0 {
        return Some("au-tfn");
    }
    if nine && context.names(kind::PT) && portuguese(n) {
        return Some("pt-nif");
    }
    if nine && context.names(kind::IL) && luhn(n.digits) {
        return Some("il-id");
    }
    if nine && context.names(kind::HU) && n.sum_mod(&[3, 7, 3, 7, 3, 7, 3, 7], 10) == u32::from(n.digit(8)) {
        return Some("hu-taj");
    }
    if context.names(kind::IRD) && new_zealand(n) {
        return Some("nz-ird");
    }
    let grouped = n.lens == [3, 3, 3] && matches!(n.sep(), b' ' | b'-') && !n.in_longer_run;
    // A telephone number of nine digits is grouped the same way, and one in ten passes Luhn.
    let sin = nine && !matches!(n.digit(0), 0 | 8) && luhn(n.digits);
    (sin && (context.names(kind::SIN) || grouped && !context.names(kind::TEL))).then_some("ca-sin")
}

fn ten(n: &Number<'_>, context: &mut dyn FnMut() -> Context) -> Option<&'static str> {
    match (n.lens, n.seps) {
        ([6, 4], [b'-']) => {
            if context().names(kind::DK) && n.day_month(0) {
                return Some("dk-cpr");
            }
            if swedish(n, 0) {
                return Some("se-personnummer");
            }
            finnish_digit(n).then_some("fi-hetu")
        }
        ([6, 4], [b'/']) => (czech_date(n) && n.part(0, 10).is_multiple_of(11)).then_some("cz-rodne-cislo"),
        ([3, 3, 4], [b' ', b' '] | [b'-', b'-']) => (context().names(kind::NHS) && nhs(n)).then_some("gb-nhs"),
        ([10] | [4, 6] | [4, 5, 1], _) => ten_by_name(n, context()),
        _ => None,
    }
}

fn ten_by_name(n: &Number<'_>, context: Context) -> Option<&'static str> {
    if context.names(kind::NHS) && nhs(n) {
        return Some("gb-nhs");
    }
    if context.names(kind::NPI) && matches!(n.digit(0), 1 | 2) && provider_id(n) {
        return Some("us-npi");
    }
    let weighted_mod_10 = |weights: &[u8]| n.sum_mod(weights, 11) % 10 == u32::from(n.digit(9));
    if context.names(kind::BG) && weighted_mod_10(&[2, 4, 8, 5, 10, 9, 7, 3, 6]) {
        return Some("bg-egn");
    }
    if context.names(kind::UA) && ukrainian(n) {
        return Some("ua-rnokpp");
    }
    if context.names(kind::INN) && weighted_mod_10(&[2, 4, 10, 3, 5, 9, 4, 6, 8]) {
        return Some("ru-inn");
    }
    if context.names(kind::AT) && n.sum_mod(&[3, 7, 9, 0, 5, 8, 4, 2, 1, 6], 11) == u32::from(n.digit(3)) {
        return Some("at-svnr");
    }
    if context.names(kind::MEDICARE)
        && matches!(n.digit(0), 2..=6)
        && n.sum_mod(&[1, 3, 7, 9, 1, 3, 7, 9], 10) == u32::from(n.digit(8))
    {
        return Some("au-medicare");
    }
    if context.names(kind::DK) && n.day_month(0) {
        return Some("dk-cpr");
    }
    if context.names(kind::SE) && swedish(n, 0) {
        return Some("se-personnummer");
    }
    (context.names(kind::CZ) && czech_date(n) && n.part(0, 10).is_multiple_of(11)).then_some("cz-rodne-cislo")
}

fn eleven(n: &Number<'_>, context: &mut dyn FnMut() -> Context) -> Option<&'static str> {
    match (n.lens, n.seps) {
        ([3, 3, 3, 2], [b'.', b'.', b'-']) => brazilian_person(n).then_some("br-cpf"),
        ([3, 3, 3, 2], [b'-', b'-', b'-' | b' ']) => russian_insurance(n).then_some("ru-snils"),
        ([2, 2, 2, 3, 2], [b'.', b'.', b'-', b'.']) => belgian(n).then_some("be-national-number"),
        ([2, 8, 1], [b'-', b'-']) => argentine(n).then_some("ar-cuit"),
        ([6, 5], [b' ']) => norwegian(n).then_some("no-fodselsnummer"),
        ([2, 3, 3, 3], [b' ', b' ', b' ']) => {
            if context().names(kind::DE_TAX) && german_tax(n) {
                return Some("de-steuer-id");
            }
            (australian_business(n) && (context().names(kind::ABN) || !context().names(kind::TEL))).then_some("au-abn")
        }
        ([11] | [3, 3, 3, 2], _) => eleven_by_name(n, context()),
        _ => None,
    }
}

fn eleven_by_name(n: &Number<'_>, context: Context) -> Option<&'static str> {
    if context.names(kind::DE_TAX) && german_tax(n) {
        return Some("de-steuer-id");
    }
    if context.names(kind::CPF) && brazilian_person(n) {
        return Some("br-cpf");
    }
    if context.names(kind::PL) && polish(n) {
        return Some("pl-pesel");
    }
    if context.names(kind::TR) && turkish(n) {
        return Some("tr-tckn");
    }
    if context.names(kind::BE) && belgian(n) {
        return Some("be-national-number");
    }
    if context.names(kind::AR) && argentine(n) {
        return Some("ar-cuit");
    }
    if context.names(kind::SNILS) && russian_insurance(n) {
        return Some("ru-snils");
    }
    if context.names(kind::ABN) && australian_business(n) {
        return Some("au-abn");
    }
    if context.names(kind::GR) && n.day_month(0) && luhn(n.digits) {
        return Some("gr-amka");
    }
    if context.names(kind::HR) && mod_11_10(n.digits) {
        return Some("hr-oib");
    }
    if context.names(kind::EE) && baltic(n) {
        return Some("ee-isikukood");
    }
    (context.names(kind::NO) && norwegian(n)).then_some("no-fodselsnummer")
}

fn twelve(n: &Number<'_>, context: &mut dyn FnMut() -> Context) -> Option<&'static str> {
    match (n.lens, n.seps) {
        ([4, 4, 4], [b' ', b' '] | [b'-', b'-']) | ([12], _) => {
            let named = context();
            if named.names(kind::JP) && japanese(n) {
                return Some("jp-my-number");
            }
            if n.digit(0) >= 2 && verhoeff(n.digits) && !n.in_longer_run {
                let grouped = n.lens.len() == 3 && n.sep() == b' ';
                if grouped || named.names(kind::AADHAAR) {
                    return Some("in-aadhaar");
                }
            }
            if named.names(kind::INN) && russian_person_tax(n) {
                return Some("ru-inn");
            }
            if named.names(kind::MY) && malaysian(n) {
                return Some("my-nric");
            }
            (named.names(kind::SE) && swedish(n, 2)).then_some("se-personnummer")
        }
        ([8, 4], [b'-']) => (matches!(n.part(0, 2), 19 | 20) && swedish(n, 2)).then_some("se-personnummer"),
        ([6, 2, 4], [b'-', b'-']) => malaysian(n).then_some("my-nric"),
        _ => None,
    }
}

fn thirteen(n: &Number<'_>, context: &mut dyn FnMut() -> Context) -> Option<&'static str> {
    match (n.lens, n.seps) {
        ([6, 7], [b'-']) => korean(n, context).then_some("kr-rrn"),
        ([1, 4, 5, 2, 1], [b'-' | b' ', ..]) => thai(n).then_some("th-id"),
        ([3, 4, 4, 2], [b'.', b'.', b'.']) => (n.part(0, 3) == 756 && ean13(n.digits)).then_some("ch-ahv"),
        ([13], _) => {
            if n.part(0, 3) == 756 && ean13(n.digits) {
                return Some("ch-ahv");
            }
            // Milliseconds since 1970 have thirteen digits and begin with 15 to 19 for decades.
            let epoch_like = matches!(n.part(0, 2), 15..=19);
            let named = context();
            if named.names(kind::TH) && thai(n) {
                return Some("th-id");
            }
            if named.names(kind::KR) && korean(n, context) {
                return Some("kr-rrn");
            }
            if romanian(n) && (named.names(kind::RO) || !epoch_like && named.names(kind::RO | kind::DOB)) {
                return Some("ro-cnp");
            }
            (south_african(n) && (!epoch_like || named.names(kind::ZA))).then_some("za-id")
        }
        ([6, 4, 3], [b' ', b' ']) => south_african(n).then_some("za-id"),
        _ => None,
    }
}

fn fourteen_or_fifteen(n: &Number<'_>, context: &mut dyn FnMut() -> Context) -> Option<&'static str> {
    match (n.lens, n.seps) {
        ([2, 3, 3, 4, 2], [b'.', b'.', b'/', b'-']) => brazilian_company(n).then_some("br-cnpj"),
        ([14], _) => (context().names(kind::CNPJ) && brazilian_company(n)).then_some("br-cnpj"),
        ([1, 2, 2, 2, 3, 3, 2] | [13, 2] | [1, 2, 2, 2, 3, 3, 1, 1], _) => french(n).then_some("fr-nir"),
        ([15], _) => {
            if context().names(kind::IMEI) && luhn(n.digits) {
                return Some("imei");
            }
            french(n).then_some("fr-nir")
        }
        _ => None,
    }
}

/// Luhn, a known issuer, and a grouping cards are printed with.
fn payment_card(n: &Number<'_>, context: &mut dyn FnMut() -> Context) -> bool {
    let len = n.digits.len();
    if !(13..=19).contains(&len) || n.in_longer_run && n.lens.len() > 1 && len < 16 {
        return false;
    }
    let grouped = n.seps.iter().all(|s| *s == n.sep())
        && matches!(n.sep(), b' ' | b'-')
        && matches!(n.lens, [4, 4, 4, 1..=4] | [4, 4, 4, 4, 1..=3] | [4, 6, 4 | 5] | [6, 13] | [4, 5, 6]);
    if !(grouped || n.lens.len() == 1) || !luhn(n.digits) {
        return false;
    }
    match issuer(n, len) {
        Issuer::Sure => true,
        // Article numbers and ids of social networks have these lengths and beginnings too.
        Issuer::Unsure => grouped && len >= 16 || context().names(kind::CARD),
        Issuer::None => false,
    }
}

enum Issuer {
    Sure,
    Unsure,
    None,
}

fn issuer(n: &Number<'_>, len: usize) -> Issuer {
    let (one, two, three, four) = (n.part(0, 1), n.part(0, 2), n.part(0, 3), n.part(0, 4));
    match len {
        16 if one == 4 || matches!(two, 51..=55) || matches!(four, 2221..=2720 | 3528..=3589 | 6011 | 2200..=2204) => {
            Issuer::Sure
        }
        16 if matches!(two, 62 | 64 | 65) || matches!(three, 300..=305) || matches!(two, 36 | 38) => Issuer::Sure,
        16 if matches!(two, 50 | 56..=58 | 60 | 67) || four == 6304 => Issuer::Sure,
        15 if matches!(two, 34 | 37) => Issuer::Sure,
        14 if matches!(two, 36 | 38 | 39) || matches!(three, 300..=305) => Issuer::Sure,
        17..=19 if matches!(two, 62) || four == 6304 || matches!(four, 6759 | 6761..=6763 | 5018 | 5020 | 5038) => {
            Issuer::Unsure
        }
        19 if one == 4 || two == 65 || matches!(four, 6011 | 3528..=3589) => Issuer::Unsure,
        13 if one == 4 || matches!(two, 50 | 67) => Issuer::Unsure,
        14 | 15 if matches!(two, 50 | 56..=58 | 67) => Issuer::Unsure,
        _ => Issuer::None,
    }
}

fn social_security(n: &Number<'_>) -> bool {
    let (area, group, serial) = (n.part(0, 3), n.part(3, 2), n.part(5, 4));
    !matches!(area, 0 | 666 | 900..) && group != 0 && serial != 0 && n.part(0, 9) != 123_456_789
}

fn taxpayer_id(n: &Number<'_>) -> bool {
    n.digit(0) == 9 && matches!(n.part(3, 2), 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

fn routing_number(n: &Number<'_>) -> bool {
    matches!(n.part(0, 2), 0..=12 | 21..=32 | 61..=72 | 80) && n.sum_mod(&[3, 7, 1, 3, 7, 1, 3, 7, 1], 10) == 0
}

fn provider_id(n: &Number<'_>) -> bool {
    let mut all = [8, 0, 8, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    for (to, from) in all.iter_mut().skip(5).zip(n.digits) {
        *to = *from;
    }
    luhn(&all)
}

fn nhs(n: &Number<'_>) -> bool {
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

fn german_tax(n: &Number<'_>) -> bool {
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

fn french(n: &Number<'_>) -> bool {
    let month = n.part(3, 2);
    matches!(n.digit(0), 1..=4 | 7 | 8)
        && matches!(month, 1..=12 | 20..=42 | 50..=99)
        && 97 - n.part(0, 13) % 97 == n.part(13, 2)
}

pub(super) fn spanish_letter(number: u64) -> u8 {
    b"TRWAGMYFPDXBNJZSQVHLCKE".get((number % 23) as usize).copied().unwrap_or(0)
}

fn dutch(n: &Number<'_>) -> bool {
    let sum = n.sum_mod(&[9, 8, 7, 6, 5, 4, 3, 2], 11);
    sum == u32::from(n.digit(8))
}

fn belgian(n: &Number<'_>) -> bool {
    let (body, check) = (n.part(0, 9), n.part(9, 2));
    let dated = n.part(2, 2) == 0 || n.month_day(2);
    dated && (97 - body % 97 == check || 97 - (2_000_000_000 + body) % 97 == check)
}

fn polish(n: &Number<'_>) -> bool {
    // The century is added to the month: +80, 0, +20, +40, +60.
    let dated = day_exists(n.part(2, 2) % 20, n.part(4, 2));
    let sum = n.sum_mod(&[1, 3, 7, 9, 1, 3, 7, 9, 1, 3], 10);
    dated && (10 - sum) % 10 == u32::from(n.digit(10))
}

/// `YYMMDDNNNC` from digit `from`; a coordination number adds 60 to the day.
fn swedish(n: &Number<'_>, from: usize) -> bool {
    let (month, day) = (n.part(from + 2, 2), n.part(from + 4, 2));
    let day = if day > 60 { day - 60 } else { day };
    day_exists(month, day) && n.digits.get(from..).is_some_and(luhn)
}

fn norwegian(n: &Number<'_>) -> bool {
    let day = n.part(0, 2);
    let day = if day > 40 { day - 40 } else { day };
    day_exists(n.part(2, 2) % 40, day)
        && n.sum_mod(&[3, 7, 6, 1, 8, 9, 4, 5, 2, 1], 11) == 0
        && n.sum_mod(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1], 11) == 0
}

const HETU: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";

fn finnish(n: &Number<'_>, check: u8) -> bool {
    n.day_month(0) && HETU.get((n.part(0, 9) % 31) as usize) == Some(&check)
}

fn finnish_digit(n: &Number<'_>) -> bool {
    finnish(n, b'0' + n.digit(9))
}

fn portuguese(n: &Number<'_>) -> bool {
    let check = 11 - n.sum_mod(&[9, 8, 7, 6, 5, 4, 3, 2], 11);
    matches!(n.digit(0), 1..=3 | 5..=9) && (if check >= 10 { 0 } else { check }) == u32::from(n.digit(8))
}

/// The check digit Brazil computes over `weights`.
fn brazilian_check(n: &Number<'_>, weights: &[u8]) -> bool {
    let rest = n.sum_mod(weights, 11);
    u32::from(n.digit(weights.len())) == if rest < 2 { 0 } else { 11 - rest }
}

fn brazilian_person(n: &Number<'_>) -> bool {
    brazilian_check(n, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) && brazilian_check(n, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2])
}

fn brazilian_company(n: &Number<'_>) -> bool {
    brazilian_check(n, &[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])
        && brazilian_check(n, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])
}

/// Whether the check of a RUT body, here all digits of the number, is `check`, with 10 for K.
fn chilean(n: &Number<'_>, check: u32) -> bool {
    chilean_check(n.digits) == check
}

fn chilean_digits(n: &Number<'_>) -> bool {
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

fn argentine(n: &Number<'_>) -> bool {
    matches!(n.part(0, 2), 20 | 23..=27 | 30 | 33 | 34) && n.sum_mod(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1], 11) == 0
}

fn chinese(n: &Number<'_>, check: u8) -> bool {
    let year = n.part(6, 4);
    matches!(n.digit(0), 1..=8) && (1900..2030).contains(&year) && n.month_day(10) && mod_11_2(n.first(17), check)
}

fn korean(n: &Number<'_>, context: &mut dyn FnMut() -> Context) -> bool {
    let sum = n.sum_mod(&[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5], 11);
    // Numbers issued since October 2020 end in random digits: those count only when named.
    let checked = (11 - sum) % 10 == u32::from(n.digit(12));
    matches!(n.digit(6), 1..=8) && n.month_day(2) && (checked || context().names(kind::KR))
}

fn japanese(n: &Number<'_>) -> bool {
    let rest = n.sum_mod(&[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2], 11);
    u32::from(n.digit(11)) == if rest <= 1 { 0 } else { 11 - rest }
}

fn malaysian(n: &Number<'_>) -> bool {
    n.month_day(2) && matches!(n.part(6, 2), 1..=16 | 21..=59 | 71 | 72 | 74..=79 | 82..=93 | 98 | 99)
}

fn thai(n: &Number<'_>) -> bool {
    n.digit(0) != 0 && (11 - n.sum_mod(&[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2], 11)) % 10 == u32::from(n.digit(12))
}

fn indonesian(n: &Number<'_>) -> bool {
    let day = n.part(6, 2);
    matches!(n.part(0, 2), 11..=94) && day_exists(n.part(8, 2), if day > 40 { day - 40 } else { day })
}

fn south_african(n: &Number<'_>) -> bool {
    n.month_day(2) && n.digit(10) <= 1 && luhn(n.digits)
}

fn turkish(n: &Number<'_>) -> bool {
    let odd = n.sum_mod(&[1, 0, 1, 0, 1, 0, 1, 0, 1], 1000);
    let even = n.sum_mod(&[0, 1, 0, 1, 0, 1, 0, 1], 1000);
    let all: u32 = n.first(10).iter().map(|d| u32::from(*d)).sum();
    n.digit(0) != 0 && (odd * 7 + 1000 - even) % 10 == u32::from(n.digit(9)) && all % 10 == u32::from(n.digit(10))
}

fn australian_business(n: &Number<'_>) -> bool {
    // The weight 10 of the first digit applies to the digit less one.
    n.digit(0) != 0 && (weighted(n.digits, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) + 890 - 10).is_multiple_of(89)
}

fn new_zealand(n: &Number<'_>) -> bool {
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

fn russian_insurance(n: &Number<'_>) -> bool {
    let sum = weighted(n.digits, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101;
    u64::from(if sum == 100 { 0 } else { sum }) == n.part(9, 2)
}

fn russian_person_tax(n: &Number<'_>) -> bool {
    n.sum_mod(&[7, 2, 4, 10, 3, 5, 9, 4, 6, 8], 11) % 10 == u32::from(n.digit(10))
        && n.sum_mod(&[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8], 11) % 10 == u32::from(n.digit(11))
}

fn ukrainian(n: &Number<'_>) -> bool {
    // The first weight is -1; 10 is the same modulo 11.
    n.sum_mod(&[10, 5, 7, 9, 4, 6, 10, 5, 7], 11) % 10 == u32::from(n.digit(9))
}

fn romanian(n: &Number<'_>) -> bool {
    let rest = n.sum_mod(&[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9], 11);
    n.month_day(3)
        && matches!(n.part(7, 2), 1..=52)
        && n.digit(0) != 0
        && u32::from(n.digit(12)) == if rest == 10 { 1 } else { rest }
}

fn czech_date(n: &Number<'_>) -> bool {
    // Women have 50 added to the month; 20 is added when a day runs out of numbers.
    let month = match n.part(2, 2) {
        m @ 71..=82 => m - 70,
        m @ 51..=62 => m - 50,
        m @ 21..=32 => m - 20,
        m => m,
    };
    day_exists(month, n.part(4, 2))
}

fn baltic(n: &Number<'_>) -> bool {
    let mut rest = n.sum_mod(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 1], 11);
    if rest == 10 {
        rest = n.sum_mod(&[3, 4, 5, 6, 7, 8, 9, 1, 2, 3], 11) % 10;
    }
    n.month_day(3) && rest == u32::from(n.digit(10))
}

fn irish(n: &Number<'_>, check: u8, second: u8) -> bool {
    let extra = if second == 0 { 0 } else { u32::from(second - b'A' + 1) * 9 };
    let rest = (weighted(n.digits, &[8, 7, 6, 5, 4, 3, 2]) + if second == b'W' { 0 } else { extra }) % 23;
    b"WABCDEFGHIJKLMNOPQRSTUV".get(rest as usize) == Some(&check)
}
