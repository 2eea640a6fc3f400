//! The command `jwks inspect`.

use std::io::Write;

use edgewarden::jwt::{Algorithm, Code, KeyLimits, KeySet, VerificationKey};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use super::{DIM, GREEN, RED, tell};
use crate::args::{InspectArguments, JwtFormat};
use crate::failure::{Failure, Status};
use crate::input;
use crate::output::table::{self, Cell};

/// One entry of `keys`.
struct Entry {
    index: usize,
    kid: Option<String>,
    /// `kty`, with the curve or the size where the key can be used.
    kind: String,
    verdict: Verdict,
}

enum Verdict {
    Usable { algorithms: Vec<&'static str>, thumbprint: String, remark: Option<String> },
    Refused(Code),
}

/// Prints the keys of a set.
pub fn run(arguments: &InspectArguments) -> Result<Status, Failure> {
    let text = input::read(&arguments.file)?;
    let broken = |reason: String| Failure::Input(text.name.clone(), reason);
    let set = KeySet::from_jwks(&text.content, KeyLimits::default()).map_err(|error| broken(error.to_string()))?;
    let document: Document<'_> = serde_json::from_str(&text.content).map_err(|_| broken("not JSON".to_owned()))?;
    let entries = entries(&set, &document.keys);
    let mut out = anstream::stdout().lock();
    match arguments.format {
        JwtFormat::Pretty => write_table(&mut out, &entries)?,
        JwtFormat::Json => {
            let keys: Vec<Value> = entries.iter().map(entry).collect();
            writeln!(out, "{}", json!({ "usable": usable(&entries), "keys": keys }))?;
        }
    }
    out.flush()?;
    let is_leaked = set.refused().iter().any(|refused| refused.code == Code::PrivateKeyPublished);
    Ok(if usable(&entries) == 0 || is_leaked { Status::Found } else { Status::Clean })
}

/// What the core does not tell: the place of each usable key.
#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

fn entries(set: &KeySet, documents: &[&RawValue]) -> Vec<Entry> {
    let mut usable: Vec<(usize, VerificationKey)> = Vec::new();
    let mut entries = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let refused = set.refused().iter().find(|refused| refused.index == index);
        if let Some(refused) = refused {
            let kid = refused.kid.clone();
            entries.push(Entry { index, kid, kind: kty(document), verdict: Verdict::Refused(refused.code) });
            continue;
        }
        let read = KeySet::from_jwk(document.get());
        let Some(key) = read.as_ref().ok().and_then(|set| set.keys().first()) else { continue };
        let verdict = Verdict::Usable {
            algorithms: key.algorithms().iter().map(Algorithm::name).collect(),
            thumbprint: tell::base64url(key.thumbprint()),
            remark: remark(key, &usable),
        };
        entries.push(Entry { index, kid: key.kid().map(str::to_owned), kind: tell::kind(key), verdict });
        usable.push((index, key.clone()));
    }
    entries
}

/// What a key has to do with those before it.
fn remark(key: &VerificationKey, before: &[(usize, VerificationKey)]) -> Option<String> {
    let shares = |other: &VerificationKey| key.algorithms().iter().any(|a| other.algorithms().contains(a));
    before.iter().find_map(|(index, other)| {
        if other.thumbprint() == key.thumbprint() {
            return Some(format!("same key as {index}"));
        }
        (key.kid().is_some() && key.kid() == other.kid() && shares(other))
            .then(|| format!("ambiguous: same kid as {index}"))
    })
}

/// The key type that a refused key names, if it is a short word.
fn kty(document: &RawValue) -> String {
    let value: Value = serde_json::from_str(document.get()).unwrap_or_default();
    let word = |name: &str| value.get(name).and_then(Value::as_str).filter(|word| word.len() <= 16).map(str::to_owned);
    match (word("kty"), word("crv").or_else(|| word("alg"))) {
        (Some(kty), Some(more)) => format!("{kty} {more}"),
        (Some(kty), None) => kty,
        (None, _) => "unknown".to_owned(),
    }
}

fn usable(entries: &[Entry]) -> usize {
    entries.iter().filter(|entry| matches!(entry.verdict, Verdict::Usable { .. })).count()
}

fn entry(entry: &Entry) -> Value {
    let Entry { index, kid, kind, verdict } = entry;
    match verdict {
        Verdict::Usable { algorithms, thumbprint, remark } => json!({
            "index": index, "kid": kid, "type": kind, "usable": true, "algorithms": algorithms,
            "thumbprint": thumbprint, "remark": remark,
        }),
        Verdict::Refused(code) => json!({
            "index": index, "kid": kid, "type": kind, "usable": false, "code": code.name(),
        }),
    }
}

fn write_table(out: &mut impl Write, entries: &[Entry]) -> Result<(), Failure> {
    let rows: Vec<[Cell; 6]> = entries
        .iter()
        .map(|Entry { index, kid, kind, verdict }| {
            let (algorithms, thumbprint, state, style) = match verdict {
                Verdict::Usable { algorithms, thumbprint, remark } => {
                    let state = remark.as_ref().map_or_else(|| "yes".to_owned(), |remark| format!("yes, {remark}"));
                    (algorithms.join(" "), thumbprint.as_str(), state, GREEN)
                }
                Verdict::Refused(code) => (String::new(), "", code.name().to_owned(), RED),
            };
            [
                Cell::new(&index.to_string()),
                Cell::new(kid.as_deref().unwrap_or("–")),
                Cell::new(kind),
                Cell::new(&algorithms),
                Cell::new(thumbprint).styled(DIM),
                Cell::new(&state).styled(style),
            ]
        })
        .collect();
    table::write(out, ["#", "kid", "type", "algorithms", "thumbprint", "usable"], &rows)?;
    writeln!(out, "\n{} keys, {} usable", entries.len(), usable(entries))?;
    Ok(())
}
