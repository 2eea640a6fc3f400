//! What can go wrong in the shell around the core, and what the process leaves with.

use std::fmt;
use std::io;
use std::process::ExitCode;

/// How a run ended. Ordered: the strongest of several wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Exit code 0: nothing at or above `--fail-on`; a token is accepted.
    Clean,
    /// Exit code 1: something at or above `--fail-on`; a token is refused.
    Found,
    /// Exit code 2: a usage or input error, so the answer is incomplete.
    Broken,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        match status {
            Status::Clean => Self::SUCCESS,
            Status::Found => Self::from(1),
            Status::Broken => Self::from(2),
        }
    }
}

/// An error of the command. Its message never quotes a scanned text.
#[derive(Debug)]
pub enum Failure {
    /// Standard output could not be written.
    Output(io::Error),
    /// A named input could not be read; the second field says why.
    Input(String, String),
    /// The scanner refused to start, with the stable code of its error.
    Engine(String),
    /// Arguments that contradict each other or name something unknown.
    Usage(String),
}

impl Failure {
    /// Whether the reader of standard output went away.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Tells about the failure on standard error; the run goes on, but ends as broken.
    pub fn report_and_continue(&self) -> Status {
        anstream::eprintln!("edgewarden: {self}");
        Status::Broken
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Output(error) => write!(f, "cannot write: {error}"),
            Self::Input(name, reason) => write!(f, "{name}: {reason}"),
            Self::Engine(code) => write!(f, "the scanner did not start: {code}"),
            Self::Usage(message) => f.write_str(message),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
