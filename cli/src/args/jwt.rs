//! The options of `jwt` and `jwks`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};
use edgewarden::jwt::{Algorithm, Confirmation};

#[derive(Debug, Subcommand)]
pub enum JwtCommand {
    /// Verify a token and print its claims.
    ///
    /// Leaves with 0 when the token is accepted, 1 when it is refused, and 2 after a usage or input error.
    Verify(VerifyArguments),
    /// List every check of a token with what was expected and what it has.
    ///
    /// Works without keys, and without a policy: what is not given is not held against the token. Leaves with 0 when no check
    /// failed, 1 when one did, and 2 after a usage or input error.
    Explain(ExplainArguments),
}

#[derive(Debug, Subcommand)]
pub enum JwksCommand {
    /// List the keys of a JWK set: what each is for, and why it cannot be used.
    ///
    /// Leaves with 0 when a key can be used, 1 when none can or a private key is published, and 2 when the file is no JWK set.
    Inspect(InspectArguments),
}

#[derive(Debug, Args)]
pub struct VerifyArguments {
    #[command(flatten)]
    pub policy: PolicyArguments,
    /// How to print the result.
    #[arg(long, value_enum, default_value_t = JwtFormat::Pretty, value_name = "FORMAT")]
    pub format: JwtFormat,
    /// Name of the protected space, for the challenge of a refused token.
    #[arg(long, default_value = "api", value_name = "NAME")]
    pub realm: String,
}

#[derive(Debug, Args)]
pub struct ExplainArguments {
    #[command(flatten)]
    pub policy: PolicyArguments,
    /// How to print the checks.
    #[arg(long, value_enum, default_value_t = JwtFormat::Pretty, value_name = "FORMAT")]
    pub format: JwtFormat,
}

#[derive(Debug, Args)]
pub struct InspectArguments {
    /// The JWK set; `-` is standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// How to print the keys.
    #[arg(long, value_enum, default_value_t = JwtFormat::Pretty, value_name = "FORMAT")]
    pub format: JwtFormat,
}

/// A token and what it is held to.
#[derive(Debug, Args)]
pub struct PolicyArguments {
    /// The token; `-` reads it from standard input, where no other process sees it.
    #[arg(value_name = "TOKEN")]
    pub token: String,
    /// Public keys of the issuer, as a JWK set; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "secret_file")]
    pub jwks: Option<PathBuf>,
    /// Shared secret for HMAC algorithms: every byte of the file counts, a last line feed too.
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
    /// The issuer, exactly as `iss` has it.
    #[arg(long, value_name = "ISSUER")]
    pub issuer: Option<String>,
    /// A name that `aud` may hold. May be repeated.
    #[arg(long, value_name = "AUDIENCE")]
    pub audience: Vec<String>,
    /// An algorithm that is accepted. May be repeated, or a list with commas.
    #[arg(long, value_parser = algorithm_parser(), value_delimiter = ',', value_name = "ALGORITHM")]
    pub alg: Vec<Algorithm>,
    /// The kind of token.
    #[arg(long, value_enum, default_value_t = ProfileName::Jwt, value_name = "PROFILE")]
    pub profile: ProfileName,
    /// Seconds by which clocks may differ [default: 60].
    #[arg(long, value_name = "SECS")]
    pub leeway: Option<u64>,
    /// Most seconds since the token was issued; for an ID token since the user signed in.
    #[arg(long, value_name = "SECS")]
    pub max_age: Option<u64>,
    /// A claim that must be there. May be repeated.
    #[arg(long, value_name = "CLAIM")]
    pub require: Vec<String>,
    /// What becomes of a token that is bound to a key by `cnf`: refused (`none`, the default), accepted with `cnf.jkt` alone
    /// (`dpop`), or accepted however it is bound (`host`). The key itself is not asked for here.
    #[arg(long, value_parser = confirmation_parser(), value_name = "CONFIRMATION")]
    pub confirmation: Option<Confirmation>,
    /// The nonce that was sent: for the profiles `id-token` and `dpop`.
    #[arg(long, value_name = "NONCE")]
    pub nonce: Option<String>,
    /// Method of the request that a proof came with: for the profile `dpop`.
    #[arg(long, value_name = "METHOD")]
    pub method: Option<String>,
    /// Absolute URL of the request that a proof came with: for the profile `dpop`.
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// The time to verify at, in seconds since 1970 [default: now].
    #[arg(long, value_name = "SECS")]
    pub now: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum JwtFormat {
    /// For people.
    Pretty,
    /// One JSON document.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProfileName {
    /// Any claims set of the issuer (RFC 7519).
    Jwt,
    /// An OAuth 2.0 access token (RFC 9068).
    AccessToken,
    /// An OpenID Connect ID token.
    IdToken,
    /// A proof of possession (RFC 9449).
    Dpop,
}

fn algorithm_parser() -> impl TypedValueParser<Value = Algorithm> {
    PossibleValuesParser::new(Algorithm::ALL.map(Algorithm::name))
        .try_map(|name| Algorithm::from_name(&name).ok_or("unknown algorithm"))
}

fn confirmation_parser() -> impl TypedValueParser<Value = Confirmation> {
    PossibleValuesParser::new(Confirmation::ALL.map(Confirmation::name))
        .try_map(|name| Confirmation::from_name(&name).ok_or("unknown confirmation"))
}
