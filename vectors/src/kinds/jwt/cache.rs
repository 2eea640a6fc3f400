//! Transcripts of key caches: what happened, and what the cache said.

use edgewarden_bindings::Error;
use edgewarden_bindings::token::{FetchTicket, KeyAnswer, KeyCache, KeyCacheOptions, KeySet};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Case, value};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    name: String,
    options: Value,
    steps: Vec<Step>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    event: String,
    now: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plausible: Option<bool>,
    /// Which of the tickets of the transcript, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ticket: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_age_secs: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    /// UTF-8 text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mac_key: Option<String>,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    answer: Value,
}

/// The cache as the transcript goes on.
struct Run {
    cache: KeyCache,
    tickets: Vec<FetchTicket>,
    snapshot: Vec<u8>,
}

impl Case for Transcript {
    fn answer(&mut self) -> Result<(), String> {
        let cache = || KeyCacheOptions::from_json(&self.options.to_string()).and_then(KeyCache::new);
        let cache = || cache().map_err(|error| error.to_string());
        let mut run = Run { cache: cache()?, tickets: Vec::new(), snapshot: Vec::new() };
        for step in &mut self.steps {
            if step.event == "restart" {
                run.cache = cache()?;
                continue;
            }
            step.answer = run.take(step)?.unwrap_or_else(|error| json!({"error": error.code}));
        }
        Ok(())
    }
}

impl Run {
    fn take(&mut self, step: &Step) -> Result<Result<Value, Error>, String> {
        let issuer = step.issuer.as_deref().unwrap_or_default();
        let (kid, now) = (step.kid.as_deref(), step.now);
        let mac_key = step.mac_key.as_deref().map(str::as_bytes);
        let ticket = step.ticket.map(|i| self.tickets.get(i).map(|ticket| ticket.id.clone()).ok_or("no such ticket"));
        let ticket = ticket.transpose()?.unwrap_or_default();
        let update = match step.event.as_str() {
            "keys" => {
                let answer = self.cache.keys(issuer, kid, step.plausible.unwrap_or(true), now, ENTROPY);
                return answer.map(|answer| self.told(answer)).map_or_else(|error| Ok(Err(error)), |v| v.map(Ok));
            }
            "bad_signature" => {
                let ticket = self.cache.bad_signature(issuer, kid, now, ENTROPY);
                return Ok(ticket.map(|t| json!({"fetch": t.map(|ticket| self.issued(ticket))})));
            }
            "state" => return Ok(self.cache.state(issuer, now).map(|state| json!({"state": state}))),
            "trust" => return Ok(self.cache.trust(issuer).map(|()| json!({}))),
            "forget" => return Ok(self.cache.forget(issuer).map(|()| json!({}))),
            "snapshot" => {
                self.snapshot = self.cache.snapshot(mac_key).map_err(|error| error.to_string())?;
                return Ok(Ok(json!({"bytes": self.snapshot.len()})));
            }
            "restore" => {
                return Ok(self.cache.restore(&self.snapshot, mac_key, now).map(|sets| json!({"sets": sets})));
            }
            "fetched" => {
                let body = step.body.as_deref().unwrap_or_default().as_bytes();
                self.cache.fetched(&ticket, body, step.max_age_secs, step.etag.as_deref(), now)
            }
            "not_modified" => self.cache.not_modified(&ticket, step.max_age_secs, now),
            "failed" => self.cache.failed(&ticket, now),
            other => return Err(format!("there is no event `{other}`")),
        };
        Ok(match update {
            Ok(update) => Ok(value(&update)?),
            Err(error) => Err(error),
        })
    }

    fn told(&mut self, answer: KeyAnswer) -> Result<Value, String> {
        let name = answer.name();
        Ok(match answer {
            KeyAnswer::Use(keys) => json!({"answer": name, "keys": told_keys(&keys), "revision": keys.revision()}),
            KeyAnswer::UseAndRefresh(keys, ticket) => {
                let (keys, revision) = (told_keys(&keys), keys.revision());
                json!({"answer": name, "keys": keys, "revision": revision, "fetch": self.issued(ticket)})
            }
            KeyAnswer::Fetch(ticket) => json!({"answer": name, "fetch": self.issued(ticket)}),
            KeyAnswer::Wait(until) => json!({"answer": name, "until": until}),
            KeyAnswer::Unavailable(error) => json!({"answer": name, "error": value(&error)?}),
        })
    }

    /// Ids are opaque, so a ticket is known by its number in the transcript.
    fn issued(&mut self, ticket: FetchTicket) -> Value {
        let told = json!({
            "ticket": self.tickets.len(),
            "issuer": ticket.issuer,
            "deadline": ticket.deadline_ms,
            "etag": ticket.etag,
        });
        self.tickets.push(ticket);
        told
    }
}

fn told_keys(keys: &KeySet) -> Vec<Value> {
    keys.keys().iter().map(|key| json!([key.kid, key.generation])).collect()
}

/// Transcripts leave nothing to chance.
const ENTROPY: u64 = 0;
