//! Tokens, key sets and snapshots of key caches.

use std::sync::OnceLock;

use edgewarden::jwt::{
    Algorithm, Code, Explanation, FetchOutcome, HostCheck, KeyAnswer, KeyCache, KeyCachePolicy, KeyLimits, KeySet,
    KeySetError, Outcome, Profile, ProofRequest, TokenLimits, TokenVerifier, UnverifiedToken, Update, VerifiedToken,
    VerifyError, challenge, http_status,
};
use edgewarden::time::Timestamp;

use crate::allocation::peak;

/// One byte that chooses a policy, then a token: verified at once, in two steps and with every check told, all three agree.
pub fn token(data: &[u8]) {
    let Some((&switch, bytes)) = data.split_first() else { return };
    let Ok(token) = core::str::from_utf8(bytes) else { return };
    let asked = asked(switch);
    let (verdict, held) = peak(|| asked.verify(token));
    assert_held(held, token.len(), "verifying");
    assert_eq!(verdict, asked.verify(token), "the same token gets another verdict");
    let (begun, held) = peak(|| asked.begin(token));
    assert_held(held, token.len(), "beginning");
    match (begun, &verdict) {
        (Ok(check), Ok(verified)) => assert_eq!(check.finish(true, NOW).as_ref(), Ok(verified)),
        (Ok(check), Err(error)) => {
            assert_eq!(error.code, Code::BadSignature, "only the signature is left to the host");
            assert_eq!(check.finish(false, NOW).map_err(|error| error.code), Err(Code::BadSignature));
        }
        (Err(begun), verdict) => assert_eq!(verdict.as_ref(), Err(&begun), "two steps refuse for another reason"),
    }
    let (explanation, held) = peak(|| asked.explain(token));
    assert_held(held, token.len(), "explaining");
    assert_explanation(&explanation, &verdict);
    match &verdict {
        Ok(verified) => assert_accepted(asked, token, verified),
        Err(error) => assert_error(error),
    }
    if let Ok(parsed) = UnverifiedToken::parse(token, &TokenLimits::default()) {
        let _ = parsed.issuer_hint();
        assert!(token.as_bytes().starts_with(parsed.signing_input()));
    }
}

/// A document: as a set, as one key, as a set of secrets, and as what a cache fetched.
pub fn jwks(data: &[u8]) {
    let Ok(document) = core::str::from_utf8(data) else { return };
    let limits = KeyLimits::default();
    let (set, held) = peak(|| KeySet::from_jwks(document, limits));
    assert_held(held, document.len(), "reading a key set");
    assert_eq!(set, KeySet::from_jwks(document, limits), "the same document gives other keys");
    let (_, held) = peak(|| KeySet::from_secret_jwks(document, limits));
    assert_held(held, document.len(), "reading secrets");
    let (key, held) = peak(|| KeySet::from_jwk(document));
    assert_held(held, document.len(), "reading a key");
    assert_same_alone_and_in_a_set(document, key);
    let Ok(set) = set else { return };
    assert!(set.keys().len() + set.refused().len() <= limits.keys);
    assert!(set.refused().is_sorted_by(|a, b| a.index < b.index));
    for key in set.keys() {
        assert!(!key.algorithms().is_empty(), "a key for nothing");
        assert!(key.algorithms().iter().all(|algorithm| !HMACS.contains(&algorithm)), "a published secret");
    }
    let names =
        set.keys().iter().map(|key| key.kid()).chain(set.refused().iter().map(|refused| refused.kid.as_deref()));
    for kid in names.chain([None, Some("nobody"), Some("")]) {
        for algorithm in Algorithm::ALL {
            match set.choose(algorithm, kid) {
                Ok(key) => assert!(key.algorithms().contains(algorithm), "a key for another algorithm"),
                Err(error) => assert_error(&error),
            }
        }
    }
    assert_cached(document.as_bytes(), &set);
}

/// An even first byte: the rest is a snapshot. An odd one: it is one that claims to be authenticated.
pub fn snapshot(data: &[u8]) {
    let Some((&switch, bytes)) = data.split_first() else { return };
    let mac_key = (switch % 2 == 1).then_some(SNAPSHOT_KEY);
    let mut cache = trusting();
    let before = cache.snapshot(None);
    let (restored, held) = peak(|| cache.restore(bytes, mac_key, NOW));
    assert_held(held, bytes.len(), "restoring");
    match restored {
        Err(_) => assert_eq!(cache.snapshot(None), before, "a snapshot that is refused changes the cache"),
        Ok(count) => {
            assert!(count <= cache.issuers().count());
            let stored = cache.snapshot(mac_key);
            let mut again = trusting();
            assert_eq!(again.restore(&stored, mac_key, NOW), Ok(count), "what is restored cannot be stored");
            assert_eq!(again.snapshot(mac_key), stored, "a snapshot changes on its way");
        }
    }
    drive(&mut cache, switch);
}

