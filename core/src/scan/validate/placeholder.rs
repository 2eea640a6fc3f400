//! Values nobody uses: samples of manuals, masks, template variables, keyboard walks.

/// Samples, masks, template variables, and values of which half is a repeated or consecutive run.
pub(super) fn is_placeholder(value: &str) -> bool {
    // Words of four letters occur by chance in a long key, so only short values are searched for them.
    if value.len() <= WORD_SEARCH_BYTES {
        let lower = value.to_ascii_lowercase();
        if PLACEHOLDER_WORDS.iter().any(|w| lower.contains(w)) || (lower.contains('<') && lower.contains('>')) {
            return true;
        }
    }
    let alphanumerics = value.bytes().filter(u8::is_ascii_alphanumeric).count();
    walked(value) * 2 >= alphanumerics
}

/// Number of bytes in runs of four or more that repeat, rise or fall by one: `0000`, `1234`, `dcba`.
fn walked(value: &str) -> usize {
    let (mut covered, mut run) = (0, 1);
    let mut step = None;
    let mut last: Option<u8> = None;
    for b in value.bytes().map(|b| b.to_ascii_lowercase()) {
        let now = last.and_then(|a| walk_step(a, b));
        run = match now {
            Some(s) if step == Some(s) => run + 1,
            _ => {
                covered += if run >= 4 { run } else { 0 };
                if now.is_some() { 2 } else { 1 }
            }
        };
        step = now;
        last = Some(b);
    }
    covered + if run >= 4 { run } else { 0 }
}

fn walk_step(a: u8, b: u8) -> Option<i8> {
    if !a.is_ascii_alphanumeric() || !b.is_ascii_alphanumeric() {
        return None;
    }
    match (a, b) {
        (b'9', b'0') => Some(1),
        (b'0', b'9') => Some(-1),
        _ if a == b => Some(0),
        _ if a.checked_add(1) == Some(b) => Some(1),
        _ if b.checked_add(1) == Some(a) => Some(-1),
        _ => None,
    }
}

/// Whether a password or value, seen alone, is not a word of a manual or a reference to where the real one is kept.
pub(super) fn is_chosen(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    !WEAK_VALUES.contains(&lower.as_str()) && !REFERENCES.iter().any(|r| lower.starts_with(r)) && !is_placeholder(value)
}

const WORD_SEARCH_BYTES: usize = 512;

#[rustfmt::skip]
const PLACEHOLDER_WORDS: [&str; 26] = [
    "example", "sample", "dummy", "changeme", "change_me", "change-me", "placeholder", "redacted", "your_", "your-",
    "yourkey", "yourtoken", "yoursecret", "insert", "replace", "xxxx", "****", "....", "notreal", "not_real",
    "not-a-real", "fake", "foobar", "deadbeef", "${", "{{",
];

#[rustfmt::skip]
const WEAK_VALUES: [&str; 30] = [
    "password", "passwd", "pass", "pwd", "secret", "token", "apikey", "api_key", "key", "none", "null", "nil", "true",
    "false", "undefined", "test", "testing", "string", "str", "hidden", "required", "optional", "admin", "root",
    "user", "username", "guest", "postgres", "mysql", "password1",
];

#[rustfmt::skip]
const REFERENCES: [&str; 15] = [
    "$", "%", "<", "{", "process.env", "os.environ", "os.getenv", "env.", "env(", "getenv", "config.", "secrets.",
    "vault.", "settings.", "var.",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn placeholders_are_seen() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE", "your_api_key", "xxxxxxxxxxxxxxxx", "1234567890", "abcdef0123456789", "****",
            "<key>", "${TOKEN}", "{{ token }}", "00000000-0000-0000-0000-000000000000", "AAAAAAAAAAAA", "changeme", "",
            "9876543210", "aBcDeFgHiJkLmNoP",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn runs_inside_a_random_value_do_not_make_it_a_placeholder() {
        for text in
            ["q7Wz3KdXv2Mp4HtRjN5ybC8f", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ", "h7Rq2!vLx9", "a1b2c3d4e5f6"]
        {
            assert!(!is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn words_are_not_searched_in_long_values() {
        let long = "q7Wz3KdXv2Mp4HtRjN5y".repeat(40) + "fake";
        assert!(!is_placeholder(&long));
    }

    #[test]
    fn names_of_where_a_secret_is_kept_are_not_chosen() {
        for text in ["$PASS1", "process.env.P1", "Password1", "env.X1", "%PASS1%"] {
            assert!(!is_chosen(text), "{text}");
        }
    }
}
