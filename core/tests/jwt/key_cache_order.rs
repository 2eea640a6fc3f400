//! Row E6 of the catalogue: responses out of order, tickets of others, clocks that jump.

use edgewarden::jwt::{CacheError, FetchOutcome, FetchTicket, KeyAnswer, KeyCachePolicy, KeyState, Update};

use super::key_cache::{body_of, fetch_ticket};
use super::network::{ISSUER, Network, Verdict, key_set};

#[test]
fn e6_older_response_after_a_newer_one_changes_nothing() {
    let mut network = Network::empty(KeyCachePolicy::default());
    let (first, second) = (fetch_ticket(&mut network, "a"), fetch_ticket(&mut network, "a"));
    let (old, new) = (key_set(&[("a", 1)]), key_set(&[("b", 2)]));
    network.cache.fetched(second, body_of(&new), network.time()).unwrap();
    assert_eq!(network.cache.fetched(first, body_of(&old), network.time()), Err(CacheError::TicketSuperseded));
    assert_eq!(network.token("b"), Verdict::Accepted);
}

#[test]
fn e6_failure_of_an_older_fetch_after_a_newer_response_changes_nothing() {
    let mut network = Network::empty(KeyCachePolicy::default());
    let (first, second) = (fetch_ticket(&mut network, "a"), fetch_ticket(&mut network, "a"));
    network.cache.fetched(second, body_of(&key_set(&[("a", 1)])), network.time()).unwrap();
    let failed = network.cache.fetched(first, FetchOutcome::Failed, network.time());
    assert_eq!(failed, Err(CacheError::TicketSuperseded));
    assert_eq!(network.cache.state(ISSUER, network.time()), Some(KeyState::Fresh));
}

#[test]
fn e6_response_for_an_issuer_reaches_that_issuer_alone() {
    let mut network = Network::empty(KeyCachePolicy::default());
    network.cache.trust("https://other.example").unwrap();
    let ticket = fetch_ticket(&mut network, "a");
    assert_eq!(ticket.issuer(), ISSUER);
    network.cache.fetched(ticket, body_of(&key_set(&[("a", 1)])), network.time()).unwrap();
    assert_eq!(network.token("a"), Verdict::Accepted);
    let state = network.cache.state("https://other.example", network.time());
    assert_eq!(state, Some(KeyState::Empty));
    let ticket = {
        network.wait_secs(600);
        let KeyAnswer::UseAndRefresh(_, ticket) = network.cache.keys(ISSUER, None, true, network.time(), 0) else {
            panic!()
        };
        ticket
    };
    network.cache.forget(ISSUER);
    let forgotten = network.cache.fetched(ticket, body_of(&key_set(&[("a", 1)])), network.time());
    assert_eq!(forgotten, Err(CacheError::UnknownIssuer));
}

#[test]
fn e6_issuer_that_nobody_trusts_causes_no_fetch() {
    let mut network = Network::empty(KeyCachePolicy { issuers: 2, ..KeyCachePolicy::default() });
    let KeyAnswer::Unavailable(error) = network.cache.keys("https://evil.example", None, true, network.time(), 0)
    else {
        panic!()
    };
    assert_eq!((error.code.name(), error.at.name()), ("claim_mismatch", "claim"));
    network.cache.trust("https://other.example").unwrap();
    network.cache.trust("https://other.example").unwrap();
    assert_eq!(network.cache.trust("https://third.example"), Err(CacheError::TooManyIssuers { max: 2 }));
    assert_eq!(network.cache.trust(""), Err(CacheError::BadIssuer));
}

