// Verifier, key cache, token cache and fetching in one.

import { hideText } from "../answers.js";
import { checkText, nowOf, optionsJson } from "../check.js";
import { EdgewardenError, option } from "../errors.js";
import { entropyOf, known, optionalBytes, timeOf, verifierOptions } from "./check.js";
import { errorOf } from "./errors.js";
import { checkAddress, fetchKeys } from "./fetch.js";
import { Renewed } from "./handles.js";
import { Snapshots } from "./snapshots.js";
import { aborted, sleep } from "./timers.js";
import { BYTES_MAX } from "./token-cache.js";

/**
 * The class of a runtime. `leavesSignatures` says that the raw interface checks no signatures of public keys.
 */
export function jwksVerifiers(runtime, parts, leavesSignatures) {
  const { isValid, takeVerified } = parts;

  class JwksVerifier {
    /** Raw verifier, key cache and token cache, which end together. */
    #parts;
    #source;
    #issuer;
    #snapshots;
    #waitUntil;

    constructor(options) {
      const { verifierJson, cacheJson, tokenCacheBytes, source, store, key, waitUntil } = settingsOf(options);
      this.#parts = new Renewed(runtime, "the verifier", (raw) => rawParts(raw, verifierJson, cacheJson, tokenCacheBytes));
      this.#issuer = this.#parts.open().issuer;
      this.#source = source;
      this.#waitUntil = waitUntil;
      this.#snapshots = new Snapshots(store, key);
    }

    async verify(token, options) {
      checkText(token, "token");
      const call = options === undefined ? this.#usual() : this.#callOf(options);
      if (!this.#snapshots.isRead) await this.#snapshots.read((bytes, key) => this.restore(bytes, key));
      let pauseMs = PAUSE_MS_MIN;
      for (;;) {
        call.signal?.throwIfAborted();
        const now = call.clock();
        const held = this.#parts.open();
        const answer = this.#step(held, token, now, call);
        // What comes beside a verdict is fetched without letting the verdict wait.
        if (answer.ticket !== undefined && answer.kind !== "fetch") this.#fetch(held, answer.ticket, call);
        switch (answer.kind) {
          case "verified":
            return answer.verified;
          case "check": {
            const verified = await this.#checked(held, answer, token, call);
            if (verified !== undefined) return verified;
            break;
          }
          case "fetch":
            await aborted(this.#fetch(held, answer.ticket, call), call.signal);
            break;
          case "wait":
            // Another request fetches. What it waits for is not this one's to wait for: an engine may end it with its request.
            await sleep(Math.max(1, Math.min(pauseMs, answer.until - now)), call.signal);
            pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX);
            break;
          default:
            throw answer.error;
        }
      }
    }

    /** One raw step, and no more crossings than its answer takes. */
    #step(held, token, now, call) {
      try {
        const step = held.verifier.step(token, held.keys, held.tokens, now, call.entropy());
        const kind = step.kind();
        const json = step.ticket();
        const answer = { kind, ticket: json === undefined || json === null ? undefined : JSON.parse(json) };
        if (kind === "verified") answer.verified = takeVerified(step.verified(), BOUND_ONLY);
        else if (kind === "check") answer.check = step.check();
        else if (kind === "wait") answer.until = step.until();
        else if (kind === "refused") answer.error = errorOf(JSON.parse(step.error()));
        step.free();
        return answer;
      } catch (error) {
        // A refusal is an answer, so this is a fault of the library. What it left behind is not used again.
        const fault = runtime.fault(error);
        if (runtime.generation === held.generation) this.#parts.drop();
        throw fault;
      }
    }

    /** The engine checks the signature. `undefined` where the instance went meanwhile: the token is looked at anew. */
    async #checked(held, { check, ticket }, token, call) {
      try {
        const valid = await isValid(check);
        if (held.isFreed) return undefined;
        const now = call.clock();
        return runtime.guarded(() => {
          if (!valid && ticket === undefined) {
            // The issuer may have put another key under that name; this token is refused all the same.
            const json = held.keys.badSignature(this.#issuer, check.keyKid() ?? undefined, now, call.entropy());
            if (json !== undefined && json !== null) this.#fetch(held, JSON.parse(json), call);
          }
          const verified = check.finish(valid, now);
          held.tokens.insert(held.verifier, token, verified);
          return takeVerified(verified, BOUND_ONLY);
        });
      } catch (error) {
        if (error.code === "closed" && runtime.generation !== held.generation) return undefined;
        throw error;
      } finally {
        if (runtime.generation === held.generation) check.free();
      }
    }

    /**
     * Makes the one request of a ticket and tells the cache that gave it. Never rejects. It goes on when the request that
     * was handed the ticket is given up: a ticket that is lost counts as a failure that everybody waits for.
     */
    #fetch(held, ticket, call) {
      const work = this.#fetched(held, ticket, call);
      call.waitUntil?.(work);
      return work;
    }

    async #fetched(held, ticket, call) {
      // It ends before its deadline does: so the cache hears of a failure and backs off, instead of losing the ticket.
      const milliseconds = 0.95 * (ticket.deadlineMs - call.clock());
      const outcome = await fetchKeys(this.#source, ticket.etag, milliseconds);
      // The cache is gone, and its ticket with it.
      if (runtime.generation !== held.generation || held.isFreed) return;
      let update;
      try {
        update = JSON.parse(runtime.guarded(() => told(held.keys, ticket.id, outcome, call.clock())));
      } catch {
        // Too late, or newer keys are there: nothing changed.
        return;
      }
      // Not after a failure: what is held is what was stored.
      if (update.kind === "failed" || !this.#snapshots.isKept) return;
      const saved = this.#snapshots.write((key) => this.snapshot(key));
      call.waitUntil?.(saved);
    }

    forget(token) {
      checkText(token, "token");
      const held = this.#parts.open();
      return runtime.guarded(() => held.tokens.forget(held.verifier, token));
    }

    snapshot(macKey) {
      const [key, held] = [optionalBytes(macKey, "macKey"), this.#parts.open()];
      return runtime.guarded(() => held.keys.snapshot(key));
    }

    restore(bytes, macKey, options) {
      if (!(bytes instanceof Uint8Array)) throw option("bytes", "not a Uint8Array");
      const [key, now, held] = [optionalBytes(macKey, "macKey"), timeOf(options), this.#parts.open()];
      return runtime.guarded(() => held.keys.restore(bytes, key, now));
    }

    state(options) {
      const [now, held] = [timeOf(options), this.#parts.open()];
      return runtime.guarded(() => held.keys.state(this.#issuer, now));
    }

    challenge(error, realm) {
      return parts.challenge(error, realm);
    }

    get issuer() {
      return this.#issuer;
    }

    close() {
      this.#parts.close();
    }

    #usual() {
      return { clock: Date.now, entropy: random, signal: undefined, waitUntil: this.#waitUntil };
    }

    #callOf(options) {
      const { now, signal, waitUntil = this.#waitUntil } = known(options, CALL_OPTIONS);
      if (signal !== undefined && typeof signal?.throwIfAborted !== "function") throw option("signal", "not an AbortSignal");
      requireFunction("waitUntil", waitUntil);
      // A time that is handed in is that of the call: the clock goes on from there.
      const ahead = now === undefined ? 0 : nowOf(options) - Date.now();
      const clock = ahead === 0 ? Date.now : () => Math.max(0, Date.now() + ahead);
      return { clock, entropy: options.entropy === undefined ? random : () => entropyOf(options), signal, waitUntil };
    }
  }

  function rawParts(raw, verifierJson, cacheJson, tokenCacheBytes) {
    const verifier = new raw.JwtVerifier(verifierJson, undefined, leavesSignatures);
    const issuer = verifier.issuer();
    if (issuer === undefined || issuer === null) {
      const what = "a proof of possession brings its own key and needs none of an issuer";
      throw new EdgewardenError("not_for_profile", `option \`jwksUri\`: ${what}`, { field: "jwksUri" });
    }
    const keys = cacheOf(raw, cacheJson(issuer));
    const tokens = new raw.JwtTokenCache(tokenCacheBytes);
    const held = { verifier, keys, tokens, issuer, generation: runtime.generation, isFreed: false };
    held.free = () => {
      held.isFreed = true;
      for (const part of [verifier, keys, tokens]) part.free();
    };
    return held;
  }

  /** A fault of an option of the cache is one of `keyCache`. */
  function cacheOf(raw, json) {
    try {
      return new raw.JwtKeyCache(json);
    } catch (thrown) {
      const error = runtime.fault(thrown);
      if (error.field === undefined) throw error;
      const { code, field } = error;
      throw new EdgewardenError(code, error.message.replace(`\`${field}\``, `\`keyCache.${field}\``), { field: `keyCache.${field}` });
    }
  }

  hideText(JwksVerifier, () => "");
  return JwksVerifier;
}

/** Tells a raw cache what a request brought; the raw update. */
function told(keys, ticket, outcome, now) {
  switch (outcome.kind) {
    case "fetched":
      return keys.fetched(ticket, outcome.body, outcome.maxAgeSecs, outcome.etag, now);
    case "not_modified":
      return keys.notModified(ticket, outcome.maxAgeSecs, now);
    default:
      return keys.failed(ticket, now);
  }
}

function settingsOf(options) {
  if (typeof options !== "object" || options === null || Array.isArray(options)) throw option("options", "not an object");
  const { jwksUri, keyCache = {}, tokenCacheBytes = BYTES_MAX, snapshotStore: store, snapshotKey, waitUntil, ...more } = options;
  const { fetch: own, ...rest } = more;
  if (rest.sharedSecret !== undefined) throw option("sharedSecret", "goes with TokenVerifier: nobody publishes a secret");
  if (!Number.isSafeInteger(tokenCacheBytes) || tokenCacheBytes < 0) throw option("tokenCacheBytes", "not a whole number from 0");
  requireFunction("fetch", own);
  requireFunction("waitUntil", waitUntil);
  if (typeof keyCache !== "object" || keyCache === null || Array.isArray(keyCache)) throw option("keyCache", "not an object");
  if (keyCache.trust !== undefined) throw option("keyCache.trust", "is the issuer");
  const plain = JSON.parse(optionsJson(keyCache));
  const key = optionalKey(store, snapshotKey);
  return {
    verifierJson: verifierOptions(rest).json,
    cacheJson: (issuer) => JSON.stringify({ ...plain, trust: [issuer] }),
    tokenCacheBytes,
    // The engine's own is looked up when it is used, as others put theirs in its place.
    source: { uri: checkAddress(jwksUri), fetch: own ?? ((...call) => fetch(...call)), limitBytes: limitOf(plain) },
    store,
    key,
    waitUntil,
  };
}

/** Whoever writes into a store without a key writes the keys that tokens are verified with, so there is none without. */
function optionalKey(store, key) {
  if (store === undefined) {
    if (key !== undefined) throw option("snapshotKey", "goes together with `snapshotStore`");
    return undefined;
  }
  if (typeof store?.load !== "function" || typeof store.save !== "function") throw option("snapshotStore", "has no load and save");
  if (!(key instanceof Uint8Array) || key.length !== 32) throw option("snapshotKey", "not a Uint8Array of 32 bytes");
  return key.slice();
}

function limitOf({ limits }) {
  const bytes = limits?.bytes;
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : LIMIT_BYTES;
}

function requireFunction(field, value) {
  if (value !== undefined && typeof value !== "function") throw option(field, "not a function");
}

function random() {
  return Math.floor(Math.random() * 2 ** 53);
}

const CALL_OPTIONS = ["now", "entropy", "signal", "waitUntil"];
/** A raw token is kept where a proof of possession may follow. */
const BOUND_ONLY = true;
/** Longest key set, as in the core. */
const LIMIT_BYTES = 262_144;
/** How long a request sleeps before it asks again whether another one has brought keys. */
const PAUSE_MS_MIN = 25;
const PAUSE_MS_MAX = 100;