/// A policy with what it needs to judge a token.
struct Asked {
    verifier: TokenVerifier,
    keys: KeySet,
    is_proof: bool,
}

impl Asked {
    fn verify(&self, token: &str) -> Result<VerifiedToken, VerifyError> {
        match self.is_proof {
            true => self.verifier.verify_proof(token, &REQUEST, NOW),
            false => self.verifier.verify(token, &self.keys, NOW),
        }
    }

    fn begin(&self, token: &str) -> Result<HostCheck, VerifyError> {
        match self.is_proof {
            true => self.verifier.begin_proof(token, &REQUEST, NOW),
            false => self.verifier.begin(token, &self.keys, NOW),
        }
    }

    fn explain(&self, token: &str) -> Explanation {
        match self.is_proof {
            true => self.verifier.explain_proof(token, &REQUEST, NOW),
            false => self.verifier.explain(token, &self.keys, NOW),
        }
    }
}

/// One of six policies, built once.
fn asked(switch: u8) -> &'static Asked {
    static ALL: OnceLock<Vec<Asked>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let set = KeySet::from_jwks(KEYS, KeyLimits::default()).unwrap();
        let public = [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256, Algorithm::Ps384];
        let base = || TokenVerifier::builder().issuer(ISSUER).audience(AUDIENCE).algorithms(public);
        let nonce = Some("n-0".to_owned());
        let proof = TokenVerifier::builder().profile(Profile::DpopProof).algorithms(public);
        let secret = TokenVerifier::builder().issuer(ISSUER).audience(AUDIENCE);
        let tight = TokenLimits { token_bytes: 600, header_bytes: 96, claims: 6, values: 24, ..TokenLimits::default() };
        let builders = [
            base(),
            base().profile(Profile::AccessToken).require(["scope"]),
            base().profile(Profile::IdToken { nonce }).age_secs_max(600),
            secret.shared_secret(SECRET, HMACS[..1].iter().copied()),
            proof,
            base().limits(tight).kidless_tries(4).leeway_secs(0),
        ];
        let each = builders.into_iter().map(|builder| {
            let verifier = builder.build().unwrap();
            let is_proof = *verifier.profile() == Profile::DpopProof;
            Asked { keys: verifier.shared_keys().unwrap_or(&set).clone(), verifier, is_proof }
        });
        each.collect()
    });
    &all[usize::from(switch) % all.len()]
}

fn assert_held(held: usize, input: usize, what: &str) {
    let max = 4 * input + (64 << 10);
    assert!(held <= max, "{what} {input} bytes takes {held} bytes, more than {max}");
}

fn assert_explanation(explanation: &Explanation, verdict: &Result<VerifiedToken, VerifyError>) {
    assert_eq!(explanation.is_accepted(), verdict.is_ok(), "{verdict:?}: {explanation:?}");
    let first = explanation.faults().next();
    let agrees =
        first.map(|fault| (fault.code, &fault.at)) == verdict.as_ref().err().map(|error| (error.code, &error.at));
    assert!(agrees, "the first fault is another one: {verdict:?}, {explanation:?}");
    for check in &explanation.checks {
        assert!(check.got.as_ref().is_none_or(|got| got.len() <= 64), "{check:?}");
        if let Outcome::Failed(error) = &check.outcome {
            assert_error(error);
        }
    }
}

fn assert_accepted(asked: &Asked, token: &str, verified: &VerifiedToken) {
    assert!(format!("{verified:?}").len() < 128, "a token is quoted");
    assert_eq!(verified.check_time(NOW), Ok(()));
    for other in [format!("{token}="), format!("{token}\n"), format!(" {token}"), token.replacen('.', "=.", 1)] {
        assert!(asked.verify(&other).is_err(), "a token has a second spelling");
    }
    if !asked.is_proof {
        assert_eq!(verified.claims().issuer(), Some(ISSUER));
        assert!(verified.claims().audience().any(|audience| audience == AUDIENCE));
    }
}

/// Errors are short, and a header can hold them.
fn assert_error(error: &VerifyError) {
    let told = challenge(Some(error), "realm");
    assert!(told.len() < 256 && told.bytes().all(|b| (b' '..=b'~').contains(&b)), "{told:?}");
    assert!(error.to_string().len() < 160, "{error}");
    assert!([401, 503].contains(&http_status(error)));
}

