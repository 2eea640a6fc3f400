//! Public names of Swift sources.

use std::path::PathBuf;

use super::tokens::{Token, inside, tokens, top_level};
use super::{Api, read};

/// The public declarations of the files together.
pub fn api(files: &[PathBuf]) -> Result<Api, String> {
    let mut api = Api::default();
    for file in files {
        declarations(&tokens(&read(file)?), &mut api);
    }
    Ok(api)
}

fn declarations(tokens: &[Token], api: &mut Api) {
    for at in top_level(tokens) {
        let (Some(keyword), Some(name)) =
            (tokens.get(at).and_then(Token::word), tokens.get(at + 1).and_then(Token::word))
        else {
            continue;
        };
        let is_public = is_public(tokens, at);
        match keyword {
            "class" | "struct" | "enum" | "protocol" | "extension" | "actor" => {
                let is_extension = keyword == "extension";
                // `class func` declares no type, and what a file keeps to itself is not public.
                if name == "func" || name == "var" || !(is_public || is_extension) {
                    continue;
                }
                let Some(open) = (at..tokens.len()).find(|i| tokens.get(*i).is_some_and(|token| token.is("{"))) else {
                    continue;
                };
                let all_public = keyword == "protocol" || (is_extension && is_public);
                let members = members(inside(tokens, open), all_public, keyword == "enum");
                if !is_extension || !members.is_empty() {
                    api.add(name, members);
                }
                let base = tokens.get(at + 2).filter(|token| token.is(":") && !is_extension);
                api.derive(name, base.and_then(|_| tokens.get(at + 3)?.word()));
            }
            "func" | "var" | "let" | "typealias" if is_public => api.add(name, Vec::new()),
            _ => {}
        }
    }
}

fn members(body: &[Token], all_public: bool, is_enum: bool) -> Vec<String> {
    let mut members = Vec::new();
    for at in top_level(body) {
        let (Some(keyword), Some(name)) = (body.get(at).and_then(Token::word), body.get(at + 1).and_then(Token::word))
        else {
            continue;
        };
        let counts = match keyword {
            "func" | "var" | "let" | "typealias" | "struct" | "enum" => all_public || is_public(body, at),
            "case" => is_enum,
            _ => false,
        };
        if counts && !members.iter().any(|member| member == name) {
            members.push(name.to_owned());
        }
    }
    members
}

/// Whether one of the modifiers before `at` makes the declaration public.
fn is_public(tokens: &[Token], at: usize) -> bool {
    let mut i = at;
    while i > 0 {
        i -= 1;
        match tokens.get(i) {
            Some(Token::Word(word)) if word == "public" || word == "open" => return true,
            Some(Token::Word(word)) if MODIFIERS.contains(&word.as_str()) => {}
            // `private(set)`, `nonisolated(unsafe)`
            Some(Token::Sign(')')) => {
                while i > 0 && tokens.get(i) != Some(&Token::Sign('(')) {
                    i -= 1;
                }
            }
            _ => return false,
        }
    }
    false
}

const MODIFIERS: [&str; 16] = [
    "static",
    "class",
    "final",
    "override",
    "mutating",
    "nonmutating",
    "convenience",
    "required",
    "lazy",
    "weak",
    "unowned",
    "dynamic",
    "indirect",
    "private",
    "nonisolated",
    "async",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_read() {
        let text = "open class S: P { public private(set) var a: Int { get { let b = 1 } }\n func c() {}\n \
                    public static func d() {} }\npublic enum E: Equatable { case one\n case two(code: String) }\n\
                    extension S { public func e() {}\n func f() {} }\npublic extension S { func g() {} }\nfunc h() {}\n\
                    public func i() {}\nstruct J { public var k: Int }\nextension E: Comparable { }";
        let mut api = Api::default();
        declarations(&tokens(text), &mut api);
        let show = |name: &str| api.types.get(name).cloned().map(|m| m.into_iter().collect::<Vec<_>>().join(" "));
        assert_eq!(show("S").as_deref(), Some("a d e g"));
        assert_eq!(show("E").as_deref(), Some("one two"));
        assert_eq!(show("i").as_deref(), Some(""));
        assert_eq!((show("h"), show("J")), (None, None));
    }
}
