//! A budget of fetches: what is under way, what failed, when the next may begin. All times are in milliseconds.

use alloc::string::String;
use alloc::vec::Vec;

use super::FetchTicket;

#[derive(Clone, Default)]
pub(in super::super) struct Lane {
    flights: Vec<Flight>,
    /// Fetches that reached their deadline and were not handed in so far.
    lapsed: Vec<Flight>,
    /// Failures since the last success, or since the beginning.
    pub(in super::super) fails: u32,
    /// No fetch begins before, because the last one failed.
    pub(in super::super) backoff_until: u64,
    /// No fetch begins before, because the budget is spent.
    budget_at: u64,
    /// Highest number of a ticket that was out when a fetch failed: its own failure tells nothing new.
    failed_number: u64,
}

/// A fetch that is under way.
#[derive(Clone)]
pub(super) struct Flight {
    number: u64,
    nonce: u64,
    /// When it began.
    pub(super) began: u64,
    deadline: u64,
    /// The name that the set did not know when the fetch began.
    pub(super) kid: Option<String>,
}

impl Flight {
    pub(super) fn of(ticket: &FetchTicket, kid: Option<&str>, began: u64) -> Self {
        let FetchTicket { number, nonce, deadline, .. } = *ticket;
        Self { number, nonce, began, deadline, kid: kid.map(String::from) }
    }

    fn is_of(&self, ticket: &FetchTicket) -> bool {
        (self.number, self.nonce) == (ticket.number, ticket.nonce)
    }
}

impl Lane {
    /// Whether a fetch may begin with fewer than `flights_max` under way.
    pub(super) fn is_due(&self, now: u64, flights_max: usize) -> bool {
        now >= self.next_at() && self.flights.len() < flights_max
    }

    pub(super) fn is_busy(&self) -> bool {
        !self.flights.is_empty()
    }

    /// When time alone may change what the lane allows.
    pub(super) fn next_change(&self) -> u64 {
        self.flights.iter().map(|flight| flight.deadline).min().unwrap_or_else(|| self.next_at())
    }

    /// When a fetch may begin if none is under way.
    pub(super) fn next_at(&self) -> u64 {
        self.backoff_until.max(self.budget_at)
    }

    /// Begins a fetch and spends the budget until `budget_at`.
    pub(super) fn take_off(&mut self, flight: Flight, budget_at: u64) {
        self.flights.push(flight);
        self.budget_at = budget_at;
    }

    /// The fetch of that ticket, if it is under way; it no longer is.
    pub(super) fn land(&mut self, ticket: &FetchTicket) -> Option<Flight> {
        self.flights.iter().position(|flight| flight.is_of(ticket)).map(|at| self.flights.remove(at))
    }

    /// The fetch of that ticket, if it was under way until its deadline; it counts once.
    pub(super) fn land_late(&mut self, ticket: &FetchTicket) -> Option<Flight> {
        self.lapsed.iter().position(|flight| flight.is_of(ticket)).map(|at| self.lapsed.remove(at))
    }

    /// Gives up what reached its deadline, and its place is free. That is no failure yet: it says nothing of the issuer where
    /// a host died or dropped a request, which strangers can bring about. A host that is there hands the ticket in and
    /// says so.
    pub(super) fn settle(&mut self, now: u64) {
        while let Some(at) = self.flights.iter().position(|flight| now >= flight.deadline) {
            if self.lapsed.len() >= LAPSED_MAX {
                self.lapsed.remove(0);
            }
            self.lapsed.push(self.flights.remove(at));
        }
    }

    /// The lowest number of a fetch under way that began at `time` or later.
    pub(super) fn first_since(&self, time: u64) -> Option<u64> {
        self.flights.iter().filter(|flight| flight.began >= time).map(|flight| flight.number).min()
    }

    /// Backs off: 5 s, twice as long after each further failure, 5 min at most, and up to a quarter more by the ticket's
    /// random number, so that hosts which failed together do not come back together. Fetches that were under way together
    /// fail as one.
    pub(super) fn fail(&mut self, flight: &Flight, newest: u64, now: u64) {
        if flight.number <= self.failed_number {
            return;
        }
        self.failed_number = newest;
        let delay = BACKOFF_MS_MAX.min(BACKOFF_MS << self.fails.min(6));
        let jitter = ((flight.nonce >> 32) * (delay / 4)) >> 32;
        self.fails = self.fails.saturating_add(1);
        self.backoff_until = now.saturating_add(delay + jitter);
    }

    /// Takes over the failures of another cache. Its backoff ends when the longest would that began now.
    pub(in super::super) fn back_off(&mut self, fails: u32, until: u64, now: u64) {
        self.fails = fails;
        self.backoff_until = until.min(now.saturating_add(BACKOFF_MS_MAX + BACKOFF_MS_MAX / 4));
    }

    /// Forgets failures, and fetches that began before the one of that number.
    pub(super) fn succeed(&mut self, number: u64) {
        self.fails = 0;
        self.backoff_until = 0;
        self.failed_number = number;
        self.flights.retain(|flight| flight.number > number);
        self.lapsed.retain(|flight| flight.number > number);
    }

    pub(super) fn rebase(&mut self, back: u64) {
        self.backoff_until = self.backoff_until.saturating_sub(back);
        self.budget_at = self.budget_at.saturating_sub(back);
        for flight in &mut self.flights {
            flight.began = flight.began.saturating_sub(back);
            flight.deadline = flight.deadline.saturating_sub(back);
        }
    }
}

/// As many as may be under way at once.
const LAPSED_MAX: usize = 2;

const BACKOFF_MS: u64 = 5_000;

const BACKOFF_MS_MAX: u64 = 300_000;
