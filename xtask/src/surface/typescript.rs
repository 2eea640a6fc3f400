//! Public names of a TypeScript declaration file.

use std::path::Path;

use super::tokens::{Token, close, inside, tokens, top_level};
use super::{Api, read};

/// The exports of the files and the members of their types. What a file takes from another one counts there.
pub fn api(files: &[&Path]) -> Result<Api, String> {
    let mut api = Api::default();
    for file in files {
        add(&mut api, &tokens(&read(file)?));
    }
    Ok(api)
}

fn add(api: &mut Api, tokens: &[Token]) {
    for at in top_level(tokens) {
        if !tokens.get(at).is_some_and(|token| token.is("export")) {
            continue;
        }
        let mut i = at + 1;
        while word(tokens, i).is_some_and(|w| ["declare", "abstract", "default", "async"].contains(&w)) {
            i += 1;
        }
        match (word(tokens, i), word(tokens, i + 1)) {
            (Some("class" | "interface"), Some(name)) => {
                let open = (i..tokens.len()).find(|j| sign(tokens, *j, '{')).unwrap_or(tokens.len());
                let base = (i..open).find(|j| word(tokens, *j) == Some("extends")).and_then(|j| word(tokens, j + 1));
                api.add(name, members(inside(tokens, open)));
                if base == Some("Error") {
                    // What every `Error` has.
                    api.add(name, vec!["message".to_owned()]);
                }
                api.derive(name, base);
            }
            (Some("const" | "let" | "var"), Some(name)) => {
                let is_object = sign(tokens, i + 2, ':') && sign(tokens, i + 3, '{');
                api.add(name, if is_object { members(inside(tokens, i + 3)) } else { Vec::new() });
            }
            (Some("type" | "function" | "enum"), Some(name)) => api.add(name, Vec::new()),
            _ if sign(tokens, i, '{') => {
                for one in inside(tokens, i).split(|token| token.is(",")) {
                    // `a as b` exports b.
                    if let Some(name) = one.iter().filter_map(Token::word).next_back() {
                        api.add(name, Vec::new());
                    }
                }
            }
            _ => {}
        }
    }
}

fn members(body: &[Token]) -> Vec<String> {
    let mut names = Vec::new();
    for member in split(body) {
        let mut i = 0;
        let is_hidden = member.first().is_some_and(|token| token.is("private") || token.is("protected"));
        // A modifier is followed by a name; a member called like one is not.
        while word(member, i).is_some_and(|w| MODIFIERS.contains(&w))
            && (word(member, i + 1).is_some() || sign(member, i + 1, '['))
        {
            i += 1;
        }
        let name = match member.get(i) {
            Some(Token::Word(name)) if name != "constructor" && !name.starts_with('#') => name.clone(),
            // `[Symbol.dispose]`
            Some(Token::Sign('[')) if word(member, i + 1) == Some("Symbol") => {
                format!("[Symbol.{}]", word(member, i + 3).unwrap_or_default())
            }
            _ => continue,
        };
        if !is_hidden && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Members end at a semicolon outside of brackets.
fn split(body: &[Token]) -> Vec<&[Token]> {
    let mut out = Vec::new();
    let (mut start, mut i) = (0, 0);
    while i < body.len() {
        if body.get(i).is_some_and(|token| token.is(";")) {
            out.extend(body.get(start..i));
            start = i + 1;
        }
        i = if matches!(body.get(i), Some(Token::Sign('{' | '(' | '['))) { close(body, i) } else { i + 1 };
    }
    out.extend(body.get(start..).filter(|rest| !rest.is_empty()));
    out
}

fn word(tokens: &[Token], i: usize) -> Option<&str> {
    tokens.get(i).and_then(Token::word)
}

fn sign(tokens: &[Token], i: usize, sign: char) -> bool {
    tokens.get(i) == Some(&Token::Sign(sign))
}

const MODIFIERS: [&str; 9] =
    ["readonly", "static", "get", "set", "async", "abstract", "override", "private", "protected"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read() {
        let body = tokens(
            "/** x; */ readonly a: string; static from(b: {c: d}): e; get(f: number): void; private g: h; \
             constructor(i: j); get k(): l; [Symbol.dispose](): void; m?: \"n\" | \"o\"; [index: string]: p; get(): q",
        );
        assert_eq!(members(&body), ["a", "from", "get", "k", "[Symbol.dispose]", "m"]);
    }
}
