//! One scan under way: documents in, findings out, layer after layer.

use alloc::vec::Vec;

use super::document::{Documents, Kind};
use super::engine::fuzzy::Fuzzy;
use super::engine::ruleset::Role;
use super::engine::sequence::{SequenceMatch, Sequences};
use super::engine::tokens::{Passes, Tokens};
use super::explain::{Detail, LexicalReason};
use super::finding::Finding;
use super::input::Input;
use super::layers::census::Census;
use super::layers::egress::EgressPolicy;
use super::layers::envelope::{self, Breach, Fuel};
use super::layers::lexical::{self, Reading};
use super::layers::mention::{self, Place, Standing};
use super::layers::provenance;
use super::layers::{self, DetectorHit, Layer};
use super::report::ScanReport;
use super::rule::Category;
use super::scanner::PromptScanner;
use super::session::SessionState;
use super::timing::{Clock, Timings};
use crate::text::decode::{Children, Step};
use crate::text::{Span, SpanMapBuilder, chars};

/// One scan under way.
pub(crate) struct Run<'s, 't> {
    scanner: &'s PromptScanner,
    input: Input<'t>,
    standing: provenance::Standing<'s>,
    documents: Documents<'t>,
    fuel: Fuel,
    breach: Option<Breach>,
    findings: Vec<Finding>,
    dropped: usize,
    tokens: Tokens,
    sequences: Sequences,
    /// Where rules matched in the view that was read last, and what share of their weight their standing left.
    standings: Vec<(Span, u32)>,
    timings: Timings<'s>,
    next: usize,
    allowed: usize,
    /// Texts the learned model has read, if somebody will ask.
    judged: Option<Vec<usize>>,
}

impl<'s, 't> Run<'s, 't> {
    pub(crate) fn new(scanner: &'s PromptScanner, input: Input<'t>, clock: Option<&'s dyn Clock>) -> Self {
        let mut timings = Timings::new(clock);
        let (fuel, breach) = match envelope::check(input.text, &scanner.limits) {
            Ok(fuel) => (fuel, None),
            Err(breach) => (Fuel::new(0, &scanner.limits), Some(breach)),
        };
        timings.lap(Layer::Envelope);
        let standing = provenance::Standing {
            rules: &scanner.rules,
            policy: &scanner.policy,
            strictness: scanner.strictness,
            origin: input.origin,
            every_origin: !scanner.policy.layers.contains(Layer::Provenance),
        };
        timings.lap(Layer::Provenance);
        Self {
            scanner,
            input,
            standing,
            documents: Documents::new(input.text, &scanner.limits),
            fuel,
            breach,
            findings: Vec::new(),
            dropped: 0,
            tokens: Tokens::default(),
            sequences: Sequences::default(),
            standings: Vec::new(),
            timings,
            next: 0,
            allowed: 0,
            judged: None,
        }
    }

    /// A scan that can tell afterwards how it came about.
    pub(crate) fn in_detail(mut self) -> Self {
        self.judged = Some(Vec::new());
        self
    }

    /// Reads every text, those that turn up on the way included.
    pub(crate) fn read(&mut self) {
        while self.breach.is_none() && self.next < self.documents.len() {
            self.document(self.next);
            self.next += 1;
        }
    }

    /// Every text looked at so far, with its bytes; what the learned model made of them; and the work done.
    pub(crate) fn detail(&self) -> Detail {
        let documents = self.documents.iter().map(|d| (d.chain, d.text.len())).collect();
        let judged = self.judged.as_deref().unwrap_or(&[]);
        let lexical = LexicalReason::strongest(&self.scanner.model, &self.documents, judged, self.input);
        Detail { documents, lexical, work: self.fuel.spent() }
    }

    pub(crate) fn finish(mut self) -> ScanReport {
        self.read();
        if self.breach.is_none() && self.fuel.is_empty() {
            self.breach = Some(Breach::FuelExhausted);
        }
        if self.breach.is_none() && self.documents.refused() {
            self.breach = Some(Breach::DecodingTruncated);
        }
        if self.breach.is_none() && self.dropped > 0 {
            self.breach = Some(Breach::FindingsTruncated);
        }
        // Neither policy nor strictness nor a full list can silence a breach: the scan fails closed.
        if let Some(breach) = self.breach {
            self.findings.push(Finding::of_breach(breach.rule_id(), Span::new(0, self.input.text.len())));
        }
        self.findings.sort_unstable_by(|a, b| place(a).cmp(&place(b)));
        let thresholds = self.scanner.policy.thresholds_for(self.input.origin);
        let (score, decision) = layers::decide::decide(&self.findings, thresholds, self.scanner.policy.on_limit);
        self.timings.lap(Layer::Decide);
        ScanReport {
            decision,
            score,
            findings: self.findings,
            dropped: self.dropped,
            allowed: self.allowed,
            rules_revision: self.scanner.rules.revision(),
            timings: self.timings.into_list(),
        }
    }

