//! Words that say what a number near them is. Many national numbers have one weak check digit, or none.

/// A set of kinds of number the words before a number name.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Context(u64);

impl Context {
    /// What the up to 40 bytes before `at` name.
    pub(super) fn before(bytes: &[u8], at: usize) -> Self {
        let mut start = at.saturating_sub(WINDOW_BYTES);
        // A word cut by the window start is read whole: its first letter decides the lookup.
        while start > at.saturating_sub(WINDOW_BYTES + 12) && super::byte_before(bytes, start).is_ascii_alphabetic() {
            start -= 1;
        }
        let mut found = 0;
        let mut previous = super::byte_before(bytes, start);
        let Some(window) = bytes.get(start..at) else {
            return Self(0);
        };
        for (i, b) in window.iter().enumerate() {
            let starts = b.is_ascii_alphabetic() && !previous.is_ascii_alphanumeric() || *b >= 0xC0;
            previous = *b;
            if !starts {
                continue;
            }
            let Some(rest) = window.get(i..) else { break };
            let first = b.to_ascii_lowercase();
            let (from, to) = BY_FIRST_BYTE.get(usize::from(first)).copied().unwrap_or((0, 0));
            for (word, kind) in WORDS.get(usize::from(from)..usize::from(to)).unwrap_or_default() {
                if begins_with_word(rest, word.as_bytes()) {
                    found |= *kind;
                }
            }
        }
        Self(found)
    }

    /// Whether one of `kinds` is named.
    pub(super) const fn names(self, kinds: u64) -> bool {
        self.0 & kinds != 0
    }
}

/// Whether `rest` starts with `word` in any ASCII case; a short word must also end there.
fn begins_with_word(rest: &[u8], word: &[u8]) -> bool {
    let Some((head, tail)) = rest.split_at_checked(word.len()) else {
        return false;
    };
    head.eq_ignore_ascii_case(word) && (word.len() > 5 || !tail.first().is_some_and(u8::is_ascii_alphabetic))
}

const WINDOW_BYTES: usize = 40;

macro_rules! kinds {
    ($($name:ident $bit:literal),* $(,)?) => { $(pub(super) const $name: u64 = 1 << $bit;)* };
}
kinds! {
    TEL 0, CARD 1, SSN 2, ITIN 3, EIN 4, NPI 5, ABA 6, SIN 7, DE_TAX 8, DE_ID 9, PASSPORT 10, DOB 11, FR 12, BSN 13,
    BE 14, PL 15, SE 16, NO 17, DK 18, PT 19, CPF 20, CNPJ 21, CL 22, AR 23, RFC 24, AADHAAR 25, PAN 26, CN 27, TW 28,
    HK 29, KR 30, JP 31, SG 32, MY 33, TH 34, NIK 35, ZA 36, IL 37, TR 38, TFN 39, MEDICARE 40, ABN 41, IRD 42, SNILS 43,
    INN 44, UA 45, RO 46, BG 47, CZ 48, IE 49, CH 50, AT 51, GR 52, BIC 53, NHS 54, HR 55, EE 56, FI 57, ES 58, NINO 59,
    HU 60, IMEI 61, BORN 62,
}

/// Where in [`WORDS`] the words of each first byte stand.
static BY_FIRST_BYTE: [(u16, u16); 256] = index();

#[allow(clippy::indexing_slicing)] // evaluated by the compiler: an index out of bounds does not build
const fn index() -> [(u16, u16); 256] {
    let mut table = [(0, 0); 256];
    let mut i = 0;
    while i < WORDS.len() {
        let first = WORDS[i].0.as_bytes()[0] as usize;
        if table[first].1 == 0 {
            table[first].0 = i as u16;
        }
        i += 1;
        table[first].1 = i as u16;
    }
    table
}

