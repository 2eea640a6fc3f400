// Keys to verify with.

import { hideText } from "../answers.js";
import { checkBytes, checkMembers } from "../check.js";
import { argument } from "../errors.js";
import { Handle } from "../runtime.js";
import { documentOf, optionalText, textsOf } from "./check.js";
import { Renewed } from "./handles.js";

/** What only this package can pass to the constructor. */
const KEY = Symbol("edgewarden");

/** The class of a runtime, and what other classes need of it. */
export function keySets(runtime) {
  let handleOf;

  class KeySet {
    #handle;
    #keys;
    #refused;

    constructor(key, handle) {
      if (key !== KEY) throw argument("keys", "a key set comes from KeySet.fromJwks() and the like");
      this.#handle = handle;
    }

    static fromJwks(jwks, limits) {
      const text = documentOf(jwks, "jwks");
      const limitsJson = limits === undefined ? undefined : documentOf(limits, "limits");
      return renewed((raw) => raw.JwtKeySet.fromJwks(text, limitsJson));
    }

    static fromJwk(jwk) {
      const text = documentOf(jwk, "jwk");
      return renewed((raw) => raw.JwtKeySet.fromJwk(text));
    }

    static fromSecret(secret, options) {
      checkBytes(secret, "secret");
      checkMembers(options, ["algorithms", "kid"]);
      const copy = secret.slice();
      const [kid, algorithms] = [optionalText(options.kid, "kid"), textsOf(options.algorithms, "algorithms")];
      return renewed((raw) => raw.JwtKeySet.fromSecret(copy, kid, algorithms));
    }

    static {
      handleOf = (keys) => (typeof keys === "object" && keys !== null && #handle in keys ? keys.#handle : undefined);
    }

    get keys() {
      this.#keys ??= frozen(JSON.parse(runtime.guarded(() => this.#handle.open().keys())));
      return this.#keys;
    }

    get refused() {
      this.#refused ??= frozen(JSON.parse(runtime.guarded(() => this.#handle.open().refused())));
      return this.#refused;
    }

    get revision() {
      return runtime.guarded(() => this.#handle.open().revision());
    }

    close() {
      this.#handle.close();
    }
  }

  const renewed = (make) => new KeySet(KEY, new Renewed(runtime, "the key set", make));
  hideText(KeySet, (set) => `keys: ${set.keys.length}, refused: ${set.refused.length}`);

  return {
    KeySet,
    /** A set out of a raw one, which cannot be made again. */
    keySetOf: (raw) => new KeySet(KEY, new Handle(runtime, "the key set", raw)),
    /** The raw set of what a caller passed. */
    rawKeys(keys) {
      const handle = handleOf(keys);
      if (handle === undefined) throw argument("keys", "not a KeySet");
      return handle.open();
    },
  };
}

function frozen(items) {
  for (const item of items) {
    if (item.algorithms !== undefined) Object.freeze(item.algorithms);
    Object.freeze(item);
  }
  return Object.freeze(items);
}