    /// What the conversation adds: its last words read together with this message, and signs over turns.
    pub(crate) fn session(&mut self, state: &SessionState) {
        if !self.runs(Layer::Session) || self.breach.is_some() {
            return;
        }
        let signs = state.signs(self.input.text, self.input.origin);
        let whole = Span::new(0, self.input.text.len());
        if signs.crescendo {
            self.report("session-crescendo", 0, whole, WHOLE);
        }
        if signs.retried {
            self.report("session-refusal-retry", 0, whole, WHOLE);
        }
        let tail = state.tail(self.input.origin);
        if !tail.is_empty() {
            self.documents.add_seam(tail, SEAM_BYTES);
        }
        self.timings.lap(Layer::Session);
    }

    fn document(&mut self, id: usize) {
        let Some(kind) = self.documents.get(id).map(|d| d.kind) else { return };
        let text = self.documents.take(id);
        if !self.fuel.burn(text.len()) {
            self.breach = Some(Breach::FuelExhausted);
        } else {
            match kind {
                Kind::Text => self.text(id, &text),
                Kind::View => self.view(id, &text),
                Kind::Mended => {
                    self.words(id, &text, Passes { fuzzy: self.runs(Layer::Fuzzy), ciphers: false });
                    self.detectors(id, &text);
                }
                Kind::Reading => self.words(id, &text, Passes { fuzzy: self.runs(Layer::Fuzzy), ciphers: false }),
            }
        }
        self.documents.put_back(id, text);
    }

    /// An original or decoded text: hidden channels, then its canonical view (itself, if it is canonical already).
    fn text(&mut self, id: usize, text: &str) {
        let census = self.census(text);
        self.timings.lap(Layer::Census);
        if self.runs(Layer::Hidden) && census.hints.may_hide() {
            let mut hits = Vec::new();
            let mut children = self.children();
            layers::hidden::read(text, census.hints, &mut children, &mut hits);
            self.adopt(id, children);
            if !self.is_guessed(id) {
                self.detected(id, &hits);
            }
            self.timings.lap(Layer::Hidden);
        }
        self.egress(id, text);
        if self.runs(Layer::Canonical)
            && !text.is_ascii()
            && let Some((step, reading)) = layers::canonical::turned(text)
        {
            self.documents.add(id, step, Kind::Reading, reading);
        }
        let (view, mended) = if self.runs(Layer::Canonical) { layers::canonical::read(text) } else { (None, None) };
        if mended.is_some() {
            self.documents.doubt(id);
        }
        self.timings.lap(Layer::Canonical);
        match view {
            Some(view) => {
                if self.runs(Layer::Peel) && !census.hints.with_signs().is_empty() {
                    let mut children = self.children();
                    layers::peel::read(text, census.hints.with_signs(), &mut children);
                    self.adopt(id, children);
                }
                // A credential is what was written: folding may take a sign out of it.
                let erases = signs(text) != signs(&view.text);
                self.documents.add(id, Step::Canonical, Kind::View, view);
                // Folding takes tags out, which may have been the keys of a policy.
                if text.contains('<') {
                    self.structure(id, text);
                }
                if erases {
                    self.credentials(id, text);
                }
            }
            None => self.view_with(id, text, census),
        }
        if let Some(mended) = mended {
            self.documents.add(id, Step::Canonical, Kind::Mended, mended);
        }
    }

    /// Links, hosts, commands and canaries, in the text as it was written: folding would hide a look-alike host.
    fn egress(&mut self, id: usize, text: &str) {
        if !self.runs(Layer::Egress) {
            return;
        }
        let mut hits = Vec::new();
        let policy = EgressPolicy { allowed_hosts: &self.scanner.policy.allowed_hosts };
        layers::egress::detect(text, self.input.origin, &policy, &mut hits);
        for canary in &self.scanner.policy.canaries {
            if let Some(span) = canary.find(text) {
                hits.push(DetectorHit { rule_id: "canary-leak", span });
            }
        }
        self.detected(id, &hits);
        self.timings.lap(Layer::Egress);
    }

