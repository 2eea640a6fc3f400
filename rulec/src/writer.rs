//! Turns sources into sections and sections into bytes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use edgewarden::scan::format::{self as layout, Section};
use edgewarden::scan::{Category, Confidence, Origin, Severity, Strictness, Validator};

use crate::Compiled;
use crate::concepts::{Concepts, Entry, resolve};
use crate::error::{Code, Problem};
use crate::pattern;
use crate::source::{RuleFile, Source};
use crate::tables;

/// Writes the rule set; `None` when it would be unusable. Problems of single rules are added and the rule left out.
pub fn write(source: &Source, problems: &mut Vec<Problem>) -> Option<Compiled> {
    let mut writer = Writer::default();
    let mut ids = BTreeSet::new();
    for (category, file, rule) in &source.rules {
        let mut fail = |code, detail: String| problems.push(Problem::new(file, code, detail));
        if file.file_stem().is_none_or(|s| s.to_string_lossy() != rule.id) || !ids.insert(rule.id.clone()) {
            fail(Code::Id, format!("`{}` differs from the file name or stands twice", rule.id));
            continue;
        }
        if rule.matches.is_empty() || rule.clean.is_empty() {
            fail(Code::Examples, "needs at least one `matches` and one `clean`".into());
        }
        let number = writer.rules;
        match writer.rule(category, rule) {
            Ok(()) => {}
            Err((code, detail)) => {
                fail(code, detail);
                continue;
            }
        }
        if let Err((code, detail)) = writer.body(number, rule, source) {
            fail(code, detail);
        }
    }
    match writer.finish(source) {
        Ok(compiled) => Some(compiled),
        Err(detail) => {
            problems.push(Problem::new("rules".as_ref(), Code::TooLarge, detail));
            None
        }
    }
}

type Fault = (Code, String);

#[derive(Default)]
struct Writer {
    rules: u16,
    rule_records: Vec<(String, [u8; layout::RULE_RECORD])>,
    strings: Vec<u8>,
    languages: HashMap<String, (u16, u16)>,
    concepts: Concepts,
    /// Concepts by the language of the rules that use them.
    spoken: BTreeMap<String, BTreeSet<u16>>,
    slots: Vec<[u8; layout::SLOT_RECORD]>,
    patterns: Vec<u8>,
    keywords: BTreeMap<String, BTreeSet<u16>>,
    anchored: Vec<u8>,
    dfas: Vec<u8>,
    dfa_ids: HashMap<String, u16>,
    class_maps: Vec<u8>,
    class_map_ids: HashMap<[u8; 256], u16>,
    transitions: Vec<u8>,
}

impl Writer {
    fn rule(&mut self, folder: &str, rule: &RuleFile) -> Result<(), Fault> {
        let unknown = |what: &str, word: &str| (Code::UnknownWord, format!("`{word}` is no {what}"));
        let category = Category::from_name(folder).ok_or_else(|| unknown("category", folder))?;
        let severity = Severity::from_name(&rule.severity).ok_or_else(|| unknown("severity", &rule.severity))?;
        let confidence =
            Confidence::from_name(&rule.confidence).ok_or_else(|| unknown("confidence", &rule.confidence))?;
        let strictness =
            Strictness::from_name(&rule.strictness).ok_or_else(|| unknown("strictness", &rule.strictness))?;
        let origins = match &rule.origins {
            Some(names) => names.iter().try_fold(0u8, |mask, name| {
                Origin::from_name(name).map(|o| mask | 1 << o as u8).ok_or_else(|| unknown("origin", name))
            })?,
            None if trusts_system(category) => ALL_ORIGINS & !(1 << Origin::System as u8),
            None => ALL_ORIGINS,
        };
        let weight = rule.weight.unwrap_or_else(|| default_weight(severity, confidence));
        if !(1..=1000).contains(&weight) {
            return Err((Code::UnknownWord, format!("weight {weight} is not within 1 to 1000")));
        }
        let (language_at, language_len) = self.language(&rule.languages.join(","));
        let mut record = [0u8; layout::RULE_RECORD];
        record[4] = rule.id.len() as u8;
        record[5] = category as u8;
        record[6] = severity as u8;
        record[7] = confidence as u8;
        record[8] = strictness as u8;
        record[9] = origins;
        record[10..12].copy_from_slice(&weight.to_le_bytes());
        record[12..14].copy_from_slice(&language_at.to_le_bytes());
        record[14..16].copy_from_slice(&language_len.to_le_bytes());
        self.rule_records.push((rule.id.clone(), record));
        self.rules += 1;
        Ok(())
    }

