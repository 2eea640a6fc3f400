//! Reads a JWK set as it streams by, and keeps nothing but the members that matter: memory stays below the document's size
//! whatever else the document holds.

use alloc::string::String;
use alloc::vec::Vec;

use super::super::error::Code;
use super::super::jwk::{Jwk, Kind, Value};
use super::super::key::VerificationKey;
use super::{KeyLimits, KeySet, KeySetError, RefusedKey};
use crate::text::json::{self, Event, JsonError, Place, Quoted};

/// The keys of a set.
pub(super) fn set(json: &str, limits: KeyLimits, kind: Kind) -> Result<KeySet, KeySetError> {
    let limits = limits.in_range();
    let max = limits.bytes;
    if json.len() > max {
        return Err(KeySetError::TooLarge { bytes: json.len(), max });
    }
    let mut reader = Reader::new(2, limits.keys, kind);
    reader.read(json)?;
    if !reader.has_keys {
        return Err(KeySetError::NotAKeySet);
    }
    Ok(reader.set)
}

impl KeyLimits {
    /// The same with what is beyond its range brought into it.
    pub(in super::super) fn in_range(self) -> Self {
        Self { keys: self.keys.min(KEYS_MAX), bytes: self.bytes.min(BYTES_MAX) }
    }
}

/// One public key.
pub(super) fn key(json: &str) -> Result<VerificationKey, KeySetError> {
    let max = KeyLimits::default().bytes;
    if json.len() > max {
        return Err(KeySetError::TooLarge { bytes: json.len(), max });
    }
    let mut reader = Reader::new(0, 1, Kind::Public);
    reader.read(json)?;
    let code = reader.set.refused.first().map_or(Code::BadKey, |refused| refused.code);
    reader.set.keys.pop().ok_or(KeySetError::KeyRefused(code))
}

struct Reader {
    set: KeySet,
    /// The key being read.
    jwk: Jwk,
    /// Names of the members of the open objects; nothing for an open array.
    names: Vec<Option<Vec<String>>>,
    /// Length of the path to a key: 2 in a set, 0 for a key alone.
    depth: usize,
    keys_max: usize,
    kind: Kind,
    /// The member `keys` is there.
    has_keys: bool,
    /// Keys begun.
    count: usize,
    fault: Option<KeySetError>,
}

impl Reader {
    fn new(depth: usize, keys_max: usize, kind: Kind) -> Self {
        Self {
            set: KeySet::of(Vec::new()),
            jwk: Jwk::default(),
            names: Vec::new(),
            depth,
            keys_max,
            kind,
            has_keys: false,
            count: 0,
            fault: None,
        }
    }

    fn read(&mut self, json: &str) -> Result<(), KeySetError> {
        let read = json::read(json, DEPTH_MAX, &mut |path, at, event| {
            self.take(path, event).map_err(|fault| {
                self.fault = Some(fault);
                JsonError::Invalid { offset: at }
            })
        });
        match (self.fault, read) {
            (Some(fault), _) => Err(fault),
            (None, Ok(())) => Ok(()),
            (None, Err(JsonError::Invalid { offset })) => Err(KeySetError::NotJson { offset }),
            (None, Err(JsonError::TooDeep { .. })) => Err(KeySetError::TooDeep),
            (None, Err(JsonError::DuplicateName { .. } | JsonError::TooMany { .. })) => Err(KeySetError::NotAKeySet),
        }
    }

