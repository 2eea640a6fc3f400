//! Public names of Kotlin sources.

use std::path::PathBuf;

use super::tokens::{Token, close, inside, tokens, top_level};
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
        let Some(keyword) = tokens.get(at).and_then(Token::word) else { continue };
        if is_hidden(tokens, at) {
            continue;
        }
        match keyword {
            "class" | "interface" | "object" => {
                let Some(name) = tokens.get(at + 1).and_then(Token::word) else { continue };
                let is_enum = at > 0 && tokens.get(at - 1).is_some_and(|token| token.is("enum"));
                let (mut members, base) = type_body(tokens, at + 2, is_enum);
                if base.as_deref() == Some("kotlin") {
                    // `kotlin.Exception`, and what every `Throwable` has.
                    members.push("message".to_owned());
                }
                api.add(name, members);
                api.derive(name, base.as_deref());
            }
            "fun" | "val" | "var" => {
                if let Some((receiver, name)) = named(tokens, at) {
                    match receiver {
                        Some(receiver) => api.add(&receiver, vec![name]),
                        None => api.add(&name, Vec::new()),
                    }
                }
            }
            "typealias" => {
                if let Some(name) = tokens.get(at + 1).and_then(Token::word) {
                    api.add(name, Vec::new());
                }
            }
            _ => {}
        }
    }
}

/// Members of the type whose head goes on at `from`, and the first type it extends.
fn type_body(tokens: &[Token], from: usize, is_enum: bool) -> (Vec<String>, Option<String>) {
    let (mut members, mut base) = (Vec::new(), None);
    let mut i = from;
    let mut seen_colon = false;
    while let Some(token) = tokens.get(i) {
        match token {
            Token::Sign('(') => {
                if !seen_colon {
                    members.extend(properties(inside(tokens, i)));
                }
                i = close(tokens, i);
                continue;
            }
            Token::Sign(':') => {
                seen_colon = true;
                base = tokens.get(i + 1).and_then(Token::word).map(str::to_owned);
            }
            Token::Sign('{') => {
                members.extend(body(inside(tokens, i), is_enum));
                break;
            }
            // The head is over: the next declaration begins.
            Token::Word(word) if DECLARES.contains(&word.as_str()) || word == "private" || word == "internal" => break,
            Token::Sign('@') => break,
            _ => {}
        }
        i += 1;
    }
    (members, base)
}

/// `val` and `var` of a primary constructor.
fn properties(parameters: &[Token]) -> Vec<String> {
    let is_property = |i: &usize| parameters.get(*i).is_some_and(|token| token.is("val") || token.is("var"));
    let visible = top_level(parameters).filter(is_property).filter(|i| !is_hidden(parameters, *i));
    visible.filter_map(|i| parameters.get(i + 1)?.word().map(str::to_owned)).collect()
}

fn body(body: &[Token], is_enum: bool) -> Vec<String> {
    let mut members = Vec::new();
    if is_enum {
        let entries = top_level(body).take_while(|i| body.get(*i).is_some_and(|token| !token.is(";")));
        let words = entries.filter_map(|i| body.get(i)?.word());
        // An enum without a semicolon has nothing but entries, and perhaps a companion.
        members.extend(words.take_while(|word| !["companion", "fun", "val"].contains(word)).map(str::to_owned));
    }
    for at in top_level(body) {
        match body.get(at).and_then(Token::word) {
            Some("fun" | "val" | "var") if !is_hidden(body, at) => {
                members.extend(named(body, at).map(|(_, name)| name));
            }
            Some("class" | "object") if !is_hidden(body, at) => {
                let is_companion = at > 0 && body.get(at - 1).is_some_and(|token| token.is("companion"));
                match body.get(at + 1) {
                    Some(Token::Word(name)) if !is_companion => members.push(name.clone()),
                    _ => {
                        let open = (at..body.len()).find(|i| body.get(*i).is_some_and(|token| token.is("{")));
                        members.extend(
                            open.filter(|_| is_companion)
                                .map(|i| self::body(inside(body, i), false))
                                .into_iter()
                                .flatten(),
                        );
                    }
                }
            }
            _ => {}
        }
    }
    members
}

/// Receiver and name of what `fun`, `val` or `var` at `at` declares.
fn named(tokens: &[Token], at: usize) -> Option<(Option<String>, String)> {
    let mut i = at + 1;
    if tokens.get(i)?.is("<") {
        i += tokens.iter().skip(i).position(|token| token.is(">"))? + 1;
    }
    let first = tokens.get(i)?.word()?.to_owned();
    match tokens.get(i + 1) {
        Some(Token::Sign('.')) => Some((Some(first), tokens.get(i + 2)?.word()?.to_owned())),
        _ => Some((None, first)),
    }
}

/// Whether one of the modifiers before `at` hides the declaration, or it overrides one that is counted elsewhere.
fn is_hidden(tokens: &[Token], at: usize) -> bool {
    let before = tokens.get(..at).unwrap_or_default().iter().rev().map_while(Token::word);
    before.take_while(|word| MODIFIERS.contains(word)).any(|word| ["private", "internal", "protected"].contains(&word))
}

const DECLARES: [&str; 9] = ["class", "interface", "object", "fun", "val", "var", "typealias", "public", "enum"];
const MODIFIERS: [&str; 21] = [
    "public",
    "private",
    "internal",
    "protected",
    "override",
    "open",
    "abstract",
    "final",
    "suspend",
    "inline",
    "operator",
    "data",
    "sealed",
    "enum",
    "const",
    "lateinit",
    "companion",
    "external",
    "value",
    "infix",
    "inner",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_read() {
        let text = "data class R(var a: Int, val `in`: List<B>) { fun c() = a; private fun d() {} \
                    companion object { fun e() {} } }\nenum class E { ONE, TWO;\n companion object }\n\
                    open class S : Disposable, AutoCloseable { internal val f = 1\n override fun g() { val h = 1 } }\n\
                    fun i(x: Int): Int = x\nfun <T> R.j(): T = k { val l = 1 }\ninternal object M\nsealed class X : Exception() { class Y : X() }";
        let mut api = Api::default();
        declarations(&tokens(text), &mut api);
        let show = |name: &str| api.types.get(name).cloned().map(|m| m.into_iter().collect::<Vec<_>>().join(" "));
        assert_eq!(show("R").as_deref(), Some("a c e in j"));
        assert_eq!(show("E").as_deref(), Some("ONE TWO"));
        assert_eq!(show("S").as_deref(), Some("g"));
        assert_eq!(show("X").as_deref(), Some("Y"));
        assert_eq!(show("i").as_deref(), Some(""));
        assert_eq!(show("M"), None);
    }
}
