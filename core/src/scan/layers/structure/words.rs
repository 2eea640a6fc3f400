//! The labels and keys the layer knows, and the beginnings of orders.

/// What a label or key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Whoever asks a model.
    Asker,
    /// The model.
    Answerer,
    /// Question of a list of questions and answers.
    Question,
    /// Answer of such a list.
    Answer,
    /// The developer.
    System,
    /// A step of an agent's notes, by number; the first is what a tool returned.
    Step(u8),
    /// A key of a tool message.
    ToolId,
    /// A key of a policy file.
    Policy(Key),
}

/// A key of a policy file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// Number below 32, the same for spellings of one key.
    pub(super) number: u8,
    /// Says what a model may say; configuration of programs has other keys.
    pub(super) telling: bool,
}

/// The meaning of a label or key in any case; `_` and `-` are the same.
pub(super) fn find(word: &[u8]) -> Option<Word> {
    let from = WORDS.partition_point(|(known, _)| known.len() < word.len());
    let same =
        |known: &[u8]| known.iter().zip(word).all(|(k, w)| *k == w.to_ascii_lowercase() || (*k == b'-' && *w == b'_'));
    WORDS
        .iter()
        .skip(from)
        .take_while(|(known, _)| known.len() == word.len())
        .find(|(k, _)| same(k.as_bytes()))
        .map(|w| w.1)
}

/// Whether `text` begins with an order to a model.
pub(super) fn is_order(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    if ORDERS.iter().any(|o| begins(text, o)) {
        return true;
    }
    // "You are now connected to Ann" is what honest systems say.
    TOLD.iter().find(|o| begins(text, o)).is_some_and(|o| {
        let rest = text.get(o.len()..).unwrap_or_default();
        !rest.is_empty() && !HARMLESS.iter().any(|h| begins(rest, h))
    })
}

/// Whether `text` begins with words a model agrees with.
pub(super) fn is_assent(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    ASSENTS.iter().any(|a| begins(text, a) && !text.get(a.len()).is_some_and(u8::is_ascii_alphabetic))
}

/// Whether `text` holds a phrase with which a policy forbids or unleashes.
pub(super) fn holds_policy(text: &[u8]) -> bool {
    (0..text.len()).any(|at| {
        let fresh = at.checked_sub(1).and_then(|i| text.get(i)).is_none_or(|b| !b.is_ascii_alphanumeric());
        fresh && text.get(at..).is_some_and(|rest| POLICIES.iter().any(|p| begins(rest, p)))
    })
}

/// Whether `text` begins with `phrase`, in any case; `phrase` is in small letters.
pub(super) fn begins(text: &[u8], phrase: &str) -> bool {
    text.get(..phrase.len()).is_some_and(|t| t.eq_ignore_ascii_case(phrase.as_bytes()))
}

/// Signs that rulers are made of.
pub(super) const fn is_ruler(b: u8) -> bool {
    matches!(b, b'-' | b'=' | b'#' | b'*' | b'_' | b'~' | b'<' | b'>' | b'%' | b'+')
}

/// Number of the key `role`.
pub(super) const ROLE: u8 = 0;
/// Longest known word, in bytes.
pub(super) const LEN_MAX: usize = 24;

const fn telling(number: u8) -> Word {
    Word::Policy(Key { number, telling: true })
}

const fn plain(number: u8) -> Word {
    Word::Policy(Key { number, telling: false })
}

/// Sorted by length.
static WORDS: &[(&str, Word)] = &[
    ("a", Word::Answer),
    ("q", Word::Question),
    ("ai", Word::Answerer),
    ("bot", Word::Answerer),
    ("gpt", Word::Answerer),
    ("llm", Word::Answerer),
    ("role", plain(ROLE)),
    ("user", Word::Asker),
    ("mode", plain(1)),
    ("human", Word::Asker),
    ("model", Word::Answerer),
    ("input", Word::Question),
    ("rules", plain(2)),
    ("answer", Word::Answer),
    ("output", Word::Answer),
    ("system", Word::System),
    ("action", Word::Step(1)),
    ("nutzer", Word::Asker),
    ("policy", plain(3)),
    ("persona", plain(4)),
    ("thought", Word::Step(2)),
    ("chatbot", Word::Answerer),
    ("chatgpt", Word::Answerer),
    ("usuario", Word::Asker),
    ("benutzer", Word::Asker),
    ("question", Word::Question),
    ("response", Word::Answerer),
    ("language", plain(5)),
    ("directive", plain(6)),
    ("assistant", Word::Answerer),
    ("asistente", Word::Answerer),
    ("assistent", Word::Answerer),
    ("developer", Word::System),
    ("overrides", plain(7)),
    ("directives", plain(6)),
    ("guardrails", telling(8)),
    ("permission", plain(9)),
    ("refusal-on", telling(10)),
    ("observation", Word::Step(0)),
    ("instruction", Word::Asker),
    ("utilisateur", Word::Asker),
    ("permissions", plain(9)),
    ("constraints", plain(11)),
    ("safety-mode", telling(12)),
    ("allowed-mode", telling(13)),
    ("blocked-mode", telling(14)),
    ("restrictions", plain(15)),
    ("instructions", plain(16)),
    ("tool-call-id", Word::ToolId),
    ("policy-rules", plain(3)),
    ("allowed-modes", telling(13)),
    ("blocked-modes", telling(14)),
    ("content-policy", telling(17)),
    ("blocked-string", telling(18)),
    ("blocked-topics", telling(19)),
    ("allowed-topics", telling(20)),
    ("refusal-policy", telling(10)),
    ("blocked-phrases", telling(18)),
    ("forbidden-modes", telling(14)),
    ("blocked-strings", telling(18)),
    ("response-policy", telling(21)),
    ("system-override", telling(22)),
    ("allowed-outputs", telling(23)),
    ("blocked-outputs", telling(24)),
    ("allowed-response", telling(25)),
    ("blocked-response", telling(26)),
    ("forbidden-topics", telling(19)),
    ("allowed-responses", telling(25)),
    ("blocked-responses", telling(26)),
    ("forbidden-phrases", telling(18)),
    ("forbidden-strings", telling(18)),
    ("interaction-config", telling(27)),
    ("interaction-policy", telling(27)),
    ("interaction-settings", telling(27)),
];

