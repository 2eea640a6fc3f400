//! `docs/jwt.md` says what the code does: its tables are held to it.

use edgewarden::jwt::{Code, KeyCachePolicy, KeyLimits, TokenLimits};

const PAGE: &str = include_str!("../../../docs/jwt.md");

#[test]
fn page_lists_every_code_in_order() {
    let (_, section) = PAGE.split_once("\n## Error codes\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let listed: Vec<&str> = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(listed, Code::ALL.map(Code::name));
}

#[test]
fn page_names_the_defaults_that_are() {
    let (token, keys, cache) = (TokenLimits::default(), KeyLimits::default(), KeyCachePolicy::default());
    assert_eq!(cache.limits, keys);
    let sizes = [
        ("token_bytes", token.token_bytes as u64),
        ("header_bytes", token.header_bytes as u64),
        ("header_members", token.header_members as u64),
        ("claims", token.claims as u64),
        ("values", token.values as u64),
        ("json_depth", token.json_depth as u64),
        ("kid_bytes", token.kid_bytes as u64),
        ("keys", keys.keys as u64),
        ("bytes", keys.bytes as u64),
        ("ttl_secs", cache.ttl_secs),
        ("ttl_secs_min", cache.ttl_secs_min),
        ("ttl_secs_max", cache.ttl_secs_max),
        ("stale_secs", cache.stale_secs),
        ("fetch_secs", cache.fetch_secs),
        ("cooldown_secs", cache.cooldown_secs),
        ("negative_secs", cache.negative_secs),
        ("grace_secs", cache.grace_secs),
        ("issuers", cache.issuers as u64),
    ];
    for (name, size) in sizes {
        assert!(PAGE.contains(&format!("| `{name}` | {size} |")), "{name} is {size}");
    }
}

/// The table is that of the module's own documentation, whose links a page cannot have.
#[test]
fn page_has_every_state_of_the_cache() {
    let module = include_str!("../../src/jwt/key_cache.rs");
    let (_, section) = PAGE.split_once("\n## Key cache\n").unwrap();
    let events = |text: &str, prefix: &str| -> Vec<(String, String)> {
        let rows = text.lines().filter_map(|line| line.strip_prefix(prefix)?.strip_prefix("| "));
        let rows = rows.filter_map(|row| row.split_once(" | ").and_then(|(a, b)| Some((a, b.split(" | ").next()?))));
        rows.map(|(state, event)| (state.to_owned(), event.to_owned())).collect()
    };
    let told = events(section.split("\n```rust").next().unwrap(), "");
    for row in events(module, "//! ").into_iter().filter(|(state, _)| !state.starts_with('-')) {
        let is_there = told.iter().any(|(state, event)| *state == row.0 && event.ends_with(row.1.as_str()));
        assert!(is_there, "{row:?} is not on the page");
    }
}
