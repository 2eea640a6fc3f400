//! Claims for people: the same JSON on lines of its own, numbers as the issuer spelled them.

use edgewarden::text::json::Json;

use crate::output::text::safe;

/// The document with an indent, nothing in it steering the terminal. What is not JSON comes back as it is.
pub fn pretty(document: &str) -> String {
    let Ok(value) = Json::parse(document, DEPTH_MAX) else { return safe(document) };
    let mut out = String::new();
    write(&mut out, &value, 0);
    out
}

fn write(out: &mut String, value: &Json, depth: usize) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Json::Number(number) => out.push_str(number),
        Json::String(text) => quote(out, text),
        Json::Array(elements) => list(out, ['[', ']'], elements, depth, |out, element| write(out, element, depth + 1)),
        Json::Object(members) => list(out, ['{', '}'], members, depth, |out, (name, value)| {
            quote(out, name);
            out.push_str(": ");
            write(out, value, depth + 1);
        }),
    }
}

fn list<T>(
    out: &mut String,
    [open, close]: [char; 2],
    items: &[T],
    depth: usize,
    mut each: impl FnMut(&mut String, &T),
) {
    out.push(open);
    for (i, item) in items.iter().enumerate() {
        out.push_str(if i == 0 { "\n" } else { ",\n" });
        out.push_str(&"  ".repeat(depth + 1));
        each(out, item);
    }
    if !items.is_empty() {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
    out.push(close);
}

/// A string whose characters that a terminal hides or obeys are escaped.
fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ if safe(c.encode_utf8(&mut [0; 4])).starts_with('⟨') && c != '⟨' => {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

/// Deeper than any token may be nested.
const DEPTH_MAX: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_numbers_are_kept_and_controls_are_escaped() {
        let shown = pretty("{\"b\":1.50e3,\"a\":[\"x\u{202e}y\",{}],\"c\":\"\\u001b[2J\u{e0041}⟨\\\"\"}");
        let expected = "{\n  \"b\": 1.50e3,\n  \"a\": [\n    \"x\\u202ey\",\n    {}\n  ],\n  \"c\": \"\\u001b[2J\\udb40\\udc41⟨\\\"\"\n}";
        assert_eq!(shown, expected);
    }
}
