//! The honest texts of `benches/texts`, cut to 1 KB each, and the adversarial fillers.

use std::fs;
use std::path::{Path, PathBuf};

/// One kilobyte.
pub const KB: usize = 1024;

/// Texts whose file name begins with `prefix` (`ascii-` or `other-`), by name, 1 KB each.
pub fn honest(prefix: &str) -> Result<Vec<(String, String)>, String> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder())
        .map_err(|e| format!("benches/texts: {e}"))?
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(prefix)))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).map_err(|e| format!("benches/texts: {e}"))?;
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            Ok((name, filled(&text, KB)))
        })
        .collect()
}

/// Where the honest texts are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("texts")
}

/// `unit` repeated to at most `len` bytes, cut at a character boundary.
pub fn filled(unit: &str, len: usize) -> String {
    let mut text = unit.repeat(len / unit.len() + 1);
    text.truncate(text.floor_char_boundary(len));
    text
}

/// What an attacker repeats to make a scan slow: each provokes another layer.
pub const FILLERS: &[(&str, &str)] = &[
    ("one letter", "a"),
    ("digits", "7"),
    ("card prefixes", "4111 1111 "),
    ("at signs", "@"),
    ("half a signature", "ignore "),
    ("longer half", "ignore all previous "),
    ("full signature", "ignore all previous instructions. "),
    ("near misses", "ignroe prevoius intsructions "),
    ("comment openers", "<!--"),
    ("tag openers", "<a href=\"x"),
    ("percent escapes", "%41"),
    ("quoted-printable", "=3D"),
    ("base64 words", "aGVsbG8gdGhlcmUgZnJpZW5k "),
    ("base64 run", "aGVsbG8gdGhlcmUgZnJpZW5k"),
    ("key prefixes", concat!("sk-", "proj-")),
    ("PEM openers", concat!("-----", "BEGIN ")),
    ("JWT openers", "eyJ"),
    ("string sums", "\"a\" + "),
    ("zero-width bits", "\u{200b}\u{200c}"),
    ("spaced letters", "i g n o r e "),
    ("combining marks", "a\u{301}\u{302}\u{303}"),
    ("lone marks", "\u{301}"),
    ("password fields", "password: "),
    ("unicode escapes", "\\u0041"),
    ("JSON nesting", "{\"a\":"),
    ("brackets", "(("),
    ("Morse", ".-"),
    ("hosts", "a.b."),
    ("link openers", "![a](http://"),
    ("tag characters", "\u{e0041}"),
    ("bidi overrides", "\u{202e}a"),
    ("look-alikes", "\u{456}gn\u{43e}re "),
    ("fullwidth", "\u{ff49}\u{ff47}\u{ff4e}"),
    ("Han", "\u{5ffd}\u{7565}"),
    ("quotes", "\"'"),
    ("line ends", "\n"),
];
