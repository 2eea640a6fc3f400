//! A compiled rule set: a byte slice with a table of sections, read in place.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use super::dfa::Dfa;
use super::lexicon::Lexicon;
use super::table::Table;
use crate::scan::rule::{Category, Confidence, Severity};
use crate::scan::{Origin, Strictness};

/// The compiled, immutable set of rules. Cheap to clone and to share between scanners.
///
/// The built-in set is part of the binary; others come from the rule compiler as bytes.
#[derive(Clone)]
pub struct RuleSet {
    bytes: Bytes,
}

#[derive(Clone)]
enum Bytes {
    Static(&'static [u8]),
    Shared(Arc<[u8]>),
}

/// Why bytes are not a rule set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuleSetError {
    /// The bytes do not begin with the mark of a rule set.
    NotARuleSet,
    /// The rule set was written for another version of the format.
    UnsupportedVersion {
        /// Version found.
        found: u16,
        /// Version this library reads.
        supported: u16,
    },
    /// A section reaches beyond the end.
    Truncated {
        /// Number of the section.
        section: usize,
    },
    /// A record points outside its table.
    Inconsistent {
        /// Number of the section.
        section: usize,
    },
}

impl RuleSetError {
    /// Stable snake_case code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotARuleSet => "rule_set_not_recognised",
            Self::UnsupportedVersion { .. } => "rule_set_version_unsupported",
            Self::Truncated { .. } => "rule_set_truncated",
            Self::Inconsistent { .. } => "rule_set_inconsistent",
        }
    }
}

impl fmt::Display for RuleSetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotARuleSet => f.write_str("not a rule set"),
            Self::UnsupportedVersion { found, supported } => {
                write!(f, "rule set format {found}, this library reads {supported}")
            }
            Self::Truncated { section } => write!(f, "rule set ends inside section {section}"),
            Self::Inconsistent { section } => write!(f, "rule set section {section} points outside its table"),
        }
    }
}

impl core::error::Error for RuleSetError {}

/// First bytes of a rule set.
pub const MAGIC: [u8; 4] = *b"EWRS";
/// Version of the layout.
pub const FORMAT: u16 = 1;
/// Bytes before the section table: magic, format, section count, revision.
pub const HEADER: usize = 12;

/// Sections, in file order. Each has a `(offset u32, length u32)` pair after the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Section {
    /// Rule records, sorted by id.
    Rules,
    /// UTF-8 strings.
    Strings,
    /// First two bytes of entries: classes and a table of trie nodes.
    Index,
    /// Radix trie of the entries.
    Trie,
    /// What entries mean: counted lists of `u16`.
    Payloads,
    /// Sequence slots.
    Sequence,
    /// For each concept the first slot that waits for it; one more at the end.
    ConceptIndex,
    /// Slots by concept.
    ConceptSlots,
    /// For each rare concept where its list in `WakeLists` begins; one more at the end.
    WakeIndex,
    /// Concepts of the patterns that a rare concept wakes.
    WakeLists,
    /// Sequence patterns.
    Patterns,
    /// Anchored patterns.
    Anchored,
    /// Automata.
    Dfas,
    /// Byte classes of automata.
    ClassMaps,
    /// Transition tables.
    Transitions,
    /// Words under letter ciphers.
    Cipher,
    /// Words with letters scrambled.
    Scrambled,
    /// Words with one letter left out.
    Deletions,
    /// Pairs of letters at the ends of words that are also recognised misspelt, with their lengths.
    Pairs,
    /// Punctuation that entries begin with: 128 bits.
    Starts,
    /// Concepts with a role of their own, by [`Role`].
    Roles,
}

/// Number of sections.
pub const SECTIONS: usize = 21;

/// Concepts the layers ask for by role instead of by rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Role {
    /// Words that report or quote an attack instead of making one.
    Mention,
}

/// Bytes of a rule record.
pub const RULE_RECORD: usize = 16;
/// Bytes of a sequence pattern record.
pub const PATTERN_RECORD: usize = 8;
/// Bytes of an anchored pattern record.
pub const ANCHORED_RECORD: usize = 12;

/// Marks an absent concept.
pub const NO_CONCEPT: u16 = u16::MAX;

/// One rule as read from the set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RuleRef<'a> {
    record: &'a [u8],
    strings: Table<'a>,
    is_static: bool,
}

impl RuleSet {
    /// The rules this version of the library was published with.
    pub fn builtin() -> Self {
        Self { bytes: Bytes::Static(BUILTIN) }
    }

    /// A rule set from bytes the rule compiler wrote. Checks that every section lies inside the bytes.
    pub fn from_bytes(bytes: impl Into<Arc<[u8]>>) -> Result<Self, RuleSetError> {
        let set = Self { bytes: Bytes::Shared(bytes.into()) };
        set.check()?;
        Ok(set)
    }

    /// Revision of the set: changes whenever a rule changes.
    pub fn revision(&self) -> u32 {
        Table(self.raw()).u32(8)
    }

    /// Number of rules.
    pub fn len(&self) -> usize {
        self.section(Section::Rules).0.len() / RULE_RECORD
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every rule's description, sorted by id.
    pub fn rules(&self) -> impl Iterator<Item = RuleInfo> + '_ {
        (0..self.len()).filter_map(|i| self.rule(i as u16)).map(|r| r.info())
    }

