//! Words and signs of a source text in TypeScript, Kotlin or Swift: what all three write alike.

/// One piece of source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A name or keyword.
    Word(String),
    /// A string, without its content.
    Text,
    /// Any other sign.
    Sign(char),
}

/// The tokens of a text, comments left out.
pub fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut out = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        match at(i) {
            '/' if at(i + 1) == '/' => {
                while i < chars.len() && at(i) != '\n' {
                    i += 1;
                }
            }
            '/' if at(i + 1) == '*' => i = comment_end(&chars, i),
            '"' if at(i + 1) == '"' && at(i + 2) == '"' => {
                i += 3;
                while i < chars.len() && !(at(i) == '"' && at(i + 1) == '"' && at(i + 2) == '"') {
                    i += 1;
                }
                i += 3;
                out.push(Token::Text);
            }
            quote @ ('"' | '\'') => {
                i += 1;
                while i < chars.len() && at(i) != quote && at(i) != '\n' {
                    i += if at(i) == '\\' { 2 } else { 1 };
                }
                i += 1;
                out.push(Token::Text);
            }
            // Kotlin and Swift write names that are keywords so.
            '`' => {
                let word: String = chars.iter().skip(i + 1).take_while(|c| **c != '`').collect();
                i += word.chars().count() + 2;
                out.push(Token::Word(word));
            }
            c if is_word(c) => {
                let word: String = chars.iter().skip(i).take_while(|c| is_word(**c)).collect();
                i += word.chars().count();
                out.push(Token::Word(word));
            }
            c => {
                if !c.is_whitespace() {
                    out.push(Token::Sign(c));
                }
                i += 1;
            }
        }
    }
    out
}

/// Comments nest in Kotlin and Swift; in TypeScript an opening inside a comment would be a strange one.
fn comment_end(chars: &[char], start: usize) -> usize {
    let (mut depth, mut i) = (0, start);
    while i < chars.len() {
        match (chars.get(i), chars.get(i + 1)) {
            (Some('/'), Some('*')) => (depth, i) = (depth + 1, i + 2),
            (Some('*'), Some('/')) => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            break;
        }
    }
    i
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || c == '#'
}

impl Token {
    /// The word, if it is one.
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Whether it is this sign or this word.
    pub fn is(&self, text: &str) -> bool {
        match self {
            Self::Word(word) => word == text,
            Self::Sign(sign) => text.chars().eq([*sign]),
            Self::Text => false,
        }
    }
}

/// Where the bracket that opens at `open` closes, one past it.
pub fn close(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (i, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Sign('{' | '(' | '[') => depth += 1,
            Token::Sign('}' | ')' | ']') => {
                depth -= 1;
                if depth == 0 {
                    return i + 1;
                }
            }
            _ => {}
        }
    }
    tokens.len()
}

/// What stands between the bracket at `open` and its partner.
pub fn inside(tokens: &[Token], open: usize) -> &[Token] {
    tokens.get(open + 1..close(tokens, open).saturating_sub(1)).unwrap_or_default()
}

/// The places of a list that are in none of its brackets.
pub fn top_level(tokens: &[Token]) -> impl Iterator<Item = usize> + '_ {
    let mut next = 0;
    std::iter::from_fn(move || {
        let here = next;
        let token = tokens.get(here)?;
        next = if matches!(token, Token::Sign('{' | '(' | '[')) { close(tokens, here) } else { here + 1 };
        Some(here)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_hold_no_words() {
        let found = tokens("a /* b /* c */ d */ \"e { // f\" // g\n`in` \"\"\"h\n{\"\"\" .i");
        let words: Vec<&str> = found.iter().filter_map(Token::word).collect();
        assert_eq!(words, ["a", "in", "i"]);
    }

    #[test]
    fn brackets_are_jumped_over() {
        let found = tokens("a { b ( c ) } d");
        let words: Vec<&str> = top_level(&found).filter_map(|i| found[i].word()).collect();
        assert_eq!(words, ["a", "d"]);
        assert_eq!(inside(&found, 1).len(), 4);
    }
}
