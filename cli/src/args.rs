//! The command line.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::engine::{Category, Decision, Origin, Strictness};

mod jwt;

pub use jwt::{
    ExplainArguments, InspectArguments, JwksCommand, JwtCommand, JwtFormat, PolicyArguments, ProfileName,
    VerifyArguments,
};

/// Scans prompts, documents, tool results and model answers for injections, secrets and personal data, and verifies tokens.
#[derive(Debug, Parser)]
#[command(name = "edgewarden", version, about, propagate_version = true)]
pub struct Arguments {
    /// When to colour the output.
    #[arg(long, global = true, value_enum, default_value_t = ColorWhen::Auto, value_name = "WHEN")]
    pub color: ColorWhen,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scan texts and say what to do with them.
    ///
    /// Leaves with 0 when nothing was found, 1 when a decision is at or above --fail-on, and 2 after a usage or input
    /// error.
    Scan(ScanArguments),
    /// Print texts without the secrets and personal data found in them.
    Redact(RedactArguments),
    /// Say how the decision about a text came about.
    Explain(TextArguments),
    /// Look at the rules.
    Rules {
        #[command(subcommand)]
        command: RulesCommand,
    },
    /// Measure recall, false positives and speed on labelled texts.
    Eval(EvalArguments),
    /// Verify JSON Web Tokens.
    Jwt {
        #[command(subcommand)]
        command: Box<JwtCommand>,
    },
    /// Look at the keys that tokens are verified with.
    Jwks {
        #[command(subcommand)]
        command: JwksCommand,
    },
    /// Print a completion script for a shell.
    Completions {
        /// The shell that will source the script.
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub struct ScanArguments {
    #[command(flatten)]
    pub text: TextArguments,
    /// Read JSON lines {"id","text","origin"?} and write one JSON line per row, in order; TEXT arguments are then files.
    #[arg(long)]
    pub jsonl: bool,
    /// How to print reports [default: pretty; with --jsonl: one JSON object per line].
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Weakest decision that makes the exit code 1.
    #[arg(long, value_enum, default_value_t = FailOn::Block, value_name = "DECISION")]
    pub fail_on: FailOn,
    /// What to call standard input in reports.
    #[arg(long, default_value = "stdin", value_name = "NAME")]
    pub stdin_name: String,
}

#[derive(Debug, Args)]
pub struct RedactArguments {
    #[command(flatten)]
    pub text: TextArguments,
}

#[derive(Debug, Args)]
pub struct TextArguments {
    #[command(flatten)]
    pub source: SourceArguments,
    #[command(flatten)]
    pub scan: ScanOptions,
}

#[derive(Debug, Args)]
pub struct SourceArguments {
    /// Texts to scan. Without texts and files, standard input is one text.
    #[arg(value_name = "TEXT")]
    pub texts: Vec<String>,
    /// Scan the content of a file; `-` is standard input. May be repeated.
    #[arg(short, long = "file", value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, Args)]
pub struct ScanOptions {
    /// Who produced the text.
    #[arg(long, default_value = Origin::User.name(), value_parser = origin_parser(), value_name = "ORIGIN")]
    pub origin: Origin,
    /// Which rules run; higher levels accept more false positives.
    #[arg(long, default_value = Strictness::Standard.name(), value_parser = strictness_parser(), value_name = "LEVEL")]
    pub strictness: Strictness,
}

#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// List the rules, with counts per category and per language.
    List(RulesListArguments),
    /// Show what a rule sees, why that is bad, and examples.
    Show(RulesShowArguments),
}

#[derive(Debug, Args)]
pub struct RulesListArguments {
    /// Only rules of this category.
    #[arg(long, value_parser = category_parser(), value_name = "CATEGORY")]
    pub category: Option<Category>,
    /// Only rules of this language, as a two-letter code.
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<String>,
    /// Print the counts only.
    #[arg(long)]
    pub counts: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct RulesShowArguments {
    /// Rule id, as findings name it.
    #[arg(value_name = "ID")]
    pub id: String,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct EvalArguments {
    /// JSON lines {"text","label","src","origin"?}; label 1 is an attack, 0 is honest. `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Which rules run.
    #[arg(long, default_value = Strictness::Standard.name(), value_parser = strictness_parser(), value_name = "LEVEL")]
    pub strictness: Strictness,
    /// How to print the result.
    #[arg(long, value_enum, default_value_t = EvalFormat::Pretty, value_name = "FORMAT")]
    pub format: EvalFormat,
    /// Also write the result as markdown.
    #[arg(long, value_name = "FILE")]
    pub markdown: Option<PathBuf>,
    /// Also write one JSON line per missed attack and per false alarm: place, score and rules, not the text.
    #[arg(long, value_name = "FILE")]
    pub errors: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// When the output is a terminal and NO_COLOR is not set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One JSON document with every report.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// For people.
    Pretty,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EvalFormat {
    /// For people.
    Pretty,
    /// One JSON document.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Fail on flag, redact and block.
    Flag,
    /// Fail on redact and block.
    Redact,
    /// Fail on block.
    Block,
    /// Leave with 0 whatever was found.
    Never,
}

impl FailOn {
    /// Whether this decision makes the run fail.
    pub fn is_reached_by(self, decision: Decision) -> bool {
        match self {
            Self::Flag => decision >= Decision::Flag,
            Self::Redact => decision >= Decision::Redact,
            Self::Block => decision >= Decision::Block,
            Self::Never => false,
        }
    }
}

fn origin_parser() -> impl TypedValueParser<Value = Origin> {
    PossibleValuesParser::new(Origin::ALL.map(Origin::name)).map(|name| Origin::from_name(&name).unwrap_or_default())
}

fn strictness_parser() -> impl TypedValueParser<Value = Strictness> {
    PossibleValuesParser::new(Strictness::ALL.map(Strictness::name))
        .map(|name| Strictness::from_name(&name).unwrap_or_default())
}

fn category_parser() -> impl TypedValueParser<Value = Category> {
    PossibleValuesParser::new(Category::ALL.map(Category::name))
        .try_map(|name| Category::from_name(&name).ok_or("unknown category"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }
}
