// Key sets of issuers as they age: events go in, instructions come out. Whoever uses it fetches.

import { hideText } from "../answers.js";
import { checkBytes, checkText, nowOf, optionsJson } from "../check.js";
import { argument } from "../errors.js";
import { Handle } from "../runtime.js";
import { entropyOf, known, optionalBytes, optionalText, timeOf, wholeOf } from "./check.js";
import { errorOf } from "./errors.js";

/** The class of a runtime, and the raw cache of what a caller passed. */
export function keyCaches(runtime, { keySetOf }) {
  let handleOf;

  class KeyCache {
    #handle;

    constructor(options) {
      const json = options === undefined ? "{}" : optionsJson(options);
      this.#handle = new Handle(
        runtime,
        "the key cache",
        runtime.guarded((raw) => new raw.JwtKeyCache(json)),
      );
    }

    static {
      handleOf = (cache) => (typeof cache === "object" && cache !== null && #handle in cache ? cache.#handle : undefined);
    }

    #call(call) {
      return runtime.guarded(() => call(this.#handle.open()));
    }

    trust(issuer) {
      checkText(issuer, "issuer");
      this.#call((raw) => raw.trust(issuer));
    }

    forget(issuer) {
      checkText(issuer, "issuer");
      this.#call((raw) => raw.forget(issuer));
    }

    get issuers() {
      return this.#call((raw) => raw.issuers());
    }

    keys(issuer, options) {
      checkText(issuer, "issuer");
      const given = known(options, ["kid", "plausible", "now", "entropy"]);
      const { plausible = true } = given;
      if (typeof plausible !== "boolean") throw argument("plausible", "not a boolean");
      const [kid, now, entropy] = [optionalText(given.kid, "kid"), nowOf(given), entropyOf(given)];
      return this.#call((raw) => {
        const answer = raw.keys(issuer, kid, plausible, now, entropy);
        const keys = answer.keys();
        const told = {
          kind: answer.kind(),
          keys: keys === undefined || keys === null ? undefined : keySetOf(keys),
          ticket: ticketOf(answer.ticket()),
          until: answer.until() ?? undefined,
          error: refusalOf(answer.error()),
        };
        answer.free?.();
        return Object.freeze(told);
      });
    }

    fetched(ticket, body, options) {
      checkText(ticket, "ticket");
      checkBytes(body, "body");
      const given = known(options, ["maxAgeSecs", "etag", "now"]);
      const [age, etag, now] = [wholeOf(given.maxAgeSecs, "maxAgeSecs"), optionalText(given.etag, "etag"), nowOf(given)];
      return updateOf(this.#call((raw) => raw.fetched(ticket, body, age, etag, now)));
    }

    notModified(ticket, options) {
      checkText(ticket, "ticket");
      const given = known(options, ["maxAgeSecs", "now"]);
      const [age, now] = [wholeOf(given.maxAgeSecs, "maxAgeSecs"), nowOf(given)];
      return updateOf(this.#call((raw) => raw.notModified(ticket, age, now)));
    }

    failed(ticket, options) {
      checkText(ticket, "ticket");
      const now = timeOf(options);
      return updateOf(this.#call((raw) => raw.failed(ticket, now)));
    }

    badSignature(issuer, options) {
      checkText(issuer, "issuer");
      const given = known(options, ["kid", "now", "entropy"]);
      const [kid, now, entropy] = [optionalText(given.kid, "kid"), nowOf(given), entropyOf(given)];
      return ticketOf(this.#call((raw) => raw.badSignature(issuer, kid, now, entropy))) ?? null;
    }

    state(issuer, options) {
      checkText(issuer, "issuer");
      const now = timeOf(options);
      return this.#call((raw) => raw.state(issuer, now)) ?? null;
    }

    snapshot(macKey) {
      const key = optionalBytes(macKey, "macKey");
      return this.#call((raw) => raw.snapshot(key));
    }

    restore(bytes, macKey, options) {
      checkBytes(bytes, "bytes");
      const [key, now] = [optionalBytes(macKey, "macKey"), timeOf(options)];
      return this.#call((raw) => raw.restore(bytes, key, now));
    }

    close() {
      this.#handle.close();
    }
  }

  hideText(KeyCache, () => "");

  return {
    KeyCache,
    /** The raw cache of what a caller passed. */
    rawKeyCache(cache) {
      const handle = handleOf(cache);
      if (handle === undefined) throw argument("keyCache", "not a KeyCache");
      return handle.open();
    },
  };
}

/** The ticket that a backend wrote, if it did. */
export function ticketOf(json) {
  return json === undefined || json === null ? undefined : Object.freeze(JSON.parse(json));
}

/** The refusal that a backend wrote, if it did. */
export function refusalOf(json) {
  return json === undefined || json === null ? undefined : errorOf(JSON.parse(json));
}

function updateOf(json) {
  return Object.freeze(JSON.parse(json));
}