    fn language(&mut self, tags: &str) -> (u16, u16) {
        if tags.is_empty() {
            return (0, 0);
        }
        if let Some(found) = self.languages.get(tags) {
            return *found;
        }
        let at = (self.strings.len() as u16, tags.len() as u16);
        self.strings.extend(tags.bytes());
        self.languages.insert(tags.to_owned(), at);
        at
    }

    fn body(&mut self, number: u16, rule: &RuleFile, source: &Source) -> Result<(), Fault> {
        let bodies = [!rule.patterns.is_empty(), rule.regex.is_some(), rule.detector];
        if bodies.iter().filter(|b| **b).count() != 1 {
            return Err((Code::Body, "needs exactly one of `patterns`, `regex`, `detector`".into()));
        }
        if rule.contextual && !rule.detector {
            return Err((Code::Body, "only a `detector` can be `contextual`".into()));
        }
        if rule.regex.is_some() {
            return self.anchored(number, rule);
        }
        let unless = self.unless(rule, source)?;
        for text in &rule.patterns {
            let rows = pattern::parse(text).map_err(|e| (Code::Pattern, format!("`{text}`: {e}")))?;
            for row in rows {
                self.sequence(number, unless, &row, 0, rule, source)?;
                if reads_reversed(rule, &row) {
                    self.sequence(number, unless, &reversed(&row), layout::REVERSED, rule, source)?;
                }
            }
        }
        Ok(())
    }

    fn unless(&mut self, rule: &RuleFile, source: &Source) -> Result<u16, Fault> {
        let mut words = BTreeSet::new();
        for name in &rule.unless {
            words.extend(resolve(name, rule, &source.lexicons).map_err(|e| (Code::UnknownSet, e))?);
        }
        Ok(if words.is_empty() { layout::NO_CONCEPT } else { self.concepts.id(words) })
    }

    fn sequence(
        &mut self,
        number: u16,
        unless: u16,
        row: &[pattern::Slot],
        flags: u8,
        rule: &RuleFile,
        source: &Source,
    ) -> Result<(), Fault> {
        let pattern = (self.patterns.len() / layout::PATTERN_RECORD) as u16;
        let mut record = [0u8; layout::PATTERN_RECORD];
        record[..2].copy_from_slice(&number.to_le_bytes());
        record[2..4].copy_from_slice(&unless.to_le_bytes());
        record[4] = flags;
        self.patterns.extend(record);
        for (position, slot) in row.iter().enumerate() {
            let mut words: BTreeSet<Entry> = BTreeSet::new();
            for alternative in &slot.alternatives {
                words.extend(resolve(alternative, rule, &source.lexicons).map_err(|e| (Code::UnknownSet, e))?);
            }
            if u32::from(slot.gap) > layout::GAP_MAX {
                return Err((Code::Pattern, format!("a gap of more than {} tokens", layout::GAP_MAX)));
            }
            let concept = self.concepts.id(words);
            for language in &rule.languages {
                self.spoken.entry(language.clone()).or_default().insert(concept);
            }
            let mut flags = if slot.opens { layout::OPENS } else { 0 };
            if slot.closes {
                flags |= layout::CLOSES;
            }
            if position + 1 == row.len() {
                flags |= layout::LAST;
            }
            let mut record = [0u8; layout::SLOT_RECORD];
            record[..2].copy_from_slice(&concept.to_le_bytes());
            record[2] = slot.gap;
            record[3] = flags;
            record[4..6].copy_from_slice(&pattern.to_le_bytes());
            record[6] = position as u8;
            self.slots.push(record);
        }
        Ok(())
    }

    fn anchored(&mut self, number: u16, rule: &RuleFile) -> Result<(), Fault> {
        let regex = rule.regex.as_deref().unwrap_or_default();
        if rule.keywords.is_empty() {
            return Err((Code::Body, "`regex` needs `keywords`".into()));
        }
        let dfa = self.dfa(regex).map_err(|e| (Code::NotLinear, e))?;
        let pattern = (self.anchored.len() / layout::ANCHORED_RECORD) as u16;
        let mut record = [0u8; layout::ANCHORED_RECORD];
        record[..2].copy_from_slice(&number.to_le_bytes());
        record[2..4].copy_from_slice(&dfa.to_le_bytes());
        record[4] = rule.near.unwrap_or(0);
        record[5] = u8::from(rule.open_end);
        let mut checks = Vec::new();
        for name in &rule.validate {
            let check =
                Validator::parse(name).ok_or_else(|| (Code::UnknownWord, format!("`{name}` is no validator")))?;
            checks.push(check.encode());
        }
        if checks.len() > 3 {
            return Err((Code::Body, "at most three validators".into()));
        }
        for (to, (kind, argument)) in record[6..].chunks_exact_mut(2).zip(checks) {
            to.copy_from_slice(&[kind, argument]);
        }
        self.anchored.extend(record);
        for keyword in &rule.keywords {
            let folded = keyword.to_ascii_lowercase();
            if folded.len() >= layout::LENGTH_MAX || !folded.is_ascii() {
                return Err((Code::Body, "a keyword is ASCII and short".into()));
            }
            self.keywords.entry(folded).or_default().insert(pattern);
        }
        Ok(())
    }

