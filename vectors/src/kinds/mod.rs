//! What is done with the cases of each kind.
//!
//! Each kind is a type that reads a case, refuses members it does not know, and answers what the crate says. Running a
//! case is comparing the answers with the case; writing one is putting them in.

mod canary;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod coverage;
mod errors;
mod explain;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod facade;
mod json;
mod jwt;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod learned;
mod redact;
mod rules;
mod scan;
mod session;
mod stream;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use edgewarden::scan::{Finding, Origin};

use crate::files::File;
use crate::split::Marks;

type Members = Map<String, Value>;

/// A kind of case.
pub trait Case: DeserializeOwned + Serialize {
    /// Fills in what the crate answers.
    ///
    /// # Errors
    /// What cannot be put into an expectation: the ways of asking disagree, or a handle behaves unlike its contract.
    fn answer(&mut self) -> Result<(), String>;
}

/// Cases that held, and what did not hold.
pub fn run(file: &File) -> (usize, Vec<String>) {
    let mut held = 0;
    let mut faults = Vec::new();
    for case in file.joined() {
        let name = case.get("name").or(case.get("id")).and_then(Value::as_str).unwrap_or("?").to_owned();
        let wrong = match answer(&file.kind, &case) {
            Ok(answer) => differences(&case, &answer),
            Err(why) => vec![why],
        };
        if wrong.is_empty() {
            held += 1;
        }
        faults.extend(wrong.iter().map(|why| format!("{}: {name}: {why}", file.name)));
    }
    (held, faults)
}

/// The file with everything filled in that the crate answers; what was given stays as it was written.
pub fn answered(file: &File) -> Result<File, String> {
    let mut cases = Vec::new();
    for (case, joined) in file.cases.iter().zip(file.joined()) {
        let answer = answer(&file.kind, &joined).map_err(|why| format!("{}: {why}: {joined:?}", file.name))?;
        let marks = Marks::of(&Value::Object(case.clone()));
        let members = answer.into_iter().map(|(name, mut value)| match case.get(&name) {
            Some(written) if joined.get(&name) == Some(&value) => (name, written.clone()),
            _ => {
                marks.split(&mut value);
                (name, value)
            }
        });
        cases.push(members.collect());
    }
    Ok(File { name: file.name.clone(), kind: file.kind.clone(), about: file.about.clone(), cases })
}

/// The case with its answers, members in their order.
pub fn answer(kind: &str, case: &Members) -> Result<Members, String> {
    match kind {
        "scan" => answer_as::<scan::Scan>(case),
        "redact" => answer_as::<redact::Redact>(case),
        "json" => answer_as::<json::Json>(case),
        "stream" => answer_as::<stream::Stream>(case),
        "session" => answer_as::<session::Session>(case),
        "canary" => answer_as::<canary::CanaryCase>(case),
        "errors" => answer_as::<errors::ErrorCase>(case),
        "explain" => answer_as::<explain::Explain>(case),
        "jwt" => answer_as::<jwt::Verdict>(case),
        "jwt-explain" => answer_as::<jwt::Explained>(case),
        "jwt-keys" => answer_as::<jwt::keys::Keys>(case),
        "jwt-cache" => answer_as::<jwt::cache::Transcript>(case),
        "jwt-errors" => answer_as::<jwt::faults::Fault>(case),
        "rules" => answer_as::<rules::RuleCase>(case),
        _ => Err(format!("there is no kind `{kind}`")),
    }
}

fn answer_as<C: Case>(case: &Members) -> Result<Members, String> {
    let mut typed: C = serde_json::from_value(Value::Object(case.clone())).map_err(|error| error.to_string())?;
    typed.answer()?;
    match serde_json::to_value(typed) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err("not an object".to_owned()),
    }
}

fn differences(case: &Members, answer: &Members) -> Vec<String> {
    let names = case.keys().chain(answer.keys().filter(|name| !case.contains_key(*name)));
    let different = names.filter(|name| case.get(*name) != answer.get(*name));
    let show = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), ToString::to_string);
    different.map(|name| format!("{name}: expected {}, got {}", show(case.get(name)), show(answer.get(name)))).collect()
}

/// A finding as the vectors write it.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Found {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    pub rule_id: String,
    pub category: String,
    pub severity: String,
    pub confidence: String,
    pub weight: u16,
    pub span: [usize; 2],
    pub slice: String,
    pub chain: Vec<String>,
}

impl Found {
    /// `text` is what the span counts.
    pub fn of(finding: &Finding, text: &str) -> Result<Self, String> {
        let slice = finding.span.slice(text).ok_or_else(|| format!("{}: not a slice of the text", finding.rule_id))?;
        Ok(Self {
            pointer: None,
            rule_id: finding.rule_id.clone().into_owned(),
            category: finding.category.name().to_owned(),
            severity: finding.severity.name().to_owned(),
            confidence: finding.confidence.name().to_owned(),
            weight: finding.weight,
            span: [finding.span.start, finding.span.end],
            slice: slice.to_owned(),
            chain: finding.chain.steps().map(|step| step.name().to_owned()).collect(),
        })
    }

    pub fn all(findings: &[Finding], text: &str) -> Result<Vec<Self>, String> {
        findings.iter().map(|finding| Self::of(finding, text)).collect()
    }
}

fn origin(name: &str) -> Result<Origin, String> {
    Origin::from_name(name).ok_or_else(|| format!("there is no origin `{name}`"))
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Members that the types do not know would be checked by nobody.
    #[test]
    fn every_case_is_understood_and_named_once() {
        let mut seen = std::collections::BTreeSet::new();
        for file in crate::files::read_all(&crate::files::folder()).unwrap() {
            assert!(!file.cases.is_empty(), "{}", file.name);
            for case in file.joined() {
                let answer = answer(&file.kind, &case).unwrap_or_else(|why| panic!("{}: {why}", file.name));
                let known = case.keys().all(|name| answer.contains_key(name));
                assert!(known && case.len() == answer.len(), "{}: {case:?}", file.name);
                if let Some(name) = case.get("name").and_then(Value::as_str) {
                    assert!(seen.insert((file.kind.clone(), name.to_owned())), "{}: {name} twice", file.name);
                }
            }
        }
    }

    /// The schema and the types say the same about which members there are.
    #[test]
    fn every_case_has_the_members_of_the_schema() {
        let folder = crate::files::folder();
        let schema: Value =
            serde_json::from_str(&std::fs::read_to_string(folder.join("schema.json")).unwrap()).unwrap();
        for file in crate::files::read_all(&folder).unwrap() {
            let kind = &schema["$defs"][file.kind.as_str()];
            let known = kind["properties"].as_object().unwrap();
            let required: Vec<&str> = kind["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            for case in file.joined() {
                assert!(case.keys().all(|name| known.contains_key(name)), "{}: {case:?}", file.name);
                assert!(required.iter().all(|name| case.contains_key(*name)), "{}: {case:?}", file.name);
            }
        }
    }
}
