//! Public vectors from `../shared/vectors/jwt`, or the folder that `EDGEWARDEN_VECTORS` names. Absent ones are said to be.

use std::fs;
use std::path::PathBuf;

use edgewarden::text::json::Json;

/// The file of that name, or nothing and a message where the vectors are absent.
pub fn read(name: &str) -> Option<Json> {
    let text = text(name)?;
    Some(Json::parse(&text, 64).unwrap_or_else(|error| panic!("{name}: {error:?}")))
}

/// The text of that file.
pub fn text(name: &str) -> Option<String> {
    let path = path(name)?;
    Some(fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// The place of that file or folder.
pub fn path(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("EDGEWARDEN_VECTORS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors"), PathBuf::from);
    if !root.is_dir() {
        eprintln!("skipped: no public vectors (EDGEWARDEN_VECTORS names their folder)");
        return None;
    }
    Some(root.join("jwt").join(name))
}

/// A member that must be there.
pub fn member<'a>(value: &'a Json, name: &str) -> &'a Json {
    value.get(name).unwrap_or_else(|| panic!("no member {name}"))
}

/// A string that must be there.
pub fn string<'a>(value: &'a Json, name: &str) -> &'a str {
    member(value, name).as_str().unwrap_or_else(|| panic!("{name} is no string"))
}

/// The entries of an array that must be there.
pub fn entries<'a>(value: &'a Json, name: &str) -> &'a [Json] {
    member(value, name).as_array().unwrap_or_else(|| panic!("{name} is no array"))
}

/// A number that must be there.
pub fn number(value: &Json, name: &str) -> u64 {
    member(value, name).as_u53().unwrap_or_else(|| panic!("{name} is no whole number"))
}

/// Bytes of hexadecimal digits.
pub fn hex(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

/// base64url without padding.
pub fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = (0..3).fold(0, |word, i| word << 8 | u32::from(chunk.get(i).copied().unwrap_or(0)));
        for i in 0..=chunk.len() {
            out.push(char::from(ALPHABET[(word >> (18 - 6 * i) & 63) as usize]));
        }
    }
    out
}

/// A value written out again.
pub fn write(value: &Json) -> String {
    let quoted = |text: &str| {
        let escaped: String = text
            .chars()
            .map(|c| if c < ' ' || c == '"' || c == '\\' { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() })
            .collect();
        format!("\"{escaped}\"")
    };
    match value {
        Json::Null => "null".into(),
        Json::Bool(value) => value.to_string(),
        Json::Number(number) => number.clone(),
        Json::String(text) => quoted(text),
        Json::Array(values) => format!("[{}]", values.iter().map(write).collect::<Vec<_>>().join(",")),
        Json::Object(members) => {
            let member = |(name, value): &(String, Json)| format!("{}:{}", quoted(name), write(value));
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","))
        }
    }
}