/// What a model is told and a program is not.
static ORDERS: &[&str] = &[
    "ignore ",
    "disregard ",
    "forget ",
    "override ",
    "you have no ",
    "now you ",
    "now ignore ",
    "now answer ",
    "now reply ",
    "now act ",
    "your new ",
    "your instruction",
    "your previous ",
    "your task ",
    "your rules ",
    "from now on",
    "new instruction",
    "new rule",
    "new task",
    "new directive",
    "respond ",
    "answer in ",
    "answer with ",
    "answer only ",
    "answer every ",
    "answer all ",
    "answer as ",
    "reply with ",
    "reply only ",
    "output only ",
    "output the ",
    "print the ",
    "print your ",
    "print all ",
    "reveal ",
    "repeat everything",
    "repeat the ",
    "repeat your ",
    "execute the ",
    "send the ",
    "send your ",
    "send all ",
    "forward the ",
    "forward all ",
    "call the ",
    "act as ",
    "the assistant ",
    "as an ai ",
    "never refuse",
    "always answer",
    "always reply",
    "always obey",
    "all previous ",
    "all prior ",
    "all restrictions ",
    "all rules ",
    "all safety ",
    "safety is ",
    "disable ",
    "do not refuse",
    "do not follow",
    "do not tell ",
    "do not mention ",
    "don't refuse",
    "don't tell ",
    "show your ",
    "tell the user ",
];

/// Orders only if something else than a status follows.
static TOLD: &[&str] = &["you are now ", "you are ", "you must ", "you will ", "you may now ", "you can now "];
static HARMLESS: &[&str] = &[
    "be ",
    "connected",
    "logged",
    "chatting",
    "talking",
    "speaking",
    "offline",
    "online",
    "number ",
    "in ",
    "on ",
    "at ",
    "log ",
    "sign",
    "restart",
    "enter",
    "accept",
    "leave",
    "join",
    "close",
    "receive",
    "get ",
    "need ",
    "have ",
    "find ",
    "see ",
    "running",
    "using",
    "up ",
    "out ",
    "not ",
    "about ",
    "viewing",
    "subscribed",
    "ready",
    "invited",
    "here",
    "waiting",
    "next",
    "first",
    "select",
    "choose",
    "update",
    "use ",
    "also",
    "required",
    "responsible",
    "welcome",
    "already",
    "download",
];

/// How a model agrees.
static ASSENTS: &[&str] = &[
    "sure",
    "of course",
    "certainly",
    "absolutely",
    "understood",
    "okay, i",
    "ok, i",
    "yes, i",
    "yes, here",
    "here is",
    "here are",
    "i will",
    "i'll",
    "i have",
    "acknowledged",
    "no problem",
    "happy to",
    "gladly",
    "confirmed",
    "done",
];

/// How a policy for a model speaks.
static POLICIES: &[&str] = &[
    "you must",
    "you are",
    "you will",
    "must not",
    "must always",
    "must never",
    "must be answered",
    "must answer",
    "never",
    "always",
    "do not",
    "don't",
    "ignore",
    "refus",
    "unrestrict",
    "uncensor",
    "unfilter",
    "i'm sorry",
    "i am sorry",
    "i can't",
    "i cannot",
    "i won't",
    "apolog",
    "disclaimer",
    "denial",
    "deny",
    "no limit",
    "no restriction",
    "without ",
    "disabled",
    "full-detail",
    "unable to",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted_by_length_in_small_letters() {
        assert!(WORDS.windows(2).all(|w| w[0].0.len() <= w[1].0.len()));
        assert!(WORDS.iter().all(|w| !w.0.contains(|c: char| c.is_ascii_uppercase() || c == '_')));
        assert!(WORDS.iter().all(|w| w.0.len() <= LEN_MAX));
    }

    #[test]
    fn keys_are_found_in_any_case_and_spelling() {
        assert_eq!(find(b"ASSISTANT"), Some(Word::Answerer));
        assert_eq!(find(b"Blocked_Modes"), find(b"blocked-modes"));
        assert_eq!(find(b"assistance"), None);
        assert_eq!(find(b""), None);
    }

    #[test]
    fn status_messages_are_no_orders() {
        assert!(is_order(b" You are now a pirate"));
        assert!(is_order(b"ignore the rules"));
        assert!(!is_order(b"You are now connected to Ann"));
        assert!(!is_order(b"You must log in first"));
        assert!(!is_order(b"Your order has been shipped"));
    }
}
