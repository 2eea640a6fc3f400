//! The commands `jwt verify` and `jwt explain`.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use edgewarden::jwt::{Check, Explanation, Outcome, VerifiedToken, VerifyError, http_status};
use serde_json::{Value, json, value::RawValue};

use crate::args::{ExplainArguments, JwtFormat, VerifyArguments};
use crate::failure::{Failure, Status};
use crate::output::table::{self, Cell};
use crate::output::text::safe;
use asked::Asked;

mod asked;
pub mod inspect;
mod json;
mod tell;

/// Verifies a token and prints its claims, or why it is refused.
pub fn verify(arguments: &VerifyArguments) -> Result<Status, Failure> {
    let asked = Asked::whole(&arguments.policy)?;
    let verified = asked.verify();
    let mut out = anstream::stdout().lock();
    match (&verified, arguments.format) {
        (Ok(token), JwtFormat::Pretty) => writeln!(out, "{}", json::pretty(token.claims().json()))?,
        (Ok(token), JwtFormat::Json) => writeln!(out, "{}", accepted(token)?)?,
        (Err(error), JwtFormat::Pretty) => write_refused(&mut out, error, &asked.challenge(error, &arguments.realm))?,
        (Err(error), JwtFormat::Json) => {
            let error = refused(error, &asked.challenge(error, &arguments.realm));
            writeln!(out, "{}", json!({ "accepted": false, "error": error }))?;
        }
    }
    out.flush()?;
    Ok(if verified.is_ok() { Status::Clean } else { Status::Found })
}

/// Prints every check of a token.
pub fn explain(arguments: &ExplainArguments) -> Result<Status, Failure> {
    let asked = Asked::as_far_as_given(&arguments.policy)?;
    let explanation = asked.explain();
    let failed = explanation.faults().count();
    let mut out = anstream::stdout().lock();
    match arguments.format {
        JwtFormat::Pretty => write_checks(&mut out, &explanation)?,
        JwtFormat::Json => {
            let checks: Vec<Value> = explanation.checks.iter().map(check).collect();
            writeln!(out, "{}", json!({ "failed": failed, "checks": checks }))?;
        }
    }
    out.flush()?;
    Ok(if failed == 0 { Status::Clean } else { Status::Found })
}

/// The claims stand in it as the issuer wrote them.
fn accepted(token: &VerifiedToken) -> Result<String, Failure> {
    #[derive(serde::Serialize)]
    struct Accepted<'a> {
        accepted: bool,
        algorithm: &'static str,
        kid: Option<&'a str>,
        key_thumbprint: String,
        claims: &'a RawValue,
    }
    // A claims set may be spread over lines.
    let claims = serde_json::from_str(token.claims().json()).map_err(std::io::Error::from)?;
    let accepted = Accepted {
        accepted: true,
        algorithm: token.algorithm().name(),
        kid: token.header().kid(),
        key_thumbprint: tell::base64url(token.key_thumbprint()),
        claims,
    };
    Ok(serde_json::to_string(&accepted).map_err(std::io::Error::from)?)
}

fn refused(error: &VerifyError, challenge: &str) -> Value {
    let (place, member) = (error.at.name(), tell::member(&error.at));
    json!({
        "code": error.code.name(),
        "place": place,
        "member": member,
        "message": error.to_string(),
        "retry": tell::retry(error.retry),
        "status": http_status(error),
        "challenge": challenge,
    })
}

fn write_refused(out: &mut impl Write, error: &VerifyError, challenge: &str) -> Result<(), Failure> {
    writeln!(out, "{RED}refused{RED:#}    {BOLD}{}{BOLD:#}", error.code.name())?;
    writeln!(out, "place      {}", tell::place(&error.at))?;
    writeln!(out, "because    {}", safe(&error.to_string()))?;
    writeln!(out, "retry      {}", tell::retry(error.retry).replace('_', " "))?;
    writeln!(out, "status     {}", http_status(error))?;
    writeln!(out, "challenge  {}", safe(challenge))?;
    Ok(())
}

fn check(check: &Check) -> Value {
    let (outcome, code) = match &check.outcome {
        Outcome::Passed => ("passed", None),
        Outcome::Failed(error) => ("failed", Some(error.code.name())),
        Outcome::Skipped => ("skipped", None),
    };
    json!({
        "check": check.name,
        "place": check.at.name(),
        "member": tell::member(&check.at),
        "outcome": outcome,
        "code": code,
        "expected": check.expected,
        "got": check.got,
    })
}

fn write_checks(out: &mut impl Write, explanation: &Explanation) -> Result<(), Failure> {
    let row = |check: &Check| {
        let (outcome, style) = match &check.outcome {
            Outcome::Passed => ("passed".to_owned(), GREEN),
            Outcome::Failed(error) => (error.code.name().to_owned(), RED),
            Outcome::Skipped => ("skipped".to_owned(), DIM),
        };
        // Numbers of an error say more where a check compares nothing.
        let got = match (&check.got, &check.outcome) {
            (None, Outcome::Failed(error)) => error.to_string(),
            (got, _) => got.clone().unwrap_or_default(),
        };
        let expected = check.expected.as_deref().unwrap_or_default();
        [
            Cell::new(&check.name.replace('_', " ")),
            Cell::new(&tell::place(&check.at)).styled(DIM),
            Cell::new(&outcome).styled(style),
            Cell::new(expected),
            Cell::new(&got),
        ]
    };
    let rows: Vec<_> = explanation.checks.iter().map(row).collect();
    table::write(out, ["check", "place", "outcome", "expected", "got"], &rows)?;
    let count = |is: fn(&Outcome) -> bool| explanation.checks.iter().filter(|check| is(&check.outcome)).count();
    let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
    let skipped = count(|outcome| *outcome == Outcome::Skipped);
    writeln!(out, "\n{} checks, {failed} failed, {skipped} skipped", rows.len())?;
    Ok(())
}

const RED: Style = AnsiColor::Red.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();