    fn dfa(&mut self, regex: &str) -> Result<u16, String> {
        if let Some(id) = self.dfa_ids.get(regex) {
            return Ok(*id);
        }
        let compiled = crate::automaton::compile(regex)?;
        let fresh = (self.class_maps.len() / 256) as u16;
        let map = *self.class_map_ids.entry(compiled.classes).or_insert(fresh);
        if map == fresh {
            self.class_maps.extend(compiled.classes);
        }
        let id = (self.dfas.len() / layout::DFA_RECORD) as u16;
        let states = compiled.next.len() / compiled.width as usize;
        for value in [map, compiled.start, states as u16, compiled.accepting_from, compiled.width] {
            self.dfas.extend(value.to_le_bytes());
        }
        self.dfas.extend((self.transitions.len() as u32).to_le_bytes());
        for (i, next) in compiled.next.iter().enumerate() {
            let state = (i / compiled.width as usize) as u16;
            let distance = if *next == 0 { 0 } else { next.wrapping_sub(state).wrapping_add(layout::DISTANCE_ZERO) };
            self.transitions.extend(distance.to_le_bytes());
        }
        self.dfa_ids.insert(regex.to_owned(), id);
        Ok(id)
    }

    fn finish(mut self, source: &Source) -> Result<Compiled, String> {
        let mention: BTreeSet<Entry> = source
            .lexicons
            .values()
            .flat_map(|l| l.sets.get("mention").into_iter().flatten())
            .filter_map(|w| crate::concepts::entry(w).ok())
            .collect();
        let role = if mention.is_empty() { layout::NO_CONCEPT } else { self.concepts.id(mention) };
        // A misspelling is read in its own language: one letter off, another language has an honest word.
        let mut fuzzy: BTreeMap<String, BTreeSet<u16>> = BTreeMap::new();
        for (language, lexicon) in &source.lexicons {
            for word in &lexicon.fuzzy {
                let spoken = self.spoken.get(language).into_iter().flatten().copied();
                fuzzy.entry(word.clone()).or_default().extend(spoken);
            }
        }
        for (id, record) in &mut self.rule_records {
            record[..4].copy_from_slice(&(self.strings.len() as u32).to_le_bytes());
            self.strings.extend(id.bytes());
        }
        let wakes = self.wakes();
        let begins = self.slots.iter().filter(|s| s[6] == 0).map(|s| u16::from_le_bytes([s[0], s[1]])).collect();
        let lexicon = tables::lexicon(&self.concepts, &self.keywords, &fuzzy, &begins, &wakes)?;
        let (index, by_concept) = self.concept_index()?;
        let slots = self.slot_records();
        let (wake_index, wake_lists) = lists(&wakes)?;
        let mut sections: Vec<(Section, &'static str, Vec<u8>)> = vec![
            (Section::Rules, "rules", self.rule_records.iter().flat_map(|(_, r)| *r).collect()),
            (Section::Strings, "strings", self.strings),
            (Section::Scrambled, "scrambled", scrambled(&lexicon.misspelt)),
            (Section::Deletions, "deletions", deletions(&lexicon.misspelt)),
            (Section::Index, "index", lexicon.index),
            (Section::Trie, "trie", lexicon.trie),
            (Section::Pairs, "pairs", pairs(&lexicon.misspelt)),
            (Section::Payloads, "payloads", lexicon.payloads),
            (Section::Starts, "starts", lexicon.starts),
            (Section::Sequence, "sequence", slots),
            (Section::ConceptIndex, "concept index", index),
            (Section::ConceptSlots, "concept slots", by_concept),
            (Section::WakeIndex, "wake index", wake_index),
            (Section::WakeLists, "wake lists", wake_lists),
            (Section::Patterns, "patterns", self.patterns),
            (Section::Anchored, "anchored", self.anchored),
            (Section::Dfas, "automata", self.dfas),
            (Section::ClassMaps, "byte classes", self.class_maps),
            (Section::Transitions, "transitions", self.transitions),
            (Section::Cipher, "ciphers", ciphers(source)),
            (Section::Roles, "roles", role.to_le_bytes().to_vec()),
        ];
        sections.sort_by_key(|(section, ..)| *section as usize);
        Ok(Compiled {
            bytes: assemble(&sections),
            rules: self.rules as usize,
            sections: sections.iter().map(|(_, name, bytes)| (*name, bytes.len())).collect(),
        })
    }

