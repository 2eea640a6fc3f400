//! Rows E1 to E5 and E7 of the catalogue, and outages and floods: the cache under a simulated clock and network. Row E6 is
//! [`key_cache_order`](super::key_cache_order).

use edgewarden::jwt::{
    FetchOutcome, FetchTicket, KeyAnswer, KeyCache, KeyCachePolicy, KeySet, KeySetError, KeyState, Retry, TokenCache,
    Update,
};
use edgewarden::time::Timestamp;

use super::network::{Endpoint, ISSUER, Network, Verdict, jwk, key_set};

#[test]
fn outage_with_an_expired_set_refuses_no_valid_token_and_fetches_three_times_at_most() {
    let mut network = Network::new();
    network.wait_secs(601);
    network.issuer.endpoint = Endpoint::Down;
    for _ in 0..100 {
        assert_eq!(network.token("a"), Verdict::Accepted);
        network.wait_ms(300);
    }
    assert!(network.fetches.len() <= 3, "{:?}", network.fetches);
}

#[test]
fn e1_published_secret_is_reported_and_the_set_is_kept() {
    let mut network = Network::empty(KeyCachePolicy::default());
    let body = format!(r#"{{"keys":[{},{}]}}"#, jwk("a", 1), jwk("b", 2).replace("\"x\"", "\"d\":\"AA\",\"x\""));
    let KeyAnswer::Fetch(ticket) = network.cache.keys(ISSUER, Some("b"), true, network.time(), 0) else { panic!() };
    let update = network.cache.fetched(ticket, body_of(&body), network.time()).unwrap();
    assert!(matches!(update, Update::Replaced { added: 1, removed: 0, refused: 1, .. }));
    assert_eq!(network.token("a"), Verdict::Accepted);
    assert_eq!(network.token("b"), Verdict::Refused("private_key_published"));
    assert_eq!(network.fetches, [], "a refused key is no unknown one");
}

#[test]
fn e2_neither_html_nor_an_empty_set_nor_an_overlong_one_replaces_a_good_set() {
    let long = format!("{}{}", key_set(&[("b", 2)]), " ".repeat(256 * 1024));
    let long: &'static str = long.leak();
    let many: Vec<(&str, usize)> = vec![("b", 2); 101];
    let many: &'static str = key_set(&many).leak();
    for text in [
        "<html><body>Bad gateway</body></html>",
        "",
        "{}",
        "[]",
        r#"{"keys":[]}"#,
        r#"{"keys":[{"kty":"AKP","alg":"ML-DSA-44","kid":"b","pub":"AA"}]}"#,
        r#"{"keys":[],"keys":[]}"#,
        long,
        many,
    ] {
        let mut network = Network::new();
        network.wait_secs(601);
        network.issuer.endpoint = Endpoint::Says(text);
        for _ in 0..20 {
            assert_eq!(network.token("a"), Verdict::Accepted, "{} bytes", text.len());
            network.wait_secs(60);
        }
        assert_eq!(network.token("b"), Verdict::Refused("unknown_key"));
    }
}

#[test]
fn e2_response_that_is_not_text_fails_with_its_reason() {
    let mut network = Network::empty(KeyCachePolicy::default());
    let KeyAnswer::Fetch(ticket) = network.cache.keys(ISSUER, None, true, network.time(), 0) else { panic!() };
    let outcome = FetchOutcome::Body { body: b"{\"keys\":\xff", max_age_secs: None, etag: None };
    let update = network.cache.fetched(ticket, outcome, network.time()).unwrap();
    let retry_at = Timestamp::from_millis(network.now + 5_000);
    assert_eq!(update, Update::Failed { reason: Some(KeySetError::NotJson { offset: 8 }), retry_at });
    assert_eq!(network.token("a"), Verdict::Refused("keys_unavailable"));
}

#[test]
fn e3_thousand_random_kids_cause_one_fetch_per_cooldown() {
    for endpoint in [Endpoint::Up, Endpoint::Down, Endpoint::Slow(5_000), Endpoint::Silent] {
        let mut network = Network::new();
        network.issuer.endpoint = endpoint;
        for i in 0..1_000 {
            assert_ne!(network.token(&format!("kid-{i}")), Verdict::Accepted);
            assert_eq!(network.token("a"), Verdict::Accepted);
            network.wait_ms(200);
        }
        at_most_one_per_ms(&network.fetches, 30_000);
        assert!(!network.fetches.is_empty() && network.fetches.len() <= 7);
    }
}

#[test]
fn e3_flood_at_once_causes_one_fetch() {
    for endpoint in [Endpoint::Up, Endpoint::Down, Endpoint::Slow(5_000)] {
        let mut network = Network::new();
        network.issuer.endpoint = endpoint;
        (0..1_000).for_each(|i| assert_ne!(network.token(&format!("kid-{i}")), Verdict::Accepted));
        assert_eq!(network.fetches.len(), 1);
    }
}

#[test]
fn e3_implausible_tokens_with_unknown_kids_cause_no_fetch() {
    let mut network = Network::new();
    for i in 0..1_000 {
        let answer = network.cache.keys(ISSUER, Some(&format!("kid-{i}")), false, network.time(), 0);
        assert!(matches!(answer, KeyAnswer::Unavailable(_)));
        network.wait_ms(500);
    }
}

#[test]
fn e3_one_kid_that_is_never_found_leaves_the_budget_to_others() {
    let mut network = Network::new();
    assert_eq!(network.token("lost"), Verdict::Refused("unknown_key"));
    assert_eq!(network.fetches.len(), 1);
    network.issuer.keys.push(("b", 2));
    network.wait_secs(31);
    assert_eq!(network.token("lost"), Verdict::Refused("unknown_key"));
    assert_eq!(network.fetches.len(), 1, "known to be unknown");
    assert_eq!(network.token("b"), Verdict::Accepted);
    assert_eq!(network.fetches.len(), 2);
}

#[test]
fn e3_overlong_kid_causes_no_fetch() {
    let mut network = Network::new();
    assert_eq!(network.token(&"k".repeat(257)), Verdict::Refused("unknown_key"));
    assert_eq!(network.fetches, []);
}

#[test]
fn e4_set_serves_through_an_outage_until_it_is_too_old() {
    for (hours, verdict) in
        [(1, Verdict::Accepted), (24, Verdict::Accepted), (25, Verdict::Refused("keys_unavailable"))]
    {
        let mut network = Network::new();
        network.issuer.endpoint = Endpoint::Down;
        network.wait_secs(600);
        assert_eq!(network.token("a"), Verdict::Accepted);
        network.wait_secs(hours * 3_600 - 600);
        assert_eq!(network.token("a"), verdict, "{hours} h");
    }
    let mut network = Network::new();
    network.issuer.endpoint = Endpoint::Down;
    let end = 600 + 86_400;
    network.wait_secs(end - 1);
    assert_eq!(network.token("a"), Verdict::Accepted);
    network.wait_secs(1);
    assert_eq!(network.token("a"), Verdict::Refused("keys_unavailable"));
    network.issuer.endpoint = Endpoint::Up;
    network.wait_secs(7);
    assert_eq!(network.token("a"), Verdict::Accepted, "after the backoff");
}

#[test]
fn e4_fetches_back_off_to_one_in_five_minutes() {
    let mut network = Network::new();
    network.issuer.endpoint = Endpoint::Down;
    network.wait_secs(600);
    for _ in 0..86_000 / 5 {
        assert_eq!(network.token("a"), Verdict::Accepted);
        network.wait_secs(5);
    }
    let gaps: Vec<u64> = network.fetches.windows(2).map(|pair| (pair[1] - pair[0]) / 1_000).collect();
    for (gap, base) in gaps.iter().zip([5, 10, 20, 40, 80, 160, 300, 300, 300]) {
        assert!((base..=base * 5 / 4 + 5).contains(gap), "{gaps:?}");
    }
    assert!(gaps.iter().skip(6).all(|gap| (300..=380).contains(gap)));
    assert!(gaps.iter().skip(6).any(|gap| *gap != gaps[6]), "spread by chance");
}

#[test]
fn e4_without_any_set_two_callers_fetch_and_others_wait() {
    let mut network = Network::empty(KeyCachePolicy::default());
    network.issuer.endpoint = Endpoint::Slow(3_000);
    (0..50).for_each(|_| assert_eq!(network.token("a"), Verdict::Waiting));
    assert_eq!(network.fetches.len(), 2);
    network.wait_secs(3);
    assert_eq!(network.token("a"), Verdict::Accepted);
    let mut network = Network::empty(KeyCachePolicy::default());
    let tickets = [fetch_ticket(&mut network, "a"), fetch_ticket(&mut network, "a")];
    assert_eq!(network.token("a"), Verdict::Waiting);
    network.wait_secs(10);
    for ticket in tickets {
        network.cache.fetched(ticket, FetchOutcome::Failed, network.time()).unwrap();
    }
    let KeyAnswer::Unavailable(error) = network.cache.keys(ISSUER, Some("a"), true, network.time(), 0) else {
        panic!()
    };
    assert_eq!(error.code.name(), "keys_unavailable");
    assert!(matches!(error.retry, Retry::At(at) if at > network.time()));
    network.issuer.endpoint = Endpoint::Up;
    network.wait_secs(7);
    assert_eq!(network.token("a"), Verdict::Accepted);
}

#[test]
fn e4_lost_tickets_free_their_places_at_the_deadline_and_make_nobody_back_off() {
    // Of a host that always dies in the middle: what the issuer gets is bounded all the same.
    let mut network = Network::empty(KeyCachePolicy::default());
    network.issuer.endpoint = Endpoint::Silent;
    for _ in 0..6_000 {
        assert_eq!(network.token("a"), Verdict::Waiting);
        network.wait_ms(100);
    }
    assert_eq!(network.fetches.len(), 2 * 60, "two per ten seconds");
    network.issuer.endpoint = Endpoint::Up;
    assert_eq!(network.token("a"), Verdict::Accepted, "at once");
    // With a set, one per ten seconds.
    let mut network = Network::new();
    network.issuer.endpoint = Endpoint::Silent;
    network.wait_secs(600);
    for _ in 0..6_000 {
        assert_eq!(network.token("a"), Verdict::Accepted);
        network.wait_ms(100);
    }
    assert_eq!(network.fetches.len(), 60);
    // Strangers who hang up take the budget of unknown kids, and no more than that.
    let mut network = Network::new();
    network.issuer.endpoint = Endpoint::Silent;
    for kid in 0..590 {
        let _ = network.token(&format!("stranger {kid}"));
        network.wait_secs(1);
    }
    assert!(network.fetches.len() <= 590 / 30 + 1, "{:?}", network.fetches);
    at_most_one_per_ms(&network.fetches, 30_000);
    network.issuer.endpoint = Endpoint::Up;
    network.wait_secs(10);
    assert_eq!(network.token("a"), Verdict::Accepted);
}

#[test]
fn e4_fetch_that_is_handed_in_after_its_deadline_has_failed() {
    let mut network = Network::empty(KeyCachePolicy::default());
    let body = key_set(&[("a", 1)]);
    let (first, second) = (fetch_ticket(&mut network, "a"), fetch_ticket(&mut network, "a"));
    network.wait_secs(11);
    let third = fetch_ticket(&mut network, "a");
    let update = network.cache.fetched(first, FetchOutcome::Failed, network.time()).unwrap();
    let Update::Failed { reason: None, retry_at } = update else { panic!("{update:?}") };
    assert!(retry_at >= Timestamp::from_millis(network.now + 5_000));
    // A good answer is too late as well, and those that were under way together fail as one.
    let update = network.cache.fetched(second, body_of(&body), network.time()).unwrap();
    assert_eq!(update, Update::Failed { reason: None, retry_at });
    let KeyAnswer::Wait(_) = network.cache.keys(ISSUER, Some("a"), true, network.time(), 0) else { panic!() };
    assert!(matches!(network.cache.fetched(third, body_of(&body), network.time()), Ok(Update::Replaced { .. })));
}

#[test]
fn e4_failing_endpoint_without_any_set_is_asked_two_times_per_backoff_at_most() {
    let mut network = Network::empty(KeyCachePolicy::default());
    network.issuer.endpoint = Endpoint::Down;
    for _ in 0..600 {
        assert_eq!(network.token("a"), Verdict::Refused("keys_unavailable"));
        network.wait_ms(100);
    }
    assert!(network.fetches.len() <= 4, "{:?}", network.fetches);
}

#[test]
fn e4_fetch_that_fails_after_another_succeeded_backs_off_anew() {
    let policy = KeyCachePolicy { ttl_secs: 60, stale_secs: 0, fetch_secs: 60, ..KeyCachePolicy::default() };
    let mut network = Network::with(policy);
    network.wait_secs(59);
    let on_demand = fetch_ticket(&mut network, "b");
    network.wait_secs(1);
    let (second, third) = (fetch_ticket(&mut network, "a"), fetch_ticket(&mut network, "a"));
    network.cache.fetched(second, FetchOutcome::Failed, network.time()).unwrap();
    network.cache.fetched(on_demand, body_of(&key_set(&[("a", 1)])), network.time()).unwrap();
    let update = network.cache.fetched(third, FetchOutcome::Failed, network.time()).unwrap();
    assert!(
        matches!(update, Update::Failed { retry_at, .. } if retry_at >= Timestamp::from_millis(network.now + 5_000))
    );
}

#[test]
fn e5_withdrawn_key_ends_with_the_next_good_fetch() {
    let mut network = Network::new();
    network.issuer.keys = vec![("b", 2)];
    network.wait_secs(600);
    assert_eq!(network.token("a"), Verdict::Accepted, "the token that finds the set stale");
    assert_eq!(network.token("a"), Verdict::Refused("unknown_key"));
    assert_eq!(network.token("b"), Verdict::Accepted);
}

#[test]
fn e5_grace_keeps_a_withdrawn_key_for_as_long_as_it_says() {
    let mut network = Network::with(KeyCachePolicy { grace_secs: 120, ..KeyCachePolicy::default() });
    let generation = network.key("a").unwrap().generation();
    network.issuer.keys = vec![("b", 2)];
    network.wait_secs(600);
    assert_eq!(network.token("b"), Verdict::Accepted);
    network.wait_secs(119);
    assert_eq!(network.key("a").unwrap().generation(), generation);
    network.wait_secs(1);
    assert_eq!(network.key("a"), None);
    assert_eq!(network.token("b"), Verdict::Accepted);
}

#[test]
fn e5_grace_is_for_names_that_vanish_not_for_names_that_stand_for_another_key() {
    let mut network = Network::with(KeyCachePolicy { grace_secs: 120, ..KeyCachePolicy::default() });
    let old = network.key("a").unwrap();
    network.issuer.keys = vec![("a", 2)];
    network.wait_secs(600);
    network.token("a");
    let new = network.key("a").unwrap();
    assert_ne!((old.thumbprint(), old.generation()), (new.thumbprint(), new.generation()));
}

#[test]
fn e5_generation_changes_with_the_numbers_and_after_a_withdrawal_alone() {
    let mut network = Network::new();
    network.issuer.keys.push(("b", 2));
    let refreshed = |network: &mut Network, kid: &str| {
        network.wait_secs(600);
        network.token("a");
        network.key(kid).map(|key| key.generation())
    };
    let first = refreshed(&mut network, "b");
    assert!(first > Some(0));
    assert_eq!(refreshed(&mut network, "b"), first, "the same");
    network.issuer.keys = vec![("a", 1), ("b", 3)];
    let second = refreshed(&mut network, "b");
    assert!(second > first, "other numbers");
    network.issuer.keys = vec![("a", 1)];
    assert_eq!(refreshed(&mut network, "b"), None);
    network.issuer.keys = vec![("a", 1), ("b", 3)];
    assert!(refreshed(&mut network, "b") > second, "withdrawn meanwhile");
}

#[test]
fn e5_two_servers_that_disagree_cause_no_fetches_beyond_the_budgets() {
    let mut network = Network::new();
    for i in 0..10_000usize {
        network.issuer.keys =
            if network.fetches.len().is_multiple_of(2) { vec![("a", 1)] } else { vec![("a", 1), ("b", 2)] };
        let kid = if i % 2 == 0 { "a" } else { "b" };
        let verdict = network.token(kid);
        assert!(verdict == Verdict::Accepted || kid == "b");
        network.wait_ms(100);
    }
    assert!(network.fetches.len() <= 1_000 / 30 + 1_000 / 600 + 1, "{}", network.fetches.len());
}

#[test]
fn e5_bad_signature_fetches_once_per_cooldown_and_evicts_nothing() {
    let mut network = Network::new();
    network.issuer.keys = vec![("a", 2)];
    for _ in 0..100 {
        let (now, entropy) = (network.time(), network.random.next());
        if let Some(ticket) = network.cache.bad_signature(ISSUER, Some("a"), now, entropy) {
            network.fetch(ticket);
        }
        assert_eq!(network.token("a"), Verdict::Accepted);
        network.wait_secs(1);
    }
    at_most_one_per_ms(&network.fetches, 30_000);
    assert_eq!(network.fetches.len(), 4);
    let elsewhere = network.cache.bad_signature("https://other.example", Some("a"), network.time(), 0);
    assert!(elsewhere.is_none());
    assert!(network.cache.bad_signature(ISSUER, Some("unknown"), network.time(), 0).is_none());
}

#[test]
fn e7_flood_before_a_rotation_delays_the_new_key_by_one_refresh_interval_at_most() {
    for endpoint in [Endpoint::Up, Endpoint::Slow(5_000)] {
        let mut network = Network::new();
        network.issuer.endpoint = endpoint;
        let mut live_after = None;
        for i in 0..7_000u64 {
            if i == 100 {
                network.issuer.keys = vec![("a", 1), ("b", 2)];
            }
            network.token(&format!("kid-{i}"));
            if i > 100 && network.token("b") == Verdict::Accepted && live_after.is_none() {
                live_after = Some((i - 100) / 10);
            }
            network.wait_ms(100);
        }
        assert!(live_after.is_some_and(|secs| secs <= 605), "{live_after:?}");
        at_most_one_per_ms(&network.fetches, 20_000);
    }
}

#[test]
fn e7_used_up_budget_never_delays_the_scheduled_refresh() {
    let mut network = Network::new();
    network.wait_secs(595);
    network.issuer.keys.push(("b", 2));
    network.issuer.endpoint = Endpoint::Silent;
    assert_eq!(network.token("random"), Verdict::Waiting);
    network.issuer.endpoint = Endpoint::Up;
    network.wait_secs(4);
    assert_eq!(network.token("b"), Verdict::Refused("unknown_key"), "the budget is spent");
    network.wait_secs(1);
    assert_eq!(
        network.token("b"),
        Verdict::Accepted,
        "the schedule has its own, although the other fetch is under way"
    );
}

#[test]
fn rotation_is_live_at_once_while_the_budget_lasts() {
    let mut network = Network::new();
    network.wait_secs(60);
    network.issuer.keys.push(("b", 2));
    assert_eq!(network.token("b"), Verdict::Accepted);
    assert_eq!(network.fetches.len(), 1);
}

#[test]
fn max_age_is_kept_within_its_bounds_and_not_modified_extends() {
    for (max_age, secs) in [(None, 600), (Some(0), 60), (Some(300), 300), (Some(u64::MAX), 86_400)] {
        let mut network = Network::empty(KeyCachePolicy::default());
        network.issuer.max_age_secs = max_age;
        assert_eq!(network.token("a"), Verdict::Accepted);
        network.wait_secs(secs - 1);
        assert_eq!(network.cache.state(ISSUER, network.time()), Some(KeyState::Fresh));
        network.wait_secs(1);
        assert_eq!(network.cache.state(ISSUER, network.time()), Some(KeyState::Stale));
    }
    let mut network = Network::empty(KeyCachePolicy::default());
    let ticket = fetch_ticket(&mut network, "a");
    assert_eq!(ticket.etag(), None);
    let body = key_set(&[("a", 1)]);
    let outcome = FetchOutcome::Body { body: body.as_bytes(), max_age_secs: None, etag: Some("\"1\"") };
    network.cache.fetched(ticket, outcome, network.time()).unwrap();
    let generation = network.key("a").unwrap().generation();
    network.wait_secs(600);
    let KeyAnswer::UseAndRefresh(_, ticket) = network.cache.keys(ISSUER, None, true, network.time(), 0) else {
        panic!()
    };
    assert_eq!(ticket.etag(), Some("\"1\""));
    let update = network.cache.fetched(ticket, FetchOutcome::NotModified { max_age_secs: Some(90) }, network.time());
    assert_eq!(update, Ok(Update::Confirmed { fresh_until: Timestamp::from_millis(network.now + 90_000) }));
    assert_eq!(network.key("a").unwrap().generation(), generation);
}

#[test]
fn not_modified_counts_as_a_failure_where_nothing_was_asked_for() {
    let mut network = Network::empty(KeyCachePolicy::default());
    let ticket = fetch_ticket(&mut network, "a");
    let update = network.cache.fetched(ticket, FetchOutcome::NotModified { max_age_secs: None }, network.time());
    assert!(matches!(update, Ok(Update::Failed { reason: None, .. })));
}

#[test]
fn not_modified_since_a_set_that_was_replaced_meanwhile_counts_as_a_failure() {
    let policy = KeyCachePolicy { ttl_secs: 60, fetch_secs: 60, ..KeyCachePolicy::default() };
    let mut network = Network::empty(policy);
    let body = |etag: &'static str| FetchOutcome::Body { body: BODY.as_bytes(), max_age_secs: None, etag: Some(etag) };
    let first = fetch_ticket(&mut network, "a");
    network.cache.fetched(first, body("\"1\""), network.time()).unwrap();
    network.wait_secs(59);
    let on_demand = fetch_ticket(&mut network, "b");
    network.wait_secs(1);
    let KeyAnswer::UseAndRefresh(_, scheduled) = network.cache.keys(ISSUER, None, true, network.time(), 0) else {
        panic!()
    };
    network.cache.fetched(on_demand, body("\"2\""), network.time()).unwrap();
    let update = network.cache.fetched(scheduled, FetchOutcome::NotModified { max_age_secs: None }, network.time());
    assert!(matches!(update, Ok(Update::Failed { reason: None, .. })), "{update:?}");
}

#[test]
fn cache_keys_and_tickets_go_from_thread_to_thread() {
    fn shareable<T: Send + Sync>() {}
    shareable::<(KeyCache, KeySet, FetchTicket, KeyAnswer, TokenCache)>();
}

#[test]
fn debug_shows_no_name_that_a_token_brought() {
    let mut network = Network::new();
    assert_eq!(network.token("hush-not-found"), Verdict::Refused("unknown_key"));
    network.wait_secs(31);
    let ticket = fetch_ticket(&mut network, "hush-under-way");
    let shown = format!("{:?} {ticket:?}", network.cache);
    assert!(!shown.contains("hush"), "{shown}");
}

#[test]
fn debug_shows_no_numbers_of_keys() {
    let shown = format!("{:?}", Network::new().cache);
    assert!(shown.contains("Ed25519") && shown.len() < 3_000, "{shown}");
}

const BODY: &str =
    r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

/// Each fetch begins that long after the one before.
fn at_most_one_per_ms(fetches: &[u64], ms: u64) {
    assert!(fetches.windows(2).all(|pair| pair[1] - pair[0] >= ms), "{fetches:?}");
}

pub(super) fn body_of(body: &str) -> FetchOutcome<'_> {
    FetchOutcome::Body { body: body.as_bytes(), max_age_secs: None, etag: None }
}

pub(super) fn fetch_ticket(network: &mut Network, kid: &str) -> FetchTicket {
    let entropy = network.random.next();
    let KeyAnswer::Fetch(ticket) = network.cache.keys(ISSUER, Some(kid), true, network.time(), entropy) else {
        panic!("no ticket")
    };
    ticket
}
