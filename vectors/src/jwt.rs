//! Writes the cases of tokens. Keys come from fixed seeds and tokens from them; what each case is to show, its `verdict`, stands
//! here by hand, and writing fails where the crate says something else.

mod claims;
mod faults;
mod forms;
mod key_sets;
mod profiles;
mod signer;
mod transcripts;

use serde_json::{Map, Value, json};

use crate::files::File;
use crate::kinds;
use signer::Signer;

/// Folder of these files inside that of the vectors: runners of languages without tokens do not look there.
pub const FOLDER: &str = "jwt";

/// Every file.
pub fn generate() -> Result<Vec<File>, String> {
    let keys = Keys::new()?;
    let mut verdicts = Cases::default();
    forms::write(&keys, &mut verdicts)?;
    claims::write(&keys, &mut verdicts)?;
    profiles::write(&keys, &mut verdicts)?;
    let files = [
        ("verdicts", "jwt", "Tokens and their verdicts. Keys and tokens are test data.", verdicts.0),
        (
            "explanations",
            "jwt-explain",
            "Every check of a token, those after a fault too.",
            profiles::explained(&keys)?,
        ),
        ("key-sets", "jwt-keys", "Documents that are key sets, or should be.", key_sets::write(&keys)),
        ("key-caches", "jwt-cache", "Key caches: what happens, and what they say.", transcripts::write(&keys)),
        ("faults", "jwt-errors", "What verifiers, keys and caches refuse to be made of.", faults::write()),
    ];
    files.into_iter().map(|(name, kind, about, cases)| file(name, kind, about, cases)).collect()
}

fn file(name: &str, kind: &str, about: &str, cases: Vec<Map<String, Value>>) -> Result<File, String> {
    let name = format!("{FOLDER}/{name}.json");
    let file = kinds::answered(&File { name, kind: kind.to_owned(), about: about.to_owned(), cases: cases.clone() })?;
    let wrong: Vec<String> = cases
        .iter()
        .zip(&file.cases)
        .filter(|(written, answered)| {
            written.get("verdict") != answered.get("verdict") && written.contains_key("verdict")
        })
        .map(|(written, answered)| format!("{}: {} but {}", written["name"], written["verdict"], answered["verdict"]))
        .collect();
    if wrong.is_empty() { Ok(file) } else { Err(format!("{}:\n{}", file.name, wrong.join("\n"))) }
}

/// The keys of all cases.
struct Keys {
    ed: Signer,
    other: Signer,
    p256: Signer,
    p384: Signer,
    rsa: Signer,
    secret: Signer,
}

impl Keys {
    fn new() -> Result<Self, String> {
        Ok(Self {
            ed: Signer::ed25519(1),
            other: Signer::ed25519(2),
            p256: Signer::p256(3)?,
            p384: Signer::p384(4)?,
            rsa: Signer::rsa(5)?,
            secret: Signer::secret(SECRET),
        })
    }

    /// A token of the key `a`, with header and payload as they are given.
    fn ed(&self, header: &str, payload: &str) -> Result<String, String> {
        self.ed.token("EdDSA", header, payload)
    }
}

/// Cases of verdicts.
#[derive(Default)]
struct Cases(Vec<Map<String, Value>>);

/// What a token is verified with.
#[derive(Clone)]
struct With {
    options: Value,
    secret: bool,
    keys: Option<Vec<Value>>,
    request: Option<Value>,
    now_ms: u64,
}

impl With {
    /// The key `a` of Ed25519, the usual policy, the usual time.
    fn usual(keys: &Keys) -> Self {
        let jwk = keys.ed.jwk(json!({"kid": "a"}));
        Self {
            options: policy(json!({})),
            secret: false,
            keys: Some(vec![jwk]),
            request: None,
            now_ms: NOW_SECS * 1000,
        }
    }

    fn options(&self, more: Value) -> Self {
        Self { options: policy(more), ..self.clone() }
    }

    fn keys(&self, keys: impl IntoIterator<Item = Value>) -> Self {
        Self { keys: Some(keys.into_iter().collect()), ..self.clone() }
    }

    fn at_ms(&self, now_ms: u64) -> Self {
        Self { now_ms, ..self.clone() }
    }
}