    /// Without the census every decoder gets its try.
    fn census(&self, text: &str) -> Census {
        if self.runs(Layer::Census) { layers::census::count(text) } else { Census::everything() }
    }

    fn view(&mut self, id: usize, view: &str) {
        let census = self.census(view);
        self.timings.lap(Layer::Census);
        self.view_with(id, view, census);
    }

    /// A canonical view: everything that reads text reads this.
    fn view_with(&mut self, id: usize, view: &str, census: Census) {
        if self.runs(Layer::Peel) && !census.hints.without_hidden().is_empty() {
            let mut children = self.children();
            layers::peel::read(view, census.hints, &mut children);
            self.adopt(id, children);
            self.timings.lap(Layer::Peel);
        }
        let passes = Passes { fuzzy: self.runs(Layer::Fuzzy), ciphers: self.runs(Layer::Peel) };
        self.words(id, view, passes);
        if self.runs(Layer::Canonical) {
            for (step, reading) in layers::canonical::readings(view, self.tokens.signs) {
                if step == Step::ReversedOrder {
                    self.documents.doubt(id);
                }
                self.documents.add(id, step, Kind::Reading, reading);
            }
            self.timings.lap(Layer::Canonical);
        }
        self.detectors(id, view);
        self.lexical(id, view);
    }

    /// The learned model reads what somebody wrote: what a guess at a cipher or a joint of two messages makes is no writing.
    fn lexical(&mut self, id: usize, view: &str) {
        if !self.runs(Layer::Lexical) || self.is_guessed(id) || self.is_seam(id) {
            return;
        }
        self.spend(view.len());
        if let Some(judged) = &mut self.judged {
            judged.push(id);
        }
        let reading = self.reading(id);
        if let Some((span, points)) = lexical::read(&self.scanner.model, view, self.input.origin, reading) {
            let points = u32::from(points) * self.mentioned(span) / WHOLE;
            self.report(lexical::RULE_ID, id, span, points);
        }
        self.timings.lap(Layer::Lexical);
    }

    /// How far text `id` is from what somebody wrote to be read.
    fn reading(&self, id: usize) -> Reading {
        let Some(document) = self.documents.get(id) else { return Reading::Doubtful };
        if document.doubtful {
            Reading::Doubtful
        } else if document.depth > 0 || self.findings.iter().any(|f| f.category == Category::Obfuscation) {
            Reading::Disguised
        } else {
            Reading::Plain
        }
    }

    /// Share of the points that remains where every rule that matched in the window found its match quoted or reported.
    fn mentioned(&self, window: Span) -> u32 {
        let inside = self.standings.iter().filter(|(span, _)| span.overlaps(window));
        inside.map(|(_, share)| *share).max().unwrap_or(WHOLE)
    }

    fn is_seam(&self, id: usize) -> bool {
        self.documents.get(id).is_some_and(|d| d.chain.steps().any(|s| s == Step::Seam))
    }

    fn detectors(&mut self, id: usize, view: &str) {
        if self.is_guessed(id) {
            return;
        }
        self.structure(id, view);
        let mut hits = Vec::new();
        if self.runs(Layer::Pii) {
            layers::pii::detect(view, &mut hits);
            self.timings.lap(Layer::Pii);
        }
        self.detected(id, &hits);
    }

    /// A letter cipher is a guess: what it makes of numbers and layout means nothing.
    fn is_guessed(&self, id: usize) -> bool {
        let guess = |s| matches!(s, Step::Reversed | Step::ReversedWords | Step::Caesar | Step::Atbash);
        self.documents.get(id).is_some_and(|d| d.chain.steps().any(guess))
    }

    fn structure(&mut self, id: usize, text: &str) {
        if self.runs(Layer::Structure) {
            let mut hits = Vec::new();
            layers::structure::read(text, self.input.origin, &mut hits);
            self.detected(id, &hits);
            self.timings.lap(Layer::Structure);
        }
    }

