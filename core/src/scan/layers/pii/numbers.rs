//! The switch from the shape of a number to its check.

use super::checksum::{day_exists, ean13, luhn, mod_11_10, number, verhoeff, weighted};
use super::context::{self as kind, Context};
use super::national::{
    argentine, australian_business, baltic, belgian, brazilian_company, brazilian_person, chilean, chilean_digits,
    chinese, czech_date, dutch, finnish, finnish_digit, french, german_tax, indonesian, irish, japanese, korean,
    malaysian, new_zealand, nhs, norwegian, polish, portuguese, provider_id, romanian, routing_number,
    russian_insurance, russian_person_tax, social_security, south_african, spanish_letter, swedish, taxpayer_id, thai,
    turkish, ukrainian,
};

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
    pub(super) fn part(&self, from: usize, len: usize) -> u64 {
        self.digits.get(from..from + len).map_or(0, number)
    }

    pub(super) fn digit(&self, at: usize) -> u8 {
        self.digits.get(at).copied().unwrap_or(0)
    }

    pub(super) fn first(&self, len: usize) -> &[u8] {
        self.digits.get(..len).unwrap_or_default()
    }

    /// Two digits of a month and two of a day, from `at`.
    pub(super) fn month_day(&self, at: usize) -> bool {
        day_exists(self.part(at, 2), self.part(at + 2, 2))
    }

    /// Two digits of a day and two of a month, from `at`.
    pub(super) fn day_month(&self, at: usize) -> bool {
        day_exists(self.part(at + 2, 2), self.part(at, 2))
    }

    /// The weighted sum of the first digits, modulo `modulus`.
    pub(super) fn sum_mod(&self, weights: &[u8], modulus: u32) -> u32 {
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
        return (is_date(n) && context().names(kind::DOB | kind::BORN)).then_some("date-of-birth");
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