impl Cases {
    fn add(&mut self, verdict: &str, name: &str, token: impl Into<String>, with: &With) {
        let mut case = Map::new();
        let mut put = |name: &str, value: Option<Value>| value.map(|value| case.insert(name.to_owned(), value));
        put("name", Some(json!(name)));
        put("options", Some(with.options.clone()));
        put("secret", with.secret.then(|| json!(SECRET)));
        put("keys", with.keys.clone().map(Value::Array));
        put("request", with.request.clone());
        put("token", Some(json!(token.into())));
        put("now", Some(json!(with.now_ms)));
        put("verdict", Some(json!(verdict)));
        self.0.push(case);
    }
}

/// The usual policy with other members; `null` takes one out.
fn policy(more: Value) -> Value {
    let mut policy = json!({"issuer": ISSUER, "audiences": [AUDIENCE], "algorithms": ["EdDSA"]});
    if let (Value::Object(policy), Value::Object(more)) = (&mut policy, more) {
        policy.extend(more);
        policy.retain(|_, value| !value.is_null());
    }
    policy
}

/// Good claims, with more members.
fn claims(more: &str) -> String {
    format!(r#"{{"iss":"{ISSUER}","aud":"{AUDIENCE}","exp":{}{more}}}"#, NOW_SECS + 300)
}

const ISSUER: &str = "https://issuer.example";
const AUDIENCE: &str = "https://api.example";
const NOW_SECS: u64 = 1_700_000_000;
const HEADER: &str = r#"{"alg":"EdDSA","kid":"a"}"#;
const SECRET: &str = "a secret of the test vectors that everybody may know, so use it for nothing";

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use edgewarden_bindings::token::{KeyCache, KeyCacheOptions, Step, TokenCache, TokenVerifier, VerifierOptions};

    use super::*;

    const NOW: u64 = NOW_SECS * 1000;

    #[test]
    fn a_token_is_fetched_for_verified_and_kept() {
        let (signer, cache, tokens) = (Signer::ed25519(1), cache(), TokenCache::new(1 << 20));
        let verifier = TokenVerifier::new(options()).unwrap();
        let token = signer.token("EdDSA", HEADER, &claims("")).unwrap();
        let step = |now: u64| verifier.step(&token, &cache, Some(&tokens), now, 7).unwrap();
        let Step::Fetch(ticket) = step(NOW) else { panic!("no keys yet") };
        cache.fetched(&ticket.id, set(&signer).as_bytes(), None, None, NOW).unwrap();
        let Step::Verified(verified, None) = step(NOW) else { panic!("not verified") };
        assert_eq!((tokens.len(), verified.data().key_generation), (1, 1));
        assert!(matches!(step(NOW + 1), Step::Verified(kept, None) if kept == verified));
        assert_eq!(step(NOW + 360_000).name(), "refused");
        assert!(tokens.is_empty(), "the token ended");
        // Once stale, the verdict comes with a ticket.
        let token = signer.token("EdDSA", HEADER, &claims("").replace("1700000300", "1700009999")).unwrap();
        let stale = verifier.step(&token, &cache, Some(&tokens), NOW + 600_000, 7).unwrap();
        assert!(matches!(stale, Step::Verified(_, Some(_))), "{stale:?}");
    }

    #[test]
    fn a_token_that_is_kept_is_not_verified_again_while_keys_are_stale_or_fetched() {
        let (signer, cache, tokens) = (Signer::ed25519(1), cache(), TokenCache::new(1 << 20));
        // It verifies nothing itself: what is verified was kept.
        let verifier = TokenVerifier::for_host(options()).unwrap();
        let token = signer.token("EdDSA", HEADER, &claims("").replace("1700000300", "1700009999")).unwrap();
        let step = |now: u64| verifier.step(&token, &cache, Some(&tokens), now, 7).unwrap();
        let Step::Fetch(ticket) = step(NOW) else { panic!("no keys yet") };
        cache.fetched(&ticket.id, set(&signer).as_bytes(), None, None, NOW).unwrap();
        let Step::Check(check, None) = step(NOW) else { panic!("no check") };
        assert!(tokens.insert(&verifier, &token, &check.finish(true, NOW).unwrap()).unwrap());
        let is_kept = |step: &Step| matches!(step, Step::Verified(..));
        let other = r#"{"alg":"EdDSA","kid":"b"}"#;
        let unknown = signer.token("EdDSA", other, &claims("")).unwrap();
        assert_eq!(verifier.step(&unknown, &cache, None, NOW + 60_000, 7).unwrap().name(), "fetch");
        assert_eq!(cache.state(ISSUER, NOW + 60_000).unwrap(), Some("refreshing"));
        assert!(is_kept(&step(NOW + 60_000)), "while somebody fetches");
        let stale = step(NOW + 600_000);
        assert!(is_kept(&stale) && matches!(stale, Step::Verified(_, Some(_))), "stale, with a ticket");
        assert!(is_kept(&step(NOW + 600_001)), "stale, and refreshing");
        // Once the key is gone, it is verified no longer.
        let Step::Verified(_, Some(ticket)) = stale else { panic!("no ticket") };
        let others = set(&Signer::ed25519(2)).replace("\"a\"", "\"z\"");
        cache.fetched(&ticket.id, others.as_bytes(), None, None, NOW + 600_002).unwrap();
        assert!(!is_kept(&step(NOW + 600_002)));
    }

    #[test]
    fn a_key_changed_under_its_name_is_fetched_once_a_signature_is_wrong() {
        let (old, new, cache) = (Signer::ed25519(1), Signer::ed25519(2), cache());
        let verifier = TokenVerifier::new(options()).unwrap();
        let token = new.token("EdDSA", HEADER, &claims("")).unwrap();
        let step = |now: u64| verifier.step(&token, &cache, None, now, 7).unwrap();
        let Step::Fetch(ticket) = step(NOW) else { panic!("no keys yet") };
        cache.fetched(&ticket.id, set(&old).as_bytes(), None, None, NOW).unwrap();
        let Step::Refused(error, Some(ticket)) = step(NOW + 60_000) else { panic!("no ticket") };
        assert_eq!((error.code, error.retry), ("bad_signature", "after_refresh"));
        assert!(matches!(step(NOW + 60_000), Step::Refused(_, None)), "one ticket");
        cache.fetched(&ticket.id, set(&new).as_bytes(), None, None, NOW + 60_000).unwrap();
        assert_eq!(step(NOW + 60_000).name(), "verified");
    }

    #[test]
    fn a_key_of_another_size_or_kind_under_its_name_is_fetched_as_well() {
        let signer = Signer::ed25519(1);
        let options = policy(json!({"algorithms": ["EdDSA", "ES256"]})).to_string();
        let verifier = TokenVerifier::new(VerifierOptions::from_json(&options).unwrap()).unwrap();
        let token = signer.token("EdDSA", HEADER, &claims("")).unwrap();
        let (input, _) = token.rsplit_once('.').unwrap();
        let short = format!("{input}.{}", "A".repeat(84));
        let other = signer.token("EdDSA", r#"{"alg":"ES256","kid":"a"}"#, &claims("")).unwrap();
        for (token, code) in [(short, "bad_signature_length"), (other, "alg_key_mismatch")] {
            let cache = cache();
            let step = |now: u64| verifier.step(&token, &cache, None, now, 7).unwrap();
            let Step::Fetch(ticket) = step(NOW) else { panic!("no keys yet") };
            cache.fetched(&ticket.id, set(&signer).as_bytes(), None, None, NOW).unwrap();
            let Step::Refused(error, Some(_)) = step(NOW + 60_000) else { panic!("no ticket") };
            assert_eq!(error.code, code);
            assert!(matches!(step(NOW + 60_000), Step::Refused(_, None)), "one ticket");
        }
    }

    #[test]
    fn a_host_that_checks_signatures_is_handed_them() {
        let (signer, cache) = (Signer::ed25519(1), cache());
        let verifier = TokenVerifier::for_host(options()).unwrap();
        let token = signer.token("EdDSA", HEADER, &claims("")).unwrap();
        let step = || verifier.step(&token, &cache, None, NOW, 7).unwrap();
        let Step::Fetch(ticket) = step() else { panic!("no keys yet") };
        cache.fetched(&ticket.id, set(&signer).as_bytes(), None, None, NOW).unwrap();
        let Step::Check(check, None) = step() else { panic!("no check") };
        let jwk: Value = serde_json::from_str(&check.key_jwk().unwrap().unwrap()).unwrap();
        assert_eq!(
            (jwk["x"].clone(), check.key_kid().unwrap().as_deref()),
            (signer.jwk(json!({}))["x"].clone(), Some("a"))
        );
        assert!(check.finish(true, NOW).is_ok());
    }

    fn cache() -> KeyCache {
        KeyCache::new(KeyCacheOptions { trust: vec![ISSUER.to_owned()], ..KeyCacheOptions::default() }).unwrap()
    }

    fn options() -> VerifierOptions {
        VerifierOptions::from_json(&policy(json!({})).to_string()).unwrap()
    }

    fn set(signer: &Signer) -> String {
        json!({"keys": [signer.jwk(json!({"kid": "a"}))]}).to_string()
    }
}
