//! How the files are written: one member per line, lists of objects one element per line, everything else on its line.

use std::fmt::Write;

use serde_json::Value;

use crate::files::File;
use crate::rules;

/// The text of a file. Cases made of rules take one line each.
pub fn file(file: &File) -> String {
    let mut out = String::from("{\n  \"kind\": ");
    string(&file.kind, &mut out);
    out.push_str(",\n  \"about\": ");
    string(&file.about, &mut out);
    out.push_str(",\n  \"cases\": [");
    for (i, case) in file.cases.iter().enumerate() {
        out.push_str(if i > 0 { ",\n    {" } else { "\n    {" });
        let on_one_line = file.kind == rules::KIND;
        for (i, (name, value)) in case.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            out.push_str(match (on_one_line, i) {
                (true, 0) => "",
                (true, _) => " ",
                (false, _) => "\n      ",
            });
            string(name, &mut out);
            out.push_str(": ");
            match value {
                Value::Array(items) if !on_one_line && items.iter().any(is_long) => rows(items, &mut out),
                _ => compact(value, &mut out),
            }
        }
        out.push_str(if on_one_line { "}" } else { "\n    }" });
    }
    out.push_str("\n  ]\n}\n");
    out
}

fn is_long(item: &Value) -> bool {
    item.is_object()
}

fn rows(items: &[Value], out: &mut String) {
    out.push('[');
    for (i, item) in items.iter().enumerate() {
        out.push_str(if i > 0 { ",\n        " } else { "\n        " });
        compact(item, out);
    }
    out.push_str("\n      ]");
}

fn compact(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                compact(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (i, (name, member)) in members.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                string(name, out);
                out.push_str(": ");
                compact(member, out);
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// What people cannot see is written as an escape.
fn string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_unseen(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn is_unseen(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c,
            '\u{AD}' | '\u{300}'..='\u{36F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{20D0}'..='\u{20FF}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFD}' | '\u{E0000}'..='\u{E0FFF}')
}