    /// Words of one text: anchored patterns, sequences, ciphers.
    fn words(&mut self, id: usize, text: &str, passes: Passes) {
        let rules = &self.scanner.rules;
        self.tokens.clear();
        self.tokens.read(text, &rules.lexicon(), &Fuzzy::new(rules), passes);
        self.spend(self.tokens.work);
        if self.runs(Layer::Signature) {
            let mut matches = Vec::new();
            let work =
                layers::signature::read(rules, text, &self.tokens, &mut self.sequences, self.fuel.left(), &mut matches);
            self.spend(work);
            self.timings.lap(Layer::Signature);
            self.signatures(id, text, &matches);
        }
        if passes.ciphers {
            let mut children = self.children();
            for key in layers::fuzzy::keys(&self.tokens.ciphers) {
                layers::peel::decipher(text, key, &mut children);
            }
            if !self.documents.get(id).is_some_and(|d| d.chain.steps().any(|s| s == Step::Reversed)) {
                layers::peel::backwards(text, &mut children);
            }
            self.adopt(id, children);
            self.timings.lap(Layer::Peel);
        }
        // Signs read as letters spell no credential that anybody wrote.
        let leet = self.documents.get(id).is_some_and(|d| d.chain.steps().any(|s| s == Step::Leet));
        if !leet {
            self.anchored(id, text);
            self.timings.lap(Layer::Secret);
        }
    }

    /// Anchored patterns alone.
    fn credentials(&mut self, id: usize, text: &str) {
        if self.runs(Layer::Secret) || self.runs(Layer::Structure) {
            let rules = &self.scanner.rules;
            self.tokens.clear();
            self.tokens.read(text, &rules.lexicon(), &Fuzzy::new(rules), Passes::default());
            self.spend(self.tokens.work);
            self.anchored(id, text);
            self.timings.lap(Layer::Secret);
        }
    }

    fn signatures(&mut self, id: usize, text: &str, matches: &[SequenceMatch]) {
        let reporting = self.scanner.rules.role(Role::Mention);
        let lexicon = self.scanner.rules.lexicon();
        // Nobody quotes in hidden or encoded text: there an attack is an attack.
        let plain = self.documents.get(id).is_some_and(|d| d.depth == 0);
        self.standings.clear();
        for m in matches.iter().filter(|m| layers::fuzzy::is_believed(m)) {
            let place = Place { span: m.span, from: m.token, to: m.token_end };
            let standing = if plain && self.runs(Layer::Mention) {
                mention::standing(text, place, &self.tokens.words, &lexicon, reporting)
            } else {
                Standing::Used
            };
            self.standings.push((m.span, standing.per_mille(self.input.origin)));
            let share = standing.per_mille(self.input.origin) * if m.fuzzy > 0 { FUZZY_SHARE } else { WHOLE } / WHOLE;
            let step = m.reversed.then_some(Step::ReversedOrder);
            self.add_with(m.rule, id, to_word_end(text, m.span), share, step);
        }
        self.timings.lap(Layer::Mention);
    }

    fn anchored(&mut self, id: usize, text: &str) {
        let anchors = core::mem::take(&mut self.tokens.anchors);
        for hit in &anchors {
            let (found, work) = layers::secret::verify(&self.scanner.rules, text, hit);
            self.spend(work);
            if let Some((rule, span)) = found
                && self.runs(self.layer_of(rule))
            {
                self.add(rule, id, span, WHOLE);
            }
            if self.breach.is_some() {
                break;
            }
        }
        self.tokens.anchors = anchors;
    }

    /// The layer an anchored pattern belongs to: chat templates and the like are structure.
    fn layer_of(&self, rule: u16) -> Layer {
        let category = self.scanner.rules.rule(rule).map(|r| r.category());
        if category == Some(Category::Secret) { Layer::Secret } else { Layer::Structure }
    }

    fn detected(&mut self, id: usize, hits: &[DetectorHit]) {
        for hit in hits {
            self.report(hit.rule_id, id, hit.span, WHOLE);
        }
    }

    /// Reports a detector's rule by its id; a rule set without that rule has switched the detector off.
    fn report(&mut self, rule_id: &str, id: usize, span: Span, share: u32) {
        if let Some(rule) = self.scanner.rules.find(rule_id) {
            self.add(rule, id, span, share);
        }
    }

    fn add(&mut self, rule: u16, id: usize, span: Span, share: u32) {
        self.add_with(rule, id, span, share, None);
    }

