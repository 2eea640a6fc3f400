//! Key caches: an issuer that rotates, falls silent, answers nonsense; strangers with unknown kids.

use serde_json::{Map, Value, json};

use super::{ISSUER, Keys, NOW_SECS};

pub fn write(keys: &Keys) -> Vec<Map<String, Value>> {
    let a = keys.ed.jwk(json!({"kid": "a"}));
    let b = keys.other.jwk(json!({"kid": "b"}));
    let b_as_a = keys.other.jwk(json!({"kid": "a"}));
    let set = |keys: &[&Value]| json!({"keys": keys}).to_string();
    let (one, two) = (set(&[&a]), set(&[&a, &b]));
    let fresh = || vec![ask(0, "a"), body(0, 0, &one)];
    let after = |steps: &[Value]| fresh().into_iter().chain(steps.iter().cloned()).collect::<Vec<_>>();
    let mac = |event: &str, secs: u64, key: &str| json!({"event": event, "now": at(secs), "mac_key": key});
    let cases = [
        case("first token fetches, and the next ones use", after(&[ask(1, "a"), ask(599, "a"), state(599)])),
        case(
            "two callers fetch an empty cache, a third waits",
            vec![ask(0, "a"), ask(0, "a"), ask(1, "a"), body(2, 1, &one), body(3, 0, &one), ask(3, "a")],
        ),
        case(
            "a stale set serves while one caller refreshes",
            after(&[ask(600, "a"), ask(600, "a"), state(600), body(601, 1, &one), ask(602, "a")]),
        ),
        case(
            "an answer to a question that was not asked has failed",
            after(&[ask(600, "a"), json!({"event": "not_modified", "ticket": 1, "now": at(601)}), ask(602, "a")]),
        ),
        case(
            "max-age and ETag are heeded",
            vec![
                ask(0, "a"),
                json!({"event": "fetched", "ticket": 0, "now": at(0), "body": one, "max_age_secs": 3_600, "etag": "\"v1\""}),
                ask(3_599, "a"),
                ask(3_600, "a"),
                json!({"event": "not_modified", "ticket": 1, "now": at(3_601), "max_age_secs": 1}),
                ask(3_660, "a"),
                ask(3_661, "a"),
            ],
        ),
        case(
            "an issuer that is down is asked less and less, and the set serves",
            after(&[
                ask(600, "a"),
                failed(601, 1),
                ask(602, "a"),
                ask(606, "a"),
                failed(607, 2),
                ask(610, "a"),
                ask(617, "a"),
            ]),
        ),
        case("a set too old is no set", after(&[ask(600 + 86_400, "a"), state(600 + 86_400)])),
        case(
            "an empty cache whose fetch failed refuses until the next",
            vec![ask(0, "a"), failed(1, 0), ask(2, "a"), ask(6, "a")],
        ),
        case(
            "a fetch that comes back after its deadline has failed, whatever it brings",
            vec![
                ask(0, "a"),
                ask(0, "a"),
                ask(9, "a"),
                body(11, 0, &one),
                ask(12, "a"),
                ask(16, "a"),
                body(17, 2, &one),
            ],
        ),
        case(
            "fetches that never come back free their places at the deadline",
            vec![ask(0, "a"), ask(0, "a"), ask(9, "a"), ask(10, "a"), ask(10, "a"), ask(11, "a"), body(12, 3, &one)],
        ),
        case(
            "nonsense replaces nothing",
            after(&[
                ask(600, "a"),
                body(601, 1, "<html></html>"),
                ask(607, "a"),
                body(608, 2, r#"{"keys":[]}"#),
                ask(609, "a"),
            ]),
        ),
        case("a new key is found", after(&[ask(60, "b"), body(61, 1, &two), ask(62, "b"), ask(62, "a")])),
        case(
            "one fetch for many unknown kids",
            after(&[
                ask(60, "x"),
                body(61, 1, &one),
                ask(62, "x"),
                ask(63, "y"),
                ask(90, "y"),
                body(91, 2, &one),
                ask(92, "x"),
            ]),
        ),
        case(
            "an implausible token fetches nothing",
            after(&[json!({"event": "keys", "issuer": ISSUER, "kid": "x", "plausible": false, "now": at(60)})]),
        ),
        case(
            "a key withdrawn is gone at once",
            vec![ask(0, "a"), body(0, 0, &two), ask(600, "b"), body(601, 1, &one), ask(602, "b")],
        ),
        case(
            "another key under the same kid has another generation",
            after(&[
                json!({"event": "bad_signature", "issuer": ISSUER, "kid": "a", "now": at(60)}),
                json!({"event": "bad_signature", "issuer": ISSUER, "kid": "a", "now": at(60)}),
                body(61, 1, &set(&[&b_as_a])),
                ask(62, "a"),
            ]),
        ),
        case("a ticket counts once", vec![ask(0, "a"), body(0, 0, &one), body(1, 0, &two), ask(2, "a")]),
        case(
            "an older answer replaces nothing",
            vec![ask(0, "a"), ask(0, "a"), body(1, 1, &two), body(2, 0, &one), ask(3, "b")],
        ),
        case(
            "nobody trusts an issuer that a token names",
            vec![
                json!({"event": "keys", "issuer": "https://evil.example", "kid": "a", "now": at(0)}),
                json!({"event": "state", "issuer": "https://evil.example", "now": at(0)}),
            ],
        ),
        case(
            "an issuer that is forgotten takes no keys",
            vec![
                ask(0, "a"),
                json!({"event": "forget", "issuer": ISSUER, "now": at(0)}),
                body(1, 0, &one),
                ask(2, "a"),
            ],
        ),
        case(
            "a clock set back leaves the time that was left",
            after(&[
                ask(0, "a"),
                json!({"event": "keys", "issuer": ISSUER, "kid": "a", "now": 1_000_000}),
                json!({"event": "keys", "issuer": ISSUER, "kid": "a", "now": 1_600_000}),
            ]),
        ),
        case(
            "a snapshot outlives the process",
            after(&[
                mac("snapshot", 10, "a key of the test vectors"),
                json!({"event": "restart", "now": at(20)}),
                mac("restore", 20, "another key"),
                mac("restore", 20, "a key of the test vectors"),
                ask(21, "a"),
                ask(600, "a"),
            ]),
        ),
        case(
            "a snapshot too old brings nothing back",
            after(&[
                json!({"event": "snapshot", "now": at(10)}),
                json!({"event": "restart", "now": at(20)}),
                json!({"event": "restore", "now": at(600 + 86_400)}),
                state(600 + 86_400),
            ]),
        ),
    ];
    cases.into()
}

fn case(name: &str, steps: Vec<Value>) -> Map<String, Value> {
    let mut case = Map::new();
    case.insert("name".to_owned(), json!(name));
    case.insert("options".to_owned(), json!({"trust": [ISSUER]}));
    case.insert("steps".to_owned(), Value::Array(steps));
    case
}

fn ask(secs: u64, kid: &str) -> Value {
    json!({"event": "keys", "issuer": ISSUER, "kid": kid, "now": at(secs)})
}

fn body(secs: u64, ticket: usize, body: &str) -> Value {
    json!({"event": "fetched", "ticket": ticket, "now": at(secs), "body": body})
}

fn failed(secs: u64, ticket: usize) -> Value {
    json!({"event": "failed", "ticket": ticket, "now": at(secs)})
}

fn state(secs: u64) -> Value {
    json!({"event": "state", "issuer": ISSUER, "now": at(secs)})
}

/// Milliseconds, counted from the usual time in seconds.
fn at(secs: u64) -> u64 {
    (NOW_SECS + secs) * 1000
}
