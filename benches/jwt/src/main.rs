//! Verification of tokens on this machine beside other crates, as ratios of one run. Prints one table.
//!
//! `--quick` measures less often, `--markdown FILE` also writes what is printed to a file. Ends with status 1 when a goal is
//! missed, unless the run was quick.

#[allow(dead_code, reason = "shared with the benchmarks of the scanner")]
#[path = "../../src/measure.rs"]
mod measure;
mod peers;
#[allow(dead_code, reason = "shared with the benchmarks of the scanner")]
#[path = "../../src/table.rs"]
mod table;
mod tokens;
mod turns;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::{env, fs};

use edgewarden::jwt::signature::{CoreVerifier, SignatureVerifier};
use edgewarden::jwt::{Family, TokenVerifier};
use edgewarden_provider::NativeVerifier;

use measure::Effort;
use peers::BackEnd;
use table::Table;
use tokens::{AUDIENCE, ISSUER, Signed};
use turns::Turns;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (mut quick, mut markdown) = (false, None);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--quick" => quick = true,
            "--markdown" => markdown = rest.next(),
            _ => {
                eprintln!("unknown argument {argument}; known: --quick, --markdown FILE");
                return ExitCode::FAILURE;
            }
        }
    }
    match run(if quick { Effort::QUICK } else { Effort::FULL }, markdown) {
        Ok(held) if held || quick => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(effort: Effort, markdown: Option<&String>) -> Result<bool, Box<dyn Error>> {
    peers::install();
    let native = Arc::new(NativeVerifier::new());
    println!("acceleration of this processor: {}\n", if native.is_accelerated() { "used" } else { "not there" });
    let mut table = Table::default();
    let all = tokens::all()?;
    for signed in &all {
        raw(effort, signed, &native, &mut table)?;
    }
    for signed in &all {
        full(effort, signed, &native, &mut table)?;
    }
    let text = format!(
        "{}\nMedians of CPU time; all candidates of an algorithm take turns. Ratios below 1 are faster than the peer.\n\
         The portable core has `ed25519-dalek` with the tables that jsonwebtoken switches on; by default it has not.\n\
         ES256 of graviola is 126 KB of code and a table of 148 KB, so its time depends on where the system put the program: the same \
         bytes, copied to a new file, can take a quarter less. Look at both before believing either.\n",
        table.markdown()
    );
    print!("{text}");
    if let Some(file) = markdown {
        fs::write(file, text).map_err(|error| format!("{file}: {error}"))?;
    }
    Ok(table.missed() == 0)
}

/// One check of a signature by a key that is ready to use.
fn raw(effort: Effort, signed: &Signed, native: &NativeVerifier, table: &mut Table) -> Result<(), Box<dyn Error>> {
    let key = signed.keys.keys().first().ok_or("no key")?;
    let (input, signature) = (signed.signing_input(), &signed.signature);
    let peers = peers::raw(signed)?;
    let mut turns = Turns::default();
    turns.add(|| native.verify(signed.algorithm, key, input, signature));
    turns.add(|| CoreVerifier.verify(signed.algorithm, key, input, signature));
    peers.iter().for_each(|peer| turns.add(|| (peer.verify)(input, signature)));
    let nanos = turns.take(effort)?;
    let [ours, core, peer_nanos @ ..] = nanos.as_slice() else { return Err("nothing measured".into()) };
    let name = signed.name;
    if signed.algorithm.family() == Family::Hmac {
        table.plain(format!("{name} raw: core"), core / 1e3, "µs");
    } else {
        table.plain(format!("{name} raw: native"), ours / 1e3, "µs");
        table.beside(format!("{name} raw: core"), core / 1e3, "µs", *ours / 1e3);
    }
    for (peer, nanos) in peers.iter().zip(peer_nanos) {
        table.beside(format!("{name} raw: {}", peer.name), nanos / 1e3, "µs", *ours / 1e3);
    }
    Ok(())
}

/// A token from text to claims: everything that is checked without being asked for.
fn full(
    effort: Effort,
    signed: &Signed,
    native: &Arc<NativeVerifier>,
    table: &mut Table,
) -> Result<(), Box<dyn Error>> {
    let verifier = |signatures: Arc<dyn SignatureVerifier>| {
        let builder = TokenVerifier::builder_with(signatures).issuer(ISSUER).audience(AUDIENCE);
        match &signed.secret {
            Some(secret) => builder.shared_secret(secret, [signed.algorithm]),
            None => builder.algorithms([signed.algorithm]),
        }
        .build()
    };
    let (ours, core) = (verifier(Arc::<NativeVerifier>::clone(native))?, verifier(Arc::new(CoreVerifier))?);
    let verify = |verifier: &TokenVerifier| {
        let token = verifier.verify(&signed.token, &signed.keys, signed.now).ok();
        token.is_some_and(|token| token.claims().subject().is_some())
    };
    let peer = peers::Full::new(signed)?;
    let mut turns = Turns::default();
    turns.add(|| verify(&ours));
    turns.add(|| verify(&core));
    turns.add(|| peer.verify(&signed.token, BackEnd::RustCrypto));
    turns.add(|| peer.verify(&signed.token, BackEnd::AwsLcRs));
    let nanos = turns.take(effort)?;
    let [ours, core, rust_crypto, aws] = *nanos.as_slice() else { return Err("nothing measured".into()) };
    let name = signed.name;
    table.plain(format!("{name} full: native"), ours / 1e3, "µs");
    table.beside(format!("{name} full: core"), core / 1e3, "µs", ours / 1e3);
    table.goal(format!("{name} full: native, of jsonwebtoken 11 rust_crypto"), ours / rust_crypto, "×", 1.0);
    table.goal(format!("{name} full: native, of jsonwebtoken 11 aws_lc_rs"), ours / aws, "×", 1.35);
    table.plain(format!("{name} full: core, of jsonwebtoken 11 rust_crypto"), core / rust_crypto, "×");
    Ok(())
}
