//! What the learned layer adds to the rules, form by form: attacks caught, and honest texts accused.

use std::fmt::Write;
use std::sync::OnceLock;

use edgewarden::scan::{LexicalModel, PromptScanner};

use crate::{attacks, is_caught, percent, scan, texts, transforms};

#[test]
fn no_form_loses_attacks_to_the_learned_layer() {
    let lost = |row: &&Row| {
        percent(row.attacks.both, row.attacks.of) + LOSS_PERCENT < percent(row.attacks.rules, row.attacks.of)
    };
    let faults: Vec<_> = rows().iter().filter(lost).map(|row| format!("{}: {:?}", row.form, row.attacks)).collect();
    assert!(faults.is_empty(), "{} forms:\n{}", faults.len(), faults.join("\n"));
}

/// A disguise is no evidence: an honest text is accused in no form that the rules alone let pass, but for [`KNOWN_RISES`], which
/// have to be exact.
#[test]
fn honest_texts_are_accused_no_more_with_the_learned_layer() {
    println!("{}", table());
    let known = |row: &Row| KNOWN_RISES.iter().find(|known| known.0 == row.form).map_or(0, |known| known.1);
    let differs = |row: &&Row| row.honest.both != row.honest.rules + known(row);
    let faults: Vec<_> = rows().iter().filter(differs).map(|row| format!("{}: {:?}", row.form, row.honest)).collect();
    assert!(faults.is_empty(), "{} forms:\n{}", faults.len(), faults.join("\n"));
}

/// One form.
struct Row {
    form: &'static str,
    attacks: Caught,
    honest: Caught,
}

/// How many texts are caught: by the rules alone, and with the learned layer.
#[derive(Clone, Copy, Debug, Default)]
struct Caught {
    rules: usize,
    both: usize,
    of: usize,
}

impl Caught {
    /// `scanners` are the rules alone and the scanner as it is published.
    fn of(scanners: &[PromptScanner; 2], texts: impl Iterator<Item = String>) -> Self {
        texts.fold(Self::default(), |sum, text| {
            let [rules, both] = scanners.each_ref().map(|scanner| usize::from(is_caught(&scan(scanner, &text))));
            Self { rules: sum.rules + rules, both: sum.both + both, of: sum.of + 1 }
        })
    }

    fn shares(self) -> String {
        let share = |caught: usize| caught as f64 * 100.0 / self.of.max(1) as f64;
        format!("{:5.1} % {:5.1} %", share(self.rules), share(self.both))
    }
}

fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let scanners = [LexicalModel::neutral(), LexicalModel::builtin()]
            .map(|model| PromptScanner::builder().model(model).build().unwrap());
        let honest: Vec<_> = [texts::anywhere(), texts::from_user()].concat().iter().map(|t| t.1).collect();
        let plain = transforms::Transform { name: PLAIN, apply: str::to_owned };
        let forms = [vec![plain], transforms::all()].concat();
        let caught = |texts: &[&str], form: transforms::Transform| {
            Caught::of(&scanners, texts.iter().map(|text| (form.apply)(text)))
        };
        let row = |form: transforms::Transform| Row {
            form: form.name,
            attacks: caught(&attacks::ATTACKS, form),
            honest: caught(&honest, form),
        };
        forms.into_iter().map(row).collect()
    })
}

/// Each form with the share of attacks and of honest texts that are caught, and of all disguises together.
fn table() -> String {
    let mut table = format!("{:34} | {:^15} | {:^15} |\n", "", "attacks", "honest texts");
    let _ = writeln!(table, "{:34} | {:>7} {:>7} | {:>7} {:>7} |", "form", "rules", "both", "rules", "both");
    let sum = |of: fn(&Row) -> Caught| {
        let disguised = rows().iter().filter(|row| row.form != PLAIN).map(of);
        disguised.fold(Caught::default(), |sum, one| Caught {
            rules: sum.rules + one.rules,
            both: sum.both + one.both,
            of: sum.of + one.of,
        })
    };
    let all = Row { form: "all but plain", attacks: sum(|row| row.attacks), honest: sum(|row| row.honest) };
    for row in rows().iter().chain([&all]) {
        let _ = writeln!(table, "{:34} | {} | {} |", row.form, row.attacks.shares(), row.honest.shares());
    }
    table
}

const PLAIN: &str = "plain";
/// Points that a form may lose.
const LOSS_PERCENT: usize = 5;
/// Forms that hide nothing, in which so many honest texts are accused all the same: other words stand around a text, so
/// that its windows are cut elsewhere, and one of them holds the words of a leak without those that forbid it.
const KNOWN_RISES: &[(&str, usize)] = &[("polite-wrap", 1), ("markdown-link-title", 1), ("email-header", 1)];