    /// Adds a finding at `share` per mille of its rule's weight, `step` further than text `id`. The same rule at overlapping
    /// places is one finding.
    fn add_with(&mut self, rule: u16, id: usize, span: Span, share: u32, step: Option<Step>) {
        let Some(rule) = self.standing.rule(rule) else { return };
        let Some(home) = self.documents.home(id, span, self.input.text) else { return };
        let slice = home.slice(self.input.text).unwrap_or("");
        if self.scanner.policy.allowlist.iter().any(|a| a.covers(rule.id(), slice, self.input.now)) {
            self.allowed += 1;
            return;
        }
        let weight = (u32::from(rule.weight()) * share / WHOLE).min(1000) as u16;
        let rule_id = rule.id();
        if let Some(known) =
            self.findings.iter_mut().rev().find(|f| f.rule_id == rule_id && (f.span.overlaps(home) || f.span == home))
        {
            known.weight = known.weight.max(weight);
            return;
        }
        if self.findings.len() >= self.scanner.limits.findings {
            self.dropped += 1;
            return;
        }
        let confidence = rule.confidence();
        let chain = self.documents.get(id).map(|d| d.chain).unwrap_or_default();
        self.findings.push(Finding {
            rule_id: rule.cow_id(&self.scanner.rules),
            category: rule.category(),
            severity: rule.severity(),
            confidence: if share < WHOLE { confidence.lowered() } else { confidence },
            weight,
            span: home,
            chain: step.and_then(|s| chain.then(s)).unwrap_or(chain),
        });
    }

    fn children(&self) -> Children {
        Children::new(self.documents.count_left().max(1) * ATTRIBUTES_PER_TEXT, self.documents.bytes_left())
    }

    fn adopt(&mut self, parent: usize, children: Children) {
        if children.exhausted() {
            self.documents.refuse();
        }
        // A page has many attributes: together they are one text.
        let mut attributes = SpanMapBuilder::default();
        for child in children.into_vec() {
            if child.step == Step::MarkupAttribute {
                attributes.append(&child.child);
                attributes.replace("\n\n", Span::new(child.span.end, child.span.end));
            } else {
                self.documents.add(parent, child.step, Kind::Text, child.child);
            }
        }
        if !attributes.is_empty() {
            self.documents.add(parent, Step::MarkupAttribute, Kind::Text, attributes.finish());
        }
    }

    fn runs(&self, layer: Layer) -> bool {
        self.scanner.policy.layers.contains(layer)
    }

    fn spend(&mut self, steps: usize) {
        if !self.fuel.burn(steps) {
            self.breach = Some(Breach::FuelExhausted);
        }
    }
}

/// What findings are ordered by: where they begin, and there those of rules, which say what stands in that place, before
/// the window of the learned model, which holds it somewhere.
fn place(finding: &Finding) -> (usize, bool, usize, &str, u16) {
    let Finding { span, rule_id, weight, .. } = finding;
    (span.start, rule_id == lexical::RULE_ID, span.end, rule_id, *weight)
}

/// Attributes are joined, so a decoder may return more children than there is room for texts.
const ATTRIBUTES_PER_TEXT: usize = 8;
/// A span that ends inside a word, because its last entry is the beginning of one, grown to the end of the word.
fn to_word_end(text: &str, span: Span) -> Span {
    let rest = text.get(span.end..).unwrap_or("");
    let inside = text.get(span.range()).and_then(|t| t.chars().next_back()).is_some_and(chars::is_word_char);
    let more = |c: &char| chars::is_word_char(*c) && !chars::is_unspaced(*c);
    let tail: usize = rest.chars().take(WORD_CHARS).take_while(more).map(char::len_utf8).sum();
    if inside { Span::new(span.start, span.end + tail) } else { span }
}

/// No word is longer; what goes on farther is no word.
const WORD_CHARS: usize = 32;

/// Number of the signs that the canonical view may take out of a word.
fn signs(text: &str) -> usize {
    text.bytes().filter(|b| matches!(b, b'*' | b'_' | b'~' | b'`' | b'<' | b'>' | b'\\' | b'|' | b'-' | 0x1b)).count()
}

/// All of a rule's weight, in per mille.
const WHOLE: u32 = 1000;
/// What a match with misspelt words keeps of its weight, in per mille.
const FUZZY_SHARE: u32 = 900;
/// Bytes of a message that are read together with the end of the one before.
const SEAM_BYTES: usize = 400;