#[test]
fn e6_ticket_of_another_cache_is_spent_and_a_late_one_brings_nothing() {
    let mut network = Network::empty(KeyCachePolicy::default());
    let ticket = fetch_ticket(&mut network, "a");
    let mut other = Network::empty(KeyCachePolicy::default());
    other.random.0 = 99;
    let theirs = fetch_ticket(&mut other, "a");
    let body = key_set(&[("a", 1)]);
    assert_eq!(network.cache.fetched(theirs, body_of(&body), network.time()), Err(CacheError::TicketSpent));
    network.wait_secs(10);
    let update = network.cache.fetched(ticket, body_of(&body), network.time());
    assert!(matches!(update, Ok(Update::Failed { reason: None, .. })), "{update:?}");
    assert_eq!(network.token("a"), Verdict::Refused("keys_unavailable"));
    // Of lost tickets the last two are remembered.
    let mut network = Network::empty(KeyCachePolicy::default());
    let tickets: Vec<FetchTicket> = (0..3)
        .map(|_| {
            network.wait_secs(10);
            fetch_ticket(&mut network, "a")
        })
        .collect();
    network.wait_secs(10);
    assert_eq!(network.cache.state(ISSUER, network.time()), Some(KeyState::Empty));
    let codes: Vec<_> = tickets
        .into_iter()
        .map(|ticket| {
            network.cache.fetched(ticket, FetchOutcome::Failed, network.time()).map_err(CacheError::code).err()
        })
        .collect();
    assert_eq!(codes, [Some("ticket_spent"), None, None]);
}

#[test]
fn looking_at_keys_neither_fetches_nor_takes_a_ticket() {
    let mut network = Network::new();
    let shown = |network: &mut Network| network.cache.peek(ISSUER, network.time()).map(|set| set.revision());
    assert_eq!(shown(&mut network), Some(1));
    network.wait_secs(600);
    assert_eq!(shown(&mut network), Some(1), "stale");
    let ticket = match network.cache.keys(ISSUER, Some("a"), true, network.time(), 0) {
        KeyAnswer::UseAndRefresh(_, ticket) => ticket,
        answer => panic!("{answer:?}"),
    };
    assert_eq!(shown(&mut network), Some(1), "refreshing");
    network.cache.fetched(ticket, FetchOutcome::Failed, network.time()).unwrap();
    network.wait_secs(86_399);
    assert_eq!(shown(&mut network), Some(1));
    network.wait_secs(1);
    assert_eq!(shown(&mut network), None, "too old");
    assert_eq!(network.cache.peek("https://other.example", network.time()), None);
}

#[test]
fn e6_clock_that_jumps_back_keeps_the_time_everything_had_left() {
    let mut network = Network::new();
    network.wait_secs(500);
    assert_eq!(network.token("a"), Verdict::Accepted);
    network.now -= 3_600_000;
    assert_eq!(network.token("a"), Verdict::Accepted);
    network.wait_secs(99);
    assert_eq!(network.cache.state(ISSUER, network.time()), Some(KeyState::Fresh));
    network.wait_secs(1);
    assert_eq!(network.cache.state(ISSUER, network.time()), Some(KeyState::Stale));
}

#[test]
fn e6_requests_a_little_out_of_order_make_no_time_pass() {
    let mut network = Network::new();
    network.wait_secs(300);
    for _ in 0..1_000 {
        assert_eq!(network.token("a"), Verdict::Accepted);
        network.now -= 299_000;
        assert_eq!(network.token("a"), Verdict::Accepted);
        network.now += 299_000;
    }
    assert_eq!(network.fetches, []);
}

#[test]
fn e6_clock_that_jumps_ten_years_ahead_and_back_heals() {
    let mut network = Network::new();
    let ten_years = 10 * 365 * 86_400;
    network.wait_secs(ten_years);
    assert_eq!(network.token("a"), Verdict::Accepted, "fetched anew");
    network.now -= ten_years * 1_000;
    assert_eq!(network.token("a"), Verdict::Accepted);
    network.issuer.keys = vec![("b", 2)];
    network.wait_secs(600);
    network.token("a");
    assert_eq!(network.token("a"), Verdict::Refused("unknown_key"), "the withdrawal came through");
    for now in [0, u64::MAX, 1, u64::MAX - 1, 0] {
        network.now = now;
        let _ = network.token("b");
        let _ = network.cache.bad_signature(ISSUER, Some("b"), network.time(), u64::MAX);
    }
}
