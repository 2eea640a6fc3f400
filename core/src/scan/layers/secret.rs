//! Layer 12, secrets (and every other shape): keyword, anchored automaton, then checks that a pattern cannot do.

use crate::scan::engine::ruleset::{ANCHORED_RECORD, RuleSet, Section};
use crate::scan::engine::table::Table;
use crate::scan::engine::tokens::AnchorHit;
use crate::scan::rule::Category;
use crate::scan::validate::Validator;
use crate::text::Span;

/// Verifies one keyword hit. Returns rule and span of the match, and the number of bytes looked at.
pub(crate) fn verify(rules: &RuleSet, text: &str, hit: &AnchorHit) -> (Option<(u16, Span)>, usize) {
    let pattern = Pattern::read(rules, hit.pattern);
    let bytes = text.as_bytes();
    let dfa = rules.dfa(pattern.dfa);
    let boundary = |at: usize| pattern.open_end || !continues(bytes, at);
    let mut work = 0;
    if pattern.near == 0 {
        let start = hit.start as usize;
        let (end, looked) = dfa.longest(bytes, start, boundary);
        let found = end.map(|end| Span::new(start, end)).filter(|s| pattern.accepts(rules, text, *s));
        return (found.map(|s| (pattern.rule, s)), looked);
    }
    let from = hit.end as usize;
    let mut before = bytes.get(from.wrapping_sub(1)).copied();
    for at in from..from.saturating_add(pattern.near as usize) {
        let Some(&byte) = bytes.get(at) else { break };
        let fresh = before.is_none_or(|b| !b.is_ascii_alphanumeric()) || at == from;
        before = Some(byte);
        if byte == b'\n' && at > from {
            // A value on a later line belongs to another key.
            if bytes.get(at + 1).is_none_or(|b| !b.is_ascii_whitespace()) && at > from + 2 {
                break;
            }
        }
        if !fresh || byte.is_ascii_whitespace() || is_separator(byte) {
            continue;
        }
        let (end, looked) = dfa.longest(bytes, at, boundary);
        work += looked;
        if let Some(end) = end {
            let span = Span::new(at, end);
            if pattern.accepts(rules, text, span) {
                return (Some((pattern.rule, span)), work);
            }
        }
    }
    (None, work)
}

struct Pattern<'a> {
    rule: u16,
    dfa: u16,
    near: u8,
    open_end: bool,
    checks: &'a [u8],
}

impl<'a> Pattern<'a> {
    fn read(rules: &'a RuleSet, id: u16) -> Self {
        let all = rules.section(Section::Anchored);
        let record = Table(all.slice(id as usize * ANCHORED_RECORD, ANCHORED_RECORD));
        Self {
            rule: record.u16(0),
            dfa: record.u16(2),
            near: record.u8(4),
            open_end: record.u8(5) == 1,
            checks: record.slice(6, 6),
        }
    }

    fn accepts(&self, rules: &RuleSet, text: &str, span: Span) -> bool {
        let Some(value) = span.snapped(text).slice(text) else { return false };
        let is_secret = rules.rule(self.rule).is_some_and(|r| r.category() == Category::Secret);
        (!is_secret || Validator::NotPlaceholder.check(value))
            && self.checks.chunks_exact(2).all(|c| match c {
                [kind, argument] => Validator::decode(*kind, *argument).is_none_or(|v| v.check(value)),
                _ => true,
            })
    }
}

/// Whether the token goes on at `at`, so that a match may not end there.
fn continues(bytes: &[u8], at: usize) -> bool {
    let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let last = at.checked_sub(1).and_then(|i| bytes.get(i));
    bytes.get(at).is_some_and(word) && last.is_some_and(word)
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b':' | b'=' | b'"' | b'\'' | b'`' | b',' | b'>' | b'<' | b'|' | b'(' | b')' | b';')
}