/// Lower-case words and what they name, sorted by first byte. A word of more than five bytes also matches as a prefix.
const WORDS: &[(&str, u64)] = &[
    ("aadhaar", AADHAAR),
    ("aadhar", AADHAAR),
    ("aba", ABA),
    ("abn", ABN),
    ("ahv", CH),
    ("amex", CARD),
    ("amka", GR),
    ("anrufen", TEL),
    ("asmens kodas", EE),
    ("assurance sociale", SIN),
    ("ausweis", DE_ID),
    ("ausweisnummer", DE_ID),
    ("avs", CH),
    ("bic", BIC),
    ("birth date", DOB),
    ("birthdate", DOB),
    ("birthday", DOB),
    ("born", BORN),
    ("bsn", BSN),
    ("burgerservicenummer", BSN),
    ("call", TEL),
    ("card", CARD | MEDICARE),
    ("carta", CARD),
    ("cartao", CARD),
    ("carte", CARD),
    ("cartão", CARD),
    ("cell", TEL),
    ("cellulare", TEL),
    ("celular", TEL),
    ("cnp", RO),
    ("cnpj", CNPJ),
    ("cod numeric", RO),
    ("contribuinte", PT),
    ("cpf", CPF),
    ("cpr", DK),
    ("credit", CARD),
    ("cuil", AR),
    ("cuit", AR),
    ("d.o.b", DOB),
    ("date of birth", DOB),
    ("debit", CARD),
    ("dni", ES),
    ("dob", DOB),
    ("doğum", DOB),
    ("egn", BG),
    ("ein", EIN),
    ("employer id", EIN),
    ("fax", TEL),
    ("fein", EIN),
    ("fin", SG),
    ("fodselsnummer", NO),
    ("född", BORN),
    ("fødselsnummer", NO),
    ("født", BORN),
    ("geb.", BORN),
    ("geboortedatum", DOB),
    ("geboren", BORN),
    ("geburtsdatum", DOB),
    ("handy", TEL),
    ("henkilötunnus", FI),
    ("hetu", FI),
    ("hkid", HK),
    ("hong kong id", HK),
    ("i am born", DOB),
    ("i was born", DOB),
    ("i'm born", DOB),
    ("ic no", MY),
    ("ic number", MY),
    ("ich bin am", DOB),
    ("id number", ZA | IL | TH),
    ("identifikationsnummer", DE_TAX),
    ("idnr", DE_TAX),
    ("imei", IMEI),
    ("individual number", JP),
    ("individual taxpayer", ITIN),
    ("inland revenue", IRD),
    ("inn", INN),
    ("insee", FR),
    ("insz", BE),
    ("ipn", UA),
    ("ird", IRD),
    ("isikukood", EE),
    ("israeli id", IL),
    ("itin", ITIN),
    ("je suis né", DOB),
    ("je suis née", DOB),
    ("kad pengenalan", MY),
    ("karte", CARD),
    ("kartennummer", CARD),
    ("kependudukan", NIK),
    ("kimlik", TR),
    ("komórka", TEL),
    ("kreditkarte", CARD),
    ("ktp", NIK),
    ("maestro", CARD),
    ("mastercard", CARD),
    ("medicare", MEDICARE),
    ("mobil", TEL),
    ("mobile", TEL),
    ("movil", TEL),
    ("my number", JP),
    ("mykad", MY),
    ("mynumber", JP),
    ("móvil", TEL),
    ("nacida", BORN),
    ("nacido", BORN),
    ("nacimiento", DOB),
    ("nací el", DOB),
    ("naissance", DOB),
    ("nas", SIN),
    ("nascido", BORN),
    ("nascimento", DOB),
    ("nascita", DOB),
    ("nata il", BORN),
    ("national id", TW | IL | TR | MY | TH | NIK | ZA),
    ("national insurance", NINO),
    ("national provider", NPI),
    ("nato il", BORN),
    ("ne le", BORN),
    ("nee le", BORN),
    ("nhs", NHS),
    ("nie", ES),
    ("nif", PT | ES),
    ("nik", NIK),
    ("nino", NINO),
    ("nir", FR),
    ("niss", BE),
    ("npi", NPI),
    ("nric", SG | MY),
    ("numéro", TEL),
    ("né le", BORN),
    ("née le", BORN),
    ("oib", HR),
    ("pan", PAN),
    ("pasaport", PASSPORT),
    ("pasaporte", PASSPORT),
    ("paspoort", PASSPORT),
    ("passaporte", PASSPORT),
    ("passaporto", PASSPORT),
    ("passeport", PASSPORT),
    ("passnummer", PASSPORT),
    ("passport", PASSPORT),
    ("paszport", PASSPORT),
    ("permanent account", PAN),
    ("personalausweis", DE_ID),
    ("personnr", SE | NO),
    ("personnummer", SE | NO),
    ("pesel", PL),
    ("phone", TEL),
    ("phones", TEL),
    ("portable", TEL),
    ("pps", IE),
    ("ppsn", IE),
    ("registre national", BE),
    ("reisepass", PASSPORT),
    ("resident registration", KR),
    ("rfc", RFC),
    ("rijksregister", BE),
    ("ring", TEL),
    ("rnokpp", UA),
    ("rodne", CZ),
    ("rodné", CZ),
    ("rodného", CZ),
    ("routing", ABA),
    ("rrn", KR),
    ("rsa id", ZA),
    ("rtn", ABA),
    ("rufnummer", TEL),
    ("run", CL),
    ("rut", CL),
    ("rč", CZ),
    ("samordningsnummer", SE),
    ("securite sociale", FR),
    ("signal", TEL),
    ("sin", SIN),
    ("sms", TEL),
    ("snils", SNILS),
    ("social insurance", SIN),
    ("social security", SSN),
    ("sofinummer", BSN),
    ("sono nata", DOB),
    ("sono nato", DOB),
    ("south african id", ZA),
    ("sozialversicherung", AT),
    ("ssn", SSN),
    ("steuer id", DE_TAX),
    ("steuer-id", DE_TAX),
    ("steueridentifikation", DE_TAX),
    ("steuernummer", DE_TAX),
    ("suis né le", DOB),
    ("suis née le", DOB),
    ("sv-nummer", AT),
    ("svnr", AT),
    ("swift", BIC),
    ("sécurité sociale", FR),
    ("t.c. kimlik", TR),
    ("taiwan id", TW),
    ("taj", HU),
    ("tarjeta", CARD),
    ("tax file", TFN),
    ("tc kimlik", TR),
    ("tckn", TR),
    ("tel", TEL),
    ("tel.", TEL),
    ("telefon", TEL),
    ("telefoon", TEL),
    ("telephone", TEL),
    ("teléfono", TEL),
    ("teudat", IL),
    ("text", TEL),
    ("tfn", TFN),
    ("thai id", TH),
    ("tlf", TEL),
    ("téléphone", TEL),
    ("uidai", AADHAAR),
    ("urodzenia", DOB),
    ("visa", CARD),
    ("whatsapp", TEL),
    ("ΑΜΚΑ", GR),
    ("αμκα", GR),
    ("ІПН", UA),
    ("ЕГН", BG),
    ("ИНН", INN),
    ("Паспорт", PASSPORT),
    ("РНОКПП", UA),
    ("СНИЛС", SNILS),
    ("Телефон", TEL),
    ("егн", BG),
    ("инн", INN),
    ("карта", CARD),
    ("карты", CARD),
    ("паспорт", PASSPORT),
    ("рнокпп", UA),
    ("родилась", BORN),
    ("родился", BORN),
    ("рождения", DOB),
    ("снилс", SNILS),
    ("тел", TEL),
    ("телефон", TEL),
    ("іпн", UA),
    ("ת.ז", IL),
    ("תעודת זהות", IL),
    ("هاتف", TEL),
    ("आधार", AADHAAR),
    ("फ़ोन", TEL),
    ("บัตรประชาชน", TH),
    ("เลขประจำตัว", TH),
    ("マイナンバー", JP),
    ("個人番号", JP),
    ("出生", BORN),
    ("卡号", CARD),
    ("手机", TEL),
    ("护照", PASSPORT),
    ("携帯", TEL),
    ("旅券", PASSPORT),
    ("生年月日", DOB),
    ("电话", TEL),
    ("身份證", TW | HK),
    ("身份证", CN),
    ("身分證", TW),
    ("電話", TEL),
    ("생년월일", DOB),
    ("여권", PASSPORT),
    ("전화", TEL),
    ("주민등록", KR),
    ("주민번호", KR),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_count_in_any_case_and_only_whole() {
        let named = |text: &str, kind| Context::before(text.as_bytes(), text.len()).names(kind);
        assert!(named("My SSN is ", SSN));
        assert!(named("Telefonnummer: ", TEL));
        assert!(named("né le ", BORN));
        assert!(named("我的身份证号码是", CN));
        assert!(!named("recall that ", TEL));
        assert!(!named("caller ", TEL));
        assert!(!named("sinned ", SIN));
    }
}
