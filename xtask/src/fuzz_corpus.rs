//! `fuzz-corpus`: inputs for the fuzz targets of tokens out of the public vectors, into the folder that git does not keep.
//!
//! The vectors are `../shared/vectors/jwt`, or `jwt` in the folder that `EDGEWARDEN_VECTORS` names; nothing of them becomes a
//! part of the project.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::process::root;

/// Writes the inputs and says how many there are.
pub fn run() -> Result<(), String> {
    let Some(vectors) = vectors() else {
        println!("no public vectors: ../shared/vectors/jwt is not there; EDGEWARDEN_VECTORS names their folder");
        return Ok(());
    };
    let corpus = root().join("fuzz/corpus");
    let mut written = [0, 0];
    for path in files(&vectors) {
        let Ok(bytes) = fs::read(&path) else { continue };
        if path.starts_with(vectors.join("jsontestsuite")) {
            put(&corpus, "jwks", &bytes, &mut written[1])?;
        } else if let Ok(value) = serde_json::from_slice(&bytes) {
            gather(&value, &corpus, &mut written)?;
        }
    }
    println!("{} tokens and {} key sets from the public vectors", written[0], written[1]);
    Ok(())
}

/// Every string that has the form of a token and every object that is a key or a set of keys, however deep.
fn gather(value: &Value, corpus: &Path, written: &mut [usize; 2]) -> Result<(), String> {
    match value {
        Value::String(text) if is_token(text) => {
            // A policy for public keys and one for a secret.
            for policy in ["0", "3"] {
                put(corpus, "token", format!("{policy}{text}").as_bytes(), &mut written[0])?;
            }
            Ok(())
        }
        Value::Array(values) => values.iter().try_for_each(|value| gather(value, corpus, written)),
        Value::Object(members) => {
            if members.contains_key("kty") {
                put(corpus, "jwks", json!({ "keys": [value] }).to_string().as_bytes(), &mut written[1])?;
            } else if members.contains_key("keys") {
                put(corpus, "jwks", value.to_string().as_bytes(), &mut written[1])?;
            }
            members.values().try_for_each(|value| gather(value, corpus, written))
        }
        _ => Ok(()),
    }
}

/// Two dots, or four, in a text that is long enough for a header.
fn is_token(text: &str) -> bool {
    let dots = text.bytes().filter(|byte| *byte == b'.').count();
    text.len() > 20 && matches!(dots, 2 | 4) && !text.contains(' ')
}

/// Writes an input under the name of its hash, so that the same one is there once.
fn put(corpus: &Path, target: &str, bytes: &[u8], written: &mut usize) -> Result<(), String> {
    if bytes.len() > BYTES_MAX {
        return Ok(());
    }
    let name: String = Sha256::digest(bytes).iter().take(10).map(|byte| format!("{byte:02x}")).collect();
    let path = corpus.join(target).join(name);
    if path.exists() {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(corpus);
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    *written += 1;
    Ok(())
}

/// The folder of the public vectors, if it is there.
pub fn vectors() -> Option<PathBuf> {
    let folder = std::env::var_os("EDGEWARDEN_VECTORS").map_or_else(|| root().join("../shared/vectors"), PathBuf::from);
    Some(folder.join("jwt")).filter(|path| path.is_dir())
}

/// Every JSON file under a folder, in the order of names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Longest input of a fuzz target.
const BYTES_MAX: usize = 4096;

#[cfg(test)]
mod tests {
    use super::is_token;

    #[test]
    fn tokens_are_told_from_prose_by_their_dots() {
        assert!(is_token("eyJhbGciOiJub25lIn0.e30.") && is_token("eyJhbGciOiJkaXIifQ.aaaa.b.c.d"));
        assert!(!is_token("a.b.c") && !is_token("a sentence. And another. One.") && !is_token("https://a.example/x"));
    }
}
