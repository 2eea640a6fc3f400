//! Every way a rule file can be wrong has a code of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

use edgewarden_rulec::{Code, Problem, Source, compile_dir};

/// A core directory of its own that is removed at the end.
struct Core(PathBuf);

impl Core {
    fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bad-rules-{name}"));
        let _ = fs::remove_dir_all(&root);
        for folder in ["rules/delimiter", "lexicon", "benign"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        let lexicon = "language = \"en\"\n[sets]\nfruit = [\"apple\", \"pear\"]\n";
        fs::write(root.join("lexicon/en.toml"), lexicon).unwrap();
        fs::write(root.join("benign/plain.txt"), "We peel potatoes on Sunday.\n").unwrap();
        Self(root)
    }

    fn rule(self, id: &str, body: &str) -> Self {
        fs::write(self.0.join(format!("rules/delimiter/{id}.toml")), body).unwrap();
        self
    }

    fn problems(self) -> Vec<Problem> {
        compile_dir(&self.0).err().unwrap_or_default()
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const HEAD: &str = "id = \"bad\"\nlanguages = [\"en\"]\nseverity = \"high\"\nconfidence = \"high\"\nwhat = \"Fruit.\"\nwhy = \"Test.\"\n";
const WORDS: &str = "patterns = [\"peel ..2 @fruit\"]\n";
const EXAMPLES: &str = "matches = [\"peel the apple\"]\nclean = [\"eat the apple\"]\n";

/// Asserts that the rule `bad` of this text has exactly the fault `code`.
fn refused(name: &str, text: &str, code: Code) {
    let problems = Core::new(name).rule("bad", text).problems();
    assert!(!problems.is_empty(), "{name} compiles");
    assert!(problems.iter().all(|p| p.code == code), "{name}: {problems:?}");
}

fn with_regex(regex: &str) -> String {
    format!("{HEAD}keywords = [\"aa\"]\nregex = '{regex}'\nmatches = [\"aab\"]\nclean = [\"b\"]\n")
}

#[test]
fn a_right_rule_compiles() {
    let core = Core::new("right").rule("bad", &format!("{HEAD}{WORDS}{EXAMPLES}"));
    assert_eq!(core.problems(), []);
}

#[test]
fn patterns_that_explode_are_refused() {
    refused("nested-repetition", &with_regex("(a{1,200}){1,200}"), Code::NotLinear);
    refused("wide-window", &with_regex("aa.*a.{60}"), Code::NotLinear);
}

#[test]
fn patterns_that_look_around_or_back_are_refused() {
    refused("look-ahead", &with_regex("aa(?=b)b"), Code::NotLinear);
    refused("look-behind", &with_regex("aa(?<=a)b"), Code::NotLinear);
    refused("word-boundary", &with_regex("aa\\bb"), Code::NotLinear);
    refused("back-reference", &with_regex("(a)\\1b"), Code::NotLinear);
    refused("unclosed", &with_regex("aa(b"), Code::NotLinear);
}

#[test]
fn both_kinds_of_example_are_needed() {
    refused("no-clean", &format!("{HEAD}{WORDS}matches = [\"peel the apple\"]\n"), Code::Examples);
    refused("no-matches", &format!("{HEAD}{WORDS}clean = [\"eat the apple\"]\n"), Code::Examples);
}

#[test]
fn an_example_that_does_not_fire_is_refused() {
    let text = format!("{HEAD}{WORDS}matches = [\"peel the apple\", \"peel the plum\"]\nclean = [\"eat the apple\"]\n");
    let problems = Core::new("silent").rule("bad", &text).problems();
    assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), [Code::Silent]);
    assert!(problems.iter().all(|p| p.detail.contains("plum")), "{problems:?}");
}

#[test]
fn a_clean_example_or_honest_text_that_fires_is_refused() {
    let text = format!("{HEAD}{WORDS}matches = [\"peel the apple\"]\nclean = [\"peel a pear\"]\n");
    refused("clean-fires", &text, Code::FalseAlarm);
    let core = Core::new("benign-fires").rule("bad", &format!("{HEAD}{WORDS}{EXAMPLES}"));
    fs::write(core.0.join("benign/more.txt"), "# comment\n\nHow do I peel an apple?\n").unwrap();
    let problems = core.problems();
    assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), [Code::FalseAlarm]);
    assert!(problems.iter().all(|p| p.file.ends_with("more.txt") && p.detail.starts_with("line 3: bad")));
}

#[test]
fn unknown_names_are_refused() {
    refused("unknown-set", &format!("{HEAD}patterns = [\"peel @vegetable\"]\n{EXAMPLES}"), Code::UnknownSet);
    refused("unknown-excuse", &format!("{HEAD}{WORDS}unless = [\"@nothing\"]\n{EXAMPLES}"), Code::UnknownSet);
    let severe = HEAD.replace("\"high\"\nconfidence", "\"huge\"\nconfidence");
    refused("unknown-severity", &format!("{severe}{WORDS}{EXAMPLES}"), Code::UnknownWord);
    refused("unknown-origin", &format!("{HEAD}origins = [\"mail\"]\n{WORDS}{EXAMPLES}"), Code::UnknownWord);
    refused("unknown-field", &format!("{HEAD}colour = \"red\"\n{WORDS}{EXAMPLES}"), Code::Syntax);
    refused("weight-zero", &format!("{HEAD}weight = 0\n{WORDS}{EXAMPLES}"), Code::UnknownWord);
}

#[test]
fn the_id_is_the_name_of_the_file() {
    let other = HEAD.replace("\"bad\"", "\"good\"");
    refused("wrong-id", &format!("{other}{WORDS}{EXAMPLES}"), Code::Id);
}

#[test]
fn a_rule_has_one_body() {
    refused("no-body", &format!("{HEAD}{EXAMPLES}"), Code::Body);
    refused("two-bodies", &format!("{HEAD}{WORDS}detector = true\n{EXAMPLES}"), Code::Body);
    refused("no-keywords", &format!("{HEAD}regex = 'aab'\n{EXAMPLES}"), Code::Body);
    refused("contextual-words", &format!("{HEAD}{WORDS}contextual = true\n{EXAMPLES}"), Code::Body);
}

#[test]
fn patterns_that_cannot_be_read_are_refused() {
    refused("open-bracket", &format!("{HEAD}patterns = [\"(peel|cut @fruit\"]\n{EXAMPLES}"), Code::Pattern);
    refused("empty", &format!("{HEAD}patterns = [\"\"]\n{EXAMPLES}"), Code::Pattern);
}

#[test]
fn only_rules_that_need_more_than_a_text_are_contextual() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core");
    let source = Source::read(&core, &mut Vec::new());
    let ids: Vec<_> = source.rules.iter().filter(|r| r.2.contextual).map(|r| r.2.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "canary-leak",
            "decoding-truncated",
            "findings-truncated",
            "fuel-exhausted",
            "input-too-large",
            "lexical-model",
            "session-crescendo",
            "session-refusal-retry",
        ]
    );
}