    /// The slots as the scanner reads them: only the last of a pattern has to say which one that is.
    fn slot_records(&self) -> Vec<u8> {
        let mut records = self.slots.clone();
        for record in records.iter_mut().filter(|r| r[3] & layout::LAST == 0) {
            record[4..6].fill(0);
        }
        records.concat()
    }

    /// For each rare concept the concepts of the patterns that need it.
    fn wakes(&self) -> Vec<BTreeSet<u16>> {
        let commonness: BTreeMap<u16, _> =
            self.concepts.iter().map(|(id, entries)| (id, crate::common::commonness(entries))).collect();
        let mut wakes = vec![BTreeSet::new(); self.concepts.count()];
        for pattern in self.slots.chunk_by(|a, b| a[4..6] == b[4..6]) {
            let concepts: BTreeSet<u16> = pattern.iter().map(|s| u16::from_le_bytes([s[0], s[1]])).collect();
            if let Some(rare) = concepts.iter().min_by_key(|c| commonness[c]) {
                wakes[*rare as usize].extend(&concepts);
            }
        }
        wakes
    }

    /// Where the scanner keeps how the slot before was reached: with its concept if it begins a pattern, else by itself.
    /// The scanner knows the latter.
    fn place_before(&self, slot: u16) -> Result<u16, String> {
        let Some(before) = slot.checked_sub(1).map(|s| self.slots[s as usize]) else { return Ok(0) };
        if before[6] == 0 {
            return Ok(u16::from_le_bytes([before[0], before[1]]));
        }
        Ok(layout::OWN_PLACE)
    }

    /// For each concept the slots that wait for it.
    fn concept_index(&self) -> Result<(Vec<u8>, Vec<u8>), String> {
        u16::try_from(self.slots.len()).map_err(|_| "more than 65,535 pattern slots")?;
        if self.concepts.count() >= tables::ANCHOR_BIT as usize {
            return Err("too many concepts".into());
        }
        let mut lists: Vec<Vec<u16>> = vec![vec![]; self.concepts.count()];
        for (number, record) in self.slots.iter().enumerate() {
            lists[u16::from_le_bytes([record[0], record[1]]) as usize].push(number as u16);
        }
        let (mut index, mut flat) = (Vec::new(), Vec::new());
        for list in &mut lists {
            // The scanner finds the first slot of a longer pattern through its concept.
            let (begins, is_whole) =
                (|s: &u16| self.slots[*s as usize][6] == 0, |s: &u16| self.slots[*s as usize][3] & layout::LAST != 0);
            list.retain(|s| !begins(s) || is_whole(s));
            list.sort_by_key(|slot| !begins(slot));
            let first = flat.len() / layout::ENTRY_RECORD;
            let split = first + list.iter().filter(|s| begins(s)).count();
            index.extend((first as u16).to_le_bytes());
            index.extend((split as u16).to_le_bytes());
            for slot in list.iter() {
                flat.extend(slot.to_le_bytes());
                flat.extend(self.place_before(*slot)?.to_le_bytes());
            }
        }
        let end = (flat.len() / layout::ENTRY_RECORD) as u16;
        index.extend(end.to_le_bytes());
        index.extend(end.to_le_bytes());
        Ok((index, flat))
    }
}

/// Whether a row is also looked for with its words in reverse order. Only whole English signatures: shorter ones stand in
/// that order in honest text.
fn reads_reversed(rule: &RuleFile, row: &[pattern::Slot]) -> bool {
    row.len() >= 3 && row.iter().all(|s| !s.opens && !s.closes) && rule.languages == ["en"] && rule.severity != "low"
}

/// The row turned round, its words side by side.
fn reversed(row: &[pattern::Slot]) -> Vec<pattern::Slot> {
    // The sign that ended the sentence stands after its last word, which is now the first.
    let gap = |i: usize, slot: &pattern::Slot| slot.gap.min(1) + u8::from(i == 1);
    row.iter().rev().enumerate().map(|(i, slot)| pattern::Slot { gap: gap(i, slot), ..slot.clone() }).collect()
}

