//! Runs every rule against its own examples and all rules against honest texts.

use std::collections::BTreeSet;
use std::path::PathBuf;

use edgewarden::scan::{Decision, Input, LexicalModel, Origin, PromptScanner, RuleSet, Strictness};

use crate::error::{Code, Problem};
use crate::source::{RuleFile, Source, example};

/// Adds a problem for each example that does not do what its rule says.
pub fn examples(source: &Source, bytes: &[u8], problems: &mut Vec<Problem>) {
    let rules = match RuleSet::from_bytes(bytes.to_vec()) {
        Ok(rules) => rules,
        Err(error) => {
            problems.push(Problem::new("rules".as_ref(), Code::TooLarge, error.to_string()));
            return;
        }
    };
    // Rules are held to what they do alone: the learned layer has its own data, measures and report.
    let builder = || PromptScanner::builder().model(LexicalModel::neutral());
    let paranoid = builder().rules(rules.clone()).strictness(Strictness::Paranoid).build();
    let standard = builder().rules(rules).build();
    let (Ok(paranoid), Ok(standard)) = (paranoid, standard) else { return };
    // A rule that was left out cannot fire, which says nothing new.
    let left_out: BTreeSet<PathBuf> = problems.iter().map(|p| p.file.clone()).collect();
    for (_, file, rule) in source.rules.iter().filter(|r| !left_out.contains(&r.1)) {
        let origin = origin(rule);
        for (list, wanted, code) in [(&rule.matches, true, Code::Silent), (&rule.clean, false, Code::FalseAlarm)] {
            // No single text makes a contextual rule fire; that it stays silent on `clean` can still be checked.
            if wanted && rule.contextual {
                continue;
            }
            for text in list {
                let text = example(text);
                let report = paranoid.scan(Input::new(&text).origin(origin));
                if report.findings().iter().any(|f| f.rule_id == rule.id.as_str()) != wanted {
                    problems.push(Problem::new(file, code, format!("{text:?}")));
                }
            }
        }
    }
    for (file, line, text) in &source.benign {
        let report = standard.scan(Input::new(text));
        if report.decision() != Decision::Allow {
            let ids: Vec<_> = report.findings().iter().map(|f| f.rule_id.as_ref()).collect();
            problems.push(Problem::new(file, Code::FalseAlarm, format!("line {line}: {}", ids.join(", "))));
        }
    }
}

/// The origin a rule's examples are scanned with: user if the rule runs for it, else the first it names.
fn origin(rule: &RuleFile) -> Origin {
    let named = |o: &Origin| rule.origins.as_ref().is_none_or(|names| names.iter().any(|n| n == o.name()));
    [Origin::User].into_iter().chain(Origin::ALL).find(named).unwrap_or_default()
}
