//! Everything the project does to itself: `cargo xtask`.

mod bench;
mod bench_bindings;
mod bench_jwt;
mod codegen;
mod demo;
mod explanations;
mod fuzz_corpus;
mod jwt_vectors;
mod lang;
mod nfkc;
mod package;
mod process;
mod results;
mod rules_doc;
mod sbom;
mod suite;
mod surface;
mod tidy;
mod tools;
mod train;
mod unicode;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["demo"] => demo::run(),
        ["test"] => suite::run_steps(false),
        ["test", "--fast"] => suite::run_steps(true),
        ["codegen"] => codegen::write(false),
        ["codegen", "--unchecked"] => codegen::write(true),
        ["codegen", "--check"] => codegen::check(),
        ["tidy"] => tidy::run(),
        ["vectors"] => lang::vectors(),
        ["fuzz-corpus"] => fuzz_corpus::run(),
        ["jwt-vectors"] => jwt_vectors::run(),
        ["surface"] => surface::run(),
        ["lang", what, name] => lang::run(what, name),
        ["tools", names @ ..] => tools::run(names),
        ["package", rest @ ..] => package::run(rest),
        ["bench", "bindings", rest @ ..] => bench_bindings::run(rest),
        ["bench", "jwt", rest @ ..] => bench_jwt::run(rest),
        ["bench", rest @ ..] => bench::run(rest),
        ["explanations"] => explanations::run(),
        ["train", rest @ ..] => train::run(rest),
        ["eval" | "results", rest @ ..] => results::run(rest),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

const USAGE: &str = "\
usage: cargo xtask <command>

  demo               build the command and scan a set of texts with it
  test [--fast]      everything CI runs; --fast leaves out targets, fuzzing and benchmarks
  codegen [--check]  write the generated files, or say which are stale; --unchecked writes rules that fail
                     their examples, to look at them
  tidy               rules about the source that no compiler checks
  tools [NAME ...]   fetch the toolchains of the bindings (npm, venv, jna, kotlin, chromium, swift, targets)
  vectors            fill in what the shared cases expect and run them in every language
  fuzz-corpus        write inputs for the fuzz targets out of ../shared/vectors, if it is there
  jwt-vectors        run the public vectors of tokens, if ../shared/vectors is there: in Rust, in Node by WebAssembly, in
                     workerd with WebCrypto; every verdict must be the same
  surface            hold the public names of every language against vectors/surface.json
  lang WHAT NAME     one thing (vectors, tests, package, smoke, bench) of one language (npm, node, python, kotlin,
                     swift)
  package [--profile demo | --check]
                     build every artefact into dist/, with hashes and a bill of materials; demo is the quick form;
                     --check runs each artefact in an empty project
  bench [ARGS]       speed and size
  bench jwt [--quick]
                     verification of tokens beside other crates, one of which needs a C compiler, and beside jose in
                     Node and workerd
  bench bindings [--quick]
                     what a call costs in each language, and what the artefacts weigh
  explanations       write docs/explanations.md: ten decisions with the words that carried them
  results [ARGS]     measure the shared corpus and write docs/results.md (also: eval)
  train [--check | --candidates | [--data FILE ...] --out FILE]
                     train the learned layer and write its weights, docs/training-report.md and the figures of
                     docs/model-card.md; --check says whether the published weights are what the texts give;
                     --candidates tries models of other shapes (docs/training-candidates.md); --data adds rows
                     of one's own and --out names another file for the weights";
