//! The command `edgewarden`: reads texts and tokens, asks the core, prints what it said.
//!
//! Nothing here decides about a text or a token. Standard output carries results only; remarks, errors and progress go to
//! standard error and never quote a text.

mod args;
mod catalogue;
mod engine;
mod eval;
mod failure;
mod input;
mod jsonl;
mod jwt;
mod output;
mod scan;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Arguments, ColorWhen, Command, JwksCommand, JwtCommand, RedactArguments, RulesCommand, TextArguments};
use engine::Engine;
use failure::{Failure, Status};

fn main() -> ExitCode {
    // clap prints its own usage errors and leaves with 2.
    let arguments = Arguments::parse();
    match arguments.color {
        ColorWhen::Auto => {}
        ColorWhen::Always => anstream::ColorChoice::Always.write_global(),
        ColorWhen::Never => anstream::ColorChoice::Never.write_global(),
    }
    match run(arguments.command) {
        Ok(status) => status.into(),
        // The reader left (`edgewarden ... | head`): there is nobody to tell.
        Err(failure) if failure.is_closed_pipe() => Status::Clean.into(),
        Err(failure) => {
            anstream::eprintln!("edgewarden: {failure}");
            Status::Broken.into()
        }
    }
}

fn run(command: Command) -> Result<Status, Failure> {
    match command {
        Command::Scan(arguments) => scan::run(&arguments),
        Command::Redact(arguments) => redact(&arguments),
        Command::Explain(arguments) => explain(&arguments),
        Command::Rules { command: RulesCommand::List(arguments) } => catalogue::list(&arguments),
        Command::Rules { command: RulesCommand::Show(arguments) } => catalogue::show(&arguments),
        Command::Eval(arguments) => eval::run(&arguments),
        Command::Jwt { command } => match *command {
            JwtCommand::Verify(arguments) => jwt::verify(&arguments),
            JwtCommand::Explain(arguments) => jwt::explain(&arguments),
        },
        Command::Jwks { command: JwksCommand::Inspect(arguments) } => jwt::inspect::run(&arguments),
        Command::Completions { shell } => completions(shell),
    }
}

/// Prints each text without what its findings point at. A text of a file or a stream keeps its exact bytes otherwise.
fn redact(arguments: &RedactArguments) -> Result<Status, Failure> {
    let TextArguments { source, scan } = &arguments.text;
    let engine = Engine::new(scan.strictness)?;
    let mut out = io::stdout().lock();
    let mut status = Status::Clean;
    for text in input::texts(source) {
        match text {
            Ok(text) => {
                let report = engine.scan(&text.content, scan.origin);
                out.write_all(report.redact(&text.content).as_bytes())?;
                if text.is_argument {
                    out.write_all(b"\n")?;
                }
            }
            Err(failure) => status = status.max(failure.report_and_continue()),
        }
    }
    out.flush()?;
    Ok(status)
}

/// Prints, for each text, how its decision came about.
fn explain(arguments: &TextArguments) -> Result<Status, Failure> {
    let engine = Engine::new(arguments.scan.strictness)?;
    let mut out = anstream::stdout().lock();
    let mut status = Status::Clean;
    for text in input::texts(&arguments.source) {
        match text {
            Ok(text) => {
                let explanation = engine.explain(&text.content, arguments.scan.origin);
                writeln!(out, "{}", output::text::safe(explanation.trim_end()))?;
            }
            Err(failure) => status = status.max(failure.report_and_continue()),
        }
    }
    out.flush()?;
    Ok(status)
}

fn completions(shell: clap_complete::Shell) -> Result<Status, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "edgewarden", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(Status::Clean)
}
