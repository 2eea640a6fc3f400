//! Puts the npm package together: sources of `npm/`, the WebAssembly modules with their glue, CommonJS twins.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use super::super::Fault;
use super::PROFILE;
use crate::process::{cargo, command, output, root, run};
use crate::tools;

/// The ready package, in `<target>/npm/<profile>`. Built anew where inputs changed.
pub fn assemble(profile: &str) -> Result<PathBuf, Fault> {
    tools::rust_target(WASM).map_err(Fault::Missing)?;
    tools::node_modules().map_err(Fault::Missing)?;
    let package = target_dir()?.join("npm").join(profile);
    let js = package.join("js");
    // Files of an earlier state would be packed too.
    remove(&package)?;
    make_folder(&js)?;
    copy_sources(&package)?;
    for (name, feature) in MODULES {
        let built = wasm(profile, name, feature)?;
        for file in [format!("{name}.js"), format!("{name}_bg.wasm")] {
            copy(&built.join(&file), &js.join(&file))?;
        }
    }
    base64(&js)?;
    for name in ["node", "jwt-node", "file", "scan-file", "wasm", "express", "hono"] {
        common_js(&js, name)?;
    }
    // One instance for `import` and `require`: a session of one must fit a scanner of the other.
    for name in ["node", "jwt-node"] {
        write(&js.join(format!("{name}.mjs")), &format!("export * from \"./{name}.cjs\";\n"))?;
        remove_file(&js.join(format!("{name}.js")))?;
    }
    for file in files(&package)? {
        if let Some(name) = file.to_string_lossy().strip_suffix(".d.ts") {
            let types = fs::read_to_string(&file).map_err(|error| at(&file, error))?;
            write(Path::new(&format!("{name}.d.cts")), &types.replace(".js\";", ".cjs\";"))?;
        }
    }
    Ok(package)
}

/// Where cargo builds.
pub fn target_dir() -> Result<PathBuf, Fault> {
    let metadata = output(cargo(&["metadata", "--format-version", "1", "--no-deps", "--offline"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let folder = metadata.get("target_directory").and_then(serde_json::Value::as_str);
    Ok(PathBuf::from(folder.ok_or_else(|| "cargo does not say where it builds".to_owned())?))
}

/// A folder with the module of a feature, made small, and its glue. All features leave their module in one place, so cargo
/// would link each every time; what was built from the same sources is kept instead.
pub fn wasm(profile: &str, name: &str, feature: &str) -> Result<PathBuf, Fault> {
    let target = target_dir()?;
    let folder = target.join("npm").join("modules").join(format!("{name}-{:016x}", inputs(profile, feature)?));
    let done = folder.join("done");
    if done.exists() {
        return Ok(folder);
    }
    let profile = if SMALL.contains(&feature) && profile == PROFILE { "wasm-small" } else { profile };
    let build = ["build", "--quiet", "--package", "edgewarden-wasm", "--target", WASM, "--profile", profile];
    run(cargo(&[&build[..], &["--no-default-features", "--features", feature]].concat()))?;
    run(cargo(&["build", "--quiet", "--package", "edgewarden-bindgen"]))?;
    let raw = target.join(WASM).join(if profile == "dev" { "debug" } else { profile }).join("edgewarden_wasm.wasm");
    let bindgen = target.join("debug").join(format!("edgewarden-bindgen{}", std::env::consts::EXE_SUFFIX));
    remove(&folder)?;
    make_folder(&folder)?;
    let module = folder.join(format!("{name}_bg.wasm"));
    let mut generate = command(&bindgen, &["web"]);
    generate.arg(&raw).arg(&folder).arg(name);
    run(generate)?;
    let mut optimize = command(tools::npm_bin("wasm-opt").map_err(Fault::Missing)?, &OPTIMIZE);
    optimize.arg(&module).arg("-o").arg(&module);
    run(optimize)?;
    write(&done, "")?;
    Ok(folder)
}

/// A number for everything a module is made of.
fn inputs(profile: &str, feature: &str) -> Result<u64, Fault> {
    let mut hasher = DefaultHasher::new();
    (profile, feature, OPTIMIZE, output(command("rustc", &["--version"]))?).hash(&mut hasher);
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        std::env::var_os(name).hash(&mut hasher);
    }
    let mut folders = Vec::new();
    for file in ["Cargo.toml", "Cargo.lock", ".cargo/config.toml"] {
        read(&root().join(file))?.hash(&mut hasher);
    }
    for package in ["core", "bindings", "wasm", "bindgen"] {
        read(&root().join(package).join("Cargo.toml"))?.hash(&mut hasher);
        folders.push(root().join(package).join("src"));
    }
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| at(&folder, error))?;
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            path.hash(&mut hasher);
            if path.is_dir() {
                folders.push(path);
            } else {
                read(&path)?.hash(&mut hasher);
            }
        }
    }
    Ok(hasher.finish())
}