    fn take(&mut self, path: &[Place<'_>], event: Event<'_>) -> Result<(), KeySetError> {
        let is_close = matches!(event, Event::Close);
        match &event {
            Event::OpenObject => self.names.push(Some(Vec::new())),
            Event::OpenArray => self.names.push(None),
            Event::Close => {
                self.names.pop();
            }
            Event::Name(name) => return self.name(path.len(), *name),
            Event::String(_) | Event::Number(_) | Event::Bool(_) | Event::Null => {}
        }
        if self.depth == 2 && !self.in_keys(path, &event)? {
            return Ok(());
        }
        let text = if let Event::String(text) = &event { Some(text.text()) } else { None };
        let value = match (&event, &text) {
            // Hosts disagree on what half of a surrogate pair stands for.
            (Event::String(quoted), _) if quoted.has_lone_surrogate() => Value::Other,
            (_, Some(text)) => Value::Text(text),
            (Event::OpenArray, None) => Value::Array,
            (_, None) => Value::Other,
        };
        match path.get(self.depth..) {
            Some([]) if is_close => self.end(),
            Some([]) => self.begin(&event),
            Some(_) if is_close => Ok(()),
            Some([Place::Name(name)]) => {
                self.jwk.member(name, value);
                Ok(())
            }
            Some([Place::Name(name), Place::Index(_)]) => {
                self.jwk.element(name, value);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Whether an event of a set belongs to a key.
    fn in_keys(&mut self, path: &[Place<'_>], event: &Event<'_>) -> Result<bool, KeySetError> {
        match (path, event) {
            ([], Event::OpenObject | Event::Close) => Ok(false),
            ([], _) => Err(KeySetError::NotAKeySet),
            ([Place::Name(name)], Event::OpenArray) if name == "keys" => {
                self.has_keys = true;
                Ok(false)
            }
            ([Place::Name(name)], event) if name == "keys" && !matches!(event, Event::Close) => {
                Err(KeySetError::NotAKeySet)
            }
            ([Place::Name(name), _, ..], _) => Ok(name == "keys"),
            _ => Ok(false),
        }
    }

    /// A key, or what stands in the place of one, begins.
    fn begin(&mut self, event: &Event<'_>) -> Result<(), KeySetError> {
        self.count += 1;
        if self.count > self.keys_max {
            return Err(KeySetError::TooManyKeys { max: self.keys_max });
        }
        self.jwk = Jwk::default();
        match event {
            Event::OpenObject => return Ok(()),
            Event::OpenArray => self.jwk.refuse(Code::BadKey),
            _ => {
                self.jwk.refuse(Code::BadKey);
                return self.end();
            }
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), KeySetError> {
        let jwk = core::mem::take(&mut self.jwk);
        if self.kind == Kind::Secret && !jwk.is_secret() {
            return Err(KeySetError::MixedSet);
        }
        let kid = jwk.kid().map(String::from);
        match jwk.finish(self.kind) {
            Ok(key) => {
                if !self.set.keys.contains(&key) {
                    self.set.keys.push(key);
                }
            }
            // Nobody publishes secrets: a bad one is a fault of the host's own, best heard of at once.
            Err(code) if self.kind == Kind::Secret => return Err(KeySetError::KeyRefused(code)),
            Err(code) => self.set.refused.push(RefusedKey { index: self.count.saturating_sub(1), kid, code }),
        }
        Ok(())
    }

    /// Notes a name of the innermost object, `depth` deep in the document. Inside a key a fault costs that key alone.
    fn name(&mut self, depth: usize, name: Quoted<'_>) -> Result<(), KeySetError> {
        let Some(Some(names)) = self.names.last_mut() else { return Ok(()) };
        let name = name.text();
        let fault = if names.iter().any(|known| *known == name) {
            (Code::DuplicateName, KeySetError::DuplicateName)
        } else if names.len() >= MEMBERS_MAX {
            (Code::TooMany, KeySetError::NotAKeySet)
        } else {
            names.push(name.into_owned());
            return Ok(());
        };
        // In a set, the members of a key are three steps in; other members of the set may hold objects too.
        if depth > self.depth && (self.depth == 0 || depth > 2) {
            self.jwk.refuse(fault.0);
            return Ok(());
        }
        Err(fault.1)
    }
}

/// Members of one object.
const MEMBERS_MAX: usize = 64;

/// A key is three deep, an X.509 chain in it four.
const DEPTH_MAX: usize = 32;

const KEYS_MAX: usize = 1_000;

const BYTES_MAX: usize = 4 * 1024 * 1024;
