//! Personal data: numbers with checksums and known shapes, in one pass that stops only at digits and `@`.
//!
//! A number whose checksum is weak, or that has none, counts only after a word that names it.

mod checksum;
mod contact;
mod context;
mod groups;
mod national;
mod numbers;
mod words;

use alloc::vec::Vec;

use super::{DetectorHit, byte_at, byte_before};
use crate::text::Span;

/// Finds personal data in `text`: ASCII, or a canonical view with ASCII digits, dashes and spaces.
pub fn detect(text: &str, out: &mut Vec<DetectorHit>) {
    let bytes = text.as_bytes();
    let first = out.len();
    let mut scratch = groups::Groups::default();
    // Everything before `done` is reported or ruled out.
    let (mut at, mut done) = (0, 0);
    while let Some(i) = next_stop(bytes, at) {
        let (hit, next) = match byte_at(bytes, i) {
            b'@' => (contact::email(text, i, done), i + 1),
            b'0'..=b'9' => at_digit(bytes, i, done, &mut scratch),
            _ => (words::bic_after_label(bytes, i), i + 1),
        };
        at = next;
        if let Some((rule_id, span)) = hit {
            // The local part of an address may hold a digit word that was looked at, and ruled out, before its `@`.
            let span = span.snapped(text);
            out.push(DetectorHit { rule_id, span });
            done = span.end;
            at = at.max(done);
        }
    }
    debug_assert!(out.iter().skip(first).all(|h| RULES.contains(&h.rule_id)));
}

type Hit = Option<(&'static str, Span)>;

/// The first digit, `@`, or capital letter of a bank-code label at or after `from`.
fn next_stop(bytes: &[u8], from: usize) -> Option<usize> {
    let stops = |b: &u8| b.is_ascii_digit() | (*b == b'@') | (*b == b'B') | (*b == b'S');
    let mut at = from;
    for block in bytes.get(from..)?.chunks(32) {
        // Without a branch per byte the compiler checks a block at once.
        if block.iter().fold(false, |any, b| any | stops(b))
            && let Some(i) = block.iter().position(|b| STOPS.get(usize::from(*b)) == Some(&true))
        {
            return Some(at + i);
        }
        at += block.len();
    }
    None
}

/// What the word around the digit at `i` begins, and where to go on.
fn at_digit(bytes: &[u8], i: usize, done: usize, scratch: &mut groups::Groups) -> (Hit, usize) {
    let mut start = i;
    while start > done && i - start < LONGEST_WORD && byte_before(bytes, start).is_ascii_alphanumeric() {
        start -= 1;
    }
    let mut end = i;
    while byte_at(bytes, end).is_ascii_alphanumeric() {
        end += 1;
    }
    let next = end.max(i + 1);
    if i - start >= LONGEST_WORD || end - start > LONGEST_WORD {
        return (None, next);
    }
    let before = byte_before(bytes, start);
    if before >= 0x80 && start < i || before == b'_' {
        return (None, next);
    }
    if let Some(hit) = words::network(bytes, start, end) {
        return (Some(hit), next);
    }
    let hit = if start == i {
        groups::number_at(bytes, start, scratch).or_else(|| words::mixed(bytes, start, end))
    } else {
        words::mixed(bytes, start, end)
    };
    (hit, next)
}

/// The bytes [`next_stop`] stops at.
static STOPS: [bool; 256] = super::byte_set(b"0123456789@BS");

/// Longest run of letters and digits that is looked into; an Ethereum address has 42, a Bech32m one 62.
const LONGEST_WORD: usize = 64;

/// Every rule this detector reports.
pub const RULES: &[&str] = &[
    "ar-cuit",
    "at-svnr",
    "au-abn",
    "au-medicare",
    "au-tfn",
    "be-national-number",
    "bg-egn",
    "bitcoin-address",
    "br-cnpj",
    "br-cpf",
    "ca-sin",
    "ch-ahv",
    "cl-rut",
    "cn-resident-id",
    "cz-rodne-cislo",
    "date-of-birth",
    "de-personalausweis",
    "de-steuer-id",
    "dk-cpr",
    "ee-isikukood",
    "email-address",
    "es-dni",
    "es-nie",
    "ethereum-address",
    "fi-hetu",
    "fr-nir",
    "gb-nhs",
    "gb-nino",
    "gr-amka",
    "hk-hkid",
    "hr-oib",
    "hu-taj",
    "iban",
    "id-nik",
    "ie-pps",
    "il-id",
    "imei",
    "in-aadhaar",
    "in-pan",
    "ip-address",
    "ipv6-address",
    "it-codice-fiscale",
    "jp-my-number",
    "kr-rrn",
    "mac-address",
    "mx-curp",
    "mx-rfc",
    "my-nric",
    "nl-bsn",
    "no-fodselsnummer",
    "nz-ird",
    "passport-number",
    "payment-card",
    "phone-number",
    "pl-pesel",
    "pt-nif",
    "ro-cnp",
    "ru-inn",
    "ru-snils",
    "se-personnummer",
    "sg-nric",
    "swift-bic",
    "th-id",
    "tr-tckn",
    "tw-id",
    "ua-rnokpp",
    "us-aba-routing",
    "us-ein",
    "us-itin",
    "us-npi",
    "us-ssn",
    "za-id",
];

#[cfg(test)]
mod tests;
