//! Regular expressions to anchored automata that one table look-up per byte runs.

use std::collections::HashMap;

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::start;
use regex_automata::util::syntax;
use regex_automata::{Anchored, MatchKind};

/// An automaton in the form the core reads.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// Class of each byte.
    pub classes: [u8; 256],
    /// Number of classes.
    pub width: u16,
    /// First state; state 0 is dead.
    pub start: u16,
    /// States from here on accept.
    pub accepting_from: u16,
    /// `next[state * width + class]`.
    pub next: Vec<u16>,
}

/// Compiles `pattern`, or says why it cannot run in linear time within the size limit.
pub fn compile(pattern: &str) -> Result<Compiled, String> {
    let dfa = build(pattern)?;
    let first =
        dfa.start_state(&start::Config::new().anchored(Anchored::Yes)).map_err(|e| format!("no start state: {e}"))?;
    // Number the reachable states, dead first.
    let mut number = HashMap::new();
    let mut states = vec![];
    let mut rows: Vec<Vec<Option<usize>>> = vec![];
    number.insert(first, 0usize);
    states.push(first);
    let mut at = 0;
    while at < states.len() {
        let state = states[at];
        let mut row = Vec::with_capacity(256);
        for byte in 0..=255u8 {
            let next = dfa.next_state(state, byte);
            if dfa.is_dead_state(next) {
                row.push(None);
                continue;
            }
            if dfa.is_quit_state(next) {
                return Err("needs a Unicode word boundary".into());
            }
            let fresh = states.len();
            let id = *number.entry(next).or_insert_with(|| {
                states.push(next);
                fresh
            });
            row.push(Some(id));
        }
        rows.push(row);
        at += 1;
        if states.len() > STATES_MAX {
            return Err(format!("more than {STATES_MAX} states"));
        }
    }
    // The automaton reports a match one byte late, so a state accepts if the end of input would match.
    let accepts: Vec<bool> = states.iter().map(|s| dfa.is_match_state(dfa.next_eoi_state(*s))).collect();
    // A state that neither accepts nor leads to one that does is dead: mark those and order the rest.
    let live = live_states(&rows, &accepts);
    if !live.first().copied().unwrap_or(false) {
        return Err("can never match".into());
    }
    if accepts.first().copied().unwrap_or(false) {
        return Err("matches the empty text".into());
    }
    let order: Vec<usize> = (0..rows.len())
        .filter(|s| live[*s] && !accepts[*s])
        .chain((0..rows.len()).filter(|s| live[*s] && accepts[*s]))
        .collect();
    let mut renumber = vec![0u16; rows.len()];
    for (new, old) in order.iter().enumerate() {
        renumber[*old] = new as u16 + 1;
    }
    let accepting_from = 1 + order.iter().filter(|s| !accepts[**s]).count() as u16;
    Ok(pack(&rows, &order, &renumber, accepting_from))
}

fn build(pattern: &str) -> Result<dense::DFA<Vec<u32>>, String> {
    dense::Builder::new()
        .configure(
            dense::Config::new()
                .start_kind(StartKind::Anchored)
                .match_kind(MatchKind::All)
                .minimize(true)
                .dfa_size_limit(Some(64 << 20))
                .determinize_size_limit(Some(64 << 20)),
        )
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .thompson(thompson::Config::new().utf8(false))
        .build(pattern)
        .map_err(|e| {
            let mut text = e.to_string();
            let mut source = std::error::Error::source(&e);
            while let Some(inner) = source {
                text = format!("{text}: {inner}");
                source = inner.source();
            }
            text
        })
}

fn live_states(rows: &[Vec<Option<usize>>], accepts: &[bool]) -> Vec<bool> {
    let mut before = vec![vec![]; rows.len()];
    for (from, row) in rows.iter().enumerate() {
        for to in row.iter().flatten() {
            before[*to].push(from);
        }
    }
    let mut live = accepts.to_vec();
    let mut queue: Vec<usize> = (0..rows.len()).filter(|s| accepts[*s]).collect();
    while let Some(state) = queue.pop() {
        for &from in &before[state] {
            if !live[from] {
                live[from] = true;
                queue.push(from);
            }
        }
    }
    live
}

fn pack(rows: &[Vec<Option<usize>>], order: &[usize], renumber: &[u16], accepting_from: u16) -> Compiled {
    let mut columns: HashMap<Vec<u16>, u8> = HashMap::new();
    let mut classes = [0u8; 256];
    let mut representative = vec![];
    for byte in 0..256usize {
        let column: Vec<u16> = order.iter().map(|s| rows[*s][byte].map_or(0, |t| renumber[t])).collect();
        let fresh = columns.len() as u8;
        classes[byte] = *columns.entry(column).or_insert_with(|| {
            representative.push(byte);
            fresh
        });
    }
    let width = representative.len();
    let mut next = vec![0u16; width];
    for state in order {
        next.extend(representative.iter().map(|b| rows[*state][*b].map_or(0, |t| renumber[t])));
    }
    Compiled { classes, width: width as u16, start: renumber[0], accepting_from, next }
}

/// An automaton with more states is refused: the pattern is a program, not a shape.
const STATES_MAX: usize = 1200;

#[cfg(test)]
mod tests {
    use super::*;

    fn run(c: &Compiled, text: &str) -> Option<usize> {
        let (mut state, mut best) = (c.start, None);
        for (i, b) in text.bytes().enumerate() {
            state = c.next[state as usize * c.width as usize + c.classes[b as usize] as usize];
            if state == 0 {
                break;
            }
            if state >= c.accepting_from {
                best = Some(i + 1);
            }
        }
        best
    }

    #[test]
    fn longest_match_wins() {
        let c = compile("ab{2,4}c?").unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(run(&c, "abbbbbc"), Some(5));
        assert_eq!(run(&c, "abbc-"), Some(4));
        assert_eq!(run(&c, "ab"), None);
    }

    #[test]
    fn look_around_and_references_are_refused() {
        for pattern in ["(?=a)b", r"(a)\1", "(?:a{1,200}){1,200}b"] {
            assert!(compile(pattern).is_err(), "{pattern}");
        }
    }
}
