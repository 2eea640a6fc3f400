//! Harmless questions around a short attack, and around a harmless message.

use edgewarden::scan::Origin;

use super::composed;
use super::pool::{Pool, lang};
use crate::data::rng::Rng;
use crate::data::row::{Made, Row};

/// Short messages of users.
pub(super) struct Parts<'a> {
    questions: Pool<'a>,
    attacks: Pool<'a>,
    benign: Pool<'a>,
}

impl<'a> Parts<'a> {
    pub(super) fn of(rows: &'a [Row]) -> Self {
        let short = |most: usize| {
            rows.iter().filter(move |r| {
                r.origin == Origin::User
                    && matches!(r.made, Made::Written | Made::Expanded)
                    && (8..=most).contains(&r.text.chars().count())
            })
        };
        Self {
            questions: Pool::of(short(160).filter(|r| !r.attack && !r.text.contains('\n'))),
            attacks: Pool::of(short(300).filter(|r| r.attack && !GAMES.contains(&r.source.as_str()))),
            benign: Pool::of(short(300).filter(|r| !r.attack)),
        }
    }

    /// One or two questions, the message that decides, and at times one more question.
    pub(super) fn join(&self, attack: bool, rng: &mut Rng) -> Option<Row> {
        // As in planting, an honest row has the language of some attack.
        let order = self.attacks.pick(None, OWN_PER_MILLE, rng)?;
        let lang = lang(order);
        let middle = if attack { order } else { self.benign.pick(Some(lang), OWN_PER_MILLE, rng)? };
        let before = if rng.chance(TWO_BEFORE_PER_MILLE) { 2 } else { 1 };
        let after = usize::from(rng.chance(AFTER_PER_MILLE));
        let mut parts = vec![middle];
        let mut text = String::new();
        for _ in 0..before {
            let question = self.questions.pick(Some(lang), QUESTION_OWN_PER_MILLE, rng)?;
            push(&mut text, &question.text, rng);
            parts.push(question);
        }
        push(&mut text, &middle.text, rng);
        for _ in 0..after {
            let question = self.questions.pick(Some(lang), QUESTION_OWN_PER_MILLE, rng)?;
            push(&mut text, &question.text, rng);
            parts.push(question);
        }
        composed(text, &parts, middle)
    }
}

/// The next part after a full stop, a space or a line break, as people run their messages together.
fn push(text: &mut String, part: &str, rng: &mut Rng) {
    let joint = rng.pick(&[". ", " ", "\n"]).copied().unwrap_or(" ");
    if !text.is_empty() {
        let ended = text.ends_with(|c: char| !c.is_alphanumeric());
        text.push_str(if ended && joint == ". " { " " } else { joint });
    }
    text.push_str(part.trim());
}

/// Logs of guessing games, whose short lines mean something only in their game.
const GAMES: [&str; 3] = ["parapet_mosscap_attacks", "tensortrust_hijacking", "tensortrust_extraction"];
const OWN_PER_MILLE: u32 = 750;
const QUESTION_OWN_PER_MILLE: u32 = 400;
const TWO_BEFORE_PER_MILLE: u32 = 300;
const AFTER_PER_MILLE: u32 = 200;

#[cfg(test)]
mod tests {
    use super::super::tests::rows;
    use super::*;

    #[test]
    fn attack_comes_after_a_question_and_honest_rows_hold_questions_alone() {
        let rows = rows();
        let (parts, mut rng) = (Parts::of(&rows), Rng::new(1));
        for _ in 0..50 {
            let bad = parts.join(true, &mut rng).unwrap();
            assert!(bad.attack && bad.text.starts_with("What is") && bad.text.contains("Forget your rules"));
            let good = parts.join(false, &mut rng).unwrap();
            assert!(!good.attack && good.text.matches("What is").count() > 1 && !good.text.contains("Forget"));
        }
    }

    #[test]
    fn no_full_stop_follows_a_question_mark() {
        let mut rng = Rng::new(1);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..60 {
            let mut text = "Why?".to_owned();
            push(&mut text, "Because", &mut rng);
            push(&mut text, "so", &mut rng);
            seen.insert(text);
        }
        assert!(seen.contains("Why? Because. so") && seen.contains("Why?\nBecause\nso"), "{seen:?}");
        assert!(seen.iter().all(|t| !t.contains("?.")));
    }
}