/// A key is read the same way whether it stands alone or in a set.
fn assert_same_alone_and_in_a_set(document: &str, alone: Result<KeySet, KeySetError>) {
    let set = KeySet::from_jwks(&format!("{{\"keys\":[{document}]}}"), KeyLimits::default());
    match (alone, set) {
        (Ok(alone), Ok(set)) => assert_eq!(alone.keys(), set.keys()),
        (Err(KeySetError::KeyRefused(code)), Ok(set)) => {
            assert_eq!(set.refused().first().map(|refused| refused.code), Some(code));
        }
        (Ok(_), Err(error)) => assert!(matches!(error, KeySetError::TooDeep | KeySetError::TooLarge { .. }), "{error}"),
        (Err(_), _) => {}
    }
}

/// What a cache fetched, it serves, stores and restores.
fn assert_cached(body: &[u8], set: &KeySet) {
    let mut cache = trusting();
    let KeyAnswer::Fetch(ticket) = cache.keys(ISSUER, None, true, NOW, 0) else { panic!("an empty cache fetches") };
    let outcome = FetchOutcome::Body { body, max_age_secs: None, etag: Some("\"1\"") };
    let update = cache.fetched(ticket, outcome, NOW).unwrap();
    if set.keys().is_empty() {
        assert!(matches!(update, Update::Failed { .. }), "a set without keys replaces a set");
        return;
    }
    let served = served(&mut cache).unwrap();
    assert_eq!((served.keys().len(), served.refused()), (set.keys().len(), set.refused()));
    let stored = cache.snapshot(Some(SNAPSHOT_KEY));
    let mut other = trusting();
    assert_eq!(other.restore(&stored, Some(SNAPSHOT_KEY), NOW), Ok(1));
    let restored = self::served(&mut other).unwrap();
    let numbers =
        |set: &KeySet| -> Vec<_> { set.keys().iter().map(|key| (*key.thumbprint(), key.algorithms())).collect() };
    assert_eq!(numbers(&restored), numbers(set));
    assert_eq!(restored.refused(), set.refused());
}

fn served(cache: &mut KeyCache) -> Option<std::sync::Arc<KeySet>> {
    match cache.keys(ISSUER, None, false, NOW, 0) {
        KeyAnswer::Use(set) | KeyAnswer::UseAndRefresh(set, _) => Some(set),
        KeyAnswer::Fetch(_) | KeyAnswer::Wait(_) | KeyAnswer::Unavailable(_) => None,
    }
}

/// Whatever was restored, the cache goes on: over years, and back.
fn drive(cache: &mut KeyCache, switch: u8) {
    let hour = 3_600_000;
    for (i, step) in [0, 1, hour, 24 * hour, 20_000 * hour, u64::MAX / 2].into_iter().enumerate() {
        let now = Timestamp::from_millis(NOW.as_millis().saturating_add(step));
        for kid in [None, Some("a"), Some("nobody")] {
            match cache.keys(ISSUER, kid, true, now, u64::MAX) {
                KeyAnswer::Use(_) | KeyAnswer::Wait(_) => {}
                KeyAnswer::Unavailable(error) => assert_error(&error),
                KeyAnswer::UseAndRefresh(_, ticket) | KeyAnswer::Fetch(ticket) => {
                    let body = FetchOutcome::Body { body: ONE_KEY, max_age_secs: Some(u64::MAX), etag: None };
                    let outcome = if (usize::from(switch) >> i) % 2 == 0 { body } else { FetchOutcome::Failed };
                    let _ = cache.fetched(ticket, outcome, now);
                }
            }
        }
        let _ = cache.bad_signature(ISSUER, Some("a"), now, 0);
        let _ = cache.state(OTHER_ISSUER, now);
    }
    let _ = served(cache);
}

fn trusting() -> KeyCache {
    let mut cache = KeyCache::new(KeyCachePolicy { grace_secs: 600, ..KeyCachePolicy::default() });
    cache.trust(ISSUER).unwrap();
    cache.trust(OTHER_ISSUER).unwrap();
    cache
}

/// Public keys whose private halves `core/tests/jwt/seeds.rs` has: `a` for EdDSA, `b` for ES256; `r` is an RSA key that
/// nobody has.
const KEYS: &str = include_str!("keys.json");
/// The public key of RFC 8037 appendix A.2: quick to read.
const ONE_KEY: &[u8] =
    br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"a"}]}"#;
/// The time of the seeds.
const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
const ISSUER: &str = "https://issuer.example";
const OTHER_ISSUER: &str = "https://other.example";
const AUDIENCE: &str = "https://api.example";
const SECRET: &[u8] = b"an obviously false test secret!!";
const SNAPSHOT_KEY: &[u8] = b"an obviously false snapshot key!";
const REQUEST: ProofRequest<'_> = ProofRequest::new("POST", "https://api.example/orders");
const HMACS: [Algorithm; 3] = [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512];
