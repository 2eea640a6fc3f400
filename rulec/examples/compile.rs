//! `compile CORE_DIR [OUT]`: compiles without checking the examples and prints the size of each section.

use std::path::Path;

fn main() {
    let mut args = std::env::args().skip(1);
    let core = args.next().unwrap_or_else(|| "core".into());
    let result = if std::env::var_os("CHECK").is_some() {
        edgewarden_rulec::compile_dir(Path::new(&core))
    } else {
        edgewarden_rulec::compile_unchecked(Path::new(&core))
    };
    match result {
        Ok(compiled) => {
            for (name, bytes) in &compiled.sections {
                println!("{name:>14} {bytes:>9}");
            }
            println!("{} rules, {} bytes", compiled.rules, compiled.bytes.len());
            if let Some(out) = args.next()
                && let Err(error) = std::fs::write(out, compiled.bytes)
            {
                eprintln!("{error}");
            }
        }
        Err(problems) => {
            for problem in &problems {
                eprintln!("{problem}");
            }
            eprintln!("{} problems", problems.len());
            std::process::exit(1);
        }
    }
}
