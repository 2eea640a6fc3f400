//! Java, Kotlin and the library by which they call native code.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{apt, existing, node_modules, on_path};
use crate::process::{command, works};

/// The program `java`: of `$JAVA_HOME`, else of the PATH, else Debian's, installed as root.
pub fn java() -> Result<PathBuf, String> {
    apt::provide(&["default-jre-headless"], installed_java)
}

fn installed_java() -> Option<PathBuf> {
    let home = std::env::var_os("JAVA_HOME").map(|home| Path::new(&home).join("bin/java"));
    let path = home.filter(|path| path.is_file()).or_else(|| on_path(&["java"]))?;
    // Some systems have a `java` that only says where to get one.
    works(&path.to_string_lossy(), &["-version"]).then_some(path)
}

/// `jna.jar`: `$EDGEWARDEN_JNA`, else Debian's, installed as root.
pub fn jna() -> Result<PathBuf, String> {
    if let Some(path) = std::env::var_os("EDGEWARDEN_JNA") {
        return existing(PathBuf::from(path));
    }
    let jar = || Some(PathBuf::from("/usr/share/java/jna.jar")).filter(|path| path.is_file());
    apt::provide(&["libjna-java"], jar).map_err(|why| format!("{why} (or set EDGEWARDEN_JNA to jna.jar)"))
}

/// What compiles Kotlin and runs it on the JVM.
pub struct Kotlin {
    java: PathBuf,
    compiler: String,
    libraries: String,
}

/// Java, the Kotlin compiler of npm, its standard library and JNA.
pub fn kotlin_classpath() -> Result<Kotlin, String> {
    let java = java()?;
    let jna = jna()?;
    let lib = node_modules()?.join("kotlin-compiler/lib");
    let compiler = existing(lib.join("kotlin-compiler.jar"))?;
    let stdlib = existing(lib.join("kotlin-stdlib.jar"))?;
    Ok(Kotlin { java, compiler: joined(&[&compiler, &lib.join("*")]), libraries: joined(&[&jna, &stdlib]) })
}

impl Kotlin {
    /// The compiler, which sees the standard library and JNA; to be given `-d out.jar` and the sources.
    pub fn compiler(&self) -> Command {
        let class = "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler";
        let mut compiler = command(&self.java, &["-Xmx1g", "-cp", &self.compiler, class]);
        compiler.args(["-no-stdlib", "-no-reflect", "-cp", &self.libraries]);
        compiler
    }

    /// Java with what the compiler wrote on its class path; `natives` holds the native library, `class` has `main`.
    pub fn program(&self, jar: &Path, natives: &Path, class: &str) -> Command {
        let mut java = command(&self.java, &[format!("-Djna.library.path={}", natives.display())]);
        java.arg("-cp").arg(format!("{}{SEPARATOR}{}", jar.display(), self.libraries)).arg(class);
        java
    }
}

fn joined(paths: &[&Path]) -> String {
    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    paths.join(SEPARATOR)
}

const SEPARATOR: &str = if cfg!(windows) { ";" } else { ":" };