    pub(crate) fn rule(&self, id: u16) -> Option<RuleRef<'_>> {
        let record = self.section(Section::Rules).0.get(id as usize * RULE_RECORD..)?.get(..RULE_RECORD)?;
        Some(RuleRef { record, strings: self.section(Section::Strings), is_static: self.is_static() })
    }

    /// Number of the rule with this id; rules are sorted, so this is a binary search.
    pub(crate) fn find(&self, rule_id: &str) -> Option<u16> {
        let (mut low, mut high) = (0usize, self.len());
        while low < high {
            let mid = low + (high - low) / 2;
            let id = self.rule(mid as u16)?.id();
            match id.cmp(rule_id) {
                core::cmp::Ordering::Equal => return Some(mid as u16),
                core::cmp::Ordering::Less => low = mid + 1,
                core::cmp::Ordering::Greater => high = mid,
            }
        }
        None
    }

    pub(crate) fn section(&self, section: Section) -> Table<'_> {
        let all = Table(self.raw());
        let at = HEADER + section as usize * 8;
        Table(all.slice(all.u32(at) as usize, all.u32(at + 4) as usize))
    }

    pub(crate) fn lexicon(&self) -> Lexicon<'_> {
        Lexicon::new(self)
    }

    pub(crate) fn dfa(&self, id: u16) -> Dfa<'_> {
        Dfa::read(self.section(Section::Dfas), self.section(Section::ClassMaps), self.section(Section::Transitions), id)
    }

    pub(crate) fn role(&self, role: Role) -> u16 {
        let roles = self.section(Section::Roles);
        if roles.0.len() < role as usize * 2 + 2 { NO_CONCEPT } else { roles.u16(role as usize * 2) }
    }

    fn raw(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Static(b) => b,
            Bytes::Shared(b) => b,
        }
    }

    fn is_static(&self) -> bool {
        matches!(self.bytes, Bytes::Static(_))
    }

    fn check(&self) -> Result<(), RuleSetError> {
        let all = Table(self.raw());
        if all.slice(0, 4) != MAGIC {
            return Err(RuleSetError::NotARuleSet);
        }
        let found = all.u16(4);
        if found != FORMAT {
            return Err(RuleSetError::UnsupportedVersion { found, supported: FORMAT });
        }
        for section in 0..SECTIONS {
            let at = HEADER + section * 8;
            let end = u64::from(all.u32(at)) + u64::from(all.u32(at + 4));
            if all.0.len() < at + 8 || end > all.0.len() as u64 {
                return Err(RuleSetError::Truncated { section });
            }
        }
        if !self.section(Section::Rules).0.len().is_multiple_of(RULE_RECORD) {
            return Err(RuleSetError::Inconsistent { section: Section::Rules as usize });
        }
        Ok(())
    }
}

impl fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleSet").field("rules", &self.len()).field("revision", &self.revision()).finish()
    }
}

impl<'a> RuleRef<'a> {
    // Record: id offset u32, id length u8, category u8, severity u8, confidence u8, strictness u8, origins u8,
    // weight u16, language offset u16 into the strings (length-prefixed list), flags u16.
    pub(crate) fn id(&self) -> &'a str {
        self.strings.text(self.table().u32(0) as usize, self.table().u8(4) as usize)
    }

    pub(crate) fn category(&self) -> Category {
        Category::ALL.get(self.table().u8(5) as usize).copied().unwrap_or(Category::PromptInjection)
    }

    pub(crate) fn severity(&self) -> Severity {
        Severity::ALL.get(self.table().u8(6) as usize).copied().unwrap_or(Severity::Low)
    }

    pub(crate) fn confidence(&self) -> Confidence {
        Confidence::ALL.get(self.table().u8(7) as usize).copied().unwrap_or(Confidence::Low)
    }

    pub(crate) fn strictness(&self) -> Strictness {
        Strictness::ALL.get(self.table().u8(8) as usize).copied().unwrap_or(Strictness::Paranoid)
    }

    pub(crate) fn runs_for(&self, origin: Origin) -> bool {
        (self.table().u8(9) >> (origin as u8)) & 1 == 1
    }

    pub(crate) fn weight(&self) -> u16 {
        self.table().u16(10)
    }

    fn languages(&self) -> &'a str {
        self.strings.text(self.table().u16(12) as usize, self.table().u16(14) as usize)
    }

    fn table(&self) -> Table<'a> {
        Table(self.record)
    }

    pub(crate) fn cow_id(&self, set: &RuleSet) -> Cow<'static, str> {
        // A built-in id lives in the binary: look it up there instead of copying it.
        if self.is_static
            && let Bytes::Static(bytes) = set.bytes
        {
            let all = Table(bytes);
            let at = HEADER + Section::Strings as usize * 8;
            let strings = Table(all.slice(all.u32(at) as usize, all.u32(at + 4) as usize));
            return Cow::Borrowed(strings.text(self.table().u32(0) as usize, self.table().u8(4) as usize));
        }
        Cow::Owned(String::from(self.id()))
    }

    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: String::from(self.id()),
            category: self.category(),
            severity: self.severity(),
            confidence: self.confidence(),
            strictness: self.strictness(),
            weight: self.weight(),
            languages: String::from(self.languages()),
        }
    }
}

/// What a rule is, without its patterns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleInfo {
    /// Stable kebab-case id.
    pub id: String,
    /// Attack class.
    pub category: Category,
    /// Harm if true.
    pub severity: Severity,
    /// How likely true.
    pub confidence: Confidence,
    /// Lowest level at which the rule runs.
    pub strictness: Strictness,
    /// Points it adds to the score.
    pub weight: u16,
    /// Languages it reads, as comma-separated BCP 47 tags; empty when it depends on none.
    pub languages: String,
}

static BUILTIN: &[u8] = include_bytes!("../../generated/builtin.bin");
