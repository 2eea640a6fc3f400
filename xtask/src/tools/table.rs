//! `tools`: fetches tools and says what came out.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use super::swift::Swift;
use super::{RUST_TARGETS, chromium, jvm, kotlin_classpath, node_modules, npm_bin, rust_target, swift, venv, venv_bin};
use super::{make_folder, once, quietly, tools_dir, write};
use crate::process::command;

/// Fetches the named tools, or all, and prints a table.
pub fn run(names: &[&str]) -> Result<(), String> {
    let known: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(name)) {
        return Err(format!("{name} is none of the tools: {}", known.join(", ")));
    }
    let wanted = TOOLS.iter().filter(|tool| names.is_empty() || names.contains(&tool.name));
    let results: Vec<_> = std::thread::scope(|scope| {
        let fetch = |tool: &'static Tool| {
            let began = Instant::now();
            (tool.name, (tool.fetch)(), began.elapsed().as_secs_f64())
        };
        let threads: Vec<_> = wanted.map(|tool| (tool.name, scope.spawn(move || fetch(tool)))).collect();
        let ended = |(name, thread): (&'static str, std::thread::ScopedJoinHandle<'_, _>)| {
            thread.join().unwrap_or_else(|_| (name, Err("the fetch panicked".to_owned()), 0.0))
        };
        threads.into_iter().map(ended).collect()
    });
    println!("\n{:<9} {:<56} {:>8}  where", "tool", "version", "seconds");
    let mut missing = Vec::new();
    for (name, result, seconds) in results {
        match result {
            Ok(Found { version, place }) => println!("{name:<9} {version:<56} {seconds:>8.1}  {}", place.display()),
            Err(why) => {
                println!("{name:<9} {:<56} {seconds:>8.1}", "MISSING");
                missing.push(format!("{name}: {why}"));
            }
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(missing.join("\n")) }
}

struct Tool {
    name: &'static str,
    fetch: fn() -> Result<Found, String>,
}

struct Found {
    version: String,
    place: PathBuf,
}

const TOOLS: [Tool; 7] = [
    Tool { name: "npm", fetch: find_npm },
    Tool { name: "venv", fetch: find_venv },
    Tool { name: "jna", fetch: find_jna },
    Tool { name: "kotlin", fetch: find_kotlin },
    Tool { name: "chromium", fetch: find_chromium },
    Tool { name: "swift", fetch: find_swift },
    Tool { name: "targets", fetch: find_targets },
];

/// Starts the native programs: they have to work without their install scripts.
fn find_npm() -> Result<Found, String> {
    let place = node_modules()?;
    let mut versions = Vec::new();
    for name in ["workerd", "deno", "bun", "esbuild"] {
        let said = first_line(command(npm_bin(name)?, &["--version"]))?;
        let version = said.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        versions.push(format!("{name} {}", version.unwrap_or(&said)));
    }
    Ok(Found { version: versions.join(", "), place })
}

fn find_venv() -> Result<Found, String> {
    let place = venv()?;
    let python = first_line(command(venv_bin("python")?, &["--version"]))?;
    let maturin = first_line(command(venv_bin("maturin")?, &["--version"]))?;
    Ok(Found { version: format!("{python}, {maturin}"), place })
}

fn find_jna() -> Result<Found, String> {
    let place = jvm::jna()?;
    // Debian's file is a link to one that is named after its version.
    let name = place.canonicalize().unwrap_or_else(|_| place.clone());
    let version = name.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Found { version, place })
}

/// Compiles a program once, and runs it.
fn find_kotlin() -> Result<Found, String> {
    let kotlin = kotlin_classpath()?;
    let place = node_modules()?.join("kotlin-compiler");
    let version = super::read(&place.join("build.txt"))?.trim().to_owned();
    let scratch = tools_dir().join("kotlin-hello");
    let jar = scratch.join("hello.jar");
    once("kotlin-hello", &version, &jar, || {
        make_folder(&scratch)?;
        let source = scratch.join("Main.kt");
        write(&source, "fun main() = println(com.sun.jna.Native::class.simpleName)\n")?;
        let mut compiler = kotlin.compiler();
        compiler.arg("-d").arg(&jar).arg(&source);
        quietly(compiler)
    })?;
    let said = first_line(kotlin.program(&jar, &scratch, "MainKt"))?;
    if said == "Native" {
        Ok(Found { version, place })
    } else {
        Err(format!("a program in Kotlin did not run: {said}"))
    }
}

fn find_chromium() -> Result<Found, String> {
    let place = chromium()?;
    let said = first_line(command(&place, &["--version"]))?;
    // Debian's says for which system it was built.
    let version = said.split(" built on ").next().unwrap_or(&said).to_owned();
    Ok(Found { version, place })
}

fn find_swift() -> Result<Found, String> {
    let swift = swift()?;
    let place = match &swift {
        Swift::System => PathBuf::from("PATH"),
        Swift::Root(root) => root.clone(),
    };
    let scratch = tools_dir().join("swift-hello");
    make_folder(&scratch)?;
    let version = hello(&swift, &scratch)?;
    Ok(Found { version, place })
}

/// Compiles and runs a program; a compiler that only says its version may still miss its libraries.
fn hello(swift: &Swift, scratch: &Path) -> Result<String, String> {
    let script = "printf '#if swift(>=6)\\nprint(\"hello\")\\n#endif\\n' >main.swift
        swiftc --version 2>/dev/null | head -n 1
        swiftc -swift-version 6 main.swift -o hello
        ./hello";
    let said = all_lines(swift.command(scratch, script))?;
    let lines: Vec<&str> = said.lines().collect();
    match lines.as_slice() {
        [version, "hello"] => Ok((*version).to_owned()),
        _ => Err(format!("a program in Swift did not run: {said}")),
    }
}

fn find_targets() -> Result<Found, String> {
    for target in RUST_TARGETS {
        rust_target(target)?;
    }
    Ok(Found { version: RUST_TARGETS.join(", "), place: PathBuf::from("rustup") })
}

fn first_line(command: Command) -> Result<String, String> {
    all_lines(command).map(|said| said.lines().next().unwrap_or_default().trim().to_owned())
}

/// What a program writes, on either stream: Java says its version on the second.
fn all_lines(mut command: Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command.output().map_err(|error| format!("{name}: {error}"))?;
    let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
    if done.status.success() { Ok(said) } else { Err(format!("{}\n{name} failed ({})", said.trim_end(), done.status)) }
}
