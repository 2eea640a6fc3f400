//! Generates the JavaScript, Swift and Kotlin sides of the bindings.
//!
//! A program of its own rather than a part of xtask: its dependencies take a minute to build, and only who builds a
//! package needs them. The libraries behind the two command-line tools pin their versions in one lock file.

mod web;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["web", wasm, out, name] => web::generate(wasm, out, name),
        _ => Err("usage: edgewarden-bindgen web WASM FOLDER NAME".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