/// Lists of numbers as an index and the numbers.
fn lists(lists: &[BTreeSet<u16>]) -> Result<(Vec<u8>, Vec<u8>), String> {
    let (mut index, mut flat) = (Vec::new(), Vec::new());
    for list in lists {
        let at = u16::try_from(flat.len() / 2).map_err(|_| "too many patterns share their words")?;
        index.extend(at.to_le_bytes());
        flat.extend(list.iter().flat_map(|c| c.to_le_bytes()));
    }
    let end = u16::try_from(flat.len() / 2).map_err(|_| "too many patterns share their words")?;
    index.extend(end.to_le_bytes());
    Ok((index, flat))
}

fn assemble(sections: &[(Section, &str, Vec<u8>)]) -> Vec<u8> {
    let mut body = Vec::new();
    let mut table = Vec::new();
    let base = layout::HEADER + layout::SECTIONS * 8;
    for (_, _, bytes) in sections {
        table.extend(((base + body.len()) as u32).to_le_bytes());
        table.extend((bytes.len() as u32).to_le_bytes());
        body.extend(bytes);
    }
    let mut out = layout::MAGIC.to_vec();
    out.extend(layout::FORMAT.to_le_bytes());
    out.extend((sections.len() as u16).to_le_bytes());
    // The revision names the content: the same rules always give the same number.
    out.extend(layout::word(&body).to_le_bytes());
    out.extend(table);
    out.extend(body);
    out
}

fn scrambled(words: &BTreeMap<String, u16>) -> Vec<u8> {
    let records: Vec<_> = words.iter().map(|(w, m)| (layout::scrambled(w.as_bytes()), *m, w.len() as u16)).collect();
    tables::hash_table(&records)
}

/// Letters of the shortest word that is recognised with one letter wrong.
const EDITED_MIN: usize = 5;

fn deletions(words: &BTreeMap<String, u16>) -> Vec<u8> {
    let mut records = Vec::new();
    // Shorter words have honest words one letter away.
    for (word, m) in words.iter().filter(|(w, _)| w.len() >= EDITED_MIN) {
        let mut seen = BTreeSet::new();
        layout::deletions(word.as_bytes(), |h| {
            if seen.insert(h) {
                records.push((h, *m, word.len() as u16));
            }
        });
    }
    tables::hash_table(&records)
}

/// For each pair of letters at the ends of signature words a bit for each length that a misspelling may have.
fn pairs(words: &BTreeMap<String, u16>) -> Vec<u8> {
    let mut table = vec![0u16; 3 * 26 * 26];
    for word in words.keys() {
        let bytes = word.as_bytes();
        let [first, second, .., before, last] = bytes else { continue };
        for length in bytes.len() - 1..=bytes.len() + 1 {
            table[layout::pair(0, *first, *second)] |= 1 << (length & 15);
            table[layout::pair(1, *before, *last)] |= 1 << (length & 15);
        }
        table[layout::pair(2, *first, *last)] |= 1 << (bytes.len() & 15);
    }
    table.iter().flat_map(|lengths| lengths.to_le_bytes()).collect()
}

/// Signature words under Caesar shifts, Atbash and reversal: one record each, because shifts keep a word's shape.
fn ciphers(source: &Source) -> Vec<u8> {
    let words: BTreeSet<&String> = source.lexicons.values().flat_map(|l| &l.cipher).collect();
    let mut records = Vec::new();
    for (number, word) in words.iter().enumerate() {
        let bytes = word.as_bytes();
        let backwards: Vec<u8> = bytes.iter().rev().copied().collect();
        let mut add = |kind: u8, shape: u32, first: u8| {
            let value = u16::from_le_bytes([number as u8, kind]);
            records.push((shape, value, u16::from_le_bytes([first, bytes.len() as u8])));
        };
        add(layout::KIND_SHIFT, layout::shape(bytes, false), bytes[0]);
        add(layout::KIND_ATBASH, layout::shape(bytes, true), bytes[0]);
        add(layout::KIND_REVERSED, layout::shape(&backwards, false), backwards[0]);
    }
    tables::hash_table(&records)
}

/// Origins as a bit mask.
const ALL_ORIGINS: u8 = 0b1_1111;

/// A developer's own prompt sets roles and rules; that is not an attack. Credentials in it still are a leak.
fn trusts_system(category: Category) -> bool {
    !matches!(category, Category::Secret | Category::Pii | Category::Canary | Category::Ssrf | Category::Limit)
}

/// Points of a rule that names none.
fn default_weight(severity: Severity, confidence: Confidence) -> u16 {
    let base = match severity {
        Severity::Low => 150,
        Severity::Medium => 350,
        Severity::High => 600,
        Severity::Critical => 800,
    };
    match confidence {
        Confidence::High => base,
        Confidence::Medium => base * 7 / 10,
        Confidence::Low => base * 4 / 10,
    }
}