fn copy_sources(package: &Path) -> Result<(), Fault> {
    let sources = root().join("npm");
    for (from, to) in [("src", "js"), ("src/jwt", "js/jwt")] {
        make_folder(&package.join(to))?;
        for file in files(&sources.join(from))? {
            copy(&file, &package.join(to).join(file.file_name().unwrap_or_default()))?;
        }
    }
    for file in files(&sources)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".d.ts") || name == "README.md" {
            copy(&file, &package.join(name))?;
        }
    }
    for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
        copy(&root().join(name), &package.join(name))?;
    }
    let manifest = fs::read_to_string(sources.join("package.json")).map_err(|error| error.to_string())?;
    // One version for everything: that of the workspace.
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    write(&package.join("package.json"), &manifest.replacen("\"version\": \"0.0.0\"", &version, 1))
}

/// The module as text inside a script.
fn base64(js: &Path) -> Result<(), Fault> {
    let bytes = read(&js.join("edgewarden_bg.wasm"))?;
    let mut text = String::with_capacity(bytes.len() * 4 / 3 + 64);
    text.push_str("export default \"");
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0_u32, |group, byte| (group << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            let digit = usize::try_from((group >> (18 - 6 * i)) & 63).unwrap_or(0);
            let digit = ALPHABET.get(digit).copied().unwrap_or(b'A');
            text.push(if i <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text.push_str("\";\n");
    write(&js.join("edgewarden_base64.js"), &text)
}

fn common_js(js: &Path, name: &str) -> Result<(), Fault> {
    let mut esbuild = command(
        tools::npm_bin("esbuild").map_err(Fault::Missing)?,
        &["--bundle", "--format=cjs", "--platform=node", "--target=node20", "--log-level=warning", "--charset=utf8"],
    );
    // CommonJS has no `import.meta`.
    esbuild
        .arg("--define:import.meta.url=fileUrl")
        .arg("--banner:js=const fileUrl = require(\"node:url\").pathToFileURL(__filename).href;")
        .arg("--external:*.node")
        .arg(js.join(format!("{name}.js")))
        .arg(format!("--outfile={}", js.join(format!("{name}.cjs")).display()));
    Ok(run(esbuild)?)
}

/// The files of a folder, not those of its folders, in order.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let entries = fs::read_dir(folder).map_err(|error| at(folder, error))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    Ok(files)
}

pub fn make_folder(folder: &Path) -> Result<(), Fault> {
    fs::create_dir_all(folder).map_err(|error| at(folder, error))
}

pub fn remove(folder: &Path) -> Result<(), Fault> {
    if folder.exists() { fs::remove_dir_all(folder).map_err(|error| at(folder, error)) } else { Ok(()) }
}

pub fn copy(from: &Path, to: &Path) -> Result<(), Fault> {
    fs::copy(from, to).map(|_| ()).map_err(|error| at(from, error))
}

pub fn write(path: &Path, text: &str) -> Result<(), Fault> {
    fs::write(path, text).map_err(|error| at(path, error))
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    fs::read(path).map_err(|error| at(path, error))
}

fn remove_file(path: &Path) -> Result<(), Fault> {
    fs::remove_file(path).map_err(|error| at(path, error))
}

fn at(path: &Path, error: std::io::Error) -> Fault {
    Fault::Failed(format!("{}: {error}", path.display()))
}

const WASM: &str = "wasm32-unknown-unknown";

/// Features whose modules are made for size before speed: the host does what takes time.
const SMALL: [&str; 2] = ["jwt", "jwt-path"];

/// The modules that ship, with their features of `edgewarden-wasm`.
const MODULES: [(&str, &str); 4] = [
    ("edgewarden", "full"),
    ("edgewarden_scan", "scan"),
    ("edgewarden_jwt", "jwt"),
    ("edgewarden_jwt_full", "jwt-full"),
];

/// Features by name: `--all-features` makes modules that engines of the year before refuse.
const OPTIMIZE: [&str; 7] = [
    "-Os",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
